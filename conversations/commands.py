"""Words that steer a conversation, looked at once and never where they could be an answer."""

from typing import Literal

from conversations.messages import Inbound
from handlers.vietnamese import clean, fold

Command = Literal["cancel", "back", "menu", "human", "language", "help", "again"]

_WORDS: dict[Command, tuple[str, ...]] = {
    "cancel": ("hủy", "huỷ", "huỷ bỏ", "hủy bỏ", "dừng lại", "cancel", "/huy", "/cancel", "/stop"),
    "back": ("quay lại", "trở lại", "back", "/quaylai", "/back"),
    "menu": ("menu", "trang đầu", "về đầu", "/menu", "/start", "/batdau"),
    "human": ("gặp cán bộ", "gặp người thật", "talk to staff", "/canbo"),
    "language": ("đổi ngôn ngữ", "change language", "/ngonngu", "/language", "/en", "/vi"),
    "help": ("trợ giúp", "hướng dẫn", "help", "/help", "/trogiup"),
    "again": ("nhắc lại câu hỏi", "/nhaclai"),
}
_EXACT = {word: command for command, words in _WORDS.items() for word in words}
_FOLDED = {fold(word): command for word, command in _EXACT.items()}
_BUTTONS = {f"!{command}": command for command in _WORDS}


def command(said: Inbound, *, free: bool) -> Command | None:
    """Tell a command from an answer.

    `free` says that a free text is asked for. There a single word is a command only in its exact
    spelling, and of several words each exactly or without marks: people named Huy, or Huy Bộ, can
    be registered, and "hủy" and "huy bo" still stop.
    """
    if said.button is not None:
        return _BUTTONS.get(said.button)
    words = clean(said.text).casefold().rstrip(" .!")
    if words.startswith("/"):
        return _EXACT.get(words.split()[0].split("@")[0])
    meant = _FOLDED.get(fold(words))
    return meant if meant is None or not free else _spelled(words)


def _spelled(words: str) -> Command | None:
    typed = words.split()
    for spelled, meant in _EXACT.items():
        right = spelled.split()
        plain = right if len(right) == 1 else [fold(word) for word in right]
        if len(typed) == len(right) and all(map(_either, typed, right, plain)):
            return meant
    return None


def _either(typed: str, right: str, plain: str) -> bool:
    return typed in (right, plain)
