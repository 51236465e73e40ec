"""What is remembered of a chat, as JSON and back. Names only, so that it survives releases."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from conversations.messages import Memory, Session


def to_json(memory: Memory) -> dict[str, Any]:
    """As it is stored; what is empty is left out."""
    kept: dict[str, Any] = {"heard_at": int(memory.heard_at.timestamp())}
    if memory.locale:
        kept["locale"] = memory.locale
    if memory.consents:
        kept["consents"] = dict(memory.consents)
    if memory.offers:
        kept["offers"] = dict(memory.offers)
    if memory.session:
        kept["session"] = _session(memory.session)
    return kept


def from_json(kept: Mapping[str, Any]) -> Memory:
    """As it was stored by this release or an older one; unknown names are passed over."""
    session = kept.get("session")
    return Memory(
        session=_read(session) if session else None,
        locale=kept.get("locale"),
        consents=kept.get("consents", {}),
        offers=kept.get("offers", {}),
        heard_at=datetime.fromtimestamp(kept.get("heard_at", 0), UTC),
    )


def _session(session: Session) -> dict[str, Any]:
    kept = {
        "dialog": session.dialog,
        "version": session.version,
        "answers": dict(session.answers),
        "asking": session.asking,
        "offered": list(session.offered),
        "doubtful": session.doubtful,
        "proven": session.proven,
        "subject": session.subject,
        "warned": session.warned or None,
    }
    return {name: value for name, value in kept.items() if value not in (None, [], {})}


def _read(kept: Mapping[str, Any]) -> Session:
    return Session(
        dialog=kept["dialog"],
        version=kept["version"],
        answers=kept.get("answers", {}),
        asking=kept.get("asking"),
        offered=tuple(kept.get("offered", ())),
        doubtful=kept.get("doubtful"),
        proven=kept.get("proven"),
        subject=kept.get("subject"),
        warned=bool(kept.get("warned")),
    )
