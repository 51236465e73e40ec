import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO

import aiohttp
import pytest
from PIL import Image
from prometheus_client import REGISTRY
from telegram import Bot
from telegram.error import BadRequest

from bot.channels.channel import Button, Delivered, Letter, Shown, TryLater, Undeliverable
from bot.channels.telegram import TelegramChannel, Words
from bot.channels.telegram_transport import AiohttpRequest
from conversations.messages import Contact, Inbound, Wants
from storage.unit import Unavailable
from tests.standins.listener import Listener, serving
from tests.standins.telegram import TOKEN, TelegramStandin

SECRET = "made-up_secret"
WORDS = Words(
    share_number="Gửi số điện thoại",
    write_privately={"vi": "Anh/chị nhắn riêng cho Trạm nhé.", "en": "Please write privately."},
    commands={"vi": {"menu": "Về đầu"}, "en": {"menu": "Start again"}},
)
YES_NO = (Button("ok=yes", "Đúng", 1), Button("ok=no", "Sửa lại", 2))


async def at_once(_seconds: float) -> None:
    await asyncio.sleep(0)


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandin]:
    async with TelegramStandin(wait=at_once) as running:
        yield running


@pytest.fixture
async def channel(telegram: TelegramStandin) -> AsyncIterator[TelegramChannel]:
    async with opened(telegram) as running:
        yield running


@asynccontextmanager
async def opened(
    telegram: TelegramStandin, token: str = TOKEN, seconds: float = 15
) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(token, WORDS, api_url=telegram.url, secret=SECRET, seconds=seconds)
    await channel.open()
    yield channel
    await channel.close()


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
async def polling(
    telegram: TelegramStandin, channel: TelegramChannel, listener: Listener
) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(channel.poll(listener, at_once))
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def hooked(
    telegram: TelegramStandin, channel: TelegramChannel, listener: Listener
) -> AsyncIterator[str]:
    async with serving("/hooks/telegram", channel.webhook(listener)) as url:
        await channel.introduce()
        await channel.set_webhook(url, SECRET)
        yield url


def letter(
    text: str = "Ngày sinh?",
    buttons: tuple[Button, ...] = (),
    wants: Wants | None = None,
    chat: int = 7,
    seq: int = 1,
) -> Letter:
    return Letter(str(chat), seq, Shown(text, buttons, wants))


# Sending.


async def test_a_message_with_buttons(telegram: TelegramStandin, channel: TelegramChannel) -> None:
    an = telegram.user(7)
    await an.says("/start")
    assert await channel.send(letter(buttons=YES_NO)) == Delivered()
    seen = await an.reply()
    assert (seen.text, seen.buttons, seen.data) == (
        "Ngày sinh?",
        ("Đúng", "Sửa lại"),
        ("ok=yes", "ok=no"),
    )
    assert telegram.called("sendMessage")[0]["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        (["1", "2", "3", "4", "5", "6"], [5, 1]),
        (["Đúng", "Sửa lại", "Bỏ qua"], [2, 1]),
        (["Gặp cán bộ y tế", "Đúng"], [1, 1]),
    ],
)
async def test_short_labels_share_a_row(
    telegram: TelegramStandin, channel: TelegramChannel, labels: list[str], rows: list[int]
) -> None:
    await telegram.user(7).says("/start")
    buttons = tuple(Button(f"a={n}", label, n) for n, label in enumerate(labels, 1))
    assert await channel.send(letter(buttons=buttons)) == Delivered()
    keyboard = telegram.called("sendMessage")[0]["reply_markup"]["inline_keyboard"]
    assert [len(row) for row in keyboard] == rows


async def test_long_labels_and_values_are_typed(
    telegram: TelegramStandin, channel: TelegramChannel
) -> None:
    an = telegram.user(7)
    await an.says("/start")
    long_label = Button("a=1", "Người từ 65 tuổi trở lên và người có bệnh nền", 1)
    long_value = Button("a=" + "ơ" * 32, "Đúng", 2)
    assert await channel.send(letter(buttons=(long_label,))) == Delivered()
    assert await channel.send(letter(buttons=(*YES_NO, long_value), seq=2)) == Delivered()
    first, second = an.sees
    assert first.text.endswith("\n1. Người từ 65 tuổi trở lên và người có bệnh nền")
    assert first.buttons == ("1",)
    assert second.text.endswith("\n1. Đúng\n2. Sửa lại\n2. Đúng")
    assert second.buttons == ()


async def test_half_a_surrogate_pair_can_be_sent(
    telegram: TelegramStandin, channel: TelegramChannel
) -> None:
    an = telegram.user(7)
    await an.says("/start")
    assert await channel.send(letter("An \ud800")) == Delivered()
    assert an.sees[0].text == "An ?"


async def test_the_number_with_one_tap(telegram: TelegramStandin, channel: TelegramChannel) -> None:
    an = telegram.user(7)
    await an.says("/start")
    other = Button("phone=other", "Số khác", 1)
    await channel.send(letter("Số điện thoại?", (other,), "contact"))
    assert an.sees[-1].keyboard == ("Gửi số điện thoại", "Số khác")
    assert an.keyboard[0]["request_contact"]
    assert telegram.called("sendMessage")[0]["reply_markup"]["one_time_keyboard"]
    await channel.send(letter("Đúng chưa?", YES_NO, seq=2))
    assert an.sees[-1].buttons == ("Đúng", "Sửa lại")
    await channel.send(letter("Xong.", seq=3))
    assert an.keyboard == ()


async def test_a_dialog_may_name_the_button_that_shares_the_number(
    telegram: TelegramStandin, channel: TelegramChannel
) -> None:
    an = telegram.user(7)
    await an.says("/start")
    own, other = Button("phone=contact", "Số của tôi", 1), Button("phone=other", "Số khác", 2)
    await channel.send(letter("Số điện thoại?", (own, other), "contact"))
    assert an.sees[-1].keyboard == ("Số của tôi", "Số khác")


async def test_parts_of_a_long_message_that_arrived_are_not_repeated(
    telegram: TelegramStandin, channel: TelegramChannel
) -> None:
    an = telegram.user(7)
    await an.says("/start")
    long = letter("một\n" * 2000, YES_NO)
    telegram.fails(500, skip=1)
    assert await channel.send(long) == TryLater("server_fault")
    assert await channel.send(long) == Delivered()
    assert [len(seen.text) <= 4096 for seen in an.sees] == [True, True]
    assert [seen.buttons for seen in an.sees] == [(), ("Đúng", "Sửa lại")]
    assert await channel.send(long) == Delivered()
    assert len(an.sees) == 4


@pytest.mark.parametrize(
    ("status", "description", "expected"),
    [
        (403, "Forbidden: bot was blocked by the user", Undeliverable("blocked")),
        (403, "Forbidden: user is deactivated", Undeliverable("deactivated")),
        (403, "Forbidden: something new", Undeliverable("forbidden")),
        (400, "Bad Request: chat not found", Undeliverable("chat_not_found")),
        (400, "Bad Request: something new", Undeliverable("refused")),
        (401, "Unauthorized", TryLater("bad_token", after=60, everyone=True)),
        (500, "Internal Server Error", TryLater("server_fault")),
        (502, "Bad Gateway", TryLater("no_answer", unknown=True)),
        (504, "Gateway Timeout", TryLater("no_answer", unknown=True)),
    ],
)
async def test_what_a_refusal_means(
    telegram: TelegramStandin,
    channel: TelegramChannel,
    status: int,
    description: str,
    expected: TryLater | Undeliverable,
) -> None:
    an = telegram.user(7)
    await an.says("/start")
    telegram.fails(status, description)
    assert await channel.send(letter()) == expected
    assert await channel.send(letter()) == Delivered()
    assert len(an.sees) == 1


async def test_what_telegram_itself_refuses(
    telegram: TelegramStandin, channel: TelegramChannel
) -> None:
    telegram.user(8)
    assert await channel.send(letter(chat=9)) == Undeliverable("chat_not_found")
    assert await channel.send(letter(chat=8)) == Undeliverable("never_wrote")
    group = telegram.group(-5)
    group.moved_to = -1005
    assert await channel.send(letter(chat=-5)) == Undeliverable("moved", moved_to="-1005")
    an = telegram.user(7)
    await an.says("/start")
    assert await channel.send(letter(" ")) == Undeliverable("empty")
    an.blocks()
    assert await channel.send(letter()) == Undeliverable("blocked")


async def test_a_wrong_token(telegram: TelegramStandin) -> None:
    async with opened(telegram, "4242:another") as channel:
        assert await channel.send(letter()) == TryLater("bad_token", after=60, everyone=True)


async def test_a_chat_that_kept_its_pace_was_refused_for_all(
    telegram: TelegramStandin, channel: TelegramChannel
) -> None:
    for ident in (7, 8):
        await telegram.user(ident).says("/start")
    telegram.floods(3, chat=7)
    assert await channel.send(letter()) == TryLater("too_many", after=3, everyone=True)
    assert await channel.send(letter(chat=8)) == Delivered()
    telegram.floods(5, chat=8)
    assert await channel.send(letter(chat=8, seq=2)) == TryLater("too_many", after=5)


async def test_no_answer_is_not_a_failure(telegram: TelegramStandin) -> None:
    an = telegram.user(7)
    await an.says("/start")
    async with opened(telegram, seconds=0.2) as channel:
        telegram.hangs()
        assert await channel.send(letter()) == TryLater("no_answer", unknown=True)
        telegram.drops()
        assert await channel.send(letter()) == TryLater("no_answer", unknown=True)
    assert len(an.sees) == 2


async def test_nobody_there(telegram: TelegramStandin, channel: TelegramChannel) -> None:
    await telegram.stop()
    assert await channel.send(letter()) == TryLater("unreached", everyone=True)


async def test_a_page_that_says_the_address_is_blocked() -> None:
    async def blocked(_request: aiohttp.web.Request) -> aiohttp.web.Response:
        return aiohttp.web.Response(text="<html>", content_type="text/html")

    async with serving("/{any:.*}", blocked) as url:
        channel = TelegramChannel(TOKEN, WORDS, api_url=url.removesuffix("/{any:.*}"))
        await channel.open()
        assert await channel.send(letter()) == TryLater("no_answer", unknown=True)
        await channel.close()


async def test_before_opening_and_after_closing(telegram: TelegramStandin) -> None:
    channel = TelegramChannel(TOKEN, WORDS, api_url=telegram.url)
    assert await channel.send(letter()) == TryLater("unreached", everyone=True)
    await channel.close()


async def test_neither_words_nor_token_reach_the_log(
    telegram: TelegramStandin, channel: TelegramChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await telegram.user(7).says("/start")
    telegram.fails(500, "the text was Ngày sinh?")
    await channel.send(letter())
    await channel.send(letter())
    assert "Ngày sinh" not in caplog.text
    assert TOKEN.split(":")[1] not in caplog.text


async def test_the_transport_carries_files(telegram: TelegramStandin) -> None:
    an = telegram.user(7)
    await an.says("/start")
    wire = AiohttpRequest()
    await wire.initialize()
    bot = Bot(TOKEN, f"{telegram.url}/bot", request=wire, get_updates_request=wire)
    sent = await bot.send_photo(7, picture(), caption="Mã QR")
    assert (an.sees[0].text, telegram.files[sent.photo[0].file_id][0]) == ("Mã QR", picture())
    with pytest.raises(BadRequest, match="too long"):
        await bot.send_photo(7, picture(), caption="x" * 1025)
    await wire.shutdown()


# By webhook.


async def test_a_message_by_webhook(
    telegram: TelegramStandin, listener: Listener, hooked: str
) -> None:
    number = await telegram.user(7).says("/start abc")
    await telegram.settled()
    (update,) = listener.heard
    assert (update.chat, update.update_id, update.locale) == ("7", str(number), "vi")
    assert update.said == Inbound("/start abc")
    assert json.loads(update.raw)["update_id"] == number
    assert [attempt.status for attempt in telegram.attempts] == [200]


async def test_a_press_by_webhook_ends_the_spinner(
    telegram: TelegramStandin, channel: TelegramChannel, listener: Listener, hooked: str
) -> None:
    an = telegram.user(7)
    await an.says("/start")
    await channel.send(letter(buttons=YES_NO))
    await an.taps("Sửa lại")
    await telegram.settled()
    assert listener.heard[-1].said == Inbound(button="ok=no")
    assert telegram.presses == {}


async def test_the_database_is_away(
    telegram: TelegramStandin, listener: Listener, hooked: str
) -> None:
    listener.then.extend([Unavailable("away"), Unavailable("away")])
    await telegram.user(7).says("một")
    await telegram.user(7).says("hai")
    await telegram.settled()
    assert listener.texts == ["một", "hai"]
    waits = [(attempt.status, attempt.wait) for attempt in telegram.attempts]
    assert waits == [(503, 5), (503, 5), (200, None), (200, None)]


async def test_a_fault_of_ours_is_delivered_again(
    telegram: TelegramStandin, listener: Listener, hooked: str, caplog: pytest.LogCaptureFixture
) -> None:
    listener.then.append(RuntimeError("Nguyễn Văn An"))
    await telegram.user(7).says("một")
    await telegram.settled()
    assert [attempt.status for attempt in telegram.attempts] == [500, 200]
    assert "Nguyễn" not in caplog.text


@pytest.mark.parametrize(
    ("secret", "body", "status"),
    [
        (None, b"{}", 403),
        ("wrong", b"{}", 403),
        ("ơ", b"{}", 403),
        (SECRET, b"{", 400),
        (SECRET, b"", 400),
        (SECRET, b"[1]", 400),
        (SECRET, b"[" * 100_000, 400),
        (SECRET, b"\xff\xfe", 400),
        (SECRET, b'{"message": 1}', 200),
        (SECRET, b" " * (2 * 2**20), 413),
        (None, b" " * (2 * 2**20), 403),
    ],
)
async def test_what_the_webhook_turns_away(
    hooked: str, listener: Listener, secret: str | None, body: bytes, status: int
) -> None:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    async with (
        aiohttp.ClientSession() as session,
        session.post(hooked, data=BytesIO(body), headers=headers) as answer,
    ):
        assert (answer.status, await answer.read()) == (status, b"")
    assert listener.tried == []


async def test_a_body_without_a_length_is_limited_too(hooked: str) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(32):
            yield b" " * 65536

    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with (
        aiohttp.ClientSession() as session,
        session.post(hooked, data=endless(), headers=headers) as answer,
    ):
        assert answer.status == 413


async def test_without_a_secret_nobody_is_believed(
    telegram: TelegramStandin, listener: Listener
) -> None:
    channel = TelegramChannel(TOKEN, WORDS, api_url=telegram.url)
    headers = {"X-Telegram-Bot-Api-Secret-Token": ""}
    async with (
        serving("/hooks/telegram", channel.webhook(listener)) as url,
        aiohttp.ClientSession() as session,
        session.post(url, data=b"{}", headers=headers) as answer,
    ):
        assert answer.status == 403


async def test_a_group_is_asked_once_to_write_privately(
    telegram: TelegramStandin, listener: Listener, hooked: str
) -> None:
    an, group = telegram.user(7), telegram.group(-100)
    before = ignored("group")
    await group.says(an, "hôm nay mấy giờ tiêm?")
    await group.says(an, "/start@TramOiBot")
    await group.says(an, "/start")
    await telegram.settled()
    assert [seen.text for seen in group.sees] == ["Anh/chị nhắn riêng cho Trạm nhé."]
    assert telegram.called("sendMessage")[0]["reply_parameters"]["message_id"] == 2
    assert listener.tried == []
    assert ignored("group") == before + 3


def ignored(why: str) -> float:
    return REGISTRY.get_sample_value("tramoi_telegram_ignored_total", {"why": why}) or 0


# By polling.


async def test_a_message_by_polling(
    telegram: TelegramStandin, listener: Listener, polling: asyncio.Task[None]
) -> None:
    number = await telegram.user(7).says(
        "chào",
    )
    (update,) = await listener.has(1)
    assert (update.update_id, update.said) == (str(number), Inbound("chào"))
    await telegram.settled()
    asked = telegram.called("getUpdates")
    assert asked[0]["allowed_updates"] == ["message", "edited_message", "callback_query"]
    assert "offset" not in asked[0]


async def test_polling_takes_a_webhook_away_and_introduces_itself(
    telegram: TelegramStandin, channel: TelegramChannel, listener: Listener, hooked: str
) -> None:
    task = asyncio.create_task(channel.poll(listener, at_once))
    await telegram.user(7).says("chào")
    await listener.has(1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert telegram.delivery.url == ""
    assert set(telegram.commands) == {"", "vi", "en"}
    assert telegram.commands[""] == telegram.commands["vi"]


async def test_the_offset_is_raised_only_after_the_commit(
    telegram: TelegramStandin, listener: Listener, polling: asyncio.Task[None]
) -> None:
    listener.waits["chậm"] = asyncio.Event()
    slow = await telegram.user(7).says("chậm")
    await telegram.user(8).says("nhanh")
    await listener.has(1)
    assert listener.texts == ["nhanh"]
    assert (await telegram.next_call("getUpdates"))["offset"] == slow
    assert slow in telegram.delivery.pending
    listener.waits["chậm"].set()
    await telegram.settled()
    assert listener.texts == ["nhanh", "chậm"]


async def test_new_messages_are_heard_beside_a_slow_chat(
    telegram: TelegramStandin, listener: Listener, polling: asyncio.Task[None]
) -> None:
    listener.waits["chậm"] = asyncio.Event()
    await telegram.user(7).says("chậm")
    await listener.until(lambda: len(listener.tried) == 1)
    await telegram.next_call("getUpdates")
    await telegram.user(7).says("sau chậm")
    for ident in range(20, 25):
        await telegram.user(ident).says(str(ident))
    await listener.has(5)
    listener.waits["chậm"].set()
    await telegram.settled()
    assert [text for text in listener.texts if "chậm" in text] == ["chậm", "sau chậm"]
    assert len(listener.tried) == 7


async def test_a_chats_order_survives_faults(
    telegram: TelegramStandin, listener: Listener, polling: asyncio.Task[None]
) -> None:
    listener.then.extend([Unavailable("away")] * 8)
    for n in range(5):
        await telegram.user(7).says(str(n))
    await telegram.settled()
    assert listener.texts == ["0", "1", "2", "3", "4"]


async def test_an_update_that_always_fails_holds_nobody_back(
    telegram: TelegramStandin, listener: Listener, polling: asyncio.Task[None]
) -> None:
    listener.then.extend([RuntimeError("broken")] * 3)
    await telegram.user(7).says("hỏng")
    await telegram.user(7).says("lành")
    await telegram.settled()
    assert listener.texts == ["lành"]
    assert [update.said.text for update in listener.tried] == ["hỏng"] * 3 + ["lành"]


async def test_polling_survives_telegrams_faults(
    telegram: TelegramStandin, channel: TelegramChannel, listener: Listener
) -> None:
    telegram.drops("deleteWebhook")
    telegram.fails(500, method="getMe")
    telegram.fails(409, "Conflict", method="getUpdates")
    telegram.drops("getUpdates", done=False)
    telegram.fails(200, "an answer that is none", method="getUpdates")
    task = asyncio.create_task(channel.poll(listener, at_once))
    await telegram.user(7).says("chào")
    await telegram.settled()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert listener.texts == ["chào"]


async def test_numbers_may_start_again_after_a_quiet_week(
    telegram: TelegramStandin, listener: Listener, polling: asyncio.Task[None]
) -> None:
    await telegram.user(7).says("tuần trước")
    await telegram.settled()
    await telegram.asked_in_vain()
    telegram.number_from(10)
    await telegram.user(7).says("tuần này")
    await telegram.settled()
    assert listener.texts == ["tuần trước", "tuần này"]


async def test_a_press_by_polling_ends_the_spinner(
    telegram: TelegramStandin,
    channel: TelegramChannel,
    listener: Listener,
    polling: asyncio.Task[None],
) -> None:
    an = telegram.user(7)
    await an.says("/start")
    await channel.send(letter(buttons=YES_NO))
    await an.taps("Đúng")
    await an.taps("Đúng")
    telegram.forget_presses()
    await telegram.settled()
    assert [update.said.button for update in listener.heard] == [None, "ok=yes", "ok=yes"]
    assert len(telegram.called("answerCallbackQuery")) == 2


async def test_a_group_by_polling(
    telegram: TelegramStandin, listener: Listener, polling: asyncio.Task[None]
) -> None:
    an, group = telegram.user(7, language="en"), telegram.group(-100)
    await group.says(an, "@TramOiBot")
    assert (await group.reply()).text == "Please write privately."


async def test_the_shared_number_arrives(
    telegram: TelegramStandin,
    channel: TelegramChannel,
    listener: Listener,
    polling: asyncio.Task[None],
) -> None:
    an = telegram.user(1)
    await an.says("/start")
    await channel.send(letter("Số?", (Button("a", "Số khác", 1),), "contact", chat=1))
    await an.taps("Gửi số điện thoại")
    await an.shares_contact("84900000002", own=False)
    await an.taps("Số khác")
    heard = await listener.has(4)
    assert [update.said for update in heard[1:]] == [
        Inbound(contact=Contact("+84900000001", proven=True)),
        Inbound(contact=Contact("+84900000002")),
        Inbound("Số khác"),
    ]


# Pictures.


def picture(size: tuple[int, int] = (8, 8), kind: str = "JPEG") -> bytes:
    file = BytesIO()
    Image.new("1" if kind == "PNG" else "L", size).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (picture(), None),
        (b"\xff\xd8\xff but no picture", "not_an_image"),
        (b"a text", "not_an_image"),
        (picture((6000, 6000), "PNG"), "too_many_pixels"),
        (b"\xff\xd8\xff" + bytes(11 * 2**20), "too_large"),
        (b"\xff\xd8\xff" + bytes(21 * 2**20), "too_large"),
    ],
)
async def test_a_document_that_says_it_is_a_picture(
    telegram: TelegramStandin, listener: Listener, hooked: str, content: bytes, problem: str | None
) -> None:
    await telegram.user(7).sends_document(content, "phieu.jpg", "image/jpeg")
    await telegram.settled()
    (update,) = listener.heard
    assert update.said == Inbound(other="photo", problem=problem)


async def test_a_picture_that_cannot_be_fetched_now(
    telegram: TelegramStandin, listener: Listener, hooked: str
) -> None:
    telegram.fails(500, method="getFile")
    await telegram.user(7).sends_document(picture(), "phieu.jpg", "image/jpeg")
    await telegram.settled()
    assert listener.heard[0].said == Inbound(other="photo")


async def test_fetching(telegram: TelegramStandin, channel: TelegramChannel) -> None:
    file = telegram.store(b"12345", "a.jpg")
    assert await channel.fetch(file["file_id"]) == b"12345"
    assert await channel.fetch(file["file_id"], limit=4) == "too_large"
    assert await channel.fetch("unknown") == "gone"
    telegram.drops("getFile")
    assert await channel.fetch(file["file_id"]) == "unreached"


async def test_a_file_larger_than_it_said(
    telegram: TelegramStandin, channel: TelegramChannel
) -> None:
    file = telegram.store(bytes(200_000), "a.jpg")
    assert (
        await channel._download(  # what getFile said does not bind what comes
            f"{telegram.url}/file/bot{TOKEN}/{telegram.files[file['file_id']][1]}", 100_000
        )
        == "too_large"
    )
    assert await channel._download(f"{telegram.url}/file/bot{TOKEN}/none", 10) == "gone"
