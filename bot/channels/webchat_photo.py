"""Photos from the page: taken in under limits, looked at, never unpacked."""

from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from bot.channels.pictures import MOST_BYTES, Problem, look_at
from bot.channels.webchat_frames import is_id

# Read and thrown away, so that the browser hears our answer instead of a broken line.
MOST_THROWN_AWAY = 40 * 1024 * 1024


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
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                return None
            if part.name == "photo":
                ident = fields.get("id", "")
                found = await _problem(part) if is_id(ident) else None
                return Upload(ident, found, fields.get("lang")) if is_id(ident) else None
            fields[part.name or ""] = bytes(await part.read_chunk(256)).decode("ascii", "replace")
    except (ValueError, AssertionError):
        return None
    return None


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
