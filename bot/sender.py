"""Delivers the outbox: in order within a chat, with limits, retries, and a dead letter at the end.

What this process has just committed it sends at once, under a lease; whatever is left over (a
crash, a passing fault, another process's notice) is claimed from the table. Within a chat the next
message goes only when the one before is marked, so a crash repeats at most the one in flight.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot import metrics
from bot.channels.channel import (
    Channel,
    Delivered,
    Letter,
    Shown,
    TryLater,
    Undeliverable,
    show,
)
from conversations.notices import words
from conversations.text import phrasebook
from storage.faults import Conflict, Unavailable
from storage.outbox import Waiting
from storage.unit import Clock, Database, Unit

log = structlog.get_logger()
AT_ONCE = 100
AGAIN = 0.2  # seconds until marks are written again after the database was away
POLL = 1.0  # seconds between two looks at the table
LONGEST = 300.0  # seconds between two tries
GIVE_UP = timedelta(hours=24)


@dataclass
class Pace:
    """So many sends a second at the most; None is no limit."""

    per_second: float | None
    free_at: float = 0.0

    async def turn(self) -> None:
        """Wait for the next place."""
        if self.per_second is None:
            return
        now = time.monotonic()
        self.free_at = max(self.free_at + 1 / self.per_second, now)
        if self.free_at > now:
            await asyncio.sleep(self.free_at - now)


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
        self._tasks: set[asyncio.Task[None]] = set()
        self._marks: list[tuple[tuple[int, int], asyncio.Future[None]]] = []
        self._marking: asyncio.Task[None] | None = None
        self._paused: dict[str, datetime] = {}
        self._wake = asyncio.Event()

    # --- from the turn ---------------------------------------------------------------------

    def offer(self, said: Sequence[Waiting]) -> None:
        """Send these; they are committed, and their lease is ours. None: look at the table."""
        if not said:
            self._wake.set()
        for one in said:
            queue = self._queues.get(one.conversation)
            if queue is not None:
                queue.append(one)
                continue
            self._queues[one.conversation] = deque([one])
            self._spawn(one.conversation)

    def holds(self, conversation: int) -> bool:
        """Whether this chat's unsent messages are in this process's hands."""
        return conversation in self._queues

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
            if full:
                continue
            try:
                async with asyncio.timeout(POLL):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _claim(self) -> bool:
        now = self._clock.now()
        try:
            claimed = await self._database.run(
                lambda unit: unit.outbox.claim(now, AT_ONCE, self._without)
            )
        except Conflict:
            return True
        self.offer(claimed) if claimed else None
        return len(claimed) == AT_ONCE

    async def drained(self) -> None:
        """Wait until nothing is on its way from here."""
        while self._tasks or self._marking:
            waiting = [*self._tasks, *([self._marking] if self._marking else [])]
            await asyncio.gather(*waiting, return_exceptions=True)

    def _spawn(self, conversation: int) -> None:
        task = asyncio.create_task(self._drain(conversation))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, conversation: int) -> None:
        """Send one chat's messages, one after the other."""
        queue = self._queues[conversation]
        try:
            while queue:
                if not await self._one(queue.popleft()):
                    await self._release(queue)
                    break
        except Unavailable:
            log.warning("a message waits for the database")  # its lease will end
        except Exception:
            log.exception("a message could not be handled; its lease will end")
        finally:
            del self._queues[conversation]
            self._wake.set()

    async def _one(self, waiting: Waiting) -> bool:
        """Deliver one. False where the ones behind it must wait."""
        channel = self._channels.get(waiting.channel)
        if channel is None:
            await self._bury(waiting, "the channel is switched off")
            return True
        paused = self._paused.get(waiting.channel)
        if paused and paused > self._clock.now():
            await self._later(waiting, paused, "the channel asked to pause")
            return False
        await self._paces[waiting.channel].turn()
        return await self._settle(waiting, await self._sent(channel, waiting))

    async def _sent(
        self, channel: Channel, waiting: Waiting
    ) -> Delivered | TryLater | Undeliverable:
        begun = time.perf_counter()
        outcome = await channel.send(letter(waiting))
        metrics.SEND.labels(waiting.channel).observe(time.perf_counter() - begun)
        metrics.SENT.labels(waiting.channel, type(outcome).__name__).inc()
        return outcome

    async def _settle(
        self, waiting: Waiting, outcome: Delivered | TryLater | Undeliverable
    ) -> bool:
        match outcome:
            case Delivered():
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
        wait = after if after is not None else min(2.0**waiting.attempts, LONGEST)
        when = now + timedelta(seconds=wait * random.uniform(1.0, 1.2))  # noqa: S311 - jitter
        if everyone:
            self._paused[waiting.channel] = when
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
                await self._database.run(partial(self._mark_sent, [key for key, _ in batch]))
            except (Unavailable, Conflict):
                self._marks = [*batch, *self._marks]
                await asyncio.sleep(AGAIN)
                continue
            for _, future in batch:
                if not future.done():
                    future.set_result(None)
        self._marking = None

    async def _mark_sent(self, which: Sequence[tuple[int, int]], unit: Unit) -> None:
        await unit.outbox.sent(which, self._clock.now())

    async def _later(self, waiting: Waiting, when: datetime, why: str) -> None:
        row, seq = waiting.conversation, waiting.seq
        await self._database.run(lambda unit: unit.outbox.later(row, seq, when, why))

    async def _bury(self, waiting: Waiting, why: str) -> None:
        row, seq = waiting.conversation, waiting.seq
        log.warning(
            "a message cannot be delivered", channel=waiting.channel, row=row, seq=seq, why=why
        )
        await self._database.run(lambda unit: unit.outbox.bury(row, seq, why))

    async def _release(self, queue: "deque[Waiting]") -> None:
        which = [(one.conversation, one.seq) for one in queue]
        queue.clear()
        if which:
            await self._database.run(lambda unit: unit.outbox.release(which))


def letter(waiting: Waiting) -> Letter:
    """The letter of a row: what was said, or a notice put into words now."""
    body = waiting.body
    if "notice" in body:
        locale = body.get("facts", {}).get("locale") or waiting.locale or "vi"
        shown = show(words(body["notice"], body.get("facts", {})), phrasebook(locale))
    else:
        shown = Shown.from_json(body)
    asked_by = tuple(body["asked_by"]) if "asked_by" in body else None
    return Letter(waiting.chat, waiting.seq, shown, body.get("to"), asked_by)
