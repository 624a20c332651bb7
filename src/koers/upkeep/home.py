"""The folder of an installation: which version may open it, who is in it, and what stands in it
that a backup takes along."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.version import InvalidVersion, Version

from koers import __version__
from koers.upkeep.record import FILE as LAST_BACKUP
from koers.upkeep.record import write_whole

LAYOUT = 1
"""How a home is laid out; one more when an older Koers can no longer read it."""
MARK = "home.json"
IN_USE = ".in-use"
KEY = "secret-key"
BACKUPS, PREVIOUS = "backups", "previous"
STAYS = frozenset({KEY, IN_USE, BACKUPS, PREVIOUS, LAST_BACKUP, "worker.json", "metrics"})
"""What is of this machine, whatever stands in the home: in no backup, and put aside by none."""
DERIVED = Path("figures/derived")
"""Worked out of the figures, and worked out again where it is not there."""
DATABASE_FILES = ("", "-wal", "-shm", "-journal")


class UpkeepError(Exception):
    """Why it is not done, and what to do; in Dutch, for whoever gave the command."""


@dataclass(frozen=True)
class Mark:
    """What a home says of itself: by which Koers its tables were last brought up to date, and to
    which kind of database it was moved ('' where it never was)."""

    layout: int = LAYOUT
    version: str = __version__
    moved_to: str = ""


def mark_of(home: Path) -> Mark:
    """The mark of this home; that of today where there is none."""
    try:
        said = json.loads((home / MARK).read_text(encoding="utf-8"))
        return Mark(int(said["layout"]), str(said["version"]), str(said.get("moved_to", "")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Mark()


def mark(home: Path, *, moved_to: str | None = None) -> None:
    """Keep that this Koers brought the home up to date (and that its database was moved)."""
    now = replace(mark_of(home), layout=LAYOUT, version=__version__)
    if moved_to is not None:
        now = replace(now, moved_to=moved_to)
    write_whole(home / MARK, vars(now))


def stays_here(home: Path) -> None:
    """This home is restored, and its database is where the settings say."""
    if (home / MARK).is_file():
        write_whole(home / MARK, vars(replace(mark_of(home), moved_to="")))


def newer_than_this(layout: int, version: str) -> bool:
    """Whether something of this layout and version was made by a newer Koers than this one."""
    try:
        return layout > LAYOUT or Version(version) > Version(__version__)
    except InvalidVersion:
        return layout > LAYOUT


def made_by_newer(home: Path) -> str:
    """By which newer Koers this home was made; '' where this one may open it."""
    said = mark_of(home)
    return said.version if newer_than_this(said.layout, said.version) else ""


_held: dict[Path, int] = {}


def use(home: Path) -> None:
    """Be in this home as long as the process lives: nobody restores or moves it meanwhile."""
    _lock(home, fcntl.LOCK_SH)


def use_alone(home: Path) -> None:
    """Be in this home with nobody else.

    Raises
    ------
    UpkeepError
        When another process is in it.
    """
    _lock(home, fcntl.LOCK_EX)


def leave(home: Path) -> None:
    """Be no longer in this home."""
    if (handle := _held.pop(home, None)) is not None:
        os.close(handle)


def _lock(home: Path, how: int) -> None:
    if home not in _held:
        _held[home] = os.open(home / IN_USE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(_held[home], how | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UpkeepError(
            f"Koers draait nog met {home}. Stop de site en de worker, en probeer het opnieuw."
            if how == fcntl.LOCK_EX
            else f"{home} wordt net teruggezet of verhuisd. Wacht tot dat klaar is."
        ) from None


def entries(home: Path, also_stays: Path | None = None) -> list[Path]:
    """What stands in a home and is the installation's own, at its top level."""
    return sorted(
        entry
        for entry in home.iterdir()
        if entry.name not in STAYS and not entry.name.startswith(".") and entry != also_stays
    )


def files_to_keep(home: Path, database: Path | None, logs: Path | None = None) -> Iterator[Path]:
    """Each file of a home that belongs in a backup, besides its database.

    A new folder of the home is among them by itself. Left out are what is of this machine, what is
    half written (a name with a dot in front) and what is worked out again.
    """
    seen: set[tuple[int, int]] = set()
    apart = {database.with_name(database.name + end) for end in DATABASE_FILES} if database else ()
    for entry in entries(home, logs):
        for file in _below(entry, home, seen):
            if file not in apart:
                yield file


def _below(entry: Path, home: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """Links are followed, each folder once."""
    if not entry.is_dir():
        if entry.is_file():
            yield entry
        return
    stat = entry.stat()
    if (stat.st_dev, stat.st_ino) in seen or entry.relative_to(home) == DERIVED:
        return
    seen.add((stat.st_dev, stat.st_ino))
    for below in sorted(entry.iterdir()):
        if not below.name.startswith("."):
            yield from _below(below, home, seen)
