"""Proving that a chat holds a phone: by a 6-digit code, or because the channel vouches for it.

A code lives five minutes, is used once and tried five times; a new one after 60 seconds, five a
day.
All is counted for the chat that asks together with the number, so that a stranger who asks for
codes from another chat cannot lock the owner out. A cap for the number over all chats keeps it from
being flooded; chats that have proved the number before are not under it. Beyond the cap the number
still gets a code now and then, whichever chat asks: strangers who use up the day's codes delay the
owner by minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import pyotp

from storage.phones import SentCode
from storage.times import ms
from storage.unit import Unit

LIFE = timedelta(minutes=5)
TRIES = 5
PAUSE = timedelta(seconds=60)
A_DAY = 5
A_DAY_FOR_THE_NUMBER = 15
# Between two codes beyond the number's cap. Twice the life of a code: long enough that a phone is
# not rung all day by strangers, short enough that its owner, who is told the minute, waits for it.
RESERVE = timedelta(minutes=10)
DAY = timedelta(days=1)
PROOF_LASTS = timedelta(hours=24)
SMS = "sms"


@dataclass(frozen=True, slots=True)
class Asker:
    """The chat that asks: its row, its channel and address, and the language it speaks."""

    conversation: int
    channel: str
    chat: str
    locale: str


@dataclass(frozen=True, slots=True)
class AlreadyProven:
    """No code is needed."""


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code is on its way."""


@dataclass(frozen=True, slots=True)
class CodeStillGood:
    """No new code now: the one sent before stands; another one in `wait` seconds."""

    wait: int


@dataclass(frozen=True, slots=True)
class NextCodeSoon:
    """The last code is used up; another one in `wait` seconds."""

    wait: int


@dataclass(frozen=True, slots=True)
class TooManyCodes:
    """No more today; again at `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class CodeFits:
    """The phone is proved."""


@dataclass(frozen=True, slots=True)
class CodeWrong:
    """It does not fit; so many tries are left."""

    left: int


@dataclass(frozen=True, slots=True)
class CodeGone:
    """It is too old, used up, or was tried too often: a new one is needed."""


Sending = AlreadyProven | CodeSent | CodeStillGood | NextCodeSoon | TooManyCodes
Checking = CodeFits | CodeWrong | CodeGone


async def is_proven(phone: str, asker: Asker, unit: Unit) -> bool:
    """Whether this chat showed within a day that it holds this number."""
    proven = await unit.phones.proven_at(asker.conversation, phone)
    return proven is not None and unit.now() - proven < PROOF_LASTS


async def send_code(phone: str, asker: Asker, unit: Unit, *, again: bool = False) -> Sending:
    """Send a code unless none is needed, one is still good, or too many were sent."""
    if await is_proven(phone, asker, unit):
        return AlreadyProven()
    now = unit.now()
    sent = await unit.phones.codes(asker.conversation, phone, now - DAY)
    wait = _wait(sent, now)
    if sent and _good(sent[0], now) and (wait or not again):
        return CodeStillGood(wait)
    if wait:
        return NextCodeSoon(wait)
    if len(sent) >= A_DAY:
        return TooManyCodes(sent[A_DAY - 1].sent_at + DAY)
    known = await unit.phones.proven_at(asker.conversation, phone)
    until = _full_until(await unit.phones.sent_to(phone, now - DAY))
    if known is None and until and now < until:
        return TooManyCodes(until)
    await _send(phone, asker, unit)
    return CodeSent()


async def _send(phone: str, asker: Asker, unit: Unit) -> None:
    code = pyotp.HOTP(unit.codes.secret()).at(0)
    now = unit.now()
    await unit.phones.add_code(unit.codes.key(), asker.conversation, phone, code, now)
    facts = {"code": code, "locale": asker.locale}
    body = {
        "notice": "phone_code",
        "facts": facts,
        "to": phone,
        "asked_by": [asker.channel, asker.chat],
        "good_until": ms(now + LIFE),
    }
    await unit.outbox.post(SMS, unit.phones.key(phone).hex(), body, now, priority=0)


async def check_code(phone: str, code: str, asker: Asker, unit: Unit) -> Checking:
    """Try a code. The try counts even where the turn refuses the rest."""
    now = unit.now()
    sent = await unit.phones.codes(asker.conversation, phone, now - LIFE)
    if not sent or not _good(sent[0], now):
        return CodeGone()
    tried = await unit.phones.try_code(sent[0].id, code, TRIES)
    if tried is None or tried >= TRIES:
        return CodeGone()
    if tried:
        return CodeWrong(TRIES - tried)
    await unit.phones.prove(asker.conversation, phone, "code", now)
    return CodeFits()


def _good(code: SentCode, now: datetime) -> bool:
    return not code.used and code.tries < TRIES and now - code.sent_at < LIFE


def _full_until(sent: Sequence[datetime]) -> datetime | None:
    """When a full number gets its next code; `sent` are the day's codes to it, newest first."""
    if len(sent) < A_DAY_FOR_THE_NUMBER:
        return None
    return min(sent[0] + RESERVE, sent[A_DAY_FOR_THE_NUMBER - 1] + DAY)


def _wait(sent: Sequence[SentCode], now: datetime) -> int:
    if not sent:
        return 0
    return max(0, ceil((sent[0].sent_at + PAUSE - now).total_seconds()))
