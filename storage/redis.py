"""Redis holds only what may be lost; the program runs without it."""

import asyncio
from collections.abc import Awaitable, Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError

PATIENCE = 3.0  # seconds
AGAIN = 2.0  # seconds until a lost Redis is asked again
BELL = "tramoi:bell"
GONE = (RedisError, OSError)


class Bell:
    """Tells the other processes of something that one of them may have to show at once.

    A ring that is lost costs a minute at the most: whoever waits looks by itself, too.
    """

    def __init__(self, url: str) -> None:
        self._client = Redis.from_url(url, socket_connect_timeout=PATIENCE, decode_responses=True)

    async def ring(self, word: str) -> None:
        """Tell all processes. Never raises for what Redis does."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._client.publish(BELL, word)
        except (*GONE, TimeoutError):
            return

    async def listen(self, heard: Callable[[str], Awaitable[None]]) -> None:
        """Call `heard` with every word, until cancelled; a Redis that is away is waited for."""
        while True:
            try:
                await self._listen(heard)
            except GONE:
                await asyncio.sleep(AGAIN)

    async def _listen(self, heard: Callable[[str], Awaitable[None]]) -> None:
        async with self._client.pubsub() as line:
            await line.subscribe(BELL)
            async for message in line.listen():
                if message["type"] == "message":
                    await heard(message["data"])

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()


async def ping(url: str) -> str | None:
    """None where Redis answers at this address, else why not."""
    try:
        client = Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)
    except ValueError:
        return "the address is not understood; write redis://host:6379/0"
    try:
        await client.ping()
    except GONE as error:
        return f"it does not answer: {type(error).__name__}"
    finally:
        await client.aclose()
    return None
