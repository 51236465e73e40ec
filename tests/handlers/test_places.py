"""Communes are found by what people write: names of today, names of before, typing errors."""

import csv
import random
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.place_names import DATA
from handlers.places import Found, Places
from handlers.vietnamese import fold

GIA_LAI = "52"
DAK_DOA = "23677"
KON_GANG = "23701"


@cache
def places() -> Places:
    return Places.load()


def rows(table: str) -> Iterator[list[str]]:
    with (DATA / f"{table}.tsv").open(encoding="utf-8", newline="") as file:
        yield from list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


def found(text: str, near: str | None = None) -> list[str]:
    return [result.place.full for result in places().find(text, near)]


def only(text: str) -> Found:
    (result,) = places().find(text)
    return result


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("xã Đak Đoa", "Xã Đak Đoa, Gia Lai"),
        ("thị trấn Đak Đoa", "Xã Đak Đoa, Gia Lai"),
        ("xã Đak Đoa huyện Đak Đoa tỉnh Gia Lai", "Xã Đak Đoa, Gia Lai"),
        ("Xã Đak Đoa, Gia Lai, Việt Nam", "Xã Đak Đoa, Gia Lai"),
        ("dak doa gia lai", "Xã Đak Đoa, Gia Lai"),
        ("tt dak doa", "Xã Đak Đoa, Gia Lai"),
        ("TT. Đăk Đoa", "Xã Đak Đoa, Gia Lai"),
        ("đăk đoa", "Xã Đak Đoa, Gia Lai"),
        ("đắc đoa", "Xã Đak Đoa, Gia Lai"),
        ("DAKDOA", "Xã Đak Đoa, Gia Lai"),
        ("đak-đoa", "Xã Đak Đoa, Gia Lai"),
        ("H'Neng", "Xã Kon Gang, Gia Lai"),
        ("xã H’ Neng", "Xã Kon Gang, Gia Lai"),
        ("hneng", "Xã Kon Gang, Gia Lai"),
        ("KDang", "Xã KDang, Gia Lai"),
        ("K'Dang", "Xã KDang, Gia Lai"),
        ("K' Dang", "Xã KDang, Gia Lai"),
        ("k dang", "Xã KDang, Gia Lai"),
        ("A Dơk", "Xã Ia Băng, Gia Lai"),
        ("ia bang dak doa", "Xã Ia Băng, Gia Lai"),
        ("thôn 3 xã Kon Gang", "Xã Kon Gang, Gia Lai"),
        ("thôn Tân Phú, xã Kon Gang", "Xã Kon Gang, Gia Lai"),
        ("em ở kon gang", "Xã Kon Gang, Gia Lai"),
        ("Gia Lai, Đak Đoa, Kon Gang", "Xã Kon Gang, Gia Lai"),
        ("12/5 Nguyễn Huệ, phường Diên Hồng, Pleiku, Gia Lai", "Phường Diên Hồng, Gia Lai"),
        ("xã Hà Đông, Gia Lai", "Xã Đak Sơmei, Gia Lai"),
        ("phường 5 quận 3", "Phường Bàn Cờ, TP Hồ Chí Minh"),
        ("P.05, Q.3, TP.HCM", "Phường Bàn Cờ, TP Hồ Chí Minh"),
        ("p5 q3 sg", "Phường Bàn Cờ, TP Hồ Chí Minh"),
        ("f5 quan3 tphcm", "Phường Bàn Cờ, TP Hồ Chí Minh"),
        ("phường Sài Gòn", "Phường Sài Gòn, TP Hồ Chí Minh"),
        ("phường Tân Phú, Đồng Xoài", "Phường Bình Phước, TP Đồng Nai"),
        ("xã Xa Dung", "Xã Xa Dung, Điện Biên"),
        ("côn đảo", "Đặc khu Côn Đảo, TP Hồ Chí Minh"),
        ("Bắc Nha Trang", "Phường Bắc Nha Trang, Khánh Hòa"),
        ("phuongtrangdai dong nai", "Phường Trảng Dài, TP Đồng Nai"),
    ],
)
def test_a_text_that_names_one_place_finds_it(text: str, full: str) -> None:
    result = only(text)
    assert result.place.full == full
    assert result.exact


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("dak doaa", "Xã Đak Đoa, Gia Lai"),
        ("mang yan", "Xã Mang Yang, Gia Lai"),
        ("xã kon gagn gia lai", "Xã Kon Gang, Gia Lai"),
        ("phuong dien hogn, gia lai", "Phường Diên Hồng, Gia Lai"),
        ("phường 13 gò vấp", "Phường An Hội Đông, TP Hồ Chí Minh"),
        ("đồng xoài bình phước", "Phường Đồng Xoài, TP Đồng Nai"),
    ],
)
def test_a_guess_is_offered_and_not_taken(text: str, full: str) -> None:
    first = places().find(text)[0]
    assert first.place.full == full
    assert not first.exact


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("Ia Băng", ["Xã Ia Băng, Gia Lai", "Xã Ia Tôr, Gia Lai"]),
        (
            "phường Tân Phú",
            ["Phường Tân Phú, TP Đồng Nai", "Phường Tân Phú, TP Hồ Chí Minh"],
        ),
        ("xã Canh Liên", ["Xã Canh Liên, Gia Lai", "Xã Canh Vinh, Gia Lai"]),
        ("gia lam", ["Xã Gia Lâm, TP Hà Nội", "Xã Gia Lâm, Ninh Bình"]),
        ("vũng tàu", ["Phường Vũng Tàu, TP Hồ Chí Minh", "Phường Rạch Dừa, TP Hồ Chí Minh"]),
        ("huyện Đak Đoa", ["Xã Đak Đoa, Gia Lai", "Xã Kon Gang, Gia Lai"]),
        (
            "quận 3",
            [
                "Phường Bàn Cờ, TP Hồ Chí Minh",
                "Phường Xuân Hòa, TP Hồ Chí Minh",
                "Phường Nhiêu Lộc, TP Hồ Chí Minh",
            ],
        ),
        ("TP Pleiku", ["Phường Pleiku, Gia Lai", "Phường Hội Phú, Gia Lai"]),
    ],
)
def test_a_text_that_may_mean_several_offers_them(text: str, some: list[str]) -> None:
    offered = found(text)
    assert set(some) <= set(offered)
    assert offered[0] in some


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Gia Lai", "52"),
        ("tỉnh Gia Lai", "52"),
        ("Tỉnh Bình Phước", "75"),
        ("tp hcm", "79"),
        ("TPHCM", "79"),
        ("sg", "79"),
        ("Sài Gòn", "79"),
        ("Đắc Lắc", "66"),
        ("Hà Nội, Việt Nam", "01"),
    ],
)
def test_a_province_alone_is_no_commune(text: str, code: str) -> None:
    assert places().find(text) == ()
    assert places().province_of(text) == code


@pytest.mark.parametrize("text", ["xã Đak Đoa, Gia Lai", "Pleiku", "", "xin chào", "huyện Gia Lai"])
def test_anything_else_is_no_province(text: str) -> None:
    assert places().province_of(text) is None


def test_the_name_of_a_former_province_may_be_a_commune() -> None:
    results = places().find("Bình Phước")
    assert [r.place.full for r in results[:2]] == [
        "Phường Bình Phước, TP Đồng Nai",
        "Xã Bình Phước, Vĩnh Long",
    ]
    assert not any(r.exact for r in results)
    assert places().province_of("Bình Phước") == "75"


@pytest.mark.parametrize("text", ["", "  ", "?!", "tôi muốn đăng ký tiêm", "0900 000 001", "🏠"])
def test_nothing_is_found_where_nothing_is_named(text: str) -> None:
    assert places().find(text) == ()


def test_the_former_name_is_told() -> None:
    assert only("thị trấn Đak Đoa").via == "Thị trấn Đak Đoa, huyện Đak Đoa"
    assert only("xã Đak Đoa").via is None
    assert only("p5 q3").via == "Phường 5, quận 3"


def test_a_commune_that_became_a_ward_in_2026_keeps_its_former_kind() -> None:
    result = only("xã Trảng Bom")
    assert result.place.full == "Phường Trảng Bom, TP Đồng Nai"
    assert result.via == "Xã Trảng Bom"
    assert only("phường Trảng Bom").via is None


def test_a_reused_code_is_never_followed() -> None:
    """23701 was H'Neng and is Kon Gang; 23714 was HNol and is KDang."""
    assert [place.name for place in places().successors("23689")] == ["Xã Kon Gang"]
    assert [place.name for place in places().successors("23719")] == ["Xã Ia Băng"]
    assert [place.name for place in places().successors("21997")] == [
        "Xã Canh Liên",
        "Xã Canh Vinh",
    ]
    assert places().successors("99999") == ()
    kon_gang = places().get(KON_GANG)
    assert kon_gang is not None
    assert kon_gang.full == "Xã Kon Gang, Gia Lai"
    assert places().get("23689") is None


def test_a_split_commune_waits_for_an_answer() -> None:
    offered = places().find("xã An Nghĩa huyện An Lão Bình Định")
    assert [r.place.name for r in offered] == ["Xã An Hòa", "Xã An Toàn"]
    assert not any(r.exact for r in offered)


@pytest.mark.parametrize("near", [GIA_LAI, DAK_DOA])
def test_the_neighbourhood_comes_first_between_equals(near: str) -> None:
    assert found("An Khê", near)[0] == "Phường An Khê, Gia Lai"
    assert found("phường An Phú", near)[0] == "Phường An Phú, Gia Lai"
    assert found("phường An Phú, TP HCM", near)[0] == "Phường An Phú, TP Hồ Chí Minh"


def test_no_more_are_offered_than_asked_for() -> None:
    assert len(places().find("Tân Phú", limit=3)) == 3
    assert len(places().find("Tân Phú")) == 5


def test_the_numbers_are_those_of_the_resolutions() -> None:
    communes = list(rows("communes"))
    kinds = [name.split()[0] for _, name, _ in communes]
    assert (len(communes), len(list(rows("provinces")))) == (3321, 34)
    assert (kinds.count("Phường"), kinds.count("Xã"), kinds.count("Đặc")) == (709, 2599, 13)
    cities = [name for _, name in rows("provinces") if name.startswith("Thành phố")]
    assert len(cities) == 9


def test_every_commune_is_found_first_by_its_full_name() -> None:
    missed = [
        place.full
        for code, *_ in rows("communes")
        if (place := places().get(code)) and found(place.full)[:1] != [place.full]
    ]
    assert missed == []


def test_every_commune_is_found_without_marks() -> None:
    missed = [
        place.full
        for code, *_ in rows("communes")
        if (place := places().get(code)) and place.full not in found(fold(place.full))
    ]
    assert missed == []


def test_former_communes_lead_to_all_their_successors() -> None:
    districts = {code: (name, province) for code, name, province, _ in rows("districts")}
    former = [row for row in rows("former_communes") if row[0]]
    for code, name, district, successors, _ in random.Random(2025).sample(former, 1500):
        text = ", ".join((name, *districts[district]))
        results = places().find(text)
        assert set(successors.split()[:5]) <= {r.place.code for r in results}, text
        assert {r.place.code for r in results} >= {p.code for p in places().successors(code)[:5]}
        if " " in successors:
            assert not all(r.exact for r in results), text


def misspelled(name: str, chance: random.Random) -> str:
    at = chance.randrange(6, len(name))
    swap = name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
    return chance.choice(
        [name[:at] + name[at + 1 :], swap, name[:at] + chance.choice("aeionhgtc") + name[at:]]
    )


def test_one_slip_of_the_finger_is_mostly_forgiven() -> None:
    """And what is found for sure after a slip is another place's own name, never a guess."""
    chance = random.Random(7)
    codes = chance.sample([code for code, *_ in rows("communes")], 400)
    chosen = [place for code in codes if (place := places().get(code))]
    forgiven = 0
    for place in chosen:
        text = misspelled(fold(place.name), chance) + ", " + place.province
        results = places().find(text)
        forgiven += place in [r.place for r in results]
        assert not any(r.exact and r.place != place and r.score < 100 for r in results), text
    assert forgiven >= 0.93 * len(chosen)


@given(st.text(max_size=600))
def test_no_text_is_too_strange(text: str) -> None:
    for result in places().find(text, near=text):
        assert result.place.code
    places().province_of(text)


PIECES = [
    "xã",
    "p.",
    "q3",
    "tp",
    "Tân Phú",
    "đak",
    "ia",
    "5",
    ",",
    "²",
    "٣",
    "'",
    "gia lai",
    "\u0301",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_no_heap_of_names_is_too_strange(pieces: list[str]) -> None:
    assert len(places().find(" ".join(pieces))) <= 5
