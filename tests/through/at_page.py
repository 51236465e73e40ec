"""The people of a story at the page, in a real browser of the size of a phone: type and tap."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from bot.channels.channel import Shown, fit
from bot.channels.webchat import WebChat
from tests.standins.sms import SmsStandin
from tests.through.stage import Stage
from tests.through.telling import Seen, happens

PHONE = ViewportSize(width=390, height=844)
# What a browser says by itself while a server is away; it is no fault of the page.
AWAY = re.compile(r"ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|WebSocket connection to")
_TAP = re.compile(r"\[(?P<label>.+)\]")
_READ = """(one) => {
  const bubble = one.querySelector(".bubble");
  const words = (place, name) => place.querySelector(name).textContent;
  return {
    text: bubble.textContent.slice(words(bubble, ".unseen").length),
    choices: [...one.querySelectorAll(".choice")].map(
      (choice) => `${words(choice, ".number")}. ${words(choice, ".label")}`),
  };
}"""
_BOT, _MINE = "#log > .message:not(.mine)", "#log > .message.mine"


class AtPage:
    """A hall: everybody has a browser of their own. `sms` is None where the page has the phone."""

    def __init__(
        self, browser: Browser, stage: Stage, sms: SmsStandin | None = None, locale: str = "vi"
    ) -> None:
        self._browser, self._stage, self._sms, self._locale = browser, stage, sms, locale
        self._visitors: dict[str, Visitor] = {}

    async def visitor(self, who: str = "dân") -> "Visitor":
        if who not in self._visitors:
            context = await self._browser.new_context(
                viewport=PHONE, has_touch=True, locale="vi-VN", reduced_motion="reduce"
            )
            self._visitors[who] = Visitor(context, await context.new_page())
            await self._visitors[who].opens(self._stage.url, self._locale)
        return self._visitors[who]

    async def says(self, who: str, words: str) -> None:
        await (await self.visitor(who)).says(words)

    async def sees(self, who: str) -> Seen:
        return await (await self.visitor(who)).sees()

    async def reads_sms(self, phone: str) -> str:
        if self._sms:
            return (await self._sms.next(phone)).text
        (visitor,) = self._visitors.values()
        return await visitor.reads_sms()

    async def happens(self, name: str) -> None:
        await happens(name, self._stage)

    def fitted(self, shown: Shown) -> Iterable[Seen]:
        for part in fit(shown, WebChat.can):
            listed = tuple(f"{button.number}. {button.label}" for button in part.buttons)
            yield Seen(part.text, listed)

    async def unread(self) -> Sequence[object]:
        """Opens the page anew: the whole conversation must stand there as it was lived."""
        await self._stage.quiet()
        return [one for visitor in self._visitors.values() for one in await visitor.leaves()]


class Visitor:
    """One browser, and how much of the conversation its owner has read."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self._context, self.page = context, page
        self.complaints: list[str] = []
        self.said: list[str] = []
        self._read: list[Seen] = []
        self._texts = 0
        page.on("console", self._hears)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hears(self, said: Any) -> None:
        if said.type != "log" and not AWAY.search(said.text):
            self.complaints.append(said.text)

    async def opens(self, url: str, locale: str) -> None:
        await self.page.goto(url)
        await expect(self.page.locator("#hello")).to_be_visible()
        if locale == "en":
            await self.page.get_by_role("button", name="English").tap()

    async def says(self, words: str) -> None:
        """Say it, and wait until the station has it."""
        await self.sends(words)
        await self.is_heard()

    async def is_heard(self) -> None:
        """Until the station has everything that was said here."""
        mine = self.page.locator(_MINE).nth(len(self.said) - 1)
        await expect(mine).to_have_attribute("data-state", "heard", timeout=20_000)

    async def sends(self, words: str) -> None:
        """Tap what the story taps, or write into whatever field the page shows."""
        if tap := _TAP.fullmatch(words):
            await self._tap(tap["label"])
            words = tap["label"]
        elif await self._code_on_the_screen(words):
            await self.page.locator(".sms:not(.used) .use").tap()
            await self.page.locator("#send").tap()
        else:
            await self.page.locator("#say:visible, #field:visible").fill(words)
            await self.page.locator("#send").tap()
        self.said.append(words)

    def choice(self, label: str) -> Locator:
        """What can be tapped now: a beginning, or a choice; old choices are closed."""
        open_now = self.page.locator(f'#log fieldset:not(:disabled) [data-label="{label}"]')
        beginning = self.page.locator("#starters button").get_by_text(label, exact=True)
        return open_now.or_(beginning)

    async def _tap(self, label: str) -> None:
        """Tap a choice; one that is closed by now, as a tap that was on its way already."""
        if not await self.choice(label).count():
            await self.page.locator("#log fieldset").evaluate_all(_REOPEN, label)
        await self.choice(label).last.tap()

    async def _code_on_the_screen(self, words: str) -> bool:
        code = self.page.locator(".sms:not(.used)").first
        return bool(await code.count()) and await code.get_attribute("data-code") == words

    async def sees(self) -> Seen:
        message = self.page.locator(_BOT).nth(len(self._read))
        await expect(message).to_be_visible(timeout=20_000)
        self._read.append(Seen(**_tuples(await message.evaluate(_READ))))
        return self._read[-1]

    async def reads_sms(self) -> str:
        self._texts += 1
        await expect(self.page.locator(".sms")).to_have_count(self._texts)
        return await self.page.locator(".sms .words").first.text_content() or ""

    async def newest_code(self) -> str:
        """What the page's own phone shows."""
        return await self.page.locator(".sms").first.get_attribute("data-code") or ""

    async def leaves(self) -> Sequence[object]:
        """Read all once more on a fresh page; returns what differs, and what the browser says."""
        await self.page.reload()
        await expect(self.page.locator(_MINE)).to_have_count(len(self.said))
        await expect(self.page.locator("#state")).to_have_attribute("data-state", "open")
        bot, mine = [
            [Seen(**_tuples(one)) for one in await self.page.locator(which).evaluate_all(_ALL)]
            for which in (_BOT, _MINE)
        ]
        await self._context.close()
        differs = [] if bot == self._read else [bot, self._read]
        forgotten = [] if [one.text for one in mine] == self.said else [mine, self.said]
        return [*differs, *forgotten, *self.complaints]


_REOPEN = """(all, label) => {
  for (const one of all) {
    const labels = [...one.querySelectorAll("button")].map((choice) => choice.dataset.label);
    one.disabled = !labels.includes(label);
  }
}"""
_ALL = f"(all) => all.map({_READ})"


def _tuples(found: dict[str, Any]) -> dict[str, Any]:
    return {"text": found["text"], "choices": tuple(found["choices"])}
