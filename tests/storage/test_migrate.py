"""The migrations make the tables that the models declare, on both databases."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlmodel import SQLModel

from storage.faults import Unavailable
from storage.migrate import _connected, is_current, migrate
from tests.storage.databases import Kept


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, SQLModel.metadata))


async def test_tables_are_as_declared(kept: Kept) -> None:
    assert await asyncio.to_thread(_connected, kept.url, differences) == []
    assert await asyncio.to_thread(is_current, kept.url)


async def test_to_migrate_again_changes_nothing(kept: Kept) -> None:
    await asyncio.to_thread(migrate, kept.url)
    assert await asyncio.to_thread(is_current, kept.url)


async def test_an_empty_postgres_is_not_current(postgres_url: str) -> None:
    assert not await asyncio.to_thread(is_current, postgres_url)


async def test_two_processes_that_start_at_once(postgres_url: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(migrate, postgres_url) for _ in range(3)))
    assert await asyncio.to_thread(is_current, postgres_url)


def test_to_look_at_a_file_does_not_make_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'none' / 'none.db'}"
    with pytest.raises(Unavailable):
        is_current(url)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://tramoi@127.0.0.1:1/none",
        "sqlite:////dev/null/none.db",
    ],
)
def test_what_cannot_be_opened_is_unavailable(url: str) -> None:
    with pytest.raises((Unavailable, OSError)):
        migrate(url)


async def test_a_database_that_is_not_there(postgres_url: str) -> None:
    with pytest.raises(Unavailable):
        await asyncio.to_thread(migrate, postgres_url + "x")
