"""How repositories speak to a database: compiled statements, the same on SQLite and PostgreSQL.

A statement is written once in SQLAlchemy's expression language on the SQLModel tables, compiled
once for each database, and then runs on the bare driver: no ORM and no compiler in a turn.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import Dialect, Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.dialects.sqlite.pysqlite import dialect as sqlite_dialect

Row = Mapping[str, Any]
Insert = Any  # the `insert` of one of the two dialects: both know ON CONFLICT in the same words


class Statement:
    """A statement for both databases. `make` is given the dialect's own `insert`."""

    def __init__(self, make: Executable | Callable[[Insert], Executable]) -> None:
        self._make = make

    @cached_property
    def sqlite(self) -> tuple[str, Mapping[str, Any]]:
        """The SQL with named parameters, and the constants in it."""
        compiled = self._of(sqlite.insert).compile(dialect=sqlite_dialect(paramstyle="named"))
        return str(compiled), _constants(compiled)

    @cached_property
    def postgres(self) -> tuple[str, tuple[str, ...], Mapping[str, Any]]:
        """The SQL with numbered parameters, their names in order, and the constants in it."""
        compiled = self._of(postgresql.insert).compile(dialect=_asyncpg())
        names = getattr(compiled, "positiontup", None) or ()
        return str(compiled), tuple(names), _constants(compiled)

    def _of(self, insert: Insert) -> Any:
        return self._make(insert) if callable(self._make) else self._make


def _constants(compiled: Any) -> Mapping[str, Any]:
    """What stands in the statement itself.

    What must be given is not among it: a parameter that was forgotten fails, and is not NULL.
    """
    return {
        name: value for name, value in compiled.params.items() if not compiled.binds[name].required
    }


def _asyncpg() -> Dialect:
    made: Callable[[], Dialect] = asyncpg_dialect
    return made()


class Rows(Protocol):
    """One connection inside one transaction."""

    async def begin(self) -> None:
        """From here on all or nothing; until then each statement stands alone."""
        ...

    async def all(self, statement: Statement, **given: Any) -> Sequence[Row]:
        """All rows."""
        ...

    async def one(self, statement: Statement, **given: Any) -> Row | None:
        """The first row, or None."""
        ...

    async def run(self, statement: Statement, **given: Any) -> None:
        """A statement without an answer."""
        ...

    async def many(self, statement: Statement, given: Sequence[Mapping[str, Any]]) -> None:
        """One statement for many sets of parameters."""
        ...
