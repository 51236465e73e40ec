"""The raw ceiling: the same HTTP in and out, the same statements through the bare driver, and no
dialog, no encryption, no router. What the program does beside it is what its dialogs cost.

`python -m tests.bench.ceiling` reads the same environment as `tramoi serve`. Each chat is in the
place of a script (SCRIPTS, by its number) that its messages have counted it to; the statements and
replies of that place were recorded when it started. Whatever must be another one for every chat
(its row, its keys) is put in its place; all else runs as recorded.
"""

import asyncio
import gc
import json
import os
import queue
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from aiohttp import ClientSession, DummyCookieJar, TCPConnector, web

from bot.processes import SELDOM
from storage.conversations import OPEN
from storage.outbox import SENT
from storage.sqlite import PRAGMAS, TOGETHER
from tests.bench.dialog import SCRIPTS
from tests.bench.prepared import TOKEN, Prepared, made
from tests.bench.recorded import Heard, Ran, record

ROW = {"conversation", "conversation_id"}
MADE_OF = {"id", "code", "row", "registration_id", "subject"}
Given = dict[str, Any]
JSON = {"Content-Type": "application/json"}


@dataclass(slots=True)
class Chat:
    """Where a chat is, and what its statements must carry."""

    ident: str
    steps: Sequence["Step"]
    at: int = 0
    row: int = 0
    revision: int = 0
    next_seq: int = 1


@dataclass(frozen=True, slots=True)
class Op:
    """One statement. `live` are the names whose values are this chat's own."""

    how: str
    sql: str
    given: tuple[Given, ...]
    names: tuple[str, ...] = ()
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What one message does."""

    ops: tuple[Op, ...]
    replies: tuple[tuple[bytes, bytes], ...]


def step_of(heard: Heard, kind: str) -> Step:
    """As it was recorded, in the words of the bare driver."""
    return Step(tuple(_op(ran, kind) for ran in heard.ran), tuple(map(_cut, heard.replies)))


def _op(ran: Ran, kind: str) -> Op:
    if ran.statement is None:
        return Op("begin", "", ())
    opens = ran.statement is OPEN
    if kind == "sqlite":
        sql, constants = ran.statement.sqlite
        return Op(ran.how, sql, tuple({**constants, **one} for one in ran.given), opens=opens)
    sql, names, constants = ran.statement.postgres
    given = tuple({**constants, **one} for one in ran.given)
    return Op(ran.how, sql, given, names, opens)


def _cut(reply: bytes) -> tuple[bytes, bytes]:
    """The body of a call, without the chat it goes to."""
    before, _, rest = reply.partition(b'"chat_id": "')
    return before + b'"chat_id": "', rest[rest.index(b'"') :]


def own(chat: Chat, update_id: str, given: Given) -> Given:
    """The parameters of one statement, for this chat."""
    return {name: _own(chat, update_id, name, value) for name, value in given.items()}


def _own(chat: Chat, update_id: str, name: str, value: Any) -> Any:
    if name in ROW:
        return chat.row
    if name in MADE_OF:
        return f"{value}.{chat.ident}"
    if isinstance(value, bytes) and (name == "key" or name.endswith("_key")):
        return value[:8] + chat.ident.encode()
    return _counted(chat, update_id, name, value)


def _counted(chat: Chat, update_id: str, name: str, value: Any) -> Any:
    match name:
        case "chat":
            return chat.ident
        case "update_id":
            return update_id
        case "revision_was":
            return chat.revision
        case "next_seq_now":
            return chat.next_seq + len(chat.steps[chat.at].replies)
        case "after_seq":
            return chat.next_seq - 1
        case "seqs":
            return list(range(chat.next_seq, chat.next_seq + len(value)))
        case _:
            return value


def numbered(op: Op, chat: Chat, given: Given, place: int) -> Given:
    """Each reply of a message has its own number."""
    return {**given, "seq": chat.next_seq + place} if "seq" in given else given


def opened(chat: Chat, row: Mapping[str, Any] | None) -> None:
    """Take over what the first statement read."""
    if row is not None:
        chat.row, chat.revision, chat.next_seq = row["id"], row["revision"], row["next_seq"]


class Sqlite:
    """One connection in one thread; what waits together is committed together."""

    kind = "sqlite"

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript(PRAGMAS)
        self._queue: queue.SimpleQueue[tuple[Callable[[], None], asyncio.Future[None]]]
        self._queue = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._write, daemon=True).start()

    async def turn(self, chat: Chat, update_id: str) -> None:
        await self._do(lambda: self._turn(chat, update_id))

    async def sent(self, which: Sequence[tuple[int, int]], now: int) -> None:
        sql, constants = SENT.sqlite
        given = [{**constants, "conversation": c, "number": s, "now": now} for c, s in which]
        await self._do(lambda: self._connection.executemany(sql, given))

    def _do(self, work: Callable[[], object]) -> "asyncio.Future[None]":
        waiting: asyncio.Future[None] = self._loop.create_future()
        self._queue.put((work, waiting))  # type: ignore[arg-type]
        return waiting

    def _turn(self, chat: Chat, update_id: str) -> None:
        for op in chat.steps[chat.at].ops:
            if op.how == "many":
                rows = enumerate(own(chat, update_id, one) for one in op.given)
                many = [numbered(op, chat, one, place) for place, one in rows]
                self._connection.executemany(op.sql, many)
            elif op.how != "begin":
                given = own(chat, update_id, op.given[0])
                found = self._connection.execute(op.sql, given).fetchall()
                if op.opens:
                    opened(chat, found[0] if found else None)

    def _write(self) -> None:
        while True:
            batch = [self._queue.get()]
            while len(batch) < TOGETHER and not self._queue.empty():
                batch.append(self._queue.get())
            self._connection.execute("BEGIN IMMEDIATE")
            for work, _ in batch:
                self._connection.execute("SAVEPOINT work")
                work()
                self._connection.execute("RELEASE work")
            self._connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(_settle, [waiting for _, waiting in batch])


def _settle(waiting: Sequence["asyncio.Future[None]"]) -> None:
    for one in waiting:
        if not one.done():
            one.set_result(None)


class Postgres:
    """A pool as large as the program's."""

    kind = "postgres"

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def turn(self, chat: Chat, update_id: str) -> None:
        async with self._pool.acquire() as connection:
            await self._turn(connection, chat, update_id)

    async def sent(self, which: Sequence[tuple[int, int]], now: int) -> None:
        sql, names, constants = SENT.postgres
        rows = [{**constants, "conversation": c, "number": s, "now": now} for c, s in which]
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.executemany(sql, [[one[n] for n in names] for one in rows])

    async def _turn(self, connection: Any, chat: Chat, update_id: str) -> None:
        transaction = None
        for op in chat.steps[chat.at].ops:
            if op.how == "begin":
                transaction = connection.transaction()
                await transaction.start()
                continue
            given = own(chat, update_id, op.given[0])
            found = await connection.fetch(op.sql, *[given[name] for name in op.names])
            if op.opens:
                opened(chat, found[0] if found else None)
        if transaction is not None:
            await transaction.commit()


@dataclass
class Ceiling:
    """Receives, runs, answers 200, sends, marks."""

    base: Sqlite | Postgres
    scripts: list[list[Step]]
    api: str
    chats: dict[str, Chat] = field(default_factory=dict)
    marks: list[tuple[int, int]] = field(default_factory=list)
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    marking: bool = False
    session: ClientSession = field(init=False)

    async def hook(self, request: web.Request) -> web.Response:
        update = json.loads(await request.read())
        said = update.get("message") or update["callback_query"]["message"]
        ident = str(said["chat"]["id"])
        chat = self.chats.get(ident) or self._new(ident)
        await self.base.turn(chat, str(update["update_id"]))
        step = chat.steps[chat.at]
        first, row = chat.next_seq, chat.row
        chat.at += 1
        if chat.at == len(chat.steps):
            del self.chats[ident]
        self._start(self._send(ident, row, first, step))
        return web.Response()

    def _new(self, ident: str) -> Chat:
        chat = Chat(ident, self.scripts[int(ident) % len(SCRIPTS)])
        self.chats[ident] = chat
        return chat

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _send(self, ident: str, row: int, first: int, step: Step) -> None:
        for place, (before, after) in enumerate(step.replies):
            body = before + ident.encode() + after
            async with self.session.post(self.api, data=body, headers=JSON) as answer:
                await answer.read()
            self.marks.append((row, first + place))
            if not self.marking:
                self.marking = True
                self._start(self._mark())

    async def _mark(self) -> None:
        while self.marks:
            batch, self.marks = self.marks, []
            await self.base.sent(batch, 1_795_000_000_000)
        self.marking = False


async def _serve(prepared: Prepared) -> None:
    url = prepared.url
    recorded = await record(prepared)
    base = await _base(url)
    scripts = [[step_of(heard, base.kind) for heard in script] for script in recorded]
    api = f"{os.environ['TELEGRAM_API_URL']}/bot{TOKEN}/sendMessage"
    ceiling = Ceiling(base, scripts, api)
    ceiling.session = ClientSession(connector=TCPConnector(limit=100), cookie_jar=DummyCookieJar())
    app = web.Application()
    app.router.add_post("/hooks/telegram", ceiling.hook)
    app.router.add_get("/health", _healthy)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()
    gc.freeze()
    gc.set_threshold(SELDOM, 20, 20)
    await asyncio.Event().wait()


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response()


async def _base(url: str) -> Sqlite | Postgres:
    if url.startswith("sqlite"):
        return Sqlite(url.removeprefix("sqlite:///"))
    return Postgres(await asyncpg.create_pool(url, min_size=1, max_size=8, reset=_as_it_is))


async def _as_it_is(_connection: object) -> None:
    """As in the program: no round trip to reset what nobody changes."""


def main() -> None:
    prepared = made(os.environ["DATABASE_URL"], Path(os.environ["DATA_KEYS_FILE"]).parent)
    asyncio.run(prepared.fill_in())
    asyncio.run(_serve(prepared))


if __name__ == "__main__":
    main()
