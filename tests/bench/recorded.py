"""The scripts, heard once by the real parts: which statements and which replies belong to each
message. The raw ceiling runs these again; the people learn how many replies to wait for.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.channels.channel import Shown
from bot.channels.telegram_read import read
from bot.channels.telegram_send import CAN, NO_PREVIEW, markup, parts
from bot.channels.telegram_transport import json_body
from bot.samples import STATION
from bot.turn import Turns, World
from bot.wiring import SAMPLE_STATION, policies, router
from conversations.text import phrasebook
from conversations.words import SHARE_NUMBER
from handlers.places import Places
from storage.outbox import Waiting
from storage.registrations import COUNT
from storage.rows import Row, Rows, Statement
from storage.unit import Database, Unit
from tests.bench.dialog import SCRIPTS, Person, people
from tests.bench.prepared import Build, Prepared

SAME_CHAT = 7_777_777_000


class ScriptBroken(Exception):
    """A script of the bench no longer fits the dialogs; the message says where."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One call of the database: "one", "all", "run", "many" or "begin"."""

    how: str
    statement: Statement | None = None
    given: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What one message did: the statements, and the bodies of its sendMessage calls."""

    ran: tuple[Ran, ...]
    replies: tuple[bytes, ...]


class Recorder:
    """The rows of a unit; everything asked of them is written down."""

    def __init__(self, rows: Rows, ran: list[Ran]) -> None:
        self._rows, self._ran = rows, ran

    async def begin(self) -> None:
        self._ran.append(Ran("begin"))
        await self._rows.begin()

    async def all(self, statement: Statement, **given: Any) -> Sequence[Row]:
        self._ran.append(Ran("all", statement, (given,)))
        return await self._rows.all(statement, **given)

    async def one(self, statement: Statement, **given: Any) -> Row | None:
        self._ran.append(Ran("one", statement, (given,)))
        return await self._rows.one(statement, **given)

    async def run(self, statement: Statement, **given: Any) -> None:
        self._ran.append(Ran("run", statement, (given,)))
        await self._rows.run(statement, **given)

    async def many(self, statement: Statement, given: Sequence[Mapping[str, Any]]) -> None:
        self._ran.append(Ran("many", statement, tuple(given)))
        await self._rows.many(statement, given)


@dataclass
class Takes:
    """Takes the replies instead of a sender."""

    said: list[Waiting] = field(default_factory=list)

    def offer(self, said: Sequence[Waiting]) -> None:
        self.said.extend(said)

    def holds(self, _conversation: int, _before: int) -> bool:
        return True


class Telegram:
    """All that a turn asks of a channel."""

    name = "telegram"
    can = CAN


async def record(prepared: Prepared) -> list[list[Heard]]:
    """Hear every script once. Raises ScriptBroken."""
    ran: list[Ran] = []
    takes = Takes()

    def around(build: Build) -> Build:
        return lambda rows, kind: build(Recorder(rows, ran), kind)

    database = prepared.open(around)
    try:
        turns = await _turns(database, takes)
        return [await _script(person, turns, ran, takes, database) for person in _strangers()]
    finally:
        await database.close()


def _strangers() -> list[Person]:
    return people(len(SCRIPTS), first=SAME_CHAT // len(SCRIPTS) * len(SCRIPTS))


async def _turns(database: Database, takes: Takes) -> Turns:
    async def rules(unit: Unit) -> World:
        return World(Places.load(), policies(await unit.rules.all()), SAMPLE_STATION)

    world = await database.run(rules)
    return Turns(database, router(), {"telegram": Telegram()}, lambda: world, takes)  # type: ignore[dict-item]


async def _script(
    person: Person, turns: Turns, ran: list[Ran], takes: Takes, database: Database
) -> list[Heard]:
    heard: list[Heard] = []
    before = await _count(database)
    while not person.ended:
        body = person.next_update(person.chat * 100 + person.at)
        _offered(person, takes.said)
        ran.clear()
        takes.said.clear()
        update = read(json.loads(body))
        await turns(update)  # type: ignore[arg-type]
        heard.append(Heard(tuple(ran), tuple(_calls(takes.said))))
        if not heard[-1].replies:
            raise ScriptBroken(f"{person.script.name}: no reply to message {person.at + 1}")
        person.at += 1
    registered = await _count(database) - before
    if registered != person.script.people:
        raise ScriptBroken(f"{person.script.name}: {registered} registered; {_end(takes)}")
    return heard


def _offered(person: Person, said: list[Waiting]) -> None:
    """A button that was never shown is no button that people press."""
    press = person.script.steps[person.at].press
    shown = [button[0] for one in said for button in one.body.get("buttons", ())]
    if press is not None and press not in shown:
        raise ScriptBroken(f"{person.script.name}, message {person.at + 1}: {press!r} of {shown}")


def _end(takes: Takes) -> str:
    return " / ".join(str(one.body.get("text")) for one in takes.said)


def _calls(said: list[Waiting]) -> list[bytes]:
    calls, share = [], phrasebook("vi")(SHARE_NUMBER)
    for one in said:
        for part in parts(Shown.from_json(one.body), CAN):
            under = markup(part, share)
            call = {"chat_id": one.chat, "text": part.text, "reply_markup": under}
            calls.append(json_body({**call, "link_preview_options": NO_PREVIEW}))
    return calls


async def _count(database: Database) -> int:
    async def count(unit: Unit) -> int:
        return await unit.registrations.count()

    return await database.run(count)


__all__ = ["COUNT", "STATION", "Heard", "Ran", "ScriptBroken", "record"]
