"""Move the database of a home to another kind, and back."""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from koers.environment import CHECKS
from koers.figures.folders import flush
from koers.upkeep import home as homes
from koers.upkeep.connecting import opened, others_in, sqlite_file, url_of
from koers.upkeep.copying import Copied, copy, tables_in
from koers.upkeep.home import UpkeepError
from koers.upkeep.manifest import Advance


def move(home: Path, source: BaseDatabaseWrapper, url: str, advance: Advance) -> Copied:
    """Everything of ``source`` into the empty database at ``url``, in one transaction; ``source``
    stays as it is. The home knows where its database went.

    Raises
    ------
    UpkeepError
        When the address is wrong, something is there already or somebody else is connected, or when
        not all went over. Nothing has changed then.
    """
    if wrong := CHECKS["DATABASE_URL"](url):
        raise UpkeepError(f"Het adres {' '.join(wrong)}")
    _refuse_others(source, "die verhuist")
    file = sqlite_target(url)
    try:
        copied = (
            _into_server(source, url, advance)
            if file is None
            else _into_file(source, file, advance)
        )
    except (DatabaseError, OSError) as error:
        raise UpkeepError(f"Er is niets verhuisd: {error}") from error
    homes.mark(home, moved_to="postgresql" if file is None else "sqlite")
    return copied


def sqlite_target(url: str) -> Path | None:
    """The file that an address names; None where it names a server."""
    settings = dj_database_url.parse(url)
    return Path(settings["NAME"]).absolute() if settings["ENGINE"].endswith("sqlite3") else None


def _into_server(source: BaseDatabaseWrapper, url: str, advance: Advance) -> Copied:
    with opened("target", url) as target:
        if found := tables_in(target):
            raise UpkeepError(
                f"De andere database is niet leeg: er staan {len(found)} tabellen in, zoals"
                f" {found[0]}. Koers overschrijft niets. Kies een lege database."
            )
        _refuse_others(target, "waar het heen gaat")
        return copy(source, target, advance)


def _into_file(source: BaseDatabaseWrapper, file: Path, advance: Advance) -> Copied:
    """Beside its place, and then by one rename."""
    if os.path.lexists(file):
        raise UpkeepError(f"{file} is er al. Koers overschrijft niets: kies een andere naam.")
    beside = file.with_name(f".{file.name}.move")
    beside.unlink(missing_ok=True)
    try:
        with opened("target", url_of(beside)) as target:
            copied = copy(source, target, advance)
        flush(beside)
        if os.path.lexists(file):
            raise UpkeepError(f"{file} is er intussen. Koers overschrijft niets.")
        beside.rename(file)
        flush(file.parent)
    finally:
        beside.unlink(missing_ok=True)
    return copied


def _refuse_others(database: BaseDatabaseWrapper, which: str) -> None:
    if there := others_in(database):
        raise UpkeepError(
            f"Er zijn nog {there} andere verbindingen met de database {which}. Stop Koers en wat"
            " haar verder gebruikt, en probeer het opnieuw."
        )


def place_of(database: BaseDatabaseWrapper) -> str:
    """Where a database is, without who signs in there."""
    if (file := sqlite_file(database)) is not None:
        return str(file)
    settings = database.settings_dict
    return f"{settings['NAME']} op {settings['HOST'] or 'deze computer'}"
