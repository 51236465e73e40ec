"""How well it does on examples it has not learned: `python -m conversations.understanding.measure`.

Five times it learns four fifths and is asked the rest (under five minutes). The examples were
written together, so a stranger's sentences are the better measure: see `make bench`.
"""

import sys
import zlib
from collections import Counter

from .certain import certain
from .danger import danger_in
from .features import features_of
from .intents import Intent
from .model import Model
from .train import Example, examples, learned, packed
from .words import read

PARTS = 5


def answer(model: Model, text: str) -> Intent:
    """What `understand` would say with this model."""
    words = read(text)
    danger = danger_in(words)
    if danger == "now":
        return "emergency"
    if sure := certain(words):
        return sure[0]
    ranking = model.ranking(features_of(words))
    allowed = [intent for intent, _ in ranking if intent != "emergency" or danger == "none"]
    return allowed[0]


def part_of(example: Example) -> int:
    """Always the same part for the same text."""
    return zlib.crc32(example.text.encode()) % PARTS


def confusions() -> Counter[tuple[Intent, Intent]]:
    """How often each intent was taken for each."""
    everything = examples()
    counted: Counter[tuple[Intent, Intent]] = Counter()
    for part in range(PARTS):
        model = packed(learned(one for one in everything if part_of(one) != part))
        asked = [one for one in everything if part_of(one) == part]
        counted.update((one.intent, answer(model, one.text)) for one in asked)
    return counted


def report(counted: Counter[tuple[Intent, Intent]]) -> str:
    """Share right, then the commonest mistakes."""
    right = sum(n for (meant, taken), n in counted.items() if meant == taken)
    lines = [f"right: {right / counted.total():.3f} of {counted.total()}"]
    mistakes = [(pair, n) for pair, n in counted.most_common() if pair[0] != pair[1]]
    lines += [f"{n:4} {meant} taken for {taken}" for (meant, taken), n in mistakes[:25]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(report(confusions()))
