"""How fast a channel may be written to, and whether at all just now."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LONG_AGO = datetime.min.replace(tzinfo=UTC)
DOUBLED = 3  # times at most: a pause after a fault is 8 seconds at the longest


@dataclass
class Pace:
    """So many sends a second at the most; None is no limit. And none before `paused_until`."""

    per_second: float | None = None
    free_at: float = 0.0
    paused_until: datetime = LONG_AGO
    faults: int = 0

    def wait(self) -> float:
        """Seconds until the next free place."""
        if self.per_second is None:
            return 0.0
        return max(self.free_at + 1 / self.per_second - time.monotonic(), 0.0)

    async def turn(self) -> None:
        """Take the next place, and wait for it."""
        wait = self.wait()
        self.free_at = time.monotonic() + wait
        if wait:
            await asyncio.sleep(wait)

    def pause(self, until: datetime) -> None:
        """The channel asked for it. Who asks for less does not shorten it."""
        self.paused_until = max(self.paused_until, until)

    def fault(self, now: datetime) -> None:
        """Nothing gets through: a pause of 1 second, and twice that each time, up to 8.

        What was on its way together fails together: that is one fault.
        """
        if self.paused_until <= now:
            self.pause(now + timedelta(seconds=2.0 ** min(self.faults, DOUBLED)))
            self.faults += 1
