"""SQLite: one process, one writing connection in a thread of its own, group commit.

All work is queued to that thread. What waits together is committed together, each work in a
savepoint of its own, so one failure rolls back alone and the speed does not depend on the disk.
The same asynchronous repositories run here: on this connection nothing ever waits, so the thread
drives each coroutine to its end in one step. (SQLite before 3.51.3 can corrupt a WAL when two
connections write and checkpoint at once: there is only one.)
"""

import asyncio
import contextlib
import fcntl
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, TypeVar, cast
from urllib.parse import quote

from storage.faults import Unavailable
from storage.rows import Row, Rows, Statement
from storage.unit import Unit

Result = TypeVar("Result")
Build = Callable[[Rows, str], Unit]
TOGETHER = 256
GONE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
PRIMARY = 0xFF  # an extended code holds its primary one in its lowest byte

PRAGMAS = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -8192;
PRAGMA busy_timeout = 10000;
"""


class AlreadyRunning(Exception):
    """Another process has this database open; SQLite serves one. The message says what to do."""


class SqliteRows:
    """The connection as repositories see it. Nothing here waits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def begin(self) -> None:
        """Already begun: every work is a savepoint."""

    async def all(self, statement: Statement, **given: Any) -> Sequence[Row]:
        """All rows."""
        sql, constants = statement.sqlite
        return cast(
            "Sequence[Row]", self._connection.execute(sql, {**constants, **given}).fetchall()
        )

    async def one(self, statement: Statement, **given: Any) -> Row | None:
        """The first row, or None."""
        sql, constants = statement.sqlite
        rows = self._connection.execute(sql, {**constants, **given}).fetchall()
        return cast("Row", rows[0]) if rows else None

    async def run(self, statement: Statement, **given: Any) -> None:
        """A statement without an answer."""
        sql, constants = statement.sqlite
        self._connection.execute(sql, {**constants, **given})

    async def many(self, statement: Statement, given: Sequence[Mapping[str, Any]]) -> None:
        """One statement for many sets of parameters."""
        sql, constants = statement.sqlite
        self._connection.executemany(sql, [{**constants, **one} for one in given])


@dataclass(slots=True)
class _Work:
    """One work, who waits for it, and how it ended."""

    do: Callable[[Unit], Awaitable[Any]]
    loop: asyncio.AbstractEventLoop
    waiting: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        """Tell the one who waits."""
        if self.waiting.cancelled():
            return
        if self.error is not None:
            self.waiting.set_exception(self.error)
        else:
            self.waiting.set_result(self.result)


class SqliteDatabase:
    """The embedded database. `path` may be ":memory:" for tools that forget."""

    kind = "sqlite"

    def __init__(self, path: str | Path, build: Build) -> None:
        self._path, self._closed = str(path), False
        self._queue: SimpleQueue[_Work | None] = SimpleQueue()
        self._lock = None if self._path == ":memory:" else only_process(self._path)
        self._connection = self._open()
        self._unit = build(SqliteRows(self._connection), self.kind)
        self._thread = threading.Thread(target=self._write, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def run(
        self, work: Callable[[Unit], Awaitable[Result]], *, lazily: bool = False
    ) -> Result:
        """Do the work in one transaction. Raises Unavailable; what the work raises rolls it back.

        `lazily` has no meaning here: a savepoint costs nothing.
        """
        del lazily
        if self._closed:
            raise Unavailable("the database is closed")
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Result] = loop.create_future()
        self._queue.put(_Work(work, loop, waiting))
        return await waiting

    async def close(self) -> None:
        """Finish what is queued, fold the log into the file and let go of it."""
        self._closed = True
        if self._thread.is_alive():
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)
        if self._lock is not None:
            self._lock.close()

    # --- the writer ------------------------------------------------------------------------

    def _write(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, last = [first], False
            while len(batch) < TOGETHER and not self._queue.empty():
                work = self._queue.get()
                if work is None:
                    last = True
                    break
                batch.append(work)
            self._commit_together(batch)
            _settle(batch)
            if last:
                break
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()

    def _commit_together(self, batch: list[_Work]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for work in batch:
                self._in_savepoint(work)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            gone = Unavailable(f"the database file cannot be written: {error}")
            for work in batch:
                work.error = work.error or gone

    def _in_savepoint(self, work: _Work) -> None:
        self._connection.execute("SAVEPOINT work")
        try:
            work.result = _driven(work.do(self._unit))
        except BaseException as error:  # noqa: BLE001 - handed to the one who waits
            self._undo()
            work.error = _unavailable(error) or error
        else:
            self._connection.execute("RELEASE work")

    def _undo(self) -> None:
        self._connection.execute("ROLLBACK TO work")
        self._connection.execute("RELEASE work")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        if self._path != ":memory:":
            Path(self._path).chmod(0o600)  # sealed or not, it is nobody else's
        connection.executescript(PRAGMAS)
        return connection


def _unavailable(error: BaseException) -> Unavailable | None:
    """Where the file is at fault. A wrong statement is a bug of ours: it would fail for ever."""
    if getattr(error, "sqlite_errorcode", 0) & PRIMARY not in GONE:
        return None
    return Unavailable(f"the database file cannot be used: {error}")


def look(path: str, build: Build, work: Callable[[Unit], Awaitable[Result]]) -> Result:
    """Read beside a running process, from the same file. Raises Unavailable."""
    try:
        connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True)
        connection.row_factory = sqlite3.Row
        with contextlib.closing(connection):
            return cast("Result", _driven(work(build(SqliteRows(connection), "sqlite"))))
    except sqlite3.OperationalError as error:
        raise Unavailable(f"the database file cannot be read: {error}") from error


def only_process(path: str) -> IO[str]:
    """A lock that is held until it is closed. Raises AlreadyRunning."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    lock = Path(f"{path}.lock").open("w")  # noqa: SIM115 - held as long as we run
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise AlreadyRunning(
            f"{path} is in use by another tramoi. SQLite serves one process:"
            " stop the other one, or set DATABASE_URL to PostgreSQL."
        ) from None
    return lock


def _settle(batch: list[_Work]) -> None:
    """Tell those who wait, one wake-up per event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Work]] = {}
    for work in batch:
        by_loop.setdefault(work.loop, []).append(work)
    for loop, works in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle_all, works)


def _settle_all(works: list[_Work]) -> None:
    for work in works:
        work.settle()


def _driven(work: Awaitable[Any]) -> Any:
    """Run a coroutine that never waits."""
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as done:
        return done.value
    steps.close() if hasattr(steps, "close") else None
    raise RuntimeError("work on the database waited for something outside it")
