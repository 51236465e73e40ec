"""Two chats at the same moment, on the database that lets them."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from storage.registrations import Registration, Registrations
from storage.rows import Statement
from tests.handlers.registry import AWAY, HOME, NUMBER, OTHER_PHONE, Registry, someone
from tests.storage.databases import Kept

KEPT_OUT = Statement(text("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))


@pytest.fixture
def both_look_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes first waits until the other has looked too, or is kept from looking."""
    arrived, add = list[str](), Registrations.add

    async def later(self: Registrations, one: Registration, name_key: str) -> None:
        arrived.append(one.id)
        while len(arrived) == 1 and not await self._rows.all(KEPT_OUT):
            continue
        await add(self, one, name_key)

    monkeypatch.setattr(Registrations, "add", later)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ({"id_number": NUMBER}, {"id_number": NUMBER, "full_name": "Trần Văn Bé"}),
        ({}, {}),
        ({"id_number": NUMBER}, {}),
    ],
    ids=["one number", "one name and birth date", "one of them without a number"],
)
@pytest.mark.usefixtures("both_look_first")
async def test_who_is_registered_twice_at_once_is_marked_once(
    kept_postgres: Kept, here: dict[str, Any], there: dict[str, Any]
) -> None:
    async with kept_postgres.opened() as database:
        registry = Registry(database, kept_postgres.clock)
        rows = await asyncio.gather(
            registry.registered(someone(**here), HOME),
            registry.registered(someone(**there, phone=OTHER_PHONE), AWAY),
        )
    marks = {one.duplicate_of for one in rows}
    assert len(marks) == 2
    assert None in marks
    assert marks < {None, *(one.id for one in rows)}
