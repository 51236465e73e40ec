"""Signer certificates: key ids, validity and key usage, tidy or not."""

import hashlib
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from handlers.hc1.judging import judge
from handlers.hc1.key_usage import ALL, Kind, permitted
from handlers.hc1.reasons import Reason
from handlers.hc1.signers import Trust, read_signer
from tests.certificates.made import (
    CONTENT,
    DAY,
    NOW,
    OF_A_RECOVERY,
    OF_A_TEST,
    Issuer,
    certificate,
    ec_key,
    issuer,
)

EKU = "2.5.29.37"
BASIC = "2.5.29.19"
SHORT, LONG = "1.3.6.1.4.1.1847.2021.1", "1.3.6.1.4.1.0.1847.2021.1"
SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
CONTENTS = {Kind.TEST: OF_A_TEST, Kind.VACCINATION: CONTENT, Kind.RECOVERY: OF_A_RECOVERY}


def test_the_key_id_is_the_beginning_of_the_certificates_hash() -> None:
    one = issuer()
    assert one.signer.key_id == hashlib.sha256(one.der).digest()[:8]


@pytest.mark.parametrize("root", [SHORT, LONG])
@pytest.mark.parametrize(("number", "kind"), [(1, "t"), (2, "v"), (3, "r")])
def test_each_kind_in_both_spellings(root: str, number: int, kind: str) -> None:
    only = issuer(purposes=(f"{root}.{number}",))
    for of, content in CONTENTS.items():
        verdict = only.judged(content)
        assert (verdict.key_usage, verdict.accepted) == (of == kind, of == kind)
        assert (verdict.signature, verdict.time_valid) == (True, True)
        assert verdict.accepted or verdict.reason is Reason.KEY_USAGE


def test_several_kinds() -> None:
    two = issuer(purposes=(f"{SHORT}.1", SERVER_AUTH, f"{LONG}.3"))
    assert two.signer.permits == {Kind.TEST, Kind.RECOVERY}


@pytest.mark.parametrize(
    ("purposes", "odd"),
    [
        ((), {}),
        ((SERVER_AUTH,), {}),
        ((), {EKU: b"\x30\x00"}),
        ((), {BASIC: b"\x30\x03\x01\x01\x00"}),
        ((f"{SHORT}.1", f"{SHORT}.2", f"{SHORT}.3"), {BASIC: b"\x30\x03\x01\x01\x00"}),
    ],
    ids=["none", "another", "empty", "explicit default", "all, explicit default"],
)
def test_signers_for_every_kind(purposes: tuple[str, ...], odd: dict[str, bytes]) -> None:
    """The last three are certificates whose extensions cryptography refuses to read at all."""
    signer = read_signer(certificate(ec_key(), purposes, odd=odd))
    assert signer is not None
    assert signer.permits == ALL


@pytest.mark.parametrize(
    "raw", [b"\x30\x05\x06", b"\x04\x00", b"", b"\x30\x84\xff\xff\xff\xff\x06"]
)
def test_an_unreadable_key_usage_permits_nothing(raw: bytes) -> None:
    signer = read_signer(certificate(ec_key(), odd={EKU: raw}))
    assert signer is not None
    assert signer.permits == frozenset()


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x80", b"\x02\x01\x01", b"\x30\x01\x06"])
def test_no_certificate_inside_permits_nothing(data: bytes) -> None:
    assert permitted(data) == frozenset()


def test_what_is_no_signer() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    for der in (b"", b"no certificate", public, issuer().der[:-5], issuer().der + b"\x00"):
        assert read_signer(der) is None


@pytest.mark.parametrize(
    ("offset", "valid"),
    [(-1, False), (0, True), (1, True), (86400, True), (86401, False)],
)
def test_the_signers_own_validity_counts_on_both_sides(offset: int, valid: bool) -> None:
    by = Issuer(ec_key(), certificate(ec_key(), validity=(NOW, NOW + DAY)))
    verdict = by.judged(at=NOW + timedelta(seconds=offset))
    assert (verdict.time_valid, verdict.accepted) == (valid, valid)
    assert (verdict.signature, verdict.key_usage) == (True, True)
    assert verdict.accepted or verdict.reason is Reason.SIGNER_OUT_OF_TIME


def test_a_renewed_certificate_for_the_same_key_is_another_signer() -> None:
    old = Issuer(ec_key(), certificate(ec_key(), validity=(NOW - 2 * DAY, NOW - DAY)))
    new = Issuer(ec_key(), certificate(ec_key(), validity=(NOW - DAY, NOW + DAY)))
    assert judge(old.hc1(), Trust([new.signer]), NOW).reason is Reason.UNKNOWN_KEY


def test_an_instant_of_any_zone() -> None:
    at = datetime.fromisoformat("2026-03-03T09:00:00+07:00")
    assert issuer().judged(at=at) == issuer().judged(at=NOW)


def test_a_pem_is_no_der() -> None:
    pem = x509.load_der_x509_certificate(issuer().der).public_bytes(Encoding.PEM)
    assert read_signer(pem) is None
