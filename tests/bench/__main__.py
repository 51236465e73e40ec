"""`python -m tests.bench`: everything, in about six minutes. `--short` takes under a minute."""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import asyncpg

from bot.logs import set_up
from storage.unit import Unit
from tests.bench import report
from tests.bench.crowd import Crowd
from tests.bench.dialog import replies_of_stock
from tests.bench.fill import fill
from tests.bench.heads import measure_understanding
from tests.bench.machine import Others
from tests.bench.measures import Subject
from tests.bench.prepared import Prepared, made
from tests.bench.recorded import record
from tests.bench.running import free_port, started
from tools.services import PostgresServer, postgres

PROGRAM, CEILING = report.PROGRAM, report.CEILING
WORDS = {PROGRAM: ("-m", "bot", "serve"), CEILING: ("-m", "tests.bench.ceiling")}
LIBRARY = ("-m", "tests.bench.stock")
STOCK = {"ours": WORDS[PROGRAM], "the library's own": LIBRARY}
Replies = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often. Seconds of one round; registrations of the large database."""

    rounds: int
    seconds: float
    chats: tuple[int, ...]
    large: int


FULL = Plan(rounds=5, seconds=3, chats=(1, 64), large=1_000_000)
SHORT = Plan(rounds=2, seconds=0.8, chats=(1, 64), large=20_000)
SMALL = 1_000


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    words.add_argument("--short", action="store_true", help="less of everything, under a minute")
    words.add_argument("--keep", action="store_true", help="put the tables in docs/benchmarks.md")
    given = words.parse_args()
    set_up("critical", pretty=False)
    plan = SHORT if given.short else FULL
    with (
        tempfile.TemporaryDirectory(prefix="tramoi-bench-") as folder,
        postgres(durable=True) as server,
    ):
        text = asyncio.run(Bench(plan, Path(folder), server).run())
    print(text)
    if given.keep:
        report.keep(text)


class Bench:
    """One run. Only one thing is measured at a time; what waits beside it is idle."""

    def __init__(self, plan: Plan, folder: Path, server: PostgresServer) -> None:
        self._plan, self._folder, self._server = plan, folder, server
        self._replies: Replies = ()
        self._memory = 0.0
        self._others = Others()

    async def run(self) -> str:
        """The tables."""
        _say("recording the scripts, filling the databases")
        recording = await self._prepared("SQLite", "recording")
        self._replies = [[len(one.replies) for one in script] for script in await record(recording)]
        bases = await self._filled()
        heads = measure_understanding()
        seconds, memory = await self._started()
        engines = {name: await self._against_the_ceiling(name) for name in ("SQLite", "PostgreSQL")}
        sizes = {name: await self._on_sizes(name, bases[name]) for name in bases}
        straight = await self._against_the_library()
        chapters = (
            report.machine(await _version(self._server), self._others.cores),
            "### Targets\n\n" + report.targets(engines, sizes, self._memory, heads),
            "### Throughput\n\n" + report.throughput(engines),
            "### The same dialog on python-telegram-bot alone\n\n" + report.throughput(straight),
            "### Small and large databases\n\n" + report.scale(sizes),
            "### Start-up\n\n" + report.start_up(seconds, memory),
            "### Understanding\n\n" + report.confusion(heads),
        )
        return "\n\n".join(chapters)

    # --- the three measurements ------------------------------------------------------------

    async def _started(self) -> tuple[float, float]:
        """Seconds and MB of `tramoi run`, the second time: the first writes Python's caches."""
        seconds = memory = 0.0
        for number in ("first", "second"):
            folder = self._folder / f"run-{number}"
            folder.mkdir()
            environment = demonstration(folder)
            async with started(("-m", "bot", "run"), environment) as running:
                seconds, memory = running.ready_after, running.memory_now()
        return seconds, memory

    async def _against_the_ceiling(self, engine: str) -> dict[str, Subject]:
        """Program and ceiling, in turns."""
        bases = {name: await self._prepared(engine, name) for name in WORDS}
        async with AsyncExitStack() as stack:
            subjects = {
                name: await stack.enter_async_context(self._subject(WORDS[name], base))
                for name, base in bases.items()
            }
            await self._rounds(engine, list(subjects.values()), self._plan.chats)
            self._memory = max(self._memory, subjects[PROGRAM].running.memory())
        await _check(bases[PROGRAM], subjects[PROGRAM])
        return subjects

    async def _against_the_library(self) -> dict[str, dict[str, Subject]]:
        """The straight script on SQLite, and with the library's own parts, in turns."""
        async with AsyncExitStack() as stack:
            subjects = {}
            for name, words in STOCK.items():
                base = await self._prepared("SQLite", name.replace(" ", "-"))
                subject = self._subject(words, base, straight=True)
                subjects[name] = await stack.enter_async_context(subject)
            await self._rounds("the straight dialog", list(subjects.values()), self._plan.chats)
        return {"The straight dialog": subjects}

    async def _on_sizes(self, engine: str, bases: dict[int, Prepared]) -> dict[int, Subject]:
        """The program on a small and on a large database, in turns."""
        async with AsyncExitStack() as stack:
            subjects = {
                size: await stack.enter_async_context(self._subject(WORDS[PROGRAM], base))
                for size, base in bases.items()
            }
            await self._rounds(f"{engine}, sizes", list(subjects.values()), (1,))
        return subjects

    async def _rounds(self, what: str, subjects: list[Subject], chats: tuple[int, ...]) -> None:
        _say(f"{what}: warming up")
        await self._round(subjects, chats, self._plan.seconds / 2, keep=False)
        for number in range(1, self._plan.rounds + 1):
            _say(f"{what}: round {number} of {self._plan.rounds}")
            self._others.begin()
            await self._round(subjects, chats, self._plan.seconds, keep=True)
            self._others.end()

    async def _round(
        self, subjects: list[Subject], chats: tuple[int, ...], seconds: float, *, keep: bool
    ) -> None:
        for many in chats:
            for subject in subjects:
                await subject.measure(many, seconds, keep=keep)

    # --- what they need --------------------------------------------------------------------

    async def _filled(self) -> dict[str, dict[int, Prepared]]:
        """A small and a large database of each kind; the two large ones at once."""
        sizes = (SMALL, self._plan.large)
        bases = {
            engine: {size: await self._prepared(engine, str(size)) for size in sizes}
            for engine in ("SQLite", "PostgreSQL")
        }
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            loop = asyncio.get_running_loop()
            await asyncio.gather(
                *(
                    loop.run_in_executor(pool, fill, base, size)
                    for of_engine in bases.values()
                    for size, base in of_engine.items()
                )
            )
        return bases

    async def _prepared(self, engine: str, name: str) -> Prepared:
        folder = self._folder / f"{engine}-{name}"
        postgres_too = engine == "PostgreSQL"
        url = self._server.create_database() if postgres_too else f"sqlite:///{folder}/bench.db"
        prepared = await asyncio.to_thread(made, url, folder)
        await prepared.fill_in()
        return prepared

    @asynccontextmanager
    async def _subject(
        self, words: Sequence[str], base: Prepared, *, straight: bool = False
    ) -> AsyncIterator[Subject]:
        replies = replies_of_stock() if words == LIBRARY else self._replies
        crowd = Crowd(replies, straight=straight)
        await crowd.open()
        try:
            async with started(words, base.environment(crowd.url, free_port())) as running:
                yield Subject(running, crowd)
        finally:
            await crowd.close()


def demonstration(folder: Path) -> dict[str, str]:
    """What `make run` sets, with everything in a folder of its own."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return {
        **kept,
        "PYTHONPATH": str(Path.cwd()),
        "DEMO": "1",
        "PORT": str(free_port()),
        "DATABASE_URL": f"sqlite:///{folder}/tramoi.db",
        "DATA_KEYS_FILE": str(folder / "data.keys"),
        "INDEX_KEY_FILE": str(folder / "index.key"),
    }


async def _check(base: Prepared, subject: Subject) -> None:
    """The database holds what the people were told, and nothing waits. Raises AssertionError."""

    async def look(unit: Unit) -> tuple[int, int]:
        return await unit.registrations.count(), sum(one.count for one in await unit.outbox.depth())

    database = base.open()
    try:
        registered, unsent = await database.run(look)
    finally:
        await database.close()
    # A few are asked once more (is this really a name?) and so get out of step.
    assert registered > subject.crowd.registered * 0.9, (registered, subject.crowd.registered)
    assert unsent == 0, unsent


async def _version(server: PostgresServer) -> str:
    connection = await asyncpg.connect(server.url)
    try:
        version = connection.get_server_version()
    finally:
        await connection.close()
    return f"PostgreSQL {version.major}.{version.minor} with fsync"


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
