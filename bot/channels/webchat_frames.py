"""The words between page and server: JSON frames in, JSON frames out, and nothing else."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.channel import Shown
from bot.channels.pictures import Problem
from conversations.messages import Contact, Inbound

# aiohttp closes the socket on anything longer; the page refuses it before it is sent.
MOST_BYTES = 32 * 1024
MOST_SEQ = 2**31 - 1
MOST_VALUE = 200
MOST_LABEL = 300
ID = re.compile(r"[0-9A-Za-z-]{8,64}")
LANGUAGES = {"vi", "en"}
PHOTO_PROBLEMS = {"too_large", "not_an_image"}

Frame = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Since:
    """The page has everything up to `seq` and wants what is newer."""

    seq: int


@dataclass(frozen=True, slots=True)
class Said:
    """The page says something. `ident` is the page's own mark: the same message, the same mark.

    `words` is how the person sees it in the history: a pressed button by its label.
    """

    ident: str
    inbound: Inbound
    words: str
    locale: str | None = None

    def raw(self) -> bytes:
        """What must be kept for the history; see `Entry.own`."""
        photo = self.inbound.other == "photo"
        return json.dumps([self.ident, self.words, photo], ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Bad:
    """A frame that no page of ours sends. `ident` is its mark where it has a readable one."""

    why: str
    ident: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a chat's history.

    `seq` counts the bot's messages from 1, without gaps. A person's own message carries in `seq`
    the number of the last bot message before it (0 if none), and `client_id`, the page's mark.
    """

    seq: int
    mine: bool
    shown: Shown | None = None
    text: str = ""
    client_id: str | None = None
    photo: bool = False
    at: datetime | None = None

    @classmethod
    def bot(cls, seq: int, shown: Shown, at: datetime | None = None) -> "Entry":
        """A message of the station."""
        return cls(seq, mine=False, shown=shown, at=at)

    @classmethod
    def own(cls, after: int, raw: bytes, at: datetime | None = None) -> "Entry":
        """A message of the person, from the `raw` of the Update it came in."""
        ident, words, photo = json.loads(raw)
        return cls(after, mine=True, text=words, client_id=ident, photo=photo, at=at)


def read(frame: str) -> Since | Said | Bad:
    """Understand a frame of the page; whatever a stranger may send instead is `Bad`."""
    try:
        found = json.loads(frame)
    except (ValueError, RecursionError):
        return Bad("not_json")
    if not isinstance(found, dict):
        return Bad("not_an_object")
    return _since(found["since"]) if "since" in found else _said(found)


def photo(ident: str, problem: Problem | None, lang: str | None) -> Said:
    """A photo that was sent, or what was wrong with it."""
    said = Inbound(other="photo", problem=problem)
    return Said(ident, said, "", lang if lang in LANGUAGES else None)


def out(entry: Entry) -> Frame:
    """A message of the history as the page gets it."""
    if entry.shown is not None:
        return shown(entry.seq, entry.shown, entry.at)
    own = {"id": entry.client_id, "text": entry.text, "after": entry.seq, "photo": entry.photo}
    return {"mine": {**own, **_at(entry.at)}}


def shown(seq: int, message: Shown, at: datetime | None = None) -> Frame:
    """A message of the station as the page gets it."""
    return {"seq": seq, **message.as_json(), **_at(at)}


def is_id(ident: object) -> bool:
    """Whether this is a mark that the page can have made."""
    return isinstance(ident, str) and ID.fullmatch(ident) is not None


def _at(at: datetime | None) -> Frame:
    return {"at": at.astimezone(UTC).isoformat(timespec="seconds")} if at else {}


def _since(seq: object) -> Since | Bad:
    if isinstance(seq, bool) or not isinstance(seq, int) or not 0 <= seq <= MOST_SEQ:
        return Bad("since")
    return Since(seq)


def _said(found: Frame) -> Said | Bad:
    ident = found.get("id")
    if not is_id(ident):
        return Bad("id")
    lang = found.get("lang")
    match found:
        case {"text": str(text)}:
            words = _clean(text)
            said = Inbound(text=words)
        case {"button": str(value)} if len(value) <= MOST_VALUE:
            words = _clean(str(found.get("label", "")))[:MOST_LABEL]
            said = Inbound(button=_clean(value))
        case {"contact": str(phone)} if len(phone) <= MOST_VALUE:
            words = _clean(phone)
            said = Inbound(contact=Contact(words))
        case {"photo": str(problem)} if problem in PHOTO_PROBLEMS:
            words, said = "", Inbound(other="photo", problem=problem)
        case _:
            return Bad("shape", ident)
    return Said(str(ident), said, words, lang if lang in LANGUAGES else None)


def _clean(text: str) -> str:
    """JSON may carry halves of letters, which no database takes."""
    return text.encode("utf-8", "replace").decode()
