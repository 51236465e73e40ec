"""The real program in a process of its own, that may be killed and started again."""

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import Process
from dataclasses import dataclass, field
from pathlib import Path

from tools.services import free_port

HOUSE = Path(__file__).parents[2]
UNIT = [
    *("unit", "add", "--code", "23677", "--commune", "23677"),
    *("--name", "Mẫu", "--hotline", "0900000099", "--address", "Mẫu"),
]


@dataclass
class Running:
    """`tramoi serve` with its settings; its words are kept."""

    folder: Path
    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    words: list[str] = field(default_factory=list)
    process: Process | None = None
    _reading: "asyncio.Task[None] | None" = None

    @property
    def environment(self) -> dict[str, str]:
        ours = {"PORT": str(self.port), "PYTHONPATH": str(HOUSE), "LOG_FORMAT": "json"}
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **ours, **self.settings}

    async def tool(self, *words: str) -> str:
        """Run another command of the program to its end."""
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    async def prepare(self) -> None:
        """Keys, tables and a station, as the operator makes them."""
        for words in (["keys", "new"], ["migrate"], UNIT):
            await self.tool(*words)

    async def start(self, *words: str) -> None:
        """Start, and return when it serves."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *(words or ("serve",)),
            cwd=self.folder, env=self.environment, stderr=subprocess.PIPE,
        )  # fmt: skip
        serves = asyncio.Event()
        self._reading = asyncio.create_task(self._read(self.process, serves))
        await serves.wait()
        assert self.process.returncode is None, self.words

    async def _read(self, process: Process, serves: asyncio.Event) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            self.words.append(line.decode())
            if '"serving"' in self.words[-1]:
                serves.set()
        await process.wait()
        serves.set()

    async def kill(self) -> None:
        """As a power cut."""
        assert self.process is not None
        self.process.kill()
        await self._ended()

    async def stop(self) -> int:
        """In good order."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.terminate()
        return await self._ended()

    async def _ended(self) -> int:
        assert self.process is not None
        assert self._reading is not None
        await self._reading
        return await self.process.wait()
