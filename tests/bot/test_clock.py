"""What falls due is done once, and one that cannot be done does not hold up the others."""

from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.clock import Loop, RealClock, RealCodes, _expire, expire_forms
from conversations.station import EXPIRED
from conversations.text import phrasebook
from storage.conversations import Chatting, Conversations
from storage.faults import Conflict
from tests.bot.hands import Small
from tests.storage.databases import ask, count


async def test_a_form_of_yesterday_is_deleted_and_its_person_told(small: Small) -> None:
    await small.say("vi", "a")
    await small.say("en", "b")
    small.clock.forward(hours=12)
    await small.say("x", "c")
    small.clock.forward(hours=12)
    assert await expire_forms(small.database, small.clock) == 2
    assert await expire_forms(small.database, small.clock) == 0
    await small.deliver()
    assert small.web.texts("a")[1:] == [phrasebook("vi")(EXPIRED)]
    assert small.web.texts("b")[1:] == [phrasebook("en")(EXPIRED)]
    assert small.web.texts("c")[1:] == []
    assert [await small.heard(chat) for chat in "abc"] == [[], [], ["x"]]


async def test_each_message_gives_a_form_another_day(small: Small) -> None:
    await small.say("x")
    small.clock.forward(hours=23)
    await small.say("y")
    small.clock.forward(hours=23)
    assert await expire_forms(small.database, small.clock) == 0
    assert await small.heard() == ["x", "y"]


async def test_a_form_that_goes_on_while_it_is_looked_at_is_left_alone(small: Small) -> None:
    await small.say("x")
    with pytest.raises(Conflict):
        await small.database.run(lambda unit: _expire(unit, 1))
    assert await small.database.run(lambda unit: _expire(unit, 77)) == 0
    await small.deliver()
    assert (small.web.texts(), await small.heard()) == (["x"], ["x"])


async def test_one_that_cannot_be_read_does_not_hold_up_the_others(small: Small) -> None:
    await small.say("x", "a")
    await small.say("x", "b")
    await ask(small.database, "UPDATE conversation SET state = :s WHERE id = 1 RETURNING id", s=b"")
    await ask(
        small.database, "UPDATE conversation SET state = :s WHERE id = 1 RETURNING id", s=b"spoiled"
    )
    small.clock.forward(hours=24)
    with capture_logs() as logged:
        assert await expire_forms(small.database, small.clock) == 2
    said = [(line["event"], line["row"], line["error"]) for line in logged]
    assert said == [("a form that could not be read is deleted", 1, "CannotOpen")]
    await small.deliver()
    assert [small.web.texts(chat)[1:] for chat in "ab"] == [[], [phrasebook("vi")(EXPIRED)]]
    assert [await small.heard(chat) for chat in "ab"] == [[], []]


async def test_those_that_cannot_be_read_are_not_first_in_the_row_for_ever(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.clock.AT_ONCE", 1)
    await small.say("x", "a")
    await ask(
        small.database, "UPDATE conversation SET state = :s WHERE id = 1 RETURNING id", s=b"spoiled"
    )
    small.clock.forward(minutes=1)
    await small.say("x", "b")
    small.clock.forward(hours=24)
    for _ in range(2):
        await expire_forms(small.database, small.clock)
    assert await count(small.database, "conversation", "expires_at IS NOT NULL") == 0
    await small.deliver()
    assert small.web.texts("b")[1:] == [phrasebook("vi")(EXPIRED)]


async def test_one_that_cannot_expire_does_not_hold_up_the_others(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    expire = Conversations.expire

    async def refuses(self: Conversations, chat: Chatting, *more: Any) -> bool:
        if chat.id == 1:
            raise ZeroDivisionError
        return await expire(self, chat, *more)

    await small.say("x", "a")
    await small.say("x", "b")
    small.clock.forward(hours=24)
    monkeypatch.setattr(Conversations, "expire", refuses)
    with capture_logs() as logged:
        assert await expire_forms(small.database, small.clock) == 1
    assert [(line["event"], line["row"]) for line in logged] == [("a form could not expire", 1)]


async def test_a_tick_does_each_thing_in_its_time(small: Small) -> None:
    done: list[str] = []

    async def refresh() -> None:
        done.append("refresh")

    loop = Loop(small.database, small.clock, refresh, lambda: done.append("wake"))
    await small.say("x")
    await loop.tick()
    await loop.tick()
    assert done == ["refresh"]
    small.clock.forward(hours=24)
    await loop.tick()
    assert done == ["refresh", "wake", "refresh"]
    small.clock.forward(days=8)
    await small.deliver()
    await loop.tick()
    assert await count(small.database, "inbox") == 0


def test_the_real_clock_and_chance() -> None:
    codes = RealCodes()
    assert abs(RealClock().now() - datetime.now(UTC)).total_seconds() < 60
    assert len({codes.key() for _ in range(100)}) == 100
    assert {len(codes.secret()), *map(len, codes.letters("ab", 3))} == {32, 1}
