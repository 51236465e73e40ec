"""Makes `weights.json` from the examples: `python -m conversations.understanding.train`.

Softmax regression by stochastic gradient steps in a fixed order: the same examples give the same
weights. With `--check` it measures by five-fold cross-validation instead and writes nothing.
"""

import base64
import hashlib
import json
import math
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from handlers.vietnamese import fold

from .features import features_of
from .intents import INTENTS, Intent
from .model import WEIGHTS, Model
from .words import EXAMPLES, lines_of, read

EPOCHS, RATE, DECAY = 8, 1.0, 0.03
SEEN_AT_LEAST = 2
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    intent: Intent


def examples() -> list[Example]:
    """All examples as written, file by file."""
    return [Example(line, intent) for intent in INTENTS for line in lines_of(f"{intent}.txt")]


def digest() -> str:
    """Changes whenever the weights would: by any data file or by what is learned from it."""
    here = WEIGHTS.parent
    sources = [here / name for name in ("features.py", "train.py", "words.py", "intents.py")]
    parts = sorted(EXAMPLES.rglob("*.txt")) + sources
    return hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()


def _pick(options: list[str], text: str, salt: str) -> str:
    """A choice that looks random and is always the same."""
    return options[zlib.crc32(f"{salt}{text}".encode()) % len(options)]


def varied(example: Example) -> list[str]:
    """The same wish as other people would type it."""
    text = example.text
    bare = fold(text)
    forms = [text, bare, _mistyped(bare), _polite(text), fold(_polite(bare))]
    if example.intent != "none" and len(text.split()) > 1:
        forms.append(_after_a_story(text, "a"))
        forms.append(fold(_after_a_story(text, "b")))
    return list(dict.fromkeys(forms))


def _polite(text: str) -> str:
    opening = _pick(lines_of("words/openings.txt"), text, "open")
    closing = _pick(lines_of("words/closings.txt"), text, "close")
    which = zlib.crc32(text.encode()) % 3
    return (f"{opening} {text}", f"{text} {closing}", f"{opening} {text} {closing}")[which]


def _after_a_story(text: str, salt: str) -> str:
    before = _pick(lines_of("words/befores.txt"), text, salt)
    turn = _pick(lines_of("words/turns.txt"), text, salt)
    return f"{before} {turn} {text}"


def _mistyped(text: str) -> str:
    """One letter lost or two swapped, in a word of four letters or more."""
    places = [i for i in range(1, len(text) - 2) if text[i - 1 : i + 3].isalpha()]
    if not places:
        return text
    at = places[zlib.crc32(text.encode()) % len(places)]
    if len(text) % 2:
        return text[:at] + text[at + 1 :]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


Row = list[float]
Lesson = tuple[list[str], int]


def lessons(chosen: Iterable[Example]) -> list[Lesson]:
    """Features and the right answer, in a fixed mixed order."""
    texts = [(form, one.intent) for one in chosen for form in varied(one)]
    texts.sort(key=lambda pair: zlib.crc32(pair[0].encode()))
    return [(features_of(read(text)), INTENTS.index(intent)) for text, intent in texts]


def learned(chosen: Iterable[Example]) -> dict[str, Row]:
    """Weights per feature after all epochs."""
    taught = lessons(chosen)
    seen = Counter(feature for features, _ in taught for feature in features)
    weights: dict[str, Row] = {
        feature: [0.0] * len(INTENTS) for feature, n in seen.items() if n >= SEEN_AT_LEAST
    }
    weights["bias"] = [0.0] * len(INTENTS)
    counts = Counter(right for _, right in taught)
    even = len(taught) / len(INTENTS)
    for epoch in range(EPOCHS):
        rate = RATE / (1 + epoch)
        for features, right in taught:
            _step(weights, features, right, rate * math.sqrt(even / counts[right]))
        _shrink(weights, 1 - DECAY * rate)
    return weights


def _step(weights: dict[str, Row], features: list[str], right: int, rate: float) -> None:
    rows = [weights[feature] for feature in features if feature in weights]
    rows.append(weights["bias"])
    size = 1 / math.sqrt(len(features) + 1)
    sums = [total * size for total in map(sum, zip(*rows, strict=True))]
    top = max(sums)
    powers = [math.exp(value - top) for value in sums]
    whole = sum(powers)
    for intent, power in enumerate(powers):
        error = (1.0 if intent == right else 0.0) - power / whole
        if abs(error) > 0.02:
            change = rate * error * size
            for row in rows:
                row[intent] += change


def _shrink(weights: dict[str, Row], by: float) -> None:
    for row in weights.values():
        row[:] = [value * by for value in row]


def packed(weights: dict[str, Row]) -> Model:
    """One byte per weight."""
    largest = max(abs(value) for row in weights.values() for value in row)
    scale = largest / 127
    rows = {
        name: bytes(128 + round(value / scale) for value in row) for name, row in weights.items()
    }
    return Model(rows, scale, digest())


def save(made: Model) -> None:
    names = sorted(name for name, row in made.rows.items() if any(byte != 128 for byte in row))
    table = b"".join(made.rows[name] for name in names)
    stored = {
        "digest": made.digest,
        "scale": made.scale,
        "features": "\t".join(names),
        "weights": base64.b64encode(table).decode(),
    }
    WEIGHTS.write_text(json.dumps(stored, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    save(packed(learned(examples())))
