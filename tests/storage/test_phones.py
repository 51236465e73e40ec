"""Five people on a phone, a code used once and tried five times: also for all at once."""

from datetime import datetime, timedelta

from storage.unit import Database, Unit
from tests.storage.databases import MORNING, together

PHONE, OTHER = "+84900000001", "+84900000002"


async def add_code(database: Database, row: str = "r1", code: str = "123456") -> None:
    await database.run(lambda unit: unit.phones.add_code(row, 1, PHONE, code, MORNING))


async def tried(database: Database, code: str, row: str = "r1") -> int | None:
    return await database.run(lambda unit: unit.phones.try_code(row, code, 5))


async def test_five_people_and_no_more(database: Database) -> None:
    async def take(unit: Unit) -> bool:
        await unit.begin()
        return await unit.phones.take_place(PHONE, 5)

    got = await together(database, [take] * 12)
    assert sorted(got) == [False] * 7 + [True] * 5
    assert await database.run(lambda unit: unit.phones.take_place(OTHER, 5))


async def test_a_place_that_is_given_back_can_be_taken(database: Database) -> None:
    async def take(unit: Unit) -> bool:
        return await unit.phones.take_place(PHONE, 1)

    async def give(unit: Unit) -> None:
        await unit.phones.give_back(PHONE)

    assert [await database.run(take), await database.run(take)] == [True, False]
    await together(database, [give] * 3)
    assert [await database.run(take), await database.run(take)] == [True, False]


async def test_a_proof_belongs_to_one_chat_and_one_number(database: Database) -> None:
    later = MORNING + timedelta(hours=1)
    await database.run(lambda unit: unit.phones.prove(1, PHONE, "code", MORNING))
    await database.run(lambda unit: unit.phones.prove(1, PHONE, "channel", later))
    proven = [(1, PHONE), (2, PHONE), (1, OTHER)]
    found = [await proven_at(database, chat, phone) for chat, phone in proven]
    assert found == [later, None, None]


async def proven_at(database: Database, chat: int, phone: str) -> datetime | None:
    return await database.run(lambda unit: unit.phones.proven_at(chat, phone))


async def test_a_code_is_tried_five_times(database: Database) -> None:
    await add_code(database)
    assert [await tried(database, "000000") for _ in range(6)] == [1, 2, 3, 4, 5, None]
    assert await tried(database, "123456") is None


async def test_a_code_is_used_once(database: Database) -> None:
    await add_code(database)
    assert [await tried(database, "123456") for _ in range(2)] == [0, None]


async def test_a_code_is_used_once_by_many_at_once(database: Database) -> None:
    async def use(unit: Unit) -> int | None:
        return await unit.phones.try_code("r1", "123456", 50)

    await add_code(database)
    got = await together(database, [use] * 12)
    assert got.count(0) == 1
    assert got.count(None) == 11


async def test_tries_at_once_are_all_counted(database: Database) -> None:
    async def guess(unit: Unit) -> int | None:
        return await unit.phones.try_code("r1", "000000", 5)

    await add_code(database)
    got = await together(database, [guess] * 12)
    assert sorted(n for n in got if n) == [1, 2, 3, 4, 5]
    assert await tried(database, "123456") is None


async def test_a_code_fits_its_own_row_alone(database: Database) -> None:
    await add_code(database, "r1", "123456")
    await add_code(database, "r2", "654321")
    assert await tried(database, "654321", "r1") == 1
    assert await tried(database, "654321", "r2") == 0


async def test_codes_are_counted_by_chat_and_by_number(database: Database) -> None:
    async def work(unit: Unit) -> None:
        for n in range(3):
            sent = MORNING + timedelta(minutes=n)
            await unit.phones.add_code(f"r{n}", n % 2, PHONE, "123456", sent)

    await database.run(work)
    since = MORNING + timedelta(seconds=30)
    mine = await database.run(lambda unit: unit.phones.codes(0, PHONE, MORNING - timedelta(1)))
    assert [code.id for code in mine] == ["r2", "r0"]
    assert len(await database.run(lambda unit: unit.phones.sent_to(PHONE, since))) == 2
    assert not await database.run(lambda unit: unit.phones.sent_to(OTHER, since))
