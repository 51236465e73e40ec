"""What the web server says of itself, and to whom."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.telegram import IGNORED
from bot.clock import RealClock
from bot.settings import Settings
from bot.web import build_app
from bot.wiring import Program
from storage.faults import Unavailable
from storage.sqlite import SqliteDatabase
from storage.unit import Database
from tests.bot.hands import WORLD, Small, text
from tests.storage.databases import Kept

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def database(kept_sqlite: Kept) -> AsyncIterator[Database]:
    async with kept_sqlite.opened() as opened:
        yield opened


@pytest.fixture
def small(database: Database, kept_sqlite: Kept) -> Small:
    return Small(database, kept_sqlite.clock)


@pytest.fixture
async def client(database: Database, tmp_path: Path) -> AsyncIterator[Client]:
    settings = Settings(data_keys_file=tmp_path / "a", index_key_file=tmp_path / "b")
    program = Program(settings, database, RealClock(), WORLD)
    async with TestClient(TestServer(build_app(program))) as opened:
        yield opened


class Away:
    """A database out of reach."""

    async def run(self, *_: object, **_named: object) -> None:
        raise Unavailable("the database file cannot be used: db.example:5432")


def take_away(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(database, SqliteDatabase)
    monkeypatch.setattr(database, "run", Away().run)


async def test_health_and_readiness(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [(await client.get(path)).status for path in ("/health", "/ready")] == [200, 200]
    take_away(database, monkeypatch)
    answers = [await client.get(path) for path in ("/health", "/ready")]
    assert [answer.status for answer in answers] == [200, 503]
    assert await answers[1].json() == {"status": "waiting", "why": "database"}


async def test_metrics_tell_of_the_outbox(client: Client, small: Small) -> None:
    await small.notice("a", text("x"))
    said = await (await client.get("/metrics")).text()
    assert 'tramoi_outbox_messages{state="pending"} 1.0' in said
    assert 'tramoi_outbox_messages{state="dead"} 0.0' in said
    assert 'tramoi_outbox_oldest_seconds{state="pending"}' in said
    await small.deliver()
    said = await (await client.get("/metrics")).text()
    assert 'tramoi_outbox_messages{state="pending"} 0.0' in said


async def test_metrics_without_a_database(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_away(database, monkeypatch)
    answer = await client.get("/metrics")
    assert answer.status == 200
    assert "tramoi_outbox_messages{" not in await answer.text()


async def test_counters_of_the_channels_are_shown(client: Client) -> None:
    IGNORED.labels("group").inc()
    said = await (await client.get("/metrics")).text()
    assert 'tramoi_telegram_ignored_total{why="group"}' in said


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
async def test_metrics_are_not_for_the_world(client: Client, header: str) -> None:
    assert (await client.get("/metrics", headers={header: "203.0.113.7"})).status == 404


async def test_metrics_from_another_machine(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.Request, "remote", "203.0.113.7")
    assert (await client.get("/metrics")).status == 404


async def test_hooks_are_there_only_where_they_are_switched_on(client: Client) -> None:
    assert (await client.post("/hooks/telegram")).status == 404
