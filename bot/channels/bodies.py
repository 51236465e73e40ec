"""Bodies from strangers, read up to a limit."""

from asyncio import IncompleteReadError

from aiohttp import StreamReader


async def read_within(stream: StreamReader, most: int) -> bytes | None:
    """All of it, or None if it is longer than `most` bytes. Raises what a broken line raises."""
    try:
        await stream.readexactly(most + 1)
    except IncompleteReadError as whole:
        return whole.partial
    return None
