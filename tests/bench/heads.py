"""How well and how fast messages are understood: on examples that nobody trained with."""

import csv
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from conversations.understand import INTENTS, understand
from tests.bench.measures import quantile

HELD_OUT = Path(__file__).parent.parent / "heldout" / "intents.tsv"


@dataclass(frozen=True, slots=True)
class Understanding:
    """What came of the held-out examples. Times in milliseconds."""

    confusion: Counter[tuple[str, str]]
    sure: int
    sure_and_wrong: int
    p50: float
    p99: float

    @property
    def examples(self) -> int:
        return self.confusion.total()

    @property
    def right(self) -> float:
        return sum(self.confusion[one, one] for one in INTENTS) / self.examples

    @property
    def emergencies(self) -> int:
        return sum(n for (meant, _), n in self.confusion.items() if meant == "emergency")

    @property
    def missed(self) -> int:
        """Emergencies that are neither taken for one nor asked about."""
        return self.emergencies - self.confusion["emergency", "emergency"]


def measure_understanding() -> Understanding:
    """Read every held-out message once, after one for warming up."""
    with HELD_OUT.open(encoding="utf-8") as file:
        examples = [(row["intent"], row["text"]) for row in csv.DictReader(file, delimiter="\t")]
    understand("xin chào")
    confusion: Counter[tuple[str, str]] = Counter()
    times, sure, wrong = [], 0, 0
    for intent, text in examples:
        begun = time.perf_counter()
        meant = understand(text)
        times.append((time.perf_counter() - begun) * 1000)
        confusion[intent, meant.intent] += 1
        sure += meant.sure
        wrong += meant.sure and meant.intent != intent
    return Understanding(confusion, sure, wrong, quantile(times, 0.5), quantile(times, 0.99))
