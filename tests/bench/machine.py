"""Who else is at work on this machine: what others take is missing in every figure."""

import os
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
IDLE, WAITING, FIRST_OF_GUESTS = 3, 4, 8  # places in the first line of /proc/stat
PARENT, USER, SYSTEM = 1, 11, 12  # places behind the name in /proc/PID/stat


class Others:
    """Counts, between `begin` and `end`, how many cores other programs kept busy."""

    def __init__(self) -> None:
        self._begun = (0.0, 0.0, 0.0)
        self.seen: list[float] = []

    def begin(self) -> None:
        self._begun = (time.perf_counter(), _all(), _ours())

    def end(self) -> None:
        begun, everything, ours = self._begun
        others = (_all() - everything) - (_ours() - ours)
        self.seen.append(max(0.0, others / (time.perf_counter() - begun)))

    @property
    def cores(self) -> float:
        """On average."""
        return sum(self.seen) / len(self.seen) if self.seen else 0.0


def _all() -> float:
    """Seconds of CPU of everything on the machine."""
    numbers = Path("/proc/stat").read_text().splitlines()[0].split()[1 : FIRST_OF_GUESTS + 1]
    return sum(int(n) for place, n in enumerate(numbers) if place not in (IDLE, WAITING)) / TICK


def _ours() -> float:
    """Seconds of CPU of this process and all that descend from it and live."""
    table = dict(filter(None, map(_row, Path("/proc").glob("[0-9]*"))))
    return sum(cpu for pid, (_, cpu) in table.items() if _is_ours(pid, table))


def _row(folder: Path) -> tuple[int, tuple[int, float]] | None:
    try:
        fields = (folder / "stat").read_text().rpartition(") ")[2].split()
    except OSError:  # it has just ended
        return None
    cpu = (int(fields[USER]) + int(fields[SYSTEM])) / TICK
    return int(folder.name), (int(fields[PARENT]), cpu)


def _is_ours(pid: int, table: dict[int, tuple[int, float]]) -> bool:
    while pid in table and pid != os.getpid():
        pid = table[pid][0]
    return pid == os.getpid()
