"""The page and its files: read once, sent small, under a policy that lets nothing else in."""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

from aiohttp import web

FOLDER = Path(__file__).parent.parent / "web_static"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
PACKED = {".css", ".js", ".svg"}
HOST = re.compile(r"[0-9A-Za-z.\[\]:-]{1,255}")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src {connect}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Always asked for again, hardly ever sent again: the ETag answers.
    "Cache-Control": "no-cache",
}
A_YEAR = "max-age=31536000"


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is sent."""

    kind: str
    body: bytes
    packed: bytes | None
    etag: str


class Files:
    """The page's files, in memory."""

    def __init__(self, facts: Mapping[str, str], *, demo: bool, secure: bool) -> None:
        self._secure = secure
        self._page = _file(_page(facts, demo=demo).encode(), "text/html; charset=utf-8")
        self._files = {
            path.name: _file(path.read_bytes(), KINDS[path.suffix], pack=path.suffix in PACKED)
            for path in sorted(FOLDER.iterdir())
            if path.suffix in KINDS
        }

    def page(self, request: web.Request) -> web.Response:
        """The one page."""
        return self._answer(request, self._page)

    def static(self, request: web.Request) -> web.Response:
        """A file by its name. Names that are not ours are not looked for on the disk."""
        file = self._files.get(request.match_info["name"])
        return (
            self._answer(request, file) if file else self.guard(request, web.Response(status=404))
        )

    def guard(self, request: web.Request, response: web.Response) -> web.Response:
        """Put the security headers on an answer."""
        response.headers.update(ALWAYS)
        response.headers["Content-Security-Policy"] = POLICY.format(connect=_sockets(request.host))
        if self._secure:
            response.headers["Strict-Transport-Security"] = A_YEAR
        return response

    def _answer(self, request: web.Request, file: File) -> web.Response:
        response = web.Response(body=file.body, headers={"Content-Type": file.kind})
        if file.packed and "gzip" in request.headers.get("Accept-Encoding", ""):
            response = web.Response(body=file.packed, headers={"Content-Type": file.kind})
            response.headers["Content-Encoding"] = "gzip"
        if any(tag.value == file.etag for tag in request.if_none_match or ()):
            response = web.Response(status=304)
        response.headers["Vary"] = "Accept-Encoding"
        response.etag = file.etag
        return self.guard(request, response)


def _page(facts: Mapping[str, str], *, demo: bool) -> str:
    """The page with the station's facts and, in the demonstration, its extra parts."""
    page = Template(FOLDER.joinpath("chat.html").read_text(encoding="utf-8"))
    parts = {
        name: FOLDER.joinpath(f"demo_{name}.html").read_text(encoding="utf-8") if demo else ""
        for name in ("story", "phone")
    }
    known = {name: escape(value) for name, value in facts.items()}
    return page.substitute(known | parts | {"demo": "yes" if demo else "no"})


def _file(body: bytes, kind: str, *, pack: bool = True) -> File:
    packed = gzip.compress(body, 9, mtime=0) if pack else None
    return File(kind, body, packed, sha256(body).hexdigest()[:24])


def _sockets(host: str) -> str:
    """Where the page may connect to. Older browsers do not count a socket as 'self'."""
    return f"'self' ws://{host} wss://{host}" if HOST.fullmatch(host) else "'self'"
