from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from koers.analysis.panel import Floats
from koers.figures.manifest import Snapshot
from koers.figures.queries.writes.indexing import quoted
from koers.figures.store import FigureStore


@dataclass(frozen=True)
class CrossSection:
    """Every area of one level in one period.

    ``counts`` is an (areas, topics) float array; NaN where a figure is not published or not held.
    """

    period: str
    areas: tuple[str, ...]
    topics: tuple[str, ...]
    counts: Floats
    provisional: bool
    snapshot: str


def get_cross_section(
    store: FigureStore,
    *,
    table: str,
    period: str,
    level: str,
    topics: Sequence[str] | None = None,
    ids: Sequence[str] | None = None,
) -> CrossSection | None:
    """One period of a table for all areas of a level, from its newest snapshot; None where it holds
    none.

    ``period`` is written as in the table (2024-03, 2024); without ``topics`` all those of the table
    are given.
    """
    snapshot = next((s for s in reversed(store.chosen(ids)) if s.manifest.table == table), None)
    if snapshot is None or snapshot.manifest.content != "observations":
        return None
    db = store.connect(ids)
    held = db.execute(
        """SELECT s.area, s.kind, s.dense, coalesce(s.level = $level, false) AS wanted FROM series s
           WHERE s.snapshot = $snapshot AND s.length = len($period) AND s.first <= $period AND
           s.last >= $period ORDER BY s.area""",
        {"level": level, "snapshot": snapshot.manifest.id, "period": period},
    ).fetchnumpy()
    wanted = np.asarray(held["wanted"], dtype=bool)
    if not wanted.any():
        return None
    kinds = {
        number: (codes, late)
        for number, codes, late in db.execute(
            "SELECT kind, topics, provisional FROM kinds"
        ).fetchall()
        if number in set(held["kind"][wanted].tolist())
    }
    there = {topic for codes, _ in kinds.values() for topic in codes}
    shown = tuple(
        sorted(there)
        if topics is None
        else [topic for topic in dict.fromkeys(topics) if topic in there]
    )
    if not shown:
        return None
    alike = len(set(held["kind"].tolist())) == 1 and bool(np.asarray(held["dense"]).all())
    counts = _alike(db, snapshot, period, shown, len(wanted)) if alike else None
    if counts is None:
        counts = _cell_by_cell(db, snapshot, period, shown, held["area"])
    provisional = any(period in late for _, late in kinds.values())
    return CrossSection(
        period,
        tuple(str(a) for a in held["area"][wanted]),
        shown,
        counts[wanted],
        provisional,
        snapshot.manifest.id,
    )


def _file(snapshot: Snapshot) -> str:
    return quoted(snapshot.by_period if snapshot.by_period.is_file() else snapshot.data)


def _alike(
    db: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    period: str,
    topics: Sequence[str],
    areas: int,
) -> Floats | None:
    """Where every area holds the same, values in the order of topic and area tell everything; None
    where they do not."""
    if not snapshot.by_period.is_file():
        return None
    ordered = sorted(topics)
    rows = db.execute(
        f"""SELECT value FROM read_parquet('{_file(snapshot)}')
            WHERE period = $period AND topic BETWEEN $first AND $last AND list_contains($topics,
            topic)""",
        {"period": period, "first": ordered[0], "last": ordered[-1], "topics": ordered},
    )
    values = _filled(rows.fetchnumpy()["value"])
    if len(values) != areas * len(topics):
        return None
    result: Floats = values.reshape(len(topics), areas).T[
        :, [ordered.index(topic) for topic in topics]
    ]
    return result


def _cell_by_cell(
    db: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    period: str,
    topics: Sequence[str],
    areas: Any,
) -> Floats:
    rows = db.execute(
        f"""WITH here AS (SELECT unnest($areas) AS code, unnest(range(len($areas))) AS i),
                 asked AS (SELECT unnest($topics) AS code, unnest(range(len($topics))) AS k)
            SELECT i, k, sum(value) AS value FROM read_parquet('{_file(snapshot)}') o
            JOIN here ON here.code = o.area JOIN asked ON asked.code = o.topic WHERE period =
            $period GROUP BY ALL""",
        {"areas": [str(a) for a in areas], "topics": list(topics), "period": period},
    ).fetchnumpy()
    counts = np.full((len(areas), len(topics)), np.nan)
    counts[np.asarray(rows["i"]), np.asarray(rows["k"])] = _filled(rows["value"])
    return counts


def _filled(values: Any) -> Floats:
    filled: Floats = np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)
    return filled
