"""What is remembered of each chat, and the one statement that a turn is.

The order matters. "Insert into the inbox, then update where the revision fits" keeps the inbox row
even when the revision does not fit, and the repeated update then looks like a duplicate: measured,
5.9 % of effects lost. So the conversation is updated first, where the revision fits and the update
was not heard; inbox and outbox are filled from that.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    LargeBinary,
    SmallInteger,
    bindparam,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from storage import models
from storage.crypto import Vault
from storage.rows import Row, Rows, Statement
from storage.times import at, ms

Chat = models.Conversation.__table__  # type: ignore[attr-defined]
Inbox = models.Inbox.__table__  # type: ignore[attr-defined]
Outbox = models.Outbox.__table__  # type: ignore[attr-defined]

_HEARD = exists().where(
    Inbox.c.channel == bindparam("channel"), Inbox.c.update_id == bindparam("update_id")
)
_WAITING = exists().where(Outbox.c.conversation_id == Chat.c.id, Outbox.c.status == models.PENDING)

OPEN = Statement(
    select(
        Chat.c.id,
        Chat.c.revision,
        Chat.c.next_seq,
        Chat.c.state,
        Chat.c.locale,
        _HEARD.label("heard"),
        _WAITING.label("waiting"),
    ).where(Chat.c.channel == bindparam("channel"), Chat.c.chat == bindparam("chat"))
)
ADD = Statement(
    lambda insert: (
        insert(models.Conversation)
        .values(
            channel=bindparam("channel"),
            chat=bindparam("chat"),
            revision=0,
            next_seq=1,
            heard_at=bindparam("now"),
        )
        .on_conflict_do_nothing()
    )
)
_MOVE = (
    update(models.Conversation)
    .where(Chat.c.id == bindparam("conversation"), Chat.c.revision == bindparam("revision_was"))
    .where(~_HEARD)
    .values(
        revision=Chat.c.revision + 1,
        next_seq=bindparam("next_seq_now", type_=BigInteger),
        state=func.coalesce(bindparam("state_now", type_=LargeBinary), Chat.c.state),
        locale=bindparam("locale_now"),
        heard_at=bindparam("now", type_=BigInteger),
        expires_at=bindparam("expires", type_=BigInteger),
    )
    .returning(Chat.c.id)
)
_INBOX = [
    "channel",
    "update_id",
    "conversation_id",
    "after_seq",
    "heard_at",
    "status",
    "raw",
    "incident",
]
_OUTBOX = [
    "conversation_id",
    "seq",
    "priority",
    "status",
    "body",
    "attempts",
    "not_before",
    "lease_until",
    "created_at",
]

MOVE = Statement(_MOVE)
HEAR = Statement(insert(models.Inbox).values({name: bindparam(name) for name in _INBOX}))
SAY = Statement(insert(models.Outbox).values({name: bindparam(name) for name in _OUTBOX}))


def _whole_turn() -> Any:
    """PostgreSQL: the three statements of a turn as one."""
    moved = _MOVE.cte("moved")
    heard = (
        insert(models.Inbox)
        .from_select(
            _INBOX,
            select(
                bindparam("channel", type_=Inbox.c.channel.type),
                bindparam("update_id", type_=Inbox.c.update_id.type),
                moved.c.id,
                bindparam("after_seq", type_=BigInteger),
                bindparam("now", type_=BigInteger),
                bindparam("status", type_=SmallInteger),
                bindparam("raw", type_=LargeBinary),
                bindparam("incident", type_=Inbox.c.incident.type),
            ),
        )
        .cte("heard")
    )
    said = (
        func.unnest(
            bindparam("seqs", type_=ARRAY(BigInteger)),
            bindparam("bodies", type_=ARRAY(LargeBinary)),
        )
        .table_valued("seq", "body")
        .render_derived("said")
    )
    answered = (
        insert(models.Outbox)
        .from_select(
            _OUTBOX,
            select(
                moved.c.id,
                said.c.seq,
                bindparam("priority", type_=SmallInteger),
                literal(models.PENDING, SmallInteger),
                said.c.body,
                literal(0, SmallInteger),
                bindparam("now", type_=BigInteger),
                bindparam("lease", type_=BigInteger),
                bindparam("now", type_=BigInteger),
            ).select_from(moved.join(said, literal(1) == literal(1))),
        )
        .cte("answered")
    )
    return select(moved.c.id).add_cte(heard, answered)


WHOLE_TURN = Statement(_whole_turn())

EXPIRED = Statement(
    select(Chat.c.id, Chat.c.channel, Chat.c.chat)
    .where(Chat.c.expires_at <= bindparam("now"))
    .order_by(Chat.c.expires_at)
    .limit(bindparam("most"))
)
BY_ID = Statement(
    select(Chat.c.id, Chat.c.channel, Chat.c.chat, Chat.c.revision, Chat.c.next_seq, Chat.c.state,
           Chat.c.locale).where(Chat.c.id == bindparam("conversation"))
)  # fmt: skip
EXPIRE = Statement(
    update(models.Conversation)
    .where(Chat.c.id == bindparam("conversation"), Chat.c.revision == bindparam("revision_was"))
    .where(Chat.c.expires_at <= bindparam("now"))
    .values(
        revision=Chat.c.revision + 1,
        state=bindparam("state_now", type_=LargeBinary),
        expires_at=None,
    )
    .returning(Chat.c.id)
)

OWN_SINCE = Statement(
    select(Inbox.c.update_id, Inbox.c.after_seq, Inbox.c.heard_at, Inbox.c.raw)
    .join(Chat, Chat.c.id == Inbox.c.conversation_id)
    .where(Chat.c.channel == bindparam("channel"), Chat.c.chat == bindparam("chat"))
    .where(Inbox.c.after_seq >= bindparam("since"), Inbox.c.raw.is_not(None))
    .order_by(Inbox.c.heard_at.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Chatting:
    """A chat as it was read: `heard` if this update was, `waiting` if answers are still unsent."""

    id: int
    revision: int
    next_seq: int
    memory: Mapping[str, Any]
    heard: bool = False
    waiting: bool = False
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What one update changes in its chat. `bodies` are the answers, in order.

    `memory` None leaves what is remembered as it is. `lease` (instant) says that this process sends
    them itself; `expires` when a half-filled form is to be deleted; `incident` that the update was
    set aside, with the code people were told.
    """

    channel: str
    update_id: str
    memory: Mapping[str, Any] | None
    bodies: Sequence[Mapping[str, Any]]
    now: datetime
    locale: str | None = None
    lease: datetime | None = None
    expires: datetime | None = None
    raw: bytes = b""
    incident: str | None = None
    priority: int = 2


class Conversations:
    """The chats."""

    def __init__(self, rows: Rows, vault: Vault, kind: str) -> None:
        self._rows, self._vault, self._kind = rows, vault, kind

    async def open(
        self, channel: str, chat: str, update_id: str, now: datetime, *, remember: bool = True
    ) -> Chatting:
        """The chat, made on its first message. One statement for a chat that is known.

        Without `remember` its memory is left closed. Raises CannotOpen.
        """
        given = {"channel": channel, "chat": chat, "update_id": update_id}
        row = await self._rows.one(OPEN, **given)
        if row is None:
            await self._rows.run(ADD, channel=channel, chat=chat, now=ms(now))
            row = await self._rows.one(OPEN, **given)
        if row is None:
            raise LookupError("a conversation vanished while it was opened")
        if not remember:
            row = {**row, "state": None}
        return self._read(row, heard=bool(row["heard"]), waiting=bool(row["waiting"]))

    async def save(self, chat: Chatting, heard: Heard) -> bool:
        """Keep the turn. False where the update was heard, or the chat moved on, meanwhile."""
        seqs = list(range(chat.next_seq, chat.next_seq + len(heard.bodies)))
        given = self._given(chat, heard, len(seqs))
        bodies = [self._body(chat.id, seq, b) for seq, b in zip(seqs, heard.bodies, strict=True)]
        if self._kind == "postgres":
            one = await self._rows.one(WHOLE_TURN, **given, seqs=seqs, bodies=bodies)
            return one is not None
        if await self._rows.one(MOVE, **given) is None:
            return False
        await self._rows.run(HEAR, **given)
        if seqs:
            answer = {
                **given,
                "status": models.PENDING,
                "attempts": 0,
                "lease_until": given["lease"],
                "not_before": given["now"],
                "created_at": given["now"],
            }
            said = zip(seqs, bodies, strict=True)
            await self._rows.many(SAY, [{**answer, "seq": s, "body": b} for s, b in said])
        return True

    async def own_since(
        self, channel: str, chat: str, since: int, most: int = 200
    ) -> Sequence[tuple[int, datetime, bytes]]:
        """A person's own messages, where the channel keeps them, oldest first."""
        rows = await self._rows.all(OWN_SINCE, channel=channel, chat=chat, since=since, most=most)
        where = f"inbox.raw|{channel}|"
        return [
            (r["after_seq"], at(r["heard_at"]), self._vault.open(r["raw"], where + r["update_id"]))
            for r in reversed(rows)
        ]

    async def by_id(self, conversation: int, *, remember: bool = True) -> Chatting | None:
        """The chat of a row. Without `remember` its memory is left closed. Raises CannotOpen."""
        row = await self._rows.one(BY_ID, conversation=conversation)
        if row and not remember:
            row = {**row, "state": None}
        return self._read(row) if row else None

    async def expired(self, now: datetime, most: int) -> Sequence[int]:
        """Chats whose half-filled form is to be deleted."""
        return [row["id"] for row in await self._rows.all(EXPIRED, now=ms(now), most=most)]

    async def expire(self, chat: Chatting, memory: Mapping[str, Any], now: datetime) -> bool:
        """Keep only `memory` of a chat that expired. False where it goes on or has gone on."""
        row = await self._rows.one(
            EXPIRE,
            conversation=chat.id,
            revision_was=chat.revision,
            state_now=self._sealed(chat.id, memory),
            now=ms(now),
        )
        return row is not None

    def _read(self, row: Row, *, heard: bool = False, waiting: bool = False) -> Chatting:
        state = row["state"]
        plain = self._vault.open(state, f"conversation.state|{row['id']}") if state else b"{}"
        return Chatting(
            row["id"],
            row["revision"],
            row["next_seq"],
            json.loads(plain),
            heard,
            waiting,
            row["locale"],
        )

    def _sealed(self, conversation: int, memory: Mapping[str, Any]) -> bytes:
        text = json.dumps(memory, ensure_ascii=False, separators=(",", ":"))
        return self._vault.seal_text(text, f"conversation.state|{conversation}")

    def _body(self, conversation: int, seq: int, body: Mapping[str, Any]) -> bytes:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return self._vault.seal_text(text, f"outbox.body|{conversation}|{seq}")

    def _given(self, chat: Chatting, heard: Heard, answers: int) -> dict[str, Any]:
        where = f"inbox.raw|{heard.channel}|{heard.update_id}"
        return {
            "conversation": chat.id,
            "conversation_id": chat.id,
            "revision_was": chat.revision,
            "next_seq_now": chat.next_seq + answers,
            "state_now": None if heard.memory is None else self._sealed(chat.id, heard.memory),
            "locale_now": heard.locale,
            "expires": ms(heard.expires) if heard.expires else None,
            "channel": heard.channel,
            "update_id": heard.update_id,
            "after_seq": chat.next_seq - 1,
            "now": ms(heard.now),
            "heard_at": ms(heard.now),
            "status": models.PARKED if heard.incident else models.HEARD,
            "raw": self._vault.seal(heard.raw, where) if heard.raw else None,
            "incident": heard.incident,
            "priority": heard.priority,
            "lease": ms(heard.lease) if heard.lease else None,
        }
