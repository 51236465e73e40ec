"""Our own slip: signed, read, refused."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from handlers import slip
from handlers.hc1 import cbor, cose
from handlers.hc1.reasons import Reason
from handlers.slip import Slip, SlipDose, SlipKey, SlipKeyRefused, SlipVerdict
from tests.certificates.made import NOW, P384, ec_key, issuer, rsa_key

KEY, OLD_KEY = SlipKey(ec_key(number=11)), SlipKey(ec_key(number=12))
KEYS = slip.slip_keys([KEY.public, OLD_KEY.public])
DOSES = (SlipDose(date(2025, 12, 20), "Comirnaty"), SlipDose(date(2026, 1, 18), "Vaxzevria"))
OURS = Slip("CN-4K7M2", 3, "N. T. Ánh", 1963, DOSES)
SECOND = timedelta(seconds=1)


def signed(payload: object, key: SlipKey = KEY) -> str:
    return slip.token_of(cose.sign(cbor.write(payload), key.private, slip.key_id_of(key.public)))


@pytest.mark.parametrize("of", [OURS, Slip("1", 0, "", None, ())])
def test_what_was_signed_is_read(of: Slip) -> None:
    verdict = slip.judge(slip.sign(of, KEY, NOW), KEYS, NOW)
    assert verdict == SlipVerdict(
        Reason.ACCEPTED, True, True, True, of, NOW, NOW + timedelta(days=90)
    )
    assert verdict.accepted


def test_the_token_is_short_and_stands_in_a_link_as_it_is() -> None:
    token = slip.sign(OURS, KEY, NOW)
    assert len(token) < 300
    assert token.startswith("TOI1:")
    assert token.removeprefix("TOI1:").isalnum()
    assert token == slip.sign(OURS, KEY, NOW)
    assert slip.judge(token.lower(), KEYS, NOW).accepted


def test_the_name_is_signed_in_one_spelling() -> None:
    apart = replace(OURS, name="N. T. A\u0301nh")
    assert slip.sign(apart, KEY, NOW) == slip.sign(OURS, KEY, NOW)


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (-SECOND, Reason.NOT_YET),
        (timedelta(0), Reason.ACCEPTED),
        (timedelta(days=90) - SECOND, Reason.ACCEPTED),
        (timedelta(days=90), Reason.EXPIRED),
    ],
)
def test_ninety_days(after: timedelta, reason: Reason) -> None:
    verdict = slip.judge(slip.sign(OURS, KEY, NOW), KEYS, NOW + after)
    assert verdict.reason is reason
    assert (verdict.signature, verdict.time_valid) == (True, reason is Reason.ACCEPTED)


def test_two_keys_during_a_rotation_and_none_after() -> None:
    token = slip.sign(OURS, OLD_KEY, NOW)
    assert slip.judge(token, KEYS, NOW).accepted
    verdict = slip.judge(token, slip.slip_keys([KEY.public]), NOW)
    assert (verdict.reason, verdict.signature) == (Reason.UNKNOWN_KEY, False)
    assert (verdict.known_key, verdict.slip) == (False, OURS)


def test_signed_by_another_under_our_key_id() -> None:
    token = slip.token_of(cose.sign(b"\xa0", ec_key(number=13), slip.key_id_of(KEY.public)))
    assert slip.judge(token, KEYS, NOW).reason is Reason.SIGNATURE


def test_every_altered_letter_is_noticed() -> None:
    """But the last, of which base32 may not use every bit."""
    token = slip.sign(OURS, KEY, NOW)
    for at in range(len(slip.PREFIX), len(token) - 1, 7):
        letter = "A" if token[at] != "A" else "B"
        assert not slip.judge(token[:at] + letter + token[at + 1 :], KEYS, NOW).accepted


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", Reason.PREFIX),
        ("HC1:BB8", Reason.PREFIX),
        ("TOI1:", Reason.COSE),
        ("TOI1:A", Reason.BASE32),
        ("TOI1:01", Reason.BASE32),
        ("TOI1:ÁÁ", Reason.BASE32),
        ("TOI1:A=======", Reason.BASE32),
        ("TOI1:AAAAAAAA", Reason.COSE),
        ("TOI1:" + "A" * 5000, Reason.TOO_LONG),
    ],
)
def test_no_token(token: str, reason: Reason) -> None:
    assert slip.judge(token, KEYS, NOW) == SlipVerdict(reason)


SAID = {1: "CN-4K7M2", 2: 3, 3: "N. T. Ánh", 4: 1963, 5: [[20251220, "Comirnaty"]]}
TIMES = {4: int(NOW.timestamp()) + 9, 6: int(NOW.timestamp())}


@pytest.mark.parametrize(
    "said",
    [
        None,
        7,
        {},
        SAID | {1: 7},
        SAID | {2: "3"},
        SAID | {3: None},
        SAID | {4: "1963"},
        SAID | {5: None},
        SAID | {5: [7]},
        SAID | {5: [[20251220]]},
        SAID | {5: [[20251320, "Comirnaty"]]},
        SAID | {5: [["20251220", "Comirnaty"]]},
        SAID | {5: [[20251220, 7]]},
        SAID | {5: [[2**63, "Comirnaty"]]},
        SAID | {5: [[-1, "Comirnaty"]]},
        SAID | {5: [{"a": 1, "b": 2}]},
    ],
)
def test_signed_but_no_slip(said: object) -> None:
    verdict = slip.judge(signed(TIMES | {slip.SLIP: said}), KEYS, NOW)
    assert verdict == SlipVerdict(Reason.CLAIMS, signature=True, known_key=True)


@pytest.mark.parametrize("times", [{}, {4: 2**62, 6: 0}, {4: "x", 6: 0}, {4: float("nan")}])
def test_a_slip_without_times_is_not_valid(times: dict[int, object]) -> None:
    verdict = slip.judge(signed(times | {slip.SLIP: SAID}), KEYS, NOW)
    assert (verdict.reason, verdict.time_valid) == (Reason.NO_TIMES, False)


def test_a_signed_payload_of_another_kind() -> None:
    payloads: list[object] = [7, [], {}, issuer().hc1()]
    for payload in payloads:
        assert slip.judge(signed(payload), KEYS, NOW).reason is Reason.CLAIMS


def test_the_published_list_is_a_list_of_web_keys() -> None:
    first, second = slip.published(KEYS)
    assert first["kid"] == slip.key_id_of(KEY.public).hex()
    assert {len(first["x"]), len(second["y"])} == {43}
    assert json.loads(json.dumps(first)) == first
    assert set(first) == {"kty", "crv", "kid", "x", "y"}


def test_the_fingerprint_is_the_certificates_not_the_tokens() -> None:
    assert slip.fingerprint("CN-4K7M2", 3).hex() == "6eb87e166737f4a6bf9e30d51fc80faf"
    assert slip.fingerprint("CN-4K7M2", 3) != slip.fingerprint("CN-4K7M2", 4)


def test_a_key_is_read_from_pem() -> None:
    pem = KEY.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert slip.key_id_of(SlipKey.from_pem(pem).public) == slip.key_id_of(KEY.public)


def test_other_keys_are_refused() -> None:
    locked = BestAvailableEncryption(b"secret")
    pems = [
        b"",
        b"no key",
        KEY.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked),
        ec_key(P384).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        rsa_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    ]
    for pem in pems:
        with pytest.raises(SlipKeyRefused):
            SlipKey.from_pem(pem)


def test_only_keys_of_our_curve_are_trusted() -> None:
    keys: list[ec.EllipticCurvePublicKey] = [ec_key(P384).public_key(), KEY.public]
    assert list(slip.slip_keys(keys)) == [slip.key_id_of(KEY.public)]
