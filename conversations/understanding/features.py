"""What the trained model looks at: words and what they mean together; and pieces of words.

The pieces survive typing errors and glued words; they are a block of their own, so that their
number does not drown the words.
"""

from functools import cache
from itertools import pairwise

from .words import Words, lines_of, read

_LONGEST_PHRASE = 5
_SHORTEST_TAIL = 2
_PIECES = (2, 3, 4, 5)
_PIVOTS = frozenset({"gio", "nay", "nhung", "chu", "ma", ",", "but", "now", "con", "thoi"})


@cache
def concepts() -> dict[tuple[str, ...], str]:
    """From a phrase, as its mended words, to the name of what it means."""
    table: dict[tuple[str, ...], str] = {}
    for line in lines_of("words/concepts.txt"):
        name, _, phrases = line.partition(":")
        table |= {read(phrase).plain: name for phrase in phrases.split(",")}
    return table


def features_of(words: Words) -> tuple[list[str], list[str]]:
    """Every feature once: of words, of pieces."""
    return _of_words(words), _of_pieces(words)


def _of_words(words: Words) -> list[str]:
    plain = [word for word in words.plain if word != ","]
    meanings = _meanings(words.plain)
    found = [f"n{min(len(plain), 9)}"]
    found += [f"w {word}" for word in plain]
    found += [f"b {one} {two}" for one, two in pairwise(plain)]
    found += [f"s {a} {c}" for a, c in zip(plain, plain[2:], strict=False)]
    found += _of_meanings(meanings)
    found += _of_tail(words.plain)
    if words.has_marks:
        found += [f"m {word}" for word in words.marked if not word.isascii()]
    return list(dict.fromkeys(found))


def _of_pieces(words: Words) -> list[str]:
    found = []
    for word in dict.fromkeys(words.plain):
        edged = f"<{word}>"
        found += [edged[i : i + n] for n in _PIECES for i in range(len(edged) - n + 1)]
    return list(dict.fromkeys(found))


def _meanings(plain: tuple[str, ...]) -> list[str]:
    """The concepts in order, the longest phrase first at each word."""
    table = concepts()
    found = []
    at = 0
    while at < len(plain):
        for size in range(_LONGEST_PHRASE, 0, -1):
            if name := table.get(plain[at : at + size]):
                found.append(name)
                at += size
                break
        else:
            at += 1
    return found


def _of_meanings(meanings: list[str]) -> list[str]:
    found = [f"c {name}" for name in meanings]
    for i, first in enumerate(meanings[:12]):
        found += [f"d {first} {then}" for then in meanings[i + 1 : i + 6]]
    if meanings:
        found += [f"first {meanings[0]}", f"last {meanings[-1]}", f"all {' '.join(meanings[:4])}"]
    return found


def _of_tail(plain: tuple[str, ...]) -> list[str]:
    """The last clause again, by itself: with several clauses the final request counts."""
    start = 0
    for i, word in enumerate(plain[:-1]):
        if word in _PIVOTS and len(plain) - i > _SHORTEST_TAIL:
            start = i + 1
    if not start:
        return []
    tail = plain[start:]
    found = [f"t {word}" for word in tail]
    return found + [f"tc {name}" for name in _meanings(tail)]
