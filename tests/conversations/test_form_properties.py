"""A form among releases, and whatever may be said to it."""

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, create_model

from conversations.ask import Ask
from conversations.messages import Inbound, Session
from conversations.registration import FORM
from handlers.vietnamese import fold
from tests.conversations.party import FIELDS, KNOWN, PARTY, STRAIGHT, Guest, party, talk
from tests.conversations.scene import PERSON, Talk, context, through_json

ENGLISH, VIETNAMESE = context("en"), context("vi")


# --- new versions ----------------------------------------------------------------------------


def guest(*keys: str) -> type[BaseModel]:
    """The model with these questions, in this order."""
    known = Guest.model_fields
    fields: dict[str, Any] = {
        key: (known[key].rebuild_annotation(), known[key].default) for key in keys
    }
    return create_model("Newer", **fields)


KEYS = [f.key for f in FIELDS]
WITHOUT_TOWN = guest(*(key for key in KEYS if key != "town"))
BACKWARDS = guest(*KEYS[::-1])


def test_a_session_survives_a_question_that_is_dropped() -> None:
    newer = party([f for f in FIELDS if f.key != "town"], WITHOUT_TOWN, version=2)
    at = Talk(newer, ENGLISH, Session("party", 1, KNOWN, asking="phone")).say("0900 000 002")
    assert at.asking == "?send"
    assert at.answers == {
        **{k: v for k, v in KNOWN.items() if k != "town"},
        "phone": "+84900000002",
    }


def test_whose_question_is_gone_is_told_and_goes_on() -> None:
    newer = party([f for f in FIELDS if f.key != "town"], WITHOUT_TOWN, version=2)
    half = Session("party", 1, {"name": "An Binh", "born": "2000-12-31"}, asking="town")
    at = Talk(newer, ENGLISH, half).say("hue")
    assert at.said[0].startswith("This form was updated")
    assert (at.asking, at.answers) == ("drink", {"name": "An Binh", "born": "2000-12-31"})
    assert Talk(newer, ENGLISH, half).say("hủy").session is None


def test_a_question_that_is_new_is_asked_of_those_who_are_past_it() -> None:
    older = {key: value for key, value in KNOWN.items() if key != "town"}
    at = Talk(party(version=2), ENGLISH, Session("party", 1, older, asking="phone"))
    assert at.say("0900 000 002").asking == "town"
    assert at.say("hue").asking == "?send"


def test_the_order_may_change_while_people_are_at_it() -> None:
    newer = party(FIELDS[::-1], BACKWARDS, version=2)
    half = Session("party", 1, {"name": "An Binh"}, asking="born")
    at = Talk(newer, ENGLISH, half).say("31/12/2000")
    assert at.asking == "phone"
    assert at.say("0900 000 001", "hue", "1", "tea").asking == "?send"
    assert at.answers == KNOWN


# --- properties ------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=20),
    st.sampled_from(
        (*STRAIGHT, *(str(n) for n in range(12)), "yes", "không", "quay lại", "hủy bỏ x", "1,2",
         "Binh", "hoi", "milk", "coffee", "beer", "31/12/1999", "123456", "ok", "gửi đi", "sửa")
    ),
)  # fmt: skip
BUTTONS = st.one_of(
    st.text(max_size=10),
    st.sampled_from(
        ("send", "change", "resend", "resume", "new", "drop", "change=", "change=name", "!back",
         *(f"{f.key}={v}" for f in FIELDS for v in ("+", "=", "!", "no", "tea", "hue", "beer")))
    ),
)  # fmt: skip
SAID = st.one_of(st.builds(Inbound, TEXTS), st.builds(Inbound, button=BUTTONS))
STARTS = st.sampled_from([{}, KNOWN, {"name": "An Binh", "born": "1990"}])
WAITS = st.sampled_from([None, "?code", "?change", "?resume"])


@given(known=STARTS, waits=WAITS, said=st.lists(SAID, max_size=12))
def test_whatever_is_said_there_is_an_answer_and_nothing_is_lost(
    known: dict[str, object], waits: str | None, said: list[Inbound]
) -> None:
    at = talk(**known)
    if waits and at.session:
        at.session = Session("party", 1, at.answers, asking=waits)
    for one in said:
        if at.over:
            break
        before = at.answers
        at.hear(one)
        assert at.turn.replies or at.turn.request
        if at.turn.refused:
            assert at.answers.items() >= before.items()
        if at.session:
            assert through_json(at.session) == at.session


@given(known=STARTS, said=st.lists(SAID, min_size=1, max_size=6))
def test_hearing_is_pure(known: dict[str, object], said: list[Inbound]) -> None:
    session = talk(**known).session
    for one in said:
        if session is None:
            break
        untouched = copy.deepcopy(session)
        turn = PARTY.hear(session, one, ENGLISH)
        assert session == untouched
        assert PARTY.hear(copy.deepcopy(session), copy.deepcopy(one), ENGLISH) == turn
        session = turn.session


@given(known=STARTS, said=st.lists(SAID, max_size=8))
def test_numbers_on_the_screen_are_never_ambiguous(
    known: dict[str, object], said: list[Inbound]
) -> None:
    at = talk(**known)
    for one in said:
        if at.over:
            break
        at.hear(one)
        for reply in at.turn.replies:
            numbers = [choice.number for choice in reply.choices]
            assert len(set(numbers)) == len(numbers)
            assert len({choice.value for choice in reply.choices}) == len(numbers)


# --- the registration itself -----------------------------------------------------------------

WALKED = st.sampled_from([{}, PERSON, {**PERSON, "born": "2015", "dose": "next"}])


def at_question(asked: Ask, now: Any = VIETNAMESE) -> Talk:
    answers = {key: value for key, value in PERSON.items() if key != asked.key}
    return Talk(FORM, now, replace(FORM.new(answers), asking=asked.key))


CLOSED = [(field, value) for field in FORM.fields for value in field.closed(PERSON, VIETNAMESE)]


@pytest.mark.parametrize("locale", ["vi", "en"])
@pytest.mark.parametrize(("asked", "value"), CLOSED, ids=lambda one: getattr(one, "key", one))
def test_every_choice_is_tapped_numbered_and_typed_with_or_without_marks(
    asked: Ask, value: str, locale: str
) -> None:
    now = context(locale)
    label = now.say(asked.closed(PERSON, now)[value])
    number = list(asked.closed(PERSON, now)).index(value) + 1
    kept = [value] if asked.many else value
    tapped = at_question(asked, now)
    if asked.short and value not in asked.short:
        tapped.press(f"{asked.key}=+")
    assert tapped.press(f"{asked.key}={value}").answers[asked.key] == kept
    for typed in (str(number), label, label.upper(), fold(label), f" {label}. "):
        at = at_question(asked, now).say(typed)
        taken = at.answers.get(asked.key, at.session and at.session.doubtful)
        assert taken == kept, typed


@pytest.mark.parametrize("asked", FORM.fields, ids=lambda one: one.key)
@given(said=SAID | st.builds(Inbound, st.sampled_from(["1990", "không", "064190000001", "0900"])))
def test_every_question_of_the_registration_answers_to_anything(asked: Ask, said: Inbound) -> None:
    at = at_question(asked).hear(said)
    assert at.turn.replies or at.turn.request or at.session is None
    for reply in at.turn.replies:
        assert at.now.say(reply.text).strip()
        for choice in reply.choices:
            assert at.now.say(choice.label).strip()
            assert len(choice.value.encode()) <= 64


@given(known=WALKED, said=st.lists(SAID, max_size=10))
def test_walking_through_the_registration(known: dict[str, object], said: list[Inbound]) -> None:
    at = Talk(FORM, VIETNAMESE).begin(**known)
    for one in said:
        if at.over:
            break
        at.hear(one)
        if at.session:
            assert through_json(at.session) == at.session


@pytest.mark.parametrize(
    "text",
    [
        "a" * 5000,
        "😀" * 5000,
        "1" * 5000,
        " " * 5000,
        "\u202e" * 5000,
        "99 " * 1700,
        "ngày " * 1000,
    ],
    ids=["letters", "emoji", "digits", "blanks", "unseen", "numbers", "words"],
)
@pytest.mark.parametrize("asked", FORM.fields, ids=lambda one: one.key)
def test_five_thousand_characters_are_refused_in_a_few(asked: Ask, text: str) -> None:
    at = at_question(asked).say(text)
    assert (at.asking, at.turn.refused) == (asked.key, True)
    assert all(len(said) < 1000 for said in at.said)
