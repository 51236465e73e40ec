"""Letters leave in the order of their chat, are tried again in time, and never block the others."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

import bot.sender
from bot.channels.channel import Button, Letter, Shown, TryLater, Undeliverable
from bot.letters import letter
from bot.sender import FAULTS, Sender
from conversations.notices import PHONE_CODE
from conversations.text import phrasebook
from handlers.phones import Asker, CodeSent, send_code
from storage.faults import Unavailable
from storage.outbox import LEASE, Waiting
from storage.times import at
from storage.unit import Unit
from tests.bot.hands import Small, text
from tests.storage.databases import MORNING, ask, count


async def test_chats_go_side_by_side_each_in_its_order(small: Small) -> None:
    small.web.gate.clear()
    updates = [small.update(f"{n}a|{n}b|{n}c", f"c{n}") for n in range(20)]
    await asyncio.gather(*map(small.turns, updates))
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(small.web.tried) == 20  # one of each chat is on its way
    small.web.gate.set()
    await small.sender.drained()
    for n in range(20):
        assert small.web.texts(f"c{n}") == [f"{n}a", f"{n}b", f"{n}c"]


async def test_a_passing_fault_is_tried_again_later_and_holds_back_what_follows(
    small: Small,
) -> None:
    small.web.then.extend([TryLater("500"), TryLater("500")])
    await small.say("một|hai")
    await small.say("ba")
    await small.deliver()
    assert small.web.texts() == []
    small.clock.forward(seconds=1.3)
    await small.deliver()
    assert small.web.texts() == []  # the second try failed too; the third is 2 seconds away
    small.clock.forward(seconds=1.3)
    await small.deliver()
    assert small.web.texts() == []
    small.clock.forward(seconds=1.3)
    await small.deliver()
    assert small.web.texts() == ["một", "hai", "ba"]


async def test_the_time_between_tries_doubles_up_to_five_minutes(small: Small) -> None:
    small.web.then.extend([TryLater("500")] * 14)
    await small.say("một")
    waits = []
    while small.web.then:
        (row,) = await ask(small.database, "SELECT not_before FROM outbox")
        due = at(row["not_before"])
        waits.append((due - small.clock.now()).total_seconds())
        small.clock.at = due - timedelta(milliseconds=1)
        await small.deliver()
        small.clock.at = due
        tried = len(small.web.tried)
        await small.deliver()
        assert len(small.web.tried) == tried + 1
    assert all(2**n <= wait <= 1.2 * 2**n for n, wait in enumerate(waits[:9]))
    assert all(300 <= wait <= 360 for wait in waits[9:])


async def test_what_the_channel_asks_for_is_kept(small: Small) -> None:
    small.web.then.append(TryLater("429", after=40))
    await small.say("một")
    small.clock.forward(seconds=39)
    await small.deliver()
    assert len(small.web.tried) == 1
    small.clock.forward(seconds=10)
    await small.deliver()
    assert small.web.texts() == ["một"]


async def test_when_everyone_must_wait_everyone_waits(small: Small) -> None:
    small.web.then.append(TryLater("429", after=40, everyone=True))
    await small.say("một", "a")
    for n in range(3):
        await small.say("hai", f"b{n}")
    await small.deliver()
    assert len(small.web.tried) == 1
    small.clock.forward(seconds=50)
    await small.deliver()
    assert sorted(small.web.texts()) == ["hai", "hai", "hai", "một"]


async def test_a_pause_is_no_try(small: Small) -> None:
    small.web.then.append(TryLater("429", after=40, everyone=True))
    await small.say("một", "a")
    await small.say("hai", "b")
    small.clock.forward(seconds=50)
    small.web.then.extend([TryLater("500"), TryLater("500")])
    await small.deliver()
    attempts = [await attempts_of(small, chat) for chat in ("a", "b")]
    assert attempts == [2, 1]


async def attempts_of(small: Small, chat: str) -> int:
    small.clock.forward(seconds=20)
    claimed = await small.database.run(lambda unit: unit.outbox.claim(small.clock.now(), 10))
    found = next(one.attempts for one in claimed if one.chat == chat)
    await small.database.run(lambda unit: unit.outbox.release(claimed))
    return found


async def test_what_cannot_be_delivered_lets_the_next_one_go(small: Small) -> None:
    small.web.then.append(Undeliverable("blocked"))
    await small.say("một|hai")
    assert small.web.texts() == ["hai"]
    (lost,) = await small.database.run(lambda unit: unit.outbox.dead())
    assert (lost.seq, lost.error) == (1, "blocked")


async def test_after_a_day_of_tries_it_is_given_up(small: Small) -> None:
    small.web.then.append(TryLater("500"))
    await small.say("một|hai")
    small.clock.forward(hours=25)
    small.web.then.append(TryLater("500"))
    await small.deliver()
    assert small.web.texts() == ["hai"]
    (lost,) = await small.database.run(lambda unit: unit.outbox.dead())
    assert lost.error == "given up after 24 hours: 500"
    await small.database.run(
        lambda unit: unit.outbox.revive(lost.conversation, lost.seq, small.clock.now())
    )
    small.web.then.append(TryLater("500"))
    await small.deliver()
    small.clock.forward(seconds=2)
    await small.deliver()
    assert small.web.texts() == ["hai", "một"]


async def test_a_fault_of_ours_is_given_up_after_a_few_tries(small: Small) -> None:
    small.web.then.append(KeyError("x"))
    await small.say("một|hai", "a")
    await small.say("ba", "b")
    small.web.then.extend([KeyError("x")] * (FAULTS - 1))
    assert small.web.texts() == ["ba"]
    for _ in range(FAULTS):
        small.clock.forward(minutes=6)
        await small.deliver()
    assert small.web.texts() == ["ba", "hai"]
    (lost,) = await small.database.run(lambda unit: unit.outbox.dead())
    assert lost.error == "a fault of ours: KeyError"


async def test_a_notice_without_words_does_not_block_its_chat(small: Small) -> None:
    await small.notice("a", {"notice": "unheard_of", "facts": {}})
    await small.notice("a", text("hai"))
    for _ in range(FAULTS):
        await small.deliver()
        small.clock.forward(minutes=6)
    await small.deliver()
    assert small.web.texts() == ["hai"]


async def test_a_channel_that_is_switched_off(small: Small) -> None:
    await small.notice("a", text("x"), "zalo")
    await small.deliver()
    (lost,) = await small.database.run(lambda unit: unit.outbox.dead())
    assert (lost.channel, lost.error) == ("zalo", "the channel is switched off")


async def test_a_crash_between_send_and_mark_repeats_one_message_at_most(small: Small) -> None:
    """The platform has it, the table does not know: after the lease it goes once more."""
    small.web.gate.clear()
    await small.turns(small.update("một|hai|ba"))
    await small.web.trying.wait()
    small.sender._database = Gone()  # type: ignore[assignment]
    small.web.gate.set()
    for _ in range(20):
        await asyncio.sleep(0)
    assert small.web.texts() == ["một"]
    marking = small.sender._marking
    small.restart()
    small.clock.forward(seconds=31)
    await small.deliver()
    assert small.web.texts() == ["một", "một", "hai", "ba"]
    assert marking is not None
    marking.cancel()


class Gone:
    """A database out of reach."""

    async def run(self, *_: object, **_named: object) -> None:
        raise Unavailable


async def test_a_mark_waits_for_the_database_and_nothing_is_repeated(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.sender, "AGAIN", 0)
    small.web.gate.clear()
    await small.turns(small.update("một|hai"))
    await small.web.trying.wait()
    small.sender._database = Gone()  # type: ignore[assignment]
    small.web.gate.set()
    for _ in range(20):
        await asyncio.sleep(0)
    small.sender._database = small.database
    await small.sender.drained()
    assert small.web.texts() == ["một", "hai"]
    assert await count(small.database, "outbox", "status = 1") == 2


async def test_a_mark_that_fails_for_good_frees_its_chat(small: Small) -> None:
    small.web.gate.clear()
    await small.turns(small.update("một|hai"))
    await small.web.trying.wait()
    small.sender._database = Broken()  # type: ignore[assignment]
    small.web.gate.set()
    with capture_logs() as logged:
        await small.sender.drained()
    assert logged[0]["log_level"] == "error"
    small.sender._database = small.database
    small.clock.forward(seconds=31)
    await small.deliver()
    assert small.web.texts()[-2:] == ["một", "hai"]


class Broken:
    """A database that answers with what nobody foresaw."""

    async def run(self, *_: object, **_named: object) -> None:
        raise ZeroDivisionError


async def test_what_is_said_while_the_first_must_wait_stays_behind_it(small: Small) -> None:
    """The turn saw the chat in our hands; by its commit the first message had been put off."""
    small.web.then.append(TryLater("500"))
    small.web.gate.clear()
    await small.turns(small.update("một"))
    await small.web.trying.wait()
    offered, held = small.sender.offer, list[Waiting]()
    small.sender.offer = held.extend  # type: ignore[method-assign,assignment]
    await small.turns(small.update("hai"))
    small.web.gate.set()
    await small.sender.drained()
    offered(held)
    await small.deliver()
    assert small.web.texts() == []
    small.clock.forward(seconds=2)
    await small.deliver()
    assert small.web.texts() == ["một", "hai"]


async def test_a_notice_between_two_answers_keeps_its_place(small: Small) -> None:
    small.web.gate.clear()
    await small.turns(small.update("một"))
    await small.web.trying.wait()
    await small.notice("a", text("tin"))
    await small.turns(small.update("hai"))
    small.web.gate.set()
    await small.deliver()
    assert small.web.texts() == ["một", "tin", "hai"]


async def test_an_answer_that_comes_when_the_hand_is_just_empty_keeps_its_place(
    small: Small,
) -> None:
    """It was heard while the first was on its way; the notice between them waits in the table."""
    small.web.gate.clear()
    await small.turns(small.update("một"))
    await small.web.trying.wait()
    await small.notice("a", text("tin"))
    offered, held = small.sender.offer, list[Waiting]()
    small.sender.offer = held.extend  # type: ignore[method-assign,assignment]
    await small.turns(small.update("hai"))
    small.web.gate.set()
    await small.sender.drained()
    offered(held)
    await small.deliver()
    assert small.web.texts() == ["một", "tin", "hai"]


async def test_a_claim_that_overtakes_the_end_of_a_send_is_not_forgotten(small: Small) -> None:
    """The mark is in the table, but who sent it has not been told yet."""
    small.web.gate.clear()
    await small.turns(small.update("một"))
    await small.web.trying.wait()
    await small.notice("a", text("tin"))
    await small.database.run(lambda unit: unit.outbox.sent([(1, 1)], small.clock.now()))
    await small.sender._claim()
    small.web.gate.set()
    await small.sender.drained()
    assert small.web.texts() == ["một", "tin"]


async def test_a_message_whose_lease_ended_in_the_queue_is_left_to_its_new_owner(
    small: Small,
) -> None:
    small.web.gate.clear()
    await small.turns(small.update("một|hai"))
    await small.web.trying.wait()
    small.clock.forward(seconds=31)
    small.web.gate.set()
    await small.sender.drained()
    assert small.web.texts() == ["một"]
    await small.deliver()
    assert small.web.texts() == ["một", "hai"]


async def test_two_senders_share_the_work_and_nothing_goes_twice(small: Small) -> None:
    for n in range(30):
        await small.notice(f"c{n}", text(f"{n}a"))
        await small.notice(f"c{n}", text(f"{n}b"))
    other = Sender(small.database, small.channels, small.clock)
    for _ in range(4):
        await asyncio.gather(small.sender._claim(), other._claim())
        await asyncio.gather(small.sender.drained(), other.drained())
    for n in range(30):
        assert small.web.texts(f"c{n}") == [f"{n}a", f"{n}b"]


async def test_the_loop_sends_when_it_is_woken_and_survives_a_fault(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[Exception] = [Unavailable("away"), ZeroDivisionError()]
    claim = small.sender._claim

    async def faulty() -> bool:
        if faults:
            raise faults.pop()
        return await claim()

    monkeypatch.setattr(small.sender, "_claim", faulty)
    monkeypatch.setattr(bot.sender, "POLL", 0)
    await small.notice("a", text("tin"))
    running = asyncio.ensure_future(small.sender.run())
    await small.web.trying.wait()
    await small.sender.drained()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert small.web.texts() == ["tin"]


async def test_a_code_goes_by_message_to_the_phone_in_the_askers_language(small: Small) -> None:
    asker = Asker(1, "web", "room", "en")

    async def ask(unit: Unit) -> object:
        return await send_code("+84900000001", asker, unit)

    assert isinstance(await small.database.run(ask), CodeSent)
    await small.deliver()
    (sent,) = small.sms.delivered
    assert (sent.to, sent.asked_by) == ("+84900000001", ("web", "room"))
    assert "0900" not in sent.chat
    code = sent.shown.text.split(" is ")[1][:6]
    assert sent.shown.text == phrasebook("en")(PHONE_CODE.of(code=code))


def test_a_letter_says_what_was_said() -> None:
    shown = Shown("Đúng chưa?", (Button("ok=yes", "Đúng", 1),), "contact")
    waiting = Waiting(1, 7, "web", "a", "vi", shown.as_json(), 0, MORNING, MORNING + LEASE)
    assert letter(waiting) == Letter("a", 7, shown, locale="vi")
