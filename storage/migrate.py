"""Bringing a database up to date, with Alembic; without it where there is nothing to do.

Alembic is loaded only when it is needed: it would take 10 MB for as long as the program runs.
"""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.faults import Unavailable
from storage.sqlite import only_process

Result = TypeVar("Result")
OUR_LOCK = 7_241_900  # any number, as long as nothing else at this database uses it
SCRIPTS = Path(__file__).parent / "migrations"


def migrate(url: str, revision: str = "head") -> None:
    """Make or upgrade the tables. Raises Unavailable, and AlreadyRunning on SQLite.

    Not to be called on an event loop.
    """
    path = url.removeprefix("sqlite:///")
    with only_process(path) if path != url else nullcontext():
        if revision != "head" or _connected(url, _version) != newest():
            _connected(url, partial(_upgrade, revision))


def is_current(url: str) -> bool:
    """Whether the tables are those of this release; changes nothing. Raises Unavailable."""
    if url.startswith("sqlite:///"):
        url = f"sqlite:///file:{quote(url.removeprefix('sqlite:///'))}?mode=ro&uri=true"
    return _connected(url, _version) == newest()


def newest() -> str:
    """The revision of this release: the scripts are named by their number."""
    return max(path.stem.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*.py"))


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _upgrade(revision: str, connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415

    if connection.dialect.name == "postgresql":  # two processes may start at once
        connection.execute(text(f"SELECT pg_advisory_xact_lock({OUR_LOCK})"))
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _connected(url: str, work: Callable[[Connection], Result]) -> Result:
    try:
        if url.startswith("sqlite:///"):
            return _on_sqlite(url, work)
        return asyncio.run(_on_postgres(url, work))
    except (SQLAlchemyError, OSError) as error:
        raise Unavailable(f"the database cannot be opened: {type(error).__name__}") from error


def _on_sqlite(url: str, work: Callable[[Connection], Result]) -> Result:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        return work(connection)


async def _on_postgres(url: str, work: Callable[[Connection], Result]) -> Result:
    address = url.partition("://")[2]
    engine = create_async_engine(f"postgresql+asyncpg://{address}", poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
