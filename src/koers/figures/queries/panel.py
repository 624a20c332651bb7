from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from koers.analysis.panel import Floats, Panel
from koers.analysis.period import Period, span
from koers.figures.store import FigureStore


@dataclass(frozen=True)
class LabelledPanel:
    """A panel with, of each of its periods, whether the figures are provisional, and the snapshot they come from."""

    panel: Panel
    provisional: tuple[bool, ...]
    snapshot: str


def get_panel(
    store: FigureStore,
    *,
    table: str,
    level: str,
    topics: Sequence[str],
    within: Sequence[str] | None = None,
    frequency: str = "month",
    ids: Sequence[str] | None = None,
) -> LabelledPanel | None:
    """The counts of one table at one level as a dense panel; None where it holds none.

    ``within`` limits it to these areas and what lies in them. Cells that the table does not hold, and those that are
    not published, are NaN. Population is that of the year, else of the nearest year known, else NaN.
    """
    db = store.connect(ids)
    rows = db.execute(
        """
        SELECT o.area, o.topic, o.period, sum(o.value) AS value, bool_or(o.status = 'provisional') AS provisional,
               any_value(o.snapshot) AS snapshot
        FROM observations o JOIN known_areas a ON a.code = o.area
        LEFT JOIN known_areas p ON p.code = a.parent
        WHERE o.table_name = $table AND a.level = $level AND list_contains($topics, o.topic)
          AND len(o.period) = $length
          AND ($within IS NULL OR list_has_any($within, [a.code, a.parent, p.parent]))
        GROUP BY ALL""",
        {
            "table": table,
            "level": level,
            "topics": list(topics),
            "length": 4 if frequency == "year" else 7,
            "within": None if within is None else list(within),
        },
    ).fetchnumpy()
    if len(rows["area"]) == 0:
        return None
    areas, area = np.unique(rows["area"].astype(str), return_inverse=True)
    found = [topic for topic in topics if topic in set(rows["topic"])]
    topic = np.array([found.index(code) for code in rows["topic"]])
    names = sorted(set(rows["period"]))
    periods = span(Period.parse(names[0]), Period.parse(names[-1]))
    step = {str(period): k for k, period in enumerate(periods)}
    when = np.array([step[name] for name in rows["period"]])
    counts = np.full((len(areas), len(found), len(periods)), np.nan)
    counts[area, topic, when] = np.ma.filled(np.ma.asarray(rows["value"], dtype=np.float64), np.nan)
    provisional = np.zeros(len(periods), dtype=bool)
    np.logical_or.at(provisional, when, np.asarray(rows["provisional"], dtype=bool))
    codes = tuple(str(code) for code in areas)
    panel = Panel(
        counts=counts,
        areas=codes,
        topics=tuple(found),
        periods=periods,
        population=population(db, codes, periods),
        groups=groups(db, codes),
    )
    return LabelledPanel(panel, tuple(bool(p) for p in provisional), str(rows["snapshot"][0]))


def population(
    db: duckdb.DuckDBPyConnection, areas: Sequence[str], periods: Sequence[Period], topic: str = "inhabitants"
) -> Floats:
    """(areas, periods) persons (or dwellings): of the year, else of the nearest year known, else NaN."""
    known: dict[str, dict[int, float]] = {}
    for area, year, value in db.execute(
        """SELECT area, CAST(left(period, 4) AS INTEGER), arg_max(value, rank) FROM observations
           WHERE scheme = 'key-figures' AND topic = $topic AND value > 0 AND list_contains($areas, area)
           GROUP BY ALL""",
        {"topic": topic, "areas": list(areas)},
    ).fetchall():
        known.setdefault(area, {})[year] = value
    result = np.full((len(areas), len(periods)), np.nan)
    years = np.array([period.year for period in periods])
    for i, area in enumerate(areas):
        if area in known:
            there = np.array(sorted(known[area]))
            nearest = there[np.abs(there[None, :] - years[:, None]).argmin(axis=1)]
            result[i] = [known[area][int(year)] for year in nearest]
    return result


def groups(db: duckdb.DuckDBPyConnection, areas: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What each area lies in, nearest first, up to its municipality."""
    rows = db.execute(
        """SELECT a.code, a.parent, p.parent FROM known_areas a LEFT JOIN known_areas p ON p.code = a.parent
           WHERE list_contains($areas, a.code)""",
        {"areas": list(areas)},
    ).fetchall()
    return {code: tuple(g for g in (parent, above) if g and g != "NL") for code, parent, above in rows}
