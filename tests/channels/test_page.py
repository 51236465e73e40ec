"""The page as people use it, in a real browser."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    ViewportSize,
    async_playwright,
    expect,
)

from bot.channels.channel import Letter
from bot.channels.webchat import Entry, Pace
from tests.channels.test_webchat import jpeg
from tests.standins.page_app import PRETEND, PageApp, Served, serving, shown

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHONE = ViewportSize(width=390, height=844)
# What a browser says by itself when a server is away; it is no fault of the page.
AWAY = re.compile(r"ERR_CONNECTION_REFUSED|WebSocket connection to|503")
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as player:
        running = await player.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="module")
async def served() -> AsyncIterator[Served]:
    async with serving(PageApp(demo=True)) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    found = await browser.new_context(viewport=PHONE, has_touch=True, locale="vi-VN")
    yield found
    await found.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(context: BrowserContext, served: Served) -> AsyncIterator[Page]:
    """The page, open and greeted; a test fails if the browser complained of anything."""
    found = await context.new_page()
    complaints: list[str] = []
    found.on("console", lambda said: complaints.append(said.text) if said.type != "log" else None)
    found.on("pageerror", lambda error: complaints.append(str(error)))
    await found.goto(served.url)
    await expect(found.locator("#hello")).to_be_visible()
    yield found
    assert [said for said in complaints if not AWAY.search(said)] == []


async def say(page: Page, text: str) -> None:
    await page.locator("#say").fill(text)
    await page.locator("#send").click()


def messages(page: Page) -> Locator:
    return page.locator("#log .bubble")


async def texts(page: Page) -> list[str]:
    """The messages without the name of the speaker, which only screen readers say."""
    return [text.split(": ", 1)[1] for text in await messages(page).all_text_contents()]


def choice(page: Page, label: str) -> Locator:
    return page.locator("#log fieldset:not(:disabled) button").filter(has_text=label)


async def test_a_conversation_by_tapping(page: Page, served: Served) -> None:
    await page.get_by_role("button", name="Đăng ký tiêm").tap()
    await choice(page, "Cho tôi").tap()
    await expect(messages(page)).to_have_count(5)
    assert served.app.said() == ["Đăng ký tiêm", "v1"]
    assert await texts(page) == [
        "Đăng ký tiêm",
        "Anh/chị đăng ký tiêm cho ai?",
        "Cho tôi",
        "Trạm ghi: đăng ký cho anh/chị.",
        "Họ và tên người tiêm? Ví dụ: Nguyễn Văn An",
    ]
    await expect(page.locator("#log fieldset button").first).to_be_disabled()
    await expect(page.locator("#log .chosen")).to_have_text("1Cho tôi")
    await expect(page.locator("#hello")).to_be_hidden()


async def test_the_history_stays_after_a_reload(page: Page) -> None:
    await say(page, "một")
    await say(page, "Đăng ký tiêm")
    await expect(messages(page)).to_have_count(4)
    before = await texts(page)
    await page.reload()
    await expect(messages(page)).to_have_count(4)
    assert await texts(page) == before
    await expect(choice(page, "Cho tôi")).to_be_enabled()
    await expect(page.locator("#hello")).to_be_hidden()


async def test_what_was_typed_without_a_line_is_sent_once(page: Page, served: Served) -> None:
    await say(page, "một")
    await expect(messages(page)).to_have_count(2)
    await served.stop()
    await expect(page.locator("#state")).to_have_attribute("data-state", "offline")
    await say(page, "hai")
    await say(page, "ba")
    await expect(messages(page)).to_have_count(4)
    await served.start()
    await expect(messages(page)).to_have_count(6, timeout=30_000)
    assert served.app.said() == ["một", "hai", "ba"]
    assert sorted(await texts(page)) == sorted(
        ["một", "hai", "ba", "Trạm nghe: một", "Trạm nghe: hai", "Trạm nghe: ba"]
    )
    await expect(page.locator("#state")).to_have_attribute("data-state", "open")


async def test_what_was_not_sent_survives_a_reload(page: Page, served: Served) -> None:
    served.app.away = True
    await say(page, "một")
    await expect(page.locator(".note")).to_have_text("Chưa gửi được, sẽ gửi lại.")
    await page.reload()
    await expect(messages(page)).to_have_count(1)
    served.app.away = False
    await expect(messages(page)).to_have_count(2, timeout=30_000)
    assert served.app.said() == ["một"]
    await page.reload()
    await expect(messages(page)).to_have_count(2)
    assert await texts(page) == ["một", "Trạm nghe: một"]


async def test_a_double_tap_is_one_answer(page: Page, served: Served) -> None:
    await say(page, "Đăng ký tiêm")
    await choice(page, "Cho tôi").evaluate("button => { button.click(); button.click(); }")
    await expect(messages(page)).to_have_count(5)
    assert served.app.said() == ["Đăng ký tiêm", "v1"]


async def test_a_dialog_by_keyboard_alone(page: Page, served: Served) -> None:
    await tab_to(page, "#starters button")
    await page.keyboard.press("Enter")
    await expect(page.locator("#log fieldset")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(messages(page)).to_have_count(5)
    await tab_to(page, "#say")
    await page.keyboard.type("Nguyễn Văn An")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("x")
    await page.keyboard.press("Enter")
    await expect(messages(page)).to_have_count(7)
    assert served.app.said()[-1] == "Nguyễn Văn An\nx"
    await expect(page.locator("#say")).to_be_focused()


async def tab_to(page: Page, selector: str) -> None:
    """Walk with the tab key, at most once around the page."""
    for _ in range(30):
        await page.keyboard.press("Tab")
        if await page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"the keyboard does not reach {selector}")


async def test_the_skip_link_goes_to_the_box(page: Page) -> None:
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#say")).to_be_focused()


async def test_enter_within_a_word_does_not_send(page: Page, served: Served) -> None:
    await page.locator("#say").fill("tie")
    await page.locator("#say").dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    await expect(page.locator("#say")).to_have_value("tie")
    await page.locator("#say").press("Enter")
    await expect(messages(page)).to_have_count(2)
    assert served.app.said() == ["tie"]


async def test_a_number_and_its_code(page: Page, served: Served) -> None:
    await say(page, "số")
    field = page.get_by_label("Số điện thoại")
    await expect(field).to_be_visible()
    assert await field.evaluate("f => [f.type, f.inputMode, f.autocomplete]") == ["tel"] * 3
    await field.fill("0900 000 001")
    await page.locator("#send").click()
    code = page.get_by_label("Mã 6 số")
    await expect(code).to_be_visible()
    wanted = ["text", "numeric", "one-time-code"]
    assert await code.evaluate("f => [f.type, f.inputMode, f.autocomplete]") == wanted
    await expect(page.locator("#sms .words")).to_have_text(PRETEND)
    await page.get_by_role("button", name="Điền mã này").tap()
    await expect(code).to_have_value("482915")
    await page.locator("#send").click()
    await expect(page.locator("#say")).to_be_visible()
    contact, said = [update.said for update in served.app.heard[1:]]
    assert contact.contact
    assert (contact.contact.phone, said.text) == ("0900 000 001", "482915")
    await page.reload()
    await expect(page.locator("#sms .used")).to_have_count(1)


async def test_words_where_a_number_was_asked(page: Page, served: Served) -> None:
    await say(page, "số")
    await page.get_by_role("button", name="Gõ chữ").tap()
    await expect(page.locator("#say")).to_be_focused()
    await say(page, "quay lại")
    await expect(messages(page)).to_have_count(4)
    assert served.app.said() == ["số", "quay lại"]


async def test_the_field_is_still_there_after_a_reload(page: Page) -> None:
    await say(page, "số")
    await page.reload()
    await expect(page.get_by_label("Số điện thoại")).to_be_visible()


async def test_photos(page: Page, served: Served) -> None:
    await say(page, "ảnh")
    await expect(page.get_by_role("button", name="Chụp ảnh")).to_be_visible()
    taken = await page.locator("#take-file").evaluate("f => [f.accept, f.getAttribute('capture')]")
    assert taken == ["image/jpeg,image/png,image/webp", "environment"]
    await page.locator("#take-file").set_input_files(upload(jpeg()))
    await expect(messages(page).last).to_contain_text("Ảnh: rõ.")
    await expect(page.locator(".mine canvas")).to_have_count(1)
    await page.locator("#photo-file").set_input_files(upload(b"no photo at all"))
    await expect(messages(page).last).to_contain_text("Ảnh: not_an_image.")
    await page.locator("#photo-file").set_input_files(upload(bytes(10 * 1024 * 1024 + 1)))
    await expect(messages(page).last).to_contain_text("Ảnh: too_large.")
    assert [update.said.other for update in served.app.heard] == [None, *["photo"] * 3]


def upload(data: bytes) -> Any:
    return {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": data}


async def test_a_photo_waits_for_the_line(page: Page, served: Served) -> None:
    served.app.away = True
    await page.locator("#photo-file").set_input_files(upload(jpeg()))
    await expect(page.locator(".note")).to_have_text("Chưa gửi được, sẽ gửi lại.")
    served.app.away = False
    await expect(messages(page)).to_have_count(2, timeout=30_000)
    assert len(served.app.heard) == 1


async def test_the_language_is_kept(page: Page, served: Served) -> None:
    await page.get_by_role("button", name="English").tap()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.reload()
    await page.get_by_role("button", name="Register for vaccination").tap()
    await expect(messages(page)).to_have_count(2)
    assert served.app.heard[0].locale == "en"
    assert served.app.said() == ["Register for vaccination"]


async def test_a_borrowed_phone_is_left_clean(page: Page, context: BrowserContext) -> None:
    await say(page, "bí mật")
    await expect(messages(page)).to_have_count(2)
    await page.locator("#say").fill("dở dang")
    await page.locator("summary").tap()
    await page.get_by_role("button", name="Xoá cuộc trò chuyện trên máy này").tap()
    (before,) = await context.cookies()
    await page.get_by_role("button", name="Xoá", exact=True).tap()
    await expect(page.locator("#hello")).to_be_visible()
    await expect(messages(page)).to_have_count(0)
    await expect(page.locator("#say")).to_have_value("")
    (after,) = await context.cookies()
    assert before.get("value") != after.get("value")
    assert "bí mật" not in await page.evaluate("JSON.stringify([sessionStorage, localStorage])")


async def test_a_draft_survives_a_reload(page: Page) -> None:
    await page.locator("#say").fill("Trần Thị")
    await page.reload()
    await expect(page.locator("#say")).to_have_value("Trần Thị")


async def test_messages_stand_in_the_order_of_their_numbers(page: Page, served: Served) -> None:
    await say(page, "một")
    await expect(messages(page)).to_have_count(2)
    chat = served.app.heard[0].chat
    more = {seq: shown(f"tin {seq}") for seq in (2, 3, 4)}
    served.app.history[chat] += [Entry.bot(seq, letter) for seq, letter in more.items()]
    for seq in (4, 2):
        await served.app.chat.send(Letter(chat, seq, more[seq]))
    await expect(messages(page)).to_have_count(5)
    assert await texts(page) == ["một", "Trạm nghe: một", "tin 2", "tin 3", "tin 4"]


async def test_a_message_that_no_socket_brought_is_asked_for(page: Page, served: Served) -> None:
    await say(page, "một")
    await expect(messages(page)).to_have_count(2)
    chat = served.app.heard[0].chat
    served.app.history[chat].append(Entry.bot(2, shown("Từ nơi khác.")))
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(messages(page)).to_have_count(3)


async def test_a_notice_does_not_close_the_question(page: Page, served: Served) -> None:
    await say(page, "Đăng ký tiêm")
    await expect(choice(page, "Cho tôi")).to_be_enabled()
    await served.app.say(served.app.heard[0].chat, shown("Trạm nghỉ thứ Hai."))
    await expect(messages(page)).to_have_count(3)
    await expect(choice(page, "Cho tôi")).to_be_enabled()


async def test_haste_is_told_and_nothing_is_lost(context: BrowserContext) -> None:
    async with serving(PageApp(pace=Pace(a_minute=120, burst=1))) as served:
        page = await context.new_page()
        await page.goto(served.url)
        await say(page, "một")
        await say(page, "hai")
        await expect(page.locator(".note").last).to_contain_text("Trạm đang đọc")
        await expect(messages(page)).to_have_count(4)
    assert served.app.said() == ["một", "hai"]


async def test_a_message_beyond_measure_is_not_sent(page: Page, served: Served) -> None:
    await page.evaluate("document.getElementById('say').maxLength = 100000")
    await say(page, "ạ" * 12_000)
    await expect(page.locator(".note")).to_contain_text("dài quá")
    await say(page, "một")
    await expect(messages(page)).to_have_count(3)
    assert served.app.said() == ["một"]


async def test_five_thousand_letters_are_sent(page: Page, served: Served) -> None:
    await say(page, "ạ" * 5000)
    await expect(messages(page)).to_have_count(2)
    assert len(served.app.said()[0]) == 5000


async def test_what_people_write_is_never_markup(page: Page) -> None:
    bad = "<img src=x onerror=alert(1)><b>đậm</b>"
    await say(page, bad)
    await expect(messages(page)).to_have_count(2)
    assert await texts(page) == [bad, f"Trạm nghe: {bad}"]
    assert await page.locator("#log img, #log b").count() == 0


async def test_the_emergency_number_can_be_tapped(page: Page) -> None:
    await say(page, "khó thở")
    await expect(page.get_by_role("link", name="115")).to_have_attribute("href", "tel:115")


async def test_a_long_list_begins_at_its_question(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 500})
    await say(page, "nhóm")
    await expect(choice(page, "Không thuộc nhóm nào")).to_have_count(1)
    await expect(messages(page).last).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
async def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await say(page, "nhóm")
    await say(page, "dài" * 200)
    await expect(messages(page)).to_have_count(4)
    wide = "[document.documentElement, scroller].some((e) => e.scrollWidth > e.clientWidth)"
    assert not await page.evaluate(wide)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_can_be_read_and_hit(page: Page, scheme: Any) -> None:
    await page.emulate_media(color_scheme=scheme)
    for text in ("Đăng ký tiêm", "số"):
        await say(page, text)
    await expect(page.get_by_label("Số điện thoại")).to_be_visible()
    await page.locator("#field").fill("0900 000 001")
    await page.locator("#send").click()
    await expect(page.locator("#sms .words")).to_be_visible()
    await page.locator("summary").click()
    found = await page.evaluate(CONTRAST)
    assert found == {"faint": [], "small": [], "low": [], "nameless": []}


async def test_screen_readers_are_told_what_is_new_only(page: Page) -> None:
    log = page.get_by_role("log").first
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(log).not_to_have_attribute("aria-busy", "true")
    await expect(page.get_by_role("status").first).to_be_attached()
    await say(page, "Đăng ký tiêm")
    await expect(page.get_by_role("group", name="Chọn câu trả lời")).to_be_attached()
    assert await page.locator("[role=log]").evaluate_all("all => all.length") == 2
    ids = await page.locator("[id]").evaluate_all("all => all.map((one) => one.id)")
    assert len(ids) == len(set(ids))


async def test_nothing_is_fetched_from_elsewhere(context: BrowserContext, served: Served) -> None:
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(served.url)
    await expect(page.locator("#hello")).to_be_visible()
    assert asked
    assert [url for url in asked if not url.startswith(served.url)] == []
