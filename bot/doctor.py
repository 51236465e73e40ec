"""Looks at everything the program needs, and says how to mend what is wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import typer
from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.clock import RealClock, RealCodes
from bot.settings import Settings, SettingsRefused, read_settings
from bot.wiring import gateway_of, open_database, station_of
from conversations.messages import VIETNAM
from storage.crypto import KeyFileRefused, Vault, read_ring
from storage.faults import Unavailable
from storage.migrate import is_current
from storage.redis import ping
from storage.resealing import keys_fit, time_there
from storage.sqlite import look
from storage.unit import Unit, builder

PATIENCE = ClientTimeout(total=10)
APART = timedelta(seconds=2)
TELEGRAM = "https://api.telegram.org"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and what to do where it is not well."""

    what: str
    state: Literal["ok", "note", "WRONG"]
    said: str

    def __str__(self) -> str:
        return f"{self.state:<6} {self.what:<10} {self.said}"


async def examine(out: Callable[[str], None] = typer.echo) -> int:
    """Look at everything. 1 if anything is wrong, else 0."""
    wrong = 0
    async for finding in _findings():
        out(str(finding))
        wrong += finding.state == "WRONG"
    return 1 if wrong else 0


async def _findings() -> AsyncIterator[Finding]:
    try:
        settings = read_settings()
    except SettingsRefused as refused:
        for sentence in str(refused).splitlines():
            yield Finding("settings", "WRONG", sentence)
        return
    yield Finding("settings", "ok", "all can be read")
    vault, keys = _keys(settings)
    yield keys
    for finding in await _database(settings, vault):
        yield finding
    for looked in (_redis, _telegram, _sms):
        found = await looked(settings)
        if found:
            yield found


def _keys(settings: Settings) -> tuple[Vault | None, Finding]:
    data, index = settings.data_keys_file, settings.index_key_file
    if settings.demo and not data.exists() and not index.exists():
        return None, Finding("keys", "note", "the demonstration will make its own")
    try:
        ring = read_ring(data, index)
    except (KeyFileRefused, OSError) as refused:
        return None, Finding("keys", "WRONG", str(refused))
    if len(ring.data) > 1:
        said = "a rotation was interrupted; finish it with: tramoi keys rotate"
        return Vault(ring), Finding("keys", "note", said)
    return Vault(ring), Finding("keys", "ok", f"{data}, {index}; back both up, apart")


# --- the database --------------------------------------------------------------------------


async def _database(settings: Settings, vault: Vault | None) -> list[Finding]:
    path = settings.sqlite_path
    if path and not await asyncio.to_thread(Path(path).exists):
        if settings.demo:
            return [Finding("database", "note", "the demonstration will make its own")]
        return [_wrong(f"{path} is not there yet; make it with: tramoi migrate")]
    try:
        if not await asyncio.to_thread(is_current, settings.database_url):
            return [_wrong("its tables are not of this release; mend it with: tramoi migrate")]
        found = [Finding("database", "ok", "reached, and its tables are of this release")]
        return found if vault is None else found + await _contents(settings, vault)
    except Unavailable as error:
        return [_wrong(f"{error}. Is it running, and is DATABASE_URL right?")]


def _wrong(said: str) -> Finding:
    return Finding("database", "WRONG", said)


async def _contents(settings: Settings, vault: Vault) -> list[Finding]:
    async def read(unit: Unit) -> list[Finding]:
        return [await _fit(unit), await _station(settings, unit), await _dead(unit)]

    if settings.sqlite_path:
        return look(settings.sqlite_path, builder(RealClock(), RealCodes(), vault), read)
    database = open_database(settings, vault, RealClock(), RealCodes())
    try:
        return [*await database.run(read), _clock(await database.run(time_there))]
    finally:
        await database.close()


async def _fit(unit: Unit) -> Finding:
    if await keys_fit(unit):
        return Finding("keys", "ok", "they open what is in the database")
    said = "they do not open what is in the database; restore the right ones from your backup"
    return Finding("keys", "WRONG", said)


async def _station(settings: Settings, unit: Unit) -> Finding:
    try:
        today = unit.now().astimezone(VIETNAM).date()
        station = station_of(await unit.rules.units(), settings.station, today)
    except SettingsRefused as refused:
        if settings.demo:
            return Finding("station", "note", "the demonstration will make its own")
        return Finding("station", "WRONG", str(refused))
    return Finding("station", "ok", f"{station.name}, {station.hotline}")


async def _dead(unit: Unit) -> Finding:
    dead = len(await unit.outbox.dead(1000))
    if dead:
        return Finding("letters", "note", f"{dead} not delivered; see: tramoi letters dead")
    return Finding("letters", "ok", "none was given up")


def _clock(there: datetime) -> Finding:
    apart = abs(there - RealClock().now())
    if apart > APART:
        said = f"{apart.total_seconds():.0f} s apart from the database's; set both by NTP"
        return Finding("clock", "WRONG", said)
    return Finding("clock", "ok", "the same here and at the database")


# --- the outside ---------------------------------------------------------------------------


async def _redis(settings: Settings) -> Finding | None:
    if not settings.redis_url:
        return None
    why = await ping(settings.redis_url)
    if why:
        return Finding("redis", "WRONG", f"REDIS_URL: {why}. The program also runs without it.")
    return Finding("redis", "ok", "it answers")


async def _telegram(settings: Settings) -> Finding | None:
    if "telegram" not in settings.channels or settings.demo:
        return None
    address = f"{settings.telegram_api_url or TELEGRAM}/bot{settings.telegram_token}"
    try:
        async with ClientSession(timeout=PATIENCE) as session:
            me = await _called(session, f"{address}/getMe")
            hook = await _called(session, f"{address}/getWebhookInfo")
    except (ClientError, OSError, TimeoutError, ValueError) as error:
        said = f"out of reach ({type(error).__name__}); may this machine open https connections?"
        return Finding("telegram", "WRONG", said)
    if "username" not in me:
        return Finding("telegram", "WRONG", "TELEGRAM_TOKEN is refused; get a new one of BotFather")
    return _hooked(settings, f"@{me['username']}", hook)


async def _called(session: ClientSession, address: str) -> dict[str, Any]:
    async with session.get(address) as answer:
        said = await answer.json(content_type=None)
    result = said.get("result") if isinstance(said, dict) else None
    return result if isinstance(result, dict) else {}


def _hooked(settings: Settings, name: str, hook: dict[str, Any]) -> Finding:
    """What Telegram says of the webhook; by polling there should be none."""
    if settings.telegram_receive == "polling":
        return Finding("telegram", "ok", f"{name}, by polling")
    if hook.get("last_error_message"):
        said = f"{name}: Telegram cannot deliver to PUBLIC_URL: {hook['last_error_message']}"
        return Finding("telegram", "WRONG", said)
    if hook.get("url") != f"{settings.public_url}/hooks/telegram":
        return Finding("telegram", "note", f"{name}; the webhook is set when the program starts")
    waiting = hook.get("pending_update_count", 0)
    return Finding("telegram", "ok", f"{name}, by webhook; {waiting} messages wait there")


async def _sms(settings: Settings) -> Finding | None:
    if settings.demo:
        return None
    if not settings.sms_url:
        said = "SMS_URL is empty: phones can only be confirmed by the button in Telegram"
        return Finding("sms", "note", said)
    try:
        gateway_of(settings)
    except SettingsRefused as refused:
        return Finding("sms", "WRONG", str(refused))
    return Finding("sms", "ok", "the settings fit together; no message was sent")
