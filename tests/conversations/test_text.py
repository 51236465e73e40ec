"""Sentences: in every language, complete, with every placeholder filled."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from conversations.text import (
    LANGUAGES,
    LOCALES,
    Lines,
    Phrasebook,
    Plural,
    Text,
    lines,
    phrasebook,
    placeholders,
)

NAME = Text("registering {name}")
TRIES = Plural(
    "That code does not fit. {n} try is left.", "That code does not fit. {n} tries are left."
)
KEEP = Text("Keep: {answer}")
CATALOGUE = LOCALES / "vi" / "LC_MESSAGES" / "messages.po"


def test_a_sentence_is_said_in_each_language() -> None:
    assert phrasebook("en")(NAME.of(name="Ksor")) == "registering Ksor"
    vietnamese = phrasebook("vi")(NAME.of(name="Ksor"))
    assert "Ksor" in vietnamese
    assert vietnamese != "registering Ksor"


def test_what_is_said_as_it_is_stays_as_it_is() -> None:
    for locale in LANGUAGES:
        assert phrasebook(locale)("{nothing} to fill") == "{nothing} to fill"


def test_a_gap_raises() -> None:
    with pytest.raises(LookupError, match="not translated into vi: Never said"):
        phrasebook("vi")(Text("Never said"))
    with pytest.raises(LookupError, match="no such language: fr"):
        Phrasebook("fr")


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("said", [NAME, NAME.of(other="x"), KEEP.of(answer=NAME)])
def test_an_unfilled_placeholder_raises(locale: str, said: Text) -> None:
    with pytest.raises(LookupError):
        phrasebook(locale)(said)


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "0 tries are left"),
        (1, "1 try is left"),
        (2, "2 tries are left"),
        (9, "9 tries are left"),
    ],
)
def test_counting_in_english(n: int, said: str) -> None:
    assert said in phrasebook("en")(TRIES.of(n))


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_vietnamese_has_one_form_for_every_number(n: int) -> None:
    assert phrasebook("vi")(TRIES.of(n)).replace(str(n), "3") == phrasebook("vi")(TRIES.of(3))


def test_a_sentence_inside_a_sentence_is_in_the_same_language() -> None:
    for locale in LANGUAGES:
        say = phrasebook(locale)
        assert say(Text("Sex?")) in say(KEEP.of(answer=Text("Sex?")))
        assert say(TRIES.of(3)) in say(KEEP.of(answer=TRIES.of(3)))
        assert say(KEEP.of(answer=lines("a", "b"))).endswith("a\nb")


def test_lines_leave_out_what_is_not_there() -> None:
    assert lines("a", None, "b") == Lines(("a", "b"))
    assert phrasebook("en")(lines("a", None, Text("Sex?"))) == "a\nSex?"
    assert phrasebook("en")(lines()) == ""


def test_filling_makes_a_new_sentence() -> None:
    filled = NAME.of(name="An")
    assert (NAME.params, filled.params) == ({}, {"name": "An"})
    assert filled.of(name="Ksor").params == {"name": "Ksor"}
    assert TRIES.n == 0


@given(st.text())
def test_what_people_write_is_never_read_as_a_pattern(written: str) -> None:
    assert phrasebook("en")(NAME.of(name=written)) == f"registering {written}"


def test_placeholders_are_the_names_in_braces() -> None:
    assert placeholders("{a} and {b}, {a}") == {"a", "b"}
    assert placeholders("none") == set()


def entries(path: Path) -> list[tuple[str, str]]:
    with path.open("rb") as file:
        return [
            (one if isinstance(one, str) else one[0], said if isinstance(said, str) else said[0])
            for message in read_po(file, locale="vi")
            if (one := message.id) and (said := message.string)
        ]


def test_every_translation_has_the_placeholders_of_its_sentence() -> None:
    found = entries(CATALOGUE)
    assert len(found) > 100
    assert [one for one, said in found if placeholders(one) != placeholders(said)] == []


def test_the_vietnamese_keeps_its_voice() -> None:
    """VOICE: no one is called "quý khách" or "bác", and nobody shouts."""
    said = [words for _, words in entries(CATALOGUE)]
    assert [words for words in said if re.search(r"(?i)quý khách|\bbác\b|!!|\bOTP\b", words)] == []
