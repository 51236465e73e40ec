"""People are found by keyed blind indexes; what is stored of them cannot be read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.consents import ConsentRecord
from storage.crypto import CannotOpen
from storage.registrations import Registration, Step
from storage.unit import Database, Unit
from tests.storage.databases import MORNING, Kept, ask

NAME, PHONE, NUMBER = "Nguyễn Thị Mẫu", "+84900000001", "064190012345"
ADDRESS, BORN, REASON = "12 đường Mẫu", "1990-02-28", "đã tiêm nơi khác"

MAU = Registration(
    id="r1", code="DK-2222-2222", conversation=1, commune="23677", status="received",
    full_name=NAME, born=BORN, phone=PHONE, id_number=NUMBER, details={"address": ADDRESS},
    created_at=MORNING, changed_at=MORNING,
)  # fmt: skip


async def add(database: Database, *people: Registration) -> None:
    async def work(unit: Unit) -> None:
        for one in people:
            await unit.registrations.add(one, one.full_name.lower())

    await database.run(work)


async def same_person(database: Database, name: str, born: str) -> list[str]:
    found = await database.run(lambda unit: unit.registrations.same_person(name, born))
    return sorted(one.id for one in found)


async def test_a_registration_comes_back_as_it_was(database: Database) -> None:
    child = replace(MAU, id="r2", code="DK-3333-3333", id_number=None, duplicate_of="r1")
    await add(database, MAU, child)
    assert await database.run(lambda unit: unit.registrations.of_chat(1)) == [MAU, child]
    assert await database.run(lambda unit: unit.registrations.of_chat(2)) == []
    assert await database.run(lambda unit: unit.registrations.count()) == 2


async def test_people_are_found_by_number_and_by_name_with_birth_date(database: Database) -> None:
    other = replace(MAU, id="r2", code="DK-3333-3333", born="1991-01-01", id_number=None)
    await add(database, MAU, other)
    found = await database.run(lambda unit: unit.registrations.same_number(NUMBER))
    assert [one.id for one in found] == ["r1"]
    assert await database.run(lambda unit: unit.registrations.same_number("1")) == []
    assert await same_person(database, NAME.lower(), BORN) == ["r1"]
    assert await same_person(database, NAME.lower(), "1992-01-01") == []


async def test_changed_answers_are_found_under_their_new_keys(database: Database) -> None:
    await add(database, MAU)
    later = MORNING + timedelta(days=1)
    changed = replace(MAU, full_name="Nguyễn Văn Thử", id_number=None, changed_at=later)
    await database.run(lambda unit: unit.registrations.change(changed, "thử"))
    assert await database.run(lambda unit: unit.registrations.of_chat(1)) == [changed]
    assert await same_person(database, NAME.lower(), BORN) == []
    assert await same_person(database, "thử", BORN) == ["r1"]
    assert await database.run(lambda unit: unit.registrations.same_number(NUMBER)) == []


async def test_a_step_is_taken_by_one_alone(database: Database) -> None:
    async def cancel(unit: Unit) -> bool:
        return await unit.registrations.move("r1", "received", "cancelled", MORNING)

    await add(database, MAU)
    assert [await database.run(cancel), await database.run(cancel)] == [True, False]


async def test_steps_keep_their_order_and_their_reasons(database: Database) -> None:
    first = Step("register", "received", "citizen", MORNING)
    second = Step("cancel", "cancelled", "citizen", MORNING + timedelta(hours=1), REASON)

    async def work(unit: Unit) -> list[Step]:
        await unit.registrations.log("r1", first)
        await unit.registrations.log("r1", second)
        return list(await unit.registrations.steps("r1"))

    assert await database.run(work) == [first, second]


async def test_nothing_personal_can_be_read_in_what_is_stored(kept: Kept) -> None:
    async def work(unit: Unit) -> None:
        await unit.registrations.add(MAU, NAME.lower())
        await unit.registrations.log("r1", Step("cancel", "cancelled", "citizen", MORNING, REASON))
        await unit.phones.prove(1, PHONE, "code", MORNING)
        await unit.phones.add_code("c1", 1, PHONE, "480193", MORNING)
        await unit.phones.take_place(PHONE, 5)
        await unit.outbox.post("web", "a", {"text": f"Chào {NAME}"}, MORNING)
        await unit.outbox.post("sms", unit.phones.key(PHONE).hex(), {"to": PHONE}, MORNING)

    async with kept.opened() as database:
        await database.run(work)
    stored = await kept.everything()
    assert any(b"23677" in value for value in stored)  # what is open is found: the search works
    for secret in (NAME, NAME.lower(), PHONE, PHONE[1:], NUMBER, ADDRESS, BORN, REASON, "480193"):
        assert not [value[:40] for value in stored if secret.encode() in value], secret


async def test_a_sealed_value_belongs_to_its_row_and_column(database: Database) -> None:
    other = replace(MAU, id="r2", code="DK-3333-3333", conversation=2, full_name="Trần Thử")
    await add(database, MAU, other)
    moves = [
        (
            "UPDATE registration SET full_name = r2.full_name FROM registration AS r2"
            " WHERE registration.id = 'r1' AND r2.id = 'r2' RETURNING registration.id"
        ),
        "UPDATE registration SET full_name = phone WHERE id = 'r1' RETURNING id",
    ]
    for move in moves:
        await ask(database, move)
        with pytest.raises(CannotOpen, match=r"registration\.full_name: altered or moved"):
            await database.run(lambda unit: unit.registrations.of_chat(1))
    assert await database.run(lambda unit: unit.registrations.of_chat(2)) == [other]


async def test_consents_are_kept_one_after_another(database: Database) -> None:
    yes = ConsentRecord("registration", True, "1", "a" * 64, "web", "representative", MORNING, "DK")
    no = replace(yes, agreed=False, at=MORNING + timedelta(hours=1), registration=None)

    async def work(unit: Unit) -> list[ConsentRecord]:
        await unit.consents.add(1, yes)
        await unit.consents.add(1, no)
        await unit.consents.add(2, yes)
        return list(await unit.consents.of(1))

    assert await database.run(work) == [yes, no]


async def test_the_audit_tells_what_was_done_with_one_subject(database: Database) -> None:
    async def work(unit: Unit) -> list[tuple[str, str]]:
        await unit.audit.write(MORNING, "chat 1", "register", "r1")
        await unit.audit.write(MORNING, "chat 2", "register", "r2")
        await unit.audit.write(MORNING, "chat 1", "cancel", "r1")
        return [(entry.actor, entry.action) for entry in await unit.audit.of("r1")]

    assert await database.run(work) == [("chat 1", "register"), ("chat 1", "cancel")]


async def test_an_audit_entry_is_gone_with_the_work_it_tells_of(database: Database) -> None:
    async def fails(unit: Unit) -> None:
        await unit.audit.write(MORNING, "chat 1", "register", "r1")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.run(fails)
    assert await database.run(lambda unit: unit.audit.of("r1")) == []
