"""What stands in the archive on the disk: which snapshots there are, and in which order they are in
use."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

from koers.figures.held import Decision, Held, decision_of
from koers.figures.manifest import MANIFEST, Manifest, Snapshot

log = logging.getLogger(__name__)
# A folder that changed longer ago than this will show the next change by its time.
SETTLED_NS = 100_000_000


@dataclass(frozen=True)
class Listing:
    """``snapshots`` are or were in use, in their order; ``doubted`` came in with doubts, whatever
    was decided on them; ``spoilt`` are the folders that do not say what they are."""

    snapshots: tuple[Snapshot, ...]
    doubted: tuple[Held, ...]
    spoilt: tuple[Path, ...]

    @property
    def everything(self) -> tuple[Snapshot, ...]:
        held = (h.snapshot for h in self.doubted if not h.used)
        return (*self.snapshots, *held)

    @property
    def next_order(self) -> int:
        orders = (*(s.manifest.order for s in self.snapshots), *(h.order for h in self.doubted))
        return 1 + max(orders, default=0)

    def order_of(self, snapshot: Snapshot) -> int:
        given = (h.order for h in self.doubted if h.snapshot == snapshot)
        return next(given, snapshot.manifest.order)


class Archive:
    """The listing of a folder, read again when a table in it changes."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._listed: tuple[tuple[tuple[str, int], ...], Listing] | None = None

    def forget(self) -> None:
        self._listed = None

    def listing(self) -> Listing:
        tables = tuple(
            (entry.path, entry.stat().st_mtime_ns)
            for source in _folders(self._root / "snapshots")
            for entry in _folders(Path(source.path))
        )
        listed = self._listed
        if listed is not None and listed[0] == tables:
            return listed[1]
        listing = _read(self._root)
        if all(time.time_ns() - changed > SETTLED_NS for _, changed in tables):
            self._listed = (tables, listing)
        return listing


def snapshot_in(folder: Path) -> Snapshot | None:
    """The snapshot in a folder, if it says what it is."""
    try:
        return Snapshot(Manifest.read(folder / MANIFEST), folder)
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _read(root: Path) -> Listing:
    found: list[tuple[tuple[int, str, int], Snapshot]] = []
    doubted, spoilt = [], []
    for folder in sorted(root.glob("snapshots/*/*/[!.]*")):
        try:
            snapshot = Snapshot(Manifest.read(folder / MANIFEST), folder)
            changed = folder.stat().st_mtime_ns
        except (OSError, ValueError, TypeError, RecursionError) as error:
            if folder.exists():
                log.warning("the manifest in %s is left out: %s", folder / MANIFEST, error)
                spoilt.append(folder)
            continue
        m = snapshot.manifest
        if (m.source, m.table, m.id) != folder.parts[-3:]:
            spoilt.append(folder)
            continue
        held = Held(snapshot, decision_of(snapshot) if m.doubts else Decision())
        if m.doubts:
            doubted.append(held)
        if not m.doubts or held.used:
            found.append(((held.order, m.retrieved_at, changed), snapshot))
    ordered = tuple(snapshot for _, snapshot in sorted(found, key=lambda pair: pair[0]))
    return Listing(ordered, tuple(sorted(doubted, key=lambda h: h.order)), tuple(spoilt))


def _folders(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                (e for e in entries if e.is_dir() and not e.name.startswith(".")),
                key=lambda e: e.path,
            )
    except FileNotFoundError:
        return []
