"""Phones: who holds them, how many people are on one, and the codes that were sent to them.

Numbers stand here only as keyed blind indexes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from storage import models
from storage.crypto import Vault
from storage.rows import Rows, Statement
from storage.times import at, ms

PhoneTable = models.Phone.__table__  # type: ignore[attr-defined]
Proof = models.PhoneProof.__table__  # type: ignore[attr-defined]
Code = models.PhoneCode.__table__  # type: ignore[attr-defined]

TAKE_PLACE = Statement(
    lambda insert: (
        insert(models.Phone)
        .values(phone_key=bindparam("key"), people=1)
        .on_conflict_do_update(
            index_elements=["phone_key"],
            set_={"people": PhoneTable.c.people + 1},
            where=PhoneTable.c.people < bindparam("most"),
        )
        .returning(PhoneTable.c.people)
    )
)
GIVE_BACK = Statement(
    update(models.Phone)
    .where(PhoneTable.c.phone_key == bindparam("key"), PhoneTable.c.people > 0)
    .values(people=PhoneTable.c.people - 1)
)
PROVE = Statement(
    lambda insert: insert(models.PhoneProof)
    .values(
        conversation_id=bindparam("conversation"), phone_key=bindparam("key"),
        how=bindparam("how"), proven_at=bindparam("now"),
    )
    .on_conflict_do_update(
        index_elements=["conversation_id", "phone_key"],
        set_={"how": bindparam("how"), "proven_at": bindparam("now")},
    )
)  # fmt: skip
PROVEN = Statement(
    select(Proof.c.proven_at).where(
        Proof.c.conversation_id == bindparam("conversation"), Proof.c.phone_key == bindparam("key")
    )
)
_CODE = ("id", "conversation_id", "phone_key", "code_hash", "tries", "used", "sent_at")
ADD_CODE = Statement(insert(models.PhoneCode).values({name: bindparam(name) for name in _CODE}))
_OF_CHAT = (
    Code.c.conversation_id == bindparam("conversation"),
    Code.c.phone_key == bindparam("key"),
)
CODES = Statement(
    select(Code)
    .where(*_OF_CHAT, Code.c.sent_at > bindparam("since"))
    .order_by(Code.c.sent_at.desc())
)
SENT_TO = Statement(
    select(Code.c.sent_at)
    .where(Code.c.phone_key == bindparam("key"), Code.c.sent_at > bindparam("since"))
    .order_by(Code.c.sent_at.desc())
)
TRY = Statement(
    update(models.PhoneCode)
    .where(Code.c.id == bindparam("row"), Code.c.used == 0, Code.c.tries < bindparam("most"))
    .values(tries=Code.c.tries + 1)
    .returning(Code.c.code_hash, Code.c.tries)
)
USE = Statement(
    update(models.PhoneCode)
    .where(Code.c.id == bindparam("row"), Code.c.used == 0)
    .values(used=1)
    .returning(Code.c.id)
)


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code that went out: which, how often it was tried, whether it is used up."""

    id: str
    tries: int
    used: bool
    sent_at: datetime


class Phones:
    """The phones."""

    def __init__(self, rows: Rows, vault: Vault) -> None:
        self._rows, self._vault = rows, vault

    def key(self, phone: str) -> bytes:
        """The blind index of a number in E.164."""
        return self._vault.blind("phone", phone)

    async def take_place(self, phone: str, most: int) -> bool:
        """One more person on this number; False where `most` are already."""
        row = await self._rows.one(TAKE_PLACE, key=self.key(phone), most=most)
        return row is not None

    async def give_back(self, phone: str) -> None:
        """One person less."""
        await self._rows.run(GIVE_BACK, key=self.key(phone))

    async def prove(self, conversation: int, phone: str, how: str, now: datetime) -> None:
        """This chat holds this number: shown by "code" or vouched for by the "channel"."""
        await self._rows.run(
            PROVE, conversation=conversation, key=self.key(phone), how=how, now=ms(now)
        )

    async def proven_at(self, conversation: int, phone: str) -> datetime | None:
        """When this chat last showed that it holds this number."""
        row = await self._rows.one(PROVEN, conversation=conversation, key=self.key(phone))
        return at(row["proven_at"]) if row else None

    async def add_code(
        self, row: str, conversation: int, phone: str, code: str, now: datetime
    ) -> None:
        """A code goes out. Only its keyed hash is kept."""
        await self._rows.run(
            ADD_CODE, id=row, conversation_id=conversation, phone_key=self.key(phone),
            code_hash=self._hash(row, code), tries=0, used=0, sent_at=ms(now),
        )  # fmt: skip

    async def codes(self, conversation: int, phone: str, since: datetime) -> Sequence[SentCode]:
        """The codes sent to this number for this chat, newest first."""
        rows = await self._rows.all(
            CODES, conversation=conversation, key=self.key(phone), since=ms(since)
        )
        return [SentCode(r["id"], r["tries"], bool(r["used"]), at(r["sent_at"])) for r in rows]

    async def sent_to(self, phone: str, since: datetime) -> Sequence[datetime]:
        """When codes went to this number, whoever asked; newest first."""
        rows = await self._rows.all(SENT_TO, key=self.key(phone), since=ms(since))
        return [at(row["sent_at"]) for row in rows]

    async def try_code(self, row: str, code: str, most: int) -> int | None:
        """Try a code once. 0 if it fits (and is now used up), else the tries made; None: no more.

        The try is counted before the code is compared, so that nobody tries for free.
        """
        tried = await self._rows.one(TRY, row=row, most=most)
        if tried is None:
            return None
        if bytes(tried["code_hash"]) != self._hash(row, code):
            return int(tried["tries"])
        return 0 if await self._rows.one(USE, row=row) else None

    def _hash(self, row: str, code: str) -> bytes:
        return self._vault.blind("phone_code", f"{row}:{code}")
