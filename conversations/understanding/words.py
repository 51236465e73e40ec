"""A message as words: mended spellings, marks kept beside the folded form."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from handlers.vietnamese import clean, fold

EXAMPLES = Path(__file__).parent.parent / "examples"

# A wish stands at the start or, in a long story, at the end; the middle of an essay is not read.
_START, _END = 300, 500

_TOKEN = re.compile(r"\w+|[.,;:!?\n]+")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
# PA-4K7M-2QXH as `handlers.codes` makes it, PA-4K7M2 as older notes have it, and as people copy it.
_SIGNS = (
    r"(?:[0-9a-z]{4}-[0-9a-z]{4}|(?=[a-z ]{0,8}\d)[0-9a-z]{4}[ -]?[0-9a-z]{4}"
    r"|(?=[a-z]{0,7}\d)[0-9a-z]{4,8})"
)
_CASE = re.compile(rf"\bpa[\s#:.-]*{_SIGNS}\b")
_BOOKING = re.compile(rf"\b(?:dk|đk)[\s#:.]*-?\s*{_SIGNS}\b")
_TONES = {"uỷ": "ủy", "uý": "úy", "oá": "óa", "oà": "òa", "oả": "ỏa", "oẻ": "ỏe", "oé": "óe"}
_NEW_TONE = re.compile(rf"(?:{'|'.join(_TONES)})(?!\w)")


@dataclass(frozen=True, slots=True)
class Words:
    """One message. `marked` and `plain` are the same words; a "," stands for any punctuation."""

    marked: tuple[str, ...]
    plain: tuple[str, ...]
    has_marks: bool


def lines_of(name: str) -> list[str]:
    """The lines of a data file under `examples`, without comments and blanks."""
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


@cache
def spellings() -> dict[str, tuple[str, ...]]:
    """From a spelling people type to the words meant."""
    table: dict[str, tuple[str, ...]] = {}
    for line in lines_of("words/spellings.txt"):
        meant, _, variants = line.partition(":")
        table |= dict.fromkeys(variants.split(), tuple(meant.split()))
    return table


def read(text: str) -> Words:
    """The words of a message, with known misspellings mended and case numbers made one word."""
    text = clean(text).lower()
    if len(text) > _START + _END:
        text = f"{text[:_START]} . {text[-_END:]}"
    text = _NEW_TONE.sub(lambda ending: _TONES[ending.group()], text)
    text = _APOSTROPHE.sub("", text)
    text = _CASE.sub(" casenumber ", text)
    text = _BOOKING.sub(" bookingnumber ", text)
    text = _STRETCHED.sub(r"\1", text)
    return _mended(_TOKEN.findall(text))


def _mended(tokens: list[str]) -> Words:
    table = spellings()
    marked: list[str] = []
    plain: list[str] = []
    for token in tokens:
        if not (token[0].isalnum() or token[0] == "_"):
            marked.append(",")
            plain.append(",")
            continue
        folded = token if token.isascii() else fold(token)
        meant = table.get(token) or table.get(folded)
        if meant is None:
            marked.append(token)
            plain.append(folded)
        else:
            marked.extend(meant)
            plain.extend(meant)
    return Words(tuple(marked), tuple(plain), not "".join(tokens).isascii())
