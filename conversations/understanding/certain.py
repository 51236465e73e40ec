"""What needs no learning: bare case numbers, bare numbers, bare commands."""

import re
from functools import cache

from .intents import Intent
from .words import Words, lines_of

# Compared as sets of words: a pattern that repeats alternatives can take for ever on long texts.
_BESIDE_A_CASE = frozenset(
    [
        "ma",
        "so",
        "phieu",
        "ho",
        "case",
        "number",
        "phan",
        "anh",
        "cua",
        "toi",
        "la",
        "my",
        "is",
        "day",
        "don",
        ",",
        "ne",
        "nhe",
        "nha",
        "a",
        "please",
        "di",
    ]
)
_BESIDE_A_BOOKING = frozenset(
    [
        "ma",
        "so",
        "dang",
        "ky",
        "cua",
        "toi",
        "la",
        ",",
        "phieu",
        "nhe",
        "a",
        "day",
    ]
)
_SHORT_CODE = re.compile(
    r"^(?=.*\d)(?=.*[a-z])(?![a-z][0-9]{7}$)"
    r"(?:[0-9a-z]{5}|[0-9a-z]{8}|(?=.*\d.* .*\d)[0-9a-z]{4} [0-9a-z]{4})$"
)
_ONLY_NUMBERS = re.compile(r"^[0-9, ]+$")
_NAME_LENGTH = range(2, 5)


def certain(words: Words) -> tuple[Intent, float] | None:
    """The intent where the form alone decides, with its score."""
    line = " ".join(words.plain)
    if line == "115":
        return "emergency", 0.6
    if not line.strip(" ,") or _ONLY_NUMBERS.match(line):
        return "none", 0.9
    said = set(words.plain)
    if "casenumber" in said and said <= _BESIDE_A_CASE | {"casenumber"}:
        return "complaint_status", 0.97
    if "bookingnumber" in said and said <= _BESIDE_A_BOOKING | {"bookingnumber"}:
        return "registration_status", 0.9
    if _named(words):
        return "none", 0.7
    if _SHORT_CODE.match(line.strip(" ,")):
        return "complaint_status", 0.6
    return None


@cache
def _surnames() -> frozenset[str]:
    return frozenset(word for line in lines_of("words/surnames.txt") for word in line.split())


def _named(words: Words) -> bool:
    """Whether it is somebody: "Trần Thị Thôi" is no wish to stop."""
    return len(words.plain) in _NAME_LENGTH and words.marked[0] in _surnames()
