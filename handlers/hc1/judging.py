"""The verdict on an `HC1:` text: signature, time and key usage each by itself, then the whole.

An unknown key is never valid. Nothing raises: whatever was scanned has a verdict.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from pydantic import ValidationError

from handlers.hc1 import cose
from handlers.hc1.claims import Claims, has_begun, has_not_ended, read_claims
from handlers.hc1.container import unwrap
from handlers.hc1.key_usage import Kind
from handlers.hc1.plain import plain, settled
from handlers.hc1.reasons import Reason, Unreadable
from handlers.hc1.schema import Certificate
from handlers.hc1.signers import Signer, Trust


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a text. Of the three judgements, None means: decoding never got there.

    `payload` is what the certificate says, as JSON can say it, whoever signed it; `certificate` the
    same by the schema, where it keeps the schema's rules.
    """

    reason: Reason
    signature: bool | None = None
    time_valid: bool | None = None
    key_usage: bool | None = None
    issuer: str | None = None
    payload: Mapping[str, object] | None = None
    certificate: Certificate | None = None

    @property
    def accepted(self) -> bool:
        """Whether everything is as it must be."""
        return self.reason is Reason.ACCEPTED


def judge(text: str, trust: Trust, at: datetime) -> Verdict:
    """Judge an `HC1:` text at an instant (with its zone) by the signers we trust."""
    try:
        message = cose.read(unwrap(text))
    except Unreadable as error:
        return Verdict(error.reason)
    candidates = trust.known(message.key_id)
    true_ones = [one for one in candidates if cose.verifies(message, one.key)]
    signer = next(iter([*true_ones, *candidates]), None)
    return _verdict(read_claims(message.payload), signer, at, signature=bool(true_ones))


def _verdict(
    claims: Claims | None, signer: Signer | None, at: datetime, *, signature: bool
) -> Verdict:
    broken = None if signature or signer is None else Reason.SIGNATURE
    if claims is None:
        return Verdict(broken or Reason.CLAIMS, signature)
    late = _out_of_time(claims, signer, at)
    content = settled(claims.content)
    if not isinstance(content, dict):
        strange = Reason.UNSUPPORTED if content is None else Reason.SCHEMA
        return Verdict(broken or strange, signature, late is None, issuer=claims.issuer)
    fits = signer is not None and _kinds(content) <= signer.permits
    certificate = _certificate(content)
    unknown = Reason.UNKNOWN_KEY if signer is None else None
    unfit = None if fits else Reason.KEY_USAGE
    reason = broken or unknown or late or unfit or _breach(content, certificate)
    payload = cast("dict[str, object]", plain(content))
    return Verdict(reason, signature, late is None, fits, claims.issuer, payload, certificate)


def _out_of_time(claims: Claims, signer: Signer | None, at: datetime) -> Reason | None:
    """Why the instant is a wrong one. Of an unknown signer only iat and exp can be judged."""
    if claims.issued is None or claims.expires is None:
        return Reason.NO_TIMES
    if not has_not_ended(claims, at):
        return Reason.EXPIRED
    if not has_begun(claims, at):
        return Reason.NOT_YET
    return None if signer is None or signer.is_valid(at) else Reason.SIGNER_OUT_OF_TIME


def _kinds(payload: Mapping[str, object]) -> frozenset[Kind]:
    return frozenset(kind for kind in Kind if payload.get(kind.value) is not None)


def _certificate(payload: Mapping[str, object]) -> Certificate | None:
    try:
        return Certificate.model_validate(payload)
    except ValidationError:
        return None


def _breach(payload: Mapping[str, object], certificate: Certificate | None) -> Reason:
    if certificate is not None:
        return Reason.ACCEPTED
    groups = [payload[kind.value] for kind in Kind if kind.value in payload]
    single = len(groups) == 1 and isinstance(groups[0], list) and len(groups[0]) == 1
    return Reason.SCHEMA if single else Reason.ENTRIES
