"""Greetings, thanks, "nobody else": small talk that wants an answer and no dialog."""

from collections.abc import Mapping

from conversations.ask import said_as
from conversations.messages import Choice
from conversations.text import Text
from handlers.vietnamese import clean, fold

AT_YOUR_SERVICE = Text("All right. Write “menu” whenever you need the station.")
THANKED = Text("Not at all. Write “menu” whenever you need the station.")
SHORT = 8  # words
NOBODY_ELSE = Choice("do=done", Text("No, nobody else"))
_ENDINGS = {
    NOBODY_ELSE.value: (
        "không", "ko", "k", "hông", "không ai", "không còn ai", "hết rồi", "hết", "đủ rồi", "xong",
        "xong rồi", "vậy thôi", "thế thôi", "thôi", "không cần", "không có", "k có", "ko có", "no",
        "không cảm ơn", "thế là đủ",
    ),
}  # fmt: skip
_SAID = {
    "greeting": (
        "xin chào", "chào", "hello", "hi", "alo", "alô", "trạm ơi", "chào trạm", "chào anh",
        "chào chị", "chào em", "chào cán bộ", "chào bạn", "có ai không", "dạ chào trạm",
        "xin chào trạm", "good morning",
    ),
    "thanks": (
        "cảm ơn", "cám ơn", "xin cảm ơn", "cảm ơn trạm", "cảm ơn nhiều", "cảm ơn anh",
        "cảm ơn chị", "cảm ơn em", "cảm ơn bạn", "cảm ơn cán bộ", "cám ơn trạm", "tks", "thanks",
        "thank you",
    ),
}  # fmt: skip


def greets(text: str) -> bool:
    """Whether a message only says good day."""
    return "greeting" in said_as(text, _SAID)


def thanks(text: str) -> bool:
    """Whether a message only says thank you."""
    return "thanks" in said_as(text, _SAID)


def ends_with_thanks(text: str) -> bool:
    """Whether a short message that wants nothing else also says thank you."""
    words = fold(clean(text))
    return len(words.split()) <= SHORT and ("cam on" in words or "thank" in words)


def ending(text: str, offers: Mapping[str, str]) -> str | None:
    """The button that a "không" or "hết rồi" means, where it was just offered."""
    offered = {value: words for value, words in _ENDINGS.items() if value in offers.values()}
    meant = said_as(text, offered)
    return meant[0] if meant else None
