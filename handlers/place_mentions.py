"""Which names of communes, districts and provinces a text mentions, spelled right or nearly."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from handlers.place_names import Names
from handlers.place_text import (
    COMMUNE_KINDS,
    DISTRICT_KINDS,
    KIND_WORDS,
    PROVINCE_KINDS,
    Kind,
    Words,
)

Level = Literal["commune", "district", "province"]

LONGEST_NAME = 5  # words
MOST_GUESSES = 20  # runs of words compared with all names when nothing matches as it is spelled
SHORTEST_GUESS = {"commune": 4, "district": 5, "province": 5}  # letters
TWO_ERRORS_FROM = 8  # letters; shorter names may have one typing error


class Mention(NamedTuple):
    """A run of words that is, or is nearly, the name of something."""

    level: Level
    start: int  # of the kind, where one is written
    named: int  # of the name itself
    end: int
    key: str
    kind: Kind | None
    loss: float = 0.0  # of the spelling, 0 to 32

    def overlaps(self, other: "Mention") -> bool:
        """Whether the two share a word."""
        return self.start < other.end and other.start < self.end

    def inside(self, other: "Mention") -> bool:
        """Whether it is part of a longer name, as "Nha Trang" is in "Bắc Nha Trang"."""
        longer = other.end - other.named > self.end - self.named
        within = other.named <= self.start and self.end <= other.end
        return longer and within and self.kind is None

    def same(self, other: "Mention") -> bool:
        """Whether it is the same words, read as the name of something else."""
        return (self.named, self.end) == (other.named, other.end)


class Reader:
    """Finds mentions. Holds the lists of keys that guesses are compared with."""

    def __init__(self, names: Names) -> None:
        self._known: dict[Level, dict[str, object]] = {
            "commune": dict(names.communes),
            "district": dict(names.districts),
            "province": dict(names.provinces),
        }
        self._keys = {
            level: [key for key in known if len(key) >= SHORTEST_GUESS[level]]
            for level, known in self._known.items()
        }

    def spelled(self, words: Words) -> list[Mention]:
        """The names written as they are spelled."""
        return [
            Mention(level, kind_at, start, end, key, kind)
            for start, end in _runs(words)
            for key in (words.key(start, end),)
            for kind, kind_at in (words.kind_before(start),)
            for level, known in self._known.items()
            if key in known and _fits(level, kind, key, end - start)
        ]

    def guessed(self, words: Words, said: list[Mention]) -> list[Mention]:
        """The names that differ by a letter or two from what is written and not yet explained."""
        taken = [m for m in said if m.level == "province" or (m.level == "district" and m.kind)]
        runs = [
            Mention("commune", kind_at, start, end, words.key(start, end), kind)
            for start, end in _runs(words)
            for kind, kind_at in (words.kind_before(start),)
        ]
        free = [run for run in runs if not any(run.overlaps(m) for m in taken)]
        return [guess for run in _likeliest(words, free) for guess in self._near(run)]

    def _near(self, run: Mention) -> Iterator[Mention]:
        size = len(run.key)
        for level, keys in self._keys.items():
            short = size < SHORTEST_GUESS[level] + (run.kind is None)
            if short or not _fits(level, run.kind, run.key, run.end - run.named):
                continue
            most = 2 if size >= TWO_ERRORS_FROM else 1
            near = process.extract(run.key, keys, scorer=OSA.distance, score_cutoff=most, limit=8)
            for key, distance, _ in near:
                if distance:
                    yield run._replace(level=level, key=key, loss=2 + 60 * distance / size)


def _runs(words: Words) -> Iterator[tuple[int, int]]:
    """Every run of words that could be a name: up to five, not across a comma."""
    size = len(words.words)
    for start in range(size):
        for end in range(start + 1, min(start + LONGEST_NAME, size) + 1):
            if words.parted(start, end):
                break
            yield start, end


def _fits(level: Level, kind: Kind | None, key: str, length: int) -> bool:
    """Whether this kind may stand before it. A number needs its own: "phường 5", "quận 3"."""
    if key.isdecimal():
        return length == 1 and (level, kind) in {("commune", "ward"), ("district", "quarter")}
    if level == "commune":
        return kind is None or kind in COMMUNE_KINDS
    return kind is None or kind in (DISTRICT_KINDS if level == "district" else PROVINCE_KINDS)


def _likeliest(words: Words, runs: list[Mention]) -> list[Mention]:
    """The runs worth comparing: those after a kind if there are any, whole parts first."""
    typed = [run for run in runs if run.kind in COMMUNE_KINDS]
    others = [run for run in runs if words.words[run.named] not in KIND_WORDS]
    ends = words.starts | {len(words.words)}
    whole = sorted(
        typed or others, key=lambda run: -(run.named in words.starts) - (run.end in ends)
    )
    return whole[:MOST_GUESSES]
