"""Who has the page open, and how fast they may speak."""

import asyncio
import contextlib
import json
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import WSCloseCode, web

from bot.channels.webchat_frames import Frame

MOST_SOCKETS = 5
MOST_WAITING = 500
MANY_CHATS = 1000
# Tells the page that another one of the same chat took its place: it does not come back by itself.
REPLACED = 4001
SMS_KEPT = 5


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast something may be done: `burst` at once, then `a_minute`."""

    a_minute: float = 20
    burst: int = 10


class Paces:
    """A bucket per chat, or per address."""

    def __init__(self, pace: Pace, now: Callable[[], float]) -> None:
        self._pace = pace
        self._now = now
        self._full_at: dict[str, float] = {}
        self._many = MANY_CHATS

    def wait(self, who: str, cost: float = 1) -> float:
        """Seconds until `who` may do what takes `cost` of a bucket; 0 counts as done."""
        now, one = self._now(), 60 / self._pace.a_minute
        full_at = max(self._full_at.get(who, now), now) + one * cost
        too_much = full_at - now - one * self._pace.burst
        # A sliver of a second is rounding, not haste.
        if too_much > one / 1000:
            return too_much
        self._forget_the_calm(now)
        self._full_at[who] = full_at
        return 0

    def _forget_the_calm(self, now: float) -> None:
        if len(self._full_at) > self._many:
            self._full_at = {who: at for who, at in self._full_at.items() if at > now}
            # Where most of them are not calm, looking through all each time would be the flood.
            self._many = max(MANY_CHATS, 2 * len(self._full_at))


class Socket:
    """One open page. What it is told waits here, so that a slow phone holds up nobody."""

    def __init__(self, line: web.WebSocketResponse) -> None:
        self._line = line
        self._waiting: asyncio.Queue[Frame] = asyncio.Queue(MOST_WAITING)
        self._telling = asyncio.create_task(self._tell_all())

    def tell(self, frame: Frame) -> None:
        """Send soon. What a stuck page misses it asks for: numbers missing, or not heard."""
        with contextlib.suppress(asyncio.QueueFull):
            self._waiting.put_nowait(frame)

    async def close(self, code: int = WSCloseCode.OK) -> None:
        """Hang up."""
        self._telling.cancel()
        await asyncio.wait([self._telling])
        with contextlib.suppress(ConnectionError):
            await self._line.close(code=code)

    async def _tell_all(self) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                frame = await self._waiting.get()
                await self._line.send_str(json.dumps(frame, ensure_ascii=False))


class Rooms:
    """The open pages of each chat, in this process."""

    def __init__(self) -> None:
        self._open: dict[str, list[Socket]] = {}
        self._hanging_up: set[asyncio.Task[None]] = set()

    def enter(self, chat: str, socket: Socket) -> None:
        """Open one more page of a chat; the oldest goes where there are too many."""
        sockets = self._open.setdefault(chat, [])
        sockets.append(socket)
        if len(sockets) > MOST_SOCKETS:
            hanging_up = asyncio.create_task(sockets.pop(0).close(REPLACED))
            self._hanging_up.add(hanging_up)
            hanging_up.add_done_callback(self._hanging_up.discard)

    def leave(self, chat: str, socket: Socket) -> None:
        """A page was closed."""
        sockets = [one for one in self._open.pop(chat, []) if one is not socket]
        if sockets:
            self._open[chat] = sockets

    def any(self, chat: str) -> bool:
        """Whether a page of this chat is open here."""
        return chat in self._open

    def tell(self, chat: str, frame: Frame) -> None:
        """Tell all pages of a chat."""
        for socket in self._open.get(chat, ()):
            socket.tell(frame)

    async def close(self, chat: str) -> None:
        """Hang up on all pages of a chat; they do not come back by themselves."""
        await asyncio.gather(*(one.close(REPLACED) for one in self._open.get(chat, ())))

    async def close_all(self) -> None:
        """The program ends; the pages come back when it is there again."""
        sockets = [one for sockets in self._open.values() for one in sockets]
        await asyncio.gather(*(one.close(WSCloseCode.GOING_AWAY) for one in sockets))


class PretendPhones:
    """The demonstration's phones: the last messages of the last visitors, in memory only."""

    def __init__(self) -> None:
        self._messages: OrderedDict[str, deque[Frame]] = OrderedDict()

    def add(self, chat: str, message: Frame) -> None:
        """A message arrives."""
        self._messages.setdefault(chat, deque(maxlen=SMS_KEPT)).append(message)
        self._messages.move_to_end(chat)
        if len(self._messages) > MANY_CHATS:
            self._messages.popitem(last=False)

    def of(self, chat: str) -> tuple[Frame, ...]:
        """What is on one visitor's phone."""
        return tuple(self._messages.get(chat, ()))
