from __future__ import annotations

from dataclasses import dataclass

from koers.figures.queries.writes.indexing import quoted
from koers.figures.store import FigureStore


@dataclass(frozen=True)
class MonthRevision:
    """Of one month: how many counts have another value, and by how much those differ together."""

    period: str
    cells: int
    change: float


def revised_months_of(
    store: FigureStore, before: str, after: str, area: str, until: str
) -> tuple[MonthRevision, ...]:
    """What two snapshots of a table say differently of months up to ``until``, in an area and all
    that lies in it.

    A count that only one of them holds is no revision. Newest month first.

    Raises
    ------
    KeyError
        When there is no such snapshot.
    ValueError
        When they do not hold counts.
    """
    one, two = store.get(before), store.get(after)
    for snapshot in (one, two):
        if snapshot.manifest.content != "observations":
            raise ValueError(f"{snapshot.manifest.id} ({snapshot.manifest.table}) holds no counts")
    known = list(dict.fromkeys([*(s.manifest.id for s in store.current()), before, after]))
    rows = (
        store.connect(known)
        .execute(
            f"""
        WITH RECURSIVE inside(code) AS (
            SELECT $area UNION SELECT a.code FROM known_areas a JOIN inside i ON a.parent = i.code),
        x AS (SELECT area, topic, period, value FROM read_parquet('{quoted(one.data)}')
              WHERE area IN (FROM inside) AND period <= $until AND length(period) = 7),
        y AS (SELECT area, topic, period, value FROM read_parquet('{quoted(two.data)}')
              WHERE area IN (FROM inside) AND period <= $until AND length(period) = 7)
        SELECT x.period, count(*), sum(coalesce(y.value, 0) - coalesce(x.value, 0))
        FROM x JOIN y ON x.area = y.area AND x.topic = y.topic AND x.period = y.period
        WHERE x.value IS DISTINCT FROM y.value GROUP BY 1 ORDER BY 1 DESC""",
            {"area": area, "until": until},
        )
        .fetchall()
    )
    return tuple(
        MonthRevision(str(period), int(cells), float(change)) for period, cells, change in rows
    )
