"""What goes in and out of a conversation, whatever the channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from conversations.text import Said, Say
from handlers.phones import Asker
from handlers.places import Places
from handlers.policy import Policies
from handlers.unit import Unit

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

Wants = Literal["contact", "photo", "code"]
Other = Literal["photo", "file", "sticker", "voice", "video", "location", "edited", "unknown"]


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone number shared by a button.

    `proven` only where the channel vouches that it is the sender's own (on Telegram:
    contact.user_id == from.id).
    """

    phone: str
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message of a person: words, or a pressed button, or a shared number, or something else.

    `problem` says why an attachment could not be taken: too_large, not_an_image, too_many_pixels.
    """

    text: str = ""
    button: str | None = None
    contact: Contact | None = None
    other: Other | None = None
    forwarded: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to answer. `number` is what a person may type; it never changes its meaning."""

    value: str
    label: Said
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to a person. Its words are chosen; its language is not yet."""

    text: Said
    choices: tuple[Choice, ...] = ()
    wants: Wants | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do. Lengths in characters; `buttons` is the most a message may have."""

    buttons: int = 0
    button_label: int = 20
    text: int = 2000
    contact: bool = False
    proves_contact: bool = False
    photo: bool = False
    delete: bool = False
    abroad: bool = False
    history: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """All that a dialog may know beside the message and the session; handed in, never fetched.

    `codes` is whether the station can send text messages at all.
    """

    now: datetime
    say: Say
    can: Capabilities
    policies: Policies
    places: Places
    station: "Station"
    codes: bool = True
    today: date = field(init=False)

    def __post_init__(self) -> None:
        """The day in Viet Nam: asked for a dozen times in a turn, worked out once."""
        object.__setattr__(self, "today", self.now.astimezone(VIETNAM).date())


@dataclass(frozen=True, slots=True)
class Station:
    """Who answers for this installation, as citizens are told."""

    code: str
    name: str
    hotline: str
    address: str
    commune: str


@dataclass(frozen=True, slots=True)
class Session:
    """A running dialog between two messages. It is JSON, and has names, never positions.

    `asking` is the question that was put; `offered` are the values of a list shown with it;
    `doubtful` is an answer that was questioned and waits for a yes; `proven` is a phone number
    that the channel vouched for; `subject` is the code of what the dialog is about; `warned` says
    that danger signs in an answer about health were met with the emergency number already.
    """

    dialog: str
    version: int
    answers: Mapping[str, Any] = field(default_factory=dict)
    asking: str | None = None
    offered: tuple[str, ...] = ()
    doubtful: Any = None
    proven: str | None = None
    subject: str | None = None
    warned: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a chat between two messages, beside the registry itself.

    `offers` are the buttons shown last that belong to no dialog, by number and by folded words.
    """

    session: Session | None = None
    locale: str | None = None
    consents: Mapping[str, str] = field(default_factory=dict)
    offers: Mapping[str, str] = field(default_factory=dict)
    heard_at: datetime = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one message did: the session after it, the replies, and perhaps a request.

    A request is answered by the dialog's `submit`, which alone may await handlers.
    `refused` says that the message did not answer the question: the router may understand it.
    `locale` changes the language, `agreed` are consents given, `start` names what begins next
    ("registration", or with a hint "registration.child").
    """

    session: Session | None
    replies: tuple[Outbound, ...] = ()
    request: Any = None
    refused: bool = False
    locale: str | None = None
    agreed: Mapping[str, str] = field(default_factory=dict)
    start: str | None = None


class Dialog(Protocol):
    """A conversation about one thing."""

    @property
    def name(self) -> str:
        """The name stored in sessions; never changed once released."""
        ...

    @property
    def consent(self) -> str | None:
        """The purpose that must have been agreed to before it begins, or None."""
        ...

    def begin(self, context: Context, hint: str = "") -> Turn:
        """The first question, or a request that prepares it."""
        ...

    def hear(self, session: Session, said: Inbound, context: Context) -> Turn:
        """Take one message. Pure: the same arguments always give the same turn."""
        ...

    def again(self, session: Session, context: Context) -> Outbound:
        """The question that stands, once more."""
        ...

    def resume(self, session: Session, context: Context) -> Turn:
        """Ask a person who comes back, or who asks for something else, whether to go on."""
        ...

    def free(self, session: Session, context: Context) -> bool:
        """Whether a free text is asked for: there, single words may be answers."""
        ...

    def about_health(self, session: Session) -> bool:
        """Whether illness is asked about: there, danger signs may be an answer."""
        ...

    async def submit(self, turn: Turn, asker: Asker, unit: Unit, context: Context) -> Turn:
        """Answer the request of a turn. The only place of a dialog that awaits handlers."""
        ...
