from __future__ import annotations

from collections.abc import Sequence

from koers.figures.areas import Area
from koers.figures.store import FigureStore


def list_areas(
    store: FigureStore,
    level: str | None = None,
    within: str | None = None,
    codes: Sequence[str] | None = None,
    ids: Sequence[str] | None = None,
) -> tuple[Area, ...]:
    """Areas by code: of one level, lying in an area (at any depth), or with these codes."""
    query = """
        WITH RECURSIVE inside(code) AS (
            SELECT code FROM known_areas WHERE $within IS NULL OR parent = $within
            UNION SELECT a.code FROM known_areas a JOIN inside i ON a.parent = i.code WHERE $within
            IS NOT NULL)
        SELECT code, name, level, parent, latitude, longitude, geometry FROM known_areas
        WHERE ($level IS NULL OR level = $level) AND ($codes IS NULL OR list_contains($codes, code))
          AND ($within IS NULL OR code IN (SELECT code FROM inside))
        ORDER BY code"""
    parameters = {"level": level, "within": within, "codes": None if codes is None else list(codes)}
    rows = store.connect(ids).execute(query, parameters).fetchall()
    return tuple(Area(*row) for row in rows)
