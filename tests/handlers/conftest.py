"""A registry for whoever asks for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.handlers.registry import Registry
from tests.storage.databases import sqlite_copy
from tests.storage.fixtures import kept_postgres, postgres_migrated, sqlite_template

# No example is judged by how long it took: the machine may be busy.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

__all__ = ["kept_postgres", "postgres_migrated", "registry", "sqlite_template"]


@pytest.fixture
async def registry(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Registry]:
    kept = sqlite_copy(sqlite_template, tmp_path)
    async with kept.opened() as database:
        yield Registry(database, kept.clock)
