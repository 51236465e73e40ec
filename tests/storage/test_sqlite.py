"""One process, one writer, group commit: what is particular to the embedded database."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from storage.conversations import Heard
from storage.crypto import Vault
from storage.faults import Unavailable
from storage.migrate import is_current, migrate
from storage.rows import Statement
from storage.sqlite import AlreadyRunning, SqliteDatabase, look
from storage.unit import Unit, builder
from tests.storage.databases import MORNING, RING, HandClock, HandCodes, Kept, count, together

SECOND_PROCESS = """
import sys
from storage.crypto import Keyring, Vault
from storage.sqlite import AlreadyRunning, SqliteDatabase
from storage.unit import builder
try:
    SqliteDatabase(sys.argv[1], builder(None, None, Vault(Keyring({1: b"a" * 32}, b"i" * 32))))
except AlreadyRunning as refused:
    print(refused)
"""


@pytest.fixture
async def database(kept_sqlite: Kept) -> AsyncIterator[SqliteDatabase]:
    build = builder(HandClock(), HandCodes(), Vault(RING))
    opened = SqliteDatabase(kept_sqlite.path, build)
    yield opened
    await opened.close()


async def post(unit: Unit, text: str = "x") -> None:
    await unit.outbox.post("web", "a", {"text": text}, MORNING)


async def test_a_second_process_is_refused(kept_sqlite: Kept, database: SqliteDatabase) -> None:
    command = [sys.executable, "-c", SECOND_PROCESS, str(kept_sqlite.path)]
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == (
        f"{kept_sqlite.path} is in use by another tramoi. SQLite serves one process:"
        " stop the other one, or set DATABASE_URL to PostgreSQL."
    )


async def test_tables_are_not_changed_under_a_running_program(
    kept_sqlite: Kept, database: SqliteDatabase
) -> None:
    with pytest.raises(AlreadyRunning):
        await asyncio.to_thread(migrate, kept_sqlite.url)
    assert await asyncio.to_thread(is_current, kept_sqlite.url)


async def test_who_lets_go_lets_the_next_one_in(kept_sqlite: Kept) -> None:
    for _ in range(2):
        async with kept_sqlite.opened() as database:
            await database.run(post)
    async with kept_sqlite.opened() as database:
        assert await count(database, "outbox") == 2


async def test_what_waits_together_is_committed_together_and_fails_alone(
    database: SqliteDatabase,
) -> None:
    busy, go = threading.Event(), threading.Event()

    async def holds_the_writer(unit: Unit) -> None:
        busy.set()
        go.wait()

    async def fails(unit: Unit) -> None:
        await post(unit, "lost")
        raise ZeroDivisionError

    first = asyncio.ensure_future(database.run(holds_the_writer))
    await asyncio.to_thread(busy.wait)
    batch = [database.run(fails if n == 5 else post) for n in range(10)]
    commits: list[str] = []
    database._connection.set_trace_callback(commits.append)
    waiting = asyncio.gather(*batch, return_exceptions=True)
    await asyncio.sleep(0)
    go.set()
    outcomes = await waiting
    await first
    assert [type(one) for one in outcomes].count(ZeroDivisionError) == 1
    assert await count(database, "outbox") == 9
    assert sum(said.startswith("BEGIN") for said in commits) == 2  # the ten, and the count


async def test_work_that_waits_for_something_outside_is_refused(database: SqliteDatabase) -> None:
    async def waits(unit: Unit) -> None:
        await post(unit)
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="waited for something outside"):
        await database.run(waits)
    assert await count(database, "outbox") == 0


async def test_a_full_disk_loses_nothing_and_is_over_when_there_is_room(
    database: SqliteDatabase,
) -> None:
    async def pages(unit: Unit) -> int:
        row = database._connection.execute("PRAGMA page_count").fetchone()
        return int(row[0])

    async def room(unit: Unit, most: int) -> None:
        database._connection.execute(f"PRAGMA max_page_count = {most}")

    used = await database.run(pages)
    await database.run(lambda unit: room(unit, used))
    outcomes = await together(database, [lambda unit: post(unit, "x" * 4000)] * 50)
    assert isinstance(outcomes[-1], Unavailable)
    kept = await count(database, "outbox")
    await database.run(lambda unit: room(unit, used + 1000))
    await database.run(lambda unit: post(unit, "x" * 4000))
    assert await count(database, "outbox") == kept + 1
    said = await database.run(lambda unit: unit.outbox.since("web", "a", 0))
    assert [one.seq for one in said] == list(range(1, kept + 2))


async def test_a_commit_that_fails_keeps_nothing_of_the_batch(kept_sqlite: Kept) -> None:
    async with kept_sqlite.opened() as database:
        assert isinstance(database, SqliteDatabase)
        database._connection = Breaking(database._connection)  # type: ignore[assignment]
        with pytest.raises(Unavailable, match="cannot be written"):
            await database.run(post)
        await database.run(post)
        assert await count(database, "outbox") == 1


class Breaking:
    """A connection whose first COMMIT meets a broken disk."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection, self._broken = connection, True

    def execute(self, sql: str) -> sqlite3.Cursor:
        if sql == "COMMIT" and self._broken:
            self._broken = False
            raise sqlite3.OperationalError("disk I/O error")
        return self._connection.execute(sql)

    def close(self) -> None:
        self._connection.close()


async def test_who_was_cancelled_harms_nobody(database: SqliteDatabase) -> None:
    waiting = [asyncio.ensure_future(database.run(post)) for _ in range(5)]
    await asyncio.sleep(0)
    waiting[2].cancel()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(one, BaseException) for one in outcomes].count(True) == 1
    assert await count(database, "outbox") == 5


async def test_a_closed_database_says_so(kept_sqlite: Kept) -> None:
    database = kept_sqlite.open()
    last = asyncio.ensure_future(database.run(post))
    await asyncio.sleep(0)
    await database.close()
    await last
    with pytest.raises(Unavailable, match="closed"):
        await database.run(post)


async def test_the_log_is_folded_into_the_file_at_the_end(kept_sqlite: Kept) -> None:
    async with kept_sqlite.opened() as database:
        await database.run(post)
    names = {path.name for path in kept_sqlite.path.parent.iterdir()}
    assert names == {"kept.db", "kept.db.lock"}


async def test_the_file_is_its_owners_alone(kept_sqlite: Kept, database: SqliteDatabase) -> None:
    await database.run(post)
    files = [f for f in kept_sqlite.path.parent.glob("kept.db*") if f.suffix != ".lock"]
    assert {f.stat().st_mode & 0o777 for f in files} == {0o600}
    assert len(files) == 3


async def test_reading_beside_a_running_program(
    kept_sqlite: Kept, database: SqliteDatabase
) -> None:
    build = builder(HandClock(), HandCodes(), Vault(RING))

    def depth() -> list[int]:
        return [d.count for d in look(str(kept_sqlite.path), build, lambda u: u.outbox.depth())]

    await database.run(post)
    assert depth() == [1]
    await database.run(post)
    assert depth() == [2]
    await database.close()
    assert depth() == [2]
    with pytest.raises(Unavailable):
        look(str(kept_sqlite.path), build, post)
    with pytest.raises(Unavailable):
        look(str(kept_sqlite.path) + "-none", build, lambda unit: unit.outbox.depth())


async def test_a_database_in_memory_forgets() -> None:
    database = SqliteDatabase(":memory:", builder(HandClock(), HandCodes(), Vault(RING)))
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await database.run(post)
    await database.close()


async def test_a_wrong_statement_is_our_fault_and_not_the_files(database: SqliteDatabase) -> None:
    async def wrong(unit: Unit) -> None:
        await post(unit)
        await unit.rows.all(Statement(text("SELECT nowhere FROM outbox")))

    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        await database.run(wrong)
    assert await count(database, "outbox") == 0


async def test_a_file_that_may_not_be_written_is_unavailable(database: SqliteDatabase) -> None:
    async def forbidden(unit: Unit) -> None:
        database._connection.execute("PRAGMA query_only = ON")
        try:
            await post(unit)
        finally:
            database._connection.execute("PRAGMA query_only = OFF")

    with pytest.raises(Unavailable, match="cannot be used"):
        await database.run(forbidden)
    await database.run(post)


async def test_one_chat_over_many_turns_at_once(kept_sqlite: Kept) -> None:
    """Turns of one chat queue up behind one another: there is no conflict here."""

    async def turn(unit: Unit, n: int) -> bool:
        chat = await unit.conversations.open("web", "a", f"u{n}", MORNING)
        said = {"n": chat.memory.get("n", 0) + 1}
        return await unit.conversations.save(chat, Heard("web", f"u{n}", said, [said], MORNING))

    async with kept_sqlite.opened() as database:
        kept = await asyncio.gather(*(database.run(lambda u, n=n: turn(u, n)) for n in range(100)))  # type: ignore[misc]
        assert kept == [True] * 100
