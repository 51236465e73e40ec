"""A database for the bench: tables, a station, rules, and the keys to it."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from bot.clock import RealClock, RealCodes
from bot.samples import STATION, put_samples
from storage.crypto import Keyring, Vault, new_ring, write_ring
from storage.migrate import migrate
from storage.postgres import PostgresDatabase
from storage.rows import Rows
from storage.rules import RuleRow
from storage.sqlite import SqliteDatabase
from storage.unit import Database, Unit, builder

TOKEN = "4242:made-up-for-the-bench"
SECRET = "made-up-for-the-bench"
Build = Callable[[Rows, str], Unit]


class Prepared:
    """A database with its key files; `url` is as in DATABASE_URL."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.ring: Keyring = new_ring()
        write_ring(self.ring, folder / "data.keys", folder / "index.key")

    @property
    def vault(self) -> Vault:
        return Vault(self.ring)

    def open(self, around: Callable[[Build], Build] = lambda build: build) -> Database:
        build = around(builder(RealClock(), RealCodes(), self.vault))
        if self.url.startswith("sqlite"):
            return SqliteDatabase(self.url.removeprefix("sqlite:///"), build)
        return PostgresDatabase(self.url, build)

    async def fill_in(self) -> None:
        """The station, and rules that let the hundred phones of the bench be used again."""
        database = self.open()
        try:
            await database.run(_put)
        finally:
            await database.close()

    def environment(self, telegram: str, port: int) -> dict[str, str]:
        """What `tramoi serve` is started with. Telegram is the stand-in at that address."""
        return {
            **os.environ,
            "DATABASE_URL": self.url,
            "DATA_KEYS_FILE": str(self.folder / "data.keys"),
            "INDEX_KEY_FILE": str(self.folder / "index.key"),
            "PORT": str(port),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "CHANNELS": "telegram",
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_SECRET": SECRET,
            "TELEGRAM_API_URL": telegram,
            "TELEGRAM_RECEIVE": "webhook",
            "TELEGRAM_PER_SECOND": "1000000",
            "LOG_LEVEL": "error",
            "DEMO": "0",
        }


def made(url: str, folder: Path) -> Prepared:
    """Make the tables. Not to be called on an event loop."""
    folder.mkdir(parents=True, exist_ok=True)
    migrate(url)
    return Prepared(url, folder)


async def _put(unit: Unit) -> None:
    await put_samples(unit)
    many = json.dumps({"people_per_phone": 10_000_000})
    await unit.rules.put(RuleRow("", "2021-01-02", None, many))
    await unit.rules.put_unit(STATION)
