"""A message is fitted to what a channel can carry; nothing of it is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.channel import Button, Shown, fit, show
from conversations.messages import Capabilities, Choice, Outbound
from conversations.text import Text, phrasebook

ROOMY = Capabilities(buttons=20, button_label=30, text=100)
TWO = (Button("a", "Đăng ký", 1), Button("b", "Gặp cán bộ", 2))


def test_what_fits_goes_as_it_is() -> None:
    shown = Shown("Chào", TWO, "contact")
    assert fit(shown, ROOMY) == (shown,)
    assert fit(Shown("x" * 100), ROOMY) == (Shown("x" * 100),)


def test_a_long_text_is_cut_at_line_ends_and_the_buttons_stand_under_the_last_part() -> None:
    lines = [f"dòng {n} " + "x" * 30 for n in range(10)]
    *first, last = fit(Shown("\n".join(lines), TWO, "contact"), ROOMY)
    assert all(part == Shown(part.text) for part in first)
    assert (last.buttons, last.wants) == (TWO, "contact")
    assert "\n".join([*(part.text for part in first), last.text]).split("\n") == lines


def test_a_long_line_is_cut_at_blanks_and_a_long_word_anywhere() -> None:
    words = " ".join(f"chữ{n}" for n in range(60))
    parts = fit(Shown(words), ROOMY)
    assert " ".join(part.text for part in parts) == words
    assert [len(part.text) for part in fit(Shown("x" * 250), ROOMY)] == [100, 100, 50]


def test_too_many_buttons_become_a_numbered_list() -> None:
    (shown,) = fit(Shown("Chọn", TWO), Capabilities(buttons=1, button_label=30, text=100))
    assert shown == Shown("Chọn\n1. Đăng ký\n2. Gặp cán bộ")


def test_labels_that_are_too_long_stand_in_the_text_and_the_buttons_carry_numbers() -> None:
    (shown,) = fit(Shown("Chọn", TWO), Capabilities(buttons=2, button_label=7, text=100))
    assert shown.text == "Chọn\n1. Đăng ký\n2. Gặp cán bộ"
    assert shown.buttons == (Button("a", "1", 1), Button("b", "2", 2))


def test_a_number_is_what_may_be_typed_not_the_place_in_the_list() -> None:
    seventh = (Button("g", "Nhóm bảy", 7), Button("+", "Nhóm khác…", 17))
    (shown,) = fit(Shown("Nhóm?", seventh), Capabilities(buttons=0, text=100))
    assert shown.text.endswith("7. Nhóm bảy\n17. Nhóm khác…")


def test_showing_says_the_words_and_numbers_what_has_no_number() -> None:
    outbound = Outbound(Text("Sex?"), (Choice("a", Text("Sex"), 5), Choice("b", "x")), "code")
    shown = show(outbound, phrasebook("en"))
    assert shown == Shown("Sex?", (Button("a", "Sex", 5), Button("b", "x", 2)), "code")


@pytest.mark.parametrize("shown", [Shown("x"), Shown("x", TWO, "photo"), Shown("", (), "contact")])
def test_it_survives_the_outbox(shown: Shown) -> None:
    assert Shown.from_json(shown.as_json()) == shown


BUTTONS = st.lists(
    st.builds(Button, st.text(min_size=1, max_size=9), st.text("abc đ", min_size=1, max_size=40),
              st.integers(1, 30)),
    max_size=8,
).map(tuple)  # fmt: skip
CANS = st.builds(
    Capabilities,
    buttons=st.integers(0, 8),
    button_label=st.integers(1, 40),
    text=st.integers(10, 200),
)


@settings(deadline=None)
@given(text=st.text("ab đ\n", max_size=500), buttons=BUTTONS, can=CANS)
def test_every_part_fits_and_no_letter_is_lost(
    text: str, buttons: tuple[Button, ...], can: Capabilities
) -> None:
    *first, last = fit(Shown(text, buttons, "code"), can)
    assert all(len(part.text) <= can.text for part in (*first, last))
    assert not any(part.buttons or part.wants for part in first)
    assert last.wants == "code"
    assert len(last.buttons) <= can.buttons
    assert last.buttons in ((), buttons) or [b.label for b in last.buttons] == [
        str(b.number) for b in buttons
    ]
    said = "".join(part.text for part in (*first, last)).split()
    assert "".join(said).startswith("".join(text.split()))
    if last.buttons != buttons:
        assert all("".join(b.label.split()) in "".join(said) for b in buttons)
