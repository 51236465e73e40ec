"""How people write places: words, kinds ("thị trấn", "P.", "TX") and one key per spelling."""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from handlers.vietnamese import clean, fold

Kind = Literal[
    "commune", "ward", "township", "zone", "district", "quarter", "town", "city", "province"
]

COMMUNE_KINDS: frozenset[Kind | None] = frozenset({"commune", "ward", "township", "zone"})
DISTRICT_KINDS: frozenset[Kind | None] = frozenset({"district", "quarter", "town", "city"})
PROVINCE_KINDS: frozenset[Kind | None] = frozenset({"province", "city"})

KIND_WORDS: dict[str, Kind] = {
    "xa": "commune",
    "x": "commune",
    "phuong": "ward",
    "p": "ward",
    "f": "ward",
    "thi tran": "township",
    "tt": "township",
    "dac khu": "zone",
    "huyen": "district",
    "h": "district",
    "quan": "quarter",
    "q": "quarter",
    "thi xa": "town",
    "tx": "town",
    "thanh pho": "city",
    "tp": "city",
    "tinh": "province",
    "t": "province",
}
NOISE = frozenset({"cu", "moi", "truoc", "day", "nay", "a", "nhe", "nha"})
# Words after which the name of a place begins: "ở", "tại", "thôn" without a number.
OPENERS = frozenset(
    {"o", "tai", "thuoc", "ve", "den", "la", "thon", "ap", "buon", "lang", "khu", "to"}
)

_LONGEST = 400  # characters that are read; an address is shorter
_MOST = 28  # words that are read; the commune stands near the end of an address
_APOSTROPHES = re.compile(r"['’‘`´ʼ]\s*")
_COUNTRY = re.compile(r"\W+(vi[eệ]t ?nam|vn)\W*$")
_PARTS = re.compile(r"[,;:\n|()]+")
_WORDS = re.compile(r"[^\W_]+")
_GLUED = 8  # letters; no syllable is longer, so a longer word may be "phuongtan"
_NUMBERED = re.compile(r"(phuong|phường|quan|quận|[pfq])(\d{1,2})|(phuong|phường)(\D+)")
_SOFT_C = re.compile(r"c(?!h)")
_END_Y = re.compile(r"(?<=[hklmst])y$")


@dataclass(frozen=True, slots=True)
class Words:
    """A text as words, folded and as typed; `starts` are the words that begin a new part."""

    words: tuple[str, ...]
    typed: tuple[str, ...]
    starts: frozenset[int]

    def kind_before(self, at: int) -> tuple[Kind | None, int]:
        """The kind written directly before a word, and where it begins."""
        for length in (2, 1):
            if at >= length and not self.parted(at - length, at + 1):
                kind = KIND_WORDS.get(" ".join(self.words[at - length : at]))
                if kind:
                    return kind, at - length
        return None, at

    def parted(self, start: int, end: int) -> bool:
        """Whether a comma or the like stands between the first and the last of these words."""
        return any(at in self.starts for at in range(start + 1, end))

    def says_kind(self, kinds: frozenset[Kind | None]) -> bool:
        """Whether one of these kinds is written before anything."""
        return any(self.kind_before(at)[0] in kinds for at in range(1, len(self.words)))

    def key(self, start: int, end: int) -> str:
        """The key of some of the words."""
        return "".join(_spelled(word) for word in self.words[start:end])

    def spelling(self, start: int, end: int) -> str:
        """Some of the words as they were typed, in small letters."""
        return " ".join(self.typed[start:end])


class Named(NamedTuple):
    """A name taken apart: "Thị trấn Đak Đoa" is a township, "dakdoa", "đak đoa"."""

    kind: Kind | None
    key: str
    spelling: str


def read(text: str) -> Words:
    """What was typed, as words: "P.5, Q3" is phường 5, quận 3; "K' Dang" is one word."""
    typed: list[str] = []
    starts: set[int] = set()
    text = _COUNTRY.sub("", clean(text[:_LONGEST]).casefold())
    for part in _PARTS.split(_APOSTROPHES.sub("", text)):
        starts.add(len(typed))
        for word in _WORDS.findall(part):
            typed.extend((word,) if word.isalpha() and len(word) < _GLUED else _unglued(word))
    cut = max(0, len(typed) - _MOST)
    return Words(
        tuple(fold(word) or "?" for word in typed[cut:]),
        tuple(typed[cut:]),
        frozenset(at - cut for at in starts if at >= cut),
    )


def take_apart(name: str) -> Named:
    """The kind, the key and the spelling of a full name."""
    words = read(name)
    size = len(words.words)
    for length in (2, 1):
        kind = KIND_WORDS.get(" ".join(words.words[:length]))
        if kind and size > length:
            return Named(kind, words.key(length, size), words.spelling(length, size))
    return Named(None, words.key(0, size), words.spelling(0, size))


def _unglued(word: str) -> tuple[str, ...]:
    """A kind and its number apart, and numbers without zeros before: "p05" → "p", "5"."""
    glued = _NUMBERED.fullmatch(word)
    pieces = (piece for piece in glued.groups() if piece) if glued else (word,)
    return tuple(str(int(piece)) if piece.isdecimal() else piece for piece in pieces)


def _spelled(word: str) -> str:
    """One spelling for those that people mix: c/k, f/ph, and y/i at the end."""
    if word[0] == "f" and len(word) > 1:
        word = "ph" + word[1:]
    word = "qui" if word == "quy" else _END_Y.sub("i", word)
    return _SOFT_C.sub("k", word)
