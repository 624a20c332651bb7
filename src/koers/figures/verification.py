"""Is every snapshot still what it was on the day that it was written?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from koers.figures.manifest import Manifest, Snapshot, seal_of
from koers.figures.store import FigureStore


@dataclass(frozen=True)
class Verdict:
    """A snapshot's folder and what is wrong with it in plain Dutch; '' when it is whole."""

    source: str
    table: str
    id: str
    problem: str


def verify(store: FigureStore) -> Iterator[Verdict]:
    """Every snapshot on the disk, also one that is so damaged that nothing else sees it, one after another."""
    for folder in sorted(store.root.glob("snapshots/*/*/[!.]*")):
        source, table, identity = folder.parts[-3:]
        yield Verdict(source, table, identity, _problem(store, folder) if folder.is_dir() else "dit is geen map")


def _problem(store: FigureStore, folder: Path) -> str:
    file = folder / "manifest.json"
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        manifest = Manifest.read(file)
    except FileNotFoundError:
        return "de beschrijving (manifest.json) ontbreekt"
    except (ValueError, TypeError, OSError):
        return "de beschrijving (manifest.json) is beschadigd"
    if said.get("seal") and said["seal"] != seal_of(said):
        return "de beschrijving (manifest.json) is veranderd sinds zij is geschreven"
    if (manifest.source, manifest.table, manifest.id) != folder.parts[-3:]:
        return f"de beschrijving hoort bij {manifest.source} {manifest.table} {manifest.id}"
    return store.problem_with(Snapshot(manifest, folder))
