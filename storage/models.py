"""The tables. SQLModel declares them; migrations and statements are made from them.

Times are whole milliseconds since 1970 in UTC, the same on SQLite and PostgreSQL. Columns of bytes
hold encrypted values (see `storage/crypto.py`) unless their name ends in `_key`: those are keyed
blind indexes, good for looking up and for nothing else.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

PENDING, SENT, DEAD = 0, 1, 2
HEARD, PARKED = 0, 1


def _row_number() -> Any:
    kind = BigInteger().with_variant(Integer, "sqlite")
    return Field(default=None, sa_column=Column(kind, primary_key=True))


def _number(*, key: bool = False, index: bool = False) -> Any:
    column: Column[int] = Column(BigInteger, nullable=False, primary_key=key, index=index)
    return Field(sa_column=column)


def _maybe_number() -> Any:
    return Field(default=None, sa_column=Column(BigInteger, nullable=True))


def _bytes(*, index: bool = False) -> Any:
    return Field(sa_column=Column(LargeBinary, nullable=False, index=index))


def _maybe_bytes(*, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(LargeBinary, nullable=True, index=index))


def _some(name: str, *columns: str, where: str) -> Index:
    """An index of the few rows that something waits for."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Conversation(SQLModel, table=True):
    """One chat on one channel. `revision` is the fence: two turns of a chat cannot both commit."""

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("channel", "chat"),
        _some("conversation_expiring", "expires_at", where="expires_at IS NOT NULL"),
    )

    id: int | None = _row_number()
    channel: str
    chat: str
    revision: int = _number()
    next_seq: int = _number()
    state: bytes | None = _maybe_bytes()
    locale: str | None = None
    heard_at: int = _number()
    expires_at: int | None = _maybe_number()


class Inbox(SQLModel, table=True):
    """Every update that was heard, so that it is heard once. `raw` goes after seven days."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("inbox_of_conversation", "conversation_id", "after_seq"),
        Index("inbox_heard_at", "heard_at"),
        _some("inbox_parked", "heard_at", where="status = 1"),
    )

    channel: str = Field(primary_key=True)
    update_id: str = Field(primary_key=True)
    conversation_id: int = _number()
    after_seq: int = _number()
    heard_at: int = _number()
    status: int = HEARD
    raw: bytes | None = _maybe_bytes()
    incident: str | None = None


class Outbox(SQLModel, table=True):
    """Every message to a person, in the order of its chat. `body` goes after seven days."""

    __tablename__ = "outbox"
    __table_args__ = (
        _some("outbox_pending", "priority", "not_before", where="status = 0"),
        _some("outbox_head", "conversation_id", "seq", where="status = 0"),
        _some("outbox_dead", "created_at", where="status = 2"),
        Index("outbox_created_at", "created_at"),
    )

    conversation_id: int = _number(key=True)
    seq: int = _number(key=True)
    priority: int
    status: int = PENDING
    body: bytes = _bytes()
    attempts: int = 0
    not_before: int = _number()
    lease_until: int | None = _maybe_number()
    created_at: int = _number()
    sent_at: int | None = _maybe_number()
    error: str | None = None


class Consent(SQLModel, table=True):
    """Append-only: what was agreed to or refused, in which words, by whom (Luật 91/2025 Điều 9)."""

    __tablename__ = "consent"

    id: int | None = _row_number()
    conversation_id: int = _number(index=True)
    purpose: str
    agreed: int
    text_version: str
    text_hash: str
    channel: str
    acting: str
    registration_id: str | None = None
    at: int = _number()


class Registration(SQLModel, table=True):
    """One person's wish to be vaccinated. A person is name and birth date, never a phone."""

    __tablename__ = "registration"
    __table_args__ = (Index("registration_of_person", "name_key", "born_key"),)

    id: str = Field(primary_key=True)
    code: str = Field(unique=True)
    conversation_id: int = _number(index=True)
    commune: str = Field(index=True)
    status: str
    full_name: bytes = _bytes()
    name_key: bytes = _bytes()
    born: bytes = _bytes()
    born_key: bytes = _bytes()
    phone: bytes = _bytes()
    phone_key: bytes = _bytes(index=True)
    id_number: bytes | None = _maybe_bytes()
    id_key: bytes | None = _maybe_bytes(index=True)
    details: bytes = _bytes()
    duplicate_of: str | None = None
    created_at: int = _number()
    changed_at: int = _number()


class RegistrationEvent(SQLModel, table=True):
    """Append-only: each legal step of a registration."""

    __tablename__ = "registration_event"

    id: int | None = _row_number()
    registration_id: str = Field(index=True)
    action: str
    status: str
    by: str
    reason: bytes | None = _maybe_bytes()
    at: int = _number()


class Phone(SQLModel, table=True):
    """How many people are registered on one number (letter 000:25 allows five)."""

    __tablename__ = "phone"

    phone_key: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    people: int


class PhoneProof(SQLModel, table=True):
    """That a chat holds a phone: shown by a code, or vouched for by the channel."""

    __tablename__ = "phone_proof"

    conversation_id: int = _number(key=True)
    phone_key: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    how: str
    proven_at: int = _number()


class PhoneCode(SQLModel, table=True):
    """A code that was sent. Only its keyed hash is kept; one row is one code, used once."""

    __tablename__ = "phone_code"
    __table_args__ = (
        Index("phone_code_of_chat", "conversation_id", "phone_key", "sent_at"),
        Index("phone_code_of_phone", "phone_key", "sent_at"),
    )

    id: str = Field(primary_key=True)
    conversation_id: int = _number()
    phone_key: bytes = _bytes()
    code_hash: bytes = _bytes()
    tries: int = 0
    used: int = 0
    sent_at: int = _number(index=True)


class Audit(SQLModel, table=True):
    """Append-only: who did or saw what. Never holds a name or number, only ids."""

    __tablename__ = "audit"

    id: int | None = _row_number()
    at: int = _number()
    actor: str
    action: str
    subject: str = Field(index=True)


class Rule(SQLModel, table=True):
    """What a place requires, and since when. `rules` is JSON of `handlers.policy.Policy`."""

    __tablename__ = "rule"
    __table_args__ = (UniqueConstraint("place", "valid_from"),)

    id: int | None = _row_number()
    place: str
    valid_from: str
    valid_to: str | None = None
    rules: str


class HealthUnit(SQLModel, table=True):
    """A station or another unit: who answers, where, on which number. Valid between two days."""

    __tablename__ = "health_unit"

    code: str = Field(primary_key=True)
    valid_from: str = Field(primary_key=True)
    valid_to: str | None = None
    name: str
    kind: str
    commune: str
    hotline: str
    address: str


ENCRYPTED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "conversation": (("id",), ("state",)),
    "inbox": (("channel", "update_id"), ("raw",)),
    "outbox": (("conversation_id", "seq"), ("body",)),
    "registration": (("id",), ("full_name", "born", "phone", "id_number", "details")),
    "registration_event": (("registration_id", "at"), ("reason",)),
}
"""Encrypted columns by table, with the columns that name the row (both go into the seal)."""
