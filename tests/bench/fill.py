"""A database as it is after years: a million registrations, written in bulk.

The rows are those that the repositories write, sealed with the same keys; only the way in is
shorter. Nobody in them exists, and their phones are two digits too long to be anybody's.
"""

import asyncio
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from handlers import codes
from handlers.people import name_key
from storage import models
from storage.crypto import Vault
from storage.registrations import Registration, Registrations
from storage.times import ms
from tests.bench.dialog import GIVEN, MIDDLES, SURNAMES
from tests.bench.prepared import Prepared

AT_ONCE = 5000
HOUSEHOLD = 2  # registrations of one chat
WHEN = datetime.now(UTC) - timedelta(days=2)  # younger than what retention deletes
DETAILS = {"whom": "myself", "priority_group": "15", "sex": "female"}

REGISTRATION = tuple(column.name for column in models.Registration.__table__.columns)  # type: ignore[attr-defined]
COLUMNS: dict[str, tuple[str, ...]] = {
    "registration": REGISTRATION,
    "registration_event": ("registration_id", "action", "status", "by", "at"),
    "audit": ("at", "actor", "action", "subject"),
    "conversation": ("id", "channel", "chat", "revision", "next_seq", "locale", "heard_at"),
    "consent": (
        "conversation_id", "purpose", "agreed", "text_version", "text_hash", "channel",
        "acting", "at",
    ),
    "phone": ("phone_key", "people"),
    "phone_proof": ("conversation_id", "phone_key", "how", "proven_at"),
    "inbox": ("channel", "update_id", "conversation_id", "after_seq", "heard_at", "status"),
    "outbox": (
        "conversation_id", "seq", "priority", "status", "body", "attempts", "not_before",
        "created_at", "sent_at",
    ),
}  # fmt: skip
Chunk = dict[str, list[tuple[Any, ...]]]


def fill(prepared: Prepared, count: int) -> None:
    """Write so many registrations and what belongs to them. Not to be called on an event loop."""
    if prepared.url.startswith("sqlite"):
        _fill_sqlite(prepared, count)
    else:
        asyncio.run(_fill_postgres(prepared, count))


def _fill_sqlite(prepared: Prepared, count: int) -> None:
    database = sqlite3.connect(prepared.url.removeprefix("sqlite:///"), isolation_level=None)
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    listed = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    indexes = database.execute(listed).fetchall()
    for name, _ in indexes:
        database.execute(f'DROP INDEX "{name}"')
    for chunk in _chunks(prepared.vault, count):
        database.execute("BEGIN")
        for table, rows in chunk.items():
            database.executemany(_insert(table), rows)
        database.execute("COMMIT")
    for _, sql in indexes:
        database.execute(sql)
    database.executescript("ANALYZE; PRAGMA journal_mode = WAL;")
    database.close()


async def _fill_postgres(prepared: Prepared, count: int) -> None:
    database = await asyncpg.connect(prepared.url)
    listed = """SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
                AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname)"""
    indexes = await database.fetch(listed)
    for name, _ in indexes:
        await database.execute(f'DROP INDEX "{name}"')
    for chunk in _chunks(prepared.vault, count):
        for table, rows in chunk.items():
            await database.copy_records_to_table(table, records=rows, columns=COLUMNS[table])
    for _, definition in indexes:
        await database.execute(definition)
    await database.execute(
        "SELECT setval(pg_get_serial_sequence('conversation', 'id'), max(id)) FROM conversation"
    )
    await database.execute("VACUUM ANALYZE")
    await database.execute("CHECKPOINT")
    await database.close()


def _insert(table: str) -> str:
    columns = COLUMNS[table]
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" for _ in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608 - our own names


def _chunks(vault: Vault, count: int) -> Iterator[Chunk]:
    writes = Registrations(None, vault)  # type: ignore[arg-type]
    for first in range(0, count, AT_ONCE):
        chunk: Chunk = {table: [] for table in COLUMNS}
        for number in range(first, min(first + AT_ONCE, count)):
            chat, of_chat = divmod(number, HOUSEHOLD)
            if of_chat == 0:
                _chat(chunk, vault, chat + 1)
            _registration(chunk, writes, number, count, chat + 1)
        yield chunk


def _registration(chunk: Chunk, writes: Registrations, number: int, count: int, chat: int) -> None:
    one = _person(number, count, chat)
    columns = writes._columns(one, name_key(one.full_name))
    chunk["registration"].append(tuple(columns[name] for name in REGISTRATION))
    now = columns["created_at"]
    chunk["registration_event"].append((one.id, "register", one.status, "citizen", now))
    chunk["audit"].append((now, f"chat {chat}", "register", one.id))


def _person(number: int, count: int, chat: int) -> Registration:
    """Ids and codes are spread as chance spreads them, but in order: indexes grow at their end."""
    name = f"{_of(SURNAMES, number)} {_of(MIDDLES, number // 18)} {_of(GIVEN, number // 216)}"
    day = number * 7919 % 20000
    return Registration(
        id=f"{number * (2**128 // count) + secrets.randbelow(2**64):032x}",
        code=codes.make("DK", _letters(number * (len(codes.ALPHABET) ** codes.LENGTH // count))),
        conversation=chat,
        commune="23677",
        status="received",
        full_name=name,
        born=f"{1940 + day // 336}-{day // 28 % 12 + 1:02d}-{day % 28 + 1:02d}",
        phone=_phone(chat),
        id_number=f"0{number:011d}",
        details=DETAILS,
        created_at=WHEN,
        changed_at=WHEN,
    )


def _chat(chunk: Chunk, vault: Vault, chat: int) -> None:
    now, phone = ms(WHEN), vault.blind("phone", _phone(chat))
    chunk["conversation"].append((chat, "telegram", str(chat), 12, 14, "vi", now))
    chunk["consent"].append((chat, "registration", 1, "1", "0" * 64, "telegram", "self", now))
    chunk["phone"].append((phone, HOUSEHOLD))
    chunk["phone_proof"].append((chat, phone, "channel", now))
    chunk["inbox"].append(("telegram", f"old-{chat}", chat, 12, now, models.HEARD))
    chunk["outbox"].append((chat, 13, 2, models.SENT, b"", 0, now, now, now))


def _of(words: Sequence[str], number: int) -> str:
    return words[number % len(words)]


def _phone(chat: int) -> str:
    return f"+84900{chat:08d}"


def _letters(number: int) -> str:
    letters = []
    for _ in range(codes.LENGTH):
        number, sign = divmod(number, len(codes.ALPHABET))
        letters.append(codes.ALPHABET[sign])
    return "".join(reversed(letters))
