"""The web chat: a page that anyone can open, without an account and without another app.

The page speaks through a socket. It keeps what it could not send and sends it again with the
same mark until it is told `heard`, which it is only after the commit; it orders what it gets by
number and asks for what it misses. So neither side must remember how far the other one is.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from typing import Literal
from urllib.parse import urlsplit

import structlog
from aiohttp import WSMsgType, web

from bot.channels.channel import Delivered, Hear, Letter, Update
from bot.channels.webchat_address import Proxies, address_of
from bot.channels.webchat_cookie import Cookies
from bot.channels.webchat_frames import (
    MOST_BYTES,
    Bad,
    Entry,
    Frame,
    Said,
    Since,
    out,
    photo,
    read,
    shown,
)
from bot.channels.webchat_page import Files
from bot.channels.webchat_photo import receive
from bot.channels.webchat_rooms import Pace, Paces, PretendPhones, Rooms, Socket
from conversations.messages import Capabilities, Station
from storage.unit import Unavailable

HistoryOf = Callable[[str, int], Awaitable[Sequence[Entry]]]

HEARTBEAT_SECONDS = 25
# Ten megabytes each, held in memory while they arrive.
MOST_UPLOADS = 8
MOST_UPLOADS_OF_AN_ADDRESS = 4
# A whole village may share one address, at a mobile provider or in a clinic's waiting room. One
# person who registers sends about three messages a minute.
OF_AN_ADDRESS = Pace(a_minute=60, burst=60)
NEW_CHATS_OF_AN_ADDRESS = Pace(a_minute=20 / 60, burst=20)
# What asking for the history takes of an address's messages: every open page asks once a minute,
# and people must be able to speak beside their neighbours' idle pages.
ASKING = 0.25

log = structlog.get_logger()

__all__ = ["Entry", "HistoryOf", "Pace", "WebChat", "WebSettings"]


@dataclass(frozen=True, slots=True)
class WebSettings:
    """What the operator decides.

    `secrets` sign the cookies: the newest first, older ones are still read. `public_url` is the
    address people open ("https://chat.example"), or None where only the Host header is known.
    `pace` holds for a chat, `pace_of_address` and `new_chats` for all chats of one address;
    `proxies` are believed when they say who asked them.
    """

    secrets: tuple[bytes, ...]
    station: Station
    public_url: str | None = None
    demo: bool = False
    language: Literal["vi", "en"] = "vi"
    pace: Pace = field(default_factory=Pace)
    pace_of_address: Pace = OF_AN_ADDRESS
    new_chats: Pace = NEW_CHATS_OF_AN_ADDRESS
    proxies: Proxies = ()

    @property
    def secure(self) -> bool:
        """Whether browsers reach us by https only."""
        return (self.public_url or "").startswith("https:")


class WebChat:
    """The channel "web".

    `history(chat, since)` gives the bot's messages with a number above `since` and the person's
    own with a number of `since` or above, in order. `elsewhere` is told of a message for a chat
    that has no page open here: another process may have one.
    """

    name = "web"
    can = Capabilities(
        buttons=20,
        button_label=90,
        text=20_000,
        contact=True,
        photo=True,
        history=True,
    )

    def __init__(
        self,
        hear: Hear,
        history: HistoryOf,
        settings: WebSettings,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hear = hear
        self._history = history
        self._demo = settings.demo
        self._public_host = urlsplit(settings.public_url or "").netloc
        self._cookies = Cookies(*settings.secrets, secure=settings.secure)
        self._files = Files(_facts(settings), demo=settings.demo, secure=settings.secure)
        self._paces = Paces(settings.pace, now)
        self._addresses = Paces(settings.pace_of_address, now)
        self._newcomers = Paces(settings.new_chats, now)
        self._proxies = settings.proxies
        self._rooms = Rooms()
        self._phones = PretendPhones()
        self._uploads: list[str] = []
        self.elsewhere: Callable[[str], Awaitable[None]] | None = None

    def routes(self) -> list[web.RouteDef]:
        """What the program's web server must answer for us."""
        return [
            web.get("/", self._page),
            web.get("/static/{name}", self._static),
            web.get("/chat/socket", self._socket),
            web.post("/chat/photo", self._photo),
            web.post("/chat/forget", self._forget),
        ]

    async def send(self, letter: Letter) -> Delivered:
        """Show a message on the pages that are open here; the others find it in the history."""
        self._rooms.tell(letter.chat, shown(letter.seq, letter.shown, datetime.now(UTC)))
        if self.elsewhere and not self._rooms.any(letter.chat):
            await self.elsewhere(f"{letter.chat} {letter.seq}")
        return Delivered()

    async def heard_elsewhere(self, word: str) -> None:
        """Another process had a message for a chat whose page may be open here."""
        chat, _, seq = word.partition(" ")
        if self._rooms.any(chat) and seq.isdecimal():
            for entry in await self._history(chat, int(seq) - 1):
                if entry.shown:
                    self._rooms.tell(chat, shown(entry.seq, entry.shown, entry.at))

    async def pretend(self, chat: str, phone_masked: str, text: str) -> None:
        """Show a text message on the pretend phone of one visitor of the demonstration."""
        if self._demo:
            message = {"sms": {"to": phone_masked, "text": text}}
            self._phones.add(chat, message)
            self._rooms.tell(chat, message)

    async def close(self) -> None:
        """Hang up on everybody before the program ends."""
        await self._rooms.close_all()

    async def _page(self, request: web.Request) -> web.Response:
        # No cookie here: a browser that comes by a foreign link does not show a Strict one,
        # and a new one would push the old chat aside. The socket's own request shows it.
        return self._files.page(request)

    async def _static(self, request: web.Request) -> web.Response:
        return self._files.static(request)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if not self._is_from_our_page(request):
            return self._files.guard(request, web.Response(status=403))
        visitor = self._cookies.visitor(request)
        address = address_of(request, self._proxies)
        if not visitor.known and (wait := self._newcomers.wait(address)):
            return self._come_later(request, wait)
        line = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=MOST_BYTES)
        if visitor.renew:
            self._cookies.give(line, visitor.renew)
        await line.prepare(request)
        socket = Socket(line)
        self._rooms.enter(visitor.chat, socket)
        try:
            await self._listen(visitor.chat, address, line, socket)
        finally:
            self._rooms.leave(visitor.chat, socket)
            await socket.close()
        return line

    def _come_later(self, request: web.Request, wait: float) -> web.Response:
        """Too many new chats of one address: the page tries again by itself."""
        response = web.json_response({"slow": round(wait, 1)}, status=429)
        response.headers["Retry-After"] = str(ceil(wait))
        return self._files.guard(request, response)

    async def _listen(
        self, chat: str, address: str, line: web.WebSocketResponse, socket: Socket
    ) -> None:
        for message in self._phones.of(chat):
            socket.tell(message)
        async for frame in line:
            if frame.type is not WSMsgType.TEXT:
                socket.tell({"bad": "not_text"})
                continue
            match read(frame.data):
                case Since(seq):
                    await self._tell_since(chat, address, seq, socket)
                case Said() as said:
                    socket.tell(await self._heard(chat, address, said))
                case Bad(why, ident):
                    socket.tell({"bad": why, "id": ident})

    async def _tell_since(self, chat: str, address: str, seq: int, socket: Socket) -> None:
        if self._wait(chat, address, ASKING):
            # The page's word for "ask again"; it has no message to put `slow` on.
            socket.tell({"later": None})
            return
        try:
            entries = await self._history(chat, seq)
        except Unavailable:
            socket.tell({"later": None})
            return
        for entry in entries:
            socket.tell(out(entry))
        socket.tell({"upto": max([seq, *(entry.seq for entry in entries)])})

    def _wait(self, chat: str, address: str, cost: float = 1) -> float:
        """Seconds until this chat may go on. Its own pace comes first: haste costs no neighbour."""
        return self._paces.wait(chat) or self._addresses.wait(address, cost)

    async def _heard(self, chat: str, address: str, said: Said) -> Frame:
        """Pass a message on; the answer is for the page's outbox."""
        if wait := self._wait(chat, address):
            return {"slow": round(wait, 1), "id": said.ident}
        update_id = f"{chat}:{said.ident}"
        try:
            await self._hear(Update("web", chat, update_id, said.inbound, said.raw(), said.locale))
        except Unavailable:
            return {"later": said.ident}
        except Exception as problem:  # noqa: BLE001 - the page keeps the message and tries again
            log.warning("web_turn_failed", chat=chat, problem=type(problem).__name__)
            return {"later": said.ident}
        return {"heard": said.ident}

    async def _photo(self, request: web.Request) -> web.Response:
        if not self._is_from_our_page(request):
            return self._files.guard(request, web.Response(status=403))
        visitor = self._cookies.visitor(request)
        address = address_of(request, self._proxies)
        if not visitor.known or not self._has_place(address):
            return self._files.guard(request, web.json_response({"later": None}, status=503))
        self._uploads.append(address)
        try:
            upload = await receive(request)
        finally:
            self._uploads.remove(address)
        if upload is None:
            answer: Frame = {"bad": "form"}
        else:
            said = photo(upload.ident, upload.problem, upload.lang)
            answer = await self._heard(visitor.chat, address, said)
        return self._files.guard(request, web.json_response(answer))

    def _has_place(self, address: str) -> bool:
        """Whether one more photo may come in: no address may hold all the places."""
        of_address = self._uploads.count(address)
        return len(self._uploads) < MOST_UPLOADS and of_address < MOST_UPLOADS_OF_AN_ADDRESS

    async def _forget(self, request: web.Request) -> web.Response:
        """Leave a borrowed phone: the browser's cookie goes, and with it the way to this chat."""
        if not self._is_from_our_page(request):
            return self._files.guard(request, web.Response(status=403))
        response = web.json_response({"forgotten": True})
        self._cookies.take(response)
        await self._rooms.close(self._cookies.visitor(request).chat)
        return self._files.guard(request, response)

    def _is_from_our_page(self, request: web.Request) -> bool:
        """Browsers name the page that asks; another site's page may not speak for its visitor."""
        host = urlsplit(request.headers.get("Origin", "")).netloc
        return host != "" and host in {self._public_host, request.host}


def _facts(settings: WebSettings) -> dict[str, str]:
    station = settings.station
    return {
        "language": settings.language,
        "station": station.name,
        "hotline": station.hotline,
        "hotline_digits": "".join(filter(str.isdecimal, station.hotline)),
        "address": station.address,
    }
