"""What is forgotten, and when: raw messages and bodies after seven days, codes after two.

Inbox rows go with them: update numbers may start again after a week without messages, and a row
kept for ever could one day swallow a new message.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, select, tuple_

from storage import models
from storage.rows import Rows, Statement
from storage.times import ms

WEEK = timedelta(days=7)
CODES = timedelta(days=2)

AT_ONCE = 2000  # rows of each table; a longer transaction would hold up the turns

Inbox = models.Inbox.__table__  # type: ignore[attr-defined]
Outbox = models.Outbox.__table__  # type: ignore[attr-defined]
Code = models.PhoneCode.__table__  # type: ignore[attr-defined]


def _some(table: Any, *which: ColumnElement[bool]) -> Statement:
    """Delete the first rows of which all this is true."""
    key = tuple_(*table.primary_key.columns)
    first = select(*table.primary_key.columns).where(*which).limit(bindparam("most"))
    return Statement(delete(table).where(key.in_(first)).returning(*table.primary_key.columns))


OLD_INBOX = _some(Inbox, Inbox.c.heard_at < bindparam("before"))
OLD_OUTBOX = _some(
    Outbox, Outbox.c.created_at < bindparam("before"), Outbox.c.status != models.PENDING
)
OLD_CODES = _some(Code, Code.c.sent_at < bindparam("before"))


async def forget_old(rows: Rows, now: datetime, most: int = AT_ONCE) -> bool:
    """Delete what is past its time, up to `most` of each. Whether there may be more."""
    week, codes = ms(now - WEEK), ms(now - CODES)
    gone = [
        await rows.all(OLD_INBOX, before=week, most=most),
        await rows.all(OLD_OUTBOX, before=week, most=most),
        await rows.all(OLD_CODES, before=codes, most=most),
    ]
    return any(len(some) == most for some in gone)
