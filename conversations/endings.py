"""The end of a form: its steps after the last question, and what a person may say there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from conversations.ask import YES_WORDS, pick, said_as
from conversations.messages import Choice, Context, Inbound, Outbound, Session
from conversations.text import Said, Text
from handlers.vietnamese import clean, fold

Request = TypeVar("Request", bound=BaseModel)

SEND_STEP, CODE_STEP, CHANGE_STEP, RESUME_STEP = "?send", "?code", "?change", "?resume"
STEPS = (SEND_STEP, CODE_STEP, CHANGE_STEP, RESUME_STEP)

CANCELLED = Text("Stopped. Nothing was sent, and what you had written is deleted.")
UNCHANGED = Text("All right, nothing is changed.")
WHICH_ONE = Text("Which one do you mean?")
CHECK = Text("Please check:")
ROW = Text("{label}: {answer}")
SEND = Text("Send")
CHANGE = Text("Change or add")
RESEND = Text("Send the code again")
WHAT_TO_CHANGE = Text("What do you want to change or add?")
NOTHING_TO_CHANGE = Text("Nothing, go back")
FORM_CHANGED = Text("This form was updated while you were away. Your answers are kept.")
OLD_BUTTON = Text("That button belongs to an earlier question.")
ONLY_TEXT = Text("The station cannot read that here. Please type the answer.")
FIRST_QUESTION = Text("This is the first question.")
GO_ON = Text("You were {about}. Go on?")
RESUME, RESTART, DROP = Text("Go on"), Text("Start again"), Text("Drop it")
TYPE_CODE = Text("To send it, type the 6-digit code.")
CODE_LENGTH = 6
_DIGITS = re.compile(r"\d(?:[ .\-]?\d)*")


@dataclass(frozen=True, slots=True)
class Prepare(Generic[Request]):
    """All is answered: whatever must happen before it can be sent, such as proving the phone.

    `again` where the person asked for it once more.
    """

    request: Request
    again: bool = False


@dataclass(frozen=True, slots=True)
class Send(Generic[Request]):
    """The person said "send". `code` is what was typed to prove the phone, if it was."""

    request: Request
    code: str | None = None


def numbered(*pairs: tuple[str, Said]) -> tuple[Choice, ...]:
    """Choices with their numbers."""
    return tuple(Choice(value, label, n) for n, (value, label) in enumerate(pairs, 1))


SPOKEN = {
    "send": ("gửi đi", "gửi luôn", "gửi nhé", "đồng ý gửi", "xong", "được rồi", "send it"),
    "change": (
        "sửa", "sửa lại", "đổi", "thay đổi", "bổ sung", "thêm", "sai rồi", "chưa đúng", "nhầm",
        "nhầm rồi", "không đúng", "edit", "change", "add",
    ),
    "resend": (
        "gửi lại", "gửi lại mã số", "chưa nhận được mã", "không nhận được mã", "chưa có mã",
        "chưa thấy mã", "không thấy mã", "không có mã", "mất mã", "quên mã", "resend", "no code",
    ),
}  # fmt: skip
NOT_RIGHT = {
    "no": (
        "không", "không phải", "không đúng", "ko", "k", "ko phải", "k phải", "hông", "hổng phải",
        "chưa", "chưa đúng", "sai", "sai rồi", "nhầm", "nhầm rồi", "bỏ", "no", "wrong",
    ),
}  # fmt: skip
CODE_ENDINGS = numbered(("change", CHANGE), ("resend", RESEND))
SEND_ENDINGS = numbered(("send", SEND), ("change", CHANGE))


def under_summary(session: Session) -> tuple[Choice, ...]:
    """What may be tapped under the summary."""
    return CODE_ENDINGS if session.asking == CODE_STEP else SEND_ENDINGS


def ask_code(text: Said) -> Outbound:
    """A sentence about the code, without the whole summary again."""
    return Outbound(text, CODE_ENDINGS, "code")


def said_yes(text: str, *more: str) -> bool:
    """Whether a text is a plain yes, or one of `more`."""
    return fold(clean(text)).strip(" .,!") in {*YES_WORDS, *more}


RESUME_SPOKEN = {
    "resume": ("có", "làm tiếp", "tiếp tục", "tiếp", "khai tiếp", "làm tiếp đi", "continue"),
    "new": ("lại từ đầu", "làm lại", "khai lại", "làm lại từ đầu"),
    "drop": (
        "không", "ko", "k", "hông", "thôi", "bỏ", "bỏ đi", "thôi bỏ", "không làm nữa", "không làm",
        "không khai nữa", "không đăng ký nữa", "không đăng ký", "dừng", "no", "stop",
    ),
}  # fmt: skip


def picked_resume(said: Inbound, shown: Sequence[Choice], context: Context) -> str | None:
    """What was answered to "go on?": resume, new or drop."""
    picked = pick(said, shown, context)
    if picked or said.button is not None:
        return picked
    meant = said_as(said.text, RESUME_SPOKEN)
    return meant[0] if len(meant) == 1 else "resume" if said_yes(said.text) else None


def said_no(text: str) -> bool:
    """Whether a text says that what was questioned is not right."""
    return bool(said_as(text, NOT_RIGHT))


def picked_ending(said: Inbound, session: Session, context: Context) -> str | None:
    """What was tapped, numbered or said under the summary: send, change or resend."""
    shown = under_summary(session)
    if (picked := pick(said, shown, context)) or said.button is not None:
        return picked
    values = {choice.value for choice in shown}
    meant = said_as(said.text, {value: words for value, words in SPOKEN.items() if value in values})
    if not meant and "send" in values and said_yes(said.text):
        return "send"
    return meant[0] if len(meant) == 1 else None


def code_in(text: str) -> str | None:
    """The six digits in a text, however spaced: "575 822", "mã là 575822 nhé"."""
    found = _DIGITS.findall(clean(text))
    digits = "".join(str(int(c)) for c in found[0] if c.isdecimal()) if len(found) == 1 else ""
    return digits if len(digits) == CODE_LENGTH else None
