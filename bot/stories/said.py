"""What people do in a story, as the channels would deliver it: words, taps, pictures, and so on."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from bot.channels.channel import Button
from bot.stories.story import BadStory
from conversations.messages import Capabilities, Contact, Inbound

_TAP = re.compile(r"\[(?:nút )?[“\"]?(?P<label>[^\]”\"]+)[”\"]?\]")
_VALUE = re.compile(r"[!-~]+")
_CONTACT = re.compile(r"\(danh thiếp (?P<own>của mình )?(?P<phone>[\d +.]+)\)")
_LONG = re.compile(r"\((?P<most>\d+) chữ\) (?P<words>.*)", re.DOTALL)
_UNSEEN = "\u202e\u200b\u0007\u2066"

_THINGS = {
    "(tin trống)": Inbound(),
    "(nhãn dán)": Inbound(other="sticker"),
    "(tin thoại)": Inbound(other="voice"),
    "(video)": Inbound(other="video"),
    "(vị trí)": Inbound(other="location"),
    "(tin lạ)": Inbound(other="unknown"),
    "(tin sửa)": Inbound(other="edited"),
    "(ảnh nặng quá)": Inbound(other="photo", problem="too_large"),
    "(ảnh to quá)": Inbound(other="photo", problem="too_many_pixels"),
    "(tệp không phải ảnh)": Inbound(other="file", problem="not_an_image"),
}
_MARKED: dict[str, Callable[[str], Inbound]] = {
    "(chuyển tiếp) ": lambda words: Inbound(text=words, forwarded=True),
    "(dấu rời) ": lambda words: Inbound(text=unicodedata.normalize("NFD", words)),
    "(chữ ẩn) ": lambda words: Inbound(text=_hidden(words)),
}


def heard(words: str, shown: Sequence[Button], can: Capabilities) -> Inbound:
    """What the channel delivers. `shown` are all buttons of the chat so far, oldest first.

    Raises BadStory for a button that was never shown.
    """
    if words in _THINGS:
        return _THINGS[words]
    if words.startswith("(ảnh "):
        return Inbound(other="photo")
    if tap := _TAP.fullmatch(words):
        return Inbound(button=_value(tap["label"], shown))
    if card := _CONTACT.fullmatch(words):
        proven = bool(card["own"]) and can.proves_contact
        return Inbound(contact=Contact(card["phone"].strip(), proven))
    if long := _LONG.fullmatch(words):
        most = int(long["most"])
        return Inbound(text=(long["words"] * most)[:most])
    for mark, read in _MARKED.items():
        if words.startswith(mark):
            return read(words.removeprefix(mark))
    return Inbound(text=words)


def _value(label: str, shown: Sequence[Button]) -> str:
    """The newest button with these words; a value such as `do=mine` may be written as well."""
    for button in reversed(shown):
        if label in (button.label, button.value):
            return button.value
    if _VALUE.fullmatch(label) and ("=" in label or label.startswith("!")):
        return label
    raise BadStory(f"no button was shown that says “{label}”")


def _hidden(words: str) -> str:
    """Direction marks and control characters between the letters."""
    return "".join(f"{_UNSEEN[n % len(_UNSEEN)]}{sign}" for n, sign in enumerate(words))
