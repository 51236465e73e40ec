"""Greetings, thanks, "nobody else": small talk that wants an answer and no dialog."""

from collections.abc import Mapping

from conversations.ask import said_as
from conversations.messages import Choice
from conversations.text import Text
from handlers.vietnamese import clean, fold

AT_YOUR_SERVICE = Text("All right. Write “menu” whenever you need the station.")
THANKED = Text("Not at all. Write “menu” whenever you need the station.")
NOBODY_ELSE = Choice("do=done", Text("No, nobody else"))
_ENDINGS = {
    NOBODY_ELSE.value: (
        "không", "ko", "k", "hông", "không ai", "không còn ai", "hết rồi", "hết", "đủ rồi", "xong",
        "xong rồi", "vậy thôi", "thế thôi", "thôi", "không cần", "không có", "k có", "ko có", "no",
        "không cảm ơn", "thế là đủ",
    ),
}  # fmt: skip
_GREETINGS = frozenset(
    {
        "xin chao", "chao", "hello", "hi", "alo", "tram oi", "chao tram", "menu", "chao anh",
        "chao chi", "chao can bo", "da chao tram", "co ai khong", "good morning",
    }
)  # fmt: skip
_THANKS = frozenset(
    {
        "cam on", "cam on tram", "cam on nhe", "cam on nhieu", "cam on anh", "cam on chi",
        "da cam on", "xin cam on", "cam on a", "da cam on tram", "cam on ban", "tks", "thanks",
        "thank you", "cam on em", "cam on can bo", "cam on nha",
    }
)  # fmt: skip


def greets(text: str) -> bool:
    """Whether a message only says good day."""
    return _bare(text) in _GREETINGS


def thanks(text: str) -> bool:
    """Whether a message only says thank you."""
    return _bare(text) in _THANKS


def ending(text: str, offers: Mapping[str, str]) -> str | None:
    """The button that a "không" or "hết rồi" means, where it was just offered."""
    offered = {value: words for value, words in _ENDINGS.items() if value in offers.values()}
    meant = said_as(text, offered)
    return meant[0] if meant else None


def _bare(text: str) -> str:
    return fold(clean(text)).strip(" .,!?")
