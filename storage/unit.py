"""One unit of work: everything one message changes, saved together or not at all."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from storage.audit import AuditLog
from storage.consents import Consents
from storage.conversations import Conversations
from storage.crypto import Vault
from storage.faults import Conflict, Unavailable
from storage.outbox import Outbox
from storage.phones import Phones
from storage.registrations import Registrations
from storage.rows import Rows
from storage.rules import Rules

Result = TypeVar("Result")


class Clock(Protocol):
    """Time, handed in."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...


class Codes(Protocol):
    """Chance and identity, handed in."""

    def letters(self, alphabet: str, length: int) -> str:
        """Random letters for a public code."""
        ...

    def secret(self) -> str:
        """A fresh base32 secret of 160 bits."""
        ...

    def key(self) -> str:
        """A fresh row key of 128 bits, in hexadecimal."""
        ...


@dataclass(frozen=True)
class Unit:
    """The repositories on one transaction, with the time and the chance it has."""

    rows: Rows
    clock: Clock
    codes: Codes
    vault: Vault
    conversations: Conversations
    outbox: Outbox
    consents: Consents
    registrations: Registrations
    phones: Phones
    rules: Rules
    audit: AuditLog

    async def begin(self) -> None:
        """From here on all or nothing."""
        await self.rows.begin()

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return self.clock.now()


def builder(clock: Clock, codes: Codes, vault: Vault) -> Callable[[Rows, str], Unit]:
    """How a database makes a unit on its connection; `kind` is "sqlite" or "postgres"."""

    def build(rows: Rows, kind: str) -> Unit:
        return Unit(
            rows, clock, codes, vault,
            Conversations(rows, vault, kind), Outbox(rows, vault), Consents(rows),
            Registrations(rows, vault, kind), Phones(rows, vault), Rules(rows), AuditLog(rows),
        )  # fmt: skip

    return build


class Database(Protocol):
    """SQLite or PostgreSQL."""

    @property
    def kind(self) -> str:
        """The engine: "sqlite" or "postgres"."""
        ...

    async def run(
        self, work: Callable[[Unit], Awaitable[Result]], *, lazily: bool = False
    ) -> Result:
        """Do the work in one transaction. Raises Unavailable and Conflict."""
        ...

    async def close(self) -> None:
        """Let go of it."""
        ...


__all__ = ["Conflict", "Unavailable", "Unit", "builder"]
