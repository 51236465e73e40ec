"""Finds danger signs in a message, by the phrases of `examples/words/danger.txt`."""

import re
import unicodedata
from functools import cache

from handlers.vietnamese import fold

from .words import Words, lines_of

Span = tuple[int, int]
"""From word to word, the last not included."""

_MARK = re.compile(r"[\u0300-\u036f]")
_GAP = r"(?:[^ ,]+ ){0,3}?"
# Southern speech does not tell ngã from hỏi, so neither does the reader.
_SAME_TONE = str.maketrans({"\u0303": "\u0309", "đ": "d"})

_FEVER = re.compile(
    r"\b(?:sot|fever|nhiet do|temperature)(?: \w+){0,4}? "
    r"(39|ba muoi chin|ba chin|4[0-2]|bon muoi(?: mot| hai)?|10[3-6])\b"
    r"(?:(?: ,)?(?: do)? (\d|ruoi|nam)\b)?(?: do\b)?"
)
_STUBBORN = re.compile(
    r"\bsot(?! xuat)(?: \w+| ,){0,8}? (?:khong|chua|chang|hoai|mai)(?: (?:\w+ )?"
    r"(?:thay|chiu|he|duoc|khong|co|them))? (?:ha|do|bot|giam|lui|xuong|dut)\b"
    r"|\bsot cao (?:qua )?(?:keo dai|lien tuc|may ngay|mai)\b"
    r"|\bfever(?: \w+){0,4} (?:not|wont|doesnt) (?:going|coming|go|come) down\b"
)


def spans_of(words: Words) -> list[Span]:
    """Where the signs are, in words."""
    phrases = _phrases()
    here = [i for i, plain in enumerate(words.plain) if plain in phrases]
    spans = _phrase_spans(words, here) if here else []
    line = " ".join(words.plain)
    return spans + _fever_spans(line) if "sot" in line or "fever" in line else spans


def _phrase_spans(words: Words, starts: list[int]) -> list[Span]:
    phrases = _phrases()
    spans: list[Span] = []
    for start in starts:
        rest = _as_typed(" ".join(words.marked[start:])) + " "
        hits = [pattern.match(rest) for pattern in phrases[words.plain[start]]]
        spans += [(start, start + hit.group().count(" ")) for hit in hits if hit]
    return spans


def _fever_spans(line: str) -> list[Span]:
    hits = [hit for hit in _FEVER.finditer(line) if _very_high(hit)]
    hits += _STUBBORN.finditer(line)
    return [(line.count(" ", 0, hit.start()), line.count(" ", 0, hit.end()) + 1) for hit in hits]


def _very_high(hit: re.Match[str]) -> bool:
    """Above 39 °C (Fahrenheit as foreigners write it: from 103)."""
    degrees, more = hit.groups()
    above = more in {"5", "6", "7", "8", "9", "ruoi", "nam"}
    return above or degrees not in {"39", "ba muoi chin", "ba chin"}


def _as_typed(text: str) -> str:
    return unicodedata.normalize("NFD", text).translate(_SAME_TONE)


@cache
def _phrases() -> dict[str, list[re.Pattern[str]]]:
    """From the folded first word to the patterns of what may follow it."""
    table: dict[str, list[re.Pattern[str]]] = {}
    for line in lines_of("words/danger.txt"):
        pattern = re.compile("".join(_part(line, part) for part in line.lstrip("=! ").split()))
        for first in line.lstrip("=! ").split()[0].split("/"):
            table.setdefault(fold(first), []).append(pattern)
    return table


def _part(line: str, part: str) -> str:
    if part == "_":
        return _GAP
    inner = "|".join(_spelled(line[0], word) for word in part.strip("()").split("/"))
    return f"(?:(?:{inner}) )" + ("?" if part[0] == "(" else "")


def _spelled(how: str, word: str) -> str:
    """The word as a pattern: marks demanded (!), fitting if there (=), or whatever they are."""
    typed = _as_typed(word)
    if how == "!":
        return typed
    if how == "=":
        return _MARK.sub(lambda mark: mark.group() + "?", typed)
    return "".join(f"{letter}[\u0300-\u036f]*" for letter in _MARK.sub("", typed))
