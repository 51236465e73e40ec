"""A small linear model: weights per feature and intent, made by `train`, kept as data."""

import base64
import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .intents import INTENTS, Intent

WEIGHTS = Path(__file__).with_name("weights.json")
_ZERO = 128


@dataclass(frozen=True, slots=True)
class Model:
    """One byte per feature and intent; 128 means zero."""

    rows: dict[str, bytes]
    scale: float
    digest: str

    def ranking(self, features: list[str]) -> list[tuple[Intent, float]]:
        """All intents with their probabilities, the likeliest first."""
        rows = self.rows
        known = [rows[feature] for feature in features if feature in rows]
        known.append(rows["bias"])
        offset = _ZERO * len(known)
        weight = self.scale / math.sqrt(len(features) + 1)
        sums = [(total - offset) * weight for total in map(sum, zip(*known, strict=True))]
        return _softmax(sums)


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
    width = len(INTENTS)
    table = base64.b64decode(stored["weights"])
    names = stored["features"].split("\t")
    rows = {name: table[i * width : (i + 1) * width] for i, name in enumerate(names)}
    return Model(rows, stored["scale"], stored["digest"])
