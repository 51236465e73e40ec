"""Whatever is scanned or piped in has a verdict; nothing raises, and nothing altered is taken."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.certificate_tool import Trusted, _answer, verify_lines
from handlers import slip
from handlers.hc1 import base45, cbor, cose
from handlers.hc1.container import unwrap, wrap
from handlers.hc1.instants import read_instant
from handlers.hc1.judging import Verdict, judge
from handlers.hc1.key_usage import permitted
from handlers.hc1.reasons import Reason
from handlers.hc1.signers import read_signer
from tests.certificates.made import CONTENT, NOW, issuer, rsa_key
from tests.certificates.test_cbor import VALUES
from tests.certificates.test_slip import KEY, KEYS, OURS

ONE = issuer()
TEXT = ONE.hc1()
SIGNED = unwrap(TEXT)
TOKEN = slip.sign(OURS, KEY, NOW)
TRUSTED = Trusted(ONE.trust, KEYS)
POINTS = {"signature", "time_valid", "key_usage", "accepted", "reason", "issuer", "payload"}
MANY = settings(max_examples=300, deadline=None)
BASE45 = st.text(alphabet=base45.ALPHABET, max_size=300)


def altered(data: st.DataObject, original: bytes) -> bytes:
    """Some bytes put in, taken out or changed."""
    at = data.draw(st.integers(0, len(original)))
    gone = data.draw(st.integers(0, 3))
    return original[:at] + data.draw(st.binary(max_size=3)) + original[at + gone :]


def judged(text: str) -> Verdict:
    verdict = judge(text, ONE.trust, NOW)
    assert verdict.payload is None or json.dumps(verdict.payload, allow_nan=False)
    return verdict


@MANY
@given(st.text() | BASE45.map("HC1:".__add__) | BASE45.map("TOI1:".__add__))
def test_any_text(text: str) -> None:
    assert not judged(text).accepted
    assert not slip.judge(text, KEYS, NOW).accepted


@MANY
@given(st.binary(max_size=400))
def test_any_bytes_in_the_container(data: bytes) -> None:
    assert not judged(wrap(data)).accepted
    assert not judged("HC1:" + base45.encode(data)).accepted
    permitted(data)
    read_signer(data)


@MANY
@given(st.data())
def test_an_altered_message_says_the_same_or_is_refused(data: st.DataObject) -> None:
    verdict = judged(wrap(altered(data, SIGNED)))
    assert verdict.payload == CONTENT or not verdict.accepted


@MANY
@given(st.data())
def test_an_altered_certificate_of_a_signer_is_not_his(data: st.DataObject) -> None:
    der = altered(data, ONE.der)
    signer = read_signer(der)
    assert signer is None or der == ONE.der or signer.key_id != ONE.key_id


@MANY
@given(VALUES)
def test_anything_signed_where_the_claims_should_be(value: object) -> None:
    assert not judged(wrap(ONE.signed(value))).accepted


@MANY
@given(VALUES)
def test_anything_signed_where_the_certificate_should_be(value: object) -> None:
    assert not judged(ONE.hc1(value)).accepted


@MANY
@given(st.sampled_from(["ver", "nam", "dob", "v", "t", "r"]), VALUES)
def test_anything_signed_as_a_field(field: str, value: object) -> None:
    judged(ONE.hc1(CONTENT | {field: value}))
    judged(ONE.hc1(CONTENT | {"v": [CONTENT["v"][0] | {field: value}]}))  # type: ignore[index]


@MANY
@given(VALUES, VALUES, VALUES)
def test_anything_as_times(issued: object, expires: object, who: object) -> None:
    judged(wrap(ONE.signed({1: who, 4: expires, 6: issued, -260: {1: CONTENT}})))


@MANY
@given(VALUES, VALUES, st.binary(max_size=80))
def test_anything_as_headers(protected: object, unprotected: object, signature: bytes) -> None:
    message = [cbor.write(protected), unprotected, b"", signature]
    assert not judged(wrap(cbor.write(cbor.Tagged(18, message)))).accepted


@MANY
@given(st.binary(max_size=300))
def test_any_signature(signature: bytes) -> None:
    for by in (ONE, issuer(rsa_key())):
        head = {1: cose.ES256 if by is ONE else cose.PS256, 4: by.key_id}
        text = wrap(cbor.write([cbor.write(head), {}, cbor.write({}), signature]))
        assert judge(text, by.trust, NOW).signature is False


@MANY
@given(VALUES)
def test_any_slip(value: object) -> None:
    for said in (value, {4: 2**32, 6: 0, slip.SLIP: value}):
        signed = cose.sign(cbor.write(said), KEY.private, slip.key_id_of(KEY.public))
        assert not slip.judge(slip.token_of(signed), KEYS, NOW).accepted


@MANY
@given(st.text())
def test_any_instant(text: str) -> None:
    instant = read_instant(text)
    assert instant is None or instant.tzinfo is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
ASKED = st.fixed_dictionaries(
    {},
    optional={"text": JSON | st.just(TEXT) | st.just(TOKEN), "trust": JSON, "at": JSON},
)


def told(line: bytes) -> dict[str, Any]:
    _answer(line, TRUSTED, lambda: NOW)  # without the net beneath it
    (answer,) = verify_lines([line], TRUSTED, lambda: NOW)
    said: dict[str, Any] = json.loads(answer)
    assert set(said) == POINTS
    assert said["reason"] != Reason.FAULT
    return said


@MANY
@given(st.binary() | st.text().map(str.encode) | BASE45.map(lambda text: f"HC1:{text}".encode()))
def test_any_line(line: bytes) -> None:
    assert told(line)["accepted"] is False


@MANY
@given(ASKED)
def test_any_object(asked: dict[str, Any]) -> None:
    answer = told(json.dumps(asked).encode())
    assert not answer["accepted"] or asked.get("trust") is None


@MANY
@given(st.data())
def test_an_altered_line(data: st.DataObject) -> None:
    answer = told(altered(data, TEXT.encode()))
    assert not answer["accepted"] or answer["payload"] == CONTENT
