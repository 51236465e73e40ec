"""The people of a story at Telegram: they write, press what stands under a message, and share."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from bot.channels.channel import Shown, fit
from bot.channels.telegram_send import CAN
from conversations.text import phrasebook
from conversations.words import SHARE_NUMBER
from tests.standins.sms import SmsStandin
from tests.standins.telegram import TOKEN, TelegramStandin
from tests.standins.telegram_channel import SECRET
from tests.standins.telegram_people import Person
from tests.through.stage import Stage
from tests.through.telling import Seen, happens

_TAP = re.compile(r"\[(?P<label>.+)\]")
_CARD = re.compile(r"\(danh thiếp (?P<own>của mình )?(?P<phone>[\d +]+)\)")
FIRST = 7


def telegram_by(way: str, telegram: TelegramStandin) -> dict[str, Any]:
    """The settings for a bot at this Telegram, by "polling" or by "webhook"."""
    return {
        "channels": ("telegram",),
        "telegram_token": TOKEN,
        "telegram_secret": SECRET,
        "telegram_api_url": telegram.url,
        "telegram_receive": way,
    }


class AtTelegram:
    """A hall: everybody has a private chat with the bot."""

    def __init__(
        self, telegram: TelegramStandin, sms: SmsStandin, stage: Stage, locale: str = "vi"
    ) -> None:
        self._telegram, self._sms, self._stage, self._locale = telegram, sms, stage, locale
        self._people: dict[str, Person] = {}
        self._last = 0

    def person(self, who: str) -> Person:
        if who not in self._people:
            number = FIRST + len(self._people)
            self._people[who] = self._telegram.user(number, language=self._locale)
        return self._people[who]

    async def says(self, who: str, words: str) -> None:
        person = self.person(who)
        if tap := _TAP.fullmatch(words):
            self._last = await person.taps(_on_the_button(person, tap["label"]))
        elif card := _CARD.fullmatch(words):
            phone, own = _as_telegram_has_it(card["phone"]), bool(card["own"])
            self._last = await person.shares_contact(phone, own=own)
        else:
            self._last = await person.says(words)
        await self._telegram.settled()

    async def sees(self, who: str) -> Seen:
        seen = await self.person(who).reply()
        return Seen(seen.text, seen.buttons or seen.keyboard)

    async def reads_sms(self, phone: str) -> str:
        return (await self._sms.next(phone)).text

    async def happens(self, name: str) -> None:
        if name != "gửi lại tin vừa rồi":
            await happens(name, self._stage)
            return
        self._telegram.redeliver(self._last)
        await self._telegram.settled()

    def fitted(self, shown: Shown) -> Iterable[Seen]:
        for part in fit(shown, CAN):
            labels = tuple(button.label for button in part.buttons)
            share = (phrasebook(self._locale)(SHARE_NUMBER),) if part.wants == "contact" else ()
            yield Seen(part.text, (*share, *labels))

    async def unread(self) -> Sequence[object]:
        await self._stage.quiet()
        return [seen for person in self._people.values() for seen in person._unread]


def _on_the_button(person: Person, label: str) -> str:
    """Its number, where the words were too long for a button and stand in the text."""
    for seen in reversed(person.sees):
        if label in (*seen.buttons, *seen.keyboard):
            return label
        listed = re.search(rf"^(\d+)\. {re.escape(label)}$", seen.text, re.MULTILINE)
        if listed:
            return listed[1]
    return label


def _as_telegram_has_it(phone: str) -> str:
    digits = "".join(filter(str.isdigit, phone))
    return f"84{digits[1:]}" if digits.startswith("0") else digits
