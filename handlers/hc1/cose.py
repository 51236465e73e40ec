"""COSE_Sign1 (RFC 9052): who signed what, with ES256 or PS256.

The algorithm that a message names only counts together with the kind of the key, which we hold:
ES256 with an elliptic curve, PS256 with RSA. So a message cannot choose how it is checked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from handlers.hc1 import cbor
from handlers.hc1.reasons import Reason, Unreadable

ALGORITHM: Final = 1
CRITICAL: Final = 2
CONTENT_TYPE: Final = 3
KEY_ID: Final = 4
ES256: Final = -7
PS256: Final = -37
SIGN1: Final = 18
CWT: Final = 61
TAGS: Final = ((), (SIGN1,), (CWT, SIGN1))
CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
SMALLEST_RSA: Final = 2048
# Living Swiss certificates had a salt of another length than the 32 bytes of the rule.
ANY_SALT: Final = padding.PSS(padding.MGF1(SHA256()), padding.PSS.AUTO)
OUR_SALT: Final = padding.PSS(padding.MGF1(SHA256()), 32)
_EMPTY_MAP: Final = b"\xa0"
_PARTS: Final = 4

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Sign1:
    """A signed message; of a header said in both places, the protected one stands in `header`."""

    protected: bytes
    header: Mapping[int | str | bytes, object]
    payload: bytes
    signature: bytes

    @property
    def key_id(self) -> bytes:
        """Which key signed it, as it says; empty where it does not say."""
        said = self.header.get(KEY_ID)
        return said if isinstance(said, bytes) else b""


def read(data: bytes) -> Sign1:
    """The signed message in `data`, untagged or under the tags 18 or 61 and 18.

    Raises Unreadable.
    """
    try:
        return _sign1(_untagged(cbor.read(data)))
    except cbor.NotCbor as error:
        raise Unreadable(Reason.COSE) from error


def _untagged(value: object) -> object:
    tags: tuple[int, ...] = ()
    while isinstance(value, cbor.Tagged):
        tags, value = (*tags, value.number), value.value
    if tags not in TAGS:
        raise cbor.NotCbor("tags that no certificate has")
    return value


def _sign1(parts: object) -> Sign1:
    if not isinstance(parts, list) or len(parts) != _PARTS:
        raise cbor.NotCbor("not four parts")
    protected, unprotected, payload, signature = parts
    if not isinstance(protected, bytes) or not isinstance(unprotected, dict):
        raise cbor.NotCbor("headers of a strange kind")
    if not isinstance(payload, bytes) or not isinstance(signature, bytes):
        raise cbor.NotCbor("a payload or a signature of a strange kind")
    sealed = cbor.read(protected) if protected else {}
    if not isinstance(sealed, dict):
        raise cbor.NotCbor("protected headers that are no map")
    open_part = {label: said for label, said in unprotected.items() if label != CRITICAL}
    return Sign1(protected, {**open_part, **sealed}, payload, signature)


def verifies(message: Sign1, key: PublicKey) -> bool:
    """Whether this key made the signature. False also for an algorithm that is not the key's."""
    if CRITICAL in message.header:
        return False  # it demands that we heed a header of which we know nothing
    return any(_verifies(message, signed, key) for signed in _signed_forms(message))


def _verifies(message: Sign1, signed: bytes, key: PublicKey) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            return _check_ps256(message, signed, key)
        return _check_es256(message, signed, key)
    except InvalidSignature:
        return False


def _check_es256(message: Sign1, signed: bytes, key: ec.EllipticCurvePublicKey) -> bool:
    size = (key.key_size + 7) // 8  # two numbers of the curve's size: P-384 gives 96 bytes
    if message.header.get(ALGORITHM) != ES256 or not isinstance(key.curve, CURVES):
        return False
    if len(message.signature) != 2 * size:
        return False
    halves = message.signature[:size], message.signature[size:]
    r, s = (int.from_bytes(half, "big") for half in halves)
    key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
    return True


def _check_ps256(message: Sign1, signed: bytes, key: rsa.RSAPublicKey) -> bool:
    if message.header.get(ALGORITHM) != PS256 or key.key_size < SMALLEST_RSA:
        return False
    key.verify(message.signature, signed, ANY_SALT, SHA256())
    return True


def _signed_forms(message: Sign1) -> Iterator[bytes]:
    """What the signature covers. An empty protected map is signed as no bytes, by the rule."""
    yield _to_be_signed(message.protected, message.payload)
    if message.protected == _EMPTY_MAP:
        yield _to_be_signed(b"", message.payload)


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor.write(["Signature1", protected, b"", payload])


def sign(payload: bytes, key: PrivateKey, key_id: bytes) -> bytes:
    """The signed message, tag 18, algorithm and key id in the protected header.

    ES256 signs the same payload with the same bytes each time (RFC 6979).
    """
    algorithm = PS256 if isinstance(key, rsa.RSAPrivateKey) else ES256
    protected = cbor.write({ALGORITHM: algorithm, KEY_ID: key_id})
    signature = _signature(_to_be_signed(protected, payload), key)
    return cbor.write(cbor.Tagged(SIGN1, [protected, {}, payload, signature]))


def _signature(signed: bytes, key: PrivateKey) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(signed, OUR_SALT, SHA256())
    size = (key.key_size + 7) // 8
    made = key.sign(signed, ec.ECDSA(SHA256(), deterministic_signing=True))
    return b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(made))
