"""A turn is kept once, whole, in order: the contract of `storage/conversations.py`."""

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from storage.conversations import Chatting, Heard
from storage.faults import Conflict
from storage.unit import Database, Unit
from tests.storage.databases import MORNING, Kept, ask, count


def heard(update: str, **more: Any) -> Heard:
    said: dict[str, Any] = {"memory": {"said": update}, "bodies": [{"text": update}], **more}
    return Heard("web", update, now=MORNING, **said)


async def opened(unit: Unit, update: str = "u1", chat: str = "c1") -> Chatting:
    return await unit.conversations.open("web", chat, update, MORNING)


async def turn(database: Database, update: str, chat: str = "c1", **more: Any) -> bool:
    async def work(unit: Unit) -> bool:
        found = await opened(unit, update, chat)
        return not found.heard and await unit.conversations.save(found, heard(update, **more))

    return await database.run(work)


async def test_the_first_message_opens_a_chat(database: Database) -> None:
    found = await database.run(opened)
    assert (found.revision, found.next_seq, found.memory) == (0, 1, {})
    assert (found.heard, found.waiting, found.locale) == (False, False, None)
    assert (await database.run(opened)).id == found.id
    assert (await database.run(lambda unit: opened(unit, chat="c2"))).id != found.id


async def test_a_turn_is_kept_whole(database: Database) -> None:
    bodies = [{"text": "Họ và tên?"}, {"text": "Ngày sinh?"}]
    expires = MORNING + timedelta(hours=24)
    assert await turn(database, "u1", bodies=bodies, locale="vi", expires=expires, raw=b"{}")
    found = await database.run(lambda unit: opened(unit, "u2"))
    assert (found.revision, found.next_seq, found.locale) == (1, 3, "vi")
    assert found.memory == {"said": "u1"}
    assert (found.heard, found.waiting) == (False, True)
    said = await database.run(lambda unit: unit.outbox.since("web", "c1", 0))
    assert [(one.seq, one.body) for one in said] == [(1, bodies[0]), (2, bodies[1])]
    own = await database.run(lambda unit: unit.conversations.own_since("web", "c1", 0))
    assert own == [(0, MORNING, b"{}")]


async def test_an_update_is_heard_once(database: Database) -> None:
    assert await turn(database, "u1")
    assert not await turn(database, "u1")
    assert (await database.run(opened)).heard
    assert (await count(database, "inbox"), await count(database, "outbox")) == (1, 1)


async def test_an_update_of_another_channel_is_another(database: Database) -> None:
    async def on_telegram(unit: Unit) -> bool:
        chat = await unit.conversations.open("telegram", "c1", "u1", MORNING)
        return await unit.conversations.save(chat, replace(heard("u1"), channel="telegram"))

    assert await turn(database, "u1")
    assert await database.run(on_telegram)
    assert await count(database, "inbox") == 2


async def test_a_chat_that_moved_on_keeps_nothing_of_the_loser(database: Database) -> None:
    early = await database.run(opened)
    assert await turn(database, "u1")
    lost = heard("u2", bodies=[{"text": "a"}, {"text": "b"}])
    assert not await database.run(lambda unit: unit.conversations.save(early, lost))
    assert (await count(database, "inbox"), await count(database, "outbox")) == (1, 1)
    # The naive order leaves the inbox row behind, and the second try looks like a duplicate.
    assert await turn(database, "u2")
    assert await count(database, "inbox") == 2


async def test_an_update_that_was_heard_meanwhile_is_not_kept_again(database: Database) -> None:
    early = await database.run(opened)
    assert await turn(database, "u1")
    now = await database.run(opened)
    current = replace(early, revision=now.revision, next_seq=now.next_seq)
    again = heard("u1")
    assert not await database.run(lambda unit: unit.conversations.save(current, again))
    assert (await count(database, "inbox"), await count(database, "outbox")) == (1, 1)


async def test_a_turn_without_an_answer(database: Database) -> None:
    assert await turn(database, "u1", bodies=[])
    found = await database.run(lambda unit: opened(unit, "u2"))
    assert (found.revision, found.next_seq, found.waiting) == (1, 1, False)


async def test_a_work_that_fails_keeps_nothing(database: Database) -> None:
    async def fails(unit: Unit) -> None:
        await unit.begin()
        assert await unit.conversations.save(await opened(unit), heard("u1"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.run(fails)
    assert await count(database, "inbox") == 0
    assert await turn(database, "u1")


async def test_hot_chats_lose_nothing_and_repeat_nothing(database: Database) -> None:
    """50 chats, turns at once, every third update delivered twice at the same time."""
    chance = random.Random(3)
    updates = [(f"c{n % 50}", f"u{n}") for n in range(400)]
    deliveries = [*updates, *chance.sample(updates, 120)]
    chance.shuffle(deliveries)
    await asyncio.gather(*(until_heard(database, chat, update) for chat, update in deliveries))
    for chat, turns in Counter(chat for chat, _ in updates).items():
        found = await database.run(lambda unit, chat=chat: opened(unit, "new", chat))  # type: ignore[misc]
        said = await database.run(lambda unit, chat=chat: unit.outbox.since("web", chat, 0))  # type: ignore[misc]
        wanted = {update for c, update in updates if c == chat}
        assert found.memory["n"] == found.revision == turns
        assert [one.seq for one in said] == list(range(1, 2 * turns + 1))
        assert Counter(one.body["text"] for one in said) == dict.fromkeys(wanted, 2)
    assert await count(database, "inbox") == len(updates)


async def until_heard(database: Database, chat: str, update: str) -> None:
    async def work(unit: Unit) -> None:
        found = await opened(unit, update, chat)
        if found.heard:
            return
        kept = heard(
            update, memory={"n": found.memory.get("n", 0) + 1}, bodies=[{"text": update}] * 2
        )
        if not await unit.conversations.save(found, kept):
            raise Conflict

    while True:
        try:
            return await database.run(work, lazily=True)
        except Conflict:
            await asyncio.sleep(0)


async def test_a_parked_update_is_kept_for_the_operator(database: Database) -> None:
    assert await turn(database, "u1", raw=b"secret words", incident="ABC234")
    rows = await ask(database, "SELECT status, incident, raw FROM inbox")
    assert [(row["status"], row["incident"]) for row in rows] == [(1, "ABC234")]
    assert b"secret" not in rows[0]["raw"]


async def test_only_what_expired_is_found_and_forgotten(database: Database) -> None:
    hour, day = MORNING + timedelta(hours=1), MORNING + timedelta(hours=24)
    assert await turn(database, "u1", expires=hour)
    assert await turn(database, "u2", "c2", expires=day)
    assert await turn(database, "u3", "c3")
    found = await database.run(lambda unit: unit.conversations.expired(hour, 10))
    chat = await database.run(lambda unit: unit.conversations.by_id(found[0]))
    assert chat is not None
    assert (len(found), chat.memory) == (1, {"said": "u1"})
    assert [await expired(database, chat, hour) for _ in range(2)] == [True, False]
    assert await database.run(lambda unit: unit.conversations.expired(hour, 10)) == []
    assert (await database.run(opened)).memory == {}


async def test_a_form_that_goes_on_does_not_expire(database: Database) -> None:
    """The person wrote between the list of what expired and its turn."""
    hour, day = MORNING + timedelta(hours=1), MORNING + timedelta(hours=24)
    assert await turn(database, "u1", expires=hour)
    (number,) = await database.run(lambda unit: unit.conversations.expired(hour, 10))
    assert await turn(database, "u2", expires=day)
    chat = await database.run(lambda unit: unit.conversations.by_id(number))
    assert chat is not None
    assert not await expired(database, chat, hour)
    assert (await database.run(opened)).memory == {"said": "u2"}


async def expired(database: Database, chat: Chatting, now: datetime) -> bool:
    return await database.run(lambda unit: unit.conversations.expire(chat, {}, now))


async def test_what_is_remembered_survives_the_process(kept: Kept) -> None:
    async with kept.opened() as first:
        assert await turn(first, "u1", memory={"answers": {"name": "Nguyễn Thị Mẫu"}})
    async with kept.opened() as second:
        assert (await second.run(opened)).memory == {"answers": {"name": "Nguyễn Thị Mẫu"}}
        assert not await turn(second, "u1")
