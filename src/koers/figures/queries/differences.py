from __future__ import annotations

from dataclasses import dataclass

from koers.figures.manifest import Manifest
from koers.figures.queries.side_by_side import Pair
from koers.figures.store import FigureStore
from koers.figures.topics import ALL_KINDS


@dataclass(frozen=True)
class PeriodRevision:
    """What became of one period at one level: totals over the counts that both snapshots publish,
    and how many changed."""

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

    ``rows_*`` count cells: revised has another value in both, added and removed are held by one
    only, ``confirmed`` went from provisional to final. ``periods`` are those in which anything
    differs, newest first.
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
    """What changed from one snapshot to another: which periods were revised, by how much, and which
    rows came or went.

    Raises
    ------
    KeyError
        When there is no such snapshot.
    ValueError
        When they do not hold counts.
    """
    pair = Pair(store, before, after)
    one, two = pair.before, pair.after
    periods: dict[tuple[str, str], PeriodRevision] = {}
    totals = dict.fromkeys(("same", "revised", "added", "removed", "confirmed"), 0)
    for first, last in pair.ranges():
        query = f"""
            WITH cells AS ({pair.rows}),
            -- Kinds stand beside their total in one table; only what adds up is added up.
            whole AS (SELECT area, period, bool_or(topic = '{ALL_KINDS}') AS has FROM cells GROUP BY
            area, period) SELECT coalesce(l.level, '') AS level, c.period,
                   coalesce(sum(c.b) FILTER (c.a IS NOT NULL AND (NOT w.has OR c.topic =
                   '{ALL_KINDS}')), 0), coalesce(sum(c.a) FILTER (c.b IS NOT NULL AND (NOT w.has OR
                   c.topic = '{ALL_KINDS}')), 0), count(*) FILTER (c.hb AND c.ha AND c.b IS DISTINCT
                   FROM c.a), count(*) FILTER (NOT c.hb), count(*) FILTER (NOT c.ha),
                   count(*) FILTER (c.hb AND c.ha AND c.b IS NOT DISTINCT FROM c.a),
                   count(*) FILTER (c.sb = 'provisional' AND c.sa = 'final')
            FROM cells c JOIN whole w ON w.area = c.area AND w.period = c.period LEFT JOIN levels l
            ON l.code = c.area GROUP BY 1, 2"""
        for row in pair.db.execute(query, {"first": first, "last": last}).fetchall():
            level, period, was, now, revised, added, removed, same, confirmed = row
            for name, number in zip(
                totals, (same, revised, added, removed, confirmed), strict=True
            ):
                totals[name] += number
            former = periods.get((level, period), PeriodRevision(level, period, 0, 0, 0, 0, 0))
            periods[level, period] = PeriodRevision(
                level,
                period,
                former.before + was,
                former.after + now,
                former.revised + revised,
                former.added + added,
                former.removed + removed,
            )
    differing = [p for p in periods.values() if p.revised or p.added or p.removed]
    old, new = one.manifest.topics, two.manifest.topics
    return Differences(
        before=one.manifest,
        after=two.manifest,
        periods=tuple(sorted(differing, key=lambda p: (p.level, p.period), reverse=True)),
        **{f"rows_{name}": number for name, number in totals.items()},
        topics_added=tuple(sorted(set(new) - set(old))),
        topics_removed=tuple(sorted(set(old) - set(new))),
        topics_renamed=tuple(
            (c, old[c], new[c]) for c in sorted(set(old) & set(new)) if old[c] != new[c]
        ),
    )
