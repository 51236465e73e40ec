"""How a message looks at Telegram, and what its refusals mean."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from bot.channels.channel import Button, Shown, TryLater, Undeliverable, fit
from bot.channels.telegram_transport import ServerFault, TooMany, Unanswered, Unreached
from conversations.messages import Capabilities

CAN = Capabilities(
    buttons=20,
    button_label=30,
    text=4096,
    contact=True,
    proves_contact=True,
    photo=True,
    delete=True,
    abroad=True,
)
MOST_DATA = 64  # bytes of callback_data
BAD_TOKEN_WAIT = 60.0
_NUMBERS, _SHORT = 3, 12  # characters: labels up to so long stand five, or two, in a row
NO_PREVIEW = {"is_disabled": True}
Markup = dict[str, Any]


def parts(shown: Shown, can: Capabilities = CAN) -> tuple[Shown, ...]:
    """The message as Telegram takes it. A choice whose value is no callback_data is typed."""
    if any(not 0 < len(b.value.encode()) <= MOST_DATA for b in shown.buttons):
        can = replace(can, buttons=0)
    return fit(shown, can)


def markup(part: Shown, share_number: str) -> Markup:
    """What stands under one message.

    A message has one kind of keyboard, and only a reply keyboard can share a number. It folds
    away by itself once used; the next message without buttons takes it away for good. So nothing
    need be remembered, and taking away what is not there does no harm.
    """
    if part.wants == "contact":
        return _number_keyboard(part.buttons, share_number)
    if not part.buttons:
        return {"remove_keyboard": True}
    pressed = [{"text": b.label, "callback_data": b.value} for b in part.buttons]
    return {"inline_keyboard": _rows(pressed, _in_row(part.buttons))}


def _number_keyboard(buttons: Sequence[Button], share_number: str) -> Markup:
    """The number with one tap; the other choices as words, which the dialog understands too."""
    asked = next((b.label for b in buttons if b.value.endswith("contact")), share_number)
    others = [{"text": b.label} for b in buttons if not b.value.endswith("contact")]
    keyboard = [[{"text": asked, "request_contact": True}], *_rows(others, _in_row(buttons))]
    return {"keyboard": keyboard, "one_time_keyboard": True, "resize_keyboard": True}


def _in_row(buttons: Sequence[Button]) -> int:
    longest = max((len(b.label) for b in buttons), default=0)
    return 5 if longest <= _NUMBERS else 2 if longest <= _SHORT else 1


def _rows(pressed: list[Markup], in_row: int) -> list[list[Markup]]:
    return [pressed[start : start + in_row] for start in range(0, len(pressed), in_row)]


def outcome(fault: TelegramError, *, own_pace: bool) -> TryLater | Undeliverable:
    """What a refusal means. `own_pace`: this chat got more than its one message a second.

    Telegram does not say whether a 429 is about the chat or the whole bot; a chat that kept its
    pace was refused for all. Its descriptions never go further than this: they may quote us.
    """
    match fault:
        case TooMany():
            return TryLater("too_many", after=fault.seconds, everyone=not own_pace)
        case ChatMigrated():
            return Undeliverable("moved", moved_to=str(fault.new_chat_id))
        case Forbidden():
            return Undeliverable(_named(fault, _FORBIDDEN, "forbidden"))
        case BadRequest():
            return Undeliverable(_named(fault, _REFUSED, "refused"))
        case _:
            return _PASSING.get(type(fault), TryLater("strange_answer", unknown=True))


_PASSING: dict[type[TelegramError], TryLater] = {
    Unreached: TryLater("unreached", everyone=True),
    ServerFault: TryLater("server_fault"),
    Unanswered: TryLater("no_answer", unknown=True),
    InvalidToken: TryLater("bad_token", after=BAD_TOKEN_WAIT, everyone=True),
}
_FORBIDDEN = {
    "blocked": "blocked",
    "deactivated": "deactivated",
    "kicked": "kicked",
    "initiate": "never_wrote",
}
_REFUSED = {
    "chat not found": "chat_not_found",
    "too long": "too_long",
    "text is empty": "empty",
    "button_data": "bad_button",
}


def _named(fault: TelegramError, names: dict[str, str], otherwise: str) -> str:
    words = fault.message.lower()
    return next((name for part, name in names.items() if part in words), otherwise)


@dataclass(slots=True)
class Pace:
    """How much each chat was sent lately: a bucket that leaks one message a second."""

    levels: dict[str, tuple[float, float]]
    most: int = 4096

    def sent(self, chat: str, now: float) -> None:
        """Count one message. `now` in seconds of any steady clock."""
        if len(self.levels) >= self.most:
            self.levels = {c: v for c, v in self.levels.items() if now - v[1] < v[0]}
        level, when = self.levels.get(chat, (0.0, now))
        self.levels[chat] = (max(0.0, level - (now - when)) + 1, now)

    def exceeded(self, chat: str) -> bool:
        """Whether the chat was sent more than Telegram allows for one chat."""
        return self.levels.get(chat, (0.0, 0.0))[0] > 1
