"""Pictures that people send → what their QR codes say. In other processes, and never for long.

Pictures are decoded in memory, are never written anywhere, and no word of them reaches a log.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, get_args

import structlog

from bot.channels.pictures import MAGIC
from bot.logs import failed
from handlers.qr import Qr, restored

Why = Literal[
    "too_large",
    "not_an_image",
    "too_many_pixels",
    "nothing_found",
    "too_slow",
    "busy",
    "failed",
]
_WHYS: dict[str, Why] = {why: why for why in get_args(Why)}
MOST_BYTES = 40 * 1024 * 1024  # 50 megapixels from a camera; the channels set lower limits
MOST_ANSWER = 1024 * 1024
SECONDS = 2.0
PROCESSES = 2
MOST_WAITING = 16
SECONDS_TO_START = 30.0
LENGTH = 4
READY = b"ready"
HOUSE = Path(__file__).parent.parent
# What a process needs to run. No key, token or address of ours goes where pictures are unpacked.
NEEDED = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL")


@dataclass(frozen=True, slots=True)
class Found:
    """What the codes in a picture say, the one that matters most first; at least one."""

    codes: tuple[Qr, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """No code was read.

    `too_slow`: the time was up; `busy`: too many pictures wait already; `failed`: the reader died.
    """

    why: Why


ScanResult = Found | Nothing


class Scanner:
    """Reads pictures in a few processes, each with little memory and little time.

    `seconds` are for one picture, from when its turn comes. A process that is over its time is
    killed; another one takes its place with the next picture. They start when first needed.
    """

    def __init__(self, *, processes: int = PROCESSES, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._processes = processes
        self._turns = asyncio.Semaphore(processes)
        self._most = processes + MOST_WAITING
        self._asked = 0
        self._idle: list[_Reader] = []
        self._all: set[_Reader] = set()
        self._closed = False

    async def read(self, data: bytes) -> ScanResult:
        """What the codes in a picture say. Never raises for what is in it."""
        if len(data) > MOST_BYTES:
            return Nothing("too_large")
        if not _begins_like_a_picture(data):
            return Nothing("not_an_image")
        if self._closed:
            return Nothing("failed")
        if self._asked >= self._most:
            return Nothing("busy")
        self._asked += 1
        try:
            async with self._turns:
                return await self._read(data)
        finally:
            self._asked -= 1

    async def close(self) -> None:
        """Stop all processes; whoever still waits is told `failed`."""
        if self._closed:
            return
        self._closed = True
        for reader in self._all:
            reader.kill()
        for _ in range(self._processes):
            await self._turns.acquire()
        await asyncio.gather(*[reader.stop() for reader in self._all])
        self._all.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _read(self, data: bytes) -> ScanResult:
        reader = None if self._closed else await self._reader()
        if reader is None:
            return Nothing("failed")
        try:
            result = await reader.ask(data, self._seconds)
        except BaseException:
            await self._stop(reader, "given_up")
            raise
        if isinstance(result, Nothing) and result.why in ("too_slow", "failed"):
            await self._stop(reader, result.why)
        else:
            self._idle.append(reader)
        return result

    async def _reader(self) -> "_Reader | None":
        """One that waits for work, or a new one; None where the machine can start none."""
        while self._idle:
            reader = self._idle.pop()
            if reader.alive:
                return reader
            await self._stop(reader, "died")
        try:
            reader = await _Reader.start(self._seconds)
        except OSError as error:
            failed("scan_process_not_started", error)
            return None
        self._all.add(reader)
        return reader

    async def _stop(self, reader: "_Reader", why: str) -> None:
        self._all.discard(reader)
        if not self._closed:
            structlog.get_logger().warning("scan_process_stopped", why=why)
        await reader.stop()


class _Reader:
    """One process, seen from here."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._ready = False

    @classmethod
    async def start(cls, seconds: float) -> Self:
        environment = {name: os.environ[name] for name in NEEDED if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot.scan_worker", str(seconds)),
            stdin=PIPE,
            stdout=PIPE,
            env=environment | {"PYTHONPATH": str(HOUSE), "PYTHONDONTWRITEBYTECODE": "1"},
            # Ctrl-C in a terminal is for the program, which then stops its readers itself.
            start_new_session=True,
        )
        return cls(process)

    async def ask(self, data: bytes, seconds: float) -> ScanResult:
        if not self._ready:
            greeting = await self._answer(SECONDS_TO_START)
            self._ready = greeting == READY
        if not self._ready:
            return Nothing("failed")
        answer = await self._answer(seconds, len(data).to_bytes(LENGTH, "big") + data)
        return answer if isinstance(answer, Nothing) else _understood(answer)

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    def kill(self) -> None:
        if self.alive:
            self._process.kill()

    async def stop(self) -> None:
        self.kill()
        await self._process.communicate()

    async def _answer(self, seconds: float, question: bytes = b"") -> bytes | Nothing:
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(question)
        except TimeoutError:
            return Nothing("too_slow")
        except (asyncio.IncompleteReadError, OSError):
            return Nothing("failed")

    async def _exchange(self, question: bytes) -> bytes:
        into, out = self._process.stdin, self._process.stdout
        if into is None or out is None:
            raise BrokenPipeError
        into.write(question)
        await into.drain()
        size = int.from_bytes(await out.readexactly(LENGTH), "big")
        return b"" if size > MOST_ANSWER else await out.readexactly(size)


def _begins_like_a_picture(data: bytes) -> bool:
    return data.startswith(MAGIC) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _understood(answer: bytes) -> ScanResult:
    """The result in an answer. It comes from where strangers' pictures are: nothing is believed."""
    try:
        said = json.loads(answer)
    except ValueError:
        return Nothing("failed")
    match said:
        case {"why": str(why)}:
            return Nothing(_WHYS.get(why, "failed"))
        case {"found": []}:
            return Nothing("nothing_found")
        case {"found": [*told]}:
            return _codes(told)
        case _:
            return Nothing("failed")


def _codes(told: list[Any]) -> ScanResult:
    codes = [
        restored(one.get("kind"), one.get("fields")) if isinstance(one, dict) else None
        for one in told
    ]
    known = tuple(one for one in codes if one is not None)
    return Found(known) if len(known) == len(codes) else Nothing("failed")
