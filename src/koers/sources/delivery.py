"""What a source hands over: a draft with its rows in batches, so that a country fits in little
memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from koers.figures.doubts.look import judged
from koers.figures.manifest import Draft, Snapshot
from koers.figures.queries.writes.writing import Columns, DuplicateRowError
from koers.figures.store import FigureStore
from koers.sources.report import FigureFileError
from koers.sources.web import CHANGED


@dataclass(frozen=True)
class Delivery:
    """``batches`` gives the rows anew each time; ``remarks`` are what a user should know, in plain
    Dutch."""

    draft: Draft
    batches: Callable[[], Iterable[Columns]]
    rows: int
    remarks: tuple[str, ...] = ()
    finished: Callable[[], None] = lambda: None


def write(store: FigureStore, delivery: Delivery, asked: Collection[str] | None = None) -> Snapshot:
    """The delivery as a snapshot, in a stream; held where it cannot be right. ``asked`` are the
    municipalities that were asked for, None is all of them.

    Raises
    ------
    FigureFileError
        When the same row comes twice: such a table has no place in the archive.
    """
    try:
        return store.write_stream(
            delivery.draft, delivery.batches(), look=partial(judged, asked=asked)
        )
    except DuplicateRowError as double:
        raise FigureFileError(
            delivery.draft.table,
            f"de bron geeft meer rijen dan er gebieden, soorten en periodes zijn: {double}.",
            CHANGED,
        ) from double


def digest(columns: Mapping[str, np.ndarray]) -> str:
    """SHA-256 of something small, whatever the order of its rows."""
    names = sorted(columns)
    texts = {
        n: columns[n] if columns[n].dtype.kind == "f" else columns[n].astype(str) for n in names
    }
    order = np.lexsort([texts[name] for name in names])
    found = hashlib.sha256()
    for name in names:
        values = texts[name][order]
        found.update(values.tobytes() if values.dtype.kind == "f" else "\n".join(values).encode())
    return found.hexdigest()


def one_batch(columns: Columns) -> Callable[[], Iterator[Columns]]:
    """Batches of something small."""
    return lambda: iter([columns])
