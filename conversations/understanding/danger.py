"""Whether somebody is in danger now, or the sign is past, denied, asked about or a joke.

A doubtful case counts as danger: a needless emergency text costs a moment, a missed one a life.
"""

from typing import Literal

from .excuses import EXCUSES
from .signs import Span, spans_of
from .words import Words, read

Danger = Literal["now", "excused", "none"]

# Words that only their marks tell from others.
_TOLD_APART = {"lỡ": "neu", "nhỡ": "neu", "ngây": "ngatngay"}
_LONGEST_NAME = 5


def is_urgent(text: str) -> bool:
    """Whether the message tells of a danger sign now. Cheap for ordinary text; never raises."""
    words = read(text)
    spans = spans_of(words)
    return judged(words, spans) == "now" and not _only_a_name(text, words, spans)


def danger_in(words: Words) -> Danger:
    """Whether a danger sign is there, and if so whether it is happening now."""
    return judged(words, spans_of(words))


def judged(words: Words, spans: list[Span]) -> Danger:
    """The same, where the signs are already found."""
    if not spans:
        return "none"
    return "excused" if all(_excused(words, *span) for span in spans) else "now"


def _only_a_name(text: str, words: Words, spans: list[Span]) -> bool:
    """Each word has one capital and no sign has several words: "Ksor Ngất", "Làng Xỉu"."""
    single = all(end - start == 1 for start, end in spans)
    return (
        single
        and len(words.plain) <= _LONGEST_NAME
        and all(part.istitle() for part in text.split())
    )


def _excused(words: Words, start: int, end: int) -> bool:
    said = [
        _TOLD_APART.get(marked, plain)
        for marked, plain in zip(words.marked, words.plain, strict=True)
    ]
    before, sign, after = (" ".join(part) for part in (said[:start], said[start:end], said[end:]))
    return any(excuse(before, sign, f" {after}") for excuse in EXCUSES)
