"""What is known of the last backup, in ``KOERS_HOME/last-backup.json``.

``last_backup(home)`` is what a page or a check asks; whoever made a backup says ``note``.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from koers.figures.folders import flush

FILE = "last-backup.json"
ASKED, BEFORE_MIGRATING = "asked", "before_migrating"


@dataclass(frozen=True)
class LastBackup:
    """The last backup that was whole.

    ``place`` is where it was put, ``why`` is ``ASKED`` (by `koers backup`) or
    ``BEFORE_MIGRATING`` (made by itself, of the database alone), ``rows`` are those of the database
    and ``version`` is that of the Koers that made it.
    """

    made_at: datetime
    place: str
    why: str
    size: int
    files: int
    rows: int
    version: str


def last_backup(home: Path) -> LastBackup | None:
    """The last backup that was made of this home; None where there is none, or nothing is known of
    it. It asks the disk for one small file, and never fails on what stands in it."""
    try:
        said = json.loads((home / FILE).read_text(encoding="utf-8"))
        return LastBackup(
            made_at=datetime.fromisoformat(said["made_at"]),
            place=str(said["place"]),
            why=str(said["why"]),
            size=int(said["size"]),
            files=int(said["files"]),
            rows=int(said["rows"]),
            version=str(said["version"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note(home: Path, made: LastBackup) -> None:
    """Keep that this backup was made, in place of what was known before."""
    write_whole(home / FILE, {**asdict(made), "made_at": made.made_at.isoformat()})


def write_whole(file: Path, said: object) -> None:
    """A small JSON file that is there whole or not at all, through to the disk."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
    flush(beside)
    beside.replace(file)
    flush(file.parent)
