"""The tables of the bench, in Markdown: printed, and kept in docs/benchmarks.md."""

import os
import platform
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from conversations.understand import INTENTS
from tests.bench.heads import Understanding
from tests.bench.measures import Subject

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "benchmarks.md"
PROGRAM, CEILING = "the program", "the raw ceiling"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
LIBRARIES = ("aiohttp", "asyncpg", "python-telegram-bot", "pydantic", "sqlalchemy")
MOST_CPU = {"SQLite": 0.7, "PostgreSQL": 1.0}
MOST_P99, LEAST_SHARE, MOST_MEMORY, MOST_GROWTH = 100.0, 0.5, 150.0, 1.2
QUIET = 0.15  # cores
LEAST_RIGHT, MOST_MISSED, MOST_TIME = 0.92, 1 / 28, 2.0

Engines = Mapping[str, Mapping[str, Subject]]
Sizes = Mapping[str, Mapping[int, Subject]]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; the first column is words, the others are numbers."""
    lines = [f"| {' | '.join(head)} |", f"| --- |{' ---: |' * (len(head) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)])


def machine(postgres: str, others: float) -> str:
    """What it ran on, in general words."""
    cores = f"{os.cpu_count()} cores shared by the program, the people and the stand-ins"
    python = f"Python {platform.python_version()}"
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    ran = f"{cores}; {python}, SQLite {sqlite3.sqlite_version}, {postgres}; {libraries}."
    much = " That is much: measure again on a quiet machine." if others > QUIET else ""
    return f"{ran}\n\nOther programs kept {others:.2f} cores busy meanwhile.{much}"


def throughput(engines: Engines) -> str:
    """All subjects, one and many chats at once."""
    head = ("", "chats", "messages/s", "replies/s", "CPU ms/message", "p50 ms", "p99 ms",
            "reply p50 ms")  # fmt: skip
    rows = []
    for engine, subjects in engines.items():
        for name, subject in subjects.items():
            for chats in sorted(subject.rounds):
                f = subject.median(chats)
                rows.append(
                    (f"{engine}, {name}", chats, f"{f.rate:.0f}", f"{f.delivered:.0f}",
                     f"{f.cpu:.2f}", f"{f.p50:.1f}", f"{f.p99:.1f}", f"{f.answered_p50:.1f}")
                )  # fmt: skip
    return table(head, rows)


def targets(engines: Engines, sizes: Sizes, memory: float, heads: Understanding) -> str:
    """Each target beside what was measured."""
    rows = [row for name, subjects in engines.items() for row in _of_engine(name, subjects)]
    rows += [_growth(name, subjects) for name, subjects in sizes.items()]
    rows.append(
        _row("memory at most", f"< {MOST_MEMORY:.0f} MB", f"{memory:.0f} MB", memory < MOST_MEMORY)
    )
    rows += _of_heads(heads)
    return table(("", "target", "measured", ""), rows)


def _of_engine(name: str, subjects: Mapping[str, Subject]) -> list[tuple[str, ...]]:
    ours, raw = subjects[PROGRAM], subjects[CEILING]
    many = max(ours.rounds)
    mine, ceiling, cpu = ours.median(many), raw.median(many), MOST_CPU[name]
    share = mine.rate / ceiling.rate
    return [
        _row(f"{name}: CPU a message", f"≤ {cpu} ms", f"{mine.cpu:.2f} ms", mine.cpu <= cpu),
        _row(
            f"{name}: share of the ceiling",
            f"≥ {LEAST_SHARE}",
            f"{share:.2f}",
            share >= LEAST_SHARE,
        ),
        _row(
            f"{name}: p99 at {many} chats",
            f"< {MOST_P99:.0f} ms",
            f"{mine.p99:.1f} ms",
            mine.p99 < MOST_P99,
        ),
    ]


def _growth(name: str, subjects: Mapping[int, Subject]) -> tuple[str, ...]:
    few, many = min(subjects), max(subjects)
    growth = subjects[many].median(1).p50 / subjects[few].median(1).p50
    what = f"{name}: p50 at {many:,} registrations against {few:,}"
    return _row(what, f"≤ {MOST_GROWTH}×", f"{growth:.2f}×", growth <= MOST_GROWTH)


def _of_heads(heads: Understanding) -> list[tuple[str, ...]]:
    missed = f"{heads.missed} of {heads.emergencies}"
    fine = heads.missed <= heads.emergencies * MOST_MISSED
    return [
        _row(
            "understood rightly",
            f"≥ {LEAST_RIGHT}",
            f"{heads.right:.3f}",
            heads.right >= LEAST_RIGHT,
        ),
        _row("emergencies missed", "≤ 1 of 28", missed, fine),
        _row(
            "understanding p50",
            f"< {MOST_TIME:.0f} ms",
            f"{heads.p50:.2f} ms",
            heads.p50 < MOST_TIME,
        ),
    ]


def _row(what: str, target: str, measured: str, met: bool) -> tuple[str, ...]:
    return (what, target, measured, "met" if met else "**not met**")


def scale(sizes: Sizes) -> str:
    """One chat at a time, on a small and on a large database."""
    rows = [
        (f"{name}, {size:,} registrations", f"{f.p50:.2f}", f"{f.p99:.1f}", f"{f.cpu:.2f}")
        for name, subjects in sizes.items()
        for size, subject in sorted(subjects.items())
        for f in [subject.median(1)]
    ]
    return table(("", "p50 ms", "p99 ms", "CPU ms/message"), rows)


def start_up(seconds: float, memory: float) -> str:
    """`tramoi run`, from nothing to its first answer."""
    return (
        f"`tramoi run` on a new folder: {seconds:.1f} s to its first answer, {memory:.0f} MB then."
    )


def confusion(heads: Understanding) -> str:
    """Rows are what was meant, columns what was understood."""
    columns = [name[:9] for name in INTENTS]
    rows = [
        (meant, *(heads.confusion[meant, understood] or "·" for understood in INTENTS))
        for meant in INTENTS
    ]
    first = (
        f"{heads.examples} held-out messages, {heads.right:.3f} right; sure {heads.sure}, of which"
        f" wrong {heads.sure_and_wrong}; otherwise it asks. p50 {heads.p50:.2f} ms,"
        f" p99 {heads.p99:.2f} ms."
    )
    return f"{first}\n\n{table(('meant', *columns), rows)}"


def keep(text: str) -> None:
    """Put the tables in the document, between its two marks."""
    written = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = written.partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
