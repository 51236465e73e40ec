"""Stations and rules, as the operator enters them."""

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta

import typer

from bot.clock import RealClock, RealCodes
from bot.settings import Settings
from bot.wiring import open_database, ring_of
from handlers.places import Places
from handlers.registration import RegistrationRequest
from storage.crypto import Vault
from storage.rules import RuleRow, UnitRow
from storage.unit import Unit

DAY = timedelta(days=1)
Put = Callable[[Unit], Awaitable[None]]


class EntryRefused(typer.BadParameter):
    """What was entered cannot be; the message says why and what to write."""


async def add_unit(settings: Settings, unit: UnitRow) -> str:
    """Keep a unit. An earlier one of the same code ends the day before.

    Raises EntryRefused, KeyFileRefused, Unavailable.
    """
    _checked_days(unit.valid_from, unit.valid_to)
    place = Places.load().get(unit.commune)
    if place is None:
        raise EntryRefused(f"--commune: there is no commune {unit.commune} today; write its code")
    for name in ("code", "name", "hotline", "address"):
        if not getattr(unit, name).strip():
            raise EntryRefused(f"--{name} is empty")
    await _kept(settings, lambda work: _put_unit(work, unit))
    return f"{unit.name} answers for {place.name} from {unit.valid_from}: {unit.hotline}."


async def _put_unit(work: Unit, unit: UnitRow) -> None:
    before = (date.fromisoformat(unit.valid_from) - DAY).isoformat()
    for old in await work.rules.units():
        overlaps = old.valid_to is None or old.valid_to > before
        if old.code == unit.code and old.valid_from < unit.valid_from and overlaps:
            await work.rules.put_unit(replace(old, valid_to=before))
    await work.rules.put_unit(unit)


async def add_rule(
    settings: Settings,
    place: str,
    valid_from: str,
    valid_to: str | None,
    *,
    id_required: bool,
    people_per_phone: int,
    needs: Iterable[str],
) -> str:
    """Keep a rule: what a place requires. Raises EntryRefused, KeyFileRefused, Unavailable."""
    _checked_days(valid_from, valid_to)
    if place and not (place.isdecimal() and len(place) in (2, 5)):
        raise EntryRefused('--place: a province (2 digits), a commune (5 digits), or "" everywhere')
    if people_per_phone < 1:
        raise EntryRefused("--people-per-phone: at least 1")
    wanted = sorted({name.strip() for name in needs if name.strip()})
    unknown = [name for name in wanted if name not in RegistrationRequest.model_fields]
    if unknown:
        known = ", ".join(RegistrationRequest.model_fields)
        raise EntryRefused(f"--needs: there is no question {unknown[0]!r}; choose from: {known}")
    rules = {
        "id_number_required": id_required, "people_per_phone": people_per_phone, "needs": wanted
    }  # fmt: skip
    row = RuleRow(place, valid_from, valid_to, json.dumps(rules))
    await _kept(settings, lambda work: work.rules.put(row))
    return f"In force {'for ' + place if place else 'everywhere'} from {valid_from}."


def _checked_days(valid_from: str, valid_to: str | None) -> None:
    days = []
    for option, day in (("--from", valid_from), ("--until", valid_to)):
        try:
            days += [date.fromisoformat(day)] if day else []
        except ValueError:
            raise EntryRefused(f"{option}: write the day as 2025-07-01") from None
    if days != sorted(days):
        raise EntryRefused("--until is before --from")


async def _kept(settings: Settings, work: Put) -> None:
    database = open_database(settings, Vault(ring_of(settings)), RealClock(), RealCodes())
    try:
        await database.run(work)
    finally:
        await database.close()
