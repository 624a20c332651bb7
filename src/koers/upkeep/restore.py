"""Put a backup back: every hash first, beside what is there, and then all at once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from koers.figures.folders import flush
from koers.upkeep import home as homes
from koers.upkeep import manifest, switch
from koers.upkeep.backup import copy_file, keep_moments, key_mark
from koers.upkeep.connecting import opened, others_in, sqlite_file, url_of
from koers.upkeep.copying import copy, tables_in
from koers.upkeep.home import DATABASE_FILES, UpkeepError
from koers.upkeep.manifest import DATABASE, HOME, Advance, Backup
from koers.upkeep.switch import Move
from koers.upkeep.tables import unknown

MARKED = "django_migrations"


@dataclass(frozen=True)
class Restored:
    """What stands now, and where the old is: a folder, and a schema of a server ('' where there was
    nothing)."""

    backup: Backup
    aside: str
    schema: str
    key_fits: bool


def restore(
    home: Path,
    source: Path,
    database: BaseDatabaseWrapper,
    advance: Advance,
    *,
    key: str,
    replace: bool = False,
) -> Restored:
    """Whatever happens on the way, the old installation stands or the new one.

    Raises
    ------
    UpkeepError
        When the backup is not whole or of a newer Koers, or when there is something already and it
        may not be replaced. Nothing has changed then.
    """
    backup = manifest.read(source)
    if newer := unknown(backup.migrations):
        raise UpkeepError(
            f"De reservekopie {source} is gemaakt door een nieuwere Koers: deze kent {newer[0]}"
            " niet. Werk Koers bij en probeer het opnieuw."
        )
    files, tables = _in_the_way(home, database, backup)
    if (files or tables) and not replace:
        raise UpkeepError(
            f"Er staat al iets in {home} of in de database. Met --replace komt de reservekopie"
            " ervoor in de plaats; wat er stond, blijft ernaast bewaard."
        )
    if there := others_in(database):
        raise UpkeepError(
            f"Er zijn nog {there} andere verbindingen met de database. Stop wat haar gebruikt."
        )
    manifest.verify(source, backup, advance)
    if (free := shutil.disk_usage(home).free) < backup.size:
        raise UpkeepError(
            f"Er is te weinig ruimte in {home}: nodig {backup.size / 1e6:.0f} MB, vrij"
            f" {free / 1e6:.0f} MB."
        )
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    try:
        _put(home, source, backup, database, moment, advance)
    except (OSError, DatabaseError, UpkeepError) as error:
        _end_after(error, home, database)
    return Restored(
        backup,
        str(home / homes.PREVIOUS / moment) if files else "",
        schema_of(moment) if tables else "",
        backup.key == key_mark(key),
    )


def _end_after(error: Exception, home: Path, database: BaseDatabaseWrapper) -> None:
    """Something failed: the old stands, unless the database took the new one already.

    Raises
    ------
    UpkeepError
        Unless the new installation stands.
    """
    if (home / switch.STAGE / switch.READY).exists():
        raise UpkeepError(
            f"Het terugzetten is nog niet af: {error}. Verhelp dat; de volgende opdracht van Koers"
            " maakt het af."
        ) from error
    try:
        if settle(home, database):
            return
    except DatabaseError:
        raise UpkeepError(
            f"De database antwoordt niet meer: {error}. De volgende opdracht van Koers kijkt of zij"
            " de reservekopie had aangenomen, en maakt het terugzetten af of ongedaan."
        ) from error
    switch.forget(home)
    if isinstance(error, UpkeepError):
        raise error
    raise UpkeepError(
        f"Er is niets teruggezet: {error}. Verhelp dat en probeer het opnieuw."
    ) from error


def settle(home: Path, database: BaseDatabaseWrapper) -> bool:
    """End a restore that was killed between the database on a server and the home; whether the new
    installation stands because of it."""
    token = switch.prepared_token(home)
    if not token:
        return False
    if database.vendor == "postgresql" and _token_in(database) == token:
        switch.commit_prepared(home)
        return True
    switch.forget(home)
    return False


def _in_the_way(
    home: Path, database: BaseDatabaseWrapper, backup: Backup
) -> tuple[list[Path], list[str]]:
    """What stands where the backup goes: files, and tables of a server."""
    files = homes.entries(home) if backup.whole else []
    file = sqlite_file(database)
    if file is None:
        return files, tables_in(database)
    return [*files, *filter(Path.exists, [file])], []


def _put(
    home: Path,
    source: Path,
    backup: Backup,
    database: BaseDatabaseWrapper,
    moment: str,
    advance: Advance,
) -> None:
    aside = home / homes.PREVIOUS / moment
    stage = switch.stage_of(home)
    moves = _files(home, source, backup, database, stage, aside, advance) if backup.whole else []
    file = sqlite_file(database)
    if file is None:
        token = switch.prepare(home, moves)
        _fill_server(source, database, token, schema_of(moment), advance)
        switch.commit_prepared(home)
    else:
        moves += _database_file(home, source, file, stage, aside)
        database.close()
        switch.commit(home, moves)


def schema_of(moment: str) -> str:
    """Where the tables of a server go that were replaced at this moment."""
    return f"koers_previous_{moment.replace('-', '_')}"


def _files(
    home: Path,
    source: Path,
    backup: Backup,
    database: BaseDatabaseWrapper,
    stage: Path,
    aside: Path,
    advance: Advance,
) -> list[Move]:
    """What stands in the home goes aside, what stands in the backup comes. The files of the
    database are apart."""
    held = sqlite_file(database)
    apart = {held.with_name(held.name + end) for end in DATABASE_FILES} if held else set()
    new = stage / HOME
    new.mkdir()
    names = [name for name in backup.files if name.startswith(f"{HOME}/")]
    done, total = 0, sum(int(backup.files[name][1]) for name in names)
    for name in names:
        (stage / name).parent.mkdir(parents=True, exist_ok=True)
        if copy_file(source / name, stage / name) != backup.files[name]:
            raise UpkeepError(f"{source / name} is intussen veranderd. Er is niets teruggezet.")
        done += int(backup.files[name][1])
        advance(done, total, "terugzetten")
    homes.stays_here(new)
    keep_moments(source / HOME, new)
    old = {entry.name for entry in homes.entries(home) if entry not in apart}
    come = {entry.name for entry in new.iterdir()}
    return [
        Move(str(home / name), str(aside / name), str(new / name) if name in come else "")
        for name in sorted(old | come)
    ]


def _database_file(home: Path, source: Path, file: Path, stage: Path, aside: Path) -> list[Move]:
    """A database that stands elsewhere goes aside beside itself: a rename stays on its disk."""
    inside = file.parent == home
    new = stage / DATABASE if inside else file.with_name(f".{file.name}.restore")
    shutil.copyfile(source / DATABASE, new)
    new.chmod(0o600)
    if not inside:
        flush(new)
    moves = []
    for end in DATABASE_FILES:
        place = file.with_name(file.name + end)
        kept = aside / place.name if inside else place.with_name(f"{place.name}.{aside.name}")
        moves.append(Move(str(place), str(kept), "" if end else str(new)))
    return moves


def _fill_server(
    source: Path, database: BaseDatabaseWrapper, token: str, schema: str, advance: Advance
) -> None:
    """In one transaction: what is there goes to a schema of its own, and the backup comes."""

    def set_aside() -> None:
        if found := tables_in(database):
            with database.cursor() as cursor:
                cursor.execute(f'CREATE SCHEMA "{schema}"')
                for table in found:
                    cursor.execute(f'ALTER TABLE "{table}" SET SCHEMA "{schema}"')

    def take_token() -> None:
        with database.cursor() as cursor:
            cursor.execute(f"COMMENT ON TABLE {MARKED} IS '{token}'")

    with opened("backup", url_of(source / DATABASE)) as kept:
        copy(kept, database, advance, before=set_aside, after=take_token)


def _token_in(database: BaseDatabaseWrapper) -> str:
    with database.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [MARKED])
        return str(cursor.fetchone()[0] or "")
