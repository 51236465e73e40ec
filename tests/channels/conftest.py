"""The Telegram channel on its stand-in, by polling and by webhook."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram import TelegramChannel
from tests.standins.listener import Listener, serving
from tests.standins.telegram import TelegramStandin
from tests.standins.telegram_channel import SECRET, at_once, opened


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandin]:
    async with TelegramStandin(wait=at_once) as running:
        yield running


@pytest.fixture
async def channel(telegram: TelegramStandin) -> AsyncIterator[TelegramChannel]:
    async with opened(telegram) as running:
        yield running


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
