"""A small linear model: weights per feature and intent, made by `train`, kept as data."""

import base64
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .intents import INTENTS, Intent

WEIGHTS = Path(__file__).with_name("weights.json")
ZERO = 128
PIECES_COUNT_FOR = 0.6
"""How much the pieces of words weigh beside the words."""


@dataclass(frozen=True, slots=True)
class Model:
    """A row per feature: a byte per intent (128 is zero) and one for the feature's rarity squared.

    Pieces of words have a "~" before their names.
    """

    rows: dict[str, bytes]
    bias: tuple[float, ...]
    scale: float
    rarity_scale: float
    digest: str

    def ranking(self, features: tuple[list[str], list[str]]) -> list[tuple[Intent, float]]:
        """All intents with their probabilities, the likeliest first."""
        rows = self.rows
        words = self._summed([rows[name] for name in features[0] if name in rows])
        pieces = self._summed([rows[f"~{name}"] for name in features[1] if f"~{name}" in rows])
        sums = [
            bias + word + PIECES_COUNT_FOR * piece
            for bias, word, piece in zip(self.bias, words, pieces, strict=True)
        ]
        return _softmax(sums)

    def _summed(self, known: list[bytes]) -> Sequence[float]:
        """The votes of one block, as if the block were a vector of length one."""
        if not known:
            return (0.0,) * len(INTENTS)
        *totals, rarity = map(sum, zip(*known, strict=True))
        weight = self.scale / math.sqrt(rarity * self.rarity_scale)
        offset = ZERO * len(known)
        return [(total - offset) * weight for total in totals]


def _softmax(sums: list[float]) -> list[tuple[Intent, float]]:
    top = max(sums)
    powers = [math.exp(value - top) for value in sums]
    whole = sum(powers)
    pairs = [(intent, power / whole) for intent, power in zip(INTENTS, powers, strict=True)]
    return sorted(pairs, key=lambda pair: -pair[1])


@cache
def model() -> Model:
    """The trained model, read once."""
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    width = len(INTENTS) + 1
    table = base64.b64decode(stored["weights"])
    names = stored["features"].split("\t")
    rows = {name: table[i * width : (i + 1) * width] for i, name in enumerate(names)}
    return Model(
        rows, tuple(stored["bias"]), stored["scale"], stored["rarity_scale"], stored["digest"]
    )
