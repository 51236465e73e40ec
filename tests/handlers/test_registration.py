"""Registering a person: who is told what, and what stays behind."""

import asyncio
from typing import Any

import pytest
from pydantic import ValidationError

from handlers import codes
from handlers.phones import CodeGone, CodeWrong, is_proven
from handlers.policy import Policy
from handlers.registered import (
    Cancelled,
    list_mine,
)
from handlers.registration import (
    AlreadyRegistered,
    NoLongerChangeable,
    PhoneFull,
    PhoneNotProven,
    Registered,
    own_registration,
)
from handlers.registration_states import CANCELLED, RECEIVED, VACCINATED
from tests.handlers.registry import (
    AWAY,
    DAK_DOA,
    HOME,
    KON_GANG,
    NUMBER,
    OTHER_NUMBER,
    OTHER_PHONE,
    PHONE,
    THIRD,
    Registry,
    someone,
)
from tests.storage.databases import HandClock, count

NAMES = ("Nguyễn Văn An", "Rơ Châm H'Lan", "Ksor", "Y-Thơm", "Đinh Ly", "Trần Thị Bé")


# --- the phone comes first ----------------------------------------------------------------------


async def test_without_a_proven_phone_nothing_is_kept(registry: Registry) -> None:
    assert await registry.register(someone()) == PhoneNotProven()
    assert not await registry.of_chat()
    assert await registry.places() == 0
    assert await count(registry.database, "audit") == 0


async def test_the_code_proves_and_registers_at_once(registry: Registry) -> None:
    await registry.send()
    outcome = await registry.register(someone(), code=await registry.last_code())
    assert isinstance(outcome, Registered)
    assert await registry.do(lambda unit: is_proven(PHONE, HOME, unit))


async def test_a_wrong_code_registers_nobody_and_is_counted(registry: Registry) -> None:
    await registry.send()
    wrong = await registry.wrong_code()
    assert await registry.register(someone(), code=wrong) == CodeWrong(4)
    assert await registry.register(someone(), AWAY, code=wrong) == CodeGone()
    assert not await registry.of_chat()
    assert await registry.check(wrong) == CodeWrong(3)


async def test_a_phone_proven_elsewhere_proves_nothing_here(registry: Registry) -> None:
    await registry.prove(PHONE, AWAY)
    assert await registry.register(someone(), HOME) == PhoneNotProven()


# --- what is kept -------------------------------------------------------------------------------


async def test_a_registration_is_kept_whole(registry: Registry) -> None:
    said = someone(id_number=NUMBER, address="1 đường Mẫu", history=["allergy"], note="tối gọi")
    row = await registry.registered(said)
    assert codes.read(row.code) == row.code
    assert (row.full_name, row.born, row.phone) == (said.full_name, said.born, said.phone)
    assert (row.commune, row.id_number, row.status) == (DAK_DOA, NUMBER, RECEIVED)
    assert row.details == {
        "whom": "other", "priority_group": "16", "address": "1 đường Mẫu",
        "history": ["allergy"], "note": "tối gọi", "sex": "male",
    }  # fmt: skip
    assert row.created_at == row.changed_at == registry.clock.now()
    assert row.duplicate_of is None


async def test_no_number_is_kept_as_none_and_says_no_sex(registry: Registry) -> None:
    row = await registry.registered(someone())
    assert row.id_number is None
    assert "sex" not in row.details


async def test_what_was_said_of_the_sex_goes_before_the_number(registry: Registry) -> None:
    row = await registry.registered(someone(id_number=NUMBER, sex="female"))
    assert row.details["sex"] == "female"


async def test_every_step_is_written_down(registry: Registry) -> None:
    row = await registry.registered(someone())
    registry.clock.forward(minutes=1)
    await registry.change(row.code, someone(note="x"))
    registry.clock.forward(minutes=1)
    await registry.cancel(row.code, "đã tiêm nơi khác")
    steps = await registry.do(lambda unit: unit.registrations.steps(row.id))
    assert [(one.action, one.status, one.by, one.reason) for one in steps] == [
        ("register", RECEIVED, "citizen", None),
        ("change", RECEIVED, "citizen", None),
        ("cancel", CANCELLED, "citizen", "đã tiêm nơi khác"),
    ]
    entries = await registry.do(lambda unit: unit.audit.of(row.id))
    assert [(one.actor, one.action) for one in entries] == [
        ("chat 1", "register"), ("chat 1", "change"), ("chat 1", "cancel"),
    ]  # fmt: skip
    assert [one.at for one in entries] == [one.at for one in steps]
    assert entries[0].at == HandClock().now()


# --- the same person ----------------------------------------------------------------------------

SAME_PERSON = [
    ({"id_number": NUMBER}, {"id_number": NUMBER, "full_name": "Trần Bé", "commune": KON_GANG}),
    ({}, {}),
    ({}, {"full_name": "NGUYEN VAN AN"}),
    ({"id_number": NUMBER}, {}),
    ({}, {"id_number": NUMBER}),
    ({"born": "1990"}, {"born": "1990"}),
    ({"full_name": "Siu H'Bia"}, {"full_name": "Siu H’ Bia"}),
    ({"full_name": "Nguyễn Thị Hòa"}, {"full_name": "Nguyễn Thị Hoà"}),
]
TWO_PEOPLE = [
    ({"id_number": NUMBER}, {"id_number": OTHER_NUMBER}),
    ({}, {"full_name": "Nguyễn Văn Bình"}),
    ({}, {"born": "1990-12-30"}),
    ({}, {"commune": KON_GANG}),
    ({"full_name": "李小龍"}, {"full_name": "王小明"}),
]


@pytest.mark.parametrize(("first", "then"), SAME_PERSON)
async def test_the_same_chat_gets_its_code_again(
    registry: Registry, first: dict[str, Any], then: dict[str, Any]
) -> None:
    row = await registry.registered(someone(**first))
    again = await registry.register(someone(**then))
    assert again == AlreadyRegistered(row.code, row.full_name)
    assert await registry.places() == 1
    assert len(await registry.of_chat()) == 1


@pytest.mark.parametrize(("first", "then"), TWO_PEOPLE)
async def test_two_people_are_two(
    registry: Registry, first: dict[str, Any], then: dict[str, Any]
) -> None:
    await registry.registered(someone(**first))
    other = await registry.registered(someone(**then))
    assert other.duplicate_of is None
    assert await registry.places() == 2


@pytest.mark.parametrize(("first", "then"), [*SAME_PERSON, *TWO_PEOPLE])
async def test_another_chat_learns_nothing(
    registry: Registry, first: dict[str, Any], then: dict[str, Any]
) -> None:
    """It is told what it would be told of a person nobody knows; only the row has the mark."""
    row = await registry.registered(someone(**first))
    await registry.prove(OTHER_PHONE, AWAY)
    outcome = await registry.register(someone(**then, phone=OTHER_PHONE), AWAY)
    assert isinstance(outcome, Registered)
    assert outcome.name == someone(**then).full_name
    theirs = await registry.row(outcome.code, AWAY)
    assert theirs.duplicate_of == (row.id if (first, then) in SAME_PERSON else None)
    listed = await registry.do(lambda unit: list_mine(AWAY, unit))
    assert [one.code for one in listed] == [outcome.code]
    assert await registry.do(lambda unit: own_registration(row.code, AWAY, unit)) is None


async def test_a_chat_is_told_of_its_own_even_where_another_was_first(registry: Registry) -> None:
    await registry.registered(someone(id_number=NUMBER), AWAY)
    await registry.registered(someone(id_number=NUMBER), THIRD)
    mine = await registry.registered(someone(id_number=NUMBER), HOME)
    again = await registry.register(someone(id_number=NUMBER), HOME)
    assert again == AlreadyRegistered(mine.code, mine.full_name)
    assert len(await registry.of_chat(HOME)) == 1


async def test_whoever_is_done_may_register_again(registry: Registry) -> None:
    first = await registry.registered(someone(id_number=NUMBER))
    await registry.now_is(first, VACCINATED)
    second = await registry.registered(someone(id_number=NUMBER))
    assert second.code != first.code
    await registry.cancel(second.code)
    third = await registry.registered(someone(id_number=NUMBER))
    assert third.duplicate_of is None


# --- five on one phone --------------------------------------------------------------------------


async def test_five_people_on_one_phone(registry: Registry) -> None:
    for name in NAMES[:5]:
        await registry.registered(someone(full_name=name))
    assert await registry.register(someone(full_name=NAMES[5])) == PhoneFull(5)
    assert await registry.places() == 5
    assert len(await registry.of_chat()) == 5
    assert {row.full_name for row in await registry.of_chat()} == set(NAMES[:5])


async def test_five_whichever_chat_they_came_from(registry: Registry) -> None:
    chats = (HOME, AWAY, THIRD, HOME, AWAY)
    for name, chat in zip(NAMES, chats, strict=False):
        await registry.registered(someone(full_name=name), chat)
    assert await registry.register(someone(full_name=NAMES[5]), THIRD) == PhoneFull(5)


async def test_how_many_is_the_policy_s_word(registry: Registry) -> None:
    await registry.prove(PHONE)
    two = Policy(people_per_phone=2)
    for name in NAMES[:2]:
        outcome = await registry.register(someone(full_name=name), policy=two)
        assert isinstance(outcome, Registered)
    assert await registry.register(someone(full_name=NAMES[2]), policy=two) == PhoneFull(2)
    assert isinstance(await registry.register(someone(full_name=NAMES[2])), Registered)


async def test_who_is_registered_already_is_told_so_on_a_full_phone(registry: Registry) -> None:
    rows = [await registry.registered(someone(full_name=name)) for name in NAMES[:5]]
    again = await registry.register(someone(full_name=NAMES[0]))
    assert again == AlreadyRegistered(rows[0].code, NAMES[0])


async def test_taking_one_off_gives_the_place_back(registry: Registry) -> None:
    rows = [await registry.registered(someone(full_name=name)) for name in NAMES[:5]]
    assert await registry.cancel(rows[0].code) == Cancelled(rows[0].code, NAMES[0])
    assert await registry.places() == 4
    assert await registry.cancel(rows[0].code) == NoLongerChangeable()
    assert await registry.places() == 4
    assert isinstance(await registry.register(someone(full_name=NAMES[5])), Registered)
    assert await registry.register(someone(full_name=NAMES[0])) == PhoneFull(5)


async def test_five_at_once_are_five(registry: Registry) -> None:
    await registry.prove(PHONE)
    outcomes = await asyncio.gather(
        *(registry.register(someone(full_name=name, born=f"19{70 + i}")) for i, name in
          enumerate(NAMES * 2))
    )  # fmt: skip
    assert sum(isinstance(one, Registered) for one in outcomes) == 5
    assert await registry.places() == 5


# --- the request --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ticked", "kept"),
    [
        ("none", ["none"]),
        (["allergy", "covid"], ["covid", "allergy"]),
        (["none", "covid"], ["covid"]),
        (["covid", "covid"], ["covid"]),
    ],
)
def test_history_is_kept_in_the_order_of_the_form(ticked: Any, kept: list[str]) -> None:
    assert someone(history=ticked).history == kept


@pytest.mark.parametrize("wrong", [{"history": []}, {"history": ["plague"]}, {"whom": "nobody"},
                                   {"priority_group": "17"}, {"dose": "third"}])  # fmt: skip
def test_what_is_not_in_a_list_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        someone(**wrong)
