import logging

import aiohttp
import pytest
from telegram import Bot
from telegram.error import BadRequest

from bot.channels.channel import Button, Channel, Delivered, TryLater, Undeliverable
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_transport import AiohttpRequest
from tests.standins.listener import serving
from tests.standins.telegram import TOKEN, TelegramStandin
from tests.standins.telegram_channel import WORDS, YES_NO, letter, opened, picture


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


async def test_it_is_a_channel(channel: TelegramChannel) -> None:
    one: Channel = channel
    assert (one.name, one.can.buttons, one.can.abroad) == ("telegram", 20, True)
