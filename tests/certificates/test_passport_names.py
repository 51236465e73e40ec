"""Vietnamese names in the machine-readable spelling."""

import unicodedata

import pytest

from handlers.hc1.passport_names import passport_name


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Đặng Đình Ơn", "DANG<DINH<ON"),
        ("H'Hen Niê", "HHEN<NIE"),
        ("H\u2019Hen Niê", "HHEN<NIE"),
        ("đỗ thị mỹ-lệ", "DO<THI<MY<LE"),
        ("  Nguyễn   Ánh ", "NGUYEN<ANH"),
        ("Strauß", "STRAUSS"),
        ("", ""),
    ],
)
def test_a_name_in_both_spellings_of_unicode(name: str, folded: str) -> None:
    for form in ("NFC", "NFD"):
        assert passport_name(unicodedata.normalize(form, name)) == folded
