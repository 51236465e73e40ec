"""How every form goes back, changes its mind, ends, and proves the phone."""

from datetime import timedelta

import pytest

from conversations.endings import Prepare, Send
from conversations.messages import Inbound, Session
from conversations.registration import FORM
from tests.conversations.party import KNOWN, PARTY, talk
from tests.conversations.scene import NOW, PERSON, Talk, context

ENGLISH = context("en")


# --- a number that the channel vouches for ------------------------------------------------------


def at_phone() -> Talk:
    return talk(**{key: value for key, value in KNOWN.items() if key != "phone"})


@pytest.mark.parametrize("phone", ["+84900000001", "84900000001", "0900000001"])
def test_a_shared_number_is_remembered_as_proven_however_it_is_spelled(phone: str) -> None:
    at = at_phone().share(phone, proven=True)
    assert at.session
    assert at.session.proven == at.answers["phone"] == "+84900000001"


def test_a_number_nobody_vouches_for_is_only_an_answer() -> None:
    at = at_phone().share("0900000001", proven=False)
    assert at.session
    assert (at.answers["phone"], at.session.proven) == ("+84900000001", None)


def test_a_shared_number_that_is_refused_proves_nothing() -> None:
    at = at_phone().share("+1 202 555 0100", proven=True)
    assert at.session
    assert (at.asking, at.session.proven) == ("phone", None)


# --- back, keep, change, cancel -----------------------------------------------------------------


@pytest.mark.parametrize("back", ["quay lại", "quay lai", "back", "/back", "!back"])
def test_back_asks_the_question_before_and_offers_the_answer(back: str) -> None:
    at = talk().say("An Binh")
    at = at.press(back) if back == "!back" else at.say(back)
    assert at.asking == "name"
    assert at.now.say(at.last.choices[0].label) == "Keep: An Binh"
    assert at.say("1").asking == "born"
    assert at.answers == {"name": "An Binh"}


def test_back_from_the_first_question_stays_there() -> None:
    at = talk().say("quay lại")
    assert (at.asking, at.said[-1]) == ("name", "Who are you?")
    assert len(at.said) == 2


def test_back_all_the_way_from_the_summary() -> None:
    at = talk(**KNOWN)
    seen = [at.say("quay lại").asking for _ in KNOWN]
    assert seen == ["phone", "town", "food", "drink", "born", "name"]
    assert at.answers == KNOWN


def test_every_line_of_the_summary_can_be_changed() -> None:
    for key in (*KNOWN, "note"):
        at = talk(**KNOWN).press("change").press(f"change={key}")
        assert at.asking == key
        assert at.say("quay lại").answers == KNOWN


def test_a_change_leads_back_to_the_summary() -> None:
    at = talk(**KNOWN).say("2").press("change=drink").say("juice")
    assert (at.asking, at.answers["drink"]) == ("?send", "juice")
    at = talk(**KNOWN).press("change").press("change=drink").say("beer")
    assert at.asking == "brand"
    at = talk(**KNOWN).press("change").press("change=")
    assert at.asking == "?send"


def test_keep_is_offered_where_there_is_an_answer() -> None:
    at = talk(**KNOWN).press("change").press("change=phone").press("phone==")
    assert (at.asking, at.answers) == ("?send", KNOWN)
    at = talk(**KNOWN).press("change").press("change=note")
    assert at.press("note==").turn.refused


@pytest.mark.parametrize("cancel", ["hủy", "huỷ bỏ", "/huy", "cancel", "Hủy."])
def test_cancel_ends_it_wherever_we_are(cancel: str) -> None:
    assert talk().say(cancel).session is None
    assert talk(**KNOWN).say(cancel).session is None


@pytest.mark.parametrize("name", ["Huy", "huy", "Nguyen Huy", "Back Mai"])
def test_a_name_is_no_command(name: str) -> None:
    at = talk().say(name)
    assert at.session is not None
    assert at.asking in ("name", "born")


# --- the end ------------------------------------------------------------------------------------


def test_the_summary_sends() -> None:
    for said in ("1", "gửi đi", "ok", "send"):
        at = talk(**KNOWN).say(said)
        assert at.turn.request == Send(PARTY.filled(Session("party", 1, KNOWN), ENGLISH))


@pytest.mark.parametrize(
    ("typed", "code"),
    [("123456", "123456"), ("123 456", "123456"), ("12-34-56", "123456"), ("١٢٣٤٥٦", "123456"),
     ("12345", None), ("1234567", None), ("abc", None), ("gửi", None)],
)  # fmt: skip
def test_the_code_is_typed_to_send(typed: str, code: str | None) -> None:
    at = talk(**KNOWN).waits_for_code().say(typed)
    request = at.turn.request
    assert (request.code if isinstance(request, Send) else None) == code
    assert at.answers == KNOWN


def test_another_code_can_be_asked_for() -> None:
    request = talk(**KNOWN).waits_for_code().press("resend").turn.request
    assert isinstance(request, Prepare)
    assert request.again


def test_send_is_an_old_button_while_a_code_is_awaited() -> None:
    at = talk(**KNOWN).waits_for_code().press("send")
    assert (at.turn.request, at.turn.refused, at.asking) == (None, True, "?code")


def test_coming_back_one_may_go_on_start_again_or_drop_it() -> None:
    half = talk().say("An Binh")
    assert half.session
    for said, asking, answers in (
        ("1", "born", {"name": "An Binh"}),
        ("tiếp tục", "born", {"name": "An Binh"}),
        ("2", "name", {}),
        ("3", None, {}),
    ):
        at = Talk(PARTY, ENGLISH, PARTY.resume(half.session, ENGLISH).session).say(said)
        assert (at.asking, at.answers) == (asking, answers)


SENDING = [
    ("?send", Inbound(button="send")),
    ("?send", Inbound("gửi đi")),
    ("?code", Inbound("123456")),
    ("?code", Inbound(button="resend")),
]


@pytest.mark.parametrize(("step", "said"), SENDING)
def test_a_day_that_has_passed_since_the_summary_is_asked_again(step: str, said: Inbound) -> None:
    answers = {**PERSON, "wished_day": "2026-03-03"}
    tomorrow = context(now=NOW + timedelta(days=1))
    at = Talk(FORM, tomorrow, Session("registration", 1, answers, asking=step)).hear(said)
    assert (at.asking, at.turn.request) == ("wished_day", None)
    assert len(at.said) == 2
    assert at.say("06/03/2026").answers["wished_day"] == "2026-03-06"


@pytest.mark.parametrize(("step", "said"), SENDING)
def test_a_question_that_came_while_the_summary_stood_is_asked(step: str, said: Inbound) -> None:
    older = {key: value for key, value in KNOWN.items() if key != "town"}
    at = Talk(PARTY, context("en"), Session("party", 0, older, asking=step)).hear(said)
    assert (at.asking, at.turn.request) == ("town", None)
    assert at.say("hue").asking == "?send"
