import pytest

from bot.channels.telegram import TelegramChannel
from conversations.messages import Inbound
from tests.standins.listener import Listener
from tests.standins.telegram import TOKEN, TelegramStandin
from tests.standins.telegram_channel import picture


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
