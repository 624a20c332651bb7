"""What a source hands over: a draft with its rows in batches, so that a country fits in little
memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from koers.figures.manifest import Draft
from koers.figures.queries.writes.writing import Columns, DuplicateRowError
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


@contextmanager
def whole_rows(table: str) -> Iterator[None]:
    """The same row twice in what a source hands over is refused: such a table has no place in the
    archive.

    Raises
    ------
    FigureFileError
        With what is wrong, and what to do.
    """
    try:
        yield
    except DuplicateRowError as double:
        raise FigureFileError(
            table,
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
