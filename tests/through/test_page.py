"""Stories on the page, in a real browser, through the whole program."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from bot.stories.fixed import StoryClock
from bot.stories.policy import rules_of
from tests.standins.sms import SmsStandin
from tests.through.at_page import AtPage
from tests.through.stage import by_sms, staged
from tests.through.telling import EVERYWHERE, lived, steps, story

pytestmark = pytest.mark.asyncio(loop_scope="module")

STORIES = [*EVERYWHERE, "form/resume_within_a_day"]


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
        await lived(done, AtPage(browser, stage, sms, written.facts["locale"]))


async def test_the_demonstration_has_its_phone_on_the_page(
    tmp_path: Path, browser: Browser
) -> None:
    written, done = await steps(story("registration/adult_on_the_web", "web"))
    clock = StoryClock.at(written.facts["clock"])
    async with staged(tmp_path, clock, channels=("web",), demo=True) as stage:
        await lived(done, AtPage(browser, stage))


async def test_a_stranger_registers_three_people_in_twenty_messages_through_a_restart(
    tmp_path: Path, browser: Browser
) -> None:
    clock = StoryClock.at("2026-11-21 09:00")
    async with staged(tmp_path, clock, channels=("web",), demo=True) as stage:
        hall = AtPage(browser, stage)
        someone = await hall.visitor()
        for words in MYSELF_FIRST:
            await someone.says(words)
        await stage.stop()
        await someone.sends("thị trấn Đak Đoa")
        await stage.start()
        await someone.is_heard()
        for words in MYSELF_THEN:
            await someone.says(words)
        await someone.says(await someone.newest_code())
        for words in (*A_CHILD, *A_PARENT):
            await someone.says(words)
        registered = await stage.ask(lambda unit: unit.registrations.of_chat(1))
        kept_whole = someone.page.locator(".whole").get_by_text(registered[0].code)
        await expect(kept_whole.first).to_be_attached()
        assert [one.status for one in registered] == ["received"] * 3
        assert len(someone.said) <= 20
        assert someone.complaints == []


MYSELF_FIRST = (
    "[Đăng ký tiêm]",
    "[Đồng ý]",
    "[Cho tôi]",
    "Nguyễn Văn Mẫu, 31/12/1990",
    "[Không có]",
)
MYSELF_THEN = ("[Lao động tự do, làm nông]", "0900 000 001")
A_CHILD = ("[Thêm con]", "Nguyễn Thị Mẫu Con, 2/3/2019", "[Không có]", "[Gửi]")
A_PARENT = ("[Thêm cha hoặc mẹ]", "Trần Thị Mẫu, 02/09/1955", "001155000001", "[Gửi]")
