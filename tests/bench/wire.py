"""HTTP/1.1 as thin as it goes: the bench shares the cores with what it measures."""

import asyncio
import re
from collections.abc import Callable

_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"
_STATUS = slice(9, 12)
Take = Callable[[bytes, bytes], bytes]


class _Whole(asyncio.Protocol):
    """Collects whole messages: a head, and a body as long as the head says."""

    def __init__(self) -> None:
        self._got = bytearray()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (end := self._got.find(_END)) >= 0:
            found = _LENGTH.search(self._got, 0, end)
            whole = end + len(_END) + (int(found[1]) if found else 0)
            if len(self._got) < whole:
                return
            head, body = bytes(self._got[:end]), bytes(self._got[end + len(_END) : whole])
            del self._got[:whole]
            self.came(head, body)

    def came(self, head: bytes, body: bytes) -> None:
        raise NotImplementedError


class Asker(_Whole):
    """One connection that posts, one message at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._answer: asyncio.Future[int] | None = None

    def came(self, head: bytes, _body: bytes) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(int(head[_STATUS]))

    def connection_lost(self, _error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the program hung up"))

    async def post(self, head: bytes, body: bytes) -> int:
        """The status of the answer."""
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(head + str(len(body)).encode() + _END + body)
        return await self._answer


class Answerer(_Whole):
    """One connection of the stand-in: `take` gets the first line and the body."""

    def __init__(self, take: Take) -> None:
        super().__init__()
        self._take = take

    def came(self, head: bytes, body: bytes) -> None:
        answer = self._take(head[: head.find(b"\r\n")], body)
        length = str(len(answer)).encode()
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + length
            + _END
            + answer
        )


def post_head(path: str, **headers: str) -> bytes:
    """The head of a POST, up to the number of its length."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join([*lines, "Content-Length: "])).encode()
