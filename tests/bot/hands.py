"""A small program in the test's hands: its dialog, its channel, its turns and its sender."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from bot.channels.channel import Delivered, Letter, TryLater, Undeliverable, Update
from bot.sender import Sender
from bot.turn import Turns, World
from bot.wiring import SAMPLE_STATION
from conversations.messages import (
    Capabilities,
    Choice,
    Context,
    Inbound,
    Memory,
    Outbound,
    Session,
    Turn,
)
from conversations.router import Router
from handlers.phones import Asker
from handlers.places import Places
from handlers.policy import Policies
from handlers.unit import Unit
from storage.unit import Database
from tests.storage.databases import HandClock

Outcome = Delivered | TryLater | Undeliverable | Exception
WORLD = World(cast("Places", None), Policies(), SAMPLE_STATION)


class Echo(Router):
    """Counts what it hears, and says it back. Some words do other things."""

    def __init__(self) -> None:
        super().__init__()
        self.bug: Callable[[Inbound], bool] = lambda _said: False

    def hear(self, memory: Memory, said: Inbound, context: Context) -> Turn:
        if said.text == "/nhaclai":
            return Turn(memory.session, (Outbound("Câu hỏi?"),))
        if self.bug(said):
            raise KeyError(said.text)
        heard = [*(memory.session.answers["heard"] if memory.session else ()), said.text]
        session = Session("registration", 1, {"heard": heard})
        if said.text == "submit":
            return Turn(session, (), request="submit")
        if said.text == "silence":
            return Turn(session)
        if said.text in ("en", "vi"):
            return Turn(session, (Outbound("ok"),), locale=said.text)
        choices = (Choice("do=menu", "Menu"),) if said.text == "choices" else ()
        return Turn(session, tuple(Outbound(word, choices) for word in said.text.split("|")))

    async def submit(
        self, turn: Turn, memory: Memory, asker: Asker, unit: Unit, context: Context
    ) -> Turn:
        full = not await unit.phones.take_place("+84900000001", 5)
        return replace(turn, request=None, replies=(Outbound("full" if full else "taken"),))

    def after_language(self, turn: Turn, context: Context) -> Turn:
        return turn


@dataclass
class Post:
    """A channel that keeps what it was given. `then` are the outcomes of the next tries."""

    name: str = "web"
    can: Capabilities = field(default_factory=Capabilities)
    delivered: list[Letter] = field(default_factory=list)
    tried: list[Letter] = field(default_factory=list)
    then: deque[Outcome] = field(default_factory=deque)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    trying: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def send(self, letter: Letter) -> Delivered | TryLater | Undeliverable:
        self.tried.append(letter)
        self.trying.set()
        await self.gate.wait()
        outcome = self.then.popleft() if self.then else Delivered()
        if isinstance(outcome, Exception):
            raise outcome
        if outcome == Delivered():
            self.delivered.append(letter)
        return outcome

    def texts(self, chat: str | None = None) -> list[str]:
        return [one.shown.text for one in self.delivered if chat in (None, one.chat)]

    def seqs(self, chat: str) -> list[int]:
        return [one.seq for one in self.delivered if one.chat == chat]


@dataclass
class Small:
    """A whole small program on a database."""

    database: Database
    clock: HandClock
    web: Post = field(default_factory=Post)
    sms: Post = field(default_factory=lambda: Post("sms"))
    router: Echo = field(default_factory=Echo)
    sender: Sender = field(init=False)
    turns: Turns = field(init=False)
    said: int = 0

    def __post_init__(self) -> None:
        self.restart()

    @property
    def channels(self) -> Mapping[str, Any]:
        return {"web": self.web, "sms": self.sms}

    def restart(self) -> None:
        """As after a crash: what the process held is gone, what it stored is not."""
        self.sender = Sender(self.database, self.channels, self.clock)
        self.turns = Turns(self.database, self.router, self.channels, lambda: WORLD, self.sender)

    def update(self, text: str, chat: str = "a", **more: Any) -> Update:
        self.said += 1
        return Update("web", chat, f"u{self.said}", Inbound(text), **more)

    async def say(self, text: str, chat: str = "a") -> Update:
        """Say something; back when it is answered, as far as that is possible now."""
        update = self.update(text, chat)
        await self.turns(update)
        await self.sender.drained()
        return update

    async def heard(self, chat: str = "a") -> Sequence[str]:
        """What the chat remembers to have been told."""
        found = await self.database.run(
            lambda unit: unit.conversations.open("web", chat, "-", self.clock.now())
        )
        return list(found.memory.get("session", {}).get("answers", {}).get("heard", ()))

    async def deliver(self) -> None:
        """Send all that can be sent now."""
        while True:
            await self.sender.drained()
            before = len(self.web.tried) + len(self.sms.tried)
            await self.sender._claim()
            await self.sender.drained()
            if len(self.web.tried) + len(self.sms.tried) == before:
                return

    async def notice(self, chat: str, body: Mapping[str, Any], channel: str = "web") -> None:
        """Somebody else has something to tell a chat."""
        now = self.clock.now()
        await self.database.run(lambda unit: unit.outbox.post(channel, chat, body, now))


def text(words: str) -> dict[str, Any]:
    """A message as it lies in the outbox."""
    return {"text": words, "buttons": [], "wants": None}
