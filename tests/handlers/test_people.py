"""What is known of a person: every way of writing it, and every refusal, by its code."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.people import (
    NAME_LENGTH,
    NO_NUMBER,
    Sex,
    has_marks,
    masked_name,
    name_key,
    number_says,
)
from handlers.policy import Policy
from tests.handlers.reading import DEMANDED, TYPES, read

# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Nguyễn Văn An", "Nguyễn Văn An"),
        ("  Nguyễn   Văn\tAn \n", "Nguyễn Văn An"),
        ("nguyễn văn an", "Nguyễn Văn An"),
        ("NGUYỄN VĂN AN", "NGUYỄN VĂN AN"),
        ("nguyen van an", "Nguyen Van An"),
        ("đỗ thị ánh", "Đỗ Thị Ánh"),
        ("Rơ Châm H'Lan", "Rơ Châm H'Lan"),
        ("rơ châm h'lan", "Rơ Châm H'Lan"),
        ("h'lan", "H'Lan"),
        ("h’lan", "H’Lan"),
        ("h‘lan", "H‘Lan"),
        ("hʼlan", "HʼLan"),
        ("h`lan", "H`Lan"),
        ("siu h' bia", "Siu H' Bia"),
        ("Y-Thơm", "Y-Thơm"),
        ("y-thơm", "Y-Thơm"),
        ("Y–Thơm", "Y-Thơm"),
        ("Ksor", "Ksor"),
        ("Huy", "Huy"),
        ("Y", "Y"),
        ("hbơ̆", "Hbơ̆"),
        ("Ƀlin", "Ƀlin"),
        ("O'Brien", "O'Brien"),
        ("Anne-Marie Müller", "Anne-Marie Müller"),
        ("J. R. Smith Jr.", "J. R. Smith Jr."),
        ("Иван Петров", "Иван Петров"),
        ("李小龍", "李小龍"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Ánh"), "Nguyễn Thị Ánh"),
        ("\u202eNguyễn\u202c Văn\u200b An\u061c", "Nguyễn Văn An"),
        ("Nguyễn\x00 Văn\x07 An", "Nguyễn Văn An"),
        ("A" * NAME_LENGTH, "A" * NAME_LENGTH),
    ],
)
def test_a_name_is_kept_as_on_the_papers(typed: str, kept: str) -> None:
    assert read("name", typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name_empty"),
        ("   ", "name_empty"),
        ("\u202e\u200b", "name_empty"),
        ("A" * (NAME_LENGTH + 1), "name_too_long"),
        ("a" * 5000, "name_too_long"),
        ("😀" * 5000, "name_too_long"),
        ("Nguyễn Văn 2", "name_has_digits"),
        ("An2", "name_has_digits"),
        ("An٢", "name_has_digits"),
        ("0900 000 001", "name_has_digits"),
        ("😀", "name_has_signs"),
        ("😀😀😀", "name_has_signs"),
        ("An 😀", "name_has_signs"),
        ("Nguyễn, An", "name_has_signs"),
        ("{name}", "name_has_signs"),
        ("<b>An</b>", "name_has_signs"),
        ("-", "name_has_signs"),
        ("'", "name_has_signs"),
        ("…", "name_has_signs"),
        ("An\u0301\u0302\u0303\u0304", "name_has_signs"),
    ],
)
def test_a_name_is_refused(typed: str, code: str) -> None:
    assert read("name", typed) == f"!{code}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn Thị Hòa", "NGUYỄN THỊ HOÀ"),
        ("Nguyễn Văn An", "nguyen van an"),
        ("Rơ Châm H'Lan", "rơ châm h’lan"),
        ("Siu H' Bia", "Siu H'Bia"),
        ("Y-Thơm", "Y Thơm"),
        ("Đinh Ƀlin", "Dinh Blin"),
        ("J. R. Smith", "J R Smith"),
    ],
)
def test_two_spellings_are_one_name(one: str, other: str) -> None:
    assert name_key(read("name", one)) == name_key(read("name", other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("李小龍", "王小明"), ("Иван", "Пётр"), ("Nguyễn Văn An", "Nguyễn Văn Ân B"), ("H", "Y")],
)
def test_two_names_stay_two(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)
    assert name_key(one)


@pytest.mark.parametrize(
    ("name", "marked"),
    [
        ("Nguyễn Văn An", True),
        ("Nguyen Van An", False),
        ("NGUYEN VAN AN", False),
        ("Le Thi Ly", False),
        ("Đo Thi Ly", True),
        ("Anne-Marie", False),
        ("Rah Lan H'Nhi", False),
    ],
)
def test_names_without_marks_are_noticed(name: str, *, marked: bool) -> None:
    assert has_marks(name) is marked


def test_a_masked_name_gives_the_last_word_only() -> None:
    assert masked_name("Nguyễn Văn Ánh") == "N. V. Ánh"
    assert masked_name("Ksor") == "Ksor"


# --- numbers of papers --------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [None, Policy(), DEMANDED])
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("064190000001", "064190000001"),
        ("064 190 000 001", "064190000001"),
        ("064.190.000.001", "064190000001"),
        ("٠٦٤١٩٠٠٠٠٠٠١", "064190000001"),
        ("230000001", "230000001"),
        ("230 000 001", "230000001"),
        ("B1234567", "B1234567"),
        ("b 123 4567", "B1234567"),
        ("AB12CD34EF56", "AB12CD34EF56"),
    ],
)
def test_a_number_is_read_under_every_policy(typed: str, kept: str, policy: Policy | None) -> None:
    assert read("number", typed, policy) == kept


@pytest.mark.parametrize("policy", [None, Policy(), DEMANDED])
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1", "id_length"),
        ("12345678", "id_length"),
        ("1234567890", "id_length"),
        ("12345678901", "id_length"),
        ("0641900000011", "id_length"),
        ("1" * 5000, "id_length"),
        ("", "not_an_id"),
        ("😀", "not_an_id"),
        ("PASSPORT", "not_an_id"),
        ("A1", "not_an_id"),
        ("AB12345678901", "not_an_id"),
        ("B123/4567", "not_an_id"),
    ],
)
def test_another_number_of_papers_is_refused(typed: str, code: str, policy: Policy | None) -> None:
    assert read("number", typed, policy) == f"!{code}"


def test_none_is_an_answer_unless_the_policy_demands_a_number() -> None:
    assert read("number", NO_NUMBER) == NO_NUMBER
    assert read("number", NO_NUMBER, Policy()) == NO_NUMBER
    assert read("number", NO_NUMBER, DEMANDED) == "!id_required"


@pytest.mark.parametrize(
    ("sign", "sex", "century"),
    [
        ("0", Sex.MALE, 1900), ("1", Sex.FEMALE, 1900), ("2", Sex.MALE, 2000),
        ("3", Sex.FEMALE, 2000), ("4", Sex.MALE, 2100), ("5", Sex.FEMALE, 2100),
        ("6", Sex.MALE, 2200), ("7", Sex.FEMALE, 2200), ("8", Sex.MALE, 2300),
        ("9", Sex.FEMALE, 2300),
    ],
)  # fmt: skip
@given(year=st.integers(0, 99), rest=st.integers(0, 999_999))
def test_what_a_citizen_number_says(
    sign: str, sex: Sex, century: int, year: int, rest: int
) -> None:
    says = number_says(f"064{sign}{year:02}{rest:06}")
    assert says is not None
    assert (says.sex, says.year) == (sex, century + year)


@pytest.mark.parametrize("number", ["", "none", "230000001", "B1234567", "0641900000011"])
def test_other_papers_say_nothing(number: str) -> None:
    assert number_says(number) is None


@given(st.integers(0, 10**12 - 1))
def test_no_citizen_number_is_refused_for_what_it_says(number: int) -> None:
    assert read("number", f"{number:012}", DEMANDED) == f"{number:012}"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1234567890", "1234567890"),
        ("123 456 7890", "1234567890"),
        ("DN4 64 1234567890", "DN4641234567890"),
        ("dn4-64-1234567890", "DN4641234567890"),
        ("DN 4 64 12 345 67890", "DN4641234567890"),
        ("", "!not_insurance"),
        ("123456789", "!not_insurance"),
        ("12345678901", "!not_insurance"),
        ("DN464123456789", "!not_insurance"),
        ("DN46412345678901", "!not_insurance"),
        ("không nhớ", "!not_insurance"),
        ("😀", "!not_insurance"),
    ],
)
def test_insurance_numbers_have_ten_or_fifteen_signs(typed: str, kept: str) -> None:
    assert read("insurance", typed) == kept


# --- whatever is typed --------------------------------------------------------------------------

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)
NEAR_MISSES = st.text("0123456789/-. +84()ngàytháng'’ABnone😀\u202e\u0301٣", max_size=30)


@pytest.mark.parametrize("kind", TYPES)
@given(text=ANYTHING | NEAR_MISSES)
def test_any_text_is_a_value_or_an_expected_refusal(kind: str, text: str) -> None:
    value = read(kind, text, DEMANDED)
    if not value.startswith("!"):
        value.encode()
        assert unicodedata.is_normalized("NFC", value)
        assert read(kind, value, DEMANDED) == value


@given(st.dates(date(1700, 1, 1), date(2200, 1, 1)), st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_a_day_that_was_kept_stays_readable(day: date, today: date) -> None:
    for kind in ("born", "wished", "past"):
        value = read(kind, day.isoformat(), today=today)
        assert value == day.isoformat() or value.startswith("!")
