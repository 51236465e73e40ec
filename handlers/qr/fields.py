"""Single fields of the cards' QR texts: each is read, or absent (None)."""

import re
from datetime import date

from handlers.qr.kinds import Sex
from handlers.vietnamese import clean, fold

NAME_LENGTH = 80
ADDRESS_LENGTH = 300
OLDEST_YEAR = 1890
NEWEST_YEAR = 2150
_NOTHING = {"", "-", "null", "none", "n/a"}
_SEXES: dict[str, Sex] = {"nam": "male", "male": "male", "nu": "female", "female": "female"}
# The years first (2021-06-15) or the days (15/06/2021, 15062021), and what was masked.
_YEAR_FIRST = re.compile(r"([\d*]{4})[-/.]([\d*]{1,2})[-/.]([\d*]{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"([\d*]{1,2})[-/.]([\d*]{1,2})[-/.]([\d*]{4})", re.ASCII)
_TOGETHER = re.compile(r"([\d*]{2})([\d*]{2})([\d*]{4})", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_UNKNOWN_DAY = {"", "0", "00"}


def line(text: str, most: int) -> str | None:
    """One line of text; None where nothing stands there, or more than can be meant."""
    written = " ".join(clean(text).split())
    return None if written.lower() in _NOTHING or len(written) > most else written


def name(text: str) -> str | None:
    """A name as it is written."""
    return line(text, NAME_LENGTH)


def address(text: str) -> str | None:
    """An address as it is written."""
    return line(text, ADDRESS_LENGTH)


def day(text: str) -> str | None:
    """A day in ISO; None where it is not one of the calendar, or masked."""
    parts = _parts(text)
    if not parts or "*" in "".join(parts):
        return None
    try:
        found = date(*map(int, parts))
    except ValueError:
        return None
    return found.isoformat() if _possible(found.year) else None


def birth(text: str) -> str | None:
    """A day in ISO, or a year alone where day and month are not known (0 on some cards)."""
    written = "".join(text.split())
    if _YEAR.fullmatch(written):
        return year(written)
    parts = _parts(text)
    if parts and set(parts[1:]) <= _UNKNOWN_DAY:
        return year(parts[0])
    return day(text)


def year(text: str) -> str | None:
    """The year of a day that may be masked."""
    parts = _parts(text) or ("".join(text.split()),)
    return parts[0] if _YEAR.fullmatch(parts[0]) and _possible(int(parts[0])) else None


def is_a_day(text: str) -> bool:
    """Whether it is written like a day, possible or not."""
    return _parts(text) is not None


def year_comes_first(text: str) -> bool:
    """Whether it is written like 2021-06-15."""
    return _YEAR_FIRST.fullmatch("".join(text.split())) is not None


def sex(text: str) -> Sex | None:
    """As the ID card writes it: Nam, Nữ."""
    return _SEXES.get(fold(clean(text)))


def from_hex(text: str) -> str | None:
    """The text whose UTF-8 bytes are written as hexadecimal digits; None where it is none."""
    try:
        return bytes.fromhex(text).decode()
    except ValueError:
        return None


def phone(text: str) -> str | None:
    """A number of Viet Nam in E.164 (+84…)."""
    found = re.fullmatch(r"(?:\+?84|0)(\d{9})", re.sub(r"[\s.\-]", "", text), re.ASCII)
    return f"+84{found[1]}" if found else None


def _parts(text: str) -> tuple[str, str, str] | None:
    """Year, month, day."""
    written = "".join(text.split())
    if found := _YEAR_FIRST.fullmatch(written):
        return found[1], found[2], found[3]
    if found := _DAY_FIRST.fullmatch(written) or _TOGETHER.fullmatch(written):
        return found[3], found[2], found[1]
    return None


def _possible(number: int) -> bool:
    return OLDEST_YEAR <= number <= NEWEST_YEAR
