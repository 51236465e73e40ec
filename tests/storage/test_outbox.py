"""Messages leave in the order of their chat, once, or end as dead letters."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from storage.conversations import Heard
from storage.outbox import LEASE, Waiting
from storage.unit import Database, Unit
from tests.storage.databases import MORNING, Kept, ask, count

SECOND = timedelta(seconds=1)


async def post(database: Database, chat: str, *texts: str, priority: int = 2) -> None:
    async def work(unit: Unit) -> None:
        for text in texts:
            await unit.outbox.post("web", chat, {"text": text}, MORNING, priority)

    await database.run(work)


async def claim(
    database: Database, now: datetime = MORNING, most: int = 100, without: str = ""
) -> Sequence[Waiting]:
    return await database.run(lambda unit: unit.outbox.claim(now, most, {without}))


async def sent(database: Database, one: Waiting) -> None:
    await database.run(lambda unit: unit.outbox.sent([(one.conversation, one.seq)], MORNING))


def texts(claimed: Sequence[Waiting]) -> list[str]:
    return sorted(one.body["text"] for one in claimed)


async def test_only_the_first_of_a_chat_may_go(database: Database) -> None:
    await post(database, "a", "a1", "a2")
    await post(database, "b", "b1")
    claimed = await claim(database)
    assert texts(claimed) == ["a1", "b1"]
    assert await claim(database) == []
    first = next(one for one in claimed if one.chat == "a")
    assert (first.seq, first.channel, first.attempts, first.until) == (1, "web", 0, MORNING + LEASE)
    await sent(database, first)
    assert texts(await claim(database)) == ["a2"]


async def test_what_a_dead_process_held_is_claimed_after_its_lease(database: Database) -> None:
    await post(database, "a", "a1", "a2")
    await claim(database)
    assert await claim(database, MORNING + LEASE) == []
    assert texts(await claim(database, MORNING + LEASE + SECOND)) == ["a1"]


async def test_what_a_turn_sends_itself_is_not_claimed_meanwhile(database: Database) -> None:
    async def turn(unit: Unit) -> None:
        chat = await unit.conversations.open("web", "a", "u1", MORNING)
        said = Heard("web", "u1", {}, [{"text": "a1"}], MORNING, lease=MORNING + LEASE)
        assert await unit.conversations.save(chat, said)

    await database.run(turn)
    assert await claim(database) == []
    assert texts(await claim(database, MORNING + LEASE + SECOND)) == ["a1"]


async def test_later_holds_back_the_whole_chat(database: Database) -> None:
    await post(database, "a", "a1", "a2")
    (one,) = await claim(database)
    when = MORNING + timedelta(seconds=8)
    await database.run(lambda unit: unit.outbox.later(one, when, "429"))
    assert await claim(database, when - SECOND) == []
    (again,) = await claim(database, when)
    assert (again.seq, again.attempts) == (1, 1)


async def test_to_wait_is_no_try(database: Database) -> None:
    await post(database, "a", "a1")
    (one,) = await claim(database)
    await database.run(lambda unit: unit.outbox.later(one, MORNING, "pause", tried=False))
    assert [found.attempts for found in await claim(database)] == [0]


async def test_what_was_not_tried_is_free_at_once(database: Database) -> None:
    await post(database, "a", "a1")
    (one,) = await claim(database)
    await database.run(lambda unit: unit.outbox.release([one]))
    assert texts(await claim(database)) == ["a1"]


async def test_whose_lease_ended_changes_nothing_any_more(database: Database) -> None:
    await post(database, "a", "a1")
    (late,) = await claim(database)
    now = MORNING + LEASE + SECOND
    (mine,) = await claim(database, now)
    await database.run(lambda unit: unit.outbox.later(late, MORNING, "500"))
    await database.run(lambda unit: unit.outbox.release([late]))
    await database.run(lambda unit: unit.outbox.bury(late, "blocked"))
    assert await claim(database, now) == []
    assert await database.run(lambda unit: unit.outbox.dead()) == []
    await database.run(lambda unit: unit.outbox.later(mine, now, "500"))
    assert [one.attempts for one in await claim(database, now)] == [1]


async def test_a_dead_letter_lets_the_others_go_and_can_be_sent_again(database: Database) -> None:
    await post(database, "a", "a1", "a2")
    (one,) = await claim(database)
    await database.run(lambda unit: unit.outbox.bury(one, "blocked"))
    assert texts(await claim(database)) == ["a2"]
    (lost,) = await database.run(lambda unit: unit.outbox.dead())
    assert (lost.conversation, lost.seq, lost.channel) == (one.conversation, 1, "web")
    assert (lost.error, lost.created_at) == ("blocked", MORNING)
    tomorrow = MORNING + timedelta(days=1)
    revive = [await revived(database, one.conversation, 1, tomorrow) for _ in range(2)]
    assert revive == [True, False]
    (again,) = await claim(database, tomorrow)
    # Its day of tries begins anew, or the first passing fault would bury it again.
    assert (again.body, again.attempts, again.created_at) == ({"text": "a1"}, 0, tomorrow)
    assert await database.run(lambda unit: unit.outbox.dead()) == []


async def revived(database: Database, conversation: int, seq: int, now: datetime) -> bool:
    return await database.run(lambda unit: unit.outbox.revive(conversation, seq, now))


async def test_what_was_sent_stays_sent(database: Database) -> None:
    await post(database, "a", "a1")
    (one,) = await claim(database)
    await sent(database, one)
    await database.run(lambda unit: unit.outbox.bury(one, "too late"))
    await database.run(lambda unit: unit.outbox.later(one, MORNING, "too late"))
    assert await claim(database, MORNING + LEASE + SECOND) == []
    assert await database.run(lambda unit: unit.outbox.depth()) == []
    assert not await revived(database, one.conversation, 1, MORNING)


async def test_codes_go_before_answers_and_answers_before_the_rest(database: Database) -> None:
    await post(database, "a", "note", priority=3)
    await post(database, "b", "answer", priority=2)
    await post(database, "c", "code", priority=0)
    order = [text for _ in range(3) for text in texts(await claim(database, most=1))]
    assert order == ["code", "answer", "note"]


async def test_a_channel_out_of_reach_is_left_to_others(database: Database) -> None:
    await post(database, "a", "a1")
    assert await claim(database, without="web") == []
    both = frozenset({"telegram", "web"})
    assert await database.run(lambda unit: unit.outbox.claim(MORNING, 9, both)) == []
    assert texts(await claim(database, without="telegram")) == ["a1"]


async def test_two_who_claim_at_once_never_get_the_same(database: Database) -> None:
    for n in range(60):
        await post(database, f"c{n}", "1", "2")
    claims = await asyncio.gather(*(claim(database, most=10) for _ in range(8)))
    got = [(one.conversation, one.seq) for claimed in claims for one in claimed]
    assert len(got) == len(set(got))
    assert {seq for _, seq in got} == {1}


async def test_notices_from_several_hands_get_numbers_without_a_gap(database: Database) -> None:
    await asyncio.gather(*(post(database, "a", f"n{n}") for n in range(30)))
    said = await database.run(lambda unit: unit.outbox.since("web", "a", 0))
    assert [one.seq for one in said] == list(range(1, 31))
    (one,) = await claim(database)
    await database.run(lambda unit: unit.outbox.post_to(one.conversation, {"text": "x"}, MORNING))
    said = await database.run(lambda unit: unit.outbox.since("web", "a", 30))
    assert [(one.seq, one.body["text"]) for one in said] == [(31, "x")]


async def test_a_notice_for_a_chat_that_is_not_there(database: Database) -> None:
    with pytest.raises(LookupError):
        await database.run(lambda unit: unit.outbox.post_to(7, {"text": "x"}, MORNING))


async def test_history_is_the_newest_part_in_order(database: Database) -> None:
    await post(database, "a", *(str(n) for n in range(9)))
    said = await database.run(lambda unit: unit.outbox.since("web", "a", 2, most=3))
    assert [one.seq for one in said] == [7, 8, 9]


async def test_a_message_that_cannot_be_opened_does_not_hold_up_the_others(
    kept: Kept,
) -> None:
    async with kept.opened() as database:
        await post(database, "a", "a1", "a2")
        await post(database, "b", "b1")
        body = b"\x01\x00\x01 not what was sealed here"
        await ask_to_spoil(database, body)
        assert texts(await claim(database)) == ["b1"]
        assert texts(await claim(database)) == ["a2"]
        (lost,) = await database.run(lambda unit: unit.outbox.dead())
        assert lost.error == "outbox.body: altered or moved"


async def ask_to_spoil(database: Database, body: bytes) -> None:
    await ask(
        database,
        "UPDATE outbox SET body = :body WHERE seq = 1 AND conversation_id ="
        " (SELECT id FROM conversation WHERE chat = 'a') RETURNING seq",
        body=body,
    )


async def test_depth_by_state(database: Database) -> None:
    await post(database, "a", "a1", "a2")
    (one,) = await claim(database)
    await database.run(lambda unit: unit.outbox.bury(one, "blocked"))
    depth = await database.run(lambda unit: unit.outbox.depth())
    assert {(d.status, d.count, d.oldest) for d in depth} == {(0, 1, MORNING), (2, 1, MORNING)}
    assert await count(database, "outbox") == 2
