"""Sealing everything anew with the newest key, a batch at a time; and whether the keys fit at all.

A value is replaced only where it is still the one that was read, and nothing but its seal says
whether its turn is still to come: so it can stop anywhere, and go on later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import LargeBinary, and_, bindparam, func, or_, select, text, tuple_, update
from sqlmodel import SQLModel

from storage.crypto import HEAD, CannotOpen
from storage.models import ENCRYPTED
from storage.postgres import NAME
from storage.rows import Row, Statement
from storage.times import at
from storage.unit import Unit

TABLES = tuple(ENCRYPTED)
AT_ONCE = 500

NEIGHBOURS = Statement(
    text(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = :name AND pid <> pg_backend_pid()"
    )
)


@dataclass(frozen=True, slots=True)
class Batch:
    """The key of the last row that was looked at (None: there was none), and how many changed."""

    last: Sequence[Any] | None
    done: int


def _table(name: str) -> Any:
    return SQLModel.metadata.tables[name]


def _old(column: Any) -> Any:
    head = bindparam("head", type_=LargeBinary)
    return and_(column.is_not(None), func.substr(column, 1, HEAD) != head)


@cache
def _first(name: str) -> Statement:
    """The first rows of a table that hold a value sealed with an older key."""
    return Statement(_rows_to_do(name))


@cache
def _next(name: str) -> Statement:
    """The same, after a row."""
    keys = [*_table(name).primary_key.columns]
    given = tuple_(*(bindparam(f"after_{key.name}", type_=key.type) for key in keys))
    return Statement(_rows_to_do(name).where(tuple_(*keys) > given))


def _rows_to_do(name: str) -> Any:
    table, (named_by, sealed) = _table(name), ENCRYPTED[name]
    keys = [*table.primary_key.columns]
    wanted = {column.name: column for column in keys} | {
        column: table.c[column] for column in (*named_by, *sealed)
    }
    old = or_(*(_old(table.c[column]) for column in sealed))
    return select(*wanted.values()).where(old).order_by(*keys).limit(bindparam("most"))


@cache
def _replace(name: str, column: str) -> Statement:
    table = _table(name)
    same = [key == bindparam(f"of_{key.name}") for key in table.primary_key.columns]
    return Statement(
        update(table)
        .where(*same, table.c[column] == bindparam("was"))
        .values({column: bindparam("sealed")})
    )


async def reseal(
    unit: Unit, table: str, after: Sequence[Any] | None = None, most: int = AT_ONCE
) -> Batch:
    """Seal one batch of a table anew. Raises CannotOpen; then nothing of the batch is changed."""
    keys = [column.name for column in _table(table).primary_key.columns]
    statement = _first(table) if after is None else _next(table)
    since = {f"after_{key}": value for key, value in zip(keys, after or (), strict=False)}
    head = unit.vault.seal(b"", "")[:HEAD]
    rows = await unit.rows.all(statement, head=head, most=most, **since)
    for row in rows:
        await _reseal_row(unit, table, keys, row)
    return Batch([rows[-1][key] for key in keys] if rows else None, len(rows))


async def _reseal_row(unit: Unit, table: str, keys: Sequence[str], row: Row) -> None:
    named_by, sealed = ENCRYPTED[table]
    which = {f"of_{key}": row[key] for key in keys}
    for column in sealed:
        value = row[column]
        if value is None or not unit.vault.is_old(value):
            continue
        where = f"{table}.{column}|" + "|".join(str(row[name]) for name in named_by)
        anew = unit.vault.seal(unit.vault.open(value, where), where)
        await unit.rows.run(_replace(table, column), was=value, sealed=anew, **which)


async def neighbours(unit: Unit) -> int:
    """How many other connections of ours are at this PostgreSQL database."""
    row = await unit.rows.one(NEIGHBOURS, name=NAME)
    return int(row["n"]) if row else 0


TIME = Statement(text("SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now"))


async def time_there(unit: Unit) -> datetime:
    """What time it is at this PostgreSQL server."""
    row = await unit.rows.one(TIME)
    return at(int(row["now"]) if row else 0)


LOOK = {
    "conversation": "SELECT id, state FROM conversation WHERE state IS NOT NULL"
    " ORDER BY id DESC LIMIT 1",
    "registration": "SELECT id, phone, phone_key FROM registration LIMIT 1",
}


async def keys_fit(unit: Unit) -> bool:
    """Whether the keys are those that this database was sealed with, as far as a look can tell."""
    chat = await unit.rows.one(Statement(text(LOOK["conversation"])))
    person = await unit.rows.one(Statement(text(LOOK["registration"])))
    try:
        if chat:
            unit.vault.open(chat["state"], f"conversation.state|{chat['id']}")
        if person is None:
            return True
        phone = unit.vault.open_text(person["phone"], f"registration.phone|{person['id']}")
    except CannotOpen:
        return False
    return unit.phones.key(phone) == bytes(person["phone_key"])
