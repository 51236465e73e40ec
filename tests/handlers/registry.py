"""A registry of one's own for tests: SQLite in a file, a clock and chance in the hand."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from handlers.phones import SMS, Asker, Checking, Sending, check_code, send_code
from handlers.policy import Policy
from handlers.registered import Cancelled, cancel
from handlers.registration import (
    NoLongerChangeable,
    Outcome,
    Registered,
    RegistrationRequest,
    change,
    register,
)
from storage.registrations import Registration
from storage.unit import Database, Unit
from tests.storage.databases import MORNING, HandClock, ask

Result = TypeVar("Result")
HOME, AWAY, THIRD, FOURTH = (
    Asker(number, "webchat", f"chat-{number}", "vi") for number in range(1, 5)
)
PHONE, OTHER_PHONE = "+84900000001", "+84900000002"
DAK_DOA, KON_GANG = "23677", "23701"
NUMBER, OTHER_NUMBER = "064090000001", "064190000002"
FIVE = Policy()


def someone(**said: Any) -> RegistrationRequest:
    """A made-up person of Đak Đoa."""
    person = {
        "whom": "other", "full_name": "Nguyễn Văn An", "born": "1990-12-31", "phone": PHONE,
        "id_number": "none", "commune": DAK_DOA, "priority_group": "16", **said,
    }  # fmt: skip
    return RegistrationRequest.model_validate(person, context={"today": MORNING.date()})


@dataclass
class Registry:
    """The handlers on a real database, one transaction a call."""

    database: Database
    clock: HandClock

    async def do(self, work: Callable[[Unit], Awaitable[Result]]) -> Result:
        return await self.database.run(work)

    # --- phones ------------------------------------------------------------------------------

    async def prove(self, phone: str, *chats: Asker) -> None:
        """The channels of these chats vouch for the number."""
        now = self.clock.now()

        async def all_of_them(unit: Unit) -> None:
            for chat in chats or (HOME,):
                await unit.phones.prove(chat.conversation, phone, "channel", now)

        await self.do(all_of_them)

    async def send(self, chat: Asker = HOME, phone: str = PHONE, *, again: bool = False) -> Sending:
        return await self.do(lambda unit: send_code(phone, chat, unit, again=again))

    async def check(self, code: str, chat: Asker = HOME, phone: str = PHONE) -> Checking:
        return await self.do(lambda unit: check_code(phone, code, chat, unit))

    async def letters(self, phone: str = PHONE) -> Sequence[Mapping[str, Any]]:
        """What went to this phone, oldest first."""
        found = await self.do(lambda unit: unit.outbox.since(SMS, unit.phones.key(phone).hex(), 0))
        return [one.body for one in found]

    async def last_code(self, phone: str = PHONE) -> str:
        return str((await self.letters(phone))[-1]["facts"]["code"])

    async def wrong_code(self, phone: str = PHONE) -> str:
        return f"{(int(await self.last_code(phone)) + 1) % 10**6:06}"

    async def places(self, phone: str = PHONE) -> int:
        """How many people are on this number."""

        async def key_of(unit: Unit) -> bytes:
            return unit.phones.key(phone)

        sql = "SELECT people FROM phone WHERE phone_key = :key"
        found = await ask(self.database, sql, key=await self.do(key_of))
        return int(found[0]["people"]) if found else 0

    # --- registrations -----------------------------------------------------------------------

    async def register(
        self,
        request: RegistrationRequest,
        chat: Asker = HOME,
        policy: Policy = FIVE,
        code: str | None = None,
    ) -> Outcome:
        return await self.do(lambda unit: register(request, chat, policy, unit, code))

    async def registered(self, request: RegistrationRequest, chat: Asker = HOME) -> Registration:
        """It went well; the row that came of it."""
        await self.prove(request.phone, chat)
        outcome = await self.register(request, chat)
        assert isinstance(outcome, Registered)
        return await self.row(outcome.code, chat)

    async def change(
        self, of: str, request: RegistrationRequest, chat: Asker = HOME, code: str | None = None
    ) -> Outcome:
        return await self.do(lambda unit: change(of, request, chat, FIVE, unit, code))

    async def cancel(
        self, of: str, reason: str | None = None, chat: Asker = HOME
    ) -> Cancelled | NoLongerChangeable:
        return await self.do(lambda unit: cancel(of, reason, chat, unit))

    async def of_chat(self, chat: Asker = HOME) -> Sequence[Registration]:
        return await self.do(lambda unit: unit.registrations.of_chat(chat.conversation))

    async def row(self, code: str, chat: Asker = HOME) -> Registration:
        (one,) = [one for one in await self.of_chat(chat) if one.code == code]
        return one

    async def now_is(self, one: Registration, status: str) -> None:
        """What the station does, by the back door."""
        now = self.clock.now()
        await self.do(lambda unit: unit.registrations.move(one.id, one.status, status, now))
