"""Vietnamese text: kept as typed in NFC, compared by a folded key."""

import re
import unicodedata

_MARKS = re.compile(r"[\u0300-\u036f]")
_GAPS = re.compile(r"[\s\-\u2010-\u2015_]+")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_LINE_END = re.compile("\r\n?|[\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def fold(text: str) -> str:
    """The key by which two spellings are compared: no case, marks, đ, hyphens or double blanks.

    "Đăk Đoa", "đak-đoa" and "DAK DOA" are one; so are "Hòa" and "Hoà".
    """
    if text.isascii():
        return _GAPS.sub(" ", text.lower()).strip()
    plain = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d").replace("ƀ", "b")
    return _GAPS.sub(" ", _MARKS.sub("", plain)).strip()


def clean(text: str) -> str:
    """What a person typed, in NFC, without invisible, bidirectional and control characters."""
    text = _CONTROL.sub("", _LINE_END.sub("\n", _UNSEEN.sub("", text)).replace("\t", " "))
    return unicodedata.normalize("NFC", text).strip()
