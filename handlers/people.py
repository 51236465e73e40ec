"""What is known of a person: name, birth date, numbers. Each type refuses with a code.

The codes are spoken by the dialogs; a refusal is a `PydanticCustomError` whose type is the code.
Formats: national registration form and import template PL1; number layout: Nghị định 137/2015
Điều 13, Thông tư 07/2016/TT-BCA Điều 7; phone plan after 15 September 2018.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import phonenumbers
from phonenumbers import PhoneNumberType
from pydantic import BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from handlers.vietnamese import clean, fold

OLDEST = 120
NAME_LENGTH = 80
# Not every letter of Jrai and Bahnar with two marks ("ơ̆") has a sign of its own in Unicode.
_LETTERS = r"(?:[^\W\d_][\u0300-\u036f]{0,2})+"
_APOSTROPHES = "'’‘ʼ`´"
_NAME = re.compile(rf"{_LETTERS}(?:[ .\-{_APOSTROPHES}]+{_LETTERS})*\.?")
_FIRST_LETTER = re.compile(rf"(^|[ \-{_APOSTROPHES}])(\w)")
_DASHES = re.compile("[\u2010-\u2015]")
_DATE = re.compile(
    r"(?:ngay\s*|mung\s*|mong\s*)*(\d{1,2})\s*(?:,?\s*thang|[/.\-,\s])"
    r"\s*(\d{1,2})\s*(?:,?\s*nam|[/.\-,\s])\s*(\d{2,4})"
)
_AROUND = re.compile(
    r"(?:(?:em|toi) )?(?:(?:ngay )?(?:sinh|sn)\b[\s:]*)?(?:khoang )?"
    r"(?P<day>.*?)[ .!]*(?: (?:a|nhe))?[ .!]*"
)
DATE_LENGTH = 60
_ISO = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_PHONE_RUN = re.compile(r"\+?[(]?\d[\d\s.,/()\-]*")
_PASSPORT = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9]{6,12}")
_INSURANCE = re.compile(r"(?:[A-Z]{2}[A-Z0-9]\d{2})?\d{10}")
NO_NUMBER = "none"


class Sex(StrEnum):
    """As in the registration form."""

    MALE = "male"
    FEMALE = "female"


def refuse(code: str, **facts: Any) -> PydanticCustomError:
    """An expected refusal; `code` names its sentence, `facts` fill it."""
    return PydanticCustomError(code, code, facts)


def _digits(text: str) -> str:
    """Digits of any script as 0-9 (Arabic digits come from some keyboards)."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _full_name(text: Any) -> str:
    name = _DASHES.sub("-", " ".join(clean(str(text)).split()))
    if not name:
        raise refuse("name_empty")
    if len(name) > NAME_LENGTH:
        raise refuse("name_too_long")
    if any(c.isdigit() for c in name):
        raise refuse("name_has_digits")
    if not _NAME.fullmatch(name):
        raise refuse("name_has_signs")
    return _capitals(name) if name == name.lower() else name


def _capitals(name: str) -> str:
    """Names typed in small letters on a phone, as they are written on paper."""
    return _FIRST_LETTER.sub(lambda m: m[1] + m[2].upper(), name)


def has_marks(name: str) -> bool:
    """Whether a name is spelled with Vietnamese marks (refusal reason R11 asks for them)."""
    return fold(name) != " ".join(name.lower().replace("-", " ").split())


def _birth_date(text: Any, info: ValidationInfo) -> str:
    today: date = (info.context or {})["today"]
    written = _written_day(text)
    if re.fullmatch(r"(?:nam\s*)?\d{4}", written):
        return _year(int(written[-4:]), today)
    born = _calendar_day(written)
    if born > today:
        raise refuse("born_in_future")
    if born.year < today.year - OLDEST:
        raise refuse("born_too_long_ago", year=born.year)
    return born.isoformat()


def _year(year: int, today: date) -> str:
    """A year alone is allowed where day and month are unknown (rule of the import template)."""
    if year > today.year:
        raise refuse("born_in_future")
    if year < today.year - OLDEST:
        raise refuse("born_too_long_ago", year=year)
    return str(year)


def _written_day(text: Any) -> str:
    """The day alone, folded, without the words that people put around it."""
    written = fold(_DASHES.sub("-", _digits(clean(str(text)))).replace("-", "/"))
    if len(written) > DATE_LENGTH:
        raise refuse("not_a_date")
    around = _AROUND.fullmatch(written)
    return around["day"] if around else written


def _calendar_day(written: str) -> date:
    day, month, year = _parts(written)
    if year < 100 and not re.search(r"\d{4}", written):  # noqa: PLR2004 - written with two digits
        raise refuse("year_has_two_digits")
    try:
        return date(year, month, day)
    except ValueError:
        code = "month_first" if month > 12 >= day else "no_such_day"  # noqa: PLR2004
        raise refuse(code) from None


def _parts(written: str) -> tuple[int, int, int]:
    if iso := _ISO.fullmatch(written):
        return int(iso[3]), int(iso[2]), int(iso[1])
    if re.fullmatch(r"\d{8}", written):
        return int(written[:2]), int(written[2:4]), int(written[4:])
    if found := _DATE.fullmatch(written):
        return int(found[1]), int(found[2]), int(found[3])
    raise refuse("not_a_date")


def _past_day(text: Any, info: ValidationInfo) -> str:
    context = info.context or {}
    day = _calendar_day(_written_day(text))
    if day > context["today"]:
        raise refuse("day_in_future")
    if day.year < context["today"].year - OLDEST:
        raise refuse("not_a_date")
    return day.isoformat()


def _wished_day(text: Any, info: ValidationInfo) -> str:
    if str(text) == "soonest":
        return "soonest"
    today: date = (info.context or {})["today"]
    day = _calendar_day(_written_day(text))
    if day < today:
        raise refuse("day_is_past")
    if day.year > today.year + OLDEST:
        raise refuse("not_a_date")
    return day.isoformat()


def _mobile(text: Any) -> str:
    runs = _PHONE_RUN.findall(_DASHES.sub("-", _digits(clean(str(text)))))
    if len(runs) != 1:
        raise refuse("not_a_phone")
    written = re.sub(r"[^\d+]", "", runs[0])
    if re.fullmatch(r"840?\d{9}", written):
        written = "+" + written
    return _valid_mobile(re.sub(r"^\+840(?=\d{9}$)", "+84", re.sub(r"^00(?=[1-9])", "+", written)))


def _valid_mobile(written: str) -> str:
    if written.startswith("+") and not written.startswith("+84"):
        raise refuse("phone_from_abroad")
    local = written.replace("+84", "0", 1) if written.startswith("+84") else written
    if local.startswith("02"):
        raise refuse("phone_is_landline")
    if len(local) != 10:  # noqa: PLR2004 - 0 and nine digits
        raise refuse("phone_length", digits=len(local))
    number = phonenumbers.parse(local, "VN")
    if phonenumbers.number_type(number) != PhoneNumberType.MOBILE:
        raise refuse("not_a_mobile")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _id_number(text: Any, info: ValidationInfo) -> str:
    written = re.sub(r"[\s.\-]", "", _digits(clean(str(text)))).upper()
    if str(text) == NO_NUMBER:
        policy = (info.context or {}).get("policy")
        if policy and policy.id_number_required:
            raise refuse("id_required")
        return NO_NUMBER
    if re.fullmatch(r"[0-9]+", written):
        if len(written) not in (9, 12):
            raise refuse("id_length", digits=len(written))
        return written
    if not _PASSPORT.fullmatch(written):
        raise refuse("not_an_id")
    return written


def _insurance(text: Any) -> str:
    written = re.sub(r"[\s.\-]", "", _digits(clean(str(text)))).upper()
    if not _INSURANCE.fullmatch(written):
        raise refuse("not_insurance")
    return written


def _note(text: Any) -> str:
    note = clean(str(text))
    if not note:
        raise refuse("nothing_written")
    if len(note) > 300:  # noqa: PLR2004 - three lines of a paper form
        raise refuse("too_long", most=300)
    return note


FullName = Annotated[str, BeforeValidator(_full_name)]
BirthDate = Annotated[str, BeforeValidator(_birth_date)]
PastDay = Annotated[str, BeforeValidator(_past_day)]
WishedDay = Annotated[str, BeforeValidator(_wished_day)]
Mobile = Annotated[str, BeforeValidator(_mobile)]
IdNumber = Annotated[str, BeforeValidator(_id_number)]
Insurance = Annotated[str, BeforeValidator(_insurance)]
Note = Annotated[str, BeforeValidator(_note)]


@dataclass(frozen=True, slots=True)
class NumberSays:
    """What a 12-digit number tells: sex and year at the registration of birth."""

    sex: Sex
    year: int


def number_says(number: str) -> NumberSays | None:
    """Read century, sex and year; None where the number is not of twelve digits."""
    if not re.fullmatch(r"\d{12}", number):
        return None
    century, sex = divmod(int(number[3]), 2)
    return NumberSays(Sex.FEMALE if sex else Sex.MALE, 1900 + 100 * century + int(number[4:6]))


def age(born: str, today: date) -> int:
    """Full years; where only the year is known, the years that are sure."""
    if len(born) == 4:  # noqa: PLR2004 - a year alone
        return max(today.year - int(born) - 1, 0)
    day = date.fromisoformat(born)
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


def shown_phone(phone: str) -> str:
    """As people write it: 0900 000 001."""
    local = phone.replace("+84", "0", 1)
    return f"{local[:4]} {local[4:7]} {local[7:]}"


def masked_phone(phone: str) -> str:
    """Enough to recognise one's own number: 0900 *** 001."""
    local = phone.replace("+84", "0", 1)
    return f"{local[:4]} *** {local[7:]}"


def masked_name(name: str) -> str:
    """Enough to recognise one's own: "N. V. Ánh"."""
    *others, given = name.split()
    return " ".join([*(f"{part[0]}." for part in others), given])


def name_key(name: str) -> str:
    """The key by which names are compared."""
    return re.sub(rf"[{_APOSTROPHES}]\s*|[^\w ]|_", "", fold(name))
