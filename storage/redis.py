"""Redis holds only what may be lost; the program runs without it."""

from redis.asyncio import Redis
from redis.exceptions import RedisError

PATIENCE = 3.0  # seconds


async def ping(url: str) -> str | None:
    """None where Redis answers at this address, else why not."""
    try:
        client = Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)
    except ValueError:
        return "the address is not understood; write redis://host:6379/0"
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        return f"it does not answer: {type(error).__name__}"
    finally:
        await client.aclose()
    return None
