"""Makes `weights.json` from the examples: `python -m conversations.understanding.train`.

Softmax regression by stochastic gradient steps in a fixed order: the same examples give the same
weights. With `--check` it measures by five-fold cross-validation instead and writes nothing.
"""

import base64
import hashlib
import json
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from handlers.vietnamese import fold

from .features import features_of
from .intents import INTENTS, Intent
from .model import PIECES_COUNT_FOR, WEIGHTS, ZERO, Model
from .words import EXAMPLES, lines_of, read

EPOCHS, RATE, DECAY = 10, 1.5, 0.05
NEGLIGIBLE = 0.02
SEEN_AT_LEAST = (2, 3)
"""How often a feature of words, of pieces, must occur to be learned."""


@dataclass(frozen=True, slots=True)
class Example:
    """One message and what it wants."""

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
    swapped = _swapped(text)
    forms = [text, bare, _mistyped(bare), swapped, fold(_polite(swapped)), _polite(text)]
    if example.intent != "none" and len(text.split()) > 1:
        forms.append(_after_a_story(text, "a"))
        forms.append(fold(_after_a_story(text, "b")))
    return list(dict.fromkeys(forms))


def _swapped(text: str) -> str:
    """Another relative, another day, another word of the same kind."""
    for line in lines_of("words/swaps.txt"):
        kind = [word.strip() for word in line.split("|")]
        for word in kind:
            pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
            if re.search(pattern, text):
                text = re.sub(pattern, _pick(kind, text, line), text, count=1)
                break
    return text


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


@dataclass(frozen=True, slots=True)
class Lesson:
    """One message ready for learning: its known features by block, and the right answer."""

    blocks: tuple[list[str], list[str]]
    right: int


@dataclass(slots=True)
class Learner:
    """The weights while they are learned. Rarity is the square of the usual log(1 + n/df) + 1."""

    weights: dict[str, Row]
    rarity: dict[str, float]
    bias: Row


def lessons(chosen: Iterable[Example]) -> list[Lesson]:
    """Every form of every example, in a fixed mixed order."""
    texts = [(form, one.intent) for one in chosen for form in varied(one)]
    texts.sort(key=lambda pair: zlib.crc32(pair[0].encode()))
    taught = [(features_of(read(text)), INTENTS.index(intent)) for text, intent in texts]
    return [Lesson((words, [f"~{p}" for p in pieces]), right) for (words, pieces), right in taught]


def prepared(taught: list[Lesson]) -> tuple[Learner, list[Lesson]]:
    """A blank learner that knows the features seen often enough, and lessons with only those."""
    seen = Counter(name for lesson in taught for block in lesson.blocks for name in block)
    known = {name: n for name, n in seen.items() if n >= SEEN_AT_LEAST[name[0] == "~"]}
    rarity = {name: (math.log((1 + len(taught)) / (1 + n)) + 1) ** 2 for name, n in known.items()}
    weights = {name: [0.0] * len(INTENTS) for name in known}
    kept = [
        Lesson((_kept(words, known), _kept(pieces, known)), lesson.right)
        for lesson in taught
        for words, pieces in [lesson.blocks]
    ]
    return Learner(weights, rarity, [0.0] * len(INTENTS)), kept


def _kept(names: list[str], known: dict[str, int]) -> list[str]:
    return [name for name in names if name in known]


def learned(chosen: Iterable[Example]) -> Learner:
    """Weights after all epochs."""
    learner, taught = prepared(lessons(chosen))
    counts = Counter(lesson.right for lesson in taught)
    even = len(taught) / len(INTENTS)
    for epoch in range(EPOCHS):
        rate = RATE / (1 + epoch / 2)
        for lesson in taught:
            _step(learner, lesson, rate * math.sqrt(even / counts[lesson.right]))
        _shrink(learner.weights, 1 - DECAY / (1 + epoch))
    return learner


def _step(learner: Learner, lesson: Lesson, rate: float) -> None:
    sums = list(learner.bias)
    strengths = []
    for names, counts_for in zip(lesson.blocks, (1.0, PIECES_COUNT_FOR), strict=True):
        length = math.sqrt(sum(learner.rarity[name] for name in names)) or 1.0
        strengths.append(counts_for / length)
        rows = [learner.weights[name] for name in names]
        for intent, total in enumerate(map(sum, zip(*rows, strict=True))):
            sums[intent] += total * counts_for / length
    for intent, error in _errors(sums, lesson.right):
        learner.bias[intent] += rate * error * 0.1
        for names, strength in zip(lesson.blocks, strengths, strict=True):
            change = rate * error * strength
            for name in names:
                learner.weights[name][intent] += change * learner.rarity[name]


def _errors(sums: Row, right: int) -> list[tuple[int, float]]:
    """How far each intent's probability is from the truth, where it matters."""
    top = max(sums)
    powers = [math.exp(value - top) for value in sums]
    whole = sum(powers)
    errors = [(i, float(i == right) - power / whole) for i, power in enumerate(powers)]
    return [(intent, error) for intent, error in errors if abs(error) > NEGLIGIBLE]


def _shrink(weights: dict[str, Row], by: float) -> None:
    for row in weights.values():
        row[:] = [value * by for value in row]


def packed(learner: Learner) -> Model:
    """One byte per number."""
    scale = max(abs(value) for row in learner.weights.values() for value in row) / 127
    rarity_scale = max(learner.rarity.values()) / 255
    rows = {
        name: bytes(ZERO + round(value / scale) for value in row)
        + bytes([max(1, round(learner.rarity[name] / rarity_scale))])
        for name, row in learner.weights.items()
    }
    bias = tuple(round(value, 4) for value in learner.bias)
    return Model(rows, bias, scale, rarity_scale, digest())


def save(made: Model) -> None:
    """Writes the model where `model()` reads it."""
    names = sorted(made.rows)
    table = b"".join(made.rows[name] for name in names)
    stored = {
        "digest": made.digest,
        "scale": made.scale,
        "rarity_scale": made.rarity_scale,
        "bias": made.bias,
        "features": "\t".join(names),
        "weights": base64.b64encode(table).decode(),
    }
    WEIGHTS.write_text(json.dumps(stored, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    save(packed(learned(examples())))
