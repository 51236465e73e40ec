"""Links and our own public codes. Nothing here is ever opened."""

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from handlers import codes
from handlers.qr.kinds import Complaint, Link, Registration

MOST_URL = 2_000
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
_SLIP = re.compile(r"https?://[^\s/?#]+/(?:[^\s?#]*/)?kiem-tra/?(?:\?[^\s#]*)?#(.+)", re.IGNORECASE)
_KINDS: dict[str, type[Registration | Complaint]] = {"DK": Registration, "PA": Complaint}


def slip_link(text: str) -> str | None:
    """The token that a link to our verification page has after its `#`."""
    found = _SLIP.fullmatch(text)
    return unquote(found[1]) if found else None


def code(text: str) -> Registration | Complaint | None:
    """A public code alone, or in a link: its last step, a value after `?`, or behind `#`."""
    split = _split(text)
    for written in _places(split) if split else [text]:
        found = codes.read(written)
        kind = _KINDS.get(found[:2]) if found else None
        if found and kind:
            return kind(found)
    return None


def link(text: str) -> Link | None:
    """An address on the web with the host that a browser would ask."""
    split = _split(text)
    host = _host(split) if split else None
    return Link(url=text, host=host) if host and len(text) <= MOST_URL else None


def _split(text: str) -> SplitResult | None:
    """The parts of an address. A browser takes a backslash for a slash, so do we."""
    if not _WEB.fullmatch(text):
        return None
    try:
        return urlsplit(text.replace("\\", "/"))
    except ValueError:
        return None


def _host(split: SplitResult) -> str | None:
    try:
        host = (split.hostname or "").encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return host or None


def _places(split: SplitResult) -> list[str]:
    last = split.path.rstrip("/").rsplit("/", 1)[-1]
    values = [value for _, value in parse_qsl(split.query)]
    return [unquote(last), *values, unquote(split.fragment)]
