"""A second connection that looks what is kept, past everything of Koers."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg

LINKED = "SELECT a.title FROM {} l JOIN plan_action a ON a.id = l.action_id"
PARTS = {
    "action": "SELECT a.title FROM plan_action a",
    "history": "SELECT a.title FROM plan_historicalaction a",
    "meeting": LINKED.format("meetings_meeting_actions"),
    "item": LINKED.format("meetings_agendaitem_actions"),
}
"""What an action that is made in a meeting writes: all of it, or nothing."""


def parts(database: str, prefix: str) -> dict[str, Counter[str]]:
    """Of each part how often each mark with this beginning stands in it, all at one moment;
    ``database`` is an address of PostgreSQL or a file."""
    with contextlib.closing(_connected(database)) as connection:
        return {
            name: Counter(
                title.partition(" ")[2]
                for (title,) in connection.execute(f"{sql} WHERE a.title LIKE 'Actie {prefix}%'")
            )
            for name, sql in PARTS.items()
        }


def _connected(database: str) -> Any:
    if "://" in database:
        connection = psycopg.connect(database, connect_timeout=10)
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return connection
    # Where there is no file none is made.
    lite = sqlite3.connect(f"file:{database}?mode=rw", uri=True, timeout=30, isolation_level=None)
    lite.execute("BEGIN")
    return lite


def integrity(file: Path) -> str:
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=rw", uri=True)) as connection:
        return "; ".join(line for (line,) in connection.execute("PRAGMA integrity_check(3)"))


def empty_log(file: Path) -> None:
    """What stands in the log of SQLite goes to the file, and the log takes no room any more."""
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=rw", uri=True, timeout=30)) as held:
        held.execute("PRAGMA wal_checkpoint(TRUNCATE)")
