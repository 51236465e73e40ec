"""Pictures that come in, on any channel: what is wrong with one, seen from its header alone."""

import warnings
from io import BytesIO
from typing import Literal

from PIL import Image, UnidentifiedImageError

Problem = Literal["too_large", "not_an_image", "too_many_pixels"]
MOST_BYTES = 10 * 1024 * 1024
# A phone's 12 MP camera fits twice; 25 MP would take 100 MB if somebody unpacked it.
MOST_PIXELS = 25_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
# Where a WebP says its size: place, bits from width to height, bits of each, what to add.
WEBP_SIZES = {b"VP8X": (24, 24, 24, 1), b"VP8L": (21, 14, 14, 1), b"VP8 ": (26, 16, 14, 0)}


def look_at(data: bytes) -> Problem | None:
    """What is wrong with a photo, from its header alone; None if nothing is."""
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    if not webp and not data.startswith(MAGIC):
        return "not_an_image"
    # Pillow sets a canvas aside for a WebP as soon as it opens it: ask for the size before.
    if webp and _webp_pixels(data) > MOST_PIXELS:
        return "too_many_pixels"
    return _opened(data)


def _opened(data: bytes) -> Problem | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=FORMATS) as image:
                pixels = image.width * image.height
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "too_many_pixels"
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError):
        return "not_an_image"
    return "too_many_pixels" if pixels > MOST_PIXELS else None


def _webp_pixels(data: bytes) -> int:
    place, apart, bits, more = WEBP_SIZES.get(data[12:16], (0, 0, 0, 0))
    size = int.from_bytes(data[place : place + 6], "little")
    mask = (1 << bits) - 1
    return ((size & mask) + more) * ((size >> apart & mask) + more)
