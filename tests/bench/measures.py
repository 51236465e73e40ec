"""What is measured, and the numbers that come of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.bench.crowd import Crowd, Line, Round
from tests.bench.running import Running


@dataclass
class Subject:
    """A running program with its crowd, and what was measured of it, by chats at once."""

    running: Running
    crowd: Crowd
    lines: dict[int, list[Line]] = field(default_factory=dict)
    rounds: dict[int, list["Figures"]] = field(default_factory=dict)

    async def measure(self, chats: int, seconds: float, *, keep: bool = True) -> None:
        """One round. `keep=False` only warms it up."""
        lines = self.lines.setdefault(chats, self.crowd.lines(chats))
        before = self.running.cpu()
        measured = await self.crowd.talk(lines, self.running.port, seconds)
        if keep:
            used = self.running.cpu() - before
            self.rounds.setdefault(chats, []).append(figures(measured, used))

    def median(self, chats: int) -> "Figures":
        """The medians of all rounds."""
        rounds = self.rounds[chats]
        return Figures(*(median(getattr(one, name) for one in rounds) for name in NAMES))

    @property
    def messages(self) -> int:
        return sum(int(one.messages) for rounds in self.rounds.values() for one in rounds)


@dataclass(frozen=True, slots=True)
class Figures:
    """One round. Rates a second, times in milliseconds; CPU of the measured process alone."""

    messages: float
    rate: float
    delivered: float
    p50: float
    p99: float
    answered_p50: float
    cpu: float


NAMES = ("messages", "rate", "delivered", "p50", "p99", "answered_p50", "cpu")


def figures(measured: Round, cpu_seconds: float) -> Figures:
    """The numbers of one round."""
    count = len(measured.taken)
    return Figures(
        messages=count,
        rate=count / measured.seconds,
        delivered=measured.delivered / measured.seconds,
        p50=quantile(measured.taken, 0.5) * 1000,
        p99=quantile(measured.taken, 0.99) * 1000,
        answered_p50=quantile(measured.answered, 0.5) * 1000,
        cpu=cpu_seconds / count * 1000,
    )


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
