"""The people, and Telegram between them and the program, in one process of their own.

A person writes the next message when the program has taken the last one (200: committed) and all
replies to it have arrived, as people do who read before they answer.
"""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from tests.bench.dialog import SCRIPTS, Person, people
from tests.bench.prepared import SECRET
from tests.bench.wire import Answerer, Asker, post_head

_CHAT = re.compile(rb'chat_id(?:": ?"?|=)(\d+)')  # as JSON, and as the library's form
_SENT = b'{"ok":true,"result":{"message_id":1,"date":1795000000,"chat":{"id":1,"type":"private"}}}'
_ME = b'{"ok":true,"result":{"id":4242,"is_bot":true,"first_name":"Tram","username":"TramOiBot"}}'
_TRUE = b'{"ok":true,"result":true}'
PATIENCE = 20.0  # seconds without any progress until the bench gives up


class Stuck(Exception):
    """The program stopped answering, or answered something else than it did when recorded."""


@dataclass
class Round:
    """What was measured in one stretch. Latencies in seconds, one for each message."""

    seconds: float = 0.0
    taken: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    delivered: int = 0


class Crowd:
    """All people of one bench and the stand-in they are reached through.

    `straight`: they all follow the first script, which has no errors.
    """

    def __init__(self, replies: Sequence[Sequence[int]], *, straight: bool = False) -> None:
        self._replies = replies
        self._updates = count(1)
        self._numbers = count(0, len(SCRIPTS) if straight else 1)
        self._missing: dict[int, int] = {}
        self._waits: dict[int, asyncio.Future[None]] = {}
        self._server: asyncio.Server | None = None
        self._round = Round()
        self.delivered = 0
        self.ended = 0
        self.registered = 0
        self.url = ""

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Answerer(self._called), "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()

    # --- Telegram --------------------------------------------------------------------------

    def _called(self, line: bytes, body: bytes) -> bytes:
        if b"/sendMessage " in line:
            found = _CHAT.search(body)
            self._arrived(int(found[1]) if found else 0)
            return _SENT
        return _ME if b"/getMe " in line else _TRUE

    def _arrived(self, chat: int) -> None:
        self.delivered += 1
        self._missing[chat] = self._missing.get(chat, 0) - 1
        waits = self._waits.get(chat)
        if waits is not None and self._missing[chat] <= 0 and not waits.done():
            waits.set_result(None)

    # --- the people ------------------------------------------------------------------------

    def lines(self, chats: int) -> list["Line"]:
        """So many chats at once."""
        return [Line(self) for _ in range(chats)]

    def someone(self) -> Person:
        return people(1, first=next(self._numbers))[0]

    async def talk(self, lines: Sequence["Line"], port: int, seconds: float) -> Round:
        """Let them write for so long; each ends the message it is in. Raises Stuck."""
        head = post_head("/hooks/telegram", X_Telegram_Bot_Api_Secret_Token=SECRET)
        self._round = Round()
        delivered, begun = self.delivered, time.perf_counter()
        until = begun + seconds
        loop = asyncio.get_running_loop()
        made = [await loop.create_connection(Asker, "127.0.0.1", port) for _ in lines]
        try:
            async with asyncio.timeout(seconds + PATIENCE):
                await asyncio.gather(
                    *(
                        line.talk(asker, head, until)
                        for line, (_, asker) in zip(lines, made, strict=True)
                    )
                )
        except TimeoutError:
            raise Stuck(self._who_waits(lines)) from None
        finally:
            for transport, _ in made:
                transport.close()
        self._round.seconds = time.perf_counter() - begun
        self._round.delivered = self.delivered - delivered
        return self._round

    def _who_waits(self, lines: Sequence["Line"]) -> str:
        for line in lines:
            missing = self._missing.get(line.person.chat, 0)
            if missing > 0:
                name, at = line.person.script.name, line.person.at + 1
                return f"{name}: {missing} replies to message {at} are missing"
        return "no answer"

    async def one(self, person: Person, asker: Asker, head: bytes) -> None:
        """One message, and all replies to it."""
        chat = person.chat
        expected = self._replies[SCRIPTS.index(person.script)][person.at]
        waits = self._waits[chat] = asyncio.get_running_loop().create_future()
        self._missing[chat] = expected
        body = person.next_update(next(self._updates))
        begun = time.perf_counter()
        status = await asker.post(head, body)
        taken = time.perf_counter()
        if status != 200:
            raise Stuck(f"{person.script.name}, message {person.at + 1}: status {status}")
        await waits
        self._round.taken.append(taken - begun)
        self._round.answered.append(time.perf_counter() - begun)
        person.at += 1

    def goes_home(self, person: Person) -> None:
        """Everything is said."""
        self.ended += 1
        self.registered += person.script.people
        self._waits.pop(person.chat, None)
        self._missing.pop(person.chat, None)


class Line:
    """A place in the crowd: one person after the other. It keeps its place between two rounds."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self.person = crowd.someone()

    async def talk(self, asker: Asker, head: bytes, until: float) -> None:
        while time.perf_counter() < until:
            await self._crowd.one(self.person, asker, head)
            if self.person.ended:
                self._crowd.goes_home(self.person)
                self.person = self._crowd.someone()
