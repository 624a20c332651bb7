from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Floats, Panel
from koers.analysis.period import Frequency, Period, span
from koers.figures.mergers import recorded
from koers.figures.queries.changes import list_changes
from koers.figures.queries.dense import AreaKind, Axes, Series, read_dense
from koers.figures.queries.groups import groups
from koers.figures.queries.population import population
from koers.figures.renumbering import Break, Extent, Join, Renumbering, renumber
from koers.figures.store import FigureStore

Flags = npt.NDArray[np.bool_]
LENGTH = {"year": 4, "month": 7}
OWN = "local"
"""The scheme of figures that a municipality counted itself."""


@dataclass(frozen=True)
class LabelledPanel:
    """A panel with, of each of its periods, whether the figures are provisional, and the snapshot
    they come from.

    ``joined`` are the series that run on over a renumbering of their area, ``broken`` those that
    cannot.
    """

    panel: Panel
    provisional: tuple[bool, ...]
    snapshot: str
    joined: tuple[Join, ...] = ()
    broken: tuple[Break, ...] = ()


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

    ``within`` limits it to these areas and what lies in them. Cells that the table does not hold,
    and those that are not published, are NaN. Population is that of the year within the boundaries
    of the counts, else the nearest that is known (see ``boundaries``), else NaN. A series runs on
    over a renumbering of one area into one.
    """
    db = store.connect(ids)
    held, renumbered = _held(store, db, table, level, topics, within, frequency, ids)
    if not held:
        return None
    target = renumbered.target
    codes = tuple(sorted({target.get(series.area, series.area) for series in held}))
    known = {topic for kind in {series.kind for series in held} for topic in kind.topics}
    found = tuple(topic for topic in dict.fromkeys(topics) if topic in known)
    periods = _span(db, table, held, found, frequency)
    place = {code: i for i, code in enumerate(codes)}
    axes = Axes(
        area={series.area: place[target.get(series.area, series.area)] for series in held},
        topic={topic: k for k, topic in enumerate(found)},
        first=periods[0].ordinal,
        steps=len(periods),
    )
    if all(series.dense for series in held) and len({series.snapshot for series in held}) == 1:
        counts = read_dense(db, store.get(held[0].snapshot), held, axes, LENGTH[frequency])
        provisional = _provisional(held, axes)
    else:
        counts, provisional = _read_sparse(db, table, frequency, axes)
    panel = Panel(
        counts=counts,
        areas=codes,
        topics=found,
        periods=periods,
        population=population(db, codes, periods, changes=list_changes(store, ids)).at_risk,
        groups=_groups(held) if not renumbered.joins else groups(db, codes),
    )
    shown = set(codes)
    return LabelledPanel(
        panel,
        tuple(bool(p) for p in provisional),
        held[-1].snapshot,
        joined=tuple(join for join in renumbered.joins if target[join.old] in shown),
        broken=tuple(gap for gap in renumbered.breaks if target.get(gap.area, gap.area) in shown),
    )


def _held(
    store: FigureStore,
    db: duckdb.DuckDBPyConnection,
    table: str,
    level: str,
    topics: Sequence[str],
    within: Sequence[str] | None,
    frequency: str,
    ids: Sequence[str] | None,
) -> tuple[list[Series], Renumbering]:
    """The series that are asked for, and those that go on in them under another code."""
    asked = set(topics)
    kinds = {
        number: kind
        for number, kind in store.once(_kinds, ids).items()
        if not asked.isdisjoint(kind.topics)
    }
    changes = list_changes(store, ids)
    own = any(s.manifest.table == table and s.manifest.scheme == OWN for s in store.chosen(ids))
    if own:
        changes = (*changes, *recorded())
    step = "CAST(left({0}, 4) AS INTEGER)"
    if frequency != "year":
        step = f"12 * {step} + CAST(right({{0}}, 2) AS INTEGER) - 1"
    # Written out by case: a condition that is not there is not weighed for each of thousands of
    # areas.
    few = within is not None and len(within) == 1
    test = "s.{0} = $within" if few else "list_contains($within, s.{0})"
    inside = (
        "true"
        if within is None
        else " OR ".join(test.format(name) for name in ("area", "parent", "above"))
    )
    rows = db.execute(
        f"""SELECT s.area, {step.format("s.first")}, {step.format("s.last")}, s.kind, s.dense,
        s.mixed, s.start, s.rows,
                  s.snapshot, s.parent, s.above,
                  s.level = $level AND ({inside}) AS wanted
           FROM series s
           WHERE s.table_name = $table AND s.length = $length AND list_contains($kinds, s.kind) {
            "" if changes else "AND wanted"
        } ORDER BY s.rank, s.area""",
        {
            "table": table,
            "level": level,
            "kinds": list(kinds),
            "length": LENGTH[frequency],
            **({} if within is None else {"within": within[0] if few else list(within)}),
        },
    ).fetchall()
    series = [
        Series(area, first, last, kinds[kind], dense, mixed, start, count, snapshot, parent, above)
        for area, first, last, kind, dense, mixed, start, count, snapshot, parent, above, _ in rows
    ]
    if not changes:
        return series, Renumbering()
    wanted = {row[0] for row in rows if row[-1]}
    renumbered = renumber(changes, _extents(series, frequency), own)
    target = renumbered.target
    return [
        s for s in series if target.get(s.area, s.area) in wanted or s.area in wanted
    ], renumbered


def _kinds(db: duckdb.DuckDBPyConnection) -> dict[int, AreaKind]:
    rows = db.execute("SELECT kind, topics, provisional FROM kinds").fetchall()
    return {number: AreaKind(tuple(codes), tuple(late)) for number, codes, late in rows}


def _extents(series: Sequence[Series], frequency: str) -> dict[str, Extent]:
    """The years of each code, over all snapshots."""
    steps = 1 if frequency == "year" else 12
    extents: dict[str, Extent] = {}
    for entry in series:
        first, last = entry.first // steps, entry.last // steps
        former = extents.get(entry.area, Extent(first, last))
        extents[entry.area] = Extent(min(former.first, first), max(former.last, last))
    return extents


def _span(
    db: duckdb.DuckDBPyConnection,
    table: str,
    held: Sequence[Series],
    topics: Sequence[str],
    frequency: str,
) -> tuple[Period, ...]:
    """From the first to the last period of these topics; of dense series that of any topic is that
    of each."""
    kind: Frequency = "year" if frequency == "year" else "month"
    if all(series.dense for series in held):
        first, last = min(s.first for s in held), max(s.last for s in held)
        return span(Period.from_ordinal(first, kind), Period.from_ordinal(last, kind))
    row = db.execute(
        """SELECT min(period), max(period) FROM observations
           WHERE table_name = $table AND len(period) = $length AND list_contains($topics, topic)
             AND area IN (SELECT unnest($areas))""",
        {
            "table": table,
            "length": LENGTH[frequency],
            "topics": list(topics),
            "areas": [s.area for s in held],
        },
    ).fetchone()
    assert row is not None
    return span(Period.parse(row[0]), Period.parse(row[1]))


def _provisional(held: Sequence[Series], axes: Axes) -> Flags:
    flags = np.zeros(axes.steps, dtype=bool)
    for name in {name for kind in {s.kind for s in held} for name in kind.provisional}:
        step = Period.parse(name).ordinal - axes.first
        if 0 <= step < axes.steps:
            flags[step] = True
    return flags


def _read_sparse(
    db: duckdb.DuckDBPyConnection, table: str, frequency: str, axes: Axes
) -> tuple[Floats, Flags]:
    """Cell by cell, added up where several snapshots or codes come out as one."""
    step = "CAST(left(o.period, 4) AS INTEGER)"
    if frequency != "year":
        step = f"12 * {step} + CAST(right(o.period, 2) AS INTEGER) - 1"
    rows = db.execute(
        f"""
        WITH wanted AS (SELECT unnest($areas) AS code, unnest($places) AS i),
             asked AS (SELECT unnest($topics) AS code, unnest($kinds) AS k)
        SELECT w.i, t.k, {step} AS step, sum(o.value) AS value, bool_or(o.status = 'provisional') AS
        late FROM observations o JOIN wanted w ON w.code = o.area JOIN asked t ON t.code = o.topic
        WHERE o.table_name = $table AND len(o.period) = $length
        GROUP BY ALL""",
        {
            "areas": list(axes.area),
            "places": list(axes.area.values()),
            "topics": list(axes.topic),
            "kinds": list(axes.topic.values()),
            "table": table,
            "length": LENGTH[frequency],
        },
    ).fetchnumpy()
    when = np.asarray(rows["step"], dtype=np.int64) - axes.first
    values = np.ma.filled(np.ma.asarray(rows["value"], dtype=np.float64), np.nan)
    counts = axes.nothing()
    counts[np.asarray(rows["i"]), np.asarray(rows["k"]), when] = values
    provisional = np.zeros(axes.steps, dtype=bool)
    np.logical_or.at(
        provisional, when, np.ma.filled(np.ma.asarray(rows["late"], dtype=bool), False)
    )
    return counts, provisional


def _groups(held: Sequence[Series]) -> dict[str, tuple[str, ...]]:
    return {s.area: tuple(g for g in (s.parent, s.above) if g and g != "NL") for s in held}
