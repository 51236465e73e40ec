"""The kinds of QR that are told apart, each with what is kept of it.

None shows its fields when it is printed: they are a person's, and a log must not have them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import ClassVar, Literal

Sex = Literal["male", "female"]


@dataclass(frozen=True, slots=True, repr=False)
class Cccd:
    """The QR of an ID card (of 2021, and of 2024). A typing aid, no proof of anything.

    `number` has twelve digits, `old_number` nine (twelve on some). Dates are ISO; `birth_date` is
    a year alone where the card knows no day.
    """

    kind: ClassVar = "cccd"
    number: str
    old_number: str | None = None
    name: str | None = None
    birth_date: str | None = None
    sex: Sex | None = None
    address: str | None = None
    issue_date: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class PcCovid:
    """The national personal QR of 2021 (Quyết định 1405/QĐ-BTTTT). Says who, nothing of doses.

    By default it is masked: then `number` is None and `number_end` has the digits that could be
    read, `birth_date` is None and `birth_year` the year. The name is in capitals without marks.
    """

    kind: ClassVar = "pc_covid"
    declared_for: Literal["self", "other"]
    name: str | None = None
    number: str | None = None
    number_end: str | None = None
    birth_date: str | None = None
    birth_year: str | None = None
    sex: Sex | None = None
    insurance: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Bhyt:
    """The QR of a health-insurance card. `number` has 15 characters or 10."""

    kind: ClassVar = "bhyt"
    number: str
    name: str | None = None
    birth_date: str | None = None
    sex: Sex | None = None
    address: str | None = None
    facility: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Hc1:
    """A certificate of the national passport or of the EU: its text, byte for byte, unverified."""

    kind: ClassVar = "hc1"
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class Slip:
    """Our own slip: its signed token, unverified."""

    kind: ClassVar = "slip"
    token: str


@dataclass(frozen=True, slots=True, repr=False)
class Registration:
    """The public code of a registration, DK-4K7M-2QXB."""

    kind: ClassVar = "registration"
    code: str


@dataclass(frozen=True, slots=True, repr=False)
class Complaint:
    """The public code of a complaint, PA-4K7M-2QXB."""

    kind: ClassVar = "complaint"
    code: str


@dataclass(frozen=True, slots=True, repr=False)
class Link:
    """An address on the web. To be shown, never opened.

    `host` is where a browser would really go, in ASCII: `@` and letters that only look Latin do
    not hide it.
    """

    kind: ClassVar = "url"
    url: str
    host: str


@dataclass(frozen=True, slots=True, repr=False)
class Unknown:
    """None of these. Its text is not kept: nobody knows whose data it is."""

    kind: ClassVar = "unknown"


Qr = Cccd | PcCovid | Bhyt | Hc1 | Slip | Registration | Complaint | Link | Unknown

# What matters most where one picture shows several: what is signed, then what is ours, then cards.
_ORDER: tuple[type[Qr], ...] = (
    Hc1,
    Slip,
    Registration,
    Complaint,
    Cccd,
    Bhyt,
    PcCovid,
    Link,
    Unknown,
)
_CLASSES = {str(one.kind): one for one in _ORDER}
# Far above any field, so that only a broken or a hostile reader's answer is refused.
_MOST_FIELD = 8_000


def best_first(found: Iterable[Qr]) -> tuple[Qr, ...]:
    """Each thing once, the one that matters most first; equals stay in their order."""
    return tuple(sorted(dict.fromkeys(found), key=lambda one: _ORDER.index(type(one))))


def fields_of(qr: Qr) -> dict[str, str | None]:
    """The fields by name, as `tramoi scan` prints them."""
    return {one.name: getattr(qr, one.name) for one in fields(qr)}


def restored(kind: object, said: object) -> Qr | None:
    """What `fields_of` took apart; None where it is anything else.

    It comes from a process that unpacks strangers' pictures, so it is not trusted either.
    """
    one = _CLASSES.get(kind) if isinstance(kind, str) else None
    if one is None or not isinstance(said, Mapping) or not all(map(_plain, said.values())):
        return None
    if set(said) != {field.name for field in fields(one)}:
        return None
    return one(**said)


def _plain(value: object) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= _MOST_FIELD)
