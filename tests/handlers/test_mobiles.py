"""Mobile numbers, however they are written, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.people import (
    masked_phone,
    shown_phone,
)
from tests.handlers.reading import read


@pytest.mark.parametrize(
    "typed",
    [
        "0900000001", "0900 000 001", "0900.000.001", "0900-000-001", "(0900) 000 001",
        "+84900000001", "+84 900 000 001", "84900000001", "84 900 000 001", "0084900000001",
        "+840900000001", "+84 (0) 900 000 001", "840900000001", "00840900000001",
        "0900 000 001 ạ", "số của tôi là 0900 000 001.", "0900 000 001,", "sđt: 0900000001",
        "٠٩٠٠٠٠٠٠٠١", "０９００００００01", "\u202a0900000001\u202c", "0900\u00a0000\u00a0001",
        "0900\u2013000\u2013001",
    ],
)  # fmt: skip
def test_a_mobile_number_is_read(typed: str) -> None:
    assert read("phone", typed) == "+84900000001"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "not_a_phone"),
        ("😀", "not_a_phone"),
        ("+", "not_a_phone"),
        ("không có", "not_a_phone"),
        ("0900 000 001 hoặc 0900 000 002", "not_a_phone"),
        ("900000001", "phone_length"),
        ("090000000", "phone_length"),
        ("090000000123", "phone_length"),
        ("0900000001 0900000002", "phone_length"),
        ("01689000001", "phone_length"),
        ("1" * 5000, "phone_length"),
        ("115", "phone_length"),
        ("1900 1234", "phone_length"),
        ("1800 1234", "phone_length"),
        ("+84", "phone_length"),
        ("0269 382 1234", "phone_is_landline"),
        ("02693821234", "phone_is_landline"),
        ("+84 269 382 1234", "phone_is_landline"),
        ("+1 202 555 0100", "phone_from_abroad"),
        ("+66812345678", "phone_from_abroad"),
        ("0066812345678", "phone_from_abroad"),
        ("0000000000", "not_a_mobile"),
        ("0123456789", "not_a_mobile"),
        ("0692000001", "not_a_mobile"),
        ("1234567890", "not_a_mobile"),
    ],
)
def test_another_number_is_refused(typed: str, code: str) -> None:
    assert read("phone", typed) == f"!{code}"


@given(st.integers(0, 10**9 - 1))
def test_every_number_is_a_mobile_or_refused_and_all_spellings_agree(digits: int) -> None:
    local = f"0{digits:09}"
    value = read("phone", local)
    assert value == f"+84{digits:09}" or value.startswith("!")
    if not value.startswith("!"):
        assert read("phone", shown_phone(value)) == value
        assert read("phone", f"84{digits:09}") == value
        assert read("phone", value) == value


def test_a_shown_number_is_as_people_write_it() -> None:
    assert shown_phone("+84900000001") == "0900 000 001"
    assert masked_phone("+84900000001") == "0900 *** 001"
