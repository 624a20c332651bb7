"""Damaged snapshots made whole: from a copy, or from where they came; the very same figures come in
the very same place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from koers.apps.intake.services import live
from koers.figures.folders import beside, put_in_place, remove
from koers.figures.health import problem_in
from koers.figures.store import FigureStore
from koers.figures.verification import Verdict, verify
from koers.sources.example import EXAMPLE, write_example
from koers.sources.own import OWN
from koers.sources.remembered import former_scope
from koers.sources.report import LoadReport
from koers.sources.saved import load_folder

Progress = Callable[[float, float, str], None]


@dataclass
class Repaired:
    """What is whole again, in whose place newer figures came, what still is damaged, what was
    dropped, and what was said on the way."""

    whole: list[Verdict] = field(default_factory=list)
    overtaken: list[Verdict] = field(default_factory=list)
    damaged: list[Verdict] = field(default_factory=list)
    dropped: list[Verdict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def damaged_snapshots(store: FigureStore) -> list[Verdict]:
    return [verdict for verdict in verify(store) if verdict.problem]


def repair(
    store: FigureStore,
    backup: Path | None,
    folder: Path | None,
    drop: bool,
    progress: Progress = lambda done, total, text: None,
) -> Repaired:
    """Each damaged snapshot from the copy in ``backup``, else its table from ``folder`` or its
    source; ``drop`` takes away what then still is damaged."""
    outcome = Repaired()
    begun = damaged_snapshots(store)
    for verdict in begun:
        if backup is not None and (copy := _copy_of(verdict, backup)) is not None:
            _put_back(store, verdict, copy)
    _load_again(store, [v for v in begun if problem_in(v.path)], folder, outcome, progress)
    newest = {(d.source, d.table) for d in store.damaged()}
    for verdict in begun:
        if verdict.path.exists() and not problem_in(verdict.path):
            outcome.whole.append(verdict)
        elif drop and verdict.path.exists():
            remove(verdict.path)
            outcome.dropped.append(verdict)
        elif (verdict.source, verdict.table) not in newest:
            outcome.overtaken.append(verdict)
        else:
            outcome.damaged.append(verdict)
    return outcome


def _copy_of(verdict: Verdict, backup: Path) -> Path | None:
    """The whole copy of a snapshot anywhere in a folder."""
    wanted = f"snapshots/{verdict.source}/{verdict.table}/{verdict.id}"
    places = (backup / wanted, backup / "figures" / wanted, *backup.rglob(f"figures/{wanted}"))
    return next((place for place in places if place.is_dir() and not problem_in(place)), None)


def _put_back(store: FigureStore, verdict: Verdict, copy: Path) -> None:
    with beside(verdict.path.parent, store.root) as folder:
        for file in copy.iterdir():
            shutil.copyfile(file, folder / file.name)
        remove(verdict.path)
        put_in_place(folder, verdict.path)


def _load_again(
    store: FigureStore,
    damaged: list[Verdict],
    folder: Path | None,
    outcome: Repaired,
    progress: Progress,
) -> None:
    sources = {verdict.source for verdict in damaged}
    if EXAMPLE in sources:
        write_example(store, progress=progress)
    if damaged and folder is not None:
        _note(outcome, load_folder(store, folder, progress=progress))
    tables = {
        v.table for v in damaged if v.source not in (EXAMPLE, OWN) and problem_in(v.path) != ""
    }
    scope = former_scope(store)
    if not tables or scope is None:
        return
    for table in sorted(tables):
        try:
            asked = live.Asked(scope, (table,), fresh=True)
            _note(outcome, live.fetch(store, asked, progress))
        except live.LoadingError as refusal:
            outcome.notes.append(str(refusal))


def _note(outcome: Repaired, report: LoadReport) -> None:
    outcome.notes += [*map(str, report.refused), *report.notes]
    outcome.notes += [
        f"{s.manifest.table}: apart gehouden; zie 'koers figures held'." for s in report.held
    ]
