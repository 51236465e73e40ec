"""The real time and chance, and the loop that does what falls due."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.logs import failed
from conversations.messages import Memory
from conversations.notices import on_expiry
from conversations.remember import from_json, to_json
from storage.conversations import Chatting
from storage.crypto import CannotOpen
from storage.faults import Conflict, Unavailable
from storage.retention import forget_old
from storage.unit import Clock, Database, Unit

log = structlog.get_logger()
AT_ONCE = 100
PAUSE = 5.0  # seconds between two looks at what is due
REFRESH = timedelta(minutes=1)
FORGET = timedelta(hours=1)


class RealClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)


class RealCodes:
    """The operating system's chance."""

    def letters(self, alphabet: str, length: int) -> str:
        """Random letters."""
        return "".join(secrets.choice(alphabet) for _ in range(length))

    def secret(self) -> str:
        """A base32 secret of 160 bits, as pyotp wants it."""
        return self.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32)

    def key(self) -> str:
        """A row key of 128 bits."""
        return secrets.token_hex(16)


async def expire_forms(database: Database, clock: Clock) -> int:
    """Delete half-filled forms whose day is over, and tell their people. Returns how many."""
    done = 0

    async def find(unit: Unit) -> list[int]:
        return list(await unit.conversations.expired(clock.now(), AT_ONCE))

    for conversation in await database.run(find):
        try:
            done += await database.run(lambda unit, row=conversation: _expire(unit, row))  # type: ignore[misc]
        except Conflict:
            continue  # the person wrote just now
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one chat must not hold up the others
            failed("a form could not expire", error, row=conversation)
    return done


async def _expire(unit: Unit, conversation: int) -> int:
    chat, memory = await _remembered(unit, conversation)
    if chat is None:
        return 0
    kept = to_json(replace(memory, session=None))
    if not await unit.conversations.expire(chat, kept, unit.now()):
        raise Conflict("the chat goes on")
    if memory.session and (kind := on_expiry(memory.session)):
        await unit.outbox.post_to(conversation, {"notice": kind, "facts": {}}, unit.now())
    return 1


async def _remembered(unit: Unit, conversation: int) -> tuple[Chatting | None, Memory]:
    """The chat. What cannot be read goes too: it would be first in the row for ever."""
    try:
        chat = await unit.conversations.by_id(conversation)
        return chat, from_json(chat.memory) if chat else Memory()
    except (CannotOpen, LookupError, TypeError, ValueError, AttributeError) as error:
        failed("a form that could not be read is deleted", error, row=conversation)
        return await unit.conversations.by_id(conversation, remember=False), Memory()


class Loop:
    """Does what is due, again and again, until it is stopped."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        refresh: Callable[[], Awaitable[None]],
        wake: Callable[[], None],
    ) -> None:
        self._database, self._clock, self._refresh, self._wake = database, clock, refresh, wake
        self._refreshed = self._forgotten = datetime.min.replace(tzinfo=UTC)

    async def run(self) -> None:
        """Run until cancelled; a database that is away is waited for."""
        while True:
            try:
                await self.tick()
            except Unavailable as error:
                log.warning("due work waits for the database", why=str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
                failed("due work failed; it is tried again", error)
            await asyncio.sleep(PAUSE)

    async def tick(self) -> None:
        """One look at what is due."""
        now = self._clock.now()
        if await expire_forms(self._database, self._clock):
            self._wake()
        if now - self._refreshed > REFRESH:
            await self._refresh()
            self._refreshed = now
        if now - self._forgotten > FORGET:
            more = await self._database.run(lambda unit: forget_old(unit.rows, now))
            self._forgotten = self._forgotten if more else now
