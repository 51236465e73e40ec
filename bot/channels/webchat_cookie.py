"""The cookie that knows a chat without knowing a person."""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from aiohttp import web

# 90 days: a case takes weeks, and a browser that stays away longer begins anew.
KEPT_SECONDS = 90 * 24 * 3600
ID_BYTES = 16
SHAPE = re.compile(r"([0-9a-f]{8})\.([\w-]{22})\.([\w-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser. `chat` is a hash: whoever reads the database or a log cannot make the cookie.

    `known` says that it came with a cookie of ours; `renew` is the value to give it where it has
    none, or an old one.
    """

    chat: str
    known: bool
    renew: str | None = None


class Cookies:
    """Signs and reads the session cookie: key mark, random id of 128 bits, HMAC-SHA256.

    Cookies signed with one of the `older` secrets stay good and are signed anew.
    """

    def __init__(self, secret: bytes, *older: bytes, secure: bool) -> None:
        self._keys = {_mark(key): key for key in reversed((secret, *older))}
        self._newest = _mark(secret)
        self._secure = secure
        # The prefix binds the cookie to this one host; browsers take it only over https.
        self.name = "__Host-tramoi" if secure else "tramoi"

    def visitor(self, request: web.Request) -> Visitor:
        """Who asks. A missing, altered or foreign cookie is a new visitor, never an error."""
        shape = SHAPE.fullmatch(request.cookies.get(self.name, ""))
        if shape is None or not self._is_ours(*shape.groups()):
            return self._new()
        mark, ident, _ = shape.groups()
        renew = None if mark == self._newest else self._signed(ident)
        return Visitor(_chat(ident), known=True, renew=renew)

    def give(self, response: web.StreamResponse, value: str) -> None:
        """Put the cookie on an answer that has not begun."""
        self._set(response, value, KEPT_SECONDS)

    def take(self, response: web.StreamResponse) -> None:
        """Let the browser forget it."""
        self._set(response, "", 0)

    def _set(self, response: web.StreamResponse, value: str, seconds: int) -> None:
        response.set_cookie(
            self.name,
            value,
            max_age=seconds,
            httponly=True,
            samesite="Strict",
            secure=self._secure,
        )

    def _new(self) -> Visitor:
        ident = _text(secrets.token_bytes(ID_BYTES))
        return Visitor(_chat(ident), known=False, renew=self._signed(ident))

    def _is_ours(self, mark: str, ident: str, mac: str) -> bool:
        key = self._keys.get(mark)
        return key is not None and hmac.compare_digest(mac, _mac(key, ident))

    def _signed(self, ident: str) -> str:
        return f"{self._newest}.{ident}.{_mac(self._keys[self._newest], ident)}"


def _mark(key: bytes) -> str:
    """Names a key without telling anything about it."""
    return hmac.digest(key, b"web chat key mark", "sha256").hex()[:8]


def _mac(key: bytes, ident: str) -> str:
    return _text(hmac.digest(key, b"web chat cookie " + ident.encode(), "sha256"))


def _chat(ident: str) -> str:
    return hashlib.sha256(b"web chat address " + ident.encode()).hexdigest()[:32]


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
