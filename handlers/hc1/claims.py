"""CWT claims (RFC 8392): who issued it, when, until when, and the certificate inside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from handlers.hc1 import cbor
from handlers.hc1.instants import read_instant
from handlers.hc1.plain import DATE_SECONDS, DATE_TEXT

ISSUER: Final = 1
EXPIRES: Final = 4
ISSUED: Final = 6
HEALTH: Final = -260
EU_CERTIFICATE: Final = 1


@dataclass(frozen=True, slots=True)
class Claims:
    """What is said around the certificate; times in seconds after 1970, None where not said.

    `content` is the certificate itself, not yet checked; None where there is nothing, or only
    content of another kind (a link, an international prophylaxis card).
    """

    issuer: str | None
    issued: float | None
    expires: float | None
    content: object


def read_claims(payload: bytes) -> Claims | None:
    """The claims in a signed payload; None where it holds none."""
    try:
        said = cbor.read(payload)
    except cbor.NotCbor:
        return None
    if not isinstance(said, Mapping):
        return None
    issuer, health = said.get(ISSUER), said.get(HEALTH)
    return Claims(
        issuer if isinstance(issuer, str) else None,
        _seconds(said.get(ISSUED)),
        _seconds(said.get(EXPIRES)),
        health.get(EU_CERTIFICATE) if isinstance(health, Mapping) else None,
    )


def has_begun(claims: Claims, at: datetime) -> bool:
    """Whether it was issued by then."""
    return claims.issued is not None and claims.issued <= at.timestamp()


def has_not_ended(claims: Claims, at: datetime) -> bool:
    """Whether it is still valid then; at the second of `exp` it is not (RFC 8392, 3.1.4)."""
    return claims.expires is not None and at.timestamp() < claims.expires


def _seconds(value: object) -> float | None:
    """A time claim: a number, whole or not, and by some issuers tagged as an instant."""
    if isinstance(value, cbor.Tagged) and value.number in {DATE_TEXT, DATE_SECONDS}:
        value = value.value
    if isinstance(value, str):
        instant = read_instant(value)
        return None if instant is None else instant.timestamp()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value
