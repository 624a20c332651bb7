from __future__ import annotations

from collections.abc import Sequence

import duckdb


def groups(db: duckdb.DuckDBPyConnection, areas: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What each area lies in, nearest first, up to its municipality."""
    rows = db.execute(
        """SELECT a.code, a.parent, p.parent FROM known_areas a LEFT JOIN known_areas p ON p.code =
        a.parent
           WHERE a.code IN (SELECT unnest($areas))""",
        {"areas": list(areas)},
    ).fetchall()
    return {
        code: tuple(g for g in (parent, above) if g and g != "NL") for code, parent, above in rows
    }
