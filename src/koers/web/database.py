"""Whether the database can be asked and written, as a monitor wants to know."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.db import DatabaseError, connection

from koers.upkeep.connecting import sqlite_file
from koers.upkeep.damage import damage_in
from koers.web.away import is_away, watch

AWAY, READ_ONLY, DAMAGED = "away", "read-only", "damaged"
LOOK_SECONDS, LONGEST, TIMES = 5.0, 2.0, 20
"""A file of SQLite is looked through again after so long, or so many times as long as it takes, and
for at most so long."""
_looked: dict[Path, tuple[float, bool]] = {}


def database_problem() -> str:
    """What keeps the database from being asked and written; '' where nothing does."""
    if watch.away:
        return AWAY
    file = sqlite_file(connection)
    try:
        if file is None:
            return READ_ONLY if _server_reads_only() else ""
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA schema_version")
    except DatabaseError as error:
        if is_away(error):
            watch.look()
        return DAMAGED if file is not None and _is_damaged(file) else AWAY
    return "" if connection.is_in_memory_db() else _of_file(file)  # type: ignore[attr-defined]


def _server_reads_only() -> bool:
    """A server that stands by for another, or was told so: all that writes is refused."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return bool(cursor.fetchone()[0] == "on")


def _of_file(file: Path) -> str:
    if not file.exists():
        # What is open goes on in it, and nobody else finds it.
        return AWAY
    if not os.access(file, os.W_OK):
        return READ_ONLY
    return DAMAGED if _is_damaged(file) else ""


def _is_damaged(file: Path) -> bool:
    """Looked through once in a while, and each time while it is: that it was mended is seen."""
    next_look, damaged = _looked.get(file, (0.0, True))
    begin = time.monotonic()
    if damaged or begin >= next_look:
        damaged = file.exists() and bool(damage_in(file, seconds=LONGEST))
        now = time.monotonic()
        _looked[file] = now + max(LOOK_SECONDS, TIMES * (now - begin)), damaged
    return damaged
