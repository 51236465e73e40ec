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
    spelling: a person named Huy can be registered, and "hủy" still stops.
    """
    if said.button is not None:
        return _BUTTONS.get(said.button)
    words = clean(said.text).casefold().rstrip(" .!")
    if words.startswith("/"):
        return _EXACT.get(words.split()[0].split("@")[0])
    if free and " " not in words:
        return _EXACT.get(words)
    return _FOLDED.get(fold(words))
