"""What could not be delivered, for the operator: neither words nor addresses are shown."""

import re
from collections.abc import Sequence

import typer

from bot.clock import RealClock, RealCodes
from bot.settings import Settings
from bot.wiring import open_database, ring_of
from conversations.messages import VIETNAM
from storage.crypto import Vault
from storage.outbox import Lost
from storage.sqlite import look
from storage.unit import Unit, builder

MOST = 1000
NUMBER = re.compile(r"(\d{1,18})/(\d{1,18})")


async def listed(settings: Settings) -> list[str]:
    """One line a letter: its number, when, by which channel, how often it was tried, and why not.

    On SQLite this reads beside a running program. Raises KeyFileRefused, Unavailable.
    """
    clock, codes, vault = RealClock(), RealCodes(), Vault(ring_of(settings))
    if settings.sqlite_path:
        found = look(settings.sqlite_path, builder(clock, codes, vault), _dead)
    else:
        database = open_database(settings, vault, clock, codes)
        try:
            found = await database.run(_dead)
        finally:
            await database.close()
    return [_line(lost) for lost in found] or ["Nothing: every message was delivered."]


async def _dead(unit: Unit) -> Sequence[Lost]:
    return await unit.outbox.dead(MOST)


def _line(lost: Lost) -> str:
    when = lost.created_at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
    number = f"{lost.conversation}/{lost.seq}"
    return f"{number:<12} {when}  {lost.channel:<9} {lost.attempts} tries  {lost.error}"


async def again(settings: Settings, numbers: Sequence[str]) -> int:
    """Queue dead letters once more; a running worker sends them. 1 where a number fits none.

    Raises KeyFileRefused, Unavailable, and AlreadyRunning on SQLite while the program runs.
    """
    clock = RealClock()
    database = open_database(settings, Vault(ring_of(settings)), clock, RealCodes())
    try:
        missing = [
            one
            for one in numbers
            if not await database.run(lambda unit, one=one: _revived(unit, one))  # type: ignore[misc]
        ]
    finally:
        await database.close()
    for one in missing:
        typer.echo(f"{one}: there is no dead letter of this number; see: tramoi letters dead")
    typer.echo(f"{len(numbers) - len(missing)} will be sent again.")
    return 1 if missing else 0


async def _revived(unit: Unit, number: str) -> bool:
    found = NUMBER.fullmatch(number.strip())
    if not found:
        return False
    return await unit.outbox.revive(int(found[1]), int(found[2]), unit.now())
