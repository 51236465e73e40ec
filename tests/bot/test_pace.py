"""A channel that allows little, pauses or is away: nothing is lost, and nothing useless is sent."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

import bot.pace
import bot.sender
from bot.channels.channel import TryLater
from bot.pace import Pace
from handlers.phones import Asker, send_code
from storage.outbox import Waiting
from storage.times import at
from tests.bot.hands import Small, text
from tests.storage.databases import MORNING, HandClock, ask


@dataclass
class Passing:
    """Time in which nothing happens but places that come."""

    clock: HandClock
    slept: list[float] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def monotonic(self) -> float:
        return (self.clock.at - MORNING).total_seconds() + 100

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 2))
        until = self.clock.at + timedelta(seconds=seconds)
        await self.gate.wait()
        self.clock.at = max(self.clock.at, until)


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Passing:
    passing = Passing(HandClock())
    monkeypatch.setattr(bot.pace, "time", passing)
    monkeypatch.setattr(bot.pace, "asyncio", passing)
    return passing


async def test_a_pace_gives_each_its_place(passing: Passing) -> None:
    pace = Pace(10)
    turns = asyncio.gather(*(pace.turn() for _ in range(3)))
    await asyncio.sleep(0)
    passing.gate.set()
    await turns
    assert passing.slept == [0.1, 0.2]


async def test_no_place_is_spent_on_what_cannot_use_it(small: Small, passing: Passing) -> None:
    """Sixty at once, one a second: most leases end before their place would come."""
    passing.clock, pace = small.clock, Pace(1)
    passing.gate.set()
    small.sender._paces["web"] = pace
    offered, held = small.sender.offer, list[Waiting]()
    small.sender.offer = held.extend  # type: ignore[method-assign,assignment]
    for n in range(60):
        await small.turns(small.update(str(n), f"c{n}"))
    for one in held:
        offered([one])
    await small.sender.drained()
    assert 20 <= len(small.web.tried) < 30
    assert pace.free_at == pytest.approx(100 + len(small.web.tried) - 1)
    for _ in range(100):
        if len(small.web.delivered) == 60:
            break
        small.clock.forward(seconds=0.5)
        await small.sender._claim()
        await small.sender.drained()
    assert small.clock.now() - MORNING < timedelta(seconds=65)
    assert len({one.chat for one in small.web.tried}) == len(small.web.tried)


async def test_what_would_wait_long_for_its_place_waits_in_the_table(
    small: Small, passing: Passing
) -> None:
    passing.clock, pace = small.clock, Pace(1, free_at=112)
    passing.gate.set()
    small.sender._paces["web"] = pace
    await small.say("một")
    await small.notice("b", text("tin"))
    await small.deliver()
    assert (small.web.tried, pace.free_at) == ([], 112)
    small.clock.forward(seconds=12)
    await small.deliver()
    assert sorted(small.web.texts()) == ["một", "tin"]


async def test_what_is_too_much_for_our_hands_waits_in_the_table(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.sender, "IN_HAND", 2)
    small.web.gate.clear()
    for chat in ("a", "b", "c"):
        await small.turns(small.update("một", chat))
    for _ in range(20):
        await asyncio.sleep(0)
    assert [one.chat for one in small.web.tried] == ["a", "b"]
    small.web.gate.set()
    await small.deliver()
    assert small.web.texts("c") == ["một"]


async def test_who_waited_for_a_place_sees_the_pause(small: Small, passing: Passing) -> None:
    passing.clock = small.clock
    small.sender._paces["web"] = Pace(1)
    small.web.then.append(TryLater("429", after=40, everyone=True))
    small.web.gate.clear()
    await small.turns(small.update("một", "a"))
    await small.turns(small.update("hai", "b"))
    for _ in range(20):
        await asyncio.sleep(0)
    assert passing.slept
    small.web.gate.set()
    for _ in range(20):
        await asyncio.sleep(0)
    passing.gate.set()
    await small.sender.drained()
    assert len(small.web.tried) == 1
    small.clock.forward(seconds=50)
    await small.deliver()
    assert sorted(small.web.texts()) == ["hai", "một"]


def test_a_pause_is_never_shortened_and_faults_pause_briefly() -> None:
    pace, now, waits = Pace(), MORNING, []
    for _ in range(6):
        pace.fault(now)
        pace.fault(now)  # it was on its way together with the first
        waits.append((pace.paused_until - now).total_seconds())
        now = pace.paused_until
    assert waits == [1, 2, 4, 8, 8, 8]
    pace.pause(now + timedelta(seconds=40))
    pace.pause(now + timedelta(seconds=2))
    assert pace.paused_until == now + timedelta(seconds=40)


async def test_one_that_was_tried_for_long_does_not_mute_the_others(small: Small) -> None:
    small.web.then.extend([TryLater("unreached", everyone=True)] * 12)
    await small.say("một", "a")
    while small.web.then:
        small.clock.forward(seconds=1)
        await small.deliver()
    (row,) = await ask(small.database, "SELECT attempts, not_before FROM outbox")
    assert row["attempts"] == 12
    assert at(row["not_before"]) > small.clock.now() + timedelta(seconds=50)
    await small.say("hai", "b")
    small.clock.forward(seconds=8)
    await small.deliver()
    assert small.web.texts() == ["hai"]
    assert small.sender._paces["web"].faults == 0


# --- what is good for minutes only ---------------------------------------------------------


async def code(small: Small) -> None:
    asker = Asker(1, "web", "room", "vi")
    await small.database.run(lambda unit: send_code("+84900000001", asker, unit, again=True))


@pytest.mark.parametrize("fault", [TryLater("500"), TryLater("account", after=3600)])
async def test_a_code_that_is_too_old_lets_the_new_one_go(small: Small, fault: TryLater) -> None:
    small.sms.then.extend([fault] * 99)
    await code(small)
    for _ in range(301):
        await small.deliver()
        small.clock.forward(seconds=1)
    await small.deliver()  # it is buried
    small.sms.then.clear()
    await code(small)
    await small.deliver()
    assert [one.seq for one in small.sms.delivered] == [2]
    (lost,) = await small.database.run(lambda unit: unit.outbox.dead())
    assert (lost.seq, lost.error) == (1, "too late")


async def test_a_code_never_waits_long_for_its_next_try(small: Small) -> None:
    small.sms.then.extend([TryLater("500")] * 99)
    await code(small)
    for _ in range(299):
        await small.deliver()
        small.clock.forward(seconds=1)
    assert len(small.sms.tried) > 299 / 13
