"""What a source hands over: a draft with its rows in batches, so that a country fits in little memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from koers.figures.manifest import Draft
from koers.figures.store import FigureStore, Snapshot

Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Delivery:
    """``batches`` gives the rows anew each time; ``remarks`` are what a user should know, in plain Dutch."""

    draft: Draft
    batches: Callable[[], Iterable[Columns]]
    rows: int
    remarks: tuple[str, ...] = ()
    finished: Callable[[], None] = lambda: None


def draft(**values: Any) -> Draft:
    """A draft with those of these fields that drafts have in this version of the archive."""
    known = {entry.name for entry in fields(Draft)}
    return Draft(**{name: value for name, value in values.items() if name in known})


def write(store: FigureStore, delivery: Delivery) -> Snapshot:
    """The delivery as a snapshot; in a stream where the archive can."""
    stream = getattr(store, "write_stream", None)
    if stream is not None and delivery.draft.content == "observations":
        return stream(delivery.draft, delivery.batches())
    return store.write(delivery.draft, together(delivery.batches()))


def together(batches: Iterable[Columns]) -> dict[str, np.ndarray]:
    """All batches as one."""
    parts = list(batches)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def digest(columns: Columns) -> str:
    """SHA-256 of something small, whatever the order of its rows."""
    names = sorted(columns)
    texts = {n: columns[n] if columns[n].dtype.kind == "f" else columns[n].astype(str) for n in names}
    order = np.lexsort([texts[name] for name in names])
    found = hashlib.sha256()
    for name in names:
        values = texts[name][order]
        found.update(values.tobytes() if values.dtype.kind == "f" else "\n".join(values).encode())
    return found.hexdigest()


def one_batch(columns: Columns) -> Callable[[], Iterator[Columns]]:
    """Batches of something small."""
    return lambda: iter([columns])
