"""Is every snapshot still what it was on the day that it was written?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from koers.figures.health import problem_in
from koers.figures.store import FigureStore


@dataclass(frozen=True)
class Verdict:
    """A snapshot's folder and what is wrong with it in plain Dutch; '' when it is whole."""

    source: str
    table: str
    id: str
    problem: str
    path: Path


def verify(store: FigureStore) -> Iterator[Verdict]:
    """Every snapshot on the disk, also one that is so damaged that nothing else sees it, one after
    another."""
    for folder in sorted(store.root.glob("snapshots/*/*/[!.]*")):
        source, table, identity = folder.parts[-3:]
        yield Verdict(source, table, identity, problem_in(folder), folder)
