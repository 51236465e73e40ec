"""Registrations: sealed personal data, found by keyed blind indexes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, insert, select, update

from storage import models
from storage.crypto import Vault
from storage.rows import Row, Rows, Statement
from storage.times import at, ms

Table = models.Registration.__table__  # type: ignore[attr-defined]
Event = models.RegistrationEvent.__table__  # type: ignore[attr-defined]
_COLUMNS = tuple(column.name for column in Table.columns)
_CHANGING = (
    "commune",
    "full_name",
    "name_key",
    "born",
    "born_key",
    "phone",
    "phone_key",
    "id_number",
    "id_key",
    "details",
    "duplicate_of",
    "changed_at",
)
_EVENT = ("registration_id", "action", "status", "by", "reason", "at")

ADD = Statement(insert(models.Registration).values({name: bindparam(name) for name in _COLUMNS}))
CHANGE = Statement(
    update(models.Registration)
    .where(Table.c.id == bindparam("row"), Table.c.status == bindparam("status_was"))
    .values({name: bindparam(name) for name in _CHANGING})
    .returning(Table.c.id)
)
MOVE = Statement(
    update(models.Registration)
    .where(Table.c.id == bindparam("row"), Table.c.status == bindparam("status_was"))
    .values(status=bindparam("status_now"), changed_at=bindparam("now"))
    .returning(Table.c.id)
)
OF_CHAT = Statement(
    select(Table)
    .where(Table.c.conversation_id == bindparam("conversation"))
    .order_by(Table.c.created_at, Table.c.id)
)
SAME_NUMBER = Statement(select(Table).where(Table.c.id_key == bindparam("key")))
SAME_PERSON = Statement(
    select(Table).where(
        Table.c.name_key == bindparam("name"), Table.c.born_key == bindparam("born_on")
    )
)
LOG = Statement(insert(models.RegistrationEvent).values({name: bindparam(name) for name in _EVENT}))
EVENTS = Statement(
    select(Event).where(Event.c.registration_id == bindparam("row")).order_by(Event.c.id)
)
LOCK = Statement(select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger))))
COUNT = Statement(select(func.count().label("n")).select_from(Table))


@dataclass(frozen=True, slots=True)
class Registration:
    """One person's registration, opened. `details` are the answers that have no column."""

    id: str
    code: str
    conversation: int
    commune: str
    status: str
    full_name: str
    born: str
    phone: str
    id_number: str | None
    details: Mapping[str, Any]
    created_at: datetime
    changed_at: datetime
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One legal step that was taken."""

    action: str
    status: str
    by: str
    at: datetime
    reason: str | None = None


class Registrations:
    """The registrations. Names are compared by a key that the caller makes (`name_key`)."""

    def __init__(self, rows: Rows, vault: Vault, kind: str = "sqlite") -> None:
        self._rows, self._vault, self._kind = rows, vault, kind

    async def add(self, one: Registration, name_key: str) -> None:
        """Keep a new registration."""
        await self._rows.run(ADD, **self._columns(one, name_key))

    async def change(self, one: Registration, name_key: str) -> bool:
        """Keep changed answers. False where the row has meanwhile left the status of `one`."""
        columns = self._columns(one, name_key)
        given = {name: columns[name] for name in _CHANGING}
        return await self._rows.one(CHANGE, row=one.id, status_was=one.status, **given) is not None

    async def move(self, row: str, was: str, status: str, now: datetime) -> bool:
        """Take a step. False where somebody else moved it meanwhile."""
        moved = await self._rows.one(MOVE, row=row, status_was=was, status_now=status, now=ms(now))
        return moved is not None

    async def of_chat(self, conversation: int) -> Sequence[Registration]:
        """What this chat registered, oldest first."""
        rows = await self._rows.all(OF_CHAT, conversation=conversation)
        return [self._opened(row) for row in rows]

    async def one_at_a_time(self, id_number: str | None, name_key: str, born: str) -> None:
        """Until the commit nobody else looks for, or adds, this number or this person.

        Two who add the same person at once would not see each other. SQLite has one writer.
        """
        if self._kind != "postgres":
            return
        keys = {self._vault.blind("person", f"{name_key}|{born}")}
        if id_number:
            keys.add(self._vault.blind("id_number", id_number))
        for key in sorted(keys):  # all in one order, so that no two wait for each other
            await self._rows.run(LOCK, key=int.from_bytes(key[:8], "big", signed=True))

    async def same_number(self, id_number: str) -> Sequence[Registration]:
        """Registrations with this citizen number or passport."""
        key = self._vault.blind("id_number", id_number)
        return [self._opened(row) for row in await self._rows.all(SAME_NUMBER, key=key)]

    async def same_person(self, name_key: str, born: str) -> Sequence[Registration]:
        """Registrations with this name and birth date."""
        rows = await self._rows.all(
            SAME_PERSON,
            name=self._vault.blind("name", name_key),
            born_on=self._vault.blind("born", born),
        )
        return [self._opened(row) for row in rows]

    async def log(self, row: str, step: Step) -> None:
        """Write a step down."""
        where = f"registration_event.reason|{row}|{ms(step.at)}"
        reason = self._vault.seal_text(step.reason, where) if step.reason else None
        await self._rows.run(
            LOG, registration_id=row, action=step.action, status=step.status, by=step.by,
            reason=reason, at=ms(step.at),
        )  # fmt: skip

    async def steps(self, row: str) -> Sequence[Step]:
        """All steps, oldest first."""
        found = await self._rows.all(EVENTS, row=row)
        return [
            Step(r["action"], r["status"], r["by"], at(r["at"]), self._reason(row, r))
            for r in found
        ]

    async def count(self) -> int:
        """How many there are."""
        row = await self._rows.one(COUNT)
        return int(row["n"]) if row else 0

    def _reason(self, row: str, event: Row) -> str | None:
        if event["reason"] is None:
            return None
        return self._vault.open_text(
            event["reason"], f"registration_event.reason|{row}|{event['at']}"
        )

    def _columns(self, one: Registration, name_key: str) -> dict[str, Any]:
        vault, details = self._vault, json.dumps(dict(one.details), ensure_ascii=False)
        sealed = {"full_name": one.full_name, "born": one.born, "phone": one.phone,
                  "id_number": one.id_number, "details": details}  # fmt: skip
        return {
            "id": one.id, "code": one.code, "conversation_id": one.conversation,
            "commune": one.commune, "status": one.status, "duplicate_of": one.duplicate_of,
            "created_at": ms(one.created_at), "changed_at": ms(one.changed_at),
            "name_key": vault.blind("name", name_key),
            "born_key": vault.blind("born", one.born),
            "phone_key": vault.blind("phone", one.phone),
            "id_key": vault.blind("id_number", one.id_number) if one.id_number else None,
            **{
                name: vault.seal_text(plain, f"registration.{name}|{one.id}") if plain else None
                for name, plain in sealed.items()
            },
        }  # fmt: skip

    def _opened(self, row: Row) -> Registration:
        def plain(name: str) -> str:
            return self._vault.open_text(row[name], f"registration.{name}|{row['id']}")

        return Registration(
            row["id"], row["code"], row["conversation_id"], row["commune"], row["status"],
            plain("full_name"), plain("born"), plain("phone"),
            plain("id_number") if row["id_number"] is not None else None,
            json.loads(plain("details")), at(row["created_at"]), at(row["changed_at"]),
            row["duplicate_of"],
        )  # fmt: skip
