"""Whether this Koers may open the database of a home."""

from __future__ import annotations

from pathlib import Path

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from koers import __version__
from koers.upkeep.home import mark_of
from koers.upkeep.tables import applied, unknown

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def refusal_of(home: Path, database: BaseDatabaseWrapper) -> str:
    """Why this database may not be opened, in plain Dutch; '' where it may."""
    moved_to = mark_of(home).moved_to
    if moved_to and moved_to != database.vendor:
        return (
            f"De gegevens van {home} zijn verhuisd naar {NAMES.get(moved_to, moved_to)}, en"
            f" DATABASE_URL wijst naar {NAMES.get(database.vendor, database.vendor)}. Zet"
            " DATABASE_URL op het adres dat 'koers move' noemde."
        )
    if newer := unknown(applied(database)):
        return (
            f"De database is bijgewerkt door een nieuwere Koers: deze ({__version__}) kent"
            f" {newer[0]} niet. Werk Koers bij, of zet met 'koers restore --replace' een eerdere"
            " reservekopie terug."
        )
    return ""


def refusal_at_start(home: Path, database: BaseDatabaseWrapper) -> str:
    """The same; '' also where the database does not answer: whoever needs it says that, and it may
    come."""
    try:
        return refusal_of(home, database)
    except DatabaseError:
        return ""
