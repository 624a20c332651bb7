from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from koers.analysis.panel import Floats
from koers.analysis.period import Period, span
from koers.figures.manifest import Snapshot
from koers.figures.queries.writes.indexing import quoted
from koers.figures.store import FigureStore


@dataclass(frozen=True)
class RevisionTriangle:
    """Totals as they were known, by how old they were.

    Attributes
    ----------
    totals : (topics, periods, ages) float array
        The total over ``areas`` of a topic in a period, as known when that period was ``ages[k]``
        months old; NaN where no snapshot was taken at that age or it does not hold (or publish) the
        period.
    ages : (ages,) consecutive months from 0 on
        Months between the period and the moment at which the figures were out.
    areas : tuple of str
        The areas that every snapshot holds, so that totals can be compared; of one level.
    snapshots : tuple of str
        Ids, oldest first. Of several in one month the last counts.
    taken : tuple of Period
        The month in which the figures of each snapshot were out.
    """

    topics: tuple[str, ...]
    periods: tuple[Period, ...]
    ages: tuple[int, ...]
    totals: Floats
    areas: tuple[str, ...]
    snapshots: tuple[str, ...]
    taken: tuple[Period, ...]


def revision_triangle(
    store: FigureStore,
    table: str,
    *,
    source: str | None = None,
    level: str | None = None,
    topics: Sequence[str] | None = None,
    within: Sequence[str] | None = None,
    until: Snapshot | None = None,
) -> RevisionTriangle | None:
    """How monthly totals grew from snapshot to snapshot; None where the snapshots share no area
    with monthly figures.

    Without ``level`` it is the finest that all snapshots hold; ``within`` limits it to these areas
    and what lies in them, ``until`` to this snapshot and those before it: what was known then.
    """
    of_month = {
        _month(s): s
        for s in store.of_table(table, source)
        if s.manifest.content == "observations"
        and store.is_whole(s)
        and (until is None or s.manifest.known_since <= until.manifest.known_since)
    }
    snapshots = tuple(of_month[month] for month in sorted(of_month))
    if not snapshots:
        return None
    db = store.connect(
        [
            *(s.manifest.id for s in store.current() if s not in snapshots),
            *(s.manifest.id for s in snapshots),
        ]
    )
    areas = _shared_areas(db, snapshots, level, within)
    if not areas:
        return None
    known = [_totals(db, snapshot, areas) for snapshot in snapshots]
    named = {topic for totals in known for topic, _ in totals}
    chosen = tuple(
        sorted(named) if topics is None else [t for t in dict.fromkeys(topics) if t in named]
    )
    steps = [step for totals in known for topic, step in totals if topic in chosen]
    if not steps:
        return None
    first, last = min(steps), max(steps)
    periods = span(Period.from_ordinal(first, "month"), Period.from_ordinal(last, "month"))
    oldest = max(_month(s) for s in snapshots) - first
    result = np.full((len(chosen), len(periods), max(oldest, 0) + 1), np.nan)
    place = {topic: k for k, topic in enumerate(chosen)}
    for snapshot, totals in zip(snapshots, known, strict=True):
        for (topic, step), total in totals.items():
            age = _month(snapshot) - step
            if topic in place and age >= 0 and total is not None:
                result[place[topic], step - first, age] = total
    return RevisionTriangle(
        chosen,
        periods,
        tuple(range(result.shape[2])),
        result,
        areas,
        tuple(s.manifest.id for s in snapshots),
        tuple(Period.from_ordinal(_month(s), "month") for s in snapshots),
    )


def _month(snapshot: Snapshot) -> int:
    """The month in which figures were out, counted as a Period counts."""
    moment = snapshot.manifest.known_since
    return 12 * moment.year + moment.month - 1


def _shared_areas(
    db: duckdb.DuckDBPyConnection,
    snapshots: Sequence[Snapshot],
    level: str | None,
    within: Sequence[str] | None,
) -> tuple[str, ...]:
    """What every snapshot holds by month, at one level."""
    rows = db.execute(
        """SELECT s.area, s.level FROM series s
           WHERE s.length = 7 AND s.snapshot IN (SELECT unnest($ids)) AND ($level IS NULL OR s.level
           = $level)
             AND ($within IS NULL OR list_has_any($within, [s.area, s.parent, s.above]))
           GROUP BY s.area, s.level HAVING count(DISTINCT s.snapshot) = len($ids) ORDER BY
           s.area""",
        {
            "ids": [s.manifest.id for s in snapshots],
            "level": level,
            "within": None if within is None else list(within),
        },
    ).fetchall()
    fine = next(
        (
            lv
            for lv in ("neighbourhood", "district", "municipality", "country")
            if any(r[1] == lv for r in rows)
        ),
        None,
    )
    return tuple(area for area, own in rows if own == fine)


def _totals(
    db: duckdb.DuckDBPyConnection, snapshot: Snapshot, areas: Sequence[str]
) -> dict[tuple[str, int], float | None]:
    rows = db.execute(
        f"""SELECT topic, 12 * CAST(left(period, 4) AS INTEGER) + CAST(right(period, 2) AS INTEGER)
        - 1, sum(value)
            FROM read_parquet('{quoted(snapshot.data)}')
            WHERE len(period) = 7 AND area BETWEEN $first AND $last AND area IN (SELECT
            unnest($areas)) GROUP BY ALL""",
        {"areas": list(areas), "first": areas[0], "last": areas[-1]},
    ).fetchall()
    return {(topic, step): total for topic, step, total in rows}
