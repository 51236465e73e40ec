"""`tramoi certificate verify`: certificate texts in, one verdict a line out. It never raises."""

import base64
import binascii
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from handlers import slip
from handlers.hc1 import judging
from handlers.hc1.instants import read_instant
from handlers.hc1.reasons import Reason
from handlers.hc1.signers import Signer, Trust, read_signer

LONGEST_LINE: Final = 16 * 1024 * 1024
"""Bytes; a line may bring a whole country list of signers."""
OURS: Final = "tramoi"
_BLOCK = re.compile(rb"-----BEGIN (?:CERTIFICATE|PUBLIC KEY)-----(.*?)-----END", re.DOTALL)

Answer = dict[str, object]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Trusted:
    """Whom to trust: signers of HC1 texts by their certificates, of our slips by their keys."""

    signers: Trust = field(default_factory=Trust)
    slips: slip.SlipKeys = field(default_factory=dict)


class LineUnreadable(Exception):
    """A line that is neither a text nor an object of the form that was agreed."""


def verify_stream(folder: Path | None, at: str | None) -> int:
    """Answer standard input line by line; 2 where `at` is no instant. Raises OSError."""
    fixed = None if at is None else read_instant(at)
    if at is not None and fixed is None:
        sys.stderr.write(f"tramoi: --at: {at!r} is no instant; for example 2026-03-03T09:00:00Z\n")
        return 2
    trusted, strange = (Trusted(), []) if folder is None else trusted_in(folder)
    for path in strange:
        sys.stderr.write(f"tramoi: {path}: no certificate and no public key in it\n")
    answers = verify_lines(lines_of(sys.stdin.buffer), trusted, lambda: fixed or now())
    for answer in answers:
        sys.stdout.buffer.write(answer.encode() + b"\n")
        sys.stdout.buffer.flush()
    return 0


def now() -> datetime:
    """The instant on this machine's clock."""
    return datetime.now(UTC)


def trusted_in(folder: Path) -> tuple[Trusted, list[Path]]:
    """All signers in a folder and below, and the files that hold none. Raises OSError."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    read = {path: list(_keys_in(path.read_bytes())) for path in files}
    found = [key for keys in read.values() for key in keys]
    return _trusted(found), [path for path, keys in read.items() if not keys]


def verify_lines(lines: Iterable[bytes], trusted: Trusted, clock: Clock) -> Iterator[str]:
    """One JSON object for each line, in their order."""
    for line in lines:
        try:
            answer = _answer(line, trusted, clock)
        except Exception:  # noqa: BLE001 - one line must never cost the lines after it
            answer = _told(judging.Verdict(Reason.FAULT))
        yield json.dumps(answer, ensure_ascii=False, allow_nan=False)


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a stream; of one that is too long only the beginning, which is refused."""
    while line := stream.readline(LONGEST_LINE + 1):
        yield line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE + 1)


def _answer(line: bytes, trusted: Trusted, clock: Clock) -> Answer:
    try:
        text, own, at = _asked(line)
    except LineUnreadable:
        return _told(judging.Verdict(Reason.LINE))
    trusted = trusted if own is None else own
    at = at or clock()
    if text[: len(slip.PREFIX)].upper() == slip.PREFIX:
        return _told_of_slip(slip.judge(text, trusted.slips, at))
    return _told(judging.judge(text, trusted.signers, at))


def _asked(line: bytes) -> tuple[str, Trusted | None, datetime | None]:
    """The text of a line, and the trust and the instant it brings along."""
    if len(line) > LONGEST_LINE:
        raise LineUnreadable
    # A base45 text may end with a blank: only the end of the line is taken off.
    text = line.decode("utf-8", "replace").removeprefix("\ufeff").rstrip("\r\n")
    if not text.lstrip().startswith("{"):
        return text, None, None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LineUnreadable from error
    return _text(said.get("text")), _own_trust(said.get("trust")), _own_instant(said.get("at"))


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise LineUnreadable
    return said


def _own_trust(said: object) -> Trusted | None:
    """The signers a line brings. One that cannot be read is trusted by nobody."""
    if said is None:
        return None
    if not isinstance(said, list):
        raise LineUnreadable
    return _trusted(key for one in said if isinstance(one, str) for key in _keys_in(_bytes(one)))


def _bytes(said: str) -> bytes:
    if "-----BEGIN" in said:
        return said.encode("utf-8", "replace")
    try:
        return base64.b64decode(said)
    except (binascii.Error, ValueError):
        return b""


def _own_instant(said: object) -> datetime | None:
    if said is None:
        return None
    instant = read_instant(said) if isinstance(said, str) else None
    if instant is None:
        raise LineUnreadable
    return instant


Key = Signer | ec.EllipticCurvePublicKey


def _trusted(found: Iterable[Key]) -> Trusted:
    keys = list(found)
    signers = Trust(key for key in keys if isinstance(key, Signer))
    return Trusted(signers, slip.slip_keys(key for key in keys if not isinstance(key, Signer)))


def _keys_in(data: bytes) -> Iterator[Key]:
    """The certificates and bare public keys in a PEM text or a DER file."""
    blocks = [_bytes(block.decode("ascii", "replace")) for block in _BLOCK.findall(data)]
    for der in blocks or [data]:
        key = read_signer(der) or _public_key(der)
        if key is not None:
            yield key


def _public_key(der: bytes) -> ec.EllipticCurvePublicKey | None:
    try:
        key = load_der_public_key(der)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, ec.EllipticCurvePublicKey) else None


def _told(verdict: judging.Verdict) -> Answer:
    return {
        "signature": verdict.signature,
        "time_valid": verdict.time_valid,
        "key_usage": verdict.key_usage,
        "accepted": verdict.accepted,
        "reason": verdict.reason.value,
        "issuer": verdict.issuer,
        "payload": verdict.payload,
    }


def _told_of_slip(verdict: slip.SlipVerdict) -> Answer:
    """A slip key signs slips and nothing else: a known one has the right use."""
    return {
        "signature": verdict.signature,
        "time_valid": verdict.time_valid,
        "key_usage": verdict.known_key,
        "accepted": verdict.accepted,
        "reason": verdict.reason.value,
        "issuer": OURS if verdict.signature else None,
        "payload": None if verdict.slip is None else _slip_told(verdict),
    }


def _slip_told(verdict: slip.SlipVerdict) -> Answer | None:
    said = verdict.slip
    if said is None:
        return None
    return {
        "number": said.number,
        "version": said.version,
        "name": said.name,
        "birth_year": said.birth_year,
        "doses": [{"date": dose.on.isoformat(), "product": dose.product} for dose in said.doses],
        "issued": _shown(verdict.issued),
        "valid_until": _shown(verdict.valid_until),
    }


def _shown(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
