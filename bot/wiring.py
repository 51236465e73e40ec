"""Builds everything once. The only file that knows all parts."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.channels.channel import Channel, Letter, Update
from bot.channels.sms import REFUSED_FOR_GOOD, Gateway, PretendPhone, SmsChannel
from bot.channels.webchat import WebChat, WebSettings
from bot.channels.webchat_frames import Entry
from bot.clock import Loop, RealClock, RealCodes
from bot.letters import letter
from bot.samples import STATION, put_samples
from bot.sender import Sender
from bot.settings import Settings, SettingsRefused
from bot.turn import Turns, World
from conversations.consent import ConsentDialog
from conversations.messages import VIETNAM, Station
from conversations.mine import MineDialog
from conversations.registration import RegistrationDialog
from conversations.router import Router
from conversations.text import LANGUAGES, phrasebook
from conversations.understand import understand
from conversations.words import COMMANDS, SHARE_NUMBER, WRITE_PRIVATELY
from handlers.people import masked_phone
from handlers.places import Places
from handlers.policy import Policies, Policy, PolicyRule
from storage.crypto import KeyFileRefused, Keyring, Vault, new_ring, read_ring, write_ring
from storage.demonstration import OtherData, claim
from storage.migrate import migrate
from storage.postgres import PostgresDatabase
from storage.resealing import keys_fit
from storage.rules import RuleRow, UnitRow
from storage.sqlite import SqliteDatabase
from storage.unit import Clock, Codes, Database, Unit, builder

if TYPE_CHECKING:
    from bot.channels.telegram import TelegramChannel
    from storage.redis import Bell


@dataclass
class Program:
    """The parts of a running program."""

    settings: Settings
    database: Database
    clock: Clock
    world: World
    channels: dict[str, Channel] = field(default_factory=dict)
    turns: Turns = field(init=False)
    sender: Sender = field(init=False)
    loop: Loop = field(init=False)
    web: WebChat | None = None
    telegram: "TelegramChannel | None" = None
    sms: SmsChannel | None = None
    bell: "Bell | None" = None

    async def refresh(self) -> None:
        """Read rules and units again."""
        self.world = await _world(self.database, self.settings, self.world.places, self.clock)


def open_database(settings: Settings, vault: Vault, clock: Clock, codes: Codes) -> Database:
    """The database of DATABASE_URL, as it is: see `prepared` for one that is up to date."""
    build = builder(clock, codes, vault)
    if settings.sqlite_path:
        return SqliteDatabase(settings.sqlite_path, build)
    return PostgresDatabase(settings.database_url, build, settings.database_connections)


def ring_of(settings: Settings) -> Keyring:
    """The keys. The demonstration makes its own. Raises KeyFileRefused."""
    data, index = settings.data_keys_file, settings.index_key_file
    if settings.demo and not data.exists() and not index.exists():
        write_ring(new_ring(), data, index)
    return read_ring(data, index)


async def build(
    settings: Settings,
    clock: Clock | None = None,
    codes: Codes | None = None,
    *,
    sockets: bool = True,
) -> Program:
    """Everything, wired; nothing runs yet. Raises SettingsRefused, KeyFileRefused, Unavailable.

    `sockets` is whether pages are open in this process; a worker leaves the web chat to the others.
    """
    clock = clock or RealClock()
    ring = ring_of(settings)
    await asyncio.to_thread(_own_data, settings)
    await asyncio.to_thread(migrate, settings.database_url)
    database = open_database(settings, Vault(ring), clock, codes or RealCodes())
    try:
        return await _built(settings, ring, database, clock, sockets=sockets)
    except BaseException:
        await database.close()
        raise


async def _built(
    settings: Settings, ring: Keyring, database: Database, clock: Clock, *, sockets: bool
) -> Program:
    if not await database.run(keys_fit):
        raise KeyFileRefused(
            f"{settings.data_keys_file}, {settings.index_key_file}: not the keys of this database;"
            " restore the ones it was made with from your backup"
        )
    if settings.demo:
        await database.run(put_samples)
    await asyncio.to_thread(understand, "xin chào")  # reads its weights once, before anyone waits
    world = await _world(database, settings, await asyncio.to_thread(Places.load), clock)
    program = Program(settings, database, clock, world)
    _add_channels(program, ring, sockets=sockets)
    paces = {"telegram": settings.telegram_per_second}
    without = "" if sockets else "web"
    program.sender = Sender(database, program.channels, clock, paces, without)
    program.turns = Turns(
        database, router(), program.channels, lambda: program.world, program.sender
    )
    program.loop = Loop(database, clock, program.refresh, program.sender.wake)
    return program


def _own_data(settings: Settings) -> None:
    """The demonstration and a station never share a database."""
    if settings.sqlite_path is None:
        return
    try:
        claim(settings.sqlite_path, demo=settings.demo)
    except OtherData:
        what = "a station's data" if settings.demo else "the demonstration's made-up people"
        raise SettingsRefused(
            f"DATABASE_URL, DEMO: {settings.sqlite_path} holds {what}; use another file"
        ) from None


def router() -> Router:
    """All dialogs."""
    return Router(ConsentDialog(), RegistrationDialog(), MineDialog())


def _add_channels(program: Program, ring: Keyring, *, sockets: bool) -> None:
    settings = program.settings
    if "web" in settings.channels and sockets:
        program.web = _web(program, ring)
        program.channels["web"] = program.web
    if program.web and settings.redis_url:
        from storage.redis import Bell  # noqa: PLC0415 - 24 MB, for those who have a Redis

        program.bell = Bell(settings.redis_url)
        program.web.elsewhere = program.bell.ring
    if "telegram" in settings.channels and not settings.demo:
        program.telegram = _telegram(settings)
        program.channels["telegram"] = program.telegram
    if settings.demo:
        program.channels["sms"] = PretendPhone(lambda letter: _ring(program, letter))
    elif settings.sms_url:
        program.sms = SmsChannel(gateway_of(settings))
        program.channels["sms"] = program.sms


def _telegram(settings: Settings) -> "TelegramChannel":
    # Its library is loaded only where the channel is on: a fifth of the start and of the memory.
    from bot.channels.telegram import TelegramChannel, Words  # noqa: PLC0415

    return TelegramChannel(
        settings.telegram_token,
        Words(_in_all(SHARE_NUMBER), _in_all(WRITE_PRIVATELY), _commands()),
        secret=settings.telegram_secret,
        api_url=settings.telegram_api_url or None,
    )


def _in_all(text: object) -> dict[str, str]:
    return {locale: phrasebook(locale)(text) for locale in LANGUAGES}  # type: ignore[arg-type]


def _commands() -> dict[str, dict[str, str]]:
    return {
        locale: {name: phrasebook(locale)(text) for name, text in COMMANDS.items()}
        for locale in LANGUAGES
    }


def gateway_of(settings: Settings) -> Gateway:
    """The provider of short messages. Raises SettingsRefused."""
    try:
        return Gateway(
            url=settings.sms_url,
            body=settings.sms_body,
            method=settings.sms_method,
            headers=settings.sms_headers,
            success=settings.sms_success,
            code=settings.sms_code,
            permanent=settings.sms_permanent or REFUSED_FOR_GOOD,
        )
    except ValueError as error:
        raise SettingsRefused(f"SMS_BODY, SMS_URL or SMS_HEADERS: {error}") from None


def _web(program: Program, ring: Keyring) -> WebChat:
    settings = program.settings
    secret = HKDF(SHA256(), 32, None, b"web chat cookie").derive(ring.index)
    web = WebSettings(
        secrets=(secret,),
        station=program.world.station,
        public_url=settings.public_url or None,
        demo=settings.demo,
        proxies=settings.trusted_proxies,
    )
    return WebChat(Hearing(program), history_of(program.database), web)


@dataclass(frozen=True)
class Hearing:
    """The program's turns, for a channel that is built before them."""

    program: Program

    async def __call__(self, update: Update) -> None:
        """Hear an update."""
        await self.program.turns(update)


def history_of(database: Database) -> Callable[[str, int], Awaitable[Sequence[Entry]]]:
    """A chat's messages of the last seven days, its own and the bot's, in order."""

    async def history(chat: str, since: int) -> Sequence[Entry]:
        async def read(unit: Unit) -> Sequence[Entry]:
            said = await unit.outbox.since("web", chat, since)
            mine = await unit.conversations.own_since("web", chat, since)
            entries = [Entry.bot(one.seq, letter(one).shown, one.created_at) for one in said]
            entries += [Entry.own(after, raw, at) for after, at, raw in mine]
            return sorted(entries, key=lambda one: (one.seq, one.mine))

        return await database.run(read)

    return history


def _ring(program: Program, letter: Letter) -> None:
    """The pretend phone shows a message to the visitor whose chat asked for it."""
    if program.web is None or letter.asked_by is None:
        return
    shown = program.web.pretend(
        letter.asked_by[1], masked_phone(letter.to or ""), letter.shown.text
    )
    task = asyncio.ensure_future(shown)
    _RINGING.add(task)
    task.add_done_callback(_RINGING.discard)


_RINGING: set["asyncio.Future[None]"] = set()


async def _world(database: Database, settings: Settings, places: Places, clock: Clock) -> World:
    async def read(unit: Unit) -> tuple[Sequence[RuleRow], Sequence[UnitRow]]:
        return await unit.rules.all(), await unit.rules.units()

    rules, units = await database.run(read)
    today = clock.now().astimezone(VIETNAM).date()
    return World(places, policies(rules), station_of(units, settings.station, today))


def policies(rules: Sequence[RuleRow]) -> Policies:
    """The rules as handlers read them."""
    return Policies([_rule(row) for row in rules])


def _rule(row: RuleRow) -> PolicyRule:
    said: Mapping[str, object] = json.loads(row.rules)
    until = date.fromisoformat(row.valid_to) if row.valid_to else None
    policy = Policy(
        id_number_required=bool(said.get("id_number_required", False)),
        people_per_phone=int(str(said.get("people_per_phone", 5))),
        needs=frozenset(map(str, said.get("needs", []))),  # type: ignore[call-overload]
    )
    return PolicyRule(row.place, date.fromisoformat(row.valid_from), until, policy)


def station_of(units: Sequence[UnitRow], code: str, today: date) -> Station:
    """The station of STATION, as it is today. Raises SettingsRefused."""
    day = today.isoformat()
    for unit in units:
        if unit.code == code and unit.valid_from <= day and (unit.valid_to or day) >= day:
            return Station(unit.code, unit.name, unit.hotline, unit.address, unit.commune)
    raise SettingsRefused(
        f"STATION: no unit {code} is in the database today; add it with: tramoi unit add"
    )


SAMPLE_STATION = Station(
    STATION.code, STATION.name, STATION.hotline, STATION.address, STATION.commune
)
