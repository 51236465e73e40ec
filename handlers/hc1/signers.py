"""Whom we trust: signer certificates, found by their key id."""

import hashlib
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from handlers.hc1.cose import PublicKey
from handlers.hc1.key_usage import Kind, permitted

KEY_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Signer:
    """A signer's certificate: its key, from when to when (both included), and for what kinds."""

    key_id: bytes
    key: PublicKey
    valid_from: datetime
    valid_until: datetime
    permits: frozenset[Kind]

    def is_valid(self, at: datetime) -> bool:
        """Whether the certificate itself is valid then."""
        return self.valid_from <= at <= self.valid_until


def key_id_of(der: bytes) -> bytes:
    """The key id of a certificate: the first 8 bytes of the SHA-256 of its DER."""
    return hashlib.sha256(der).digest()[:KEY_ID_BYTES]


def read_signer(der: bytes) -> Signer | None:
    """The signer of a DER certificate; None where it is none or its key is of another kind."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # certificates of real signers are not all tidy
            certificate = x509.load_der_x509_certificate(der)
            key = certificate.public_key()
            valid_from, valid_until = (
                certificate.not_valid_before_utc,
                certificate.not_valid_after_utc,
            )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        return None
    permits = permitted(certificate.tbs_certificate_bytes)
    return Signer(key_id_of(der), key, valid_from, valid_until, permits)


class Trust:
    """The signers we trust. A key id is no secret and no proof: several may share one."""

    def __init__(self, signers: Iterable[Signer] = ()) -> None:
        self._by_key_id: dict[bytes, tuple[Signer, ...]] = {}
        for signer in signers:
            others = self._by_key_id.get(signer.key_id, ())
            self._by_key_id[signer.key_id] = (*others, signer)

    def known(self, key_id: bytes) -> tuple[Signer, ...]:
        """The signers with this key id: none where it is unknown or cut short."""
        return self._by_key_id.get(key_id, ())
