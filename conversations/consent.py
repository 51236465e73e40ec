"""Asking for consent, before the first personal question."""

from dataclasses import dataclass, replace

from conversations.ask import YES_WORDS, pick
from conversations.commands import command
from conversations.endings import CANCELLED, OLD_BUTTON
from conversations.messages import Choice, Context, Inbound, Outbound, Session, Turn
from conversations.text import Said, Text, lines
from handlers.consent import ConsentText, Decision, decide
from handlers.phones import Asker
from handlers.unit import Unit
from handlers.vietnamese import clean, fold

SHORT = (
    Text(
        "{station} asks for name, birth date, phone and health matters only to arrange vaccination."
    ),
    Text("This is sensitive data: it is locked, and only station staff on duty see it."),
    Text("What you type here is deleted after 7 days; the registration is kept as the law says."),
)
ABROAD = Text("Telegram keeps messages on servers abroad. Zalo or the station's web page does not.")
ASKED = Text("Do you agree?")
LONG = (
    Text("Who: {station}, {address}, phone {hotline}."),
    Text(
        "What for: to put people on the vaccination list, call them,"
        " and avoid mistaking one for another."
    ),
    Text(
        "Who sees it: staff of the station on duty, and the health office above it."
        " Each look is noted."
    ),
    Text(
        "How long: chat messages 7 days, half-filled forms 24 hours,"
        " registrations as the health archive rules say."
    ),
    Text("You may look at it, correct it, or take this back at any time: write “my data”."),
)
NO_THEN = Text(
    "That is all right, nothing more is asked."
    " You can still ask for the station's phone and address,"
    " or register there on paper: {address}, phone {hotline}."
)
AGREE, MORE, NO = Text("I agree"), Text("Read more"), Text("No")
ANSWER = Text("Please tap “I agree” or “No”.")
CHOICES = (Choice("agree", AGREE, 1), Choice("more", MORE, 2), Choice("no", NO, 3))
TEXT = ConsentText(
    "registration", "2026-11-21", "\n".join(text.msgid for text in (*SHORT, ABROAD, ASKED, *LONG))
)


@dataclass(frozen=True, slots=True)
class Decided:
    """What the person answered."""

    agreed: bool


class ConsentDialog:
    """One question with three answers; never agreed to by silence."""

    name = "consent"
    consent = None

    def begin(self, context: Context, hint: str = "") -> Turn:
        """Ask. `hint` names what begins after a yes."""
        session = Session(self.name, 1, asking="agree", subject=hint)
        return Turn(session, (self.again(session, context),))

    def again(self, _session: Session, context: Context) -> Outbound:
        """The question that stands."""
        first, *rest = SHORT
        abroad = ABROAD if context.can.abroad else None
        station = context.station.name
        return Outbound(lines(first.of(station=station), *rest, abroad, ASKED), CHOICES)

    def resume(self, session: Session, context: Context) -> Turn:
        """Nothing is half-filled yet: just ask again."""
        return Turn(session, (self.again(session, context),))

    def free(self, _session: Session, _context: Context) -> bool:
        """Only the choices are answers."""
        return False

    def about_health(self, _session: Session) -> bool:
        """Never."""
        return False

    def hear(self, session: Session, said: Inbound, context: Context) -> Turn:
        """Take one message."""
        if command(said, free=False) in ("cancel", "back"):
            return Turn(None, (Outbound(CANCELLED),))
        match pick(said, CHOICES, context) or _typed(said):
            case "agree":
                return Turn(session, request=Decided(agreed=True))
            case "no":
                return Turn(session, request=Decided(agreed=False))
            case "more":
                return Turn(session, (Outbound(_long(context), CHOICES),))
            case _:
                why = lines(OLD_BUTTON, ANSWER) if said.button else ANSWER
                return Turn(session, (Outbound(why, CHOICES),), refused=True)

    async def submit(self, turn: Turn, asker: Asker, unit: Unit, context: Context) -> Turn:
        """Keep the answer; go on after a yes."""
        agreed = isinstance(turn.request, Decided) and turn.request.agreed
        await decide(TEXT, Decision(agreed=agreed), asker, unit)
        if not agreed:
            where = {"address": context.station.address, "hotline": context.station.hotline}
            return Turn(None, (Outbound(NO_THEN.of(**where)),))
        subject = turn.session.subject if turn.session else None
        return replace(Turn(None, start=subject), agreed={TEXT.purpose: TEXT.version})


def _typed(said: Inbound) -> str | None:
    words = fold(clean(said.text)).strip(" .,!")
    if said.button is not None:
        return None
    if words in {*YES_WORDS, "toi dong y", "dong y roi", "i agree", "agree", "dc", "duoc"}:
        return "agree"
    return "no" if words in {"khong dong y", "k", "ko", "khong", "no", "thoi"} else None


def _long(context: Context) -> Said:
    station = context.station
    facts = {"station": station.name, "address": station.address, "hotline": station.hotline}
    return lines(*(text.of(**facts) for text in LONG), ASKED)
