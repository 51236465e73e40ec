"""What is forgotten, and when: raw messages and bodies after seven days, codes after two.

Inbox rows go with them: update numbers may start again after a week without messages, and a row
kept for ever could one day swallow a new message.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete

from storage import models
from storage.rows import Rows, Statement
from storage.times import ms

WEEK = timedelta(days=7)
CODES = timedelta(days=2)

Inbox = models.Inbox.__table__  # type: ignore[attr-defined]
Outbox = models.Outbox.__table__  # type: ignore[attr-defined]
Code = models.PhoneCode.__table__  # type: ignore[attr-defined]

OLD_INBOX = Statement(
    delete(models.Inbox).where(
        Inbox.c.heard_at < bindparam("before"), Inbox.c.status == models.HEARD
    )
)
OLD_PARKED = Statement(
    delete(models.Inbox).where(
        Inbox.c.heard_at < bindparam("before"), Inbox.c.status == models.PARKED
    )
)
OLD_OUTBOX = Statement(
    delete(models.Outbox).where(
        Outbox.c.created_at < bindparam("before"), Outbox.c.status != models.PENDING
    )
)
OLD_CODES = Statement(delete(models.PhoneCode).where(Code.c.sent_at < bindparam("before")))


async def forget_old(rows: Rows, now: datetime) -> None:
    """Delete what is past its time."""
    for statement in (OLD_INBOX, OLD_PARKED, OLD_OUTBOX):
        await rows.run(statement, before=ms(now - WEEK))
    await rows.run(OLD_CODES, before=ms(now - CODES))
