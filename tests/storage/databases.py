"""Both databases for tests, with a clock and chance that the test holds in its hand."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import text

from storage.crypto import Keyring, Vault
from storage.postgres import PostgresDatabase
from storage.rows import Row, Statement
from storage.sqlite import SqliteDatabase
from storage.unit import Database, Unit, builder

MORNING = datetime(2026, 3, 3, 2, tzinfo=UTC)
RING = Keyring({1: b"a" * 32}, b"i" * 32)
EMPTY = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class HandClock:
    """Stands still until it is moved."""

    at: datetime = MORNING

    def now(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


@dataclass
class HandCodes:
    """Chance that comes the same every time."""

    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def letters(self, alphabet: str, length: int) -> str:
        return "".join(self.chance.choice(alphabet) for _ in range(length))

    def secret(self) -> str:
        return self.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32)

    def key(self) -> str:
        return self.letters("0123456789abcdef", 32)


@dataclass
class Kept:
    """A migrated database that can be opened, closed and opened again."""

    kind: str
    url: str
    clock: HandClock = field(default_factory=HandClock)
    ring: Keyring = RING
    codes: HandCodes = field(default_factory=HandCodes)

    @asynccontextmanager
    async def opened(self, ring: Keyring | None = None) -> AsyncIterator[Database]:
        database = self.open(ring)
        try:
            yield database
        finally:
            await database.close()

    def open(self, ring: Keyring | None = None) -> Database:
        build = builder(self.clock, self.codes, Vault(ring or self.ring))
        if self.kind == "sqlite":
            return SqliteDatabase(self.path, build)
        return PostgresDatabase(self.url, build)

    @property
    def path(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))

    async def everything(self) -> list[bytes]:
        """All that is stored: the file, or every value of every table."""
        if self.kind == "sqlite":
            files = self.path.parent.glob(f"{self.path.name}*")
            return [await asyncio.to_thread(file.read_bytes) for file in files]
        line = await asyncpg.connect(self.url)
        try:
            names = await line.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            rows = [await line.fetch(f'SELECT * FROM "{name[0]}"') for name in names]  # noqa: S608
        finally:
            await line.close()
        return [_bytes(value) for table in rows for row in table for value in row]


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def sqlite_copy(template: Path, folder: Path) -> Kept:
    path = folder / "kept.db"
    shutil.copy(template, path)
    return Kept("sqlite", f"sqlite:///{path}")


async def ask(database: Database, sql: str, **given: Any) -> Sequence[Row]:
    """Look behind the counter."""
    statement = Statement(text(sql))
    return await database.run(lambda unit: unit.rows.all(statement, **given))


async def count(database: Database, table: str, where: str = "1 = 1") -> int:
    rows = await ask(database, f"SELECT count(*) AS n FROM {table} WHERE {where}")  # noqa: S608
    return int(rows[0]["n"])


Work = Callable[[Unit], Awaitable[Any]]


async def together(database: Database, works: Sequence[Work]) -> list[Any]:
    """All at once; what they raise is among the answers."""
    return await asyncio.gather(*map(database.run, works), return_exceptions=True)
