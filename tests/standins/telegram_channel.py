"""A channel on the stand-in, and things to send through it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO

from PIL import Image

from bot.channels.channel import Button, Letter, Shown
from bot.channels.telegram import TelegramChannel, Words
from conversations.messages import Wants
from tests.standins.telegram import TOKEN, TelegramStandin

SECRET = "made-up_secret"
WORDS = Words(
    share_number={"vi": "Gửi số điện thoại", "en": "Share my number"},
    write_privately={"vi": "Anh/chị nhắn riêng cho Trạm nhé.", "en": "Please write privately."},
    commands={"vi": {"menu": "Về đầu"}, "en": {"menu": "Start again"}},
)
YES_NO = (Button("ok=yes", "Đúng", 1), Button("ok=no", "Sửa lại", 2))


async def at_once(_seconds: float) -> None:
    await asyncio.sleep(0)


@asynccontextmanager
async def opened(
    telegram: TelegramStandin, token: str = TOKEN, seconds: float = 15
) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(token, WORDS, api_url=telegram.url, secret=SECRET, seconds=seconds)
    await channel.open()
    yield channel
    await channel.close()


def letter(
    text: str = "Ngày sinh?",
    buttons: tuple[Button, ...] = (),
    wants: Wants | None = None,
    chat: int = 7,
    seq: int = 1,
) -> Letter:
    return Letter(str(chat), seq, Shown(text, buttons, wants))


def picture(size: tuple[int, int] = (8, 8), kind: str = "JPEG") -> bytes:
    file = BytesIO()
    Image.new("1" if kind == "PNG" else "L", size).save(file, kind)
    return file.getvalue()
