"""The real services that some tests ask for; each starts when the first of them does."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tools import services

# A busy machine is no fault of ours: no example is timed.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def postgres() -> Iterator[services.PostgresServer]:
    """One PostgreSQL for the whole run; who breaks it (`kill`, `stop`) starts it again."""
    with services.postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: services.PostgresServer) -> str:
    """The address of an empty database that no other test sees."""
    return postgres.create_database()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[services.RedisServer]:
    """One Redis for the whole run; who breaks it starts it again, and clears what it left."""
    with services.redis() as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser that the page is tried in."""
    return services.chromium_path()
