"""Our own look-up slip as a signed token: what the verification page shows, and nothing else.

`TOI1:` and base32 of a COSE_Sign1 (ES256): capitals and digits only, so that a QR packs it well
and it can stand after the `#` of a link as it is. A slip is no vaccination passport: it is signed
with a key of its own that no trust list knows, and only our own verifier takes it. The name in it
is already masked. The claims are told in docs/certificates.md.
"""

import base64
import binascii
import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from handlers.hc1 import cbor, cose
from handlers.hc1.container import LONGEST
from handlers.hc1.instants import from_seconds
from handlers.hc1.reasons import Reason, Unreadable

PREFIX: Final = "TOI1:"
LIFE: Final = timedelta(days=90)
KEY_ID_BYTES: Final = 8
FINGERPRINT_BYTES: Final = 16
EXPIRES: Final = 4
ISSUED: Final = 6
SLIP: Final = -65537
NUMBER, VERSION, NAME, BIRTH_YEAR, DOSES = 1, 2, 3, 4, 5

SlipKeys = Mapping[bytes, ec.EllipticCurvePublicKey]


class SlipKeyRefused(Exception):
    """The text is no private key on the curve P-256."""


@dataclass(frozen=True, slots=True)
class SlipKey:
    """The key that signs slips."""

    private: ec.EllipticCurvePrivateKey

    @classmethod
    def from_pem(cls, pem: bytes) -> Self:
        """The key in a PEM text without a password. Raises SlipKeyRefused."""
        try:
            key = load_pem_private_key(pem, None)
        except (ValueError, TypeError) as error:
            raise SlipKeyRefused("no private key in PEM without a password") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not _is_ours(key.curve):
            raise SlipKeyRefused("no key on the curve P-256")
        return cls(key)

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        """The half that everybody may have."""
        return self.private.public_key()


@dataclass(frozen=True, slots=True)
class SlipDose:
    """One dose as the page shows it."""

    on: date
    product: str


@dataclass(frozen=True, slots=True)
class Slip:
    """What a slip says. `name` is masked; `number` and `version` are the certificate's."""

    number: str
    version: int
    name: str
    birth_year: int | None
    doses: tuple[SlipDose, ...]


@dataclass(frozen=True, slots=True)
class SlipVerdict:
    """What became of a token; None means that decoding never got there.

    That it was revoked or replaced is not in the token: ask by its `fingerprint`.
    """

    reason: Reason
    signature: bool | None = None
    time_valid: bool | None = None
    known_key: bool | None = None
    slip: Slip | None = None
    issued: datetime | None = None
    valid_until: datetime | None = None

    @property
    def accepted(self) -> bool:
        """Whether it is ours and still valid."""
        return self.reason is Reason.ACCEPTED


def key_id_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """The key id of a slip key: the first 8 bytes of the SHA-256 of its SubjectPublicKeyInfo."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).digest()[:KEY_ID_BYTES]


def slip_keys(keys: Iterable[ec.EllipticCurvePublicKey]) -> SlipKeys:
    """The keys by their ids; keys on another curve than P-256 are left out."""
    return {key_id_of(key): key for key in keys if _is_ours(key.curve)}


def published(keys: SlipKeys) -> list[dict[str, str]]:
    """The key list that the verification page downloads: JSON Web Keys, their ids in hex."""
    return [_published(key_id, key) for key_id, key in keys.items()]


def fingerprint(number: str, version: int) -> bytes:
    """The 16 bytes by which the page asks whether a slip was revoked or replaced.

    Made of what was signed, never of the token: the same slip can be spelled in many ways.
    """
    said = f"{number}|{version}".encode()
    return hashlib.sha256(said).digest()[:FINGERPRINT_BYTES]


def sign(slip: Slip, key: SlipKey, now: datetime) -> str:
    """The token of a slip, valid for 90 days from `now`.

    The same slip, key and second give the same token.
    """
    issued = int(now.timestamp())
    expires = issued + int(LIFE.total_seconds())
    payload = cbor.write({EXPIRES: expires, ISSUED: issued, SLIP: _said(slip)})
    return token_of(cose.sign(payload, key.private, key_id_of(key.public)))


def token_of(signed: bytes) -> str:
    """A signed message as a token."""
    return PREFIX + base64.b32encode(signed).decode().rstrip("=")


def signed_in(token: str) -> bytes:
    """The signed message in a token. Raises Unreadable."""
    if token[: len(PREFIX)].upper() != PREFIX:
        raise Unreadable(Reason.PREFIX)
    if len(token) > LONGEST:
        raise Unreadable(Reason.TOO_LONG)
    letters = token[len(PREFIX) :]
    try:
        return base64.b32decode(letters + "=" * (-len(letters) % 8), casefold=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable(Reason.BASE32) from error


def judge(token: str, keys: SlipKeys, at: datetime) -> SlipVerdict:
    """Judge a token by our keys at an instant (with its zone). Nothing raises."""
    try:
        message = cose.read(signed_in(token))
    except Unreadable as error:
        return SlipVerdict(error.reason)
    key = keys.get(message.key_id)
    true = key is not None and cose.verifies(message, key)
    verdict = SlipVerdict(Reason.ACCEPTED, signature=true, known_key=key is not None)
    verdict = _read(message.payload, verdict, at)
    if key is None and verdict.reason is not Reason.CLAIMS:
        return replace(verdict, reason=Reason.UNKNOWN_KEY)
    return verdict if true or key is None else replace(verdict, reason=Reason.SIGNATURE)


def _read(payload: bytes, verdict: SlipVerdict, at: datetime) -> SlipVerdict:
    try:
        claims = cbor.read(payload)
        slip = _slip(claims.get(SLIP)) if isinstance(claims, dict) else None
    except (cbor.NotCbor, ValueError, TypeError):
        return replace(verdict, reason=Reason.CLAIMS)
    if slip is None or not isinstance(claims, dict):
        return replace(verdict, reason=Reason.CLAIMS)
    issued, until = _instant(claims.get(ISSUED)), _instant(claims.get(EXPIRES))
    late = _out_of_time(issued, until, at)
    said = replace(verdict, slip=slip, issued=issued, valid_until=until, time_valid=late is None)
    return replace(said, reason=late or Reason.ACCEPTED)


def _out_of_time(issued: datetime | None, until: datetime | None, at: datetime) -> Reason | None:
    if issued is None or until is None:
        return Reason.NO_TIMES
    if at >= until:
        return Reason.EXPIRED
    return Reason.NOT_YET if at < issued else None


def _said(slip: Slip) -> dict[int, object]:
    return {
        NUMBER: slip.number,
        VERSION: slip.version,
        NAME: unicodedata.normalize("NFC", slip.name),
        BIRTH_YEAR: slip.birth_year,
        DOSES: [[int(dose.on.isoformat().replace("-", "")), dose.product] for dose in slip.doses],
    }


def _slip(said: object) -> Slip | None:
    """The slip in a claim; None or a ValueError or TypeError where it is none."""
    match said:
        case {
            1: str(number),
            2: int(version),
            3: str(name),
            4: int() | None as year,
            5: list(doses),
        }:
            return Slip(number, version, name, year, tuple(_dose(*dose) for dose in doses))
        case _:
            return None


def _dose(day: int, product: str) -> SlipDose:
    if not isinstance(product, str):
        raise TypeError("a product is a text")
    return SlipDose(date.fromisoformat(f"{day:08d}"), product)


def _instant(value: object) -> datetime | None:
    return from_seconds(value) if isinstance(value, int) else None


def _is_ours(curve: ec.EllipticCurve) -> bool:
    return isinstance(curve, ec.SECP256R1)


def _published(key_id: bytes, key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    halves = (numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big"))
    x, y = (base64.urlsafe_b64encode(half).decode().rstrip("=") for half in halves)
    return {"kty": "EC", "crv": "P-256", "kid": key_id.hex(), "x": x, "y": y}
