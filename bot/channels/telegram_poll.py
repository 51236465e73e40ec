"""Asking Telegram for updates, and confirming them only when they were heard.

Raising the offset tells Telegram to forget everything below it. So the offset is always the
oldest update that is not heard yet; what comes again meanwhile is recognised by its number.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from itertools import count

import structlog

from bot.channels.telegram_read import Raw, chat_of
from storage.unit import Unavailable

LONG = 50  # seconds that Telegram may keep a question open
GLANCE = 0.2  # seconds between two questions while something is still being heard
TRIES = 3
SLOWEST = 60.0  # seconds for one update
AT_ONCE = 16  # chats heard in parallel

Pull = Callable[[int | None, int], Awaitable[Sequence[Raw]]]
Rest = Callable[[float], Awaitable[object]]
log = structlog.get_logger()


def backoff(tries: int, most: float = 60.0) -> float:
    """Seconds to wait after so many failures, a little different each time."""
    share = random.uniform(0.5, 1)  # noqa: S311 - it spreads load and guards nothing
    return share * min(most, 0.5 * 2.0 ** min(tries, 10))


class Poller:
    """One run of long polling. `pull(offset, seconds)` asks; `hear(update)` returns once committed.

    A chat's updates are heard in order, different chats at the same time. While the database is
    away everything waits. An update that fails otherwise is given up after three tries, so that
    it cannot hold back the others for ever.
    """

    def __init__(
        self, pull: Pull, hear: Callable[[Raw], Awaitable[None]], rest: Rest = asyncio.sleep
    ) -> None:
        self._pull, self._hear, self._rest = pull, hear, rest
        self._open: dict[int, asyncio.Task[None]] = {}
        self._last_of: dict[str, asyncio.Task[None]] = {}
        self._taken: set[int] = set()
        self._offset: int | None = None
        self._room = asyncio.Semaphore(AT_ONCE)
        self._failures = 0

    async def run(self) -> None:
        """Ask until cancelled; what is being heard then is rolled back and comes again."""
        async with asyncio.TaskGroup() as group:
            while True:
                for update in await self._asked():
                    self._take(update, group)
                if self._open:
                    await asyncio.wait(self._open.values(), timeout=GLANCE)

    async def _asked(self) -> Sequence[Raw]:
        offset = min(self._open, default=self._offset)
        idle = not self._open
        try:
            updates = await self._pull(offset, LONG if idle else 0)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is asked again
            self._failures += 1
            log.warning("telegram_poll_failed", error=type(fault).__name__, times=self._failures)
            await self._rest(backoff(self._failures))
            return ()
        self._failures = 0
        self._confirmed(offset, nothing_left=idle and not updates)
        return updates

    def _confirmed(self, offset: int | None, *, nothing_left: bool) -> None:
        if nothing_left:
            # All is confirmed. Ids may start again at a lower number after a quiet week:
            # an offset kept from before would then hide the new ones.
            self._offset = None
            self._taken.clear()
        elif offset is not None:
            self._taken = {number for number in self._taken if number >= offset}

    def _take(self, update: Raw, group: asyncio.TaskGroup) -> None:
        number = update["update_id"]
        if number in self._taken:
            return
        chat = chat_of(update)
        task = group.create_task(self._in_turn(update, self._last_of.get(chat)))
        self._taken.add(number)
        self._open[number] = self._last_of[chat] = task
        self._offset = max(number + 1, self._offset or 0)
        task.add_done_callback(lambda done: self._done(number, chat, done))

    def _done(self, number: int, chat: str, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            del self._open[number]
        if self._last_of.get(chat) is task:
            del self._last_of[chat]

    async def _in_turn(self, update: Raw, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        async with self._room:
            await self._heard(update)

    async def _heard(self, update: Raw) -> None:
        failed = 0
        for tries in count():
            try:
                async with asyncio.timeout(SLOWEST):
                    return await self._hear(update)
            except Unavailable:
                await self._rest(backoff(tries, most=10))
            except Exception as fault:  # noqa: BLE001 - whatever it is, it must not stop the others
                failed += 1
                # Neither its sentence nor its trace: they may quote a person.
                log.error("telegram_update_failed", error=type(fault).__name__, times=failed)  # noqa: TRY400
                if failed == TRIES:
                    return None
                await self._rest(backoff(failed, most=5))
        return None
