"""The words for every kind of notice. A handler says what happened; the words are chosen here."""

from collections.abc import Mapping

from conversations.messages import Outbound, Session
from conversations.registration import FORM
from conversations.station import CHANGE_EXPIRED, EXPIRED
from conversations.text import Text

PHONE_CODE = Text(
    "The code to send your vaccination registration is {code}, good for 5 minutes."
    " The station never asks for it by phone: tell nobody."
)


def on_expiry(session: Session) -> str | None:
    """The notice that is due when a session is deleted unfinished; None where nothing is lost."""
    if session.dialog != FORM.name or not session.answers:
        return None
    return "change_expired" if session.subject else "form_expired"


def words(kind: str, facts: Mapping[str, str]) -> Outbound:
    """The message of a notice. Raises LookupError for a kind that has no words."""
    match kind:
        case "phone_code":
            return Outbound(PHONE_CODE.of(code=facts["code"]))
        case "form_expired":
            return Outbound(EXPIRED)
        case "change_expired":
            return Outbound(CHANGE_EXPIRED)
        case _:
            raise LookupError(f"no words for the notice {kind}")
