"""The server goes away in the middle, and comes back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import asyncpg
import pytest
from sqlalchemy import text

from storage.crypto import Vault
from storage.faults import Conflict, Unavailable
from storage.postgres import PostgresDatabase
from storage.rows import Statement
from storage.unit import Unit, builder
from tests.storage.databases import MORNING, RING, HandClock, HandCodes, Kept, ask, count
from tools.services import PostgresServer


@pytest.fixture
def server(postgres: PostgresServer) -> Iterator[PostgresServer]:
    yield postgres
    postgres.start()


@pytest.fixture
async def database(kept_postgres: Kept) -> AsyncIterator[PostgresDatabase]:
    opened = PostgresDatabase(
        kept_postgres.url, builder(HandClock(), HandCodes(), Vault(RING)), connections=3
    )
    yield opened
    await opened.close()


async def post(unit: Unit) -> None:
    await unit.outbox.post("web", "a", {"text": "x"}, MORNING)


async def test_a_server_that_dies_in_the_middle_of_a_work(
    database: PostgresDatabase, server: PostgresServer
) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def long(unit: Unit) -> None:
        await post(unit)
        begun.set()
        await go.wait()
        await post(unit)

    await database.run(post)
    working = asyncio.ensure_future(database.run(long))
    await begun.wait()
    await asyncio.to_thread(server.kill)
    go.set()
    with pytest.raises(Unavailable, match="does not answer"):
        await working
    with pytest.raises(Unavailable):
        await database.run(post)
    await asyncio.to_thread(server.start)
    outcomes = await asyncio.gather(*(database.run(post) for _ in range(6)), return_exceptions=True)
    assert outcomes == [None] * 6
    assert await count(database, "outbox") == 7


async def test_a_server_that_is_away_at_the_start(
    kept_postgres: Kept, server: PostgresServer
) -> None:
    await asyncio.to_thread(server.kill)
    async with kept_postgres.opened() as database:
        with pytest.raises(Unavailable):
            await database.run(post)
        await asyncio.to_thread(server.start)
        await database.run(post)


async def test_a_connection_that_the_server_ends_costs_one_work_at_most(
    database: PostgresDatabase, kept_postgres: Kept
) -> None:
    await database.run(post)
    line = await asyncpg.connect(kept_postgres.url)
    await line.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await line.close()
    for _ in range(2):
        try:
            await database.run(post)
        except Unavailable:
            continue
    await database.run(post)


async def test_a_database_that_is_not_there_just_now(kept_postgres: Kept) -> None:
    elsewhere = replace(kept_postgres, url=kept_postgres.url.rpartition("/")[0] + "/restored_later")
    async with elsewhere.opened() as database:
        with pytest.raises(Unavailable, match="InvalidCatalogName"):
            await database.run(post)


async def test_a_role_that_may_not_come_in_just_now(
    kept_postgres: Kept, database: PostgresDatabase
) -> None:
    await ask(database, "CREATE ROLE outside NOLOGIN")
    address = urlsplit(kept_postgres.url)
    outside = address._replace(netloc="outside@" + address.netloc.rpartition("@")[2])
    async with replace(kept_postgres, url=outside.geturl()).opened() as refused:
        with pytest.raises(Unavailable, match="InvalidAuthorization"):
            await refused.run(post)
    await ask(database, "DROP ROLE outside")


async def test_a_statement_that_the_server_ends(database: PostgresDatabase) -> None:
    async def too_long(unit: Unit) -> None:
        await unit.rows.run(Statement(text("SET LOCAL statement_timeout = 1")))
        await unit.rows.run(Statement(text("SELECT pg_sleep(60)")))

    with pytest.raises(Unavailable, match="QueryCanceled"):
        await database.run(too_long)
    await database.run(post)


async def test_a_wrong_statement_is_our_fault_and_not_the_servers(
    database: PostgresDatabase,
) -> None:
    with pytest.raises(asyncpg.UndefinedColumnError):
        await ask(database, "SELECT nowhere FROM outbox")


async def test_works_that_lock_each_other_out_are_to_be_done_again(
    database: PostgresDatabase,
) -> None:
    both = asyncio.Barrier(2)

    async def crosswise(unit: Unit, first: str, second: str) -> None:
        await unit.outbox.post("web", first, {}, MORNING)
        await both.wait()
        await unit.outbox.post("web", second, {}, MORNING)

    await database.run(post)
    await database.run(lambda unit: unit.outbox.post("web", "b", {}, MORNING))
    outcomes = await asyncio.gather(
        database.run(lambda unit: crosswise(unit, "a", "b")),
        database.run(lambda unit: crosswise(unit, "b", "a")),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == [Conflict.__name__, "NoneType"]


async def test_a_lazy_work_begins_when_it_says(database: PostgresDatabase) -> None:
    async def fails(unit: Unit) -> None:
        await post(unit)
        await unit.begin()
        await unit.begin()
        await post(unit)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.run(fails, lazily=True)
    assert await count(database, "outbox") == 1


async def test_more_works_than_connections_wait_their_turn(database: PostgresDatabase) -> None:
    await asyncio.gather(*(database.run(post) for _ in range(20)))
    assert await count(database, "outbox") == 20
