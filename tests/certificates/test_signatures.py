"""Signatures: tags, key ids, algorithms and keys, as the world really sends them."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from handlers.hc1 import cbor, cose
from handlers.hc1.cbor import Tagged
from handlers.hc1.container import wrap
from handlers.hc1.judging import Verdict, judge
from handlers.hc1.reasons import Reason
from handlers.hc1.signers import Signer, Trust
from tests.certificates.made import NOW, P256, P384, Issuer, claims, ec_key, issuer, rsa_key

ONE = issuer()
PAYLOAD = cbor.write(claims())
KEY_ID, ALGORITHM = cose.KEY_ID, cose.ALGORITHM


def es256(signed: bytes, key: ec.EllipticCurvePrivateKey = ONE.key) -> bytes:  # type: ignore[assignment]
    size = (key.key_size + 7) // 8
    numbers = decode_dss_signature(key.sign(signed, ec.ECDSA(SHA256())))
    return b"".join(number.to_bytes(size, "big") for number in numbers)


def parts(
    protected: bytes, unprotected: dict[int, Any], key: ec.EllipticCurvePrivateKey | None = None
) -> list[object]:
    signed = cbor.write(["Signature1", protected, b"", PAYLOAD])
    return [protected, unprotected, PAYLOAD, es256(signed, key or ec_key())]


def judged(message: object, by: Issuer = ONE) -> Verdict:
    return judge(wrap(cbor.write(message)), by.trust, NOW)


def headed(protected: dict[int, Any], unprotected: dict[int, Any]) -> Verdict:
    sealed = cbor.write(protected) if protected else b""
    return judged(Tagged(18, parts(sealed, unprotected)))


BOTH = {ALGORITHM: cose.ES256, KEY_ID: ONE.key_id}


@pytest.mark.parametrize("tags", [(), (18,), (61, 18)])
def test_three_ways_to_tag(tags: tuple[int, ...]) -> None:
    message: object = parts(cbor.write(BOTH), {})
    for tag in reversed(tags):
        message = Tagged(tag, message)
    assert judged(message).accepted


@pytest.mark.parametrize("tags", [(61,), (17,), (18, 18), (18, 61), (98,), (55799, 18)])
def test_other_tags_are_refused(tags: tuple[int, ...]) -> None:
    message: object = parts(cbor.write(BOTH), {})
    for tag in reversed(tags):
        message = Tagged(tag, message)
    assert judged(message) == Verdict(Reason.COSE)


@pytest.mark.parametrize(
    ("protected", "unprotected"),
    [
        (BOTH, {}),
        ({}, BOTH),
        ({ALGORITHM: cose.ES256}, {KEY_ID: ONE.key_id}),
        ({KEY_ID: ONE.key_id}, {ALGORITHM: cose.ES256}),
        (BOTH, {KEY_ID: b"foo"}),
        (BOTH, {ALGORITHM: cose.PS256}),
        (BOTH | {3: "application/cwt"}, {}),
    ],
)
def test_headers_in_either_place_and_the_protected_one_wins(
    protected: dict[int, Any], unprotected: dict[int, Any]
) -> None:
    assert headed(protected, unprotected).accepted


@pytest.mark.parametrize(
    ("protected", "unprotected"),
    [
        ({ALGORITHM: cose.ES256}, {}),
        ({ALGORITHM: cose.ES256, KEY_ID: b"foo"}, {KEY_ID: ONE.key_id}),
        ({ALGORITHM: cose.ES256, KEY_ID: 7}, {KEY_ID: ONE.key_id}),
        ({ALGORITHM: cose.ES256, KEY_ID: ONE.key_id[:3]}, {}),
        ({ALGORITHM: cose.ES256, KEY_ID: ONE.key_id + b"\x00"}, {}),
        ({ALGORITHM: cose.ES256, KEY_ID: b""}, {}),
    ],
)
def test_another_key_id_is_an_unknown_key(
    protected: dict[int, Any], unprotected: dict[int, Any]
) -> None:
    verdict = headed(protected, unprotected)
    assert (verdict.reason, verdict.signature) == (Reason.UNKNOWN_KEY, False)
    assert verdict.payload is not None


@pytest.mark.parametrize(
    "protected",
    [
        {KEY_ID: ONE.key_id},
        {ALGORITHM: cose.PS256, KEY_ID: ONE.key_id},
        {ALGORITHM: -35, KEY_ID: ONE.key_id},
        {ALGORITHM: "ES256", KEY_ID: ONE.key_id},
        BOTH | {cose.CRITICAL: [99]},
        BOTH | {cose.CRITICAL: []},
    ],
)
def test_an_algorithm_that_is_not_the_keys_own_proves_nothing(protected: dict[int, Any]) -> None:
    verdict = headed(protected, {})
    assert (verdict.reason, verdict.signature) == (Reason.SIGNATURE, False)


def test_an_empty_protected_map_is_signed_either_way() -> None:
    """As the bytes that were sent, or as none, as the rule has it."""
    for signed_as in (b"\xa0", b""):
        signed = cbor.write(["Signature1", signed_as, b"", PAYLOAD])
        assert judged([b"\xa0", BOTH, PAYLOAD, es256(signed)]).accepted


@pytest.mark.parametrize("curve", [P256, P384, ec.SECP521R1()], ids=lambda curve: curve.name)
def test_es256_on_larger_curves(curve: ec.EllipticCurve) -> None:
    large = issuer(ec_key(curve))
    assert large.judged().accepted
    other = Issuer(ec_key(curve, 2), large.der)
    verdict = judge(other.hc1(), large.trust, NOW)
    assert (verdict.reason, verdict.signature) == (Reason.SIGNATURE, False)


def test_es256_on_a_foreign_curve_is_refused() -> None:
    koblitz = issuer(ec_key(ec.SECP256K1()))
    assert koblitz.judged().signature is False


@pytest.mark.parametrize("size", [2048, 3072])
def test_ps256(size: int) -> None:
    assert issuer(rsa_key(size)).judged().accepted


@pytest.mark.parametrize("salt", [0, 20, 32, 64])
def test_ps256_with_any_salt(salt: int) -> None:
    """Certificates alive in Switzerland once had another salt than the 32 bytes of the rule."""
    by = issuer(rsa_key())
    protected = cbor.write({ALGORITHM: cose.PS256, KEY_ID: by.key_id})
    signed = cbor.write(["Signature1", protected, b"", PAYLOAD])
    scheme = padding.PSS(padding.MGF1(SHA256()), salt)
    signature = rsa_key().sign(signed, scheme, SHA256())
    assert judged([protected, {}, PAYLOAD, signature], by).accepted


def test_rsa_without_pss_or_too_small_is_refused() -> None:
    by = issuer(rsa_key())
    for algorithm in (cose.PS256, cose.ES256, -257):
        protected = cbor.write({ALGORITHM: algorithm, KEY_ID: by.key_id})
        signed = cbor.write(["Signature1", protected, b"", PAYLOAD])
        signature = rsa_key().sign(signed, padding.PKCS1v15(), SHA256())
        assert judged([protected, {}, PAYLOAD, signature], by).signature is False
    assert issuer(rsa_key(1024)).judged().signature is False


@pytest.mark.parametrize("signature", [b"", b"foo", bytes(64), bytes(63), b"\xff" * 64, bytes(96)])
@pytest.mark.parametrize("by", [ONE, issuer(rsa_key())], ids=["ES256", "PS256"])
def test_a_signature_of_any_length_is_wrong_and_not_a_fault(by: Issuer, signature: bytes) -> None:
    algorithm = cose.ES256 if by is ONE else cose.PS256
    protected = cbor.write({ALGORITHM: algorithm, KEY_ID: by.key_id})
    verdict = judged([protected, {}, PAYLOAD, signature], by)
    assert (verdict.reason, verdict.signature) == (Reason.SIGNATURE, False)
    assert (verdict.time_valid, verdict.key_usage) == (True, True)


def test_an_altered_payload_or_header_is_noticed() -> None:
    protected, open_part, payload, signature = parts(cbor.write(BOTH), {})
    assert isinstance(payload, bytes)
    altered = payload.replace(b"2026-01-18", b"2026-01-19")
    assert altered != payload
    assert judged([protected, open_part, altered, signature]).reason is Reason.SIGNATURE
    more = cbor.write(BOTH | {3: 1})
    assert judged([more, open_part, payload, signature]).reason is Reason.SIGNATURE


def test_outer_bytes_change_without_breaking_it() -> None:
    """So a text or a picture is never what is revoked: that is the certificate's own number."""
    protected, _, payload, signature = parts(cbor.write(BOTH), {})
    first = judged([protected, {}, payload, signature])
    second = judged(Tagged(18, [protected, {99: "anything"}, payload, signature]))
    assert first == second
    assert first.accepted


@pytest.mark.parametrize(
    "message",
    [
        7,
        [],
        [b"", {}, PAYLOAD],
        [b"", {}, PAYLOAD, b"", b""],
        [{}, {}, PAYLOAD, b""],
        ["", {}, PAYLOAD, b""],
        [b"", [], PAYLOAD, b""],
        [b"", {}, None, b""],
        [b"", {}, claims(), b""],
        [b"", {}, PAYLOAD, None],
        [b"\xff", {}, PAYLOAD, b""],
        [b"\x01", {}, PAYLOAD, b""],
        {0: b"", 1: {}, 2: PAYLOAD, 3: b""},
    ],
)
def test_no_signed_message(message: object) -> None:
    assert judged(message) == Verdict(Reason.COSE)


def test_several_signers_may_share_a_key_id() -> None:
    """It is no secret and no proof; each of them is tried."""
    mine = ONE.signer
    other = issuer(ec_key(number=2)).signer
    twin = Signer(mine.key_id, other.key, other.valid_from, other.valid_until, other.permits)
    for signers in ([twin, mine], [mine, twin]):
        assert judge(ONE.hc1(), Trust(signers), NOW).accepted
    assert judge(ONE.hc1(), Trust([twin]), NOW).reason is Reason.SIGNATURE


def test_trusting_nobody_nothing_is_valid() -> None:
    verdict = judge(ONE.hc1(), Trust(), NOW)
    assert (verdict.reason, verdict.accepted) == (Reason.UNKNOWN_KEY, False)
    assert (verdict.signature, verdict.time_valid, verdict.key_usage) == (False, True, False)


def test_the_same_content_is_signed_with_the_same_bytes() -> None:
    assert ONE.hc1() == ONE.hc1()
