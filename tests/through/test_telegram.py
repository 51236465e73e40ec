"""Stories at Telegram's stand-in, by polling and by webhook, through the whole program."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.stories.fixed import StoryClock
from bot.stories.policy import rules_of
from tests.standins.sms import SmsStandin
from tests.standins.telegram import TelegramStandin
from tests.standins.telegram_channel import at_once
from tests.through.at_telegram import AtTelegram, telegram_by
from tests.through.stage import Stage, by_sms, staged
from tests.through.telling import EVERYWHERE, lived, steps, story

STORIES = [
    *EVERYWHERE,
    "registration/telegram_contact",
    "form/another_chat_learns_nothing",
    "form/expires_after_a_day",
    "form/old_button_and_double_tap",
    "faults/update_comes_again",
    "phone/code_too_old",
    "phone/someone_elses_card",
]
# The number is asked for with keys below the chat. They fold away once used, and what is typed
# with them is words: nobody can press one of them late.
UNSAID = {"form/back_and_edit": "[Giữ: 0900 000 001]"}


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandin]:
    async with TelegramStandin(wait=at_once) as running:
        yield running


@pytest.fixture
async def sms() -> AsyncIterator[SmsStandin]:
    async with SmsStandin() as running:
        yield running


@asynccontextmanager
async def serving(
    folder: Path, clock: str, telegram: TelegramStandin, sms: SmsStandin, rules: str, way: str
) -> AsyncIterator[Stage]:
    settings = {**telegram_by(way, telegram), **by_sms(sms)}
    async with staged(folder, StoryClock.at(clock), rules, **settings) as stage:
        yield stage


@pytest.mark.parametrize("way", ["polling", "webhook"])
@pytest.mark.parametrize("name", STORIES)
async def test_the_story_is_told_the_same(
    name: str, way: str, tmp_path: Path, telegram: TelegramStandin, sms: SmsStandin
) -> None:
    written, done = await steps(story(name, "telegram", without=UNSAID.get(name, "")))
    facts = written.facts
    rules = rules_of(facts.get("policy", ""))
    async with serving(tmp_path, facts["clock"], telegram, sms, rules, way) as stage:
        await lived(done, AtTelegram(telegram, sms, stage, facts["locale"]))
