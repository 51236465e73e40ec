"""Public codes: short, and a slip in one is noticed."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import codes

LETTERS = st.text(codes.ALPHABET, min_size=codes.LENGTH, max_size=codes.LENGTH)


def signs(code: str) -> str:
    return code[3:].replace("-", "")


def with_signs(whole: str) -> str:
    return f"DK-{whole[:4]}-{whole[4:]}"


@given(LETTERS)
def test_a_code_is_easy_to_read_aloud(letters: str) -> None:
    code = codes.make("DK", letters)
    assert re.fullmatch(r"DK-[2-9A-Z]{4}-[2-9A-Z]{4}", code)
    assert not set("ILO01") & set(signs(code))
    assert codes.read(code) == code


def test_codes_that_were_given_out_stay_good() -> None:
    assert codes.make("DK", "4K7M2QX") == "DK-4K7M-2QXB"
    assert codes.make("DK", "2222222") == "DK-2222-2222"


@given(LETTERS)
def test_every_single_wrong_sign_is_noticed(letters: str) -> None:
    whole = signs(codes.make("DK", letters))
    for place, right in enumerate(whole):
        for wrong in codes.ALPHABET.replace(right, ""):
            slip = whole[:place] + wrong + whole[place + 1 :]
            assert codes.read(with_signs(slip)) is None


@given(LETTERS)
def test_every_two_neighbours_swapped_are_noticed(letters: str) -> None:
    whole = signs(codes.make("DK", letters))
    for place, (one, other) in enumerate(pairwise(whole)):
        if one != other:
            slip = whole[:place] + other + one + whole[place + 2 :]
            assert codes.read(with_signs(slip)) is None


def test_the_weights_catch_both_slips_for_every_letter() -> None:
    """Exhaustive, because the sum is linear: what one sign adds depends on no other."""
    size = len(codes.ALPHABET)
    weights = range(2, 2 + codes.LENGTH)
    assert all(size % n for n in range(2, size)), "a prime number of signs"
    assert all(weight % size for weight in weights)
    assert all((one - other) % size for one, other in pairwise(weights))
    assert (weights[-1] + 1) % size, "the last letter and the check sign"


@pytest.mark.parametrize(
    "typed",
    [
        "{0}", " {0} ", "{1}", "{2}", "{3}", "{4}", "{5}", "{6}",
    ],
)  # fmt: skip
@given(letters=LETTERS)
def test_a_code_is_read_however_it_is_typed(typed: str, letters: str) -> None:
    code = codes.make("DK", letters)
    spellings = (
        code,
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " "),
        code.replace("-", "–"),
        code.replace("DK", "ĐK"),
        f"\u202a{code.replace('DK', 'đk').lower()}\u202c",
    )
    assert codes.read(typed.format(*spellings)) == code


@pytest.mark.parametrize(
    "typed",
    ["", "DK", "DK-2345", "DK-2345-678", "2345-6789", "DK-2345-67899", "😀", "DK-0000-0000",
     "DK-IIII-LLLL", "064190000001", "đăng ký", "D" * 5000],
)  # fmt: skip
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.read(typed) is None


@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_reading_never_fails(text: str) -> None:
    code = codes.read(text)
    assert code is None or codes.read(code) == code
