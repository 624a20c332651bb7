from __future__ import annotations

from collections.abc import Sequence

import duckdb

from koers.figures.renumbering import AreaChange
from koers.figures.store import FigureStore


def list_changes(store: FigureStore, ids: Sequence[str] | None = None) -> tuple[AreaChange, ...]:
    """Every renumbering that the archive knows, oldest first; of the same change what was said last
    holds."""
    if not any(snapshot.manifest.content == "changes" for snapshot in store.chosen(ids)):
        return ()
    return store.once(_every_change, ids)


def _every_change(db: duckdb.DuckDBPyConnection) -> tuple[AreaChange, ...]:
    rows = db.execute(
        """SELECT old, new, year, arg_max(kind, rank), coalesce(arg_max(share, rank), 1.0) FROM
        changes
           GROUP BY old, new, year ORDER BY year, old, new"""
    ).fetchall()
    return tuple(AreaChange(*row) for row in rows)
