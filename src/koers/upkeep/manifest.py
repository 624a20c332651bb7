"""What a backup says of itself: every file with its SHA-256, and what the database held.

A backup is a folder::

    backup.json        this
    database.sqlite3   the database, whatever it was kept in
    settings.json      the settings, without secrets
    home/…             figures, uploads, house styles and what else stands in KOERS_HOME
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from koers import __version__
from koers.figures.folders import sha256_of
from koers.figures.manifest import seal_of
from koers.upkeep.home import LAYOUT, UpkeepError, newer_than_this
from koers.upkeep.record import write_whole

FILE = "backup.json"
DATABASE = "database.sqlite3"
SETTINGS = "settings.json"
HOME = "home"
PIECE = 1 << 20
Advance = Callable[..., None]


@dataclass(frozen=True)
class Backup:
    """What a backup holds; ``files`` are [SHA-256, bytes] by path, ``tables`` numbers of rows by
    name, ``whole`` says whether it is more than the database, and ``key`` recognises the secret key
    without telling it."""

    made_at: str
    whole: bool
    kept_in: str
    key: str
    migrations: list[str]
    tables: dict[str, int]
    files: dict[str, list[str | int]] = field(default_factory=dict)
    version: str = __version__
    layout: int = LAYOUT
    seal: str = ""

    @property
    def size(self) -> int:
        return sum(int(size) for _, size in self.files.values())

    @property
    def rows(self) -> int:
        return sum(self.tables.values())

    def write(self, folder: Path) -> None:
        write_whole(folder / FILE, asdict(replace(self, seal=seal_of(asdict(self)))))


def read(folder: Path) -> Backup:
    """What the backup in this folder says of itself.

    Raises
    ------
    UpkeepError
        When it is no backup, is damaged, or was made by a newer Koers.
    """
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except OSError:
        raise UpkeepError(f"{folder} is geen reservekopie van Koers: {FILE} ontbreekt.") from None
    except ValueError:
        said = None
    damaged = UpkeepError(f"De reservekopie {folder} is beschadigd: {FILE} klopt niet meer.")
    if not isinstance(said, dict) or said.get("seal") != seal_of(said):
        raise damaged
    if newer_than_this(int(said["layout"]), str(said["version"])):
        raise UpkeepError(
            f"De reservekopie {folder} is gemaakt door Koers {said['version']}, en dit is"
            f" {__version__}. Werk Koers bij en probeer het opnieuw."
        )
    known = {entry.name for entry in fields(Backup)}
    try:
        return Backup(**{name: value for name, value in said.items() if name in known})
    except TypeError:
        raise damaged from None


def verify(folder: Path, backup: Backup, advance: Advance) -> None:
    """Hold every file against its hash.

    Raises
    ------
    UpkeepError
        When a file is not there, is another, or is one too many; it names each.
    """
    wrong, done, total = [], 0, backup.size
    for name, (expected, size) in backup.files.items():
        file = folder / name
        if not file.is_file():
            wrong.append(f"{name} ontbreekt")
        elif file.stat().st_size != size or sha256_of(file) != expected:
            wrong.append(f"{name} is veranderd")
        done += int(size)
        advance(done, total)
    there = {str(f.relative_to(folder)) for f in folder.rglob("*") if not f.is_dir()}
    wrong += [f"{name} hoort er niet bij" for name in sorted(there - {*backup.files, FILE})]
    if wrong:
        more = f" en nog {len(wrong) - 5}" if len(wrong) > 5 else ""
        raise UpkeepError(
            f"De reservekopie {folder} is beschadigd: {'; '.join(wrong[:5])}{more}. Er is niets"
            " teruggezet. Neem een andere reservekopie."
        )
