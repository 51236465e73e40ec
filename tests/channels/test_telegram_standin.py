"""The stand-in refuses what Telegram refuses: a test against a lenient one would prove nothing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.standins.telegram import TOKEN, TelegramStandin

FORBIDDEN_BUTTON = {"inline_keyboard": [[{"text": "a", "callback_data": "x" * 65}]]}


class Bot:
    """A bot that does not know the rules."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url, self.session, self.token = url, session, TOKEN

    async def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        url = f"{self.url}/bot{self.token}/{method}"
        async with self.session.post(url, json=params) as answer:
            said: dict[str, Any] = await answer.json()
        assert said["ok"] or said["error_code"] == answer.status
        return said


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandin]:
    async with TelegramStandin() as running:
        yield running


@pytest.fixture
async def bot(telegram: TelegramStandin) -> AsyncIterator[Bot]:
    async with aiohttp.ClientSession() as session:
        yield Bot(telegram.url, session)


@pytest.mark.parametrize(
    ("method", "params", "why"),
    [
        ("sendMessage", {"text": ""}, "message text is empty"),
        ("sendMessage", {"text": "\n "}, "message text is empty"),
        ("sendMessage", {"text": "x" * 4097}, "message is too long"),
        ("sendMessage", {"text": "x", "chat_id": 99}, "chat not found"),
        ("sendMessage", {"text": "x", "reply_markup": FORBIDDEN_BUTTON}, "BUTTON_DATA_INVALID"),
        ("sendMessage", {"text": "x", "reply_markup": {"keyboard": [[{"text": ""}]]}}, "non-empty"),
        ("sendMessage", {"text": "x", "reply_markup": {}}, "object expected as reply markup"),
        ("sendMessage", {"text": "x", "reply_markup": "{"}, "can't parse reply keyboard"),
        (
            "sendMessage",
            {"text": "x", "reply_markup": {"keyboard": [[{"text": "1"}] * 9]}},
            "BUTTON_ROW_INVALID",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}},
            "text buttons are unallowed",
        ),
        ("editMessageText", {"text": "x", "message_id": 99}, "message to edit not found"),
        ("deleteMessage", {"message_id": 99}, "message to delete not found"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
        ("getFile", {"file_id": "1"}, "invalid file_id"),
        ("setMyCommands", {"commands": [{"command": "Huỷ", "description": "x"}]}, "INVALID"),
        ("setWebhook", {"url": "http://example.org/"}, "HTTPS URL must be provided"),
        ("setWebhook", {"url": "https://example.org/", "secret_token": "ơ"}, "unallowed"),
    ],
)
async def test_what_is_refused(
    telegram: TelegramStandin, bot: Bot, method: str, params: dict[str, Any], why: str
) -> None:
    await telegram.user(7).says("/start")
    said = await bot(method, **{"chat_id": 7, **params})
    assert not said["ok"]
    assert said["error_code"] == 400
    assert why in said["description"]


async def test_an_edit_that_changes_nothing(telegram: TelegramStandin, bot: Bot) -> None:
    await telegram.user(7).says("/start")
    sent = await bot("sendMessage", chat_id="7", text="một")
    where = {"chat_id": 7, "message_id": sent["result"]["message_id"]}
    assert "not modified" in (await bot("editMessageText", **where, text="một"))["description"]
    assert (await bot("editMessageText", **where, text="hai"))["ok"]


async def test_who_may_be_written_to(telegram: TelegramStandin, bot: Bot) -> None:
    an = telegram.user(7)
    said = await bot("sendMessage", chat_id=7, text="x")
    assert (said["error_code"], "initiate" in said["description"]) == (403, True)
    await an.says("/start")
    assert (await bot("sendMessage", chat_id=7, text="x"))["ok"]
    an.blocks()
    assert (await bot("sendMessage", chat_id=7, text="x"))["error_code"] == 403


async def test_tokens_and_methods(bot: Bot) -> None:
    assert (await bot("noSuchMethod"))["error_code"] == 404
    bot.token = "4242:another"
    assert (await bot("getMe"))["error_code"] == 401
    bot.token = "another"
    assert (await bot("getMe"))["error_code"] == 404


async def test_a_press_is_answered_once_and_in_time(telegram: TelegramStandin, bot: Bot) -> None:
    an = telegram.user(7)
    await an.says("/start")
    under = {"inline_keyboard": [[{"text": "Đúng", "callback_data": "a"}]]}
    await bot("sendMessage", chat_id=7, text="x", reply_markup=under)
    await an.taps("Đúng")
    (ident,) = telegram.presses
    assert (await bot("answerCallbackQuery", callback_query_id=ident))["ok"]
    assert not (await bot("answerCallbackQuery", callback_query_id=ident))["ok"]
    await an.taps("Đúng")
    telegram.forget_presses()
    (ident,) = telegram.presses
    assert not (await bot("answerCallbackQuery", callback_query_id=ident))["ok"]


async def test_a_button_that_does_not_exist(telegram: TelegramStandin) -> None:
    with pytest.raises(AssertionError, match="no button says"):
        await telegram.user(7).taps("Đúng")


async def test_updates_come_until_they_are_confirmed(telegram: TelegramStandin, bot: Bot) -> None:
    first, second = await telegram.user(7).says("một"), await telegram.user(8).says("hai")
    for _ in range(2):
        found = (await bot("getUpdates"))["result"]
        assert [update["update_id"] for update in found] == [first, second]
    assert [u["update_id"] for u in (await bot("getUpdates", offset=second))["result"]] == [second]
    assert (await bot("getUpdates", offset=second + 1))["result"] == []
    await telegram.settled()
    telegram.redeliver(first)
    assert len((await bot("getUpdates", limit=1))["result"]) == 1


async def test_one_at_a_time(telegram: TelegramStandin, bot: Bot) -> None:
    first = asyncio.create_task(bot("getUpdates", timeout=30))
    await telegram.next_call("getUpdates")
    second = asyncio.create_task(bot("getUpdates", timeout=30))
    assert (await first)["error_code"] == 409
    await telegram.user(7).says("một")
    assert len((await second)["result"]) == 1
    await bot("setWebhook", url="http://127.0.0.1:9/")
    assert "webhook is active" in (await bot("getUpdates"))["description"]
    await bot("deleteWebhook")
    assert (await bot("getUpdates"))["ok"]
