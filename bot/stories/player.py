"""Tells a story again: people say what they said, and the system answers as it does now."""

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from bot.channels.channel import Button, Letter, Shown, TryLater, Undeliverable, Update, fit
from bot.channels.telegram_send import CAN as TELEGRAM
from bot.channels.webchat import WebChat
from bot.stories.fixed import StoryClock
from bot.stories.said import heard
from bot.stories.story import BadStory, Event, Kept, Spoken, Story, parse, said_by, written
from bot.stories.system import Scene, System
from bot.stories.versions import changed
from bot.wiring import router
from conversations.messages import Capabilities
from conversations.text import phrasebook
from conversations.words import SHARE_NUMBER
from handlers.people import masked_phone
from storage.faults import Unavailable

TERMINAL = Capabilities(buttons=0, text=100_000)
CHANNELS = {"web": WebChat.can, "telegram": TELEGRAM, "terminal": TERMINAL}
UNITS = {"giây": "seconds", "phút": "minutes", "giờ": "hours", "ngày": "days"}
_PASSES = re.compile(rf"(?P<n>\d+) (?P<unit>{'|'.join(UNITS)}) sau")
KNOWN = {"locale", "clock", "channel", "policy"}
Report = Callable[[list[str]], None]


async def told(text: str) -> str:
    """The whole story as it is told now. Raises BadStory."""
    story = parse(text)
    lines: list[str] = []
    async with Player.of(story, lines.extend).system as system:
        player = system.scene.tell.__self__  # type: ignore[attr-defined]
        for entry in story.entries:
            lines += written(entry)
            await player.play(entry)
    return f"{story.head}\n\n" + "\n".join(lines) + "\n"
