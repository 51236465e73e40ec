"""Append-only: what was agreed to. Withdrawing is one more record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from storage import models
from storage.rows import Rows, Statement
from storage.times import at, ms

Table = models.Consent.__table__  # type: ignore[attr-defined]
_COLUMNS = (
    "conversation_id",
    "purpose",
    "agreed",
    "text_version",
    "text_hash",
    "channel",
    "acting",
    "registration_id",
    "at",
)
ADD = Statement(insert(models.Consent).values({name: bindparam(name) for name in _COLUMNS}))
OF = Statement(
    select(Table).where(Table.c.conversation_id == bindparam("conversation")).order_by(Table.c.id)
)


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One decision: which text (version and hash), for what, by whom ("self", "representative")."""

    purpose: str
    agreed: bool
    text_version: str
    text_hash: str
    channel: str
    acting: str
    at: datetime
    registration: str | None = None


class Consents:
    """The decisions."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def add(self, conversation: int, record: ConsentRecord) -> None:
        """Keep a decision."""
        await self._rows.run(
            ADD, conversation_id=conversation, purpose=record.purpose, agreed=int(record.agreed),
            text_version=record.text_version, text_hash=record.text_hash, channel=record.channel,
            acting=record.acting, registration_id=record.registration, at=ms(record.at),
        )  # fmt: skip

    async def of(self, conversation: int) -> Sequence[ConsentRecord]:
        """All decisions of a chat, oldest first."""
        return [
            ConsentRecord(r["purpose"], bool(r["agreed"]), r["text_version"], r["text_hash"],
                          r["channel"], r["acting"], at(r["at"]), r["registration_id"])
            for r in await self._rows.all(OF, conversation=conversation)
        ]  # fmt: skip
