"""How Telegram delivers: at least once, and a chat's updates one after another."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.standins.telegram_rules import Params, Refused, listed

Wait = Callable[[float], Awaitable[object]]
LONGEST_WAIT = 60.0
HANGS_UP = 60.0


@dataclass(frozen=True)
class Attempt:
    """One delivery to the webhook. `status` 0 is a broken line; `wait` until the next, if any."""

    update_id: int
    status: int
    wait: float | None = None


class Delivery:
    """Updates on their way. `lane` of an update is the queue it waits in: one is out at a time."""

    def __init__(self, wait: Wait, perform: Callable[[Params], Awaitable[None]]) -> None:
        self._wait, self._perform = wait, perform
        self.pending: dict[int, Params] = {}
        self.attempts: list[Attempt] = []
        self.url, self.secret, self.allowed = "", "", frozenset[str]()
        self._lanes: dict[Any, deque[Params]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._poll: asyncio.Future[bool] | None = None
        self._asking = asyncio.Event()
        self._session: ClientSession | None = None
        self._room = asyncio.Semaphore(40)
        self.keep = True

    def add(self, update: Params, lane: object) -> None:
        kind = next(key for key in update if key != "update_id")
        if self.allowed and kind not in self.allowed:
            return
        self.pending[update["update_id"]] = {"lane": lane, "update": update}
        self._empty.clear()
        self._news.set()
        if self.url:
            self._queue(lane, update)

    async def settled(self) -> None:
        """Until every update was taken."""
        await self._empty.wait()

    def _taken(self, number: int) -> None:
        self.pending.pop(number, None)
        if not self.pending:
            self._empty.set()

    # The webhook.

    async def set_webhook(self, params: Params) -> None:
        await self.delete_webhook()
        self.url, self.secret = params["url"], str(params.get("secret_token") or "")
        self.allowed = frozenset(listed(params, "allowed_updates"))
        timeout = ClientTimeout(total=HANGS_UP)
        self._session = ClientSession(timeout=timeout) if self._session is None else self._session
        for waiting in [*self.pending.values()]:
            self._queue(waiting["lane"], waiting["update"])

    async def delete_webhook(self) -> None:
        self.url = ""
        self._lanes.clear()
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stop(self) -> None:
        await self.delete_webhook()
        self._end_poll()
        if self._session is not None:
            await self._session.close()

    def _queue(self, lane: object, update: Params) -> None:
        if lane in self._lanes:
            self._lanes[lane].append(update)
            return
        self._lanes[lane] = deque([update])
        task = asyncio.get_running_loop().create_task(self._drive(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drive(self, lane: object) -> None:
        queue = self._lanes[lane]
        while queue:
            async with self._room:
                await self._until_taken(queue[0])
            queue.popleft()
        del self._lanes[lane]

    async def _until_taken(self, update: Params) -> None:
        number, tries = update["update_id"], 0
        while True:
            status, told = await self._post(update)
            if 200 <= status < 300:
                self._note(Attempt(number, status))
                return self._taken(number)
            wait = told if told is not None else min(LONGEST_WAIT, float(2**tries if tries else 0))
            self._note(Attempt(number, status, wait))
            tries += 1
            await self._wait(wait)

    def _note(self, attempt: Attempt) -> None:
        if self.keep:
            self.attempts.append(attempt)

    async def _post(self, update: Params) -> tuple[int, float | None]:
        assert self._session is not None
        body = json.dumps(update, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        try:
            async with self._session.post(self.url, data=body, headers=headers) as answer:
                said = await answer.read()
                if answer.status == 200 and said.startswith(b"{"):
                    await self._perform(json.loads(said))
                told = answer.headers.get("Retry-After", "")
                return answer.status, float(told) if told.isdecimal() else None
        except (ClientError, OSError, TimeoutError):
            return 0, None

    # Long polling.

    async def get_updates(self, params: Params) -> list[Params]:
        if self.url:
            raise Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self._end_poll()
        mine = self._poll = asyncio.get_running_loop().create_future()
        if "allowed_updates" in params:
            self.allowed = frozenset(listed(params, "allowed_updates"))
        for number in [n for n in self.pending if n < _offset(params)]:
            self._taken(number)
        found = await self._arriving(params, mine)
        if mine.done() and not mine.result():
            raise Refused(409, "Conflict: terminated by other getUpdates request")
        self._poll = None
        return found

    def _end_poll(self, *, in_peace: bool = False) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(in_peace)

    async def asked_in_vain(self) -> None:
        """A long question ends without news, and the next one is put."""
        await self._asking.wait()
        self._asking.clear()
        self._end_poll(in_peace=True)
        await self._asking.wait()

    async def _arriving(self, params: Params, mine: asyncio.Future[bool]) -> list[Params]:
        self._news.clear()
        if not self._from(_offset(params)) and (seconds := float(params.get("timeout") or 0)):
            news = asyncio.ensure_future(self._news.wait())
            self._asking.set()
            waits: set[asyncio.Future[Any]] = {news, mine}
            try:
                await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            finally:
                news.cancel()
                self._asking.clear()
        return self._from(_offset(params))[: int(params.get("limit") or 100)]

    def _from(self, offset: int) -> list[Params]:
        waiting = sorted(number for number in self.pending if number >= offset)
        return [self.pending[number]["update"] for number in waiting]


def _offset(params: Params) -> int:
    return int(params.get("offset") or 0)
