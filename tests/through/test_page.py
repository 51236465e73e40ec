"""Stories on the page, in a real browser, through the whole program."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from bot.stories.fixed import StoryClock
from bot.stories.policy import rules_of
from tests.standins.sms import SmsStandin
from tests.through.at_page import AtPage
from tests.through.stage import by_sms, staged
from tests.through.telling import lived, steps, story

pytestmark = pytest.mark.asyncio(loop_scope="module")

STORIES = [
    "registration/adult_on_the_web",
    "registration/child_with_guardian",
    "registration/next_person",
    "form/back_and_edit",
    "form/cancel",
    "form/expires_after_a_day",
    "form/restart_in_the_middle",
    "phone/code_too_old",
    "phone/wrong_code",
]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as player:
        running = await player.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="module")
async def sms() -> AsyncIterator[SmsStandin]:
    async with SmsStandin() as running:
        yield running


@pytest.mark.parametrize("name", STORIES)
async def test_the_story_is_told_the_same(
    name: str, tmp_path: Path, browser: Browser, sms: SmsStandin
) -> None:
    written, done = await steps(story(name, "web"))
    rules = rules_of(written.facts.get("policy", ""))
    clock = StoryClock.at(written.facts["clock"])
    async with staged(tmp_path, clock, rules, channels=("web",), **by_sms(sms)) as stage:
        await lived(done, AtPage(browser, stage, sms), stage)


async def test_the_demonstration_has_its_phone_on_the_page(
    tmp_path: Path, browser: Browser
) -> None:
    written, done = await steps(story("registration/adult_on_the_web", "web"))
    clock = StoryClock.at(written.facts["clock"])
    async with staged(tmp_path, clock, channels=("web",), demo=True) as stage:
        await lived(done, AtPage(browser, stage, None), stage)
