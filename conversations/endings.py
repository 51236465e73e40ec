"""The end of a form: its steps after the last question, and what a person may say there."""

import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from conversations.ask import YES_WORDS
from conversations.messages import Choice, Outbound, Session
from conversations.text import Said, Text
from handlers.vietnamese import clean, fold

Request = TypeVar("Request", bound=BaseModel)

SEND_STEP, CODE_STEP, CHANGE_STEP, RESUME_STEP = "?send", "?code", "?change", "?resume"
STEPS = (SEND_STEP, CODE_STEP, CHANGE_STEP, RESUME_STEP)

CANCELLED = Text("Stopped. Nothing was sent, and what you had written is deleted.")
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


def code_in(text: str) -> str | None:
    """The six digits in a text, however spaced: "575 822", "mã là 575822 nhé"."""
    found = _DIGITS.findall(clean(text))
    digits = "".join(str(int(c)) for c in found[0] if c.isdecimal()) if len(found) == 1 else ""
    return digits if len(digits) == CODE_LENGTH else None
