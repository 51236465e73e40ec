"""How a text becomes one of the choices, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.ask import Ask, choices, pick, pick_loosely, pick_many, pick_spoken, said_as
from conversations.messages import Choice, Inbound, Session
from conversations.registration import FORM
from conversations.registration_words import WHOM_SPOKEN
from conversations.text import Text
from tests.conversations.scene import context

VIETNAMESE, ENGLISH = context("vi"), context("en")
ASKS = {asked.key: asked for asked in FORM.fields}
NOTHING = Session("registration", 1)
LISTED = (Choice("a", "Đúng rồi", 1), Choice("b", "Khác…", 2), Choice("c", "Other", 12))
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=40)


def picked(text: str) -> str | None:
    return pick(Inbound(text), LISTED, VIETNAMESE)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", "a"), (" 2. ", "b"), ("12", "c"), ("٢", "b"), ("Đúng rồi", "a"), ("dung roi", "a"),
        ("ĐÚNG RỒI!", "a"), ("khác", "b"), ("khac...", "b"), ("other", "c"),
        ("3", None), ("0", None), ("121", None), ("1" * 5000, None), ("", None), ("!", None),
        ("đúng", None), ("²", None), ("½", None), ("😀", None),
    ],
)  # fmt: skip
def test_a_choice_is_numbered_or_spelled_out(text: str, value: str | None) -> None:
    assert picked(text) == value


def test_a_button_is_its_value_and_nothing_else() -> None:
    assert pick(Inbound(button="a"), LISTED, VIETNAMESE) == "a"
    assert pick(Inbound("1", button="x"), LISTED, VIETNAMESE) is None
    assert pick(Inbound(button="1"), LISTED, VIETNAMESE) is None
    assert pick(Inbound(button=""), LISTED, VIETNAMESE) is None


@given(ANYTHING)
def test_picking_never_fails(text: str) -> None:
    assert picked(text) in {None, "a", "b", "c"}
    assert set(pick_many(text, LISTED)) <= {"a", "b", "c"}
    for asked in FORM.fields:
        options = asked.closed({}, VIETNAMESE)
        assert set(pick_loosely(asked, text, NOTHING, VIETNAMESE)) <= set(options)
        assert pick_spoken(asked, text, NOTHING, VIETNAMESE) not in options


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1", ["a"]), ("1,2", ["a", "b"]), ("2 1", ["b", "a"]), ("1 và 12", ["a", "c"]),
        ("1 và 2 và 12", ["a", "b", "c"]), ("1, 2, 12.", ["a", "b", "c"]), ("1\n2", ["a", "b"]),
        ("1,3", []), ("1-2", []), ("1 2 x", []), ("121", []), ("", []), ("và", []), (",", []),
        ("1" + " " * 5000, ["a"]), ("1" + " " * 5000 + "x", []), ("1 " * 5000 + "x", []),
    ],
)  # fmt: skip
def test_several_numbers_at_once(text: str, values: list[str]) -> None:
    assert list(pick_many(text, LISTED)) == values


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("mẹ", {"parent"}), ("tôi", {"myself"}), ("cho tôi", {"myself"}), ("con tôi", {"child"}),
        ("vợ", {"spouse"}), ("chong", {"spouse"}), ("Bố ạ", {"parent"}), ("dạ con", {"child"}),
        ("con trai", {"child"}), ("bà nội", {"grandparent"}), ("ông", {"grandparent"}),
        ("hàng xóm", {"other"}), ("child", {"child"}),
    ],
)  # fmt: skip
def test_who_is_meant(text: str, whom: set[str]) -> None:
    assert (
        set(said_as(text, WHOM_SPOKEN) or pick_loosely(ASKS["whom"], text, NOTHING, VIETNAMESE))
        == whom
    )


def test_a_word_without_marks_may_mean_several() -> None:
    assert len(said_as("me", WHOM_SPOKEN)) > 1
    assert said_as("xyz", WHOM_SPOKEN) == ()


@pytest.mark.parametrize("key", [asked.key for asked in FORM.fields if asked.many])
@pytest.mark.parametrize("text", ["14", "6", "19", "có", "co", "ok", "vâng", "x"])
def test_a_health_question_is_not_answered_by_chance(key: str, text: str) -> None:
    assert pick_loosely(ASKS[key], text, NOTHING, VIETNAMESE) == ()
    assert pick_loosely(ASKS[key], text, NOTHING, ENGLISH) == ()


def test_a_part_of_a_label_is_enough_where_it_is_the_only_one() -> None:
    asked = Ask(
        "drink",
        Text("?"),
        label="Drink",
        options={"tea": Text("Sex?"), "milk": Text("Date of birth"), "date": Text("Date")},
    )
    assert pick_loosely(asked, "birth", NOTHING, ENGLISH) == ("milk",)
    assert pick_loosely(asked, "date", NOTHING, ENGLISH) == ("milk", "date")
    assert pick_loosely(asked, "birt", NOTHING, ENGLISH) == ()
    assert pick_loosely(asked, "(", NOTHING, ENGLISH) == ()


def test_the_buttons_of_a_question_are_numbered_without_gaps_or_doubles() -> None:
    for asked in FORM.fields:
        listed = choices(asked, NOTHING, VIETNAMESE)
        numbers = [choice.number for choice in listed if choice.number is not None]
        assert len(numbers) == len(listed)
        assert numbers == sorted(set(numbers))
        assert all(choice.value.startswith(f"{asked.key}=") for choice in listed)
        if not asked.short:
            assert numbers == list(range(1, len(listed) + 1))
