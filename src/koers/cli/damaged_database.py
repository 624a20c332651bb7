"""Whether the SQLite database of this installation is there and can be read, before anything is
done with it."""

from __future__ import annotations

from pathlib import Path

IN_MEMORY = (":memory:", "file:")
"""How SQLite is told that there is no file."""


def missing_database() -> str:
    """That its file is away from a home that was at work, and what to do, in plain Dutch; '' when
    it is there, this home is new, or the database is another kind. Who opens it anyway makes an
    empty one in its place."""
    from django.conf import settings

    from koers.upkeep.home import MARK, mark_of

    home, database = settings.HOME, settings.DATABASES["default"]
    file = Path(str(database["NAME"]))
    elsewhere = mark_of(home).moved_to not in ("", "sqlite")
    new = elsewhere or not (home / MARK).is_file() or file.name.startswith(IN_MEMORY)
    if new or not database["ENGINE"].endswith("sqlite3") or file.exists():
        return ""
    return (
        f"De database {file} is er niet, terwijl in {home} al met Koers is gewerkt. Zet dit bestand"
        " terug op zijn plaats, of zet de laatste reservekopie terug met 'koers restore --replace'."
        " Koers maakt geen lege database in de plaats; wie opnieuw wil beginnen, geeft een lege map"
        " op met KOERS_HOME."
    )


def damaged_database(thorough: bool = False) -> str:
    """What is wrong with it and what to do, in plain Dutch; '' when it is whole, not there yet, or
    another kind. ``thorough`` also compares every index with its table, which takes longer."""
    from django.conf import settings

    from koers.upkeep.damage import damage_in

    database = settings.DATABASES["default"]
    file = Path(str(database["NAME"]))
    if not database["ENGINE"].endswith("sqlite3") or not file.exists():
        return ""
    found = damage_in(file, "integrity_check" if thorough else "quick_check")
    if not found:
        return ""
    return (
        f"De database {file} is beschadigd ({found}). Stop Koers, bewaar een kopie van dit bestand,"
        " en zet de laatste back-up terug (docs/beheer.md). Koers verandert er niets aan."
    )
