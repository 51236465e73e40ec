"""What is read out of pictures, of all the sorts that people send."""

import unicodedata
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.qr_pictures import MOST_PIXELS, texts_in, unpack
from bot.scan_worker import answer
from handlers.qr import tell
from tests.scanning.photos import CARD, drawn, grain, jpeg, photo, png

LONG_HC1 = "HC1:" + "NCFA60NG0/3WUWGS LKH47GO0$%*+-.:" * 18


def never() -> bool:
    return False


def read(data: bytes) -> tuple[str, ...]:
    image = unpack(data)
    assert isinstance(image, Image.Image)
    return texts_in(image, never)


@pytest.mark.parametrize("turned", [0, 17, 45, 90, 180, 268])
def test_turned(turned: float) -> None:
    assert read(jpeg(photo(turned=turned))) == (CARD,)


@pytest.mark.parametrize(
    ("wrong", "quality"),
    [
        pytest.param({}, 60, id="sent as a chat sends it"),
        pytest.param({"module": 3}, 20, id="squeezed hard"),
        pytest.param({"module": 5, "blur": 2.4}, 85, id="blurred"),
        pytest.param({"module": 10, "blur": 5}, 85, id="near and out of focus"),
        pytest.param({"module": 5, "light": 0.06}, 85, id="dark"),
        pytest.param({"module": 5, "light": 0.12, "noise": 0.3}, 85, id="dark and grainy"),
        pytest.param({"noise": 0.45}, 85, id="grainy"),
        pytest.param({"module": 1.6, "blur": 0.6, "noise": 0.03}, 85, id="far away"),
        pytest.param({"module": 2, "size": (4000, 3000)}, 85, id="small in a large photo"),
        pytest.param({"module": 1.8, "size": (4000, 3000)}, 85, id="smaller still"),
    ],
)
def test_bad_photos(wrong: dict[str, Any], quality: int) -> None:
    assert read(jpeg(photo(**wrong), quality)) == (CARD,)


def test_in_a_very_large_photo() -> None:
    assert read(jpeg(photo(module=8, size=(6000, 4500)))) == (CARD,)


def test_part_of_it_is_covered() -> None:
    code = drawn()
    blot = code.width // 6
    code.paste(
        255, (code.width // 2, code.height // 2, code.width // 2 + blot, code.height // 2 + blot)
    )
    assert read(png(code)) == (CARD,)


def test_too_much_of_it_is_covered() -> None:
    code = drawn()
    code.paste(255, (code.width // 3, code.height // 3, code.width, code.height))
    assert read(png(code)) == ()


def test_light_on_dark() -> None:
    assert read(png(drawn().point([255 - v for v in range(256)]))) == (CARD,)


def test_transparent_paper() -> None:
    code = drawn()
    ink = Image.new("RGBA", code.size, (0, 0, 0, 0))
    ink.paste((0, 0, 0, 255), mask=code.point([255 - v for v in range(256)]))
    assert read(png(ink)) == (CARD,)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_sort_of_png(mode: str) -> None:
    code = drawn()
    image = code.convert("I;16").point(lambda v: v * 256) if mode == "I;16" else code.convert(mode)
    assert read(png(image)) == (CARD,)


@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_every_sort_of_jpeg(mode: str) -> None:
    assert read(jpeg(drawn().convert(mode))) == (CARD,)


def test_webp() -> None:
    out = BytesIO()
    drawn().convert("RGB").save(out, "WEBP")
    assert read(out.getvalue()) == (CARD,)


def test_several_in_one_picture() -> None:
    page = Image.new("L", (1400, 1800), 255)
    for row, text in enumerate(["one", CARD, LONG_HC1]):
        page.paste(drawn(text, 4), (100 + 200 * row, 100 + 450 * row))
    assert read(jpeg(page)) == ("one", CARD, LONG_HC1)
    found = answer(jpeg(page), 60)["found"]
    assert [one["kind"] for one in found] == ["hc1", "cccd", "unknown"]


def test_the_long_text_of_a_certificate() -> None:
    assert read(jpeg(drawn(LONG_HC1, 4), 60)) == (LONG_HC1,)


def test_a_data_matrix() -> None:
    made = zxingcpp.create_barcode("DK-4K7M-2QXH", zxingcpp.BarcodeFormat.DataMatrix)
    assert read(png(_shown(made))) == ("DK-4K7M-2QXH",)


def _shown(made: zxingcpp.Barcode) -> Image.Image:
    drawing: Any = made.to_image(scale=8, add_quiet_zones=True)  # a buffer, untyped
    view = memoryview(drawing)
    assert view.shape is not None
    height, width = view.shape
    return Image.frombytes("L", (width, height), view.tobytes())


def test_other_codes_are_not_looked_for() -> None:
    made = zxingcpp.create_barcode("4006381333931", zxingcpp.BarcodeFormat.EAN13)
    assert read(png(_shown(made))) == ()


# Names whose UTF-8 some readers take for Japanese, and marks that stand apart.
@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("place", ["Buôn Mạc, Cư M'gar, Đắk Lắk", "Plei Ơ̆i, Ia Pa", "Kon Plông"])
def test_vietnamese_comes_out_as_it_was(form: str, place: str) -> None:
    parts = f"066200001234||Y Bhĕn Niê|05061998|Nam|{place}|01072024"
    (text,) = read(png(drawn(unicodedata.normalize(form, parts))))  # type: ignore[arg-type]
    assert tell(text) == tell(parts)


@given(
    st.text(
        "aăâbcdđeêghiklmnoôơpqrstuưvxyạảãàáặẳẵằắậẩẫầấệểễềếịỉĩìíộổỗồốợởỡờớựửữừứỵỷỹỳý ,.'", min_size=1
    )
)
@settings(max_examples=40, deadline=None)
def test_any_vietnamese_text(text: str) -> None:
    assert read(png(drawn(text, 3))) == (text,)


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (3, 2), (2000, 1)])
def test_pictures_of_hardly_anything(size: tuple[int, int]) -> None:
    assert read(png(Image.new("L", size, 200))) == ()


def test_it_gives_up_when_told() -> None:
    asked: list[None] = []

    def at_once() -> bool:
        asked.append(None)
        return True

    assert texts_in(grain((300, 300)), at_once) == ()
    assert len(asked) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a letter",
        b"\xff\xd8\xff and no more",
        b"\x89PNG\r\n\x1a\n and no more",
        b"RIFF\x00\x00\x00\x00WEBPVP8X",
        jpeg(photo())[:5000],
        png(drawn())[:300],
    ],
)
def test_what_is_no_picture(data: bytes) -> None:
    assert unpack(data) == "not_an_image"


def test_more_than_fifty_megapixels() -> None:
    assert MOST_PIXELS == 50_000_000
    assert isinstance(unpack(png(Image.new("1", (7071, 7071)))), Image.Image)
    assert unpack(png(Image.new("1", (7072, 7071)))) == "too_many_pixels"


def test_a_bomb_is_told_by_its_header() -> None:
    small = png(Image.new("1", (20_000, 20_000)))
    assert len(small) < 100_000
    assert unpack(small) == "too_many_pixels"


@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
@settings(max_examples=150, deadline=None)
def test_broken_pictures_do_not_raise(kind: str, data: st.DataObject) -> None:
    out = BytesIO()
    drawn("abc", 2).convert("RGB").save(out, kind)
    content = bytearray(out.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    told = answer(bytes(content), 60)
    assert told.keys() in ({"found"}, {"why"})
