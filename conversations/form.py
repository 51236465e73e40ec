"""A form: questions over a request model, asked one at a time, changed at will.

The place we are in is never stored. It follows from the answers: the next question is the first
that applies and has no valid answer. So a form may gain, lose or reorder questions while people
are filling it in; restarts, back, edit and branches come nearly free.
"""

from dataclasses import dataclass, replace
from typing import Any

from conversations import endings as end
from conversations.ask import (
    CHOOSE_ONE,
    MORE,
    YES,
    Answers,
    Ask,
    Finding,
    all_choices,
    choices,
    pick,
    pick_loosely,
    pick_many,
    pick_spoken,
)
from conversations.commands import command
from conversations.messages import Choice, Context, Inbound, Outbound, Session, Turn
from conversations.questions import Questions
from conversations.text import Said, lines


@dataclass(frozen=True)
class Form(Questions):
    """A dialog that asks its questions until all are answered, and then shows a summary."""

    # --- one message -----------------------------------------------------------------------

    def new(self, answers: Answers | None = None, subject: str | None = None) -> Session:
        """A session with nothing but what is known already."""
        return Session(self.name, self.version, dict(answers or {}), subject=subject)

    def free(self, session: Session, context: Context) -> bool:
        """Whether a free text is asked for."""
        asked = self.asked(session.asking)
        return asked is not None and not asked.closed(session.answers, context)

    def hear(self, session: Session, said: Inbound, context: Context) -> Turn:
        """Take one message. Pure: the same arguments always give the same turn."""
        session, gone = self._upgraded(session)
        match command(said, free=self.free(session, context)):
            case "cancel":
                return _dropped(session)
            case "back" if not gone:
                return self._back(session, context)
        if gone:
            return self.ask_next(session, context, Outbound(end.FORM_CHANGED))
        if not (said.text.strip() or said.button or said.contact):
            return self._refuse(session, context, end.ONLY_TEXT)
        if asked := self.asked(session.asking):
            return self._answer(session, asked, said, context)
        steps = {end.CHANGE_STEP: self._choose_change, end.RESUME_STEP: self._resumed}
        return steps.get(session.asking or "", self._confirm)(session, said, context)

    def ask_next(self, session: Session, context: Context, *before: Outbound) -> Turn:
        """The first question that applies and has no valid answer; after the last, the summary."""
        if (found := self._open(session, context)) is not None:
            return self._put(session, found[0], context, *before)
        session = replace(session, asking=end.SEND_STEP, offered=(), doubtful=None)
        return Turn(session, before, request=end.Prepare(self.filled(session, context)))

    def _open(self, session: Session, context: Context) -> tuple[Ask, Said | None] | None:
        """The first question that has no valid answer, with what is wrong with the one it has."""
        for asked in self.active(session.answers, context):
            answer = session.answers.get(asked.key)
            if answer is None and not asked.later(session.answers, context):
                return asked, None
            if answer is not None:
                problem = self.read(asked, answer, session.answers, context)[1]
                if problem:
                    return asked, problem
        return None

    def again(self, session: Session, context: Context) -> Outbound:
        """The question that stands, once more."""
        if asked := self.asked(session.asking):
            return self.question(asked, session, context)
        if session.asking == end.CHANGE_STEP:
            return Outbound(end.WHAT_TO_CHANGE, self._changeable(session, context))
        if session.asking == end.RESUME_STEP:
            going = end.GO_ON.of(about=self.doing(session.answers))
            return Outbound(
                going,
                end.numbered(("resume", end.RESUME), ("new", end.RESTART), ("drop", end.DROP)),
            )
        return self.summary(session, context)

    def resume(self, session: Session, context: Context) -> Turn:
        """Ask a person who comes back whether to go on."""
        session = replace(session, asking=end.RESUME_STEP, offered=(), doubtful=None)
        return Turn(session, (self.again(session, context),))

    # --- answers ---------------------------------------------------------------------------

    def _answer(self, session: Session, asked: Ask, said: Inbound, context: Context) -> Turn:
        if _confirms(session, asked, said, context):
            return self._take(session, asked, {asked.key: session.doubtful}, context, sure=True)
        if session.doubtful is not None and said.button is None and end.said_no(said.text):
            return self._put(session, asked, context)
        picked = pick(said, all_choices(asked, session, context), context)
        if picked is not None:
            value = picked.removeprefix(f"{asked.key}=")
            return self._picked(session, asked, value, context)
        if said.button is not None:
            return self._refuse(session, context, end.OLD_BUTTON)
        return self._said(session, asked, said, context)

    def _picked(self, session: Session, asked: Ask, value: str, context: Context) -> Turn:
        if value == MORE:
            session = replace(session, offered=(MORE,))
            return Turn(session, (self.question(asked, session, context),))
        if value == "=":
            return self.ask_next(session, context)
        if value in asked.opens:
            return self._put(session, self.by_key[asked.opens[value]], context)
        return self._take(session, asked, {asked.key: _one(asked, value)}, context)

    def _said(self, session: Session, asked: Ask, said: Inbound, context: Context) -> Turn:
        """A free text, or a shared number."""
        if said.contact and asked.wants == "contact":
            phone, problem = self.read(asked, said.contact.phone, session.answers, context)
            vouched = phone if said.contact.proven and not problem else None
            session = replace(session, proven=vouched)
            return self._take(session, asked, {asked.key: said.contact.phone}, context)
        if (value := pick_spoken(asked, said.text, session, context)) is not None:
            return self._picked(session, asked, value, context)
        listed = choices(asked, session, context)
        if asked.many and (picked := pick_many(said.text, listed)):
            values = [value.removeprefix(f"{asked.key}=") for value in picked]
            return self._take(session, asked, {asked.key: values}, context)
        if asked.many and asked.reads and (read := asked.reads(said.text)):
            return self._take(session, asked, read, context)
        if asked.closed(session.answers, context):
            return self._loosely(session, asked, said, context)
        if asked.finds:
            return self._found(
                session, asked, asked.finds(said.text, session.answers, context), context
            )
        read = asked.reads(said.text) if asked.reads else {asked.key: said.text}
        return self._take(session, asked, read, context)

    def _loosely(self, session: Session, asked: Ask, said: Inbound, context: Context) -> Turn:
        match pick_loosely(asked, said.text, session, context):
            case (value,):
                return self._take(session, asked, {asked.key: _one(asked, value)}, context)
            case ():
                why = asked.problems.get("not_in_list", CHOOSE_ONE)
                return self._refuse(session, context, why)
            case several:
                session = replace(session, offered=several)
                which = Outbound(end.WHICH_ONE, choices(asked, session, context))
                return Turn(session, (which,))

    def _found(self, session: Session, asked: Ask, found: Finding, context: Context) -> Turn:
        if found.sure:
            return self._take(session, asked, {asked.key: found.values[0]}, context)
        if not found.values:
            return self._refuse(session, context, asked.problems["not_found"])
        session = replace(session, offered=found.values, doubtful=None)
        return Turn(session, (Outbound(end.WHICH_ONE, choices(asked, session, context)),))

    def _take(
        self, session: Session, asked: Ask, said: Answers, context: Context, *, sure: bool = False
    ) -> Turn:
        """Keep the answer if it is valid and not in doubt; then what came along with it."""
        value, problem = self.read(asked, said[asked.key], session.answers, context)
        if problem:
            return self._refuse(replace(session, doubtful=None), context, problem)
        if not sure and value != session.doubtful:
            wish = bool(asked.wish and asked.wish(str(said[asked.key])))
            doubt = asked.doubts(value, session.answers, context) if asked.doubts else None
            if wish or doubt:
                session = self._with_what_came_along(session, asked, said, context)
                doubt = doubt or asked.problems["wish"].of(answer=value)
                return replace(self._doubt(session, asked, value, doubt, context), refused=wish)
        answers = {**session.answers, asked.key: value}
        session = replace(session, answers=answers, offered=(), doubtful=None)
        rest = {key: more for key, more in said.items() if key != asked.key}
        if not rest:
            return self.ask_next(session, context)
        key = next(iter(rest))
        session = replace(session, asking=key)
        return self._take(session, self.by_key[key], rest, context)

    def _with_what_came_along(
        self, session: Session, asked: Ask, said: Answers, context: Context
    ) -> Session:
        """While one answer is questioned, the sure ones that came with it are not lost."""
        answers = dict(session.answers)
        for key in said.keys() - {asked.key}:
            other = self.by_key[key]
            value, problem = self.read(other, said[key], answers, context)
            if not problem and not (other.doubts and other.doubts(value, answers, context)):
                answers[key] = value
        return replace(session, answers=answers)

    def _doubt(
        self, session: Session, asked: Ask, value: Any, doubt: Said, context: Context
    ) -> Turn:
        session = replace(session, doubtful=value, offered=())
        return Turn(session, (Outbound(doubt, choices(asked, session, context)),))

    # --- summary, change, resume, back ------------------------------------------------------

    def _confirm(self, session: Session, said: Inbound, context: Context) -> Turn:
        """The summary: send, change, or prove the phone by the code.

        Since it was shown a day may have passed, a rule have changed, a question been added.
        """
        if (found := self._open(session, context)) is not None:
            return self.ask_next(session, context, *(Outbound(p) for p in found[1:] if p))
        waits = session.asking == end.CODE_STEP
        code = end.code_in(said.text) if waits and said.button is None else None
        if code:
            return Turn(session, request=end.Send(self.filled(session, context), code))
        match end.picked_ending(said, session, context):
            case "send":
                return Turn(session, request=end.Send(self.filled(session, context)))
            case "resend":
                return Turn(session, request=end.Prepare(self.filled(session, context), again=True))
            case "change":
                session = replace(session, asking=end.CHANGE_STEP)
                return Turn(session, (self.again(session, context),))
            case _:
                pass
        if waits and not said.button:
            return Turn(session, (end.ask_code(end.TYPE_CODE),), refused=True)
        return self._refuse(session, context, end.OLD_BUTTON if said.button else CHOOSE_ONE)

    def _choose_change(self, session: Session, said: Inbound, context: Context) -> Turn:
        key = pick(said, self._changeable(session, context), context)
        if key == "change=":
            return self.ask_next(session, context)
        if key is None:
            return self._refuse(session, context, end.OLD_BUTTON if said.button else CHOOSE_ONE)
        return self._put(session, self.by_key[key.removeprefix("change=")], context)

    def _resumed(self, session: Session, said: Inbound, context: Context) -> Turn:
        match end.picked_resume(said, self.again(session, context).choices, context):
            case "resume":
                return self.ask_next(session, context)
            case "new":
                return self.ask_next(self.new(subject=session.subject), context)
            case "drop":
                return _dropped(session)
            case _:
                pass
        if turn := self._went_on(session, said, context):
            return turn
        return self._refuse(session, context, end.OLD_BUTTON if said.button else CHOOSE_ONE)

    def _went_on(self, session: Session, said: Inbound, context: Context) -> Turn | None:
        """Who answers the next question instead of "go on" has gone on.

        Not where a name is asked for: nearly anything could be one.
        """
        going = self.ask_next(session, context).session
        asked = self.asked(going.asking) if going else None
        if going is None or asked is None or asked.wish:
            return None
        turn = self._answer(going, asked, said, context)
        return None if turn.refused else turn

    def _back(self, session: Session, context: Context) -> Turn:
        if session.asking in (end.CHANGE_STEP, end.RESUME_STEP):
            return self.ask_next(session, context)
        answers = session.answers
        shown = [
            f.key
            for f in self.active(answers, context)
            if f.key == session.asking or f.key in answers or not f.later(answers, context)
        ]
        at = shown.index(session.asking) if session.asking in shown else len(shown)
        if at == 0:
            return Turn(session, (Outbound(end.FIRST_QUESTION), self.again(session, context)))
        return self._put(session, self.by_key[shown[at - 1]], context)

    # --- the small parts -------------------------------------------------------------------

    def _put(self, session: Session, asked: Ask, context: Context, *before: Outbound) -> Turn:
        session = replace(session, asking=asked.key, offered=(), doubtful=None)
        return Turn(session, (*before, self.question(asked, session, context)))

    def _refuse(self, session: Session, context: Context, why: Said) -> Turn:
        return Turn(session, (Outbound(why), self.again(session, context)), refused=True)

    def summary(self, session: Session, context: Context, note: Said | None = None) -> Outbound:
        """All that will be sent, one line an answer; `note` is the last line."""
        answers = session.answers
        rows = [
            end.ROW.of(label=f.label, answer=f.shown(answers[f.key], answers, context))
            for f in self.active(answers, context)
            if f.key in answers
        ]
        waits = session.asking == end.CODE_STEP
        last = note or (end.TYPE_CODE if waits else None)
        text = lines(end.CHECK, *rows, self.closing(answers, context), last)
        return Outbound(text, end.under_summary(session), "code" if waits else None)

    def _changeable(self, session: Session, context: Context) -> tuple[Choice, ...]:
        fields = [(f"change={f.key}", f.label) for f in self.active(session.answers, context)]
        return end.numbered(*fields, ("change=", end.NOTHING_TO_CHANGE))

    def _upgraded(self, session: Session) -> tuple[Session, bool]:
        """The session as this version sees it, and whether its question is gone."""
        if session.version == self.version:
            return session, False
        kept = {k: v for k, v in session.answers.items() if k in self.by_key}
        gone = session.asking not in (*self.by_key, *end.STEPS)
        return replace(session, version=self.version, answers=kept), gone


def _confirms(session: Session, asked: Ask, said: Inbound, context: Context) -> bool:
    if session.doubtful is None:
        return False
    picked = pick(said, choices(asked, session, context), context)
    return picked == f"{asked.key}={YES}" or (said.button is None and end.said_yes(said.text))


def _dropped(session: Session) -> Turn:
    return Turn(None, (Outbound(end.UNCHANGED if session.subject else end.CANCELLED),))


def _one(asked: Ask, value: str) -> Any:
    return [value] if asked.many else value
