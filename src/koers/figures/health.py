"""Whether what stands on the disk is still what was written: looked at before it is used, and again
when a file has changed since."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path

from koers.figures.folders import sha256_of
from koers.figures.manifest import MANIFEST, Manifest, Snapshot, seal_of

Signature = tuple[tuple[int, int, int] | None, ...]


@dataclass(frozen=True)
class Damage:
    """The newest figures of a table are damaged; ``instead`` is what is in use in their place, None
    where nothing whole is left."""

    source: str
    table: str
    id: str
    title: str
    problem: str
    path: Path
    instead: Snapshot | None


class Health:
    """What was found of each snapshot: its files are read once, and again when one of them has
    another size, time or place on the disk."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[Path, tuple[Signature, str]] = {}

    def problem(self, snapshot: Snapshot) -> str:
        """What is wrong with it in plain Dutch; '' when it is whole."""
        names = snapshot.manifest.files or ("data.parquet",)
        signature = tuple(_signed(snapshot.path / name) for name in (MANIFEST, *names))
        with self._lock:
            known = self._found.get(snapshot.path)
        if known is not None and known[0] == signature:
            return known[1]
        problem = problem_in(snapshot.path)
        with self._lock:
            self._found[snapshot.path] = (signature, problem)
        return problem


def _signed(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def problem_in(folder: Path) -> str:
    """What is wrong with the snapshot in a folder, all of it read anew; '' when it is whole."""
    if not folder.is_dir():
        return "dit is geen map"
    file = folder / MANIFEST
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        manifest = Manifest.read(file)
    except FileNotFoundError:
        return "de beschrijving (manifest.json) ontbreekt"
    except (ValueError, TypeError, OSError, RecursionError):
        return _spoilt(file)
    if said.get("seal") and said["seal"] != seal_of(said):
        return "de beschrijving (manifest.json) is veranderd sinds zij is geschreven"
    if (manifest.source, manifest.table, manifest.id) != folder.parts[-3:]:
        return f"de beschrijving hoort bij {manifest.source} {manifest.table} {manifest.id}"
    return _problem_with_files(manifest, folder)


def _spoilt(file: Path) -> str:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        Manifest(**said)
    except (ValueError, TypeError, OSError, RecursionError):
        return "de beschrijving (manifest.json) is beschadigd"
    return "de beschrijving (manifest.json) is veranderd sinds zij is geschreven"


def _problem_with_files(manifest: Manifest, folder: Path) -> str:
    if not (folder / "data.parquet").is_file():
        return "het gegevensbestand ontbreekt"
    for name, expected in (manifest.files or {"data.parquet": manifest.parquet_sha256}).items():
        file = folder / name
        if not file.is_file():
            return f"het bestand {name} ontbreekt"
        which = "gegevensbestand" if name == "data.parquet" else f"bestand {name}"
        try:
            digest = sha256_of(file)
        except OSError:
            return f"het {which} is niet te lezen"
        if digest != expected:
            return f"het {which} is veranderd sinds het is geschreven"
    return ""
