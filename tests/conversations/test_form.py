"""What every form can do, whatever it asks: answers, doubts, choices."""

import pytest

from conversations.endings import Prepare
from conversations.messages import Inbound
from tests.conversations.party import FIELDS, KNOWN, STRAIGHT, Guest, party, talk
from tests.conversations.scene import NOW, Talk, context

ENGLISH = context("en")


# --- straight on --------------------------------------------------------------------------------


def test_the_questions_come_one_by_one_and_then_the_summary() -> None:
    at = talk()
    asked = [at.asking]
    for text in STRAIGHT:
        at.say(text)
        asked.append(at.asking)
    assert asked == ["name", "born", "drink", "food", "town", "phone", "?send"]
    assert at.answers == KNOWN
    assert at.turn.request == Prepare(Guest.model_validate(KNOWN, context={"today": NOW.date()}))


def test_a_question_that_does_not_apply_is_not_asked() -> None:
    at = talk().say("An Binh", "31/12/2000", "beer")
    assert at.asking == "brand"
    at.say("Huda", "1", "hue", "0900 000 001")
    assert at.answers["brand"] == "Huda"


def test_an_answer_that_no_longer_applies_is_not_sent() -> None:
    at = talk(**KNOWN, brand="Huda")
    assert isinstance(at.turn.request, Prepare)
    assert "brand" not in at.turn.request.request.model_dump(exclude_none=True)


def test_what_is_known_already_is_not_asked_unless_it_is_wrong() -> None:
    assert talk(name="An Binh").asking == "born"
    assert talk(name="An Binh", born="2000-12-31", drink="petrol").asking == "drink"
    assert talk(name="4n").asking == "name"
    assert talk(**KNOWN).asking == "?send"


def test_a_form_must_ask_what_its_model_needs() -> None:
    with pytest.raises(TypeError, match="party asks"):
        party(FIELDS[1:])


# --- refusals -----------------------------------------------------------------------------------


def test_a_refusal_says_why_and_asks_again() -> None:
    at = talk().say("An 4")
    assert at.said == ["No digits, please.", "Who are you?"]
    assert at.turn.refused
    at.say("An Binh", "1/1/1800")
    assert at.said == ["1800 is too long ago.", "Born when?"]
    at.say("31/12/2000", "whisky")
    assert at.said[-1] == "What to drink?"
    assert at.answers == {"name": "An Binh", "born": "2000-12-31"}


@pytest.mark.parametrize("said", [Inbound(), Inbound("   "), Inbound("\n\t")])
def test_nothing_said_is_no_answer(said: Inbound) -> None:
    at = talk().hear(said)
    assert (at.asking, at.turn.refused, at.said[-1]) == ("name", True, "Who are you?")


def test_a_shared_number_where_none_is_asked_is_no_answer() -> None:
    at = talk().share("0900000001", proven=True)
    assert (at.asking, at.turn.refused) == ("name", True)
    assert at.session
    assert at.session.proven is None


# --- several answers, doubts --------------------------------------------------------------------


def test_several_answers_may_come_in_one_text() -> None:
    at = talk().say("An Binh, 31/12/2000")
    assert at.asking == "drink"
    assert at.answers == {"name": "An Binh", "born": "2000-12-31"}


def test_if_the_second_answer_is_wrong_the_first_is_kept() -> None:
    at = talk().say("An Binh, tomorrow")
    assert at.said == ["No date.", "Born when?"]
    assert at.answers == {"name": "An Binh"}


def test_a_doubtful_answer_is_questioned_once() -> None:
    at = talk().say("Binh")
    assert at.said == ["Only Binh?"]
    assert at.answers == {}
    at.say("yes")
    assert (at.asking, at.answers) == ("born", {"name": "Binh"})


@pytest.mark.parametrize("yes", ["1", "yes", "đúng rồi", "dung roi", "vâng", "ừ", "Ok."])
def test_yes_is_said_in_many_ways(yes: str) -> None:
    assert talk().say("Binh", yes).answers == {"name": "Binh"}


def test_saying_it_again_is_a_yes() -> None:
    assert talk().say("Binh", "Binh").answers == {"name": "Binh"}


def test_another_answer_takes_the_place_of_the_doubtful_one() -> None:
    at = talk().say("Binh", "An Binh")
    assert at.answers == {"name": "An Binh"}
    assert talk().say("Binh", "Cuc").said == ["Only Cuc?"]


def test_no_asks_the_question_again() -> None:
    at = talk().say("Binh", "không phải")
    assert (at.asking, at.answers, at.said[-1]) == ("name", {}, "Who are you?")


@pytest.mark.parametrize(("typed", "drink"), [("1", "water"), ("2", "tea"), ("8", "coffee")])
def test_a_number_is_its_choice_even_while_another_is_in_doubt(typed: str, drink: str) -> None:
    at = talk(name="An Binh", born="1990-12-31").say("coffee")
    assert at.said == ["Coffee so late?"]
    assert at.say(typed).answers["drink"] == drink


def test_a_yes_to_nothing_is_an_old_button() -> None:
    at = talk().press("name=!")
    assert (at.asking, at.turn.refused) == ("name", True)


def test_what_came_with_a_doubtful_answer_is_not_lost() -> None:
    at = talk().say("Binh, 31/12/2000", "yes")
    assert at.answers == {"name": "Binh", "born": "2000-12-31"}


# --- choices and their numbers ------------------------------------------------------------------


def at_drinks() -> Talk:
    return talk(name="An Binh", born="2000-12-31")


def test_a_number_means_the_same_in_the_short_list_and_in_the_long_one() -> None:
    at = at_drinks()
    short = at.numbers()
    assert short == {2: "drink=tea", 6: "drink=beer", 7: "drink=+"}
    long = at.press("drink=+").numbers()
    assert list(long) == [1, 2, 3, 4, 5, 6]
    assert {number: long[number] for number in (2, 6)} == {2: short[2], 6: short[6]}


@pytest.mark.parametrize("before", [(), ("7",)])
@pytest.mark.parametrize(
    ("typed", "drink"),
    [("1", "water"), ("2", "tea"), ("3", "coffee"), ("6", "beer"), (" 6. ", "beer"), ("٢", "tea")],
)
def test_every_number_is_understood_shown_or_not(
    before: tuple[str, ...], typed: str, drink: str
) -> None:
    assert at_drinks().say(*before, typed).answers["drink"] == drink


@pytest.mark.parametrize("typed", ["0", "8", "14", "99", "1000", "123456789012"])
def test_a_number_that_is_not_in_the_list_is_never_guessed_at(typed: str) -> None:
    at = at_drinks().say(typed)
    assert (at.asking, at.turn.refused) == ("drink", True)


@pytest.mark.parametrize(
    ("typed", "drink"),
    [
        ("Coffee with milk", "coffee"), ("coffee", "coffee"), ("COFFEE!", "coffee"),
        ("trà", "tea"), ("tra", "tea"), ("chè ạ", "tea"), ("dạ trà", "tea"), ("ca phe", "coffee"),
        ("juice", "juice"),
    ],
)  # fmt: skip
def test_a_choice_may_be_said_in_words(typed: str, drink: str) -> None:
    assert at_drinks().say(typed).answers["drink"] == drink


def test_words_that_mean_several_are_asked_back() -> None:
    at = at_drinks().say("milk")
    assert at.asking == "drink"
    assert set(at.numbers().values()) >= {"drink=coffee", "drink=milk"}
    assert at.say("5").answers["drink"] == "milk"


@pytest.mark.parametrize("typed", ["có", "ok", "vâng", "x", "?", "…"])
def test_a_yes_or_a_letter_is_no_choice(typed: str) -> None:
    assert at_drinks().say(typed).turn.refused


def at_food() -> Talk:
    return talk(name="An Binh", born="2000-12-31", drink="tea")


@pytest.mark.parametrize(
    ("typed", "food"),
    [
        ("1", ["rice"]), ("1,3", ["rice", "fish"]), ("1, 3", ["rice", "fish"]),
        ("3 1", ["fish", "rice"]), ("1 và 3", ["rice", "fish"]), ("1 va 3", ["rice", "fish"]),
        ("1;3", ["rice", "fish"]), ("1 & 3.", ["rice", "fish"]), ("soup", ["soup"]),
        ("1,  2,  3", ["rice", "soup", "fish"]),
    ],
)  # fmt: skip
def test_several_of_a_list_may_be_typed_at_once(typed: str, food: list[str]) -> None:
    assert at_food().say(typed).answers["food"] == food


@pytest.mark.parametrize("typed", ["1,9", "4", "1-3", "1,,3", "0,1", "1" + " " * 5000 + "x"])
def test_a_list_with_a_wrong_number_is_refused_whole(typed: str) -> None:
    at = at_food().say(typed)
    assert (at.asking, at.turn.refused) == ("food", True)


def at_town() -> Talk:
    return talk(name="An Binh", born="2000-12-31", drink="tea", food=["rice"])


def test_one_sure_find_is_taken_and_several_are_offered() -> None:
    assert at_town().say("hue").answers["town"] == "hue"
    at = at_town().say("hoi")
    assert at.numbers() == {1: "town=hoi an", 2: "town=hoi"}
    assert at.say("2").answers["town"] == "hoi"


def test_a_find_that_was_not_offered_is_an_old_button() -> None:
    at = at_town().press("town=hue")
    assert (at.asking, at.turn.refused) == ("town", True)
    assert at_town().say("saigon").said == ["No such town.", "From which town?"]


# --- buttons ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "button", ["drink=tea", "name=+", "name==", "send", "nonsense", "", "=", "!"]
)
def test_a_button_of_another_question_is_recognised(button: str) -> None:
    at = talk().press(button)
    assert (at.asking, at.answers, at.turn.refused) == ("name", {}, True)
    assert at.said[-1] == "Who are you?"


def test_a_double_tap_answers_once() -> None:
    at = at_drinks().press("drink=tea")
    assert at.asking == "food"
    at.press("drink=tea")
    assert (at.asking, at.answers["drink"], at.turn.refused) == ("food", "tea", True)


def test_a_button_may_open_another_question() -> None:
    at = talk(**{key: value for key, value in KNOWN.items() if key != "phone"})
    assert at.press("phone=no").asking == "note"
    assert at.say("next door").asking == "phone"
