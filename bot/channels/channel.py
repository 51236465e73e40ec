"""What every channel is to the rest: something that reads updates and sends letters."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from conversations.messages import Capabilities, Inbound, Outbound, Wants
from conversations.text import Say


@dataclass(frozen=True, slots=True)
class Button:
    """A choice whose words are known. `number` is what may be typed instead."""

    value: str
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A message in the reader's language, before it is fitted to a channel."""

    text: str
    buttons: tuple[Button, ...] = ()
    wants: Wants | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is stored in the outbox."""
        buttons = [[b.value, b.label, b.number] for b in self.buttons]
        return {"text": self.text, "buttons": buttons, "wants": self.wants}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Shown":
        """As it was stored."""
        buttons = tuple(Button(*button) for button in stored["buttons"])
        return cls(stored["text"], buttons, stored["wants"])


def show(said: Outbound, say: Say) -> Shown:
    """Say a message in one language."""
    buttons = tuple(
        Button(choice.value, say(choice.label), choice.number or place)
        for place, choice in enumerate(said.choices, 1)
    )
    return Shown(say(said.text), buttons, said.wants)


def fit(shown: Shown, can: Capabilities) -> tuple[Shown, ...]:
    """The message as a channel can carry it: one or more parts, the buttons under the last.

    Choices that do not fit on buttons stand numbered in the text; their buttons, where the
    channel has room for them, carry the number alone.
    """
    text, buttons = shown.text, shown.buttons
    if len(buttons) > can.buttons or any(len(b.label) > can.button_label for b in buttons):
        listed = "\n".join(f"{b.number}. {b.label}" for b in buttons)
        text = f"{text}\n{listed}"
        fits = len(buttons) <= can.buttons
        buttons = tuple(replace(b, label=str(b.number)) for b in buttons) if fits else ()
    *first, last = _parts(text, can.text)
    return (*(Shown(part) for part in first), Shown(last, buttons, shown.wants))


def _parts(text: str, most: int) -> list[str]:
    """Cut a long text at line ends, then at blanks."""
    parts = []
    while len(text) > most:
        cut = max(text.rfind("\n", 0, most), 0) or max(text.rfind(" ", 0, most), 0) or most
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]


@dataclass(frozen=True, slots=True)
class Update:
    """One message as a platform delivered it. `update_id` is its key for "heard already".

    `raw` is kept (encrypted, seven days) where the channel shows its own history or the update
    had to be set aside; it may be empty.
    """

    channel: str
    chat: str
    update_id: str
    said: Inbound
    raw: bytes = b""
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to deliver. `seq` counts the messages of a chat, from 1, without gaps.

    `to` is an address that is no chat (a phone); `asked_by` the channel and chat that asked for it.
    `locale` is its language, for what the channel itself adds.
    """

    chat: str
    seq: int
    shown: Shown
    to: str | None = None
    asked_by: tuple[str, str] | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """The platform has it."""


@dataclass(frozen=True, slots=True)
class TryLater:
    """A passing fault. `after` seconds if the platform said so; `everyone`: for all chats.

    `unknown` says that the message may have arrived all the same (the answer timed out).
    """

    why: str
    after: float | None = None
    everyone: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """It will never arrive here: blocked, gone, refused. `moved_to` is the chat's new address."""

    why: str
    moved_to: str | None = None


class Channel(Protocol):
    """A way to reach people."""

    @property
    def name(self) -> str:
        """The key in settings, tables and metrics: "telegram"."""
        ...

    @property
    def can(self) -> Capabilities:
        """What it can do."""
        ...

    async def send(self, letter: Letter) -> Delivered | TryLater | Undeliverable:
        """Deliver one message; never raises for what the platform or the network does."""
        ...


class Hear(Protocol):
    """What a channel calls with every update. Returns only when it is committed.

    Raises `storage.unit.Unavailable` when the database is away: the platform must deliver again.
    """

    async def __call__(self, update: Update) -> None:
        """Hear one update."""
        ...
