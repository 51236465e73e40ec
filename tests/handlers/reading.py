"""What the types of a person make of a text."""

from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from handlers.people import (
    BirthDate,
    FullName,
    IdNumber,
    Insurance,
    Mobile,
    Note,
    PastDay,
    WishedDay,
)
from handlers.policy import Policy

TODAY = date(2026, 3, 3)
TYPES: dict[str, TypeAdapter[str]] = {
    "name": TypeAdapter(FullName),
    "born": TypeAdapter(BirthDate),
    "phone": TypeAdapter(Mobile),
    "number": TypeAdapter(IdNumber),
    "insurance": TypeAdapter(Insurance),
    "wished": TypeAdapter(WishedDay),
    "past": TypeAdapter(PastDay),
    "note": TypeAdapter(Note),
}
DEMANDED = Policy(id_number_required=True)


def read(kind: str, text: Any, policy: Policy | None = None, today: date = TODAY) -> str:
    """The value, or "!" and the code of the refusal."""
    try:
        return TYPES[kind].validate_python(text, context={"today": today, "policy": policy})
    except ValidationError as error:
        (refusal,) = error.errors(include_url=False)
        return f"!{refusal['type']}"
