"""The verdict as a whole: what is told when one thing, or everything, is wrong."""

from itertools import product

import pytest

from handlers.hc1 import cbor, cose
from handlers.hc1.cbor import Tagged
from handlers.hc1.container import wrap
from handlers.hc1.judging import Verdict, judge
from handlers.hc1.reasons import Reason
from handlers.hc1.signers import Trust
from tests.certificates.made import (
    CONTENT,
    DAY,
    DOSE,
    NOW,
    OF_A_TEST,
    VACCINATION_ONLY,
    Issuer,
    ec_key,
    issuer,
    rsa_key,
)


def test_the_vietnamese_sample_format() -> None:
    """PS256 with RSA 2048, valid 33 months, its signer published nowhere: name right, no more."""
    ministry = issuer(rsa_key())
    name = {"fn": "Nguyễn", "gn": "Bảo Ánh", "fnt": "NGUYEN", "gnt": "BAO<ANH"}
    dose = DOSE | {"vp": "J07BX03", "mp": "EU/1/21/1529", "dt": "2021-03-18", "is": "Ban Co Yeu"}
    content = CONTENT | {"nam": name, "dob": "1983-10-10", "v": [dose]}
    text = ministry.hc1(content, issued=1649950687, expires=1738195200)
    verdict = judge(text, issuer().trust, NOW)
    assert (verdict.reason, verdict.accepted) == (Reason.UNKNOWN_KEY, False)
    assert (verdict.signature, verdict.time_valid) == (False, False)
    assert verdict.issuer == "VN"
    assert verdict.payload == content
    assert verdict.certificate is not None
    assert (verdict.certificate.name.family, verdict.certificate.name.given) == (
        "Nguyễn",
        "Bảo Ánh",
    )
    once = judge(text, ministry.trust, NOW - 1000 * DAY)
    assert once.signature is True


@pytest.mark.parametrize("wrong", list(product([False, True], repeat=3)))
def test_each_judgement_by_itself(wrong: tuple[bool, bool, bool]) -> None:
    forged, late, unfit = wrong
    true = issuer(purposes=VACCINATION_ONLY)
    by = Issuer(ec_key(number=2), true.der) if forged else true
    text = by.hc1(OF_A_TEST if unfit else CONTENT)
    verdict = judge(text, true.trust, NOW + 400 * DAY if late else NOW)
    told = (verdict.signature, verdict.time_valid, verdict.key_usage)
    assert told == (not forged, not late, not unfit)
    assert verdict.accepted is not any(wrong)


@pytest.mark.parametrize("health", [{3: "x"}, {5: [{"u": "x"}]}, {-6: {}}, {}, "x", None, 7])
def test_content_of_another_kind_is_not_called_forged(health: object) -> None:
    """International cards and links travel in the same container."""
    verdict = issuer().judged(health=health)
    assert (verdict.reason, verdict.issuer) == (Reason.UNSUPPORTED, "VN")
    assert (verdict.signature, verdict.time_valid, verdict.key_usage) == (True, True, None)


@pytest.mark.parametrize("content", [b"bytes", "text", 7, [CONTENT], Tagged(2, b"x")])
def test_a_certificate_that_is_no_map(content: object) -> None:
    verdict = issuer().judged(content)
    assert (verdict.reason, verdict.payload) == (Reason.SCHEMA, None)
    assert (verdict.signature, verdict.time_valid, verdict.key_usage) == (True, True, None)


@pytest.mark.parametrize("payload", [b"", b"\xff", cbor.write(7), cbor.write([1]), b"\xa1\x01"])
def test_a_signed_payload_without_claims(payload: bytes) -> None:
    one = issuer()
    verdict = judge(wrap(cose.sign(payload, one.key, one.key_id)), one.trust, NOW)
    assert verdict == Verdict(Reason.CLAIMS, signature=True)


def test_claims_said_twice_are_no_claims() -> None:
    """A reader that takes the first and one that takes the last would see two certificates."""
    one = issuer()
    twice = b"\xa2" + (cbor.write(4) + cbor.write(2**40)) * 2
    verdict = judge(wrap(cose.sign(twice, one.key, one.key_id)), one.trust, NOW)
    assert verdict == Verdict(Reason.CLAIMS, signature=True)


def test_claims_in_any_order_and_issuers_of_any_kind() -> None:
    one = issuer()
    said = {-260: {1: CONTENT}, 6: 0, 4: 2**40, 1: 84, 5: 0, "x": b"y"}
    verdict = judge(wrap(one.signed(said)), one.trust, NOW)
    assert (verdict.accepted, verdict.issuer) == (True, None)


def test_forged_comes_before_all_else() -> None:
    true = issuer(purposes=VACCINATION_ONLY)
    forged = Issuer(ec_key(number=2), true.der)
    for text in (forged.hc1(health={3: 1}), forged.hc1({}), forged.hc1(expires=1)):
        assert judge(text, true.trust, NOW).reason is Reason.SIGNATURE


def test_nothing_decoded_nothing_judged() -> None:
    texts = ["", "HC1:", "HC1:BB8", "Nguyễn", wrap(b"\xff"), wrap(cbor.write(7))]
    for text in texts:
        verdict = judge(text, Trust(), NOW)
        assert verdict == Verdict(verdict.reason)
        assert not verdict.accepted
