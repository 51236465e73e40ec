"""The database goes away under the whole program: Telegram keeps the message until it is back."""

import asyncio
from pathlib import Path

from bot.stories.fixed import StoryClock
from tests.standins.sms import SmsStandin
from tests.standins.telegram import TelegramStandin
from tests.through.at_telegram import telegram_by
from tests.through.stage import by_sms, staged
from tools.services import PostgresServer


class Patience:
    """How Telegram waits for us: as long as the test wants."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.turned_away, self.over = asyncio.Event(), asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self.turned_away.set()
        await self.over.wait()


async def test_a_message_while_the_database_is_away_is_heard_once_when_it_is_back(
    tmp_path: Path, postgres: PostgresServer, postgres_url: str
) -> None:
    patience, clock = Patience(), StoryClock.at("2026-03-03 09:00")
    async with TelegramStandin(wait=patience) as telegram, SmsStandin() as sms:
        given = {**telegram_by("webhook", telegram), **by_sms(sms), "database_url": postgres_url}
        async with staged(tmp_path, clock, **given) as stage:
            someone = telegram.user(7)
            assert "xin nghe" in (await someone.asks("/start")).text
            await asyncio.to_thread(postgres.stop)
            try:
                lost = await someone.says("đăng ký")
                await patience.turned_away.wait()
            finally:
                await asyncio.to_thread(postgres.start)
            patience.over.set()
            assert "đồng ý không?" in (await someone.reply()).text
            await telegram.settled()
            await stage.quiet()
            statuses = [one.status for one in telegram.attempts if one.update_id == lost]
            assert (statuses, patience.asked) == ([503, 200], [5.0])
            assert not someone._unread
