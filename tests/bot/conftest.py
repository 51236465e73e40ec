import pytest

from storage.unit import Database
from tests.bot.hands import Small
from tests.storage.databases import Kept
from tests.storage.fixtures import (
    database,
    kept,
    kept_postgres,
    kept_sqlite,
    postgres_migrated,
    sqlite_template,
)

__all__ = [
    "database",
    "kept",
    "kept_postgres",
    "kept_sqlite",
    "postgres_migrated",
    "sqlite_template",
]


@pytest.fixture
def small(database: Database, kept: Kept) -> Small:
    return Small(database, kept.clock)
