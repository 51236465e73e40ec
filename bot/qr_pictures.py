"""A picture → the texts of the QR codes in it. Slow and fed by strangers: runs in `scan_worker`.

Photos are small, dark, blurred and noisy each in their own way, and one look at the picture as it
is reads most of them. The other looks are in the order of what they find for their time; they were
chosen on generated photos (docs/decisions/0009-reading-qr.md).
"""

import warnings
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Literal

import zxingcpp
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from bot.channels.pictures import FORMATS

Problem = Literal["not_an_image", "too_many_pixels"]
MOST_PIXELS = 50_000_000
MOST_CODES = 10
# Above this a picture is looked at in half its size first, and not enlarged in one piece.
LARGE = 16_000_000
ENLARGED = 4_000_000
TILES = 3
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_DATA_MATRIX = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
_DEEP = ("I", "F")  # modes of more than eight bits a pixel

Looks = Iterator[tuple[Image.Image, zxingcpp.BarcodeFormats]]


def unpack(data: bytes) -> Image.Image | Problem:
    """The picture in shades of grey. Its size is read from the header, before it is unpacked.

    Raises MemoryError where the process may not have as much as it takes.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    return "too_many_pixels"
                return _grey(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "too_many_pixels"
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        return "not_an_image"


def texts_in(image: Image.Image, enough: Callable[[], bool]) -> tuple[str, ...]:
    """The texts of the codes that the first successful look sees, from above to below.

    Between two looks `enough` is asked whether to give up.
    """
    for seen, kind in _looks(image):
        found = _read(seen, kind)
        if found or enough():
            return found
    return ()


def _grey(image: Image.Image) -> Image.Image:
    image.draft("L", image.size)
    if image.mode.startswith(_DEEP):
        return image.point(lambda shade: shade * (1 / 256)).convert("L")
    if not image.has_transparency_data:
        return image.convert("L")
    seen = image.convert("RGBA")
    paper = Image.new("L", seen.size, 255)
    paper.paste(seen.convert("L"), mask=seen.getchannel("A"))
    return paper


def _looks(image: Image.Image) -> Looks:
    large = image.width * image.height > LARGE
    half = _scaled(image, 0.5)
    if large:
        yield half, _QR
    yield image, _QR
    yield _sharp(half, 3), _QR
    yield ImageOps.autocontrast(half if large else image), _QR
    yield _sharp(_scaled(image, 1 / 3), 2), _QR
    yield from ((one, _QR) for one in _enlarged(image))
    yield _sharp(half, 2), _QR
    yield _sharp(image, 3), _QR
    yield _scaled(half, 2.0), _QR
    if image.width * image.height < ENLARGED:
        yield _sharp(_scaled(image, 2.0), 4), _QR
    yield half if large else image, _DATA_MATRIX


def _enlarged(image: Image.Image) -> Iterator[Image.Image]:
    if image.width * image.height < ENLARGED:
        yield _scaled(image, 2.0)
        return
    for box in _tiles(image.size):
        yield _scaled(image.crop(box), 2.0)


def _tiles(size: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """Tiles that overlap by a third, so that none of them cuts every code in two."""
    width, height = size[0] // TILES, size[1] // TILES
    for row in range(TILES):
        for column in range(TILES):
            left, top = column * width - width // 3, row * height - height // 3
            right, bottom = (column + 1) * width + width // 3, (row + 1) * height + height // 3
            yield max(left, 0), max(top, 0), min(right, size[0]), min(bottom, size[1])


def _scaled(image: Image.Image, by: float) -> Image.Image:
    size = max(round(image.width * by), 1), max(round(image.height * by), 1)
    return image.resize(size, Image.Resampling.BOX if by < 1 else Image.Resampling.BICUBIC)


def _sharp(image: Image.Image, radius: int) -> Image.Image:
    return image.filter(ImageFilter.UnsharpMask(radius, 300, 0))


def _read(image: Image.Image, kind: zxingcpp.BarcodeFormats) -> tuple[str, ...]:
    found = zxingcpp.read_barcodes(image, formats=kind, text_mode=zxingcpp.TextMode.Plain)
    found.sort(key=lambda one: (one.position.top_left.y, one.position.top_left.x))
    return tuple(one.text for one in found[:MOST_CODES] if one.text)
