"""The same story through a real channel: what people see there is what the story tells."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from bot.channels.channel import Letter, Shown
from bot.stories.player import UNITS, Player
from bot.stories.story import BadStory, Event, Spoken, Story, parse
from tests.through.stage import Stage

CHATS = Path(__file__).parent.parent / "chats"
EVERYWHERE = (
    "registration/adult_on_the_web",
    "registration/child_with_guardian",
    "registration/next_person",
    "language/english_with_passport",
    "questions/birth_dates",
    "form/back_and_edit",
    "form/cancel",
    "form/restart_in_the_middle",
    "phone/wrong_code",
)
"""Straight on, for a child, the next person, in English; errors, back, edit, cancel, restart."""
_WHERE = re.compile(r"^(?P<who>[^#:\n]+): (?:web|telegram|terminal)$", re.MULTILINE)
_LATER = re.compile(rf"(?P<n>\d+) (?P<unit>{'|'.join(UNITS)}) sau")


@dataclass(frozen=True)
class Seen:
    """One message as its reader has it before their eyes: words, and what can be tapped."""

    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """What the story tells: `who` reads it in the chat, or a phone gets it as a text message."""

    who: str
    shown: Shown
    phone: str | None = None


@dataclass(frozen=True)
class Step:
    """Somebody speaks, or something happens; and what is told then."""

    entry: Spoken | Event
    told: tuple[Told, ...]


class Hall(Protocol):
    """A channel with its people in it, by their names in the story."""

    async def says(self, who: str, words: str) -> None:
        """Write, tap or share as the story says, the way people do it there."""
        ...

    async def sees(self, who: str) -> Seen:
        """The next message that this person has not looked at yet."""
        ...

    async def reads_sms(self, phone: str) -> str:
        """The next text message on a telephone."""
        ...

    async def happens(self, name: str) -> None:
        """An event of the story. Raises BadStory where it cannot happen here."""
        ...

    def fitted(self, shown: Shown) -> Iterable[Seen]:
        """How a message of the story looks here, by the rules of the channel."""
        ...

    async def unread(self) -> Sequence[object]:
        """What nobody has looked at; waits until nothing more can come."""
        ...


def story(name: str, channel: str, *, without: str = "") -> str:
    """A story of `tests/chats`, with all its people moved to one channel.

    `without` is what nobody can say there.
    """
    text = (CHATS / f"{name}.chat").read_text(encoding="utf-8")
    head, blank, body = text.partition("\n\n")
    if without:
        assert body.count(f"> {without}\n") == 1, f"{name} does not say {without} once"
        body = body.replace(f"dân> {without}\n", "")
    return _WHERE.sub(rf"\g<who>: {channel}", head) + blank + body


async def steps(text: str) -> tuple[Story, list[Step]]:
    """The story as it is told now, step by step. Raises BadStory."""
    found = parse(text)
    told: list[Told] = []
    done: list[Step] = []
    async with _Overheard(found, told) as player:
        for entry in found.entries:
            if isinstance(entry, Spoken | Event):
                told.clear()
                await player.play(entry)
                done.append(Step(entry, tuple(told)))
    return found, done


class _Overheard(Player):
    """A player that also keeps the messages themselves."""

    def __init__(self, found: Story, told: list[Told]) -> None:
        super().__init__(found.facts, lambda _lines: None)
        self._overheard = told

    def _told(self, channel: str, letter: Letter) -> None:
        super()._told(channel, letter)
        self._overheard.append(Told(letter.chat, letter.shown, letter.to))


async def lived(done: Sequence[Step], hall: Hall) -> None:
    """Let the people of the story live it in the hall. Whatever differs fails the test."""
    for step in done:
        match step.entry:
            case Spoken(who, words):
                await hall.says(who, words)
            case Event(name):
                await hall.happens(name)
        for told in step.told:
            await _reads(told, hall)
    assert await hall.unread() == [], "a message that the story does not tell"


async def _reads(told: Told, hall: Hall) -> None:
    if told.phone is not None:
        assert await hall.reads_sms(told.phone) == told.shown.text
        return
    for part in hall.fitted(told.shown):
        assert await hall.sees(told.who) == part


async def happens(name: str, stage: Stage) -> None:
    """The events that a whole program can live through. Raises BadStory for the others."""
    if name == "khởi động lại":
        await stage.restart()
    elif later := _LATER.fullmatch(name):
        stage.clock.move(timedelta(**{UNITS[later["unit"]]: int(later["n"])}))
        await stage.look()
    else:
        raise BadStory(f"this cannot be played through a channel: {name}")
