"""Talking to it in a terminal: a story that is written while it happens.

What is typed is what a story may say: words, `[a button]`, `(danh thiếp 0900000001)`, also
`-- 25 giờ sau --`. The clock stands still while a message is answered and moves by whole minutes
between two, as the record says; chance is that of stories. So a record replays to the letter.
"""

import asyncio
import sys
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.logs import set_up
from bot.stories.fixed import WRITTEN
from bot.stories.player import Player
from bot.stories.story import BadStory, parse, written
from conversations.messages import VIETNAM
from conversations.text import LANGUAGES

WHO = "dân"
MINUTE = timedelta(minutes=1)
PHONE = "sms "


class Transcript:
    """What was said and told so far, on the screen and in the record."""

    def __init__(self, head: str, record: Path | None) -> None:
        self._head, self._record = head, record
        self._lines: list[str] = []

    def told(self, lines: Sequence[str]) -> None:
        """What the system told."""
        self._lines += lines
        shown = [_on_the_phone(line) for line in lines] if lines[0].startswith(PHONE) else lines
        _show("\n".join(shown))

    def happened(self, lines: Sequence[str], *, aloud: bool) -> None:
        """What the person said, or what happened; `aloud` where it is not on the screen yet."""
        self._lines += lines
        if aloud:
            _show("\n".join(lines))

    def unsaid(self, lines: Sequence[str]) -> None:
        """Take back what could not be played."""
        del self._lines[-len(lines) :]

    def keep(self) -> None:
        """Write the record, if one is wanted."""
        if self._record:
            story = f"{self._head}\n\n" + "\n".join(self._lines) + "\n"
            self._record.write_text(story, encoding="utf-8")


async def talk(record: Path | None, locale: str) -> int:
    """Talk until the input ends. `record` becomes a story. 2 where it cannot begin."""
    if locale not in LANGUAGES:
        _show(f"tramoi: there is no language {locale!r}; choose from: {', '.join(LANGUAGES)}")
        return 2
    set_up("error", pretty=True)
    begun = datetime.now(VIETNAM)
    facts = {"locale": locale, "clock": begun.strftime(WRITTEN), "channel": "terminal"}
    head = "\n".join(f"{key}: {value}" for key, value in facts.items())
    transcript = Transcript(f"# Recorded in the terminal.\n{head}", record)
    try:
        async with Player(facts, transcript.told) as player:
            await _converse(player, transcript, begun)
    finally:
        transcript.keep()
    return 0


async def _converse(player: Player, transcript: Transcript, begun: datetime) -> None:
    passed, lines = timedelta(), _lines_typed()
    await _play(player, transcript, f"{WHO}> /start", aloud=True)
    _prompt()
    while (line := await lines.get()) is not None:
        minutes = (datetime.now(VIETNAM) - begun - passed) // MINUTE
        if minutes:
            passed += minutes * MINUTE
            await _play(player, transcript, f"-- {minutes} phút sau --", aloud=False)
        await _play(player, transcript, _as_story(line), aloud=not sys.stdin.isatty())
        _prompt()


async def _play(player: Player, transcript: Transcript, line: str, *, aloud: bool) -> None:
    entry = parse(f"locale: vi\n\n{line}").entries[0]
    lines = written(entry)
    transcript.happened(lines, aloud=aloud)
    try:
        await player.play(entry)
    except BadStory as why:
        _show(f"({why})")
        transcript.unsaid(lines)


def _as_story(line: str) -> str:
    """An event is typed as it is written; all else is said."""
    is_event = line.startswith("-- ") and line.endswith(" --")
    return line if is_event else f"{WHO}> {line}"


def _lines_typed() -> "asyncio.Queue[str | None]":
    """The lines of the input, None at its end. A thread waits for them, and holds up no exit."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            words = line.strip().encode("utf-8", "replace").decode()
            loop.call_soon_threadsafe(lines.put_nowait, words)
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, name="terminal", daemon=True).start()
    return lines


def _prompt() -> None:
    if sys.stdin.isatty():
        print(f"{WHO}> ", end="", flush=True)  # noqa: T201 - the prompt


def _on_the_phone(line: str) -> str:
    number, _, text = line.removeprefix(PHONE).partition("> ")
    return f"     (điện thoại {number}: {text})"


def _show(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is the terminal
