from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping

from koers.figures.areas import Area
from koers.figures.store import FigureStore

PERIODS = 12


def latest_totals(
    store: FigureStore,
    snapshot: str,
    areas: Mapping[str, Area] | None = None,
    not_added: Collection[str] = (),
) -> dict[tuple[str, str], float]:
    """The total of each topic in the last ``PERIODS`` periods of a snapshot, by (topic, period).

    With ``areas`` (by code) a row of a municipality or district beside rows of what lies in it is
    their total, and is not added to them; without, every row is a part of the whole. Topics that
    are ``not_added``, such as an average, have a total where a row of the whole municipality gives
    it, and NaN elsewhere.
    """
    rows = store.connect([snapshot]).execute(
        f"""SELECT topic, period, area, value FROM observations
            WHERE period IN (
                SELECT DISTINCT period FROM observations ORDER BY period DESC LIMIT {PERIODS})"""
    )
    found: dict[tuple[str, str], dict[str, float]] = {}
    for topic, period, area, value in rows.fetchall():
        found.setdefault((topic, period), {})[area] = math.nan if value is None else value
    return {
        key: _given(values, areas or {})
        if key[0] in not_added
        else sum(values[code] for code in _widest(values, areas or {}))
        for key, values in found.items()
    }


def _given(values: Mapping[str, float], areas: Mapping[str, Area]) -> float:
    """What the row of the municipality says."""
    whole = [v for code, v in values.items() if code in areas and not areas[code].parent]
    return whole[0] if len(whole) == 1 else math.nan


def _widest(codes: Iterable[str], areas: Mapping[str, Area]) -> list[str]:
    """Of these areas those that lie in no other of them."""
    given = set(codes)
    return [code for code in given if not any(above in given for above in _above(code, areas))]


def _above(code: str, areas: Mapping[str, Area]) -> Iterable[str]:
    while (area := areas.get(code)) is not None and area.parent:
        yield area.parent
        code = area.parent
