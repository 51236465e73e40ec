"""The words for every kind of notice. A handler says what happened; the words are chosen here."""

from collections.abc import Mapping

from conversations.messages import Outbound
from conversations.station import EXPIRED
from conversations.text import Text

PHONE_CODE = Text(
    "The code to send your vaccination registration is {code}, good for 5 minutes."
    " The station never asks for it by phone: tell nobody."
)


def words(kind: str, facts: Mapping[str, str]) -> Outbound:
    """The message of a notice. Raises LookupError for a kind that has no words."""
    match kind:
        case "phone_code":
            return Outbound(PHONE_CODE.of(code=facts["code"]))
        case "form_expired":
            return Outbound(EXPIRED)
        case _:
            raise LookupError(f"no words for the notice {kind}")
