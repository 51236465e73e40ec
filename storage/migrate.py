"""Bringing a database up to date, with Alembic."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
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

    def upgrade(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":  # two processes may start at once
            connection.execute(text(f"SELECT pg_advisory_xact_lock({OUR_LOCK})"))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    path = url.removeprefix("sqlite:///")
    with only_process(path) if path != url else nullcontext():
        _connected(url, upgrade)


def is_current(url: str) -> bool:
    """Whether the tables are those of this release; changes nothing. Raises Unavailable."""

    def current(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    if url.startswith("sqlite:///"):
        url = f"sqlite:///file:{quote(url.removeprefix('sqlite:///'))}?mode=ro&uri=true"
    return _connected(url, current) == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


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
