"""Delivers the outbox: in order within a chat, with limits, retries, and a dead letter at the end.

What this process has just committed it sends at once, under a lease; whatever is left over (a
crash, a passing fault, another process's notice) is claimed from the table. Within a chat the next
message goes only when the one before is marked, so a crash repeats at most the one in flight.

A message is given back where its lease would end before its place in the channel's pace comes, and
left to its new owner where it did end. A chat is "behind" while one of its messages waits in the
table: what is said later waits there too.
"""

import asyncio
import contextlib
import random
import time
from collections import deque
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot import metrics
from bot.channels.channel import Channel, Delivered, TryLater, Undeliverable
from bot.letters import letter
from bot.logs import failed
from bot.pace import Pace
from storage import outbox
from storage.faults import Conflict, Unavailable
from storage.outbox import Waiting
from storage.times import at
from storage.unit import Clock, Database, Unit

log = structlog.get_logger()
AT_ONCE = 100
IN_HAND = 500  # chats; more are not claimed, for their leases would end before their turn
FAULTS = 5  # tries of a message that our own fault keeps from being sent
AGAIN = 0.2  # seconds until marks are written again after the database was away
ENDED = 1000  # chats of which it is remembered how far they were sent
BREATH = 0.05  # seconds from the end of a chat to the next look at the table
POLL = 1.0  # seconds between two looks at the table
LONGEST = 300.0  # seconds between two tries
A_WHILE = 60.0  # the same where the whole channel was away: it was not the message's fault
SOON = 10.0  # the same for what is good for minutes only
GIVE_UP = timedelta(hours=24)
FOREVER = datetime.max.replace(tzinfo=UTC)

Marks = list[tuple[tuple[int, int], "asyncio.Future[None]"]]


class Sender:
    """Delivers what is in the outbox; `without` is a channel that this process cannot reach."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        clock: Clock,
        paces: Mapping[str, float] | None = None,
        without: str = "",
    ) -> None:
        self._database, self._channels, self._clock = database, channels, clock
        self._without = without
        self._paces = {name: Pace((paces or {}).get(name)) for name in channels}
        self._queues: dict[int, deque[Waiting]] = {}
        self._last: dict[int, int] = {}
        self._ended: dict[int, int] = {}
        self._behind: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._marks: Marks = []
        self._marking: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._soon: asyncio.TimerHandle | None = None

    # --- from the turn ---------------------------------------------------------------------

    def offer(self, said: Sequence[Waiting]) -> None:
        """Send what a turn said; it is committed, its lease is ours. None: look at the table."""
        if not said:
            self._wake.set()
        elif self._follows(said[0]) and self._has_room(said[0].channel):
            for one in said:
                self._append(one)
        else:
            self._behind.add(said[0].conversation)
            self._keep(self._release(said))

    def _follows(self, one: Waiting) -> bool:
        """Whether nothing of this chat waits in the table between what we hold and this."""
        last = self._last.get(one.conversation)
        return one.conversation not in self._behind if last is None else one.seq == last + 1

    def _has_room(self, channel: str) -> bool:
        return len(self._queues) < IN_HAND and self._is_open(channel)

    def _is_open(self, channel: str) -> bool:
        """Whether what comes now would be sent soon, well within its lease."""
        pace = self._paces[channel]
        soon = pace.wait() < outbox.LEASE.total_seconds() / 3
        return soon and pace.paused_until <= self._clock.now()

    def take(self, claimed: Sequence[Waiting]) -> None:
        """Send these: each was claimed, and is the first that waits in its chat."""
        for one in claimed:
            if one.seq > self._last.get(one.conversation, 0):  # else its turn is still to come
                self._behind.discard(one.conversation)
                self._append(one)

    def _append(self, one: Waiting) -> None:
        self._last[one.conversation] = one.seq
        queue = self._queues.get(one.conversation)
        if queue is not None:
            queue.append(one)
            return
        self._queues[one.conversation] = deque([one])
        self._keep(self._drain(one.conversation))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def holds(self, conversation: int, before: int) -> bool:
        """Whether all unsent messages of the chat before this number are, or just were, ours."""
        return self._last.get(conversation, self._ended.get(conversation)) == before - 1

    def wake(self) -> None:
        """Look at the table now."""
        self._wake.set()

    # --- the loop --------------------------------------------------------------------------

    async def run(self) -> None:
        """Claim and send until cancelled."""
        while True:
            self._wake.clear()
            try:
                full = await self._claim()
            except Unavailable as error:
                full = False
                log.warning("the outbox waits for the database", why=str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, sending goes on
                full = False
                failed("the outbox could not be read", error)
            if not full:
                await self._rest()

    async def _rest(self) -> None:
        """Until something may be due."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL):
                await self._wake.wait()

    def _look_soon(self) -> None:
        """Once for all chats that end within a breath: a look costs as much as a message."""
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(BREATH, self._look)

    def _look(self) -> None:
        self._soon = None
        self._wake.set()

    async def _claim(self) -> bool:
        now, most = self._clock.now(), min(AT_ONCE, IN_HAND - len(self._queues))
        if most <= 0:
            return False
        without = {self._without, *(name for name in self._paces if not self._is_open(name))}
        try:
            claimed = await self._database.run(lambda unit: unit.outbox.claim(now, most, without))
        except Conflict:
            return True
        self.take(claimed)
        return len(claimed) == AT_ONCE

    async def drained(self) -> None:
        """Wait until nothing is on its way from here."""
        while self._tasks or self._marking:
            waiting = [*self._tasks, *([self._marking] if self._marking else [])]
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _drain(self, conversation: int) -> None:
        """Send one chat's messages, one after the other."""
        queue, gone = self._queues[conversation], False
        try:
            while queue and not gone:
                gone = not await self._first(queue)
        except (Unavailable, Conflict):
            gone = True
            log.warning("a message waits for the database")  # its lease will end
        except Exception as error:  # noqa: BLE001 - whatever it is, the other chats go on
            gone = True
            failed("a message could not be handled; its lease will end", error)
        finally:
            del self._queues[conversation]
            last = self._last.pop(conversation)
            if gone:
                self._behind.add(conversation)
            else:
                self._remember(conversation, last)
        await self._release(queue)

    def _remember(self, conversation: int, last: int) -> None:
        """Up to here nothing of the chat waits."""
        if len(self._ended) >= ENDED:
            self._ended.clear()
        self._ended[conversation] = last

    async def _first(self, queue: deque[Waiting]) -> bool:
        """Deliver the first. False where what is left in the queue must wait."""
        waiting = queue[0]
        channel = self._channels.get(waiting.channel)
        if channel is None:
            await self._bury(queue.popleft(), "the channel is switched off")
            return True
        pace = self._paces[waiting.channel]
        if _good_until(waiting) <= self._clock.now() + timedelta(seconds=pace.wait()):
            await self._bury(queue.popleft(), "too late")
            return True
        if await self._in_turn(waiting, pace):
            return await self._settle(queue.popleft(), await self._sent(channel, waiting))
        if pace.paused_until > self._clock.now():
            why = "the channel asked to pause"
            await self._later(queue.popleft(), pace.paused_until, why, tried=False)
        return False

    async def _in_turn(self, waiting: Waiting, pace: Pace) -> bool:
        """Wait for its place. False where it may not go then; what is known now takes none."""
        then = timedelta(seconds=pace.wait()) + outbox.LEASE / 6  # some time for the sending
        if not self._may_go(waiting, pace, then):
            return False
        await pace.turn()
        return self._may_go(waiting, pace, timedelta())

    def _may_go(self, waiting: Waiting, pace: Pace, then: timedelta) -> bool:
        now = self._clock.now()
        return pace.paused_until <= now and now + then < waiting.until

    async def _sent(
        self, channel: Channel, waiting: Waiting
    ) -> Delivered | TryLater | Undeliverable:
        begun = time.perf_counter()
        try:
            outcome = await channel.send(letter(waiting))
        except Exception as error:  # noqa: BLE001 - a bug of ours must not block a chat
            failed("a message could not be sent", error, channel=waiting.channel)
            why, last = f"a fault of ours: {type(error).__name__}", waiting.attempts + 1 >= FAULTS
            outcome = Undeliverable(why) if last else TryLater(why)
        metrics.SEND.labels(waiting.channel).observe(time.perf_counter() - begun)
        metrics.SENT.labels(waiting.channel, type(outcome).__name__).inc()
        return outcome

    async def _settle(
        self, waiting: Waiting, outcome: Delivered | TryLater | Undeliverable
    ) -> bool:
        match outcome:
            case Delivered():
                self._paces[waiting.channel].faults = 0
                await self._mark(waiting)
                return True
            case Undeliverable(why, _):
                await self._bury(waiting, why)
                return True
            case TryLater(why, after, everyone, _):
                return await self._retry(waiting, why, after, everyone=everyone)

    async def _retry(
        self, waiting: Waiting, why: str, after: float | None, *, everyone: bool
    ) -> bool:
        now = self._clock.now()
        if now - waiting.created_at > GIVE_UP:
            await self._bury(waiting, f"given up after 24 hours: {why}")
            return True
        longest = SOON if "good_until" in waiting.body else A_WHILE if everyone else LONGEST
        wait = after if after is not None else min(2.0 ** min(waiting.attempts, 9), longest)
        when = now + timedelta(seconds=wait * random.uniform(1.0, 1.2))  # noqa: S311 - jitter
        if everyone and after is not None:
            self._paces[waiting.channel].pause(when)
        elif everyone:  # its own wait grows with its tries; the others' must not
            self._paces[waiting.channel].fault(now)
        await self._later(waiting, when, why)
        return False

    # --- marks -----------------------------------------------------------------------------

    def _mark(self, waiting: Waiting) -> "asyncio.Future[None]":
        """Have it marked as sent, together with whatever else was sent meanwhile."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._marks.append(((waiting.conversation, waiting.seq), future))
        if self._marking is None:
            self._marking = asyncio.create_task(self._write_marks())
        return future

    async def _write_marks(self) -> None:
        while self._marks:
            batch, self._marks = self._marks, []
            try:
                mark = partial(self._mark_sent, [key for key, _ in batch])
                await self._database.run(mark, lazily=True)  # one call of the driver is atomic
            except (Unavailable, Conflict):
                self._marks = [*batch, *self._marks]
                await asyncio.sleep(AGAIN)
                continue
            except Exception as error:  # noqa: BLE001 - handed to those who wait
                _settle(batch, error)
                continue
            _settle(batch, None)
        self._marking = None

    async def _mark_sent(self, which: Sequence[tuple[int, int]], unit: Unit) -> None:
        await unit.outbox.sent(which, self._clock.now())

    async def _later(
        self, waiting: Waiting, when: datetime, why: str, *, tried: bool = True
    ) -> None:
        when = min(when, _good_until(waiting))  # it is buried then, and what follows may go
        await self._database.run(lambda unit: unit.outbox.later(waiting, when, why, tried=tried))

    async def _bury(self, waiting: Waiting, why: str) -> None:
        row, seq = waiting.conversation, waiting.seq
        log.warning(
            "a message cannot be delivered", channel=waiting.channel, row=row, seq=seq, why=why
        )
        await self._database.run(lambda unit: unit.outbox.bury(waiting, why))

    async def _release(self, unsent: Iterable[Waiting]) -> None:
        """Give back what was not tried, and look what is due now."""
        which = list(unsent)
        try:
            if which:
                await self._database.run(lambda unit: unit.outbox.release(which))
        except (Unavailable, Conflict):
            log.warning("messages wait for the database")  # their leases will end
        finally:
            self._look_soon()


def _settle(batch: Marks, error: Exception | None) -> None:
    for _, future in batch:
        if future.done():
            continue
        future.set_result(None) if error is None else future.set_exception(error)


def _good_until(waiting: Waiting) -> datetime:
    return at(waiting.body["good_until"]) if "good_until" in waiting.body else FOREVER
