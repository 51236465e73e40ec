"""Photos from the page: taken in under limits, looked at, never unpacked."""

import asyncio
from dataclasses import dataclass

from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError

from bot.channels.pictures import MOST_BYTES, Problem, look_at
from bot.channels.webchat_frames import is_id

# Read and thrown away, so that the browser hears our answer instead of a broken line.
MOST_THROWN_AWAY = 40 * 1024 * 1024
# An upload holds one of few places: whoever sends drop by drop gives it back after this.
MOST_SECONDS = 60
# The page sends three.
MOST_PARTS = 4
FIELDS = {"id", "lang"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A form that was sent: its mark, its language, and what is wrong with the photo in it."""

    ident: str
    problem: Problem | None
    lang: str | None = None


async def receive(request: web.Request) -> Upload | None:
    """Read the form: `id`, `lang`, then `photo`. None if it is no form of ours."""
    fields: dict[str, str] = {}
    try:
        async with asyncio.timeout(MOST_SECONDS):
            return await _read(request, fields)
    except TimeoutError:
        # For this line the photo is too large: said so, the person can send a smaller one.
        return _upload(fields, "too_large")
    except (ValueError, AssertionError, RuntimeError, HttpProcessingError):
        return None


async def _read(request: web.Request, fields: dict[str, str]) -> Upload | None:
    """Read part by part into `fields`, which stay where the time runs out."""
    form = await request.multipart()
    for _ in range(MOST_PARTS):
        part = await form.next()
        if not isinstance(part, BodyPartReader):
            return None
        if part.name == "photo" and is_id(fields.get("id")):
            return _upload(fields, await _problem(part))
        if part.name not in FIELDS:
            return None
        fields[part.name] = bytes(await part.read_chunk(256)).decode("ascii", "replace")
    return None


def _upload(fields: dict[str, str], problem: Problem | None) -> Upload | None:
    ident = fields.get("id", "")
    return Upload(ident, problem, fields.get("lang")) if is_id(ident) else None


async def _problem(part: BodyPartReader) -> Problem | None:
    data = bytearray()
    thrown_away = 0
    while chunk := await part.read_chunk(64 * 1024):
        if len(data) <= MOST_BYTES:
            data += chunk
        else:
            thrown_away += len(chunk)
            if thrown_away > MOST_THROWN_AWAY:
                break
    return "too_large" if len(data) > MOST_BYTES else look_at(bytes(data))
