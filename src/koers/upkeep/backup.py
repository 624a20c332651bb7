"""Make a backup while Koers goes on: a folder that is there whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.crypto import salted_hmac

from koers import __version__
from koers.environment import CHECKS
from koers.figures.folders import StorageError, put_in_place, sha256_of
from koers.upkeep import home as homes
from koers.upkeep.connecting import opened, read_at_one_moment, sqlite_file, url_of
from koers.upkeep.copying import copy
from koers.upkeep.home import UpkeepError
from koers.upkeep.manifest import DATABASE, HOME, PIECE, SETTINGS, Advance, Backup
from koers.upkeep.record import ASKED, BEFORE_MIGRATING, LastBackup, note, write_whole
from koers.upkeep.tables import applied, is_set_up, migrations_kept_by, models_of

NEW = ".new-backup-"
KEPT = 3
"""How many of the backups that are made by themselves are kept."""
TRIES = 5
PAGES = 256
WITHOUT_VALUE = frozenset({"KOERS_SECRET_KEY"})
WITH_PASSWORD = frozenset({"DATABASE_URL", "EMAIL_URL"})


class _VanishedError(Exception):
    """Figures that were there when the database was copied are there no more: begin again."""


def key_mark(key: str) -> str:
    """By what a secret key is known again; it does not tell the key."""
    return salted_hmac("koers.upkeep.backup", "key", secret=key, algorithm="sha256").hexdigest()


def back_up(
    home: Path,
    out: Path,
    database: BaseDatabaseWrapper,
    advance: Advance,
    *,
    key: str,
    environ: Mapping[str, str] = os.environ,
) -> LastBackup:
    """A backup of everything in ``out``, which is not there yet.

    Raises
    ------
    UpkeepError
        When ``out`` is there or cannot be written, or there is nothing to back up.
    """
    out = out.absolute()
    _refuse_place(home, out)
    _refuse_empty(database)
    with _beside(out) as folder:
        for attempt in range(TRIES):
            try:
                backup = _fill(folder, home, database, advance, key, environ)
                break
            except _VanishedError:
                if attempt == TRIES - 1:
                    raise UpkeepError(
                        "Er verdwijnen telkens cijfers tijdens het kopiëren. Er is geen"
                        " reservekopie gemaakt. Probeer het later opnieuw."
                    ) from None
                shutil.rmtree(folder / HOME)
                (folder / DATABASE).unlink()
        return _finish(folder, out, home, backup, ASKED)


def back_up_before_migrating(
    home: Path, database: BaseDatabaseWrapper, advance: Advance, *, key: str
) -> LastBackup:
    """A backup of the database alone, in the home; of those, the last few are kept."""
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    out = home / homes.BACKUPS / f"before-{__version__}-{moment}"
    _make(out.parent)
    with _beside(out) as folder:
        _keep_database(folder / DATABASE, database, advance)
        backup = _described(folder, database, key, whole=False)
        made = _finish(folder, out, home, backup, BEFORE_MIGRATING)
    for old in sorted(out.parent.glob("before-*"), key=lambda f: f.name[-15:])[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return made


def _refuse_place(home: Path, out: Path) -> None:
    if os.path.lexists(out):
        raise UpkeepError(f"{out} is er al. Koers overschrijft niets: kies een andere naam.")
    resolved = out.resolve()
    if resolved.is_relative_to(home) and not resolved.is_relative_to(home / homes.BACKUPS):
        raise UpkeepError(
            f"{out} ligt in KOERS_HOME zelf. Kies een map daarbuiten, liefst op een andere schijf."
        )


def _refuse_empty(database: BaseDatabaseWrapper) -> None:
    file = sqlite_file(database)
    if (file is not None and not file.is_file()) or not is_set_up(database):
        raise UpkeepError("Hier is nog niets om te bewaren. Voer eerst 'koers start' uit.")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UpkeepError(f"De map {folder} is niet te maken: {error.strerror}.") from error


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """An empty folder beside ``out``; gone at the end unless it was put in its place. What a killed
    backup left here goes first."""
    _make(out.parent)
    _sweep(out.parent)
    try:
        folder = Path(tempfile.mkdtemp(prefix=NEW, dir=out.parent))
    except OSError as error:
        raise UpkeepError(f"In {out.parent} kan Koers niet schrijven: {error.strerror}.") from error
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield folder
    except (OSError, sqlite3.Error, StorageError) as error:
        raise UpkeepError(
            f"De reservekopie is niet gemaakt: {error}. Maak ruimte in {out.parent} of kies een"
            " andere plek."
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _sweep(parent: Path) -> None:
    for left in parent.glob(f"{NEW}*"):
        handle = os.open(left, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)


def _fill(
    folder: Path,
    home: Path,
    database: BaseDatabaseWrapper,
    advance: Advance,
    key: str,
    environ: Mapping[str, str],
) -> Backup:
    """Database before files: what it cites was there before it was copied, and figures never
    change. Were they taken away meanwhile, it begins again."""
    figures = _snapshots(home)
    _keep_database(folder / DATABASE, database, advance)
    write_whole(folder / SETTINGS, _settings(environ))
    backup = _described(folder, database, key, whole=True)
    logs = Path(environ["KOERS_LOG"]).resolve() if environ.get("KOERS_LOG") else None
    _keep_files(
        folder, home, list(homes.files_to_keep(home, sqlite_file(database), logs)), backup, advance
    )
    if figures - {
        str(Path(name).relative_to(HOME)) for name in backup.files if name.startswith(f"{HOME}/")
    }:
        raise _VanishedError
    return backup


def _snapshots(home: Path) -> set[str]:
    """Each file of the figures that are whole at this moment."""
    return {
        str(file.relative_to(home))
        for file in home.glob("figures/snapshots/*/*/[!.]*/*")
        if file.is_file()
    }


def _keep_database(file: Path, database: BaseDatabaseWrapper, advance: Advance) -> None:
    """The database at one moment as a SQLite file, whatever it is kept in."""
    held = sqlite_file(database)
    if held is None:
        with (
            read_at_one_moment(database) as source,
            opened("backup", url_of(file)) as target,
        ):
            copy(source, target, advance)
    else:
        _copy_sqlite(held, file, advance)


def _copy_sqlite(held: Path, file: Path, advance: Advance) -> None:
    """By SQLite's online backup; in a read transaction, so that writers neither wait nor make it
    begin again."""

    def progress(status: int, remaining: int, total: int) -> None:
        advance(total - remaining, total, "database")

    with (
        closing(sqlite3.connect(held, timeout=20, isolation_level=None)) as source,
        closing(sqlite3.connect(file, isolation_level=None)) as target,
    ):
        source.execute("BEGIN")
        source.execute("PRAGMA schema_version").fetchall()
        source.backup(target, pages=PAGES, progress=progress, sleep=0.001)
        target.execute("PRAGMA journal_mode=DELETE")
        if (said := target.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise UpkeepError(f"De database is beschadigd, en niet te bewaren: {said}")


def _described(folder: Path, database: BaseDatabaseWrapper, key: str, *, whole: bool) -> Backup:
    with opened("backup", url_of(folder / DATABASE)) as kept:
        tables = {
            model._meta.db_table: model._base_manager.using(kept.alias).count()
            for model in (*models_of(kept), migrations_kept_by(kept))
        }
        migrations = applied(kept)
    files: dict[str, list[str | int]] = {}
    for name in (DATABASE, SETTINGS):
        if (folder / name).is_file():
            files[name] = [sha256_of(folder / name), (folder / name).stat().st_size]
    return Backup(
        made_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        whole=whole,
        kept_in=database.vendor,
        key=key_mark(key),
        migrations=migrations,
        tables=tables,
        files=files,
    )


def _settings(environ: Mapping[str, str]) -> dict[str, str]:
    """What was set, without what is secret."""
    return {
        name: _without_password(environ[name]) if name in WITH_PASSWORD else environ[name]
        for name in sorted(CHECKS)
        if environ.get(name) and name not in WITHOUT_VALUE
    }


def _without_password(url: str) -> str:
    """An address without who signs in there and with what, nor what follows a question mark."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def _keep_files(
    folder: Path, home: Path, files: list[Path], backup: Backup, advance: Advance
) -> None:
    """Copy each file with its moment, and know it by its hash. A file that is gone meanwhile is
    left out."""
    (folder / HOME).mkdir()
    total = sum(size_of(file) for file in files)
    done = 0
    for file in files:
        name = file.relative_to(home)
        target = folder / HOME / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            backup.files[f"{HOME}/{name}"] = copy_file(file, target)
        except FileNotFoundError:
            continue
        done += size_of(target)
        advance(done, max(total, done), str(name.parts[0]))
    keep_moments(home, folder / HOME)


def size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def copy_file(file: Path, target: Path) -> list[str | int]:
    """The SHA-256 and size of what was copied."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as source, target.open("wb") as out:
        moment = os.fstat(source.fileno())
        while piece := source.read(PIECE):
            out.write(piece)
            digest.update(piece)
            size += len(piece)
    os.utime(target, ns=(moment.st_atime_ns, moment.st_mtime_ns))
    return [digest.hexdigest(), size]


def keep_moments(source: Path, target: Path) -> None:
    """Folders have the moment of what they were copied from: figures loaded at the same moment are
    told apart by it."""
    for folder in sorted(target.rglob("*"), reverse=True):
        came_from = source / folder.relative_to(target)
        if folder.is_dir() and came_from.is_dir():
            moment = came_from.stat()
            os.utime(folder, ns=(moment.st_atime_ns, moment.st_mtime_ns))


def _finish(folder: Path, out: Path, home: Path, backup: Backup, why: str) -> LastBackup:
    backup.write(folder)
    if os.path.lexists(out):
        raise UpkeepError(f"{out} is er intussen. Koers overschrijft niets: kies een andere naam.")
    put_in_place(folder, out)
    made = LastBackup(
        made_at=datetime.fromisoformat(backup.made_at),
        place=str(out),
        why=why,
        size=backup.size,
        files=len(backup.files),
        rows=backup.rows,
        version=__version__,
    )
    note(home, made)
    return made
