"""The whole program on files of its own, as a story needs it: with the story's time and chance."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from bot.channels.webchat_rooms import Pace, Paces
from bot.processes import running
from bot.samples import put_samples
from bot.settings import Settings, read_settings
from bot.stories.fixed import StoryClock, StoryCodes
from bot.wiring import Program, open_database, ring_of
from storage.crypto import Vault, new_ring, write_ring
from storage.demonstration import claim
from storage.migrate import migrate
from storage.rules import RuleRow
from storage.unit import Unit
from tests.standins.sms import KEY, SmsStandin
from tools.services import free_port

Result = TypeVar("Result")
QUICK = Pace(a_minute=6000, burst=1000)


class Stage:
    """One program that may be stopped and started again on the same files and the same port."""

    def __init__(self, settings: Settings, clock: StoryClock) -> None:
        self.settings, self.clock, self.codes = settings, clock, StoryCodes()
        self._program: Program | None = None
        self._open = AsyncExitStack()

    @property
    def program(self) -> Program:
        assert self._program is not None, "the program is not running"
        return self._program

    @property
    def url(self) -> str:
        return f"http://{self.settings.host}:{self.settings.port}"

    async def furnish(self, rules: str = "{}") -> None:
        """What an operator does first: keys, tables, the station, and the rules of a story."""
        keys = self.settings.data_keys_file, self.settings.index_key_file
        await asyncio.to_thread(write_ring, new_ring(), *keys)
        if self.settings.sqlite_path:
            claim(self.settings.sqlite_path, demo=self.settings.demo)
        await asyncio.to_thread(migrate, self.settings.database_url)
        vault = Vault(ring_of(self.settings))
        database = open_database(self.settings, vault, self.clock, self.codes)

        async def put(unit: Unit) -> None:
            await put_samples(unit)
            await unit.rules.put(RuleRow("", "2021-01-01", None, rules))

        await database.run(put)
        await database.close()

    async def start(self) -> None:
        running_program = running(self.settings, self.clock, self.codes)
        self._program = await self._open.enter_async_context(running_program)
        if self._program.web:
            # A test types faster than people do.
            self._program.web._paces = Paces(QUICK, time.monotonic)

    async def stop(self) -> None:
        """As on SIGTERM: what is heard is answered first."""
        self._program = None
        await self._open.aclose()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def look(self) -> None:
        """The program looks at once what has fallen due."""
        await self.program.loop.tick()

    async def quiet(self) -> None:
        """Until nothing is on its way out."""
        await self.program.sender.drained()

    async def ask(self, work: Callable[[Unit], Awaitable[Result]]) -> Result:
        """Look into the database."""
        return await self.program.database.run(work)


@asynccontextmanager
async def staged(
    folder: Path, clock: StoryClock, rules: str = "{}", **given: Any
) -> AsyncIterator[Stage]:
    """The program, running; `given` are its settings beside those that every stage needs."""
    stage = Stage(_settings(folder, **given), clock)
    await stage.furnish(rules)
    await stage.start()
    try:
        yield stage
    finally:
        await stage.stop()


def by_sms(gateway: SmsStandin) -> dict[str, Any]:
    """The settings for codes that go through this gateway."""
    body = {"to": "{phone}", "text": "{text}", "id": "{id}"}
    headers = {"Authorization": f"Bearer {KEY}"}
    return {
        "sms_url": gateway.url,
        "sms_body": json.dumps(body),
        "sms_headers": headers,
        "sms_success": "CodeResult=100",
    }


def _settings(folder: Path, **given: Any) -> Settings:
    port = free_port()
    own = {
        "_env_file": None,
        "host": "127.0.0.1",
        "port": port,
        "public_url": f"http://127.0.0.1:{port}",
        "database_url": f"sqlite:///{folder / 'station.db'}",
        "data_keys_file": folder / "data.keys",
        "index_key_file": folder / "index.key",
        "telegram_per_second": 10_000.0,
    }
    return read_settings(**{**own, **given})
