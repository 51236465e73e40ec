"""Seven days for messages, two for codes; what still waits is kept."""

from datetime import datetime, timedelta

from storage.conversations import Heard
from storage.retention import forget_old
from storage.unit import Database, Unit
from tests.storage.databases import MORNING, count

OLD, NEW = MORNING, MORNING + timedelta(days=5)


async def heard(database: Database, update: str, when: datetime, incident: str = "") -> None:
    async def work(unit: Unit) -> None:
        chat = await unit.conversations.open("web", "a", update, when)
        said = Heard("web", update, {}, [{"text": update}], when, incident=incident or None)
        assert await unit.conversations.save(chat, said)
        await unit.outbox.sent([(chat.id, chat.next_seq)], when)

    await database.run(work)


async def forget(database: Database, now: datetime, most: int = 100) -> bool:
    return await database.run(lambda unit: forget_old(unit.rows, now, most))


async def test_messages_go_after_seven_days(database: Database) -> None:
    await heard(database, "old", OLD)
    await heard(database, "parked", OLD, "ABC234")
    await heard(database, "new", NEW)
    await forget(database, OLD + timedelta(days=7))
    assert (await count(database, "inbox"), await count(database, "outbox")) == (3, 3)
    await forget(database, OLD + timedelta(days=7, milliseconds=1))
    assert await count(database, "inbox", "update_id = 'new'") == 1
    assert (await count(database, "inbox"), await count(database, "outbox")) == (1, 1)


async def test_what_still_waits_is_kept(database: Database) -> None:
    await database.run(lambda unit: unit.outbox.post("web", "a", {"text": "x"}, OLD))
    await forget(database, OLD + timedelta(days=8))
    assert await count(database, "outbox") == 1


async def test_codes_go_after_two_days(database: Database) -> None:
    await database.run(lambda unit: unit.phones.add_code("r", 1, "+84900000001", "123456", OLD))
    await forget(database, OLD + timedelta(days=2))
    assert await count(database, "phone_code") == 1
    await forget(database, OLD + timedelta(days=2, milliseconds=1))
    assert await count(database, "phone_code") == 0


async def test_it_is_done_in_small_parts(database: Database) -> None:
    for n in range(5):
        await heard(database, f"u{n}", OLD)
    later = OLD + timedelta(days=8)
    assert [await forget(database, later, most=2) for _ in range(3)] == [True, True, False]
    assert (await count(database, "inbox"), await count(database, "outbox")) == (0, 0)


async def test_a_number_that_comes_again_after_a_week_is_heard(database: Database) -> None:
    await heard(database, "u1", OLD)
    await forget(database, OLD + timedelta(days=8))
    await heard(database, "u1", OLD + timedelta(days=8))
    assert await count(database, "inbox") == 1
