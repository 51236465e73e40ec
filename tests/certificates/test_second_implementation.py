"""What we sign, the package `cwt` verifies; and what it signs, we do."""

from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cwt import COSE, COSEHeaders, COSEKey, VerifyError

from handlers import slip
from handlers.hc1 import cose
from handlers.hc1.container import unwrap, wrap
from handlers.hc1.judging import judge
from tests.certificates.made import CONTENT, NOW, Issuer, claims, ec_key, issuer, rsa_key
from tests.certificates.test_slip import KEY, OURS

BOTH = [issuer(), issuer(rsa_key())]


def algorithm(key: cose.PrivateKey) -> str:
    return "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "PS256"


def public(key: cose.PrivateKey, key_id: bytes) -> Any:
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return COSEKey.from_pem(pem, kid=key_id, alg=algorithm(key))


def private(by: Issuer) -> Any:
    pem = by.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return COSEKey.from_pem(pem, kid=by.key_id, alg=algorithm(by.key))


@pytest.mark.parametrize("by", BOTH, ids=["ES256", "PS256"])
def test_it_verifies_our_certificates(by: Issuer) -> None:
    payload = COSE.new().decode(unwrap(by.hc1()), public(by.key, by.key_id))
    assert cbor2.loads(payload) == claims()


@pytest.mark.parametrize("by", BOTH, ids=["ES256", "PS256"])
def test_it_refuses_what_another_key_signed(by: Issuer) -> None:
    key = ec_key(number=9) if by is BOTH[0] else rsa_key(3072)
    with pytest.raises(VerifyError):
        COSE.new().decode(unwrap(by.hc1()), public(key, by.key_id))


@pytest.mark.parametrize("by", BOTH, ids=["ES256", "PS256"])
@pytest.mark.parametrize("protected", [True, False])
def test_we_verify_what_it_signs(by: Issuer, protected: bool) -> None:
    named = {COSEHeaders.ALG: cose.ES256 if by is BOTH[0] else cose.PS256}
    known = {COSEHeaders.KID: by.key_id}
    first, second = (named | known, {}) if protected else (named, known)
    signed = COSE.new().encode_and_sign(cbor2.dumps(claims()), private(by), first, second)
    verdict = judge(wrap(signed), by.trust, NOW)
    assert verdict.accepted
    assert verdict.payload == CONTENT


def test_it_verifies_our_slips() -> None:
    token = slip.sign(OURS, KEY, NOW)
    key = public(KEY.private, slip.key_id_of(KEY.public))
    said = cbor2.loads(COSE.new().decode(slip.signed_in(token), key))
    assert said[slip.SLIP][slip.NAME] == OURS.name
    assert said[4] - said[6] == 90 * 24 * 3600
