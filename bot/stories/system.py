"""A whole system for one story: its own database, clock, chance and channels, nothing else."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar

from bot.channels.channel import Channel, Delivered, Letter, TryLater, Undeliverable, Update
from bot.channels.sms import PretendPhone
from bot.clock import expire_forms
from bot.samples import STATION, put_samples
from bot.sender import Sender
from bot.stories.fixed import StoryClock, StoryCodes
from bot.turn import Turns, World
from bot.wiring import policies, router, station_of
from conversations.messages import VIETNAM, Capabilities, Turn
from conversations.router import Router
from handlers.places import Places
from storage.crypto import Keyring, Vault, new_ring
from storage.faults import Unavailable
from storage.migrate import migrate
from storage.outbox import Waiting
from storage.rules import RuleRow
from storage.sqlite import SqliteDatabase
from storage.unit import Database, Unit, builder

Result = TypeVar("Result")
Work = Callable[[Unit], Awaitable[Result]]
Away = Literal["at once", "at the end"]
Fault = TryLater | Undeliverable
AT_ONCE = 100
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder made there is as private as any other


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a story plays.

    `rules` is the policy that holds everywhere, as JSON; `sms`: whether text messages can be sent.
    """

    clock: StoryClock
    channels: Mapping[str, Capabilities]
    tell: Callable[[str, Letter], None]
    rules: str = "{}"
    sms: bool = True


class StoryChannel:
    """A channel whose messages are told instead of sent."""

    def __init__(self, name: str, can: Capabilities, tell: Callable[[str, Letter], None]) -> None:
        self.name, self.can, self._tell = name, can, tell
        self.fault: Fault | None = None

    async def send(self, letter: Letter) -> Delivered | TryLater | Undeliverable:
        """Tell it, unless the story says that the channel refuses."""
        if self.fault:
            return self.fault
        self._tell(self.name, letter)
        return Delivered()


class BreakableDatabase:
    """The database, until the story takes it away: before the work, or when it is to be kept."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.away: Away | None = None

    @property
    def kind(self) -> str:
        """The engine."""
        return self._database.kind

    async def run(self, work: Work[Result], *, lazily: bool = False) -> Result:
        """Do the work in one transaction. Raises Unavailable and Conflict."""
        if self.away == "at once":
            raise Unavailable("the story took the database away")
        return await self._database.run(self._lost(work) if self.away else work, lazily=lazily)

    def _lost(self, work: Work[Result]) -> Callable[[Unit], Awaitable[Result]]:
        async def lost(unit: Unit) -> Result:
            await work(unit)
            raise Unavailable("the story took the database away before the commit")

        return lost

    async def close(self) -> None:
        """Let go of it."""
        await self._database.close()


@dataclass
class System:
    """The parts of `bot.wiring`, put together for a story. Used as `async with`."""

    scene: Scene
    router: Router = field(default_factory=router)
    codes: StoryCodes = field(default_factory=StoryCodes)
    database: BreakableDatabase = field(init=False)
    sender: Sender = field(init=False)
    channels: dict[str, Channel] = field(init=False)
    turns: Turns = field(init=False)
    world: World = field(init=False)
    _folder: "tempfile.TemporaryDirectory[str]" = field(init=False)

    async def __aenter__(self) -> Self:
        self._folder = await asyncio.to_thread(_new_folder)
        self._open()
        await self.database.run(self._furnish)
        self.world = await self._world()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.database.close()
        self._folder.cleanup()

    async def restart(self) -> None:
        """Everything anew from what the database remembers."""
        await self.database.close()
        self._open()
        self.world = await self._world()

    async def hear(self, update: Update) -> None:
        """One message, and all that follows from it. Raises Unavailable."""
        await self.turns(update)
        await self.settle()

    async def pass_time(self, by: timedelta) -> None:
        """Time passes, and what falls due is done."""
        self.scene.clock.move(by)
        await expire_forms(self.database, self.scene.clock)
        self.world = await self._world()
        await self.settle()

    async def settle(self) -> None:
        """Send until nothing more can be sent now."""
        while True:
            await self.sender.drained()
            waiting = await self.database.run(self._claimed)
            if not waiting:
                return
            self.sender.take(waiting)

    async def _claimed(self, unit: Unit) -> Sequence[Waiting]:
        return await unit.outbox.claim(self.scene.clock.now(), AT_ONCE)

    def break_channels(self, fault: Fault | None) -> None:
        """All channels answer so from now on; None: they work again."""
        for channel in self.channels.values():
            if isinstance(channel, StoryChannel):
                channel.fault = fault

    def stumble_once(self) -> None:
        """The next message meets a bug of ours."""
        hear = self.router.hear

        def stumble(*_heard: object) -> Turn:
            self.router.hear = hear  # type: ignore[method-assign]
            raise ArithmeticError("a bug, as the story wants it")

        self.router.hear = stumble  # type: ignore[assignment,method-assign]

    def use(self, new: Router) -> None:
        """Another release of the dialogs takes over."""
        self.router = new
        self._wire()

    # --- how it is built -------------------------------------------------------------------

    def _open(self) -> None:
        build = builder(self.scene.clock, self.codes, Vault(_ring()))
        path = Path(self._folder.name, "story.db")
        self.database = BreakableDatabase(SqliteDatabase(path, build))
        tell = self.scene.tell
        self.channels = {
            name: StoryChannel(name, can, tell) for name, can in self.scene.channels.items()
        }
        if self.scene.sms:
            self.channels["sms"] = PretendPhone(lambda letter: tell("sms", letter))
        self.sender = Sender(self.database, self.channels, self.scene.clock)
        self._wire()

    def _wire(self) -> None:
        self.turns = Turns(
            self.database, self.router, self.channels, lambda: self.world, self.sender
        )

    async def _furnish(self, unit: Unit) -> None:
        await put_samples(unit)
        await unit.rules.put(RuleRow("", "2021-01-01", None, self.scene.rules))

    async def _world(self) -> World:
        async def read(unit: Unit) -> World:
            today = self.scene.clock.now().astimezone(VIETNAM).date()
            station = station_of(await unit.rules.units(), STATION.code, today)
            return World(_places(), policies(await unit.rules.all()), station)

        await asyncio.to_thread(_places)
        return await self.database.run(read)


def _new_folder() -> "tempfile.TemporaryDirectory[str]":
    where = IN_MEMORY if IN_MEMORY.is_dir() else None
    folder = tempfile.TemporaryDirectory(prefix="story-", dir=where)
    Path(folder.name, "story.db").write_bytes(_template())
    return folder


@cache
def _places() -> Places:
    return Places.load()


@cache
def _ring() -> Keyring:
    return new_ring()


@cache
def _template() -> bytes:
    """An empty database with all tables, made once in a process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "template.db")
        migrate(f"sqlite:///{path}")
        return path.read_bytes()
