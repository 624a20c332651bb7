from __future__ import annotations

from typing import Any

from koers.figures.manifest import Snapshot
from koers.figures.store import FigureStore

INTERNAL = "snapshot, source, table_name, scheme, rank"


def last_rows(
    store: FigureStore, snapshot: Snapshot, number: int
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The names of the columns of a snapshot and its last rows, the newest period first."""
    order = "period DESC, area, topic" if snapshot.manifest.content == "observations" else "ALL"
    result = store.connect([snapshot.manifest.id]).execute(
        f"SELECT * EXCLUDE ({INTERNAL}) FROM {snapshot.manifest.content} ORDER BY {order} LIMIT ?",
        [number],
    )
    return [column[0] for column in result.description or ()], result.fetchall()
