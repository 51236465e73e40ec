"""What the channels' tests share: a listener that keeps what it heard, and a small web server."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.channels.channel import Update


class Listener:
    """Stands where the turn stands. `then` holds what the next updates raise; None is heard."""

    def __init__(self) -> None:
        self.heard: list[Update] = []
        self.tried: list[Update] = []
        self.then: deque[Exception | None] = deque()
        self.waits: dict[str, asyncio.Event] = {}
        self._news = asyncio.Condition()

    async def __call__(self, update: Update) -> None:
        self.tried.append(update)
        await self._tell()
        if update.said.text in self.waits:
            await self.waits[update.said.text].wait()
        if self.then and (fault := self.then.popleft()) is not None:
            raise fault
        self.heard.append(update)
        await self._tell()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def until(self, true: Callable[[], bool]) -> None:
        async with self._news, asyncio.timeout(30):
            await self._news.wait_for(true)

    async def has(self, number: int) -> list[Update]:
        """The updates, once there are so many."""
        await self.until(lambda: len(self.heard) >= number)
        return self.heard

    @property
    def texts(self) -> list[str]:
        return [update.said.text for update in self.heard]


@asynccontextmanager
async def serving(path: str, handler: Callable[..., object]) -> AsyncIterator[str]:
    """A web server with one POST handler; gives its address."""
    app = web.Application()
    app.router.add_post(path, handler)  # type: ignore[arg-type]
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{path}"
    finally:
        await runner.cleanup()
