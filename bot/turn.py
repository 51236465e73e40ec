"""One message is one turn is one transaction. Acknowledged only after the commit.

Crash before the commit: nothing happened, the platform delivers again. Crash after: the answers
are in the outbox. The only commit beside `clock.py` and `sender.py`'s marks.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot import metrics
from bot.channels.channel import Channel, Shown, Update, show
from bot.logs import failed
from conversations import station
from conversations.messages import Context, Inbound, Memory, Outbound, Station, Turn
from conversations.remember import from_json, to_json
from conversations.router import Router, offers
from conversations.text import LANGUAGES, lines, phrasebook
from handlers.codes import ALPHABET
from handlers.phones import SMS, Asker
from handlers.places import Places
from handlers.policy import Policies
from storage.conversations import Chatting, Heard
from storage.crypto import CannotOpen
from storage.faults import Conflict, Unavailable
from storage.outbox import LEASE, Waiting
from storage.unit import Database, Unit

log = structlog.get_logger()
Work = Callable[[Unit], Awaitable[list[Waiting] | None]]
HALF_FILLED = timedelta(hours=24)
TRIES = 5
MOST_LETTERS = 5000


class Sends(Protocol):
    """Who takes the answers after the commit; `bot.sender.Sender` is the real one."""

    def offer(self, said: Sequence[Waiting]) -> None:
        """These are committed and this process has their lease."""
        ...

    def holds(self, conversation: int, before: int) -> bool:
        """Whether all unsent messages of the chat before this number are in our hands."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """What every turn may know: read from the registry now and then, the same for all chats."""

    places: Places
    policies: Policies
    station: Station


def shortened(said: Inbound) -> Inbound:
    """No answer is longer; what is cut off would only cost time in every comparison."""
    return said if len(said.text) <= MOST_LETTERS else replace(said, text=said.text[:MOST_LETTERS])


class Turns:
    """Hears updates, one transaction each."""

    def __init__(
        self,
        database: Database,
        router: Router,
        channels: Mapping[str, Channel],
        world: Callable[[], World],
        sends: Sends,
    ) -> None:
        self._database, self._router, self._channels = database, router, channels
        self._world, self._sends = world, sends

    async def __call__(self, update: Update) -> None:
        """Hear an update; back only when it is committed. Raises Unavailable."""
        begun = time.perf_counter()
        try:
            outcome = await self._heard(update)
        except Unavailable:
            metrics.UPDATES.labels(update.channel, "unavailable").inc()
            raise
        metrics.UPDATES.labels(update.channel, outcome).inc()
        metrics.TURN.labels("whole").observe(time.perf_counter() - begun)

    async def _heard(self, update: Update) -> str:
        try:
            said = await self._committed(lambda unit: self._turn(update, unit), lazily=True)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - a bug must not block a chat
            return await self._set_aside(update, error)
        if said is None:
            return "duplicate"
        self._sends.offer(said)
        return "heard"

    async def _committed(self, work: Work, *, lazily: bool) -> list[Waiting] | None:
        """Do the work; again where somebody else was faster. Raises Unavailable."""
        for _ in range(TRIES):
            try:
                return await self._database.run(work, lazily=lazily)
            except Conflict:
                continue
        raise Unavailable("the chat is too busy; the update must come again")

    async def _turn(self, update: Update, unit: Unit) -> list[Waiting] | None:
        """The transaction. None where the update was heard before."""
        now = unit.now()
        chat = await unit.conversations.open(update.channel, update.chat, update.update_id, now)
        if chat.heard:
            return None
        memory = from_json(chat.memory)
        turn, locale = await self._answered(update, chat, memory, unit)
        context = self._context(update, locale, now)
        shown = tuple(show(reply, context.say) for reply in turn.replies)
        offered = offers(turn.replies[-1], context) if turn.replies else {}
        consents = {**memory.consents, **turn.agreed}
        kept = Memory(turn.session, locale, consents, offered, now)
        return await self._saved(update, chat, kept, shown, unit)

    async def _answered(
        self, update: Update, chat: Chatting, memory: Memory, unit: Unit
    ) -> tuple[Turn, str]:
        locale = memory.locale or (update.locale if update.locale in LANGUAGES else None) or "vi"
        context = self._context(update, locale, unit.now())
        turn = self._router.hear(memory, shortened(update.said), context)
        if turn.request is not None:
            await unit.begin()
            asker = Asker(chat.id, update.channel, update.chat, locale)
            turn = await self._router.submit(turn, memory, asker, unit, context)
        if turn.locale:
            locale = turn.locale
            turn = self._router.after_language(turn, replace(context, say=phrasebook(locale)))
        return turn, locale

    async def _saved(
        self,
        update: Update,
        chat: Chatting,
        kept: Memory,
        shown: tuple[Shown, ...],
        unit: Unit,
        incident: str | None = None,
    ) -> list[Waiting]:
        now = unit.now()
        ours = not chat.waiting or self._sends.holds(chat.id, chat.next_seq)
        history = self._channels[update.channel].can.history
        heard = Heard(
            channel=update.channel,
            update_id=update.update_id,
            memory=None if incident else to_json(kept),
            bodies=[one.as_json() for one in shown],
            now=now,
            locale=kept.locale or chat.locale,
            lease=now + LEASE if ours else None,
            expires=now + HALF_FILLED if kept.session or incident else None,
            raw=update.raw if history or incident else b"",
            incident=incident,
        )
        if not await unit.conversations.save(chat, heard):
            raise Conflict("the chat moved on")
        if not ours:
            return []
        return [
            Waiting(
                chat.id,
                chat.next_seq + n,
                update.channel,
                update.chat,
                kept.locale,
                body,
                0,
                now,
                now + LEASE,
            )
            for n, body in enumerate(heard.bodies)
        ]

    def _context(self, update: Update, locale: str, now: datetime) -> Context:
        world = self._world()
        can, codes = self._channels[update.channel].can, SMS in self._channels
        return Context(
            now, phrasebook(locale), can, world.policies, world.places, world.station, codes
        )

    async def _set_aside(self, update: Update, error: Exception) -> str:
        """A bug of ours: kept for the operator, told with a code, and the question again.

        What is remembered stays untouched; the update is acknowledged, so that it does not block
        its chat. Raises Unavailable where it cannot be kept either: it must come again.
        """
        incident = ""

        async def park(unit: Unit) -> list[Waiting] | None:
            nonlocal incident
            incident = unit.codes.letters(ALPHABET, 6)
            return await self._parked(update, incident, unit)

        try:
            said = await self._committed(park, lazily=False)
        except Unavailable:
            raise
        except Exception as again:
            failed("an update could not be set aside", again, channel=update.channel)
            raise Unavailable("an update could be neither heard nor set aside") from again
        if said is None:
            return "duplicate"
        failed("an update was set aside", error, incident=incident, channel=update.channel)
        self._sends.offer(said)
        return "set_aside"

    async def _parked(self, update: Update, incident: str, unit: Unit) -> list[Waiting] | None:
        chat, memory = await self._remembered(update, unit)
        if chat.heard:
            return None
        context = self._context(update, memory.locale or chat.locale or "vi", unit.now())
        replies = self._apology(memory, incident, context)
        shown = tuple(show(reply, context.say) for reply in replies)
        return await self._saved(update, chat, memory, shown, unit, incident)

    async def _remembered(self, update: Update, unit: Unit) -> tuple[Chatting, Memory]:
        """The chat; nothing of what it remembers where that cannot be read."""
        key = (update.channel, update.chat, update.update_id, unit.now())
        try:
            chat = await unit.conversations.open(*key)
            return chat, from_json(chat.memory)
        except (CannotOpen, LookupError, TypeError, ValueError, AttributeError):
            return await unit.conversations.open(*key, remember=False), Memory()

    def _apology(self, memory: Memory, incident: str, context: Context) -> tuple[Outbound, ...]:
        sorry = station.BUSY.of(incident=incident)
        alone = station.BUSY_ALONE.of(hotline=context.station.hotline)
        try:
            again = self._router.hear(memory, Inbound(text="/nhaclai"), context)
        except Exception:  # noqa: BLE001 - the same bug may be in the question
            return (Outbound(lines(sorry, alone)),)
        return (Outbound(lines(sorry, alone)), *(again.replies if memory.session else ()))
