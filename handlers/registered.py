"""A chat's own registrations: the list, the answers of one, taking one off, what comes next."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from handlers.people import NO_NUMBER, number_says
from handlers.phones import Asker
from handlers.registration import For, NoLongerChangeable, own_registration
from handlers.registration_states import CANCELLED, LEGAL
from storage.registrations import Registration, Step
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The person is off the list."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A registration as its own chat may see it, with what this chat may do now."""

    code: str
    name: str
    status: str
    created_at: datetime
    changeable: bool
    cancellable: bool


async def list_mine(asker: Asker, unit: Unit) -> list[Listed]:
    """The registrations of this chat that are not cancelled, oldest first."""
    found = await unit.registrations.of_chat(asker.conversation)
    return [_listed(one) for one in found if one.status != CANCELLED]


def _listed(one: Registration) -> Listed:
    changeable, cancellable = ("change", one.status) in LEGAL, ("cancel", one.status) in LEGAL
    return Listed(one.code, one.full_name, one.status, one.created_at, changeable, cancellable)


async def answers_of(code: str, asker: Asker, unit: Unit) -> dict[str, Any] | None:
    """The answers of a registration that may be changed; None where it is not this chat's."""
    one = await own_registration(code, asker, unit)
    if one is None or ("change", one.status) not in LEGAL:
        return None
    return {
        **_said(one),
        "full_name": one.full_name,
        "born": one.born,
        "phone": one.phone,
        "commune": one.commune,
        "id_number": one.id_number or NO_NUMBER,
    }


def _said(one: Registration) -> dict[str, Any]:
    """The details, without the sex that the number gave: another number may give another."""
    says = number_says(one.id_number or "")
    told = says.sex.value if says else None
    return {k: v for k, v in one.details.items() if (k, v) != ("sex", told)}


async def cancel(
    code: str, reason: str | None, asker: Asker, unit: Unit
) -> Cancelled | NoLongerChangeable:
    """Take a person off the list. The row stays, with the reason; the phone has a place again."""
    one = await own_registration(code, asker, unit)
    if one is None or ("cancel", one.status) not in LEGAL:
        return NoLongerChangeable()
    now = unit.now()
    if not await unit.registrations.move(one.id, one.status, CANCELLED, now):
        return NoLongerChangeable()
    await unit.phones.give_back(one.phone)
    await unit.registrations.log(one.id, Step("cancel", CANCELLED, "citizen", now, reason))
    await unit.audit.write(now, f"chat {asker.conversation}", "cancel", one.id)
    return Cancelled(one.code, one.full_name)


@dataclass(frozen=True, slots=True)
class Household:
    """What the next person of this chat probably shares with the last: shown, and changeable."""

    commune: str | None = None
    phone: str | None = None
    phone_of: str | None = None
    guardian: str | None = None
    priority_group: str | None = None
    address: str | None = None

    def known(self) -> dict[str, str]:
        """What is known of it."""
        return {key: value for key, value in asdict(self).items() if value is not None}


SHARED_GROUPS = frozenset({"10", "11", "15", "16"})
"""Groups that a household mostly shares: epidemic area, poor household, free work, other."""


async def household(asker: Asker, unit: Unit) -> Household:
    """From this chat's registrations: where they live, their phone, a grown-up's name."""
    found = [
        one
        for one in await unit.registrations.of_chat(asker.conversation)
        if one.status != CANCELLED
    ]
    if not found:
        return Household()
    last = found[-1]
    own = next((one for one in found if one.details.get("whom") == For.MYSELF), None)
    groups = [one.details.get("priority_group") for one in reversed(found)]
    return Household(
        commune=last.commune,
        phone=last.phone,
        phone_of=last.details.get("phone_of"),
        guardian=own.full_name if own else last.details.get("guardian"),
        priority_group=next((group for group in groups if group in SHARED_GROUPS), None),
        address=last.details.get("address"),
    )
