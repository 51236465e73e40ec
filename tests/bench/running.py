"""Starting what is measured, and reading what it used from /proc."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tools.services import free_port

TICK = os.sysconf("SC_CLK_TCK")
STARTS_WITHIN = 60.0
STOPS_WITHIN = 15.0


class DidNotStart(Exception):
    """The program under measurement did not start."""


@dataclass
class Running:
    """A process that serves HTTP on `port`. `ready_after` in seconds."""

    pid: int
    port: int
    ready_after: float

    def cpu(self) -> float:
        """Seconds of CPU so far, all threads, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self) -> float:
        """The most it ever held, in MB."""
        return self._status("VmHWM")

    def memory_now(self) -> float:
        """What it holds, in MB."""
        return self._status("VmRSS")

    def _status(self, name: str) -> float:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1024
        raise LookupError(name)


@contextlib.asynccontextmanager
async def started(
    words: Sequence[str], environment: Mapping[str, str], path: str = "/health"
) -> AsyncIterator[Running]:
    """Run `python WORDS` until the block ends. PORT is in the environment. Raises DidNotStart."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as words_of_it:
        process = _run(words, environment, words_of_it)
        port = int(environment["PORT"])
        try:
            await _answers(process, port, path)
            yield Running(process.pid, port, time.perf_counter() - begun)
        except Exception as error:
            words_of_it.seek(0)
            error.add_note(words_of_it.read()[-4000:].decode(errors="replace"))
            raise
        finally:
            await asyncio.to_thread(_stop, process)


def _run(
    words: Sequence[str], environment: Mapping[str, str], told: IO[bytes]
) -> "subprocess.Popen[bytes]":
    command = [sys.executable, *words]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=dict(environment), stdout=quiet, stderr=told)


async def _answers(process: "subprocess.Popen[bytes]", port: int, path: str) -> None:
    until = time.perf_counter() + STARTS_WITHIN
    while not await _healthy(port, path):
        if process.poll() is not None or time.perf_counter() > until:
            raise DidNotStart("no answer from what should be measured")
        await asyncio.sleep(0.01)


async def _healthy(port: int, path: str) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    line = await reader.readline()
    writer.close()
    return b" 200 " in line


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


__all__ = ["DidNotStart", "Running", "free_port", "started"]
