"""Names as the machine-readable lines of a passport write them (ICAO 9303, part 3)."""

import re
import unicodedata
from typing import Final

# Letters that lose no mark when taken apart, because their stroke is part of them.
_LETTERS: Final = str.maketrans(
    {"Đ": "D", "Ð": "D", "Ø": "OE", "Ł": "L", "Æ": "AE", "Œ": "OE", "Þ": "TH", "Ħ": "H"}
)
_GAPS: Final = re.compile(r"[\s\-\u2010-\u2015]+")
_NO_LETTER: Final = re.compile(r"[^A-Z<]")


def passport_name(name: str) -> str:
    """A name in A to Z and `<`: marks and apostrophes dropped, blanks and hyphens as `<`.

    "Đặng Đình Ơn" becomes DANG<DINH<ON, "H'Hen Niê" HHEN<NIE.
    """
    plain = unicodedata.normalize("NFD", name.upper().translate(_LETTERS))
    return _NO_LETTER.sub("", _GAPS.sub("<", plain.strip()))
