"""A migrated database of either kind, for whoever asks for `kept` or `database`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.migrate import migrate
from storage.unit import Database
from tests.storage.databases import Kept, sqlite_copy
from tools.services import PostgresServer


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    url = postgres.create_database()
    migrate(url)
    return url.rpartition("/")[2]


@pytest.fixture
def kept_sqlite(sqlite_template: Path, tmp_path: Path) -> Kept:
    return sqlite_copy(sqlite_template, tmp_path)


@pytest.fixture
def kept_postgres(postgres: PostgresServer, postgres_template: str) -> Kept:
    return Kept("postgres", postgres.create_database(postgres_template))


@pytest.fixture(params=["sqlite", "postgres"])
def kept(request: pytest.FixtureRequest) -> Kept:
    """The contract holds on both."""
    found: Kept = request.getfixturevalue(f"kept_{request.param}")
    return found


@pytest.fixture
async def database(kept: Kept) -> AsyncIterator[Database]:
    async with kept.opened() as opened:
        yield opened
