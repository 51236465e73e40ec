"""Days as people write them, and the age and group that follow."""

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.people import (
    age,
)
from handlers.registration import ADULT, OLD, group_by_age
from tests.handlers.reading import TODAY, read

# --- birth dates --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("31/12/1990", "1990-12-31"),
        ("3/2/1980", "1980-02-03"),
        ("3-2-1980", "1980-02-03"),
        ("03.02.1980", "1980-02-03"),
        ("3 2 1980", "1980-02-03"),
        (" 3 / 2 / 1980 ", "1980-02-03"),
        ("3/2/1980.", "1980-02-03"),
        ("3/2/1980 ạ", "1980-02-03"),
        ("3–2–1980", "1980-02-03"),
        ("03021980", "1980-02-03"),
        ("1980-02-03", "1980-02-03"),
        ("1980/2/3", "1980-02-03"),
        ("ngày 3 tháng 2 năm 1980", "1980-02-03"),
        ("Ngày 03 Tháng 02 Năm 1980", "1980-02-03"),
        ("ngay 3 thang 2 nam 1980", "1980-02-03"),
        ("ngày 3, tháng 2, năm 1980", "1980-02-03"),
        ("mùng 3 tháng 2 năm 1980", "1980-02-03"),
        ("3 tháng 2 1980", "1980-02-03"),
        ("sinh ngày 3/2/1980", "1980-02-03"),
        ("Ngày sinh: 3/2/1980", "1980-02-03"),
        (unicodedata.normalize("NFD", "ngày 3 tháng 2 năm 1980"), "1980-02-03"),
        ("٣١/١٢/١٩٩٠", "1990-12-31"),
        ("３１/１２/１９９０", "1990-12-31"),
        ("29/02/2024", "2024-02-29"),
        ("03/03/2026", "2026-03-03"),
        ("01/01/1906", "1906-01-01"),
        ("1990", "1990"),
        ("năm 1990", "1990"),
        ("sinh năm 1990", "1990"),
        ("sn 1990", "1990"),
        ("khoảng 1950", "1950"),
        ("2026", "2026"),
        ("1906", "1906"),
    ],
)
def test_a_birth_date_is_read(typed: str, kept: str) -> None:
    assert read("born", typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("29/02/2023", "no_such_day"),
        ("31/04/1990", "no_such_day"),
        ("32/01/1990", "no_such_day"),
        ("00/00/0000", "no_such_day"),
        ("99999999", "no_such_day"),
        ("1990-02-30", "no_such_day"),
        ("12/31/1990", "month_first"),
        ("02/13/1990", "month_first"),
        ("31/12/90", "year_has_two_digits"),
        ("3-2-80", "year_has_two_digits"),
        ("31/12/1875", "born_too_long_ago"),
        ("31/12/1905", "born_too_long_ago"),
        ("31/12/199", "born_too_long_ago"),
        ("1905", "born_too_long_ago"),
        ("0000", "born_too_long_ago"),
        ("04/03/2026", "born_in_future"),
        ("2027", "born_in_future"),
        ("31/12/9999", "born_in_future"),
        ("", "not_a_date"),
        ("😀", "not_a_date"),
        ("hôm qua", "not_a_date"),
        ("05/1990", "not_a_date"),
        ("31/12/19901", "not_a_date"),
        ("①/①/1990", "not_a_date"),
        ("½/1/1990", "not_a_date"),
        ("一九九〇", "not_a_date"),
        ("1" * 5000, "not_a_date"),
        (" !" * 2500, "not_a_date"),
        ("ngày " * 1000, "not_a_date"),
    ],
)
def test_a_birth_date_is_refused(typed: str, code: str) -> None:
    assert read("born", typed) == f"!{code}"


@given(day=st.dates(date(1907, 1, 1), TODAY), sign=st.sampled_from("/-. "), short=st.booleans())
def test_every_day_is_read_however_written(day: date, sign: str, *, short: bool) -> None:
    parts = (str(day.day), str(day.month)) if short else (f"{day.day:02}", f"{day.month:02}")
    assert read("born", sign.join((*parts, str(day.year)))) == day.isoformat()
    assert read("born", f"{day.day:02}{day.month:02}{day.year}") == day.isoformat()
    assert read("born", f"ngày {day.day} tháng {day.month} năm {day.year}") == day.isoformat()


@given(st.dates(TODAY + timedelta(days=1), date(9999, 12, 31)))
def test_nobody_is_born_tomorrow(day: date) -> None:
    assert read("born", day.strftime("%d/%m/") + str(day.year)) == "!born_in_future"


# --- age ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        ("2008-03-03", date(2026, 3, 2), 17),
        ("2008-03-03", date(2026, 3, 3), 18),
        ("2008-03-04", date(2026, 3, 3), 17),
        ("1961-03-03", date(2026, 3, 2), 64),
        ("1961-03-03", date(2026, 3, 3), 65),
        ("2008-02-29", date(2026, 2, 28), 17),
        ("2008-02-29", date(2026, 3, 1), 18),
        ("2008-02-29", date(2028, 2, 29), 20),
        ("2026-03-03", date(2026, 3, 3), 0),
        ("2008", date(2026, 12, 31), 17),
        ("2007", date(2026, 1, 1), 18),
        ("1961", date(2026, 12, 31), 64),
        ("1960", date(2026, 1, 1), 65),
        ("2026", date(2026, 3, 3), 0),
    ],
)
def test_age_in_full_years(born: str, today: date, years: int) -> None:
    assert age(born, today) == years


@pytest.mark.parametrize(
    ("born", "group"),
    [
        ("2026-03-03", "8"),
        ("2008-03-04", "8"),
        ("2008-03-03", None),
        ("1961-03-04", None),
        ("1961-03-03", "9"),
        ("1906-01-01", "9"),
        ("2008", "8"),
        ("2007", None),
        ("1961", None),
        ("1960", "9"),
    ],
)
def test_the_group_that_age_gives(born: str, group: str | None) -> None:
    assert group_by_age(born, TODAY) == group


@given(st.dates(date(1906, 1, 1), TODAY))
def test_a_year_alone_never_makes_older_than_the_day_does(day: date) -> None:
    sure, whole = age(str(day.year), TODAY), age(day.isoformat(), TODAY)
    assert sure <= whole <= sure + 1
    assert (group_by_age(day.isoformat(), TODAY) is None) == (ADULT <= whole < OLD)


# --- other days, and notes ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("soonest", "soonest"),
        ("03/03/2026", "2026-03-03"),
        ("ngày 4 tháng 3 năm 2026", "2026-03-04"),
        ("2026-12-05", "2026-12-05"),
        ("02/03/2026", "!day_is_past"),
        ("31/12/1875", "!day_is_past"),
        ("31/12/9999", "!not_a_date"),
        ("2026", "!not_a_date"),
        ("bao giờ cũng được", "!not_a_date"),
        ("31/02/2027", "!no_such_day"),
        ("12/31/2026", "!month_first"),
        ("05/12/26", "!year_has_two_digits"),
    ],
)
def test_a_wished_day_is_today_or_later(typed: str, kept: str) -> None:
    assert read("wished", typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("05/11/2021", "2021-11-05"),
        ("03/03/2026", "2026-03-03"),
        ("04/03/2026", "!day_in_future"),
        ("05/11/1021", "!not_a_date"),
        ("2021", "!not_a_date"),
        ("29/02/2021", "!no_such_day"),
        ("", "!not_a_date"),
    ],
)
def test_the_day_of_the_last_dose_is_past(typed: str, kept: str) -> None:
    assert read("past", typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("dị ứng tôm", "dị ứng tôm"),
        ("dòng 1\r\ndòng 2\u2028dòng 3", "dòng 1\ndòng 2\ndòng 3"),
        (unicodedata.normalize("NFD", "đường số 1"), "đường số 1"),
        ("😀", "😀"),
        ("a" * 300, "a" * 300),
        ("a" * 301, "!too_long"),
        ("a" * 5000, "!too_long"),
        ("", "!nothing_written"),
        (" \n\t ", "!nothing_written"),
        ("\u202e\x00\u200b", "!nothing_written"),
        ("\ud800", "!nothing_written"),
    ],
)
def test_a_note_is_a_few_words(typed: str, kept: str) -> None:
    assert read("note", typed) == kept
