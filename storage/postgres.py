"""PostgreSQL through asyncpg, for several processes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import asyncpg

from storage.faults import Conflict, Unavailable
from storage.rows import Row, Rows, Statement
from storage.unit import Unit

Result = TypeVar("Result")
Build = Callable[[Rows, str], Unit]
NAME = "tramoi"  # what our connections are called at the server
PATIENCE = 5.0  # seconds a work waits for a free connection

GONE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server went away in the middle of a batch
    asyncpg.OperatorInterventionError,  # starts, stops, dropped a database, ended a statement
    asyncpg.InsufficientResourcesError,  # disk, memory, connections
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidCatalogNameError,  # the database is being restored
    asyncpg.InvalidAuthorizationSpecificationError,  # the password is being changed
)
AGAIN = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


class PostgresRows:
    """One pooled connection as repositories see it. A transaction begins when it is asked for."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._transaction: Any = None

    async def begin(self) -> None:
        """From here on all or nothing."""
        if self._transaction is None:
            self._transaction = self._connection.transaction()
            await self._transaction.start()

    async def commit(self) -> None:
        """Keep it, if a transaction was begun."""
        if self._transaction is not None:
            await self._transaction.commit()

    async def undo(self) -> None:
        """Forget it, if a transaction was begun."""
        if self._transaction is not None:
            await self._transaction.rollback()

    async def all(self, statement: Statement, **given: Any) -> Sequence[Row]:
        """All rows."""
        sql, names, constants = statement.postgres
        return cast(
            "Sequence[Row]", await self._connection.fetch(sql, *_ordered(names, constants, given))
        )

    async def one(self, statement: Statement, **given: Any) -> Row | None:
        """The first row, or None."""
        sql, names, constants = statement.postgres
        row = await self._connection.fetchrow(sql, *_ordered(names, constants, given))
        return cast("Row | None", row)

    async def run(self, statement: Statement, **given: Any) -> None:
        """A statement without an answer."""
        sql, names, constants = statement.postgres
        await self._connection.execute(sql, *_ordered(names, constants, given))

    async def many(self, statement: Statement, given: Sequence[Mapping[str, Any]]) -> None:
        """One statement for many sets of parameters."""
        sql, names, constants = statement.postgres
        await self._connection.executemany(sql, [_ordered(names, constants, one) for one in given])


def _ordered(
    names: Sequence[str], constants: Mapping[str, Any], given: Mapping[str, Any]
) -> list[Any]:
    return [given[name] if name in given else constants[name] for name in names]


class PostgresDatabase:
    """A pool of connections; opened on first use, and opened again after the server was away."""

    kind = "postgres"

    def __init__(self, url: str, build: Build, connections: int = 8) -> None:
        self._url, self._build, self._size = url, build, connections
        self._pool: Any = None
        self._opening = asyncio.Lock()

    async def run(
        self, work: Callable[[Unit], Awaitable[Result]], *, lazily: bool = False
    ) -> Result:
        """Do the work in one transaction. Raises Unavailable; what the work raises rolls it back.

        `lazily`: the work begins the transaction itself, when it is about to write more than one
        statement. Raises Conflict where the database asks to try again.
        """
        try:
            pool = await self._opened()
            async with pool.acquire(timeout=PATIENCE) as connection:
                return await self._on(PostgresRows(connection), work, lazily=lazily)
        except AGAIN as error:
            raise Conflict(type(error).__name__) from error
        except GONE as error:
            raise Unavailable(f"the database does not answer: {type(error).__name__}") from error

    async def _on(
        self, rows: PostgresRows, work: Callable[[Unit], Awaitable[Result]], *, lazily: bool
    ) -> Result:
        if not lazily:
            await rows.begin()
        try:
            result = await work(self._build(rows, self.kind))
        except BaseException:
            await _quietly(rows.undo())
            raise
        await rows.commit()
        return result

    async def _opened(self) -> Any:
        if self._pool is None:
            async with self._opening:
                if self._pool is None:
                    self._pool = await asyncpg.create_pool(
                        self._url,
                        min_size=1,
                        max_size=self._size,
                        command_timeout=30,
                        timeout=PATIENCE,
                        server_settings={"application_name": NAME},
                        reset=_as_it_is,
                    )
        return self._pool

    async def close(self) -> None:
        """Give the connections back."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


async def _as_it_is(_connection: Any) -> None:
    """No round trip to reset what nobody changes; asyncpg still ends a forgotten transaction."""


async def _quietly(undoing: Awaitable[None]) -> None:
    """A connection that broke has nothing to undo."""
    try:
        await undoing
    except GONE:
        return
