"""Public codes: short, easy to read aloud, with a character that catches a slip.

31 signs (no I, L, O, 0, 1), a prime number: a weighted sum then catches every single wrong sign and
every two neighbours swapped.
"""

import re

from handlers.vietnamese import clean, fold

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 7
_SHAPE = re.compile(r"([A-Z]{2}) ?([2-9A-HJKMNP-Z]{4}) ?([2-9A-HJKMNP-Z]{4})")


def make(kind: str, letters: str) -> str:
    """A code of a kind ("DK" a registration) of seven random letters: DK-4K7M-2QXB."""
    whole = letters + _check(letters)
    return f"{kind}-{whole[:4]}-{whole[4:]}"


def read(text: str) -> str | None:
    """The code a person typed, however spaced ("đk 4k7m 2qxh"); None where it has a slip."""
    found = _SHAPE.fullmatch(fold(clean(text)).upper())
    if not found:
        return None
    whole = found[2] + found[3]
    if _check(whole[:LENGTH]) != whole[LENGTH]:
        return None
    return f"{found[1]}-{found[2]}-{found[3]}"


def _check(letters: str) -> str:
    total = sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(letters, 2))
    return ALPHABET[total % len(ALPHABET)]
