"""The people at Telegram: what they see, say, press and share."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.standins.telegram_rules import Params

START = 1_780_000_000


@dataclass(frozen=True)
class Seen:
    """A message of the bot as its reader sees it."""

    message_id: int
    text: str
    buttons: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    keyboard: tuple[str, ...] = ()
    raw: Params = field(default_factory=dict, compare=False, repr=False)


class World(Protocol):
    """What people need of the stand-in."""

    patience: float
    keep: bool

    def deliver(self, kind: str, content: Params, lane: object) -> int: ...
    def next_number(self) -> int: ...
    def open_press(self) -> str: ...
    def store(self, content: bytes, path: str) -> Params: ...


class Chat:
    """A private chat or a group: messages by their id, and what the bot said, in order."""

    def __init__(self, world: World, chat: Params) -> None:
        self.world, self.chat = world, chat
        self.id: int = chat["id"]
        self.sees: list[Seen] = []
        self.messages: dict[int, Params] = {}
        self.refuses: str | None = None
        self.moved_to: int | None = None
        self._unread: deque[Seen] = deque()
        self._news = asyncio.Event()
        self._last = 0

    def next_message(self, **content: Any) -> Params:
        """A message with its number; it is remembered, so that it can be pressed or edited."""
        self._last += 1
        message = {
            "message_id": self._last,
            "date": START + self.world.next_number(),
            "chat": self.chat,
            **content,
        }
        self.messages[self._last] = message
        if not self.world.keep and self._last > 3:
            self.messages.pop(self._last - 3, None)
        return message

    def shown(self, message: Params) -> None:
        """The bot wrote."""
        seen = _seen(message)
        if not self.world.keep:
            self.sees.clear()
        self.sees.append(seen)
        self._unread.append(seen)
        self._news.set()

    async def reply(self) -> Seen:
        """The next message of the bot that was not looked at yet."""
        while not self._unread:
            self._news.clear()
            try:
                async with asyncio.timeout(self.world.patience):
                    await self._news.wait()
            except TimeoutError:
                raise AssertionError("the bot said nothing") from None
        return self._unread.popleft()


def _seen(message: Params) -> Seen:
    markup = message.get("reply_markup") or {}
    inline = [button for row in markup.get("inline_keyboard", []) for button in row]
    keys = [button for row in markup.get("keyboard", []) for button in row]
    return Seen(
        message["message_id"],
        message.get("text") or message.get("caption") or "",
        tuple(button["text"] for button in inline),
        tuple(button.get("callback_data", "") for button in inline),
        tuple(button["text"] for button in keys),
        message,
    )


class Person(Chat):
    """Someone with the bot in a private chat."""

    def __init__(self, world: World, ident: int, first_name: str, language: str | None) -> None:
        self.sender: Params = {"id": ident, "is_bot": False, "first_name": first_name}
        if language:
            self.sender["language_code"] = language
        super().__init__(world, {"id": ident, "type": "private", "first_name": first_name})
        self.phone = f"84900000{ident % 1000:03}"
        self.keyboard: tuple[Params, ...] = ()
        # The bot may not write first.
        self.refuses = "bot can't initiate conversation with a user"

    async def sends(self, **content: Any) -> int:
        """Any message; returns the id of its update."""
        self.refuses = None if self.refuses and "initiate" in self.refuses else self.refuses
        message = self.next_message(**{"from": self.sender, **content})
        return self.world.deliver("message", message, self.id)

    async def says(self, text: str, **extra: Any) -> int:
        return await self.sends(text=text, **extra)

    async def asks(self, text: str) -> Seen:
        """Say something and wait for the answer."""
        await self.says(text)
        return await self.reply()

    async def forwards(self, text: str) -> int:
        origin = {"type": "hidden_user", "date": START, "sender_user_name": "Bình"}
        return await self.says(text, forward_origin=origin)

    async def edits(self, text: str) -> int:
        """Change one's own last message."""
        own = [m for m in self.messages.values() if m.get("from") is self.sender]
        message = own[-1] = {**own[-1], "text": text, "edit_date": START}
        return self.world.deliver("edited_message", message, self.id)

    async def taps(self, label: str, on: Seen | None = None) -> int:
        """Press a button: of one message, of the newest that has it, or of the keyboard below."""
        for message in [on.raw] if on else reversed([seen.raw for seen in self.sees]):
            rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
            for button in (button for row in rows for button in row):
                if button["text"] == label and message["message_id"] in self.messages:
                    return self._presses(button, message)
        key = next((key for key in self.keyboard if key["text"] == label), None)
        assert key is not None, f"no button says {label!r}"
        if key.get("request_contact"):
            return await self.shares_contact(self.phone)
        return await self.says(label)

    def _presses(self, button: Params, message: Params) -> int:
        query = {
            "id": self.world.open_press(),
            "from": self.sender,
            "message": message,
            "chat_instance": str(self.id),
            "data": button["callback_data"],
        }
        return self.world.deliver("callback_query", query, ("press", self.id))

    async def shares_contact(self, phone: str, *, own: bool = True, **extra: Any) -> int:
        contact: Params = {"phone_number": phone, "first_name": self.sender["first_name"]}
        if own:
            contact["user_id"] = self.id
        return await self.sends(contact=contact, **extra)

    async def sends_photo(
        self, content: bytes, caption: str = "", size: tuple[int, int] = (1280, 960)
    ) -> int:
        file = self.world.store(content, "photos/file.jpg")
        sizes = [{**file, "width": 90, "height": 68}, {**file, "width": size[0], "height": size[1]}]
        return await self.sends(photo=sizes, **({"caption": caption} if caption else {}))

    async def sends_document(self, content: bytes, name: str, mime: str) -> int:
        file = self.world.store(content, f"documents/{name}")
        return await self.sends(document={**file, "file_name": name, "mime_type": mime})

    def blocks(self) -> None:
        self.refuses = "bot was blocked by the user"

    def shown(self, message: Params) -> None:
        markup = message.get("reply_markup") or {}
        if "keyboard" in markup:
            self.keyboard = tuple(button for row in markup["keyboard"] for button in row)
        elif "remove_keyboard" in markup:
            self.keyboard = ()
        super().shown(message)


class Group(Chat):
    """A group the bot was added to."""

    def __init__(self, world: World, ident: int, title: str, kind: str = "supergroup") -> None:
        super().__init__(world, {"id": ident, "type": kind, "title": title})

    async def says(self, who: Person, text: str, **extra: Any) -> int:
        message = self.next_message(**{"from": who.sender, "text": text, **extra})
        return self.world.deliver("message", message, self.id)
