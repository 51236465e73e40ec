"""What a dialog is given in tests: a morning in March, the places, a station, a language."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache

from conversations.form import Form
from conversations.messages import (
    Capabilities,
    Contact,
    Context,
    Inbound,
    Memory,
    Outbound,
    Session,
    Station,
    Turn,
)
from conversations.remember import from_json, to_json
from conversations.text import phrasebook
from handlers.places import Places
from handlers.policy import Policies

NOW = datetime(2026, 3, 3, 2, tzinfo=UTC)
DAK_DOA = "23677"
STATION = Station(DAK_DOA, "Trạm mẫu", "0900 000 099", "1 đường Mẫu", DAK_DOA)
PERSON = {
    "whom": "other", "full_name": "Nguyễn Văn An", "born": "1990-12-31", "id_number": "none",
    "commune": DAK_DOA, "priority_group": "16", "phone": "+84900000001",
}  # fmt: skip
PAGE = Capabilities(buttons=20, button_label=90, text=20_000, contact=True)


@cache
def places() -> Places:
    return Places.load()


def context(locale: str = "vi", now: datetime = NOW, policies: Policies | None = None) -> Context:
    return Context(now, phrasebook(locale), PAGE, policies or Policies(), places(), STATION)


def through_json(session: Session) -> Session:
    """The session as the next process reads it."""
    kept = json.loads(json.dumps(to_json(Memory(session)), ensure_ascii=False))
    read = from_json(kept).session
    assert read is not None
    return read


@dataclass
class Talk:
    """One form, spoken to; the session goes through JSON before every message."""

    form: Form
    now: Context = field(default_factory=context)
    session: Session | None = None
    turn: Turn = field(default_factory=lambda: Turn(None))

    def begin(self, **known: object) -> "Talk":
        self._after(self.form.ask_next(self.form.new(known), self.now))
        return self

    def say(self, *texts: str) -> "Talk":
        for text in texts:
            self.hear(Inbound(text))
        return self

    def press(self, button: str) -> "Talk":
        return self.hear(Inbound(button=button))

    def share(self, phone: str, *, proven: bool) -> "Talk":
        return self.hear(Inbound(contact=Contact(phone, proven)))

    def hear(self, said: Inbound) -> "Talk":
        assert self.session is not None, "the dialog is over"
        self._after(self.form.hear(through_json(self.session), said, self.now))
        return self

    def waits_for_code(self) -> "Talk":
        """What the dialog does once the summary is prepared and a code is on its way."""
        assert self.session is not None
        self.session = replace(self.session, asking="?code")
        return self

    def _after(self, turn: Turn) -> None:
        self.turn, self.session = turn, turn.session

    # --- what is seen ------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        return self.session is None

    @property
    def asking(self) -> str | None:
        return self.session.asking if self.session else None

    @property
    def answers(self) -> dict[str, object]:
        return dict(self.session.answers) if self.session else {}

    @property
    def said(self) -> Sequence[str]:
        return [self.now.say(reply.text) for reply in self.turn.replies]

    @property
    def last(self) -> Outbound:
        return self.turn.replies[-1]

    def numbers(self) -> dict[int | None, str]:
        """What may be typed now, and what it means."""
        return {choice.number: choice.value for choice in self.last.choices}
