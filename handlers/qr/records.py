"""Texts of fields between bars: ID card, health-insurance card, the personal QR of 2021.

Layouts: public descriptions of the cards' QR (the ID card's order is not published; readers agree
on it), Quyết định 1405/QĐ-BTTTT of 11 September 2021. Only the first fields of each are looked at:
what follows may be another person's.
"""

import re

from handlers.qr import fields
from handlers.qr.kinds import Bhyt, Cccd, PcCovid, Sex

_ID = re.compile(r"\d{12}", re.ASCII)
_OLD_ID = re.compile(r"\d{9}|\d{12}", re.ASCII)
_NINE = re.compile(r"\d{9}", re.ASCII)
_INSURANCE = re.compile(r"(?:[A-Z]{2}[A-Z0-9]\d{2})?\d{10}", re.ASCII)
_PAPER = re.compile(r"[A-Z\d]{6,15}", re.ASCII)
_MASKED_PAPER = re.compile(r"(?=.*\*)[*X\d]*[*X]([A-Z\d]{0,9})", re.ASCII)
_SEXES: dict[str, Sex] = {"1": "male", "2": "female"}
_DECLARED_FOR_OTHER = "1"
CCCD_FIELDS = 7
FEWEST_CCCD = 6
FEWEST_OTHERS = 5


def record(text: str) -> Cccd | PcCovid | Bhyt | None:
    """Whose layout it is; None where it is nobody's."""
    parts = [part.strip() for part in text.split("|")]
    return _bhyt(parts) or _pc_covid(parts) or _cccd(parts)


def _cccd(parts: list[str]) -> Cccd | None:
    number = _compact(parts[0])
    if len(parts) < FEWEST_CCCD or not _ID.fullmatch(number):
        return None
    old, name, birth, sex, address, issued = _in_order(parts)
    return Cccd(
        number=number,
        old_number=_compact(old) if _OLD_ID.fullmatch(_compact(old)) else None,
        name=fields.name(name),
        birth_date=fields.birth(birth),
        sex=fields.sex(sex),
        address=fields.address(address),
        issue_date=fields.day(issued),
    )


def _in_order(parts: list[str]) -> list[str]:
    """Old number, name, birth date, sex, address, issue date; some cards leave the first out.

    Those of 2024 are said to put it behind the issue date. Only nine digits are taken there:
    twelve could be a parent's number.
    """
    if not _leaves_old_number_out(parts):
        return [*parts[1:CCCD_FIELDS], ""][: CCCD_FIELDS - 1]
    behind = _compact("".join(parts[FEWEST_CCCD:CCCD_FIELDS]))
    return [behind if _NINE.fullmatch(behind) else "", *parts[1:FEWEST_CCCD]]


def _leaves_old_number_out(parts: list[str]) -> bool:
    """Told by where the birth date stands, or else the sex."""
    if fields.is_a_day(parts[2]) != fields.is_a_day(parts[3]):
        return fields.is_a_day(parts[2])
    return fields.sex(parts[3]) is not None and fields.sex(parts[4]) is None


def _pc_covid(parts: list[str]) -> PcCovid | None:
    if len(parts) < FEWEST_OTHERS or parts[3] not in ("0", "1") or not fields.is_a_day(parts[2]):
        return None
    number = _compact(parts[0])
    masked = _MASKED_PAPER.fullmatch(number)
    for_other = parts[3] == _DECLARED_FOR_OTHER
    sex, insurance, phone = _declared(parts[5] if len(parts) > FEWEST_OTHERS else "")
    return PcCovid(
        declared_for="other" if for_other else "self",
        name=fields.name(parts[1]),
        number=number if _PAPER.fullmatch(number) else None,
        number_end=(masked[1] or None) if masked else None,
        birth_date=fields.day(parts[2]),
        birth_year=fields.year(parts[2]),
        sex=sex,
        insurance=insurance,
        phone=None if for_other else phone,
    )


def _declared(extension: str) -> tuple[Sex | None, str | None, str | None]:
    """Sex, insurance number and phone of EXT; who declared, and the signature, are left."""
    parts = [*extension.split("<"), "", "", "", ""]
    insurance = _compact(parts[2])
    return (
        _SEXES.get(parts[1].strip()),
        insurance if _INSURANCE.fullmatch(insurance) else None,
        fields.phone(parts[3]),
    )


def _bhyt(parts: list[str]) -> Bhyt | None:
    number = _compact(parts[0])
    if len(parts) < FEWEST_OTHERS or not _INSURANCE.fullmatch(number):
        return None
    written = fields.from_hex(parts[1])
    # The personal QR may begin with such a number too, but it writes the year first.
    if parts[3] not in ("0", "1", "2") or (written is None and fields.year_comes_first(parts[2])):
        return None
    return _insured(number, written, [*parts, "", "", ""])


def _insured(number: str, written: str | None, parts: list[str]) -> Bhyt:
    home = fields.from_hex(parts[4])
    return Bhyt(
        number=number,
        name=fields.name(written or ""),
        birth_date=fields.birth(parts[2]),
        sex=_SEXES.get(parts[3]),
        address=fields.address(home or ""),
        facility=fields.line(parts[5], 20),
        valid_from=fields.day(parts[6]),
        valid_until=fields.day(parts[7]),
    )


def _compact(text: str) -> str:
    return re.sub(r"[\s.\-]", "", text).upper()
