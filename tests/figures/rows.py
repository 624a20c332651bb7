"""Snapshots for tests: rows of (area, topic, period, value[, status]) as a draft with its
columns."""

import hashlib
from datetime import UTC, datetime

import numpy as np

from koers.figures.manifest import Draft
from koers.figures.store import FigureStore


def draft(rows, table="t", **more):
    made = {
        "source": "bron",
        "table": table,
        "title": "Titel",
        "content": "observations",
        "scheme": "crime",
        "sha256": hashlib.sha256(repr(sorted(rows, key=repr)).encode()).hexdigest(),
        "address": "",
        "licence": "vrij",
        "attribution": "iemand",
    }
    return Draft(**{**made, **more})


def columns(rows):
    rows = [(*row, "final")[:5] for row in rows]
    kinds = (object, object, object, np.float64, object)
    names = ("area", "topic", "period", "value", "status")
    return {
        name: np.array([row[i] for row in rows], dtype=k)
        for i, (name, k) in enumerate(zip(names, kinds, strict=True))
    }


def kept(home, rows, when="2026-01-15", table="t", **more):
    """These rows as a snapshot, taken on a day."""
    store = FigureStore(home, clock=lambda: datetime.fromisoformat(when).replace(tzinfo=UTC))
    return store.write(draft(rows, table, **more), columns(rows))


def changes(home, rows, year_table="wijzigingen"):
    """A change table of rows (old, new, year, kind, share)."""
    names = ("old", "new", "year", "kind", "share")
    kinds = (object, object, np.int32, object, np.float64)
    values = {
        n: np.array([row[i] for row in rows], dtype=k)
        for i, (n, k) in enumerate(zip(names, kinds, strict=True))
    }
    return FigureStore(home).write(draft(rows, year_table, content="changes", scheme=""), values)
