from __future__ import annotations

from koers.figures.manifest import Snapshot
from koers.figures.queries.writes.indexing import quoted
from koers.figures.store import FigureStore

# So many rows of each snapshot are laid side by side at a time.
AT_ONCE = 2_000_000


class Pair:
    """Two snapshots with counts, of which the rows stand side by side.

    ``db`` is a connection with the level of each area (``levels``), as both snapshots and the
    current figures know it. ``rows`` is a query with area, topic, period, and of before (b) and
    after (a) the value, status (s…) and whether it is held (h…); it asks for $first and $last, see
    ``ranges``.

    Raises
    ------
    KeyError
        When there is no such snapshot.
    ValueError
        When they do not hold counts.
    """

    def __init__(self, store: FigureStore, before: str, after: str) -> None:
        self.before, self.after = store.get(before), store.get(after)
        for snapshot in (self.before, self.after):
            if snapshot.manifest.content != "observations":
                raise ValueError(
                    f"{snapshot.manifest.id} ({snapshot.manifest.table}) holds no counts"
                )
        current = (s.manifest.id for s in store.current())
        self.db = store.connect(list(dict.fromkeys([*current, before, after])))
        self.db.execute(
            "CREATE OR REPLACE TEMP TABLE levels AS SELECT code, level FROM known_areas"
        )
        self.rows = _rows(self.before, self.after)

    def ranges(self) -> list[tuple[str, str]]:
        """Ranges of area codes that together hold every row once, each small enough to lay side by
        side."""
        rows = self.db.execute(
            """SELECT area, CAST(sum(rows) AS BIGINT) FROM series WHERE snapshot IN ($one, $two)
               GROUP BY area ORDER BY area""",
            {"one": self.before.manifest.id, "two": self.after.manifest.id},
        ).fetchall()
        ranges: list[tuple[str, str]] = []
        size, begin = 0, ""
        for area, number in rows:
            begin = begin or area
            size += number
            if size >= AT_ONCE:
                ranges.append((begin, area))
                size, begin = 0, ""
        return [*ranges, (begin, rows[-1][0])] if begin else ranges


def _rows(one: Snapshot, two: Snapshot) -> str:
    return f"""
        SELECT coalesce(x.area, y.area) AS area, coalesce(x.topic, y.topic) AS topic,
               coalesce(x.period, y.period) AS period, x.value AS b, y.value AS a, x.status AS sb,
               y.status AS sa, x.area IS NOT NULL AS hb, y.area IS NOT NULL AS ha
        FROM (FROM read_parquet('{quoted(one.data)}') WHERE area BETWEEN $first AND $last) x
        FULL JOIN (FROM read_parquet('{quoted(two.data)}') WHERE area BETWEEN $first AND $last) y
          ON x.area = y.area AND x.topic = y.topic AND x.period = y.period"""
