"""Registering a person for vaccination, and what may happen to a registration afterwards.

Fields: the national registration form (individual registration). Required is as little as the
rules allow; the rest may follow later or at the station.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from handlers import codes
from handlers.people import (
    NO_NUMBER,
    BirthDate,
    FullName,
    IdNumber,
    Insurance,
    Mobile,
    Note,
    PastDay,
    Sex,
    WishedDay,
    age,
    name_key,
    number_says,
    refuse,
)
from handlers.phones import Asker, CodeFits, CodeGone, CodeWrong, check_code, is_proven
from handlers.policy import Policy
from handlers.registration_states import ENDED, LEGAL, RECEIVED
from storage.faults import Conflict
from storage.registrations import Registration, Step
from storage.unit import Unit

ADULT, OLD = 18, 65
PUPILS, OLD_OR_ILL = "8", "9"


class For(StrEnum):
    """Who is registered, seen from the person who writes."""

    MYSELF = "myself"
    CHILD = "child"
    SPOUSE = "spouse"
    PARENT = "parent"
    GRANDPARENT = "grandparent"
    OTHER = "other"


class PhoneOf(StrEnum):
    """Whose the number is. Letter 000:25: a relative's or officer's only where a house has none."""

    OWN = "own"
    RELATIVE = "relative"
    OFFICER = "officer"


class Dose(StrEnum):
    """As on the national form: the first dose, or a next one."""

    FIRST = "first"
    NEXT = "next"


class PartOfDay(StrEnum):
    """As on the national form."""

    ANY = "any"
    MORNING = "morning"
    AFTERNOON = "afternoon"


GROUPS = tuple(str(number) for number in range(1, 17))
"""The sixteen groups of QĐ 3355/QĐ-BYT."""

HISTORY = (
    "anaphylaxis", "covid", "other_vaccine", "immune", "suppressants", "acute", "progressive",
    "chronic", "pregnant", "clotting", "allergy",
)  # fmt: skip
"""The points of medical history on the national form; age is known from the birth date."""


def _commune(code: Any, info: ValidationInfo) -> str:
    places = (info.context or {}).get("places")
    if places is not None and places.get(str(code)) is None:
        raise refuse("not_found")
    return str(code)


def _history(ticked: Any) -> list[str]:
    points = [ticked] if isinstance(ticked, str) else list(ticked)
    known = [point for point in (*HISTORY, "none") if point in points]
    if not known or len(known) != len(set(points)):
        raise refuse("not_in_list")
    return [point for point in known if point != "none"] or ["none"]


Commune = Annotated[str, BeforeValidator(_commune)]
History = Annotated[list[str], BeforeValidator(_history)]
DoseDay = Literal["unknown"] | PastDay


class RegistrationRequest(BaseModel):
    """All that may be said of a person to be vaccinated; None is "not said"."""

    model_config = ConfigDict(frozen=True)

    whom: For
    full_name: FullName
    born: BirthDate
    guardian: FullName | None = None
    id_number: IdNumber
    commune: Commune
    priority_group: Literal[GROUPS] | None = None  # type: ignore[valid-type]
    phone_of: PhoneOf | None = None
    phone: Mobile
    sex: Sex | None = None
    nationality: Note | None = None
    ethnicity: Note | None = None
    insurance: Insurance | None = None
    occupation: Note | None = None
    address: Note | None = None
    dose: Dose | None = None
    last_vaccine: Note | None = None
    last_day: DoseDay | None = None
    last_place: Note | None = None
    last_lot: Note | None = None
    wished_day: WishedDay | None = None
    part_of_day: PartOfDay | None = None
    history: History | None = None
    history_details: Note | None = None
    note: Note | None = None


COLUMNS = {"full_name", "born", "phone", "id_number", "commune"}


def group_by_age(born: str, today: date) -> str | None:
    """The priority group that age gives: pupils (8), over 65 (9); None where it gives none."""
    years = age(born, today)
    return PUPILS if years < ADULT else OLD_OR_ILL if years >= OLD else None


@dataclass(frozen=True, slots=True)
class Registered:
    """Done. `born_too` names nobody else: the code is this person's own."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Changed:
    """The answers of an earlier registration are replaced."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class AlreadyRegistered:
    """This chat has registered this person before."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class PhoneFull:
    """So many people are on this number already."""

    most: int


@dataclass(frozen=True, slots=True)
class PhoneNotProven:
    """A code is needed first."""


@dataclass(frozen=True, slots=True)
class NoLongerChangeable:
    """The station has gone on meanwhile, or it is not this chat's."""


Outcome = (
    Registered | Changed | AlreadyRegistered | PhoneFull | PhoneNotProven | CodeWrong | CodeGone
    | NoLongerChangeable
)  # fmt: skip


async def register(
    request: RegistrationRequest, asker: Asker, policy: Policy, unit: Unit, code: str | None = None
) -> Outcome:
    """Register a person. Nothing is changed unless the outcome is `Registered`."""
    checked = await _phone_proven(request.phone, asker, unit, code)
    if not isinstance(checked, CodeFits):
        return checked
    twin = await _twin(request, asker, unit)
    if twin and twin.conversation == asker.conversation:
        return AlreadyRegistered(twin.code, twin.full_name)
    if not await unit.phones.take_place(request.phone, policy.people_per_phone):
        return PhoneFull(policy.people_per_phone)
    new = _new(request, asker, unit, twin)
    await unit.registrations.add(new, name_key(new.full_name))
    await _written_down(new, "register", asker, unit)
    return Registered(new.code, new.full_name)


async def change(
    code_of: str,
    request: RegistrationRequest,
    asker: Asker,
    policy: Policy,
    unit: Unit,
    code: str | None = None,
) -> Outcome:
    """Replace the answers of a registration of this chat, while the station has not used it."""
    checked = await _phone_proven(request.phone, asker, unit, code)
    if not isinstance(checked, CodeFits):
        return checked
    old = await own_registration(code_of, asker, unit)
    if old is None or ("change", old.status) not in LEGAL:
        return NoLongerChangeable()
    twin = await _twin(request, asker, unit, apart_from=old.id)
    if request.phone != old.phone:
        if not await unit.phones.take_place(request.phone, policy.people_per_phone):
            return PhoneFull(policy.people_per_phone)
        await unit.phones.give_back(old.phone)
    new = replace(
        _new(request, asker, unit, twin), id=old.id, code=old.code, created_at=old.created_at
    )
    if not await unit.registrations.change(new, name_key(new.full_name)):
        raise Conflict("the station moved this registration meanwhile")
    await _written_down(new, "change", asker, unit)
    return Changed(old.code, new.full_name)


async def _phone_proven(
    phone: str, asker: Asker, unit: Unit, code: str | None
) -> CodeFits | CodeWrong | CodeGone | PhoneNotProven:
    if await is_proven(phone, asker, unit):
        return CodeFits()
    if code is None:
        return PhoneNotProven()
    return await check_code(phone, code, asker, unit)


async def _twin(
    request: RegistrationRequest, asker: Asker, unit: Unit, apart_from: str | None = None
) -> Registration | None:
    """The same person: same number; or same name, birth date and commune. Cancelled ones are gone.

    Rules 1 and 2 of the import template's checks. People who share a phone are never one. Of
    several, the one of this chat: it may be told of it. `apart_from` is a row that is no twin of
    itself, nor of those that are marked as its twins.
    """
    number = None if request.id_number == NO_NUMBER else request.id_number
    person = name_key(request.full_name), request.born
    await unit.registrations.one_at_a_time(number, *person)
    found = [*await unit.registrations.same_number(number)] if number else []
    same = await unit.registrations.same_person(*person)
    found += [
        one
        for one in same
        if one.commune == request.commune and _may_be_one(one, request.id_number)
    ]
    living = [
        one
        for one in found
        if one.status not in ENDED
        and (not apart_from or apart_from not in (one.id, one.duplicate_of))
    ]
    own = [one for one in living if one.conversation == asker.conversation]
    return next(iter(own or living), None)


def _may_be_one(one: Registration, id_number: str) -> bool:
    """Two different citizen numbers are two people, whatever their names."""
    return one.id_number is None or id_number in (NO_NUMBER, one.id_number)


def _new(
    request: RegistrationRequest, asker: Asker, unit: Unit, twin: Registration | None
) -> Registration:
    """The row. A twin from another chat is marked for the station; the chat learns nothing."""
    now = unit.now()
    said = request.model_dump(mode="json", exclude_none=True)
    details = {name: value for name, value in said.items() if name not in COLUMNS}
    if (says := number_says(request.id_number)) and "sex" not in details:
        details["sex"] = says.sex.value
    return Registration(
        id=unit.codes.key(),
        code=codes.make("DK", unit.codes.letters(codes.ALPHABET, codes.LENGTH)),
        conversation=asker.conversation,
        commune=request.commune,
        status=RECEIVED,
        full_name=request.full_name,
        born=request.born,
        phone=request.phone,
        id_number=None if request.id_number == NO_NUMBER else request.id_number,
        details=details,
        created_at=now,
        changed_at=now,
        duplicate_of=twin.id if twin else None,
    )


async def _written_down(one: Registration, action: str, asker: Asker, unit: Unit) -> None:
    step = Step(action, one.status, "citizen", one.changed_at)
    await unit.registrations.log(one.id, step)
    await unit.audit.write(one.changed_at, f"chat {asker.conversation}", action, one.id)


async def own_registration(code: str, asker: Asker, unit: Unit) -> Registration | None:
    """One registration, if it is this chat's. Another's answers as one that does not exist."""
    found = await unit.registrations.of_chat(asker.conversation)
    return next((one for one in found if one.code == code), None)
