"""A small linear model: weights per feature and intent, made by `train`, kept as data."""

import base64
import json
import math
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .intents import INTENTS, Intent

WEIGHTS = Path(__file__).with_name("weights.json")
ZERO = 128
PIECES_COUNT_FOR = 0.6
"""How much the pieces of words weigh beside the words."""


@dataclass(frozen=True, slots=True)
class Model:
    """A row per feature: a byte per intent (128 is zero) and one for the feature's rarity squared.

    Pieces of words have a "~" before their names. What is read again has no names left: `Rows`.
    """

    rows: Mapping[str, bytes]
    bias: tuple[float, ...]
    scale: float
    rarity_scale: float
    digest: str

    def ranking(self, features: tuple[list[str], list[str]]) -> list[tuple[Intent, float]]:
        """All intents with their probabilities, the likeliest first."""
        rows = self.rows
        words = self._summed([row for name in features[0] if (row := rows.get(name))])
        pieces = self._summed([row for name in features[1] if (row := rows.get(f"~{name}"))])
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


class Rows(Mapping[str, bytes]):
    """The rows of all features without their 60,000 names: 2 MB instead of 9.

    Kept are Python's own hashes of the names, sorted; that two agree in all 64 bits is less
    likely than a fault of the memory.
    """

    def __init__(self, names: Sequence[str], table: bytes, width: int) -> None:
        hashes = [hash(name) for name in names]
        order = sorted(range(len(names)), key=hashes.__getitem__)
        self._keys = array("q", [hashes[place] for place in order])
        self._table = b"".join(table[place * width : (place + 1) * width] for place in order)
        self._width = width

    def get(self, name: str, default: Any = None, /) -> Any:
        """The row of a feature, if it was learned."""
        key, keys = hash(name), self._keys
        place = bisect_left(keys, key)
        if place == len(keys) or keys[place] != key:
            return default
        return self._table[place * self._width : (place + 1) * self._width]

    def __getitem__(self, name: str) -> bytes:
        if (row := self.get(name)) is None:
            raise KeyError(name)
        found: bytes = row
        return found

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        raise TypeError("the names are not kept")


@cache
def model() -> Model:
    """The trained model, read once."""
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    width = len(INTENTS) + 1
    table = base64.b64decode(stored["weights"])
    names = stored["features"].split("\t")
    return Model(
        Rows(names, table, width),
        tuple(stored["bias"]),
        stored["scale"],
        stored["rarity_scale"],
        stored["digest"],
    )
