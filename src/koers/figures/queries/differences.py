from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from koers.figures.indexing import quoted
from koers.figures.manifest import Manifest, Snapshot
from koers.figures.store import FigureStore

# So many rows of each snapshot are laid side by side at a time.
AT_ONCE = 2_000_000
# The code under which the police give all kinds together; where a table has it, kinds are not added up beside it.
TOGETHER = "0.0.0"


@dataclass(frozen=True)
class ChangedCell:
    """One count that differs; None where a snapshot does not hold it or it is not published."""

    area: str
    topic: str
    period: str
    before: float | None
    after: float | None
    before_held: bool
    after_held: bool

    @property
    def change(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class PeriodRevision:
    """What became of one period at one level: totals over the counts that both snapshots publish, and how many changed."""

    level: str
    period: str
    before: float
    after: float
    revised: int
    added: int
    removed: int

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def ratio(self) -> float:
        return self.after / self.before if self.before else float("nan")


@dataclass(frozen=True)
class Differences:
    """Two snapshots of a table side by side.

    ``rows_*`` count cells: revised has another value in both, added and removed are held by one only, ``confirmed`` went
    from provisional to final. ``periods`` are those in which anything differs, newest first.
    """

    before: Manifest
    after: Manifest
    periods: tuple[PeriodRevision, ...]
    rows_same: int
    rows_revised: int
    rows_added: int
    rows_removed: int
    rows_confirmed: int
    topics_added: tuple[str, ...]
    topics_removed: tuple[str, ...]
    topics_renamed: tuple[tuple[str, str, str], ...]

    @property
    def none(self) -> bool:
        """Whether the figures are the same, whatever else the source changed."""
        return not (self.rows_revised or self.rows_added or self.rows_removed)


def differences(store: FigureStore, before: str, after: str) -> Differences:
    """What changed from one snapshot to another: which periods were revised, by how much, and which rows came or went.

    Raises
    ------
    KeyError
        When there is no such snapshot.
    ValueError
        When they do not hold counts.
    """
    one, two = _both(store, before, after)
    periods: dict[tuple[str, str], PeriodRevision] = {}
    totals = dict.fromkeys(("same", "revised", "added", "removed", "confirmed"), 0)
    db = _levels(store, one, two)
    for first, last in _ranges(db, one, two):
        query = f"""
            WITH cells AS ({_side_by_side(one, two)}),
            -- Kinds stand beside their total in one table; only what adds up is added up.
            whole AS (SELECT area, period, bool_or(topic = '{TOGETHER}') AS has FROM cells GROUP BY area, period)
            SELECT coalesce(l.level, '') AS level, c.period,
                   coalesce(sum(c.b) FILTER (c.a IS NOT NULL AND (NOT w.has OR c.topic = '{TOGETHER}')), 0),
                   coalesce(sum(c.a) FILTER (c.b IS NOT NULL AND (NOT w.has OR c.topic = '{TOGETHER}')), 0),
                   count(*) FILTER (c.hb AND c.ha AND c.b IS DISTINCT FROM c.a),
                   count(*) FILTER (NOT c.hb), count(*) FILTER (NOT c.ha),
                   count(*) FILTER (c.hb AND c.ha AND c.b IS NOT DISTINCT FROM c.a),
                   count(*) FILTER (c.sb = 'provisional' AND c.sa = 'final')
            FROM cells c JOIN whole w ON w.area = c.area AND w.period = c.period LEFT JOIN levels l ON l.code = c.area
            GROUP BY 1, 2"""
        for row in db.execute(query, {"first": first, "last": last}).fetchall():
            level, period, was, now, revised, added, removed, same, confirmed = row
            for name, number in zip(totals, (same, revised, added, removed, confirmed), strict=True):
                totals[name] += number
            former = periods.get((level, period), PeriodRevision(level, period, 0, 0, 0, 0, 0))
            periods[level, period] = PeriodRevision(
                level, period, former.before + was, former.after + now,
                former.revised + revised, former.added + added, former.removed + removed,
            )  # fmt: skip
    differing = [p for p in periods.values() if p.revised or p.added or p.removed]
    old, new = one.manifest.topics, two.manifest.topics
    return Differences(
        before=one.manifest,
        after=two.manifest,
        periods=tuple(sorted(differing, key=lambda p: (p.level, p.period), reverse=True)),
        **{f"rows_{name}": number for name, number in totals.items()},
        topics_added=tuple(sorted(set(new) - set(old))),
        topics_removed=tuple(sorted(set(old) - set(new))),
        topics_renamed=tuple((c, old[c], new[c]) for c in sorted(set(old) & set(new)) if old[c] != new[c]),
    )


def changed_cells(store: FigureStore, before: str, after: str) -> Iterator[ChangedCell]:
    """Every cell that differs, by area, topic and period; raises as ``differences`` does."""
    one, two = _both(store, before, after)
    db = _levels(store, one, two)
    for first, last in _ranges(db, one, two):
        found = db.execute(
            f"""SELECT area, topic, period, b, a, hb, ha FROM ({_side_by_side(one, two)})
                WHERE NOT (hb AND ha) OR b IS DISTINCT FROM a ORDER BY area, topic, period""",
            {"first": first, "last": last},
        )
        while rows := found.fetchmany(10_000):
            yield from (ChangedCell(*row) for row in rows)


def _both(store: FigureStore, before: str, after: str) -> tuple[Snapshot, Snapshot]:
    one, two = store.get(before), store.get(after)
    for snapshot in (one, two):
        if snapshot.manifest.content != "observations":
            raise ValueError(f"{snapshot.manifest.id} ({snapshot.manifest.table}) holds no counts")
    return one, two


def _side_by_side(one: Snapshot, two: Snapshot) -> str:
    return f"""
        SELECT coalesce(x.area, y.area) AS area, coalesce(x.topic, y.topic) AS topic,
               coalesce(x.period, y.period) AS period, x.value AS b, y.value AS a, x.status AS sb, y.status AS sa,
               x.area IS NOT NULL AS hb, y.area IS NOT NULL AS ha
        FROM (FROM read_parquet('{quoted(one.data)}') WHERE area BETWEEN $first AND $last) x
        FULL JOIN (FROM read_parquet('{quoted(two.data)}') WHERE area BETWEEN $first AND $last) y
          ON x.area = y.area AND x.topic = y.topic AND x.period = y.period"""


def _levels(store: FigureStore, one: Snapshot, two: Snapshot) -> duckdb.DuckDBPyConnection:
    """A connection with the level of each area, as both snapshots and the current figures know it."""
    known = store.connect(
        list(dict.fromkeys([*(s.manifest.id for s in store.current()), one.manifest.id, two.manifest.id]))
    )
    known.execute("CREATE OR REPLACE TEMP TABLE levels AS SELECT code, level FROM known_areas")
    return known


def _ranges(db: duckdb.DuckDBPyConnection, one: Snapshot, two: Snapshot) -> list[tuple[str, str]]:
    """Ranges of area codes that together hold every row once, each small enough to lay side by side."""
    rows = db.execute(
        """SELECT area, CAST(sum(rows) AS BIGINT) FROM series WHERE snapshot IN ($one, $two)
           GROUP BY area ORDER BY area""",
        {"one": one.manifest.id, "two": two.manifest.id},
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
