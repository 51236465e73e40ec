"""Reading instants as certificates and test data spell them."""

import re
from datetime import UTC, datetime

_SPELLING = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](?P<clock>\d\d:\d\d(?::\d\d)?)(?:[.,](?P<fraction>\d+))?)?"
    r" ?(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)


def read_instant(text: str) -> datetime | None:
    """An ISO 8601 instant in UTC; None where it is none.

    Taken: a zone without its colon, none at all (then UTC), a fraction of any length (microseconds
    count), a day alone (its beginning).
    """
    said = _SPELLING.fullmatch(text.strip())
    if said is None:
        return None
    clock = said["clock"] or "00:00"
    seconds = clock if clock.count(":") > 1 else f"{clock}:00"
    fraction = (said["fraction"] or "0")[:6].ljust(6, "0")
    try:
        local = datetime.fromisoformat(f"{said['day']}T{seconds}.{fraction}{_zone(said['zone'])}")
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def from_seconds(seconds: float) -> datetime | None:
    """The instant so many seconds after 1970; None outside the years 1 to 9999."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _zone(said: str | None) -> str:
    if said is None or said in "Zz":
        return "+00:00"
    return f"{said[:3]}:{said[3:].lstrip(':') or '00'}"
