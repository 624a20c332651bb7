from __future__ import annotations

from typing import Any

import duckdb

from koers.figures.manifest import Snapshot


def boundary_rows(snapshot: Snapshot) -> dict[str, Any]:
    """Code, name and boundary of each area of a snapshot, as NumPy columns."""
    with duckdb.connect() as db:
        return db.execute(
            "SELECT code, name, geometry FROM read_parquet(?)", [str(snapshot.data)]
        ).fetchnumpy()
