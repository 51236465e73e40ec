"""What a chat may do with its own registrations, and with nobody else's."""

import hashlib
from dataclasses import replace

from handlers.consent import ConsentText, Decision, decide
from handlers.phones import CodeGone
from handlers.registered import (
    Household,
    answers_of,
    household,
    list_mine,
)
from handlers.registration import (
    Changed,
    NoLongerChangeable,
    PhoneFull,
    PhoneNotProven,
)
from handlers.registration_states import CONFIRMED, RECEIVED
from tests.handlers.registry import (
    AWAY,
    DAK_DOA,
    HOME,
    NUMBER,
    OTHER_NUMBER,
    OTHER_PHONE,
    PHONE,
    Registry,
    someone,
)

NAMES = ("Nguyễn Văn An", "Rơ Châm H'Lan", "Ksor", "Y-Thơm", "Đinh Ly", "Trần Thị Bé")


# --- changing -----------------------------------------------------------------------------------


async def test_a_change_keeps_the_code_and_the_day(registry: Registry) -> None:
    row = await registry.registered(someone())
    begun = registry.clock.now()
    registry.clock.forward(hours=1)
    outcome = await registry.change(row.code, someone(full_name="Nguyễn Văn Ân", note="x"))
    assert outcome == Changed(row.code, "Nguyễn Văn Ân")
    new = await registry.row(row.code)
    assert (new.id, new.created_at, new.changed_at) == (row.id, begun, registry.clock.now())
    assert (new.full_name, new.details["note"], new.status) == ("Nguyễn Văn Ân", "x", RECEIVED)
    assert await registry.places() == 1


async def test_another_phone_takes_its_place_along(registry: Registry) -> None:
    row = await registry.registered(someone())
    await registry.prove(OTHER_PHONE)
    assert isinstance(await registry.change(row.code, someone(phone=OTHER_PHONE)), Changed)
    assert (await registry.places(PHONE), await registry.places(OTHER_PHONE)) == (0, 1)
    assert (await registry.row(row.code)).phone == OTHER_PHONE


async def test_another_phone_must_be_proven(registry: Registry) -> None:
    row = await registry.registered(someone())
    assert await registry.change(row.code, someone(phone=OTHER_PHONE)) == PhoneNotProven()
    await registry.send(phone=OTHER_PHONE)
    code = await registry.last_code(OTHER_PHONE)
    outcome = await registry.change(row.code, someone(phone=OTHER_PHONE), code=code)
    assert isinstance(outcome, Changed)


async def test_a_full_phone_takes_nobody_over(registry: Registry) -> None:
    for name in NAMES[:5]:
        await registry.registered(someone(full_name=name, phone=OTHER_PHONE))
    row = await registry.registered(someone(full_name=NAMES[5]))
    moved = someone(full_name=NAMES[5], phone=OTHER_PHONE)
    assert await registry.change(row.code, moved) == PhoneFull(5)
    assert (await registry.places(PHONE), await registry.places(OTHER_PHONE)) == (1, 5)
    assert (await registry.row(row.code)).phone == PHONE


async def test_once_confirmed_it_is_no_longer_changed(registry: Registry) -> None:
    row = await registry.registered(someone())
    await registry.now_is(row, CONFIRMED)
    assert await registry.do(lambda unit: answers_of(row.code, HOME, unit)) is None
    assert await registry.change(row.code, someone(note="x")) == NoLongerChangeable()
    assert "note" not in (await registry.row(row.code)).details


async def test_another_chat_changes_and_takes_off_nothing(registry: Registry) -> None:
    row = await registry.registered(someone())
    await registry.prove(PHONE, AWAY)
    assert await registry.change(row.code, someone(note="x"), AWAY) == NoLongerChangeable()
    assert await registry.do(lambda unit: answers_of(row.code, AWAY, unit)) is None
    taken = await registry.cancel(row.code, chat=AWAY)
    assert taken == NoLongerChangeable()
    assert await registry.row(row.code) == row


async def test_a_change_does_not_wipe_the_mark_of_a_twin(registry: Registry) -> None:
    first = await registry.registered(someone(), AWAY)
    row = await registry.registered(someone(), HOME)
    assert row.duplicate_of == first.id
    await registry.change(row.code, someone(note="x"))
    assert (await registry.row(row.code)).duplicate_of == first.id
    await registry.change(first.code, someone(note="y"), AWAY)
    assert (await registry.row(first.code, AWAY)).duplicate_of is None


async def test_who_becomes_a_twin_by_a_change_is_marked(registry: Registry) -> None:
    first = await registry.registered(someone(id_number=NUMBER), AWAY)
    row = await registry.registered(someone(full_name="Trần Bé", id_number=OTHER_NUMBER), HOME)
    await registry.change(row.code, someone(full_name="Trần Bé", id_number=NUMBER))
    assert (await registry.row(row.code)).duplicate_of == first.id


async def test_the_sex_that_a_number_gave_goes_with_the_number(registry: Registry) -> None:
    row = await registry.registered(someone(id_number=NUMBER))
    answers = await registry.do(lambda unit: answers_of(row.code, HOME, unit))
    assert answers is not None
    assert "sex" not in answers
    await registry.change(row.code, someone(**{**answers, "id_number": OTHER_NUMBER}))
    assert (await registry.row(row.code)).details["sex"] == "female"


async def test_the_answers_of_a_registration_can_be_sent_again(registry: Registry) -> None:
    said = someone(id_number=NUMBER, sex="female", history=["allergy", "covid"], born="1990")
    row = await registry.registered(said)
    answers = await registry.do(lambda unit: answers_of(row.code, HOME, unit))
    assert answers is not None
    assert someone(**answers) == said


# --- a chat's own list --------------------------------------------------------------------------


async def test_the_list_says_what_may_be_done_now(registry: Registry) -> None:
    first = await registry.registered(someone())
    registry.clock.forward(minutes=1)
    second = await registry.registered(someone(full_name="Ksor"))
    await registry.now_is(second, CONFIRMED)
    listed = await registry.do(lambda unit: list_mine(HOME, unit))
    assert [(one.name, one.changeable, one.cancellable) for one in listed] == [
        ("Nguyễn Văn An", True, True), ("Ksor", False, True),
    ]  # fmt: skip
    await registry.cancel(first.code)
    assert [one.name for one in await registry.do(lambda u: list_mine(HOME, u))] == ["Ksor"]


async def test_what_the_next_person_of_a_household_shares(registry: Registry) -> None:
    assert await registry.do(lambda unit: household(HOME, unit)) == Household()
    await registry.registered(someone(whom="myself", address="1 đường Mẫu", priority_group="11"))
    registry.clock.forward(minutes=1)
    await registry.registered(someone(full_name="Ksor", whom="child", guardian="Đinh Ly"))
    known = await registry.do(lambda unit: household(HOME, unit))
    assert known == Household(
        commune=DAK_DOA, phone=PHONE, guardian="Nguyễn Văn An", priority_group="16"
    )
    assert await registry.do(lambda unit: household(AWAY, unit)) == Household()


# --- consent ------------------------------------------------------------------------------------

ASKED = ConsentText("registration", "2026-03-01", "Đồng ý không?")


async def test_a_decision_is_kept_with_the_very_words(registry: Registry) -> None:
    await registry.do(lambda unit: decide(ASKED, Decision(), HOME, unit))
    registry.clock.forward(days=1)
    later = replace(ASKED, version="2026-03-02", words="Đồng ý chứ?")
    on_behalf = Decision("representative", "DK-2345-6789", agreed=False)
    await registry.do(lambda unit: decide(later, on_behalf, HOME, unit))
    first, second = await registry.do(lambda unit: unit.consents.of(HOME.conversation))
    assert first.agreed
    assert (first.purpose, first.text_version, first.channel, first.acting, first.registration) == (
        "registration", "2026-03-01", "webchat", "self", None
    )  # fmt: skip
    assert first.text_hash == hashlib.sha256("Đồng ý không?".encode()).hexdigest()
    assert first.text_hash != second.text_hash
    assert (second.agreed, second.acting, second.registration) == (
        False, "representative", "DK-2345-6789"
    )  # fmt: skip
    assert second.at == registry.clock.now()
    assert not await registry.do(lambda unit: unit.consents.of(AWAY.conversation))


async def test_a_code_fits_and_the_phone_is_full(registry: Registry) -> None:
    """The proof stays, so that another number or the station is the only thing left to find."""
    for name in NAMES[:5]:
        await registry.registered(someone(full_name=name), AWAY)
    await registry.send()
    code = await registry.last_code()
    assert await registry.register(someone(full_name=NAMES[5]), code=code) == PhoneFull(5)
    assert await registry.register(someone(full_name=NAMES[5])) == PhoneFull(5)
    assert await registry.check(code) == CodeGone()
