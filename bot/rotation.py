"""Changing the key that seals personal data. It may be stopped anywhere and started again.

The order is what makes that safe: first the new key is on the disk beside the old one, then all is
sealed anew, and only when nothing needs the old key any more is it let go.
"""

from bot.clock import RealClock, RealCodes
from bot.settings import Settings
from bot.wiring import open_database, ring_of
from storage.crypto import Vault, write_ring
from storage.faults import Conflict, Unavailable
from storage.resealing import TABLES, neighbours, reseal
from storage.unit import Database


async def rotate(settings: Settings) -> str:
    """Add a key, seal everything with it, and drop the old one. Says what was done.

    Raises KeyFileRefused, Unavailable, AlreadyRunning; CannotOpen where a value was sealed with a
    key that is not there: then the old keys stay.
    """
    ring = ring_of(settings)
    unfinished = len(ring.data) > 1
    ring = ring if unfinished else ring.with_new_key()
    alone = settings.model_copy(update={"database_connections": 1})
    database = open_database(alone, Vault(ring), RealClock(), RealCodes())
    try:
        await _nobody_else(database)
        write_ring(ring, settings.data_keys_file, settings.index_key_file)
        done = sum([await _reseal(database, table) for table in TABLES])
        write_ring(ring.only_newest(), settings.data_keys_file, settings.index_key_file)
    finally:
        await database.close()
    begun = "Went on with a rotation that was interrupted. " if unfinished else ""
    return (
        f"{begun}Sealed {done} rows anew with key {ring.newest}. Back up {settings.data_keys_file}"
        " now; keep the old key file as long as you keep backups of the database from before today."
    )


async def _nobody_else(database: Database) -> None:
    """A program that does not know the new key could not read what is sealed with it."""
    if database.kind != "postgres":
        return  # the file is locked
    others = await database.run(neighbours)
    if others:
        raise Unavailable(
            "another tramoi is connected to this database; stop the web and worker processes first"
        )


async def _reseal(database: Database, table: str) -> int:
    """All of a table. Rows that changed in between are looked at once more."""
    done, after = 0, None
    while True:
        try:
            batch = await database.run(lambda unit, after=after: reseal(unit, table, after))  # type: ignore[misc]
        except Conflict:
            continue
        if batch.last is None:
            return done
        done, after = done + batch.done, batch.last
