"""Proves, from the tables alone, that nothing was lost, doubled or left without an answer."""

import typer

from bot.clock import RealClock, RealCodes
from bot.settings import Settings
from bot.wiring import open_database, ring_of
from storage.checks import CHECKS, violations
from storage.crypto import Vault
from storage.sqlite import look
from storage.unit import Unit, builder


async def verify(settings: Settings) -> int:
    """Look at every rule; beside a running program, too. 1 if one is broken.

    Raises KeyFileRefused, Unavailable.
    """
    clock, codes, vault = RealClock(), RealCodes(), Vault(ring_of(settings))

    async def read(unit: Unit) -> list[str]:
        return await violations(unit, clock.now())

    if settings.sqlite_path:
        found = look(settings.sqlite_path, builder(clock, codes, vault), read)
    else:
        database = open_database(settings, vault, clock, codes)
        try:
            found = await database.run(read)
        finally:
            await database.close()
    for line in found or [f"All {len(CHECKS)} rules hold."]:
        typer.echo(line)
    return 1 if found else 0
