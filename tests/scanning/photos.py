"""Photos of QR codes as phones take them, drawn by chance that is seeded."""

from io import BytesIO
from random import Random

import qrcode
from PIL import Image, ImageFilter

CARD = (
    "079200001234|025123456|Nguyễn Văn Ánh|01022000|Nam|"
    "12 Lê Lợi, Bến Nghé, Quận 1, TP. Hồ Chí Minh|15062021"
)
CARD_FIELDS = {
    "number": "079200001234",
    "old_number": "025123456",
    "name": "Nguyễn Văn Ánh",
    "birth_date": "2000-02-01",
    "sex": "male",
    "address": "12 Lê Lợi, Bến Nghé, Quận 1, TP. Hồ Chí Minh",
    "issue_date": "2021-06-15",
}


def drawn(text: str = CARD, module: int = 6, border: int = 4) -> Image.Image:
    """A clean code; `module` pixels a module."""
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, border=border, box_size=module
    )
    code.add_data(text.encode())
    code.make()
    image: Image.Image = code.make_image().get_image()
    return image.convert("L")


def photo(
    text: str = CARD,
    *,
    module: float = 4,
    turned: float = 8,
    blur: float = 0.8,
    noise: float = 0.05,
    light: float = 1,
    size: tuple[int, int] = (1280, 960),
) -> Image.Image:
    """A grey table with a light card on it, and on the card a code."""
    code = drawn(text, 8, 2)
    side = round(code.width / 8 * module)
    card = Image.new("L", (round(side * 1.8), round(side * 1.4)), 215)
    card.paste(code.resize((side, side), Image.Resampling.LANCZOS), (side // 2, side // 5))
    card = card.rotate(turned, Image.Resampling.BICUBIC, expand=True, fillcolor=120)
    table = Image.new("L", size, 110)
    table.paste(card, ((size[0] - card.width) // 2, (size[1] - card.height) // 2))
    table = table.filter(ImageFilter.GaussianBlur(blur))
    return Image.blend(table, grain(size), noise).point([round(v * light) for v in range(256)])


def grain(size: tuple[int, int]) -> Image.Image:
    """Nothing but noise, the same every time."""
    return Image.frombytes("L", size, Random(7).randbytes(size[0] * size[1]))


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    """As a phone sends it."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def png(image: Image.Image) -> bytes:
    """As a screenshot."""
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
