"""A mark in the SQLite file that tells the demonstration's data from a station's.

The demonstration shows codes to everyone; it must never be opened on real registrations, nor a
station's program on made-up people. The mark is SQLite's own `application_id`.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.sqlite import only_process

DEMONSTRATION = 0x546F6944
STATION = 0x546F6953


class OtherData(Exception):
    """The file belongs to the other of the two."""


def claim(path: str, *, demo: bool) -> None:
    """Mark a new file, or check the mark of an old one. Raises OtherData, AlreadyRunning."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with only_process(path), closing(sqlite3.connect(path)) as connection:
        (found,) = connection.execute("PRAGMA application_id").fetchone()
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        wanted = DEMONSTRATION if demo else STATION
        if found == 0 and (not tables or not demo):
            connection.execute(f"PRAGMA application_id = {wanted}")
        elif found != wanted:
            raise OtherData(path)
