"""Two processes, one database: what one sends reaches the page that is open at the other."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.channels.channel import Shown
from bot.clock import RealClock, RealCodes
from bot.processes import running
from bot.samples import put_samples
from bot.settings import Settings
from bot.wiring import Program, open_database
from storage.crypto import Vault, new_ring, read_ring, write_ring
from storage.migrate import migrate
from storage.redis import Bell
from storage.unit import Unit
from tools.services import RedisServer, free_port


async def prepared(folder: Path, url: str, redis: str) -> Settings:
    data, index = folder / "data.keys", folder / "index.key"
    write_ring(new_ring(), data, index)
    settings = Settings(
        database_url=url, redis_url=redis, data_keys_file=data, index_key_file=index, port=0,
        _env_file=None,
    )  # fmt: skip
    await asyncio.to_thread(migrate, url)
    ring = read_ring(data, index)
    database = open_database(settings, Vault(ring), RealClock(), RealCodes())
    await database.run(put_samples)
    await database.close()
    return settings


@asynccontextmanager
async def page(port: int) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    origin = f"http://127.0.0.1:{port}"
    async with (
        aiohttp.ClientSession() as browser,
        browser.ws_connect(f"{origin}/chat/socket", headers={"Origin": origin}) as line,
    ):
        yield line


async def until(line: aiohttp.ClientWebSocketResponse, key: str) -> dict[str, object]:
    async with asyncio.timeout(20):
        while True:
            frame: dict[str, object] = json.loads((await line.receive()).data)
            if key in frame:
                return frame


async def one_chat(program: Program) -> int:
    async def find(unit: Unit) -> int:
        chats = [await unit.conversations.by_id(row) for row in range(1, 9)]
        return next(chat.id for chat in chats if chat)

    return await program.database.run(find)


async def test_the_page_at_another_process_is_told(
    tmp_path: Path, postgres_url: str, redis_server: RedisServer
) -> None:
    settings = await prepared(tmp_path, postgres_url, redis_server.url)
    port = free_port()
    first, second = (settings.model_copy(update={"port": one}) for one in (port, free_port()))
    async with running(first, work=False) as here, page(port) as line:
        await line.send_json({"since": 0})
        await until(line, "upto")
        await line.send_json({"id": "mark-0001", "text": "menu"})
        await until(line, "seq")
        await here.sender.drained()
        here.sender._without = "web"  # this one leaves what comes next to the other
        async with running(second, work=False) as there:
            row = await one_chat(there)
            body = Shown("từ nơi khác").as_json()
            await there.database.run(lambda unit: unit.outbox.post_to(row, body, unit.now()))
            there.sender.wake()
            told = await until(line, "seq")
    assert told["text"] == "từ nơi khác"


async def test_a_redis_that_is_away_costs_nothing_but_the_haste() -> None:
    bell = Bell(f"redis://127.0.0.1:{free_port()}/0")
    await bell.ring("a 1")
    await bell.close()
