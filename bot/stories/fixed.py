"""Time and chance of a story: the same at every telling."""

import base64
import hashlib
from collections import Counter
from datetime import UTC, datetime, timedelta

from conversations.messages import VIETNAM

WRITTEN = "%Y-%m-%d %H:%M"


class StoryClock:
    """A clock that stands still until the story moves it."""

    def __init__(self, begins: datetime) -> None:
        self._now = begins.astimezone(UTC)

    @classmethod
    def at(cls, written: str) -> "StoryClock":
        """From the header, in Vietnamese time. Raises ValueError."""
        return cls(datetime.strptime(written, WRITTEN).replace(tzinfo=VIETNAM))

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return self._now

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self._now += by


class StoryCodes:
    """Chance that is none. Each kind counts for itself, so that a story keeps its codes."""

    def __init__(self) -> None:
        self._drawn: Counter[str] = Counter()

    def letters(self, alphabet: str, length: int) -> str:
        """The next letters of this length."""
        drawn = self._next(f"letters {length}")
        return "".join(alphabet[byte % len(alphabet)] for byte in drawn[:length])

    def secret(self) -> str:
        """The next base32 secret of 160 bits."""
        return base64.b32encode(self._next("secret")[:20]).decode()

    def key(self) -> str:
        """The next row key of 128 bits."""
        return self._next("key").hex()[:32]

    def _next(self, kind: str) -> bytes:
        self._drawn[kind] += 1
        return hashlib.sha256(f"{kind} {self._drawn[kind]}".encode()).digest()
