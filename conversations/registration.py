"""The registration dialog: for oneself, a relative, a child, or someone without a phone."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never

from conversations.consent import TEXT
from conversations.endings import CODE_STEP, Prepare, Send, ask_code
from conversations.form import Form
from conversations.messages import VIETNAM, Choice, Context, Inbound, Outbound, Session, Turn
from conversations.registration_questions import QUESTIONS, closing, doing
from conversations.registration_rules import rules_for
from conversations.small_talk import NOBODY_ELSE
from conversations.text import Plural, Said, Text
from handlers.consent import Decision, decide
from handlers.people import masked_phone
from handlers.phones import (
    AlreadyProven,
    Asker,
    CodeGone,
    CodeSent,
    CodeStillGood,
    CodeWrong,
    NextCodeSoon,
    TooManyCodes,
    is_proven,
    send_code,
)
from handlers.registered import answers_of, household
from handlers.registration import (
    AlreadyRegistered,
    Changed,
    For,
    NoLongerChangeable,
    Outcome,
    PhoneFull,
    PhoneNotProven,
    Registered,
    RegistrationRequest,
    change,
    register,
)
from handlers.unit import Unit

REGISTERED = Text(
    "{name} is registered. Code: {code}\n"
    "The station will message the day and place. Registering first is not being vaccinated first:"
    " the order follows the groups and the vaccine there is."
)
CHANGED = Text("Changed. {name} keeps the code {code}.")
ALREADY = Text("{name} is registered already. The code is {code}.")
NO_LONGER = Text(
    "This registration can no longer be changed here. Please call the station {hotline}."
)
FULL = Text(
    "There are {most} people on this number already, the most a number may have."
    " Use another number in the house, or register at the station ({hotline})."
)
WRONG = Plural(
    "That code does not fit. {n} try is left.", "That code does not fit. {n} tries are left."
)
GONE = Text("That code can no longer be used. Tap “Send the code again”.")
SENT = Text(
    "The station has just sent a 6-digit code to {phone}. If all is right, type it here to send."
)
STILL_GOOD = Text("The code sent to {phone} is still good. If all is right, type it here to send.")
NOT_YET = Text("A code was sent to {phone} a moment ago. Another one in {wait} seconds.")
TOO_MANY = Text(
    "No more codes can be sent to this number until {hour}:{minute} on {day}. Use another number,"
    " or call the station {hotline}."
)
NO_CODES = Text(
    "The station cannot send codes to phones at the moment, so this cannot be sent from here."
    " Please call {hotline} or come by. Your answers are kept for 24 hours."
)
ANYONE_ELSE = Text("Is there anyone else to register?")
MORE = (
    Choice("do=registration.child", Text("Add a child")),
    Choice("do=registration.spouse", Text("Add wife or husband")),
    Choice("do=registration.parent", Text("Add a parent")),
    Choice("do=registration.other", Text("Add someone else")),
    Choice("do=mine", Text("My registrations")),
    NOBODY_ELSE,
)
MINE = (MORE[-2],)


@dataclass(frozen=True, slots=True)
class Begin:
    """Start with what is known already: `whom`, or the code of what is to be changed."""

    whom: str | None = None
    code: str | None = None


FORM = Form(
    name="registration",
    version=1,
    fills=RegistrationRequest,
    fields=QUESTIONS,
    doing=doing,
    policy=rules_for,
    closing=closing,
)
ABOUT_HEALTH = {"history", "history_details", "note"}


class RegistrationDialog:
    """Fills the form, proves the phone, and registers."""

    name = FORM.name
    consent = "registration"

    def __init__(self, form: Form = FORM) -> None:
        self._form = form

    def begin(self, _context: Context, hint: str = "") -> Turn:
        """Ask the handlers what is known of this household."""
        whom = hint if hint in set(For) else None
        code = hint.removeprefix("change:") if hint.startswith("change:") else None
        return Turn(self._form.new(subject=code), request=Begin(whom, code))

    def hear(self, session: Session, said: Inbound, context: Context) -> Turn:
        """Take one message."""
        return self._form.hear(session, said, context)

    def again(self, session: Session, context: Context) -> Outbound:
        """The question that stands."""
        return self._form.again(session, context)

    def resume(self, session: Session, context: Context) -> Turn:
        """Ask whether to go on."""
        return self._form.resume(session, context)

    def free(self, session: Session, context: Context) -> bool:
        """Whether a free text is asked for."""
        return self._form.free(session, context)

    def about_health(self, session: Session) -> bool:
        """Whether the medical history is asked for, or anything the station should know."""
        return session.asking in ABOUT_HEALTH

    async def submit(self, turn: Turn, asker: Asker, unit: Unit, context: Context) -> Turn:
        """Begin, prepare or send."""
        session = turn.session or self._form.new()
        asked: Begin | Prepare[RegistrationRequest] | Send[RegistrationRequest] = turn.request
        match asked:
            case Begin():
                return await self._begun(asked, session, asker, unit, context)
            case Prepare(request, again):
                return await self._prepared(request, session, asker, unit, context, again=again)
            case Send(request, code):
                return await self._sent(request, code, session, asker, unit, context)
        assert_never(asked)

    async def _begun(
        self, begin: Begin, session: Session, asker: Asker, unit: Unit, context: Context
    ) -> Turn:
        if begin.code:
            answers = await answers_of(begin.code, asker, unit)
            if answers is None:
                return Turn(None, (_no_longer(context),))
            session = replace(session, answers=answers, asking="?change")
            return Turn(session, (self._form.again(session, context),))
        known = (await household(asker, unit)).known()
        answers = {**known, "whom": begin.whom} if begin.whom else {}
        return self._form.ask_next(replace(session, answers=answers), context)

    async def _prepared(
        self,
        request: RegistrationRequest,
        session: Session,
        asker: Asker,
        unit: Unit,
        context: Context,
        *,
        again: bool,
    ) -> Turn:
        """Show the summary, with a code on its way if the phone is not proved."""
        if session.proven == request.phone:
            await unit.phones.prove(asker.conversation, request.phone, "channel", unit.now())
        if not context.codes and not await is_proven(request.phone, asker, unit):
            cannot = Outbound(NO_CODES.of(hotline=context.station.hotline))
            asking = replace(session, asking="phone")
            return Turn(asking, (cannot, self._form.again(asking, context)))
        sent = await send_code(request.phone, asker, unit, again=again)
        if isinstance(sent, AlreadyProven):
            session = replace(session, asking="?send")
            return Turn(session, (self._form.summary(session, context),))
        session = replace(session, asking=CODE_STEP)
        note = _of_code(sent, masked_phone(request.phone), context, again=again)
        shown = ask_code(note) if again else self._form.summary(session, context, note)
        return Turn(session, (shown,))

    async def _sent(
        self,
        request: RegistrationRequest,
        code: str | None,
        session: Session,
        asker: Asker,
        unit: Unit,
        context: Context,
    ) -> Turn:
        policy = rules_for(session.answers, context)
        if session.subject:
            outcome = await change(session.subject, request, asker, policy, unit, code)
        else:
            outcome = await register(request, asker, policy, unit, code)
        if isinstance(outcome, Registered) and request.whom != For.MYSELF:
            await decide(TEXT, Decision("representative", outcome.code), asker, unit)
        return self._told(outcome, session, request, context)

    def _told(
        self, outcome: Outcome, session: Session, request: RegistrationRequest, context: Context
    ) -> Turn:
        match outcome:
            case Registered(code, name):
                return Turn(
                    None,
                    (Outbound(REGISTERED.of(name=name, code=code)), Outbound(ANYONE_ELSE, MORE)),
                )
            case Changed(code, name):
                return Turn(None, (Outbound(CHANGED.of(name=name, code=code), MINE),))
            case AlreadyRegistered(code, name):
                return Turn(None, (Outbound(ALREADY.of(name=name, code=code), MORE),))
            case NoLongerChangeable():
                return Turn(None, (_no_longer(context),))
            case PhoneFull(most):
                full = FULL.of(most=most, hotline=context.station.hotline)
                others = {k: v for k, v in session.answers.items() if k != "phone"}
                asking = replace(session, asking="phone", answers=others)
                return Turn(asking, (Outbound(full), self._form.again(asking, context)))
            case PhoneNotProven():
                return Turn(session, request=Prepare(request))
            case CodeWrong(left):
                session = replace(session, asking=CODE_STEP)
                return Turn(session, (ask_code(WRONG.of(left)),))
            case CodeGone():
                session = replace(session, asking=CODE_STEP)
                return Turn(session, (ask_code(GONE),))
        assert_never(outcome)


def _no_longer(context: Context) -> Outbound:
    return Outbound(NO_LONGER.of(hotline=context.station.hotline))


def _of_code(
    sent: CodeSent | CodeStillGood | NextCodeSoon | TooManyCodes,
    phone: str,
    context: Context,
    *,
    again: bool,
) -> Said:
    match sent:
        case CodeSent():
            return SENT.of(phone=phone)
        case NextCodeSoon(wait):
            return NOT_YET.of(phone=phone, wait=wait)
        case CodeStillGood(wait) if again and wait:
            return NOT_YET.of(phone=phone, wait=wait)
        case CodeStillGood():
            return STILL_GOOD.of(phone=phone)
        case TooManyCodes(until):
            soonest = until + timedelta(seconds=59)  # the minute that is told must not be too early
            hour, minute, day = soonest.astimezone(VIETNAM).strftime("%H %M %d/%m/%Y").split()
            hotline = context.station.hotline
            return TOO_MANY.of(hour=hour, minute=minute, day=day, hotline=hotline)
    assert_never(sent)
