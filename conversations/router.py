"""Who hears a message: urgent words, commands, the running dialog, understood intents, the menu."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from conversations import consent, station
from conversations.commands import Command, command
from conversations.messages import (
    Choice,
    Context,
    Dialog,
    Inbound,
    Memory,
    Outbound,
    Session,
    Turn,
)
from conversations.registration_words import is_like_a_name, whom_in
from conversations.small_talk import (
    AT_YOUR_SERVICE,
    THANKED,
    ending,
    ends_with_thanks,
    greets,
    thanks,
)
from conversations.text import Said
from conversations.understand import Understood, is_urgent, understand
from handlers.phones import Asker
from handlers.unit import Unit
from handlers.vietnamese import fold

AWAY = timedelta(hours=1)
AFRAID = 0.25  # an emergency less likely than this is not even asked about
DIALOGS = {
    "register": "registration",
    "registration_status": "mine",
    "cancel_registration": "mine.off",
}
"""Intents that have a dialog (with the hint it begins with). The others have a fixed answer."""

Started = tuple[str, str]


class Router:
    """All dialogs, and the order in which a message is offered."""

    def __init__(self, *dialogs: Dialog) -> None:
        self._dialogs: Mapping[str, Dialog] = {dialog.name: dialog for dialog in dialogs}

    def hear(self, memory: Memory, said: Inbound, context: Context) -> Turn:
        """Take one message. Pure: the same arguments always give the same turn."""
        session = memory.session if memory.session and self._knows(memory.session) else None
        said = _pressed(said, memory)
        if said.text and not said.forwarded and is_urgent(said.text[:1000]):
            told = session and session.warned and self._about_health(session)
            if not told:
                return self._urgent(session, context)
        if attached := _attachment(said):
            return self._beside(Outbound(attached), session, context)
        free = bool(session and self._dialogs[session.dialog].free(session, context))
        steered = command(said, free=free)
        if steered and (turn := self._command(steered, said, session, context)):
            return turn
        if said.button and said.button.startswith("do="):
            return self._do(said.button.removeprefix("do="), memory, session, context)
        if session:
            return self._running(session, memory, said, context)
        return self._understood(said, memory, None, context)

    async def submit(
        self, turn: Turn, memory: Memory, asker: Asker, unit: Unit, context: Context
    ) -> Turn:
        """Answer the request of a turn, and those that follow from it."""
        agreed = dict(memory.consents)
        while turn.request is not None and turn.session is not None:
            before = turn.replies
            turn = await self._dialogs[turn.session.dialog].submit(turn, asker, unit, context)
            agreed |= turn.agreed
            turn = replace(turn, replies=(*before, *turn.replies), agreed=agreed)
            if turn.start:
                turn = self._started(turn, replace(memory, consents=agreed), context)
        return turn

    def _started(self, turn: Turn, memory: Memory, context: Context) -> Turn:
        begun = self.begin(turn.start or "", memory, context)
        return replace(begun, replies=(*turn.replies, *begun.replies), agreed=turn.agreed)

    def begin(self, start: str, memory: Memory, context: Context) -> Turn:
        """Begin a dialog, after consent where it needs one."""
        name, _, hint = start.partition(".")
        dialog = self._dialogs[name]
        if dialog.consent and memory.consents.get(dialog.consent) != consent.TEXT.version:
            return self._dialogs["consent"].begin(context, start)
        return dialog.begin(context, hint)

    # --- in their order --------------------------------------------------------------------

    def _urgent(self, session: Session | None, context: Context) -> Turn:
        """The fixed text and nothing else in that message; then the same question again.

        Where illness is asked about it comes once: then the same words are an answer.
        """
        if session and self._about_health(session):
            session = replace(session, warned=True)
        return self._beside(Outbound(station.URGENT), session, context)

    def _command(
        self, steered: Command, said: Inbound, session: Session | None, context: Context
    ) -> Turn | None:
        match steered:
            case "menu":
                if session:
                    return self._dialogs[session.dialog].resume(session, context)
                return self._menu(session, context)
            case "help":
                return self._beside(Outbound(station.HELP), session, context)
            case "human":
                return self._beside(station.answer("human", context), session, context)
            case "language":
                return self._language(said, session)
            case "again" if session:
                again = self._dialogs[session.dialog].again(session, context)
                return Turn(session, (again,))
            case _:
                return None if session else self._menu(None, context)

    def _running(self, session: Session, memory: Memory, said: Inbound, context: Context) -> Turn:
        """The running dialog; where it cannot use the words, they may mean something else."""
        dialog = self._dialogs[session.dialog]
        if greets(said.text):
            return dialog.resume(session, context)
        turn = dialog.hear(session, said, context)
        if turn.start:
            return self._started(turn, memory, context)
        if not turn.refused or not said.text or said.button or is_like_a_name(said.text):
            return turn
        meant = understand(said.text[:1000])
        if meant.sure and meant.intent != "none":
            return self._aside(meant.intent, turn.session or session, said, memory, context)
        if context.now - memory.heard_at > AWAY:
            return dialog.resume(session, context)
        return turn

    def _aside(
        self, intent: str, session: Session, said: Inbound, memory: Memory, context: Context
    ) -> Turn:
        """Another wish in the middle of a dialog: answered, or asked whether to go on."""
        dialog = self._dialogs[session.dialog]
        match intent:
            case "emergency":
                return self._urgent(session, context)
            case "stop":  # understood, not commanded: asked, for a guess must not delete answers
                return dialog.resume(session, context)
            case "help":
                return self._beside(Outbound(station.HELP), session, context)
            case "language":
                return self._language(said, session)
            case intent if intent in DIALOGS and session.dialog != "registration":
                return self.begin(DIALOGS[intent], memory, context)
            case intent if intent in DIALOGS:
                return dialog.resume(session, context)
            case _:
                return self._beside(station.answer(intent, context), session, context)

    def _understood(
        self, said: Inbound, memory: Memory, session: Session | None, context: Context
    ) -> Turn:
        if said.button:
            return Turn(session, (station.menu(context, station.USED_BUTTON),))
        if said.contact or not said.text.strip():
            return self._menu(session, context)
        meant = understand(said.text[:1000])
        if thanks(said.text) or (meant.intent == "none" and ends_with_thanks(said.text)):
            return Turn(session, (Outbound(THANKED),))
        if meant.intent == "none" and meant.sure:
            return self._menu(session, context, said)
        if not meant.sure:
            return Turn(None, (_which(meant),))
        return self._intent(meant.intent, said, memory, context)

    def _intent(self, intent: str, said: Inbound, memory: Memory, context: Context) -> Turn:
        if intent in DIALOGS:
            whom = whom_in(said.text) if intent == "register" else None
            start = f"{DIALOGS[intent]}.{whom}" if whom else DIALOGS[intent]
            return self.begin(start, memory, context)
        match intent:
            case "emergency":
                return self._urgent(None, context)
            case "help":
                return Turn(None, (station.menu(context, station.HELP),))
            case "language":
                return self._language(said, None)
            case _:
                return Turn(None, (station.answer(intent, context),))

    def _do(self, what: str, memory: Memory, session: Session | None, context: Context) -> Turn:
        """A button of the menu, or of a message that offered to begin something."""
        name, _, hint = what.partition(".")
        if name == "language" and hint in ("vi", "en"):
            return self._speak(hint, session)
        if name == "done":
            return Turn(session, (Outbound(AT_YOUR_SERVICE),))
        start = DIALOGS.get(name, what)
        wanted = start.partition(".")[0]
        if wanted in self._dialogs and wanted != "consent":  # which only a beginning asks for
            if session and session.dialog == "registration" and wanted == "registration":
                return self._dialogs[wanted].resume(session, context)
            return self.begin(start, memory, context)
        if name == "menu" or name not in station.LABELS:
            return self._menu(session, context)
        if session:
            return self._aside(name, session, Inbound(), memory, context)
        return self._intent(name, Inbound(), memory, context)

    # --- small answers ---------------------------------------------------------------------

    def _beside(self, reply: Outbound, session: Session | None, context: Context) -> Turn:
        """Answer without leaving the dialog: its question comes again."""
        if session is None:
            return Turn(None, (reply,))
        return Turn(session, (reply, self._dialogs[session.dialog].again(session, context)))

    def _menu(self, session: Session | None, context: Context, said: Inbound | None = None) -> Turn:
        first = None if said is None or greets(said.text) else station.NOT_UNDERSTOOD
        return Turn(None, (station.menu(context, first),)) if session is None else Turn(
            session, (self._dialogs[session.dialog].again(session, context),)
        )  # fmt: skip

    def _language(self, said: Inbound, session: Session | None) -> Turn:
        words = fold(said.text)
        if "english" in words or "tieng anh" in words or words.startswith("/en"):
            return self._speak("en", session)
        if "tieng viet" in words or "vietnamese" in words or words.startswith("/vi"):
            return self._speak("vi", session)
        return Turn(session, (Outbound(station.WHICH_LANGUAGE, station.LANGUAGES),))

    def _speak(self, locale: str, session: Session | None) -> Turn:
        return Turn(session, (Outbound(station.THIS_LANGUAGE),), locale=locale)

    def after_language(self, turn: Turn, context: Context) -> Turn:
        """The question again, once the language has changed."""
        if turn.session is None:
            return replace(turn, replies=(*turn.replies, station.menu(context)))
        again = self._dialogs[turn.session.dialog].again(turn.session, context)
        return replace(turn, replies=(*turn.replies, again))

    def _about_health(self, session: Session) -> bool:
        return self._dialogs[session.dialog].about_health(session)

    def _knows(self, session: Session) -> bool:
        return session.dialog in self._dialogs


def _attachment(said: Inbound) -> Said | None:
    if said.problem:
        return station.ATTACHMENTS.get(said.problem, station.ONLY_TEXT)
    if said.forwarded:
        return station.ATTACHMENTS["forwarded"]
    if said.other and not said.text:
        return station.ATTACHMENTS.get(said.other, station.ONLY_TEXT)
    return None


def _which(meant: Understood) -> Outbound:
    """Two or three buttons instead of a guess."""
    ranked = [(meant.intent, meant.score), *meant.runners_up]
    offered = [
        intent
        for intent, score in ranked
        if intent in station.LABELS and (intent != "emergency" or score > AFRAID)
    ][:2]
    buttons = [*(station.choice(intent) for intent in offered), Choice("do=menu", station.ELSE)]
    return Outbound(station.DO_YOU_MEAN if offered else station.NOT_UNDERSTOOD, tuple(buttons))


def _pressed(said: Inbound, memory: Memory) -> Inbound:
    """A number or the words of a button that was just offered are that button."""
    if not said.text or said.forwarded:
        return said
    offered = memory.offers.get(fold(said.text).strip(" .,!?")) or ending(said.text, memory.offers)
    return replace(said, text="", button=offered) if offered else said


def offers(last: Outbound, context: Context) -> dict[str, str]:
    """The buttons of the last message that belong to no dialog, as they may be typed."""
    listed = [(n, one) for n, one in enumerate(last.choices, 1) if one.value.startswith("do=")]
    numbers = {str(one.number or n): one.value for n, one in listed}
    return numbers | {fold(context.say(one.label)).strip(" .,!?"): one.value for _, one in listed}
