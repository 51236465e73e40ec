"""What a QR text is told to be, and what is kept of it."""

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers import codes, slip
from handlers import qr as house
from handlers.qr import (
    Bhyt,
    Cccd,
    Complaint,
    Hc1,
    Link,
    PcCovid,
    Qr,
    Registration,
    Slip,
    Unknown,
    best_first,
    fields_of,
    restored,
    tell,
)
from tests.scanning.photos import CARD, CARD_FIELDS

DK = codes.make("DK", "4K7M2QX")
PA = codes.make("PA", "4K7M2QX")
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
EXTRA = "|Nguyễn Cha|Trần Mẹ|001068001234"


def hexed(text: str) -> str:
    return text.encode().hex()


def test_an_id_card() -> None:
    assert fields_of(tell(CARD)) == CARD_FIELDS


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        (CARD.replace("025123456", ""), {"old_number": None}),
        (CARD.replace("025123456", "079300001234"), {"old_number": "079300001234"}),
        (CARD.replace("025123456", "-"), {"old_number": None}),
        (CARD.replace("01022000", "01/02/2000").replace("15062021", "15/06/2021"), {}),
        (CARD.replace("01022000", "2000-02-01"), {}),
        (CARD.replace("Nam", "Nữ"), {"sex": "female"}),
        (CARD.replace("Nam", "NU"), {"sex": "female"}),
        (CARD.replace("Nam", "?"), {"sex": None}),
        (CARD.replace("01022000", "31022000"), {"birth_date": None}),
        (CARD.replace("01022000", "00002000"), {"birth_date": "2000"}),
        (CARD.replace("01022000", "2000"), {"birth_date": "2000"}),
        (CARD.replace("01022000", "01020000"), {"birth_date": None}),
        (CARD.replace("15062021", "2021"), {"issue_date": None}),
        (CARD.replace("15062021", ""), {"issue_date": None}),
        (CARD.replace("Nguyễn Văn Ánh", ""), {"name": None}),
        (CARD.replace("Nguyễn Văn Ánh", "Á" * 81), {"name": None}),
        (CARD.replace("12 Lê Lợi", "ấ" * 300), {"address": None}),
        (unicodedata.normalize("NFD", CARD), {}),
        ("\ufeff " + CARD + "\r\n", {}),
        (CARD.replace("Văn", "\u202eVăn\u200b\x07"), {}),
        (CARD.replace("079200001234", "079 200 001 234"), {"number": "079200001234"}),
        (CARD + EXTRA, {}),
        (CARD + "||" + EXTRA, {}),
    ],
)
def test_id_cards_as_they_come(text: str, differs: dict[str, Any]) -> None:
    found = tell(text)
    assert isinstance(found, Cccd)
    assert fields_of(found) == CARD_FIELDS | differs


SHORT = "|".join([CARD.split("|")[0], *CARD.split("|")[2:]])


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        (SHORT, {"old_number": None}),
        (SHORT.replace("01022000", "01/02/2000"), {"old_number": None}),
        (SHORT.replace("01022000", "?"), {"old_number": None, "birth_date": None}),
        (SHORT.replace("Nam", "?"), {"old_number": None, "sex": None}),
        (SHORT + "|025123456", {}),
        (SHORT + "||" + EXTRA, {"old_number": None}),
        (SHORT + EXTRA, {"old_number": None}),
        (SHORT + "|001068001234", {"old_number": None}),  # may be the father's
        (CARD.rsplit("|", 1)[0], {"issue_date": None}),
    ],
)
def test_id_cards_in_another_order(text: str, differs: dict[str, Any]) -> None:
    found = tell(text)
    assert isinstance(found, Cccd)
    assert fields_of(found) == CARD_FIELDS | differs


@pytest.mark.parametrize(
    "text",
    [
        CARD.replace("079200001234", "79200001234"),
        CARD.replace("079200001234", "07920000123٤"),
        CARD.replace("079200001234", "0792000012345"),
        "079200001234|Nguyễn Văn Ánh|01022000|Nam|12 Lê Lợi",
        "079200001234",
        "|||||||",
        "|",
    ],
)
def test_what_is_no_id_card(text: str) -> None:
    assert tell(text) == Unknown()


def test_third_persons_are_dropped() -> None:
    found = [
        tell(CARD + EXTRA),
        tell(SHORT + EXTRA),
        tell(f"4010112345|{hexed('An')}|01/02/2019|1||01 - 001|01/01/2021|-|-|-|{hexed('Cha')}"),
        tell("******001234|AN|2019-**-**|1|Q1|MOTHERQID<1<4010112345<0900000001<sign"),
    ]
    kept = " ".join(str(value) for one in found for value in fields_of(one).values())
    assert not re.search("Cha|Trần|001068001234|MOTHERQID|900000001|sign", kept)


def test_the_personal_qr() -> None:
    text = "079200001234|NGUYEN VAN ANH|2000-02-01|0|QID001|<1<DN4010112345678<0900000001<c2ln"
    assert tell(text) == PcCovid(
        declared_for="self",
        name="NGUYEN VAN ANH",
        number="079200001234",
        birth_date="2000-02-01",
        birth_year="2000",
        sex="male",
        insurance="DN4010112345678",
        phone="+84900000001",
    )


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        ("******001234|NGUYEN VAN ANH|2000-**-**|0|QID001|", {}),
        ("******001234|NGUYEN VAN ANH|2000-**-**|0|QID001", {}),
        ("******001234|NGUYEN VAN ANH|**/**/2000|0|QID001|", {}),
        ("******001234|NGUYEN VAN ANH|****-**-**|0|QID001|", {"birth_year": None}),
        ("XXXXXX001234|NGUYEN VAN ANH|2000-**-**|0|QID001|", {"number_end": None}),
        ("************|NGUYEN VAN ANH|2000-**-**|0|QID001|", {"number_end": None}),
        ("|NGUYEN VAN ANH|2000-**-**|0|QID001|", {"number_end": None}),
        ("******001234|NGUYEN VAN ANH|2000-**-**|1|QID001|", {"declared_for": "other"}),
        ("******001234|NGUYEN VAN ANH|2000-**-**|0|QID001|Q<2<x<y", {"sex": "female"}),
        ("******001234|NGUYEN VAN ANH|2000-**-**|0|QID001|Q<0", {}),
        ("******001234||2000-**-**|0|QID001|", {"name": None}),
        ("4010112345|NGUYEN VAN ANH|2000-**-**|1|QID001|", {"declared_for": "other"}),
    ],
)
def test_the_personal_qr_masked(text: str, differs: dict[str, Any]) -> None:
    found = tell(text)
    assert isinstance(found, PcCovid)
    masked = PcCovid(
        declared_for="self", name="NGUYEN VAN ANH", number_end="001234", birth_year="2000"
    )
    expected = fields_of(masked) | differs
    if text.startswith("XXXXXX"):  # letters could be a passport's
        expected["number"] = "XXXXXX001234"
    if text.startswith("4010112345"):
        expected |= {"number": "4010112345", "number_end": None}
    assert fields_of(found) == expected


@pytest.mark.parametrize("number", ["DN4794010112345", "4010112345"])
def test_a_health_insurance_card(number: str) -> None:
    home = "12 Lê Lợi, Quận 1"
    text = (
        f"{number}|{hexed('Nguyễn Văn Ánh')}|01/02/2000|2|{hexed(home).upper()}|79 - 010|"
        f"01/01/2021|31/12/2021|05/01/2021|79010112345678|-|4|01/01/2025|15a5fb0c-7102|$"
    )
    assert tell(text) == Bhyt(
        number=number,
        name="Nguyễn Văn Ánh",
        birth_date="2000-02-01",
        sex="female",
        address=home,
        facility="79 - 010",
        valid_from="2021-01-01",
        valid_until="2021-12-31",
    )


@pytest.mark.parametrize(
    ("name", "birth", "kept"),
    [
        (hexed("Nguyễn Văn Ánh"), "1950", ("Nguyễn Văn Ánh", "1950")),
        ("4e 67 75", "01/02/2000", ("Ngu", "2000-02-01")),
        (hexed(unicodedata.normalize("NFD", "Ánh")), "01/02/2000", ("Ánh", "2000-02-01")),
        (hexed("A\u202enh\x00"), "01/02/2000", ("Anh", "2000-02-01")),
        ("ff" + hexed("Ánh"), "01/02/2000", (None, "2000-02-01")),
        ("4e6", "01/02/2000", (None, "2000-02-01")),
        ("Nguyễn Văn Ánh", "01/02/2000", (None, "2000-02-01")),
        (hexed("x" * 90), "41/02/2000", (None, None)),
    ],
)
def test_names_in_hex(name: str, birth: str, kept: tuple[str | None, str | None]) -> None:
    found = tell(f"4010112345|{name}|{birth}|1|zz|01 - 001")
    assert isinstance(found, Bhyt)
    assert (found.name, found.birth_date) == kept
    assert found.address is None


def test_a_certificate_is_kept_byte_for_byte() -> None:
    text = "HC1:NCFOXN%TS3DH/3 $%*+-./:  "
    assert tell(text) == Hc1(text)
    assert tell("\ufeff \t" + text + "\r\n") == Hc1(text)


def test_slips() -> None:
    token = slip.PREFIX + "2KBA7DEF"
    assert tell(token) == Slip(token)
    assert tell(f"https://tram.example/kiem-tra#{token}") == Slip(token)
    assert tell(f"HTTPS://TRAM.EXAMPLE/v1/KIEM-TRA/?ngon-ngu=vi#{token}") == Slip(token)
    assert tell("https://tram.example/kiem-tra#HC1%3AAB%20%25") == Hc1("HC1:AB %")
    assert tell("https://tram.example/kiem-tra#") == Link(
        "https://tram.example/kiem-tra#", "tram.example"
    )


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        " {} \n",
        "https://tram.example/{}",
        "https://tram.example/dk/{}/",
        "https://tram.example/xem?ma={}",
        "https://tram.example/xem#{}",
        "https://t.me/tram_bot?start={}",
    ],
)
def test_public_codes(around: str) -> None:
    assert tell(around.format(DK)) == Registration(DK)
    assert tell(around.format(PA.lower())) == Complaint(PA)


@pytest.mark.parametrize("text", ["DK-4K7M-2QXA", DK.replace("DK-", "XX-"), DK + " " + PA, "DK"])
def test_what_is_no_code(text: str) -> None:
    assert tell(text) == Unknown()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://moh.example/tin?a=1", "moh.example"),
        ("HTTP://MOH.example:8080", "moh.example"),
        ("https://moh.example@evil.example/", "evil.example"),
        ("https://evil.example\\@moh.example/", "evil.example"),
        ("https://ví-dụ.example/", "xn--v-d-rma6749a.example"),
        ("https://mоh.example", "xn--mh-fmc.example"),  # its second letter is Cyrillic
        ("https://[::1]/a", "::1"),
        ("https://moh.\u202eexample/", "moh.example"),
        ("https://tram.example/DK-4K7M-2QXA", "tram.example"),
    ],
)
def test_links_and_where_they_lead(url: str, host: str) -> None:
    found = tell(url)
    assert isinstance(found, Link)
    assert found.host == host


@pytest.mark.parametrize(
    "text",
    [
        "https://",
        "https://[::1",
        "https://a..b/",
        "https://" + "a" * 64 + ".example",
        "https://moh.example/" + "a" * 2000,
        "https://moh.example and more",
        "ftp://moh.example",
        "javascript:alert(1)",
        "tel:0900000001",
        "WIFI:S:Tram;T:WPA;P:matkhau;;",
        "hc1:lower",
        "",
        " ",
        "\x00",
        "a" * 8000,
        "HC1:" + "A" * 8000,
    ],
)
def test_unknown(text: str) -> None:
    assert tell(text) == Unknown()


def test_nothing_of_a_person_is_printed() -> None:
    for one in [tell(CARD), tell("HC1:ABC"), Unknown()]:
        assert re.fullmatch(r"<handlers\.qr\.kinds\.\w+ object at \w+>", repr(one))


def test_what_matters_most_comes_first() -> None:
    link = Link("https://a.example", "a.example")
    found: list[Qr] = [Unknown(), link, tell(CARD), Hc1("HC1:2"), link, Hc1("HC1:1")]
    assert best_first(found) == (Hc1("HC1:2"), Hc1("HC1:1"), tell(CARD), link, Unknown())


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("nothing", {}),
        (None, {}),
        (["cccd"], {}),
        ("hc1", None),
        ("hc1", {}),
        ("hc1", {"text": 1}),
        ("hc1", {"text": "A" * 9000}),
        ("hc1", {"text": "HC1:", "more": "x"}),
        ("hc1", {"kind": "x"}),
        ("cccd", {"number": "079200001234"}),
    ],
)
def test_what_cannot_be_restored(kind: object, fields: object) -> None:
    assert restored(kind, fields) is None


TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.one_of(
            st.text(max_size=20),
            st.sampled_from(
                [*CARD.split("|"), "0", "1", "2", "4010112345", "2000-**-**", "*" * 12]
            ),
            st.from_regex(r"[0-9*/-]{0,12}"),
            st.binary(max_size=20).map(bytes.hex),
        ),
        max_size=12,
    ).map("|".join),
    st.text("httpsHC1:TOI/#?&=@.[]\\%kiemtra-DPA4", max_size=60).map("https://".__add__),
    st.text(max_size=30).map("https://a.example/kiem-tra#".__add__),
)


@given(TEXTS)
@example(CARD + EXTRA)
@example("https://a.example/?" + "&" * 2000)
@example("\ud800|\udfff")
@settings(deadline=None)
def test_any_text_is_told(text: str) -> None:
    found = tell(text)
    fields = fields_of(found)
    assert restored(found.kind, fields) == found
    for value in fields.values():
        assert value is None or (value and len(value) <= house.MOST_TEXT)
        assert value is None or value == unicodedata.normalize("NFC", value)
        assert value is None or not UNSEEN.search(value)


@given(st.lists(st.sampled_from([*CARD.split("|"), "", "Nam", "01/01/1990"]), max_size=9))
@settings(deadline=None)
def test_cards_hold_what_cards_hold(parts: list[str]) -> None:
    found = tell("|".join(parts))
    if not isinstance(found, Cccd):
        return
    assert re.fullmatch(r"\d{12}", found.number)
    assert found.sex in (None, "male", "female")
    for day in (found.birth_date, found.issue_date):
        assert day is None or re.fullmatch(r"\d{4}(-\d\d-\d\d)?", day)
