"""A chat's own registrations: the list, one of them, changing it, taking one off the list."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from conversations.ask import CHOOSE_ONE, pick
from conversations.commands import command
from conversations.endings import OLD_BUTTON, UNCHANGED
from conversations.messages import VIETNAM, Choice, Context, Inbound, Outbound, Session, Turn
from conversations.text import Text, lines
from handlers import codes
from handlers.phones import Asker
from handlers.registered import Cancelled, Listed, cancel, list_mine
from handlers.registration_states import (
    CANCELLED,
    CONFIRMED,
    INVITED,
    RECEIVED,
    REFUSED,
    VACCINATED,
)
from handlers.unit import Unit
from handlers.vietnamese import clean

NONE_YET = Text("Nobody is registered from this chat yet.")
YOURS = Text("Registered from this chat:")
ROW = Text("{name}, {code}: {status}")
WHICH = Text("Which one?")
WHAT_TO_DO = Text("What would you like to do?")
DETAILS = Text("{name}, code {code}\nRegistered {day}: {status}")
WHAT_NOW = {
    RECEIVED: Text("The station will look at it and message you."),
    CONFIRMED: Text("You are on the list. The station will message the day and place."),
    INVITED: Text("Please come on the day the station messaged, with the papers."),
    VACCINATED: Text("Nothing more to do."),
    REFUSED: Text("Please call the station {hotline} to hear why and what to do."),
}
STATUS = {
    RECEIVED: Text("received"),
    CONFIRMED: Text("on the list"),
    INVITED: Text("invited"),
    VACCINATED: Text("vaccinated"),
    REFUSED: Text("not accepted"),
    CANCELLED: Text("taken off the list"),
}
CHANGE, TAKE_OFF, CLOSE = Text("Change"), Text("Take off the list"), Text("Done")
WHY = Text("Why is {name} to be taken off the list? Tap a reason, or write it.")
REASONS = {
    "elsewhere": Text("Vaccinated elsewhere"),
    "ill": Text("Ill at the moment"),
    "twice": Text("Registered twice or by mistake"),
    "not_now": Text("Does not want it now"),
}
KEEP = Text("Do not take off")
OFF = Text("{name} is off the list. You can register again at any time.")
NO_LONGER = Text("That can no longer be changed here. Please call the station {hotline}.")
CLOSED = Text("Done. Write “menu” whenever you need the station.")
REGISTER = Choice("do=registration", Text("Register"))


@dataclass(frozen=True, slots=True)
class List:
    """Show what there is. `off` where the person came to take somebody off."""

    off: bool = False


@dataclass(frozen=True, slots=True)
class Show:
    """Show one."""

    code: str


@dataclass(frozen=True, slots=True)
class TakeOff:
    """Take one off the list, for a reason."""

    code: str
    reason: str


class MineDialog:
    """Each step acts, so this is no form."""

    name = "mine"
    consent = None

    def begin(self, _context: Context, hint: str = "") -> Turn:
        """Show the list."""
        return Turn(Session(self.name, 1), request=List(off=hint == "off"))

    def again(self, session: Session, _context: Context) -> Outbound:
        """The question that stands."""
        match session.asking:
            case "why":
                name = str(session.answers.get("name", "…"))
                return Outbound(WHY.of(name=name), _reasons())
            case "one":
                may = session.answers
                actions = _actions(
                    changeable=bool(may.get("changeable")), can_go=bool(may.get("can_go"))
                )
                return Outbound(WHAT_TO_DO, actions)
            case _:
                return Outbound(WHICH, _which(session))

    def resume(self, session: Session, context: Context) -> Turn:
        """Nothing is half-filled: the question again."""
        return Turn(session, (self.again(session, context),))

    def free(self, session: Session, _context: Context) -> bool:
        """A reason may be written freely."""
        return session.asking == "why"

    def about_health(self, session: Session) -> bool:
        """An illness may be the reason."""
        return session.asking == "why"

    def hear(self, session: Session, said: Inbound, context: Context) -> Turn:
        """Take one message."""
        steered = command(said, free=self.free(session, context))
        if steered == "cancel":
            return Turn(None, (Outbound(UNCHANGED),))
        if steered == "back":
            return Turn(session, request=List()) if session.asking != "which" else _closed()
        if session.asking == "why":
            return self._reason(session, said, context)
        picked = pick(said, self.again(session, context).choices, context)
        typed = codes.read(said.text) if said.text else None
        if session.asking == "which" and typed:
            picked = f"code={typed}"
        if picked is None:
            why = OLD_BUTTON if said.button else CHOOSE_ONE
            return Turn(session, (Outbound(why), self.again(session, context)), refused=True)
        return self._picked(session, picked, context)

    def _picked(self, session: Session, picked: str, context: Context) -> Turn:
        match picked.partition("="):
            case ("code", _, code):
                return Turn(session, request=Show(code))
            case ("act", _, "change"):
                return Turn(None, start=f"registration.change:{session.subject}")
            case ("act", _, "off"):
                session = replace(session, asking="why")
                return Turn(session, (self.again(session, context),))
            case _:
                return _closed()

    def _reason(self, session: Session, said: Inbound, context: Context) -> Turn:
        picked = pick(said, _reasons(), context)
        if picked == "keep":
            return Turn(None, (Outbound(UNCHANGED),))
        if picked is None and (said.button or not clean(said.text)):
            why = OLD_BUTTON if said.button else CHOOSE_ONE
            return Turn(session, (Outbound(why), self.again(session, context)), refused=True)
        return Turn(
            session, request=TakeOff(session.subject or "", picked or clean(said.text)[:300])
        )

    async def submit(self, turn: Turn, asker: Asker, unit: Unit, context: Context) -> Turn:
        """Look up and act, always within this chat's own registrations."""
        session = turn.session or Session(self.name, 1)
        request: List | Show | TakeOff = turn.request
        match request:
            case List(off):
                found = await list_mine(asker, unit)
                return self._listed(found, session, context, off=off)
            case Show(code):
                found = [one for one in await list_mine(asker, unit) if one.code == code]
                return self._shown(found[0], session, context) if found else _no_longer(context)
            case TakeOff(code, reason):
                done = await cancel(code, reason, asker, unit)
                if isinstance(done, Cancelled):
                    return Turn(None, (Outbound(OFF.of(name=done.name), (REGISTER,)),))
                return _no_longer(context)
        assert_never(request)

    def _listed(
        self, found: Sequence[Listed], session: Session, context: Context, *, off: bool
    ) -> Turn:
        if not found:
            return Turn(None, (Outbound(NONE_YET, (REGISTER,)),))
        if len(found) == 1:
            return self._shown(found[0], session, context, off=off)
        names = {one.code: one.name for one in found}
        session = replace(
            session, asking="which", offered=tuple(names), answers={"names": names}, subject=None
        )
        rows = (ROW.of(name=one.name, code=one.code, status=STATUS[one.status]) for one in found)
        return Turn(session, (Outbound(lines(YOURS, *rows, WHICH), _which(session)),))

    def _shown(self, one: Listed, session: Session, context: Context, *, off: bool = False) -> Turn:
        changeable, can_go = one.changeable, one.cancellable
        answers = {"name": one.name, "changeable": changeable, "can_go": can_go}
        session = replace(
            session, asking="why" if off and can_go else "one", subject=one.code, answers=answers,
            offered=(),
        )  # fmt: skip
        day = one.created_at.astimezone(VIETNAM).strftime("%d/%m/%Y")
        details = DETAILS.of(name=one.name, code=one.code, day=day, status=STATUS[one.status])
        told = lines(details, WHAT_NOW[one.status].of(hotline=context.station.hotline))
        if session.asking == "why":
            return Turn(session, (self.again(session, context),))
        return Turn(session, (Outbound(told, _actions(changeable=changeable, can_go=can_go)),))


def _which(session: Session) -> tuple[Choice, ...]:
    names = session.answers.get("names", {})
    listed = [Choice(f"code={code}", names.get(code, code)) for code in session.offered]
    listed.append(Choice("act=done", CLOSE))
    return tuple(replace(choice, number=n) for n, choice in enumerate(listed, 1))


def _actions(*, changeable: bool, can_go: bool) -> tuple[Choice, ...]:
    listed = [Choice("act=change", CHANGE)] if changeable else []
    if can_go:
        listed.append(Choice("act=off", TAKE_OFF))
    listed.append(Choice("act=done", CLOSE))
    return tuple(replace(choice, number=n) for n, choice in enumerate(listed, 1))


def _reasons() -> tuple[Choice, ...]:
    listed = [*(Choice(f"{key}", label) for key, label in REASONS.items()), Choice("keep", KEEP)]
    return tuple(replace(choice, number=n) for n, choice in enumerate(listed, 1))


def _closed() -> Turn:
    return Turn(None, (Outbound(CLOSED),))


def _no_longer(context: Context) -> Turn:
    return Turn(None, (Outbound(NO_LONGER.of(hotline=context.station.hotline)),))
