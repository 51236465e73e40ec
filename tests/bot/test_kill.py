"""kill -9 of the whole program under load: what was acknowledged is there, once, and answered."""

import asyncio
import random
import re
from collections import Counter
from pathlib import Path

from aiohttp import ClientSession

from bot.channels.channel import Shown, fit
from bot.channels.telegram_send import CAN
from storage.crypto import Vault, read_ring
from storage.sqlite import SqliteDatabase
from storage.unit import Database, builder
from tests.bot.program import Running
from tests.standins.telegram import TOKEN, TelegramStandin
from tests.standins.telegram_people import Person
from tests.standins.telegram_rules import Params
from tests.storage.databases import HandClock, HandCodes, ask

KILLS, CHATS = 10, 12
WORDS = (
    "đăng ký",
    "tôi đồng ý",
    "cho tôi",
    "menu",
    "Nguyễn Thị Mẫu",
    "0900 000 001",
    "giúp với",
    "quay lại",
)


async def test_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path) -> None:
    up = asyncio.Event()

    async def until_up(_seconds: float) -> None:
        await up.wait()

    async with TelegramStandin(wait=until_up) as telegram:
        running = Running(tmp_path, settings(tmp_path, telegram))
        running.settings["PUBLIC_URL"] = f"http://127.0.0.1:{running.port}"
        await running.prepare()
        people = [telegram.user(n) for n in range(1, CHATS + 1)]
        enough = asyncio.Event()
        speaking = asyncio.gather(*(speak(person, enough) for person in people))
        await killed_again_and_again(running, telegram, up)
        enough.set()
        await speaking
        await telegram.settled()
        await until_all_is_sent(running)
        assert await running.tool("verify") == "All 10 rules hold.\n"
        assert await running.stop() == 0
        taken = Counter(one.update_id for one in telegram.attempts if one.status == 200)
    assert not [line for line in running.words if any(said in line for said in WORDS)]
    ring = read_ring(tmp_path / "var" / "data.keys", tmp_path / "var" / "index.key")
    build = builder(HandClock(), HandCodes(), Vault(ring))
    database = SqliteDatabase(tmp_path / "tramoi.db", build)
    await judge(database, people, taken)
    await database.close()


def settings(folder: Path, telegram: TelegramStandin) -> dict[str, str]:
    return {
        "CHANNELS": "telegram",
        "DATABASE_URL": f"sqlite:///{folder / 'tramoi.db'}",
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_SECRET": "s" * 32,
        "TELEGRAM_RECEIVE": "webhook",
        "TELEGRAM_API_URL": telegram.url,
        "TELEGRAM_PER_SECOND": "100000",
    }


async def speak(person: Person, enough: asyncio.Event) -> None:
    """Write, read an answer, write again."""
    chance = random.Random(person.id)
    while not enough.is_set():
        await person.says(chance.choice(WORDS))
        await person.reply()


async def killed_again_and_again(
    running: Running, telegram: TelegramStandin, up: asyncio.Event
) -> None:
    chance = random.Random(5)
    for kill in range(KILLS):
        hooked = asyncio.ensure_future(telegram.next_call("setWebhook"))
        await running.start()
        await hooked
        if kill == 0:
            telegram.delivery.set_webhook = nothing_new  # type: ignore[method-assign,assignment]
        up.set()
        for _ in range(chance.randint(1, 3 * CHATS)):
            await telegram.next_call("sendMessage")
        up.clear()
        await running.kill()
    await running.start()
    up.set()


async def nothing_new(_params: Params) -> None:
    """The webhook is where it was: what is being delivered to it goes on."""


async def until_all_is_sent(running: Running) -> None:
    pending = re.compile(r'tramoi_outbox_messages{state="pending"} 0.0')
    async with ClientSession() as session:
        while True:
            async with session.get(f"http://127.0.0.1:{running.port}/metrics") as answer:
                if pending.search(await answer.text()):
                    return


async def judge(database: Database, people: list[Person], taken: Counter[int]) -> None:
    """Compare what Telegram knows with what the program keeps."""
    rows = await ask(database, "SELECT update_id FROM inbox")
    assert sorted(row["update_id"] for row in rows) == sorted(map(str, taken))
    twice = sum(times - 1 for times in taken.values())
    assert twice <= KILLS * CHATS
    repeated = 0
    for person in people:
        said = await database.run(
            lambda unit, chat=str(person.id): unit.outbox.since("telegram", chat, 0, 100_000)  # type: ignore[misc]
        )
        assert [one.seq for one in said] == list(range(1, len(said) + 1))
        parts = [part.text for one in said for part in fit(Shown.from_json(one.body), CAN)]
        repeated += repeats([seen.text for seen in person.sees], parts)
    assert repeated <= KILLS * CHATS
    print(f"{len(rows)} updates, {twice} delivered again, {repeated} answers repeated")


def repeats(seen: list[str], said: list[str]) -> int:
    """How many messages a person saw twice in a row; anything else out of order fails."""
    place = again = 0
    for text in seen:
        if place < len(said) and text == said[place]:
            place += 1
        else:
            assert text == said[place - 1], (place, text)
            again += 1
    assert place == len(said)
    return again
