import json
from collections.abc import AsyncIterator
from io import BytesIO

import aiohttp
import pytest
from prometheus_client import REGISTRY

from bot.channels.telegram import TelegramChannel
from conversations.messages import Inbound
from storage.unit import Unavailable
from tests.standins.listener import Listener, serving
from tests.standins.telegram import TOKEN, TelegramStandin
from tests.standins.telegram_channel import SECRET, WORDS, YES_NO, at_once, letter


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


async def test_telegram_may_be_out_of_reach_at_the_start(
    telegram: TelegramStandin, channel: TelegramChannel, listener: Listener
) -> None:
    telegram.drops("setWebhook", done=False)
    telegram.fails(502, method="getMe")
    async with serving("/hooks/telegram", channel.webhook(listener)) as url:
        await channel.hook(url, SECRET, at_once)
        await telegram.user(7).says("chào")
        await telegram.settled()
    assert listener.texts == ["chào"]
    assert set(telegram.commands) == {"", "vi", "en"}
