"""A gateway for short messages: takes them by HTTP, delivers each id once, and can be difficult.

It speaks as many providers in Viet Nam do: always 200, and a result code in the body.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qs

from aiohttp import web

KEY = "made-up-key"
TAKEN, WRONG_KEY, BAD_NUMBER, NO_TEXT, TOO_LONG = "100", "101", "104", "118", "119"
MOST_TEXT = 670


@dataclass(frozen=True)
class ShortMessage:
    """As it reached a telephone."""

    phone: str
    text: str
    ident: str


@dataclass
class Fault:
    """What goes wrong with the next requests; with `done` the message is delivered all the same."""

    times: int
    status: int = 200
    code: str = ""
    retry_after: str = ""
    hangs: bool = False
    drops: bool = False
    done: bool = False


class SmsStandin:
    """The gateway. `{"to", "text", "id"}` as JSON or form, the key in the Authorization header."""

    def __init__(self, key: str = KEY, *, patience: float = 30) -> None:
        self.key, self.patience = key, patience
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.inbox: list[ShortMessage] = []
        self.url = ""
        self._faults: list[Fault] = []
        self._unread: dict[str, deque[ShortMessage]] = {}
        self._seen: set[str] = set()
        self._news = asyncio.Event()
        self._released = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        app = web.Application(client_max_size=64 * 1024)
        app.router.add_route("*", "/send", self._send)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/send"

    async def stop(self) -> None:
        self._released.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def fails(self, status: int, *, times: int = 1, retry_after: str = "") -> None:
        """Answer the next requests with a status of HTTP."""
        self._faults.append(Fault(times, status, retry_after=retry_after))

    def refuses(self, code: str, *, times: int = 1) -> None:
        """Answer 200 and a code that is none of success."""
        self._faults.append(Fault(times, code=code))

    def hangs(self, *, times: int = 1, done: bool = True) -> None:
        """Never answer, until `release`."""
        self._faults.append(Fault(times, hangs=True, done=done))

    def drops(self, *, times: int = 1, done: bool = True) -> None:
        """Close the line instead of answering."""
        self._faults.append(Fault(times, drops=True, done=done))

    def release(self) -> None:
        self._released.set()

    async def next(self, phone: str) -> ShortMessage:
        """The next message of a telephone that was not read yet."""
        unread = self._unread.setdefault(phone, deque())
        while not unread:
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), self.patience)
        return unread.popleft()

    async def _send(self, request: web.Request) -> web.StreamResponse:
        if request.method not in {"POST", "PUT"}:
            return web.Response(status=405)
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response({"CodeResult": WRONG_KEY}, status=401)
        asked = await _fields(request)
        self.requests.append(asked)
        self.headers.append(dict(request.headers))
        fault = self._fault()
        if fault is not None and not fault.done:
            return await self._go_wrong(fault, request)
        code = self._taken(asked)
        if fault is not None:
            return await self._go_wrong(fault, request)
        return web.json_response({"CodeResult": code, "data": [{"id": asked.get("id")}]})

    def _fault(self) -> Fault | None:
        if not self._faults:
            return None
        fault = self._faults[0]
        fault.times -= 1
        if fault.times == 0:
            self._faults.pop(0)
        return fault

    async def _go_wrong(self, fault: Fault, request: web.Request) -> web.StreamResponse:
        if fault.hangs:
            await self._released.wait()
        if (fault.hangs or fault.drops) and request.transport is not None:
            request.transport.abort()
        headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        if fault.status // 100 == 3:
            headers["Location"] = self.url
        body = {"CodeResult": fault.code} if fault.code else {}
        return web.json_response(body, status=fault.status, headers=headers)

    def _taken(self, asked: dict[str, Any]) -> str:
        phone, text, ident = (str(asked.get(name) or "") for name in ("to", "text", "id"))
        if not (phone.lstrip("+").isdecimal() and 9 <= len(phone.lstrip("+")) <= 15):
            return BAD_NUMBER
        if not text.strip():
            return NO_TEXT
        if len(text) > MOST_TEXT:
            return TOO_LONG
        if not ident or ident not in self._seen:
            self._seen.add(ident)
            message = ShortMessage(phone, text, ident)
            self.inbox.append(message)
            self._unread.setdefault(phone, deque()).append(message)
            self._news.set()
        return TAKEN


async def _fields(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        found: dict[str, Any] = await request.json()
        return found
    form = parse_qs(await request.text(), keep_blank_values=True, strict_parsing=True)
    return {name: values[0] for name, values in form.items()}
