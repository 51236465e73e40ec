"""Stories in the terminal: the command itself, with what people type piped into it."""

import asyncio
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from bot.stories.player import tell
from bot.stories.story import Event, Spoken, parse, written
from tests.through.telling import EVERYWHERE, story

HELLO = "dân> /start\n"
_CLOCK = re.compile(r"^clock: .*$", re.MULTILINE)
_SMS = re.compile(r"^sms (?P<phone>[\d* ]+)> (?P<text>.*)$", re.MULTILINE)


@pytest.mark.parametrize("name", EVERYWHERE)
async def test_the_story_is_told_the_same(name: str, tmp_path: Path) -> None:
    text, record = story(name, "terminal"), tmp_path / "record.chat"
    facts = parse(text).facts
    shown = await chat(typed(text), "--record", str(record), "--locale", facts["locale"])
    recorded = record.read_text(encoding="utf-8")
    told = await tell(begun_with_hello(text, recorded))
    assert shown == on_the_screen(told)
    assert recorded.partition("\n\n")[2] == told.partition("\n\n")[2]


async def chat(lines: Iterable[str], *options: str) -> str:
    """What `tramoi chat` shows to somebody who types this."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "chat", *options,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    shown, _ = await process.communicate("".join(f"{line}\n" for line in lines).encode())
    assert process.returncode == 0
    return shown.decode()


def typed(text: str) -> Sequence[str]:
    """What the person of the story types."""
    entries = parse(text).entries
    lines = [
        one.words if isinstance(one, Spoken) else written(one)[0]
        for one in entries
        if isinstance(one, Spoken | Event)
    ]
    assert not any("\n" in line for line in lines), "a terminal takes one line at a time"
    return lines


def begun_with_hello(text: str, recorded: str) -> str:
    """The story as it goes in a terminal: greeted first, and on the day of the record."""
    clock = _CLOCK.search(recorded)
    assert clock
    head, blank, body = _CLOCK.sub(clock[0], text, count=1).partition("\n\n")
    return head + blank + HELLO + body


def on_the_screen(told: str) -> str:
    """The telling without its header; a text message stands apart from the chat."""
    return _SMS.sub(r"     (điện thoại \g<phone>: \g<text>)", told.partition("\n\n")[2])
