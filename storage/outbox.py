"""The messages to people: claimed, sent, tried again, or dead and visible to the operator."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
    union_all,
    update,
)

from storage import models
from storage.crypto import CannotOpen, Vault
from storage.rows import Row, Rows, Statement
from storage.times import at, ms

Chat = models.Conversation.__table__  # type: ignore[attr-defined]
Box = models.Outbox.__table__  # type: ignore[attr-defined]
Earlier = Box.alias("earlier")
LEASE = timedelta(seconds=30)

_THIS = and_(Box.c.conversation_id == bindparam("conversation"), Box.c.seq == bindparam("number"))
_FIRST_OF_CHAT = ~exists().where(
    Earlier.c.conversation_id == Box.c.conversation_id,
    Earlier.c.seq < Box.c.seq,
    Earlier.c.status == models.PENDING,
)
_FREE = or_(Box.c.lease_until.is_(None), Box.c.lease_until < bindparam("now"))
_REACHABLE = exists().where(
    Chat.c.id == Box.c.conversation_id,
    bindparam("without", type_=Text).not_like("%|" + Chat.c.channel + "|%"),
)
_DUE = (
    select(Box.c.conversation_id, Box.c.seq)
    .where(Box.c.status == models.PENDING, Box.c.not_before <= bindparam("now"), _FREE)
    .where(_FIRST_OF_CHAT, _REACHABLE)
    .order_by(Box.c.priority, Box.c.not_before)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=Box)
    .cte("due")
)


def _depth(status: int) -> Select[Any]:
    """One state alone, so that its own small index is enough."""
    return (
        select(Box.c.status, func.count().label("n"), func.min(Box.c.created_at).label("oldest"))
        .where(Box.c.status == status)
        .group_by(Box.c.status)
    )


CLAIM = Statement(
    update(models.Outbox)
    # As a list of keys: with EXISTS, SQLite reads the whole table for each look.
    .where(tuple_(Box.c.conversation_id, Box.c.seq).in_(select(_DUE.c.conversation_id, _DUE.c.seq)))
    .values(lease_until=bindparam("until", type_=BigInteger))
    .returning(Box.c.conversation_id, Box.c.seq)
)
READ = Statement(
    select(Box, Chat.c.channel, Chat.c.chat, Chat.c.locale)
    .join(Chat, Chat.c.id == Box.c.conversation_id)
    .where(_THIS)
)
SENT = Statement(
    update(models.Outbox)
    .where(_THIS)
    .values(status=models.SENT, sent_at=bindparam("now", type_=BigInteger), lease_until=None)
)
# Whose lease ended changes nothing any more: the message is another's by then.
_STILL = and_(
    _THIS,
    Box.c.status == models.PENDING,
    Box.c.lease_until == bindparam("mine", type_=BigInteger),
)
LATER = Statement(
    update(models.Outbox)
    .where(_STILL)
    .values(
        attempts=Box.c.attempts + bindparam("tried"),
        not_before=bindparam("when", type_=BigInteger),
        lease_until=None,
        error=bindparam("why"),
    )
)
RELEASE = Statement(update(models.Outbox).where(_STILL).values(lease_until=None))
RELEASE_ALL = Statement(
    update(models.Outbox)
    .where(Box.c.status == models.PENDING, Box.c.lease_until.is_not(None))
    .values(lease_until=None)
)
BURY = Statement(
    update(models.Outbox)
    .where(_STILL)
    .values(status=models.DEAD, lease_until=None, error=bindparam("why"))
)
REVIVE = Statement(
    update(models.Outbox)
    .where(_THIS, Box.c.status == models.DEAD)
    .values(
        status=models.PENDING,
        attempts=0,
        not_before=bindparam("now", type_=BigInteger),
        created_at=bindparam("now", type_=BigInteger),
        error=None,
    )
    .returning(Box.c.seq)
)
DEAD = Statement(
    select(
        Box.c.conversation_id,
        Box.c.seq,
        Box.c.created_at,
        Box.c.attempts,
        Box.c.error,
        Chat.c.channel,
    )
    .join(Chat, Chat.c.id == Box.c.conversation_id)
    .where(Box.c.status == models.DEAD)
    .order_by(Box.c.created_at, Box.c.conversation_id, Box.c.seq)
    .limit(bindparam("most"))
)
NEXT_SEQ = Statement(
    lambda insert: insert(models.Conversation)
    .values(
        channel=bindparam("channel"), chat=bindparam("chat"), revision=0, next_seq=2,
        heard_at=bindparam("now"),
    )
    .on_conflict_do_update(
        index_elements=["channel", "chat"],
        set_={"next_seq": Chat.c.next_seq + 1, "revision": Chat.c.revision + 1},
    )
    .returning(Chat.c.id, (Chat.c.next_seq - 1).label("seq"))
)  # fmt: skip
NEXT_SEQ_OF = Statement(
    update(models.Conversation)
    .where(Chat.c.id == bindparam("conversation"))
    .values(next_seq=Chat.c.next_seq + 1, revision=Chat.c.revision + 1)
    .returning(Chat.c.id, (Chat.c.next_seq - 1).label("seq"))
)
POST = Statement(
    lambda insert: insert(models.Outbox).values(
        conversation_id=bindparam("conversation"), seq=bindparam("number"),
        priority=bindparam("priority"), status=models.PENDING, body=bindparam("body"), attempts=0,
        not_before=bindparam("now"), created_at=bindparam("now"),
    )
)  # fmt: skip
COUNTS = Statement(union_all(*(_depth(status) for status in (models.PENDING, models.DEAD))))
SINCE = Statement(
    select(Box.c.seq, Box.c.body, Box.c.created_at, Chat.c.id, Chat.c.locale)
    .join(Chat, Chat.c.id == Box.c.conversation_id)
    .where(Chat.c.channel == bindparam("channel"), Chat.c.chat == bindparam("chat"))
    .where(Box.c.seq > bindparam("since"))
    .order_by(Box.c.seq.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits to be sent, by whoever has its lease `until` then.

    `body` is what was said, or a notice without its words.
    """

    conversation: int
    seq: int
    channel: str
    chat: str
    locale: str | None
    body: Mapping[str, Any]
    attempts: int
    created_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """A dead letter: what the operator sees of it. No words, no address."""

    conversation: int
    seq: int
    channel: str
    created_at: datetime
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages are in a state, and since when the oldest is."""

    status: int
    count: int
    oldest: datetime


class Outbox:
    """The messages to people."""

    def __init__(self, rows: Rows, vault: Vault) -> None:
        self._rows, self._vault = rows, vault

    async def post(
        self, channel: str, chat: str, body: Mapping[str, Any], now: datetime, priority: int = 2
    ) -> None:
        """Queue a message to a chat, known or not."""
        row = await self._rows.one(NEXT_SEQ, channel=channel, chat=chat, now=ms(now))
        await self._queue(row, body, now, priority)

    async def post_to(
        self, conversation: int, body: Mapping[str, Any], now: datetime, priority: int = 2
    ) -> None:
        """Queue a message to a chat that is known by its row."""
        row = await self._rows.one(NEXT_SEQ_OF, conversation=conversation)
        await self._queue(row, body, now, priority)

    async def _queue(
        self, row: Row | None, body: Mapping[str, Any], now: datetime, priority: int
    ) -> None:
        if row is None:
            raise LookupError("no such conversation to write to")
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        sealed = self._vault.seal_text(text, f"outbox.body|{row['id']}|{row['seq']}")
        given = {"conversation": row["id"], "number": row["seq"], "priority": priority}
        await self._rows.run(POST, **given, body=sealed, now=ms(now))

    async def claim(
        self, now: datetime, most: int, without: Collection[str] = frozenset()
    ) -> Sequence[Waiting]:
        """Take the first waiting message of each chat that is due, for the length of a lease.

        `without` names the channels that this process cannot reach now.
        """
        names = "|".join(["", *without, ""])
        claimed = await self._rows.all(
            CLAIM, now=ms(now), until=ms(now + LEASE), most=most, without=names
        )
        until = now + LEASE
        found = [await self._readable(row["conversation_id"], row["seq"], until) for row in claimed]
        return [one for one in found if one]

    async def sent(self, which: Sequence[tuple[int, int]], now: datetime) -> None:
        """These arrived."""
        given = [{"conversation": c, "number": seq, "now": ms(now)} for c, seq in which]
        await self._rows.many(SENT, given)

    async def later(self, one: Waiting, when: datetime, why: str, *, tried: bool = True) -> None:
        """This one waits until `when`; it was `tried` just now."""
        await self._rows.run(LATER, **_held(one), when=ms(when), why=why, tried=int(tried))

    async def release(self, which: Sequence[Waiting]) -> None:
        """These were not tried; whoever comes first may."""
        await self._rows.many(RELEASE, [_held(one) for one in which])

    async def release_all(self) -> None:
        """Nobody sends now: whoever had a lease is no more. Only where one process runs."""
        await self._rows.run(RELEASE_ALL)

    async def bury(self, one: Waiting, why: str) -> None:
        """This one will never arrive; the operator sees it."""
        await self._rows.run(BURY, **_held(one), why=why)

    async def revive(self, conversation: int, seq: int, now: datetime) -> bool:
        """Send a dead letter again, as if it were new. False where there is no such."""
        row = await self._rows.one(REVIVE, conversation=conversation, number=seq, now=ms(now))
        return row is not None

    async def dead(self, most: int = 100) -> Sequence[Lost]:
        """The dead letters, oldest first."""
        return [
            Lost(r["conversation_id"], r["seq"], r["channel"], at(r["created_at"]), r["attempts"],
                 r["error"] or "")
            for r in await self._rows.all(DEAD, most=most)
        ]  # fmt: skip

    async def depth(self) -> Sequence[Depth]:
        """What is not sent, by state."""
        return [Depth(r["status"], r["n"], at(r["oldest"])) for r in await self._rows.all(COUNTS)]

    async def since(self, channel: str, chat: str, seq: int, most: int = 200) -> Sequence[Waiting]:
        """The newest messages of a chat after `seq`, oldest first: its history.

        One that cannot be opened has an empty body: it must not hide the others.
        """
        rows = await self._rows.all(SINCE, channel=channel, chat=chat, since=seq, most=most)
        return [self._in_history(row, channel, chat) for row in reversed(rows)]

    def _in_history(self, row: Row, channel: str, chat: str) -> Waiting:
        try:
            body = self._opened(row["body"], row["id"], row["seq"])
        except CannotOpen:
            body = {}
        said_at, locale = at(row["created_at"]), row["locale"]
        return Waiting(row["id"], row["seq"], channel, chat, locale, body, 0, said_at, said_at)

    async def _readable(self, conversation: int, seq: int, until: datetime) -> Waiting | None:
        """The message. One that cannot be opened is buried: it must not hold up all the others."""
        row = await self._rows.one(READ, conversation=conversation, number=seq)
        if row is None:
            return None
        try:
            return _waiting(row, self._opened(row["body"], conversation, seq), until)
        except CannotOpen as why:
            await self.bury(_waiting(row, {}, until), str(why))
            return None

    def _opened(self, sealed: bytes, conversation: int, seq: int) -> Mapping[str, Any]:
        if not sealed:
            return {"gone": True}
        plain = self._vault.open(sealed, f"outbox.body|{conversation}|{seq}")
        opened: Mapping[str, Any] = json.loads(plain)
        return opened


def _waiting(row: Row, body: Mapping[str, Any], until: datetime) -> Waiting:
    return Waiting(
        row["conversation_id"], row["seq"], row["channel"], row["chat"], row["locale"], body,
        row["attempts"], at(row["created_at"]), until,
    )  # fmt: skip


def _held(one: Waiting) -> dict[str, int]:
    return {"conversation": one.conversation, "number": one.seq, "mine": ms(one.until)}
