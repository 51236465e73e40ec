"""Codes to phones: how long they live, how often they are tried, and who is locked out by whom."""

from datetime import timedelta

import pytest

from handlers.phones import (
    A_DAY,
    A_DAY_FOR_THE_NUMBER,
    DAY,
    LIFE,
    PAUSE,
    PROOF_LASTS,
    RESERVE,
    TRIES,
    AlreadyProven,
    Asker,
    CodeFits,
    CodeGone,
    CodeSent,
    CodeStillGood,
    CodeWrong,
    NextCodeSoon,
    TooManyCodes,
    is_proven,
)
from storage.unit import Unit
from tests.handlers.registry import AWAY, FOURTH, HOME, OTHER_PHONE, PHONE, THIRD, Registry
from tests.storage.databases import ask

SECOND = timedelta(seconds=1)


async def proven(registry: Registry, chat: Asker = HOME, phone: str = PHONE) -> bool:
    return await registry.do(lambda unit: is_proven(phone, chat, unit))


async def five_codes(registry: Registry, chat: Asker = HOME) -> None:
    for _ in range(A_DAY):
        assert await registry.send(chat, again=True) == CodeSent()
        registry.clock.at += PAUSE


async def test_a_code_goes_to_the_phone_in_the_language_of_the_chat(registry: Registry) -> None:
    assert await registry.send() == CodeSent()
    (letter,) = await registry.letters()
    assert letter["to"] == PHONE
    assert letter["notice"] == "phone_code"
    assert letter["facts"]["locale"] == "vi"
    assert letter["asked_by"] == ["webchat", HOME.chat]
    assert len(letter["facts"]["code"]) == 6
    assert letter["facts"]["code"].isdecimal()


async def test_the_code_proves_the_phone_for_this_chat_only(registry: Registry) -> None:
    await registry.send()
    assert not await proven(registry)
    assert await registry.check(await registry.last_code()) == CodeFits()
    assert await proven(registry)
    assert not await proven(registry, AWAY)
    assert not await proven(registry, HOME, OTHER_PHONE)
    assert await registry.send() == AlreadyProven()
    assert len(await registry.letters()) == 1


async def test_a_proof_lasts_a_day(registry: Registry) -> None:
    await registry.prove(PHONE)
    registry.clock.at += PROOF_LASTS - SECOND
    assert await proven(registry)
    registry.clock.at += SECOND
    assert not await proven(registry)
    assert await registry.send() == CodeSent()


async def test_a_code_is_used_once(registry: Registry) -> None:
    await registry.send()
    code = await registry.last_code()
    assert await registry.check(code) == CodeFits()
    assert await registry.check(code) == CodeGone()


async def test_a_code_lives_five_minutes(registry: Registry) -> None:
    await registry.send()
    code = await registry.last_code()
    registry.clock.at += LIFE - SECOND
    assert await registry.check("000000" if code != "000000" else "000001") == CodeWrong(4)
    registry.clock.at += SECOND
    assert await registry.check(code) == CodeGone()


async def test_a_code_is_good_until_its_last_second(registry: Registry) -> None:
    await registry.send()
    registry.clock.at += LIFE - SECOND
    assert await registry.check(await registry.last_code()) == CodeFits()


async def test_a_code_is_tried_five_times(registry: Registry) -> None:
    await registry.send()
    right, wrong = await registry.last_code(), await registry.wrong_code()
    said = [await registry.check(wrong) for _ in range(TRIES)]
    assert said == [*(CodeWrong(left) for left in (4, 3, 2, 1)), CodeGone()]
    assert await registry.check(right) == CodeGone()
    assert not await proven(registry)


async def test_the_fifth_try_may_be_the_right_one(registry: Registry) -> None:
    await registry.send()
    right, wrong = await registry.last_code(), await registry.wrong_code()
    for _ in range(TRIES - 1):
        await registry.check(wrong)
    assert await registry.check(right) == CodeFits()


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "😀", "1" * 5000])
async def test_what_is_no_code_is_a_wrong_one(registry: Registry, code: str) -> None:
    await registry.send()
    assert await registry.check(code) == CodeWrong(TRIES - 1)


async def test_without_a_code_there_is_none_to_try(registry: Registry) -> None:
    assert await registry.check("123456") == CodeGone()


async def test_a_code_is_bound_to_its_chat_and_number(registry: Registry) -> None:
    await registry.send()
    code = await registry.last_code()
    assert await registry.check(code, AWAY) == CodeGone()
    assert await registry.check(code, HOME, OTHER_PHONE) == CodeGone()
    assert await registry.check(code) == CodeFits()


async def test_the_code_before_no_longer_counts(registry: Registry) -> None:
    await registry.send()
    first = await registry.last_code()
    registry.clock.at += PAUSE
    await registry.send(again=True)
    assert await registry.last_code() != first
    assert await registry.check(first) == CodeWrong(TRIES - 1)
    assert await registry.check(await registry.last_code()) == CodeFits()


async def test_another_code_only_after_a_minute(registry: Registry) -> None:
    await registry.send()
    assert await registry.send(again=True) == CodeStillGood(60)
    registry.clock.forward(seconds=59.5)
    assert await registry.send(again=True) == CodeStillGood(1)
    registry.clock.forward(seconds=0.5)
    assert await registry.send(again=True) == CodeSent()
    assert len(await registry.letters()) == 2


async def test_a_good_code_is_not_sent_twice_without_being_asked_for(registry: Registry) -> None:
    await registry.send()
    registry.clock.at += LIFE - SECOND
    assert await registry.send() == CodeStillGood(0)
    registry.clock.at += SECOND
    assert await registry.send() == CodeSent()


@pytest.mark.parametrize("again", [False, True])
async def test_wrong_tries_do_not_shorten_the_minute(registry: Registry, *, again: bool) -> None:
    await registry.send()
    wrong = await registry.wrong_code()
    for _ in range(TRIES):
        await registry.check(wrong)
    assert await registry.send(again=again) == NextCodeSoon(60)
    registry.clock.at += PAUSE
    assert await registry.send(again=again) == CodeSent()


async def test_five_codes_a_day_for_a_chat_and_number(registry: Registry) -> None:
    begun = registry.clock.now()
    await five_codes(registry)
    assert await registry.send(again=True) == TooManyCodes(begun + DAY)
    assert len(await registry.letters()) == A_DAY
    registry.clock.at = begun + DAY - SECOND
    assert await registry.send() == TooManyCodes(begun + DAY)
    registry.clock.at = begun + DAY
    assert await registry.send() == CodeSent()
    assert await registry.send(phone=OTHER_PHONE) == CodeSent()


async def test_the_last_code_of_the_day_can_still_be_typed(registry: Registry) -> None:
    await five_codes(registry)
    assert await registry.send() == CodeStillGood(0)
    assert await registry.check(await registry.last_code()) == CodeFits()


async def test_a_stranger_does_not_lock_the_owner_out(registry: Registry) -> None:
    await five_codes(registry, AWAY)
    assert isinstance(await registry.send(AWAY, again=True), TooManyCodes)
    wrong = await registry.wrong_code()
    for _ in range(TRIES):
        await registry.check(wrong, AWAY)
    assert await registry.send(HOME) == CodeSent()
    assert await registry.check(await registry.last_code(), HOME) == CodeFits()


async def test_many_strangers_do_not_lock_out_who_proved_before(registry: Registry) -> None:
    await registry.prove(PHONE, HOME)
    registry.clock.at += PROOF_LASTS
    await strangers(registry)
    newcomer = Asker(200, "webchat", "stranger-too", "vi")
    assert isinstance(await registry.send(newcomer), TooManyCodes)
    assert await registry.send(HOME) == CodeSent()
    assert await registry.check(await registry.last_code(), HOME) == CodeFits()


async def strangers(registry: Registry) -> None:
    """Three throw-away chats use up what the number gets in a day."""
    for number in range(A_DAY_FOR_THE_NUMBER // A_DAY):
        await five_codes(registry, Asker(100 + number, "webchat", f"stranger-{number}", "vi"))


async def test_strangers_delay_the_owner_by_minutes_only(registry: Registry) -> None:
    await strangers(registry)
    free = registry.clock.now() - PAUSE + RESERVE
    assert await registry.send(HOME) == TooManyCodes(free)
    registry.clock.at = free - SECOND
    assert await registry.send(HOME) == TooManyCodes(free)
    registry.clock.at = free
    assert await registry.send(HOME) == CodeSent()
    assert await registry.check(await registry.last_code(), HOME) == CodeFits()


async def test_an_owner_who_asked_before_the_strangers_is_not_locked_out(
    registry: Registry,
) -> None:
    await registry.send(HOME)
    for number in range(A_DAY_FOR_THE_NUMBER - 1):
        await registry.send(Asker(100 + number, "webchat", f"stranger-{number}", "vi"))
    registry.clock.at += LIFE
    assert isinstance(await registry.send(HOME), TooManyCodes)
    registry.clock.at += RESERVE - LIFE
    assert await registry.send(HOME) == CodeSent()


async def test_beyond_its_cap_a_number_gets_a_code_now_and_then(registry: Registry) -> None:
    await strangers(registry)
    registry.clock.at += RESERVE
    assert await registry.send(AWAY) == CodeSent()
    assert await registry.send(HOME) == TooManyCodes(registry.clock.now() + RESERVE)
    assert len(await registry.letters()) == A_DAY_FOR_THE_NUMBER + 1


async def test_a_full_number_is_free_when_a_code_falls_out_of_the_day(registry: Registry) -> None:
    begun = registry.clock.now()
    await registry.send(THIRD)
    registry.clock.at = begun + DAY - timedelta(minutes=16)
    await five_codes(registry, AWAY)
    await five_codes(registry, HOME)
    for number in range(4):
        assert await registry.send(Asker(100 + number, "webchat", "", "vi")) == CodeSent()
        registry.clock.at += PAUSE
    assert registry.clock.now() == begun + DAY - timedelta(minutes=2)
    assert await registry.send(FOURTH) == TooManyCodes(begun + DAY)
    registry.clock.at = begun + DAY
    assert await registry.send(FOURTH) == CodeSent()


async def test_neither_number_nor_code_is_stored_as_it_is(registry: Registry) -> None:
    await registry.send()
    code, secrets = await registry.last_code(), (PHONE, PHONE[3:])
    rows = [
        *await ask(registry.database, "SELECT * FROM phone_code"),
        *await ask(registry.database, "SELECT * FROM outbox"),
        *await ask(registry.database, "SELECT * FROM conversation"),
    ]
    values = [value for row in rows for value in dict(row).values()]
    stored = [one if isinstance(one, bytes) else str(one).encode() for one in values]
    assert len(stored) > 20
    assert not [one for one in stored for secret in (*secrets, code) if secret.encode() in one]


async def test_a_try_counts_even_beside_others(registry: Registry) -> None:
    """Two tries in one transaction are two."""
    await registry.send()
    wrong = await registry.wrong_code()

    async def twice(unit: Unit) -> int:
        (sent,) = await unit.phones.codes(HOME.conversation, PHONE, registry.clock.now() - LIFE)
        await unit.phones.try_code(sent.id, wrong, TRIES)
        return await unit.phones.try_code(sent.id, wrong, TRIES) or 0

    assert await registry.do(twice) == 2
    assert await registry.check(wrong) == CodeWrong(TRIES - 3)
