"""Append-only: who did or saw what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from storage import models
from storage.rows import Rows, Statement
from storage.times import at, ms

Table = models.Audit.__table__  # type: ignore[attr-defined]
WRITE = Statement(
    insert(models.Audit).values(
        {name: bindparam(name) for name in ("at", "actor", "action", "subject")}
    )
)
OF = Statement(select(Table).where(Table.c.subject == bindparam("subject")).order_by(Table.c.id))


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `actor` is "chat 12" or a staff id; never a name."""

    at: datetime
    actor: str
    action: str
    subject: str


class AuditLog:
    """The log."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def write(self, now: datetime, actor: str, action: str, subject: str) -> None:
        """Add one entry, in the transaction of what it tells of."""
        await self._rows.run(WRITE, at=ms(now), actor=actor, action=action, subject=subject)

    async def of(self, subject: str) -> Sequence[Entry]:
        """All that was done with one subject."""
        rows = await self._rows.all(OF, subject=subject)
        return [Entry(at(r["at"]), r["actor"], r["action"], r["subject"]) for r in rows]
