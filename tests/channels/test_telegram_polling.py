import asyncio
from collections.abc import Iterator, Sequence

import pytest

from bot.channels.channel import Button
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_poll import Poller
from bot.channels.telegram_read import Raw
from conversations.messages import Contact, Inbound
from storage.unit import Unavailable
from tests.standins.listener import Listener
from tests.standins.telegram import TelegramStandin
from tests.standins.telegram_channel import YES_NO, at_once, letter


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


async def test_asking_goes_on_after_a_fault_of_our_own() -> None:
    answers: Iterator[Sequence[Raw] | BaseException] = iter(
        (KeyError("a bug"), [{"update_id": 7}], [], asyncio.CancelledError())
    )
    heard = list[Raw]()

    async def pull(_offset: int | None, _seconds: int) -> Sequence[Raw]:
        answer = next(answers)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def hear(update: Raw) -> None:
        heard.append(update)

    with pytest.raises(asyncio.CancelledError):
        await Poller(pull, hear, at_once).run()
    assert heard == [{"update_id": 7}]


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
