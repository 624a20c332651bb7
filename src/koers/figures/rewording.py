"""Words taken out of figures that somebody brought in: the name of their table and of what they
count.

A snapshot is never changed, but for this: what must be gone may not stay on the disk. The figures
and the id stay, so that whatever cites them still finds them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from koers.figures.folders import GONE, beside, flush_all, one_at_a_time, put_in_place
from koers.figures.manifest import MANIFEST, Manifest, Snapshot
from koers.figures.queries.snapshot_rows import snapshot_rows
from koers.figures.queries.writes.writing import write_files
from koers.figures.store import FigureStore


@dataclass(frozen=True)
class Reworded:
    """What a snapshot is called without the words; ``codes`` gives the new code of each topic that
    has another."""

    table: str
    title: str
    topics: Mapping[str, str]
    codes: Mapping[str, str]


def reworded(
    snapshot: Snapshot, table: str, change: Callable[[str], str], code_of: Callable[[str], str]
) -> Reworded | None:
    """What a snapshot would be called as a part of this table; None where that is what it is called
    already. ``code_of`` makes a code of a title, where a code is of one."""
    m = snapshot.manifest
    topics: dict[str, str] = {}
    codes: dict[str, str] = {}
    for code, title in m.topics.items():
        changed, new = change(title), code
        if changed != title or change(code.replace("-", " ")) != code.replace("-", " "):
            changed = changed if changed != title else change(code.replace("-", " "))
            new = codes[code] = _free(code_of(changed), {*topics, *m.topics})
        topics[new] = changed
    found = Reworded(table, change(m.title), topics, codes)
    same = found.table == m.table and found.title == m.title and not codes
    return None if same else found


def reword(store: FigureStore, snapshot: Snapshot, said: Reworded) -> None:
    """Put the same figures under other words in the place of a snapshot, and take the former one
    away."""
    rows = snapshot_rows(store, snapshot.manifest.id)
    columns = {**rows, "topic": _coded(rows["topic"], said.codes)}
    target = snapshot.path.parent.with_name(said.table) / snapshot.manifest.id
    with beside(target.parent, store.root) as folder:
        written = write_files(folder, snapshot.manifest.content, [columns])
        made: Manifest = replace(
            snapshot.manifest,
            table=said.table,
            title=said.title,
            topics=dict(said.topics),
            parquet_sha256=written.files["data.parquet"],
            files=written.files,
            size=written.size,
        )
        made.write(folder / MANIFEST)
        flush_all(folder)
        with one_at_a_time(store.root):
            # Aside, so that the place is empty for no longer than a rename takes.
            aside = snapshot.path.with_name(f"{GONE}{snapshot.path.name}")
            snapshot.path.rename(aside)
            put_in_place(folder, target)
            shutil.rmtree(aside)
    shutil.rmtree(store.root / "derived" / snapshot.manifest.id, ignore_errors=True)
    store.forget()


def sweep_empty(store: FigureStore, source: str, table: str) -> None:
    """The folder of a table that has another name now bore the words, too."""
    folder = store.root / "snapshots" / source / table
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _coded(topics: npt.NDArray[np.generic], codes: Mapping[str, str]) -> npt.NDArray[np.object_]:
    return np.array([codes.get(str(topic), str(topic)) for topic in topics], dtype=object)


def _free(code: str, taken: set[str]) -> str:
    number, found = 1, code
    while found in taken:
        number += 1
        found = f"{code}-{number}"
    return found
