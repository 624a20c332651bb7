"""What a source hands over: a draft with its rows in batches, so that a country fits in little
memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from koers.figures.manifest import Draft
from koers.figures.queries.writes.writing import Columns


@dataclass(frozen=True)
class Delivery:
    """``batches`` gives the rows anew each time; ``remarks`` are what a user should know, in plain
    Dutch."""

    draft: Draft
    batches: Callable[[], Iterable[Columns]]
    rows: int
    remarks: tuple[str, ...] = ()
    finished: Callable[[], None] = lambda: None


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
