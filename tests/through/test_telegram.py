"""Stories at Telegram's stand-in, by polling and by webhook, through the whole program."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.stories.fixed import StoryClock
from bot.stories.policy import rules_of
from tests.standins.sms import SmsStandin
from tests.standins.telegram import TOKEN, TelegramStandin
from tests.standins.telegram_channel import SECRET, at_once
from tests.through.at_telegram import AtTelegram
from tests.through.stage import Stage, by_sms, staged
from tests.through.telling import lived, steps, story

STORIES = [
    "registration/telegram_contact",
    "registration/adult_on_the_web",
    "registration/typed_throughout",
    "registration/child_with_guardian",
    "registration/next_person",
    "form/back_and_edit",
    "form/cancel",
    "form/expires_after_a_day",
    "form/old_button_and_double_tap",
    "form/restart_in_the_middle",
    "form/another_chat_learns_nothing",
    "phone/code_too_old",
    "phone/someone_elses_card",
    "phone/wrong_code",
]


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
    bot: dict[str, Any] = {
        "channels": ("telegram",),
        "telegram_token": TOKEN,
        "telegram_secret": SECRET,
        "telegram_api_url": telegram.url,
        "telegram_receive": way,
    }
    async with staged(folder, StoryClock.at(clock), rules, **bot, **by_sms(sms)) as stage:
        yield stage


@pytest.mark.parametrize("way", ["polling", "webhook"])
@pytest.mark.parametrize("name", STORIES)
async def test_the_story_is_told_the_same(
    name: str, way: str, tmp_path: Path, telegram: TelegramStandin, sms: SmsStandin
) -> None:
    written, done = await steps(story(name, "telegram"))
    facts = written.facts
    rules = rules_of(facts.get("policy", ""))
    async with serving(tmp_path, facts["clock"], telegram, sms, rules, way) as stage:
        await lived(done, AtTelegram(telegram, sms, stage, facts.get("locale", "vi")), stage)
