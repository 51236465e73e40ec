"""Tells a story again: people say what they said, and the system answers as it does now."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from itertools import count
from types import TracebackType
from typing import Self

from bot.channels.channel import Button, Letter, Shown, TryLater, Undeliverable, Update, fit
from bot.channels.telegram_send import CAN as TELEGRAM
from bot.channels.webchat import WebChat
from bot.stories.fixed import StoryClock
from bot.stories.policy import rules_of
from bot.stories.said import heard
from bot.stories.station import STEPS, step
from bot.stories.story import BadStory, Entry, Event, Kept, Spoken, parse, said_by, written
from bot.stories.system import Scene, System
from bot.stories.versions import changed
from conversations.messages import Capabilities
from conversations.registration import FORM
from conversations.text import LANGUAGES, phrasebook
from conversations.words import SHARE_NUMBER
from handlers.people import masked_phone
from storage.faults import Unavailable

TERMINAL = Capabilities(buttons=0, text=100_000)
CHANNELS = {"web": WebChat.can, "telegram": TELEGRAM, "terminal": TERMINAL}
UNITS = {"giây": "seconds", "phút": "minutes", "giờ": "hours", "ngày": "days"}
KNOWN = {"locale", "clock", "channel", "policy", "sms"}
Happens = Callable[["re.Match[str]"], Awaitable[None]]


async def tell(text: str) -> str:
    """The whole story as it is told now. Raises BadStory."""
    story = parse(text)
    lines: list[str] = []
    async with Player(story.facts, lines.extend) as player:
        for entry in story.entries:
            lines += written(entry)
            await player.play(entry)
    return f"{story.head}\n\n" + "\n".join(lines) + "\n"


class Player:
    """Plays the people of a story. What they are told goes to `report`, as lines of the story."""

    def __init__(self, facts: Mapping[str, str], report: Callable[[Sequence[str]], None]) -> None:
        self._channel, self._locale = facts.get("channel", "web"), facts.get("locale", "vi")
        self._where = {who: name for who, name in facts.items() if who not in KNOWN}
        self._report = report
        self._shown: dict[str, list[Button]] = defaultdict(list)
        self._numbers = count(1)
        self._answering = ""
        self._last: Update | None = None
        self._lost: list[Update] = []
        self._waits_for_two: list[Update] | None = None
        self._form = FORM
        self._events = self._all_events()
        used = {self._channel, *self._where.values()}
        if unknown := used - set(CHANNELS):
            raise BadStory(f"no such channel or header: {', '.join(sorted(unknown))}")
        if self._locale not in LANGUAGES:
            raise BadStory(f"no such language: {self._locale}")
        clock = _clock(facts.get("clock", ""))
        channels = {name: CHANNELS[name] for name in used}
        rules, sms = rules_of(facts.get("policy", "")), facts.get("sms") != "không có"
        self.system = System(Scene(clock, channels, self._told, rules, sms=sms))

    async def __aenter__(self) -> Self:
        await self.system.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.system.__aexit__(kind, error, trace)

    async def play(self, entry: Entry) -> None:
        """Let one entry happen. Raises BadStory."""
        match entry:
            case Spoken(who, words):
                await self.say(who, words)
            case Event(name):
                await self.happen(name)
            case Kept():
                pass

    # --- people ----------------------------------------------------------------------------

    async def say(self, who: str, words: str) -> None:
        """One message of a person."""
        if who != "dân" and who not in self._where:
            raise BadStory(f"the header does not say where “{who}” writes, such as “{who}: web”")
        channel = self._where.get(who, self._channel)
        said = heard(words, self._shown[who], CHANNELS[channel])
        update = Update(channel, who, f"u{next(self._numbers)}", said, locale=self._locale)
        if self._waits_for_two is not None:
            await self._two_at_once(update)
            return
        await self._deliver(update)

    async def _deliver(self, *updates: Update) -> None:
        self._last, self._answering = updates[-1], updates[-1].chat
        heard = await asyncio.gather(*map(self._heard, updates))
        if all(heard):
            await self.system.settle()
        self._answering = ""

    async def _heard(self, update: Update) -> bool:
        try:
            await self.system.turns(update)
        except Unavailable:
            self._lost.append(update)
            return False
        return True

    async def _two_at_once(self, update: Update) -> None:
        waiting = [*(self._waits_for_two or []), update]
        self._waits_for_two = waiting
        if len(waiting) > 1:
            self._waits_for_two = None
            await self._deliver(*waiting)

    def _told(self, channel: str, letter: Letter) -> None:
        if channel == "sms":
            sms = f"sms {masked_phone(letter.to or '')}"
            self._report(said_by(sms, letter.shown.text.split("\n")))
            return
        self._shown[letter.chat] += letter.shown.buttons
        who = "bot" if letter.chat == self._answering else f"bot → {letter.chat}"
        share = phrasebook(self._locale)(SHARE_NUMBER)
        for part in fit(letter.shown, CHANNELS[channel]):
            self._report(said_by(who, _lines(part, CHANNELS[channel], share)))

    # --- what happens ----------------------------------------------------------------------

    async def happen(self, name: str) -> None:
        """One event. Raises BadStory for one that is not known."""
        for pattern, happens in self._events.items():
            if found := re.fullmatch(pattern, name):
                await happens(found)
                return
        raise BadStory(f"no such event: {name}")

    def _all_events(self) -> Mapping[str, Happens]:
        return {
            rf"(?P<n>\d+) (?P<unit>{'|'.join(UNITS)}) sau": self._passes,
            r"khởi động lại": self._restarts,
            r"gửi lại tin vừa rồi": self._repeats,
            r"mất cơ sở dữ liệu(?P<late> lúc lưu)?": self._database_goes,
            r"có lại": self._database_comes,
            r"kênh (?P<how>từ chối|chặn)": self._channels_refuse,
            r"kênh nhận lại": self._channels_work,
            r"bản mới: (?P<what>.+)": self._releases,
            rf"trạm (?P<verb>{'|'.join(STEPS)}) (?P<code>DK-\S+)": self._station_acts,
            r"hai tin cùng lúc": self._two,
            r"máy trục trặc": self._stumbles,
        }

    async def _passes(self, found: "re.Match[str]") -> None:
        await self.system.pass_time(timedelta(**{UNITS[found["unit"]]: int(found["n"])}))

    async def _restarts(self, _found: "re.Match[str]") -> None:
        await self.system.restart()

    async def _repeats(self, _found: "re.Match[str]") -> None:
        if self._last is None:
            raise BadStory("nothing was said yet that could come again")
        await self._deliver(self._last)

    async def _database_goes(self, found: "re.Match[str]") -> None:
        self.system.database.away = "at the end" if found["late"] else "at once"

    async def _database_comes(self, _found: "re.Match[str]") -> None:
        """The platform delivers again what was not acknowledged."""
        self.system.database.away = None
        lost, self._lost = self._lost, []
        for update in lost:
            await self._deliver(update)
        await self.system.settle()

    async def _channels_refuse(self, found: "re.Match[str]") -> None:
        refuses = found["how"] == "từ chối"
        self.system.break_channels(TryLater("refused") if refuses else Undeliverable("blocked"))

    async def _channels_work(self, _found: "re.Match[str]") -> None:
        self.system.break_channels(None)
        await self.system.settle()

    async def _releases(self, found: "re.Match[str]") -> None:
        self._form, new = changed(self._form, found["what"])
        self.system.use(new)

    async def _station_acts(self, found: "re.Match[str]") -> None:
        await self.system.database.run(lambda unit: step(unit, found["verb"], found["code"]))

    async def _stumbles(self, _found: "re.Match[str]") -> None:
        self.system.stumble_once()

    async def _two(self, _found: "re.Match[str]") -> None:
        self._waits_for_two = []


def _clock(written: str) -> StoryClock:
    try:
        return StoryClock.at(written)
    except ValueError:
        raise BadStory("the header wants a clock, such as “clock: 2026-03-03 09:00”") from None


def _lines(part: Shown, can: Capabilities, share: str) -> list[str]:
    """A message as it looks: its words, and what can be tapped under it."""
    tapped = [f"{b.number}. {b.label}" for b in part.buttons if b.label != str(b.number)]
    card = [f"[{share}]"] if part.wants == "contact" and can.proves_contact else []
    return [*part.text.split("\n"), *tapped, *card]
