from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from koers.analysis.panel import Floats, Panel
from koers.analysis.period import Period, span
from koers.figures.queries.changes import list_changes
from koers.figures.renumbering import Break, Extent, Join, Renumbering, renumber
from koers.figures.store import FigureStore
from koers.figures.writing import quoted

# So many values at a time come out of a file.
AT_ONCE = 4_000_000
LENGTH = {"year": 4, "month": 7}


@dataclass(frozen=True)
class LabelledPanel:
    """A panel with, of each of its periods, whether the figures are provisional, and the snapshot they come from.

    ``joined`` are the series that run on over a renumbering of their area, ``broken`` those that cannot.
    """

    panel: Panel
    provisional: tuple[bool, ...]
    snapshot: str
    joined: tuple[Join, ...] = ()
    broken: tuple[Break, ...] = ()


@dataclass(frozen=True)
class _Series:
    """What one snapshot holds of one area: its steps from ``first`` to ``last`` (ordinals)."""

    area: str
    first: int
    last: int
    rows: int
    topics: tuple[str, ...]
    provisional: tuple[str, ...]
    dense: bool
    snapshot: str


@dataclass(frozen=True)
class _Axes:
    """Where each code stands along its axis; an area that was renumbered stands where its new code does."""

    area: Mapping[str, int]
    topic: Mapping[str, int]
    first: int


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
    not published, are NaN. Population is that of the year, else of the nearest year known, else NaN. A series runs on
    over a renumbering of one area into one.
    """
    db = store.connect(ids)
    held, renumbered = _held(store, db, table, level, topics, within, frequency, ids)
    if not held:
        return None
    target = renumbered.target
    codes = tuple(sorted({target.get(series.area, series.area) for series in held}))
    known = {topic for series in held for topic in series.topics}
    found = tuple(topic for topic in dict.fromkeys(topics) if topic in known)
    exact = _exact_span(db, table, held, found, frequency)
    periods = span(Period.parse(exact[0]), Period.parse(exact[1]))
    place = {code: i for i, code in enumerate(codes)}
    axes = _Axes(
        area={series.area: place[target.get(series.area, series.area)] for series in held},
        topic={topic: k for k, topic in enumerate(found)},
        first=periods[0].ordinal,
    )
    counts = np.full((len(codes), len(found), len(periods)), np.nan)
    provisional = np.zeros(len(periods), dtype=bool)
    if all(series.dense for series in held) and len({series.snapshot for series in held}) == 1:
        _fill_dense(db, store, held, found, axes, counts, provisional, _mixed(db, held[0].snapshot))
    else:
        _fill_sparse(db, table, frequency, axes, counts, provisional)
    panel = Panel(
        counts=counts,
        areas=codes,
        topics=found,
        periods=periods,
        population=population(db, codes, periods),
        groups=groups(db, codes),
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
) -> tuple[list[_Series], Renumbering]:
    """The series that are asked for, and those that go on in them under another code."""
    rows = db.execute(
        """SELECT s.area, s.first, s.last, s.rows, s.topics, s.provisional, s.dense, s.snapshot,
                  a.level = $level AND ($within IS NULL OR list_has_any($within, [a.code, a.parent, p.parent])) AS wanted
           FROM series s JOIN known_areas a ON a.code = s.area LEFT JOIN known_areas p ON p.code = a.parent
           WHERE s.table_name = $table AND s.length = $length AND list_has_any(s.topics, $topics)
             AND ($all OR wanted)
           ORDER BY s.rank, s.area""",
        {
            "table": table,
            "level": level,
            "topics": list(topics),
            "length": LENGTH[frequency],
            "within": None if within is None else list(within),
            "all": bool(changes := list_changes(store, ids)),
        },
    ).fetchall()
    series = [
        _Series(area, Period.parse(first).ordinal, Period.parse(last).ordinal, count, tuple(codes), tuple(late), dense, snapshot)
        for area, first, last, count, codes, late, dense, snapshot, _ in rows
    ]  # fmt: skip
    wanted = {row[0] for row in rows if row[8]}
    if not changes:
        return series, Renumbering()
    extents: dict[str, Extent] = {}
    for row in rows:
        first, last = int(row[1][:4]), int(row[2][:4])
        former = extents.get(row[0], Extent(first, last))
        extents[row[0]] = Extent(min(former.first, first), max(former.last, last))
    renumbered = renumber(changes, extents)
    target = renumbered.target
    return [s for s in series if target.get(s.area, s.area) in wanted or s.area in wanted], renumbered


def _exact_span(
    db: duckdb.DuckDBPyConnection, table: str, held: Sequence[_Series], topics: Sequence[str], frequency: str
) -> tuple[str, str]:
    """The first and last period of these topics; of dense series that of any topic is that of each."""
    kind = "year" if frequency == "year" else "month"
    if all(series.dense for series in held):
        first, last = min(s.first for s in held), max(s.last for s in held)
        return str(Period.from_ordinal(first, kind)), str(Period.from_ordinal(last, kind))
    row = db.execute(
        """SELECT min(period), max(period) FROM observations
           WHERE table_name = $table AND len(period) = $length AND list_contains($topics, topic)
             AND area IN (SELECT unnest($areas))""",
        {"table": table, "length": LENGTH[frequency], "topics": list(topics), "areas": [s.area for s in held]},
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def _mixed(db: duckdb.DuckDBPyConnection, snapshot: str) -> bool:
    """Whether a snapshot holds years beside months."""
    row = db.execute("SELECT count(DISTINCT length) > 1 FROM series WHERE snapshot = ?", [snapshot]).fetchone()
    return bool(row and row[0])


def _fill_dense(
    db: duckdb.DuckDBPyConnection,
    store: FigureStore,
    held: Sequence[_Series],
    topics: Sequence[str],
    axes: _Axes,
    counts: Floats,
    provisional: np.ndarray[Any, np.dtype[np.bool_]],
    mixed: bool,
) -> None:
    """Of dense series the values alone are read: rows stand by area, topic and period, so their place tells the rest."""
    file = quoted(store.get(held[0].snapshot).data)
    ordered = sorted(held, key=lambda s: s.area)
    for late in {s.provisional for s in ordered}:
        for name in late:
            step = Period.parse(name).ordinal - axes.first
            if 0 <= step < len(provisional):
                provisional[step] = True
    inside = _codes_between(db, ordered)
    for part in _parts(ordered, len(topics)):
        where = ["area BETWEEN $first AND $last"]
        parameters: dict[str, Any] = {"first": part[0].area, "last": part[-1].area}
        if sum(part[0].area <= code <= part[-1].area for code in inside) != len(part):
            where.append("area IN (SELECT unnest($areas))")
            parameters["areas"] = [s.area for s in part]
        if any(set(s.topics) - set(topics) for s in part):
            where.append("topic IN (SELECT unnest($topics))" if len(topics) > 1 else "topic = $topics")
            parameters["topics"] = list(topics) if len(topics) > 1 else topics[0]
        if mixed:
            where.append("len(period) = $length")
            parameters["length"] = len(str(Period.from_ordinal(part[0].first, "month" if counts.shape[2] else "year")))
        values = _values(db, f"SELECT value FROM read_parquet('{file}') WHERE {' AND '.join(where)}", parameters)
        _place(part, topics, axes, values, counts)


def _codes_between(db: duckdb.DuckDBPyConnection, ordered: Sequence[_Series]) -> list[str]:
    rows = db.execute(
        "SELECT DISTINCT area FROM series WHERE snapshot = ? AND area BETWEEN ? AND ?",
        [ordered[0].snapshot, ordered[0].area, ordered[-1].area],
    ).fetchall()
    return [code for (code,) in rows]


def _parts(ordered: Sequence[_Series], topics: int) -> Iterator[list[_Series]]:
    part: list[_Series] = []
    size = 0
    for series in ordered:
        part.append(series)
        size += topics * (series.last - series.first + 1)
        if size >= AT_ONCE:
            yield part
            part, size = [], 0
    if part:
        yield part


def _values(db: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, Any]) -> Floats:
    values = db.execute(query, dict(parameters)).fetchnumpy()["value"]
    filled: Floats = np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)
    return filled


def _place(part: Sequence[_Series], topics: Sequence[str], axes: _Axes, values: Floats, counts: Floats) -> None:
    wanted = set(topics)
    begin = 0
    for series in part:
        own = [axes.topic[topic] for topic in series.topics if topic in wanted]
        steps = series.last - series.first + 1
        end = begin + len(own) * steps
        at = series.first - axes.first
        counts[axes.area[series.area], own, at : at + steps] = values[begin:end].reshape(len(own), steps)
        begin = end
    if begin != len(values):
        raise RuntimeError(f"{part[0].snapshot} holds {len(values)} values where its index says {begin}")


def _fill_sparse(
    db: duckdb.DuckDBPyConnection,
    table: str,
    frequency: str,
    axes: _Axes,
    counts: Floats,
    provisional: np.ndarray[Any, np.dtype[np.bool_]],
) -> None:
    """Cell by cell, added up where several snapshots or codes come out as one."""
    step = "CAST(left(o.period, 4) AS INTEGER)"
    if frequency != "year":
        step = f"12 * {step} + CAST(right(o.period, 2) AS INTEGER) - 1"
    rows = db.execute(
        f"""
        WITH wanted AS (SELECT unnest($areas) AS code, unnest($places) AS i),
             asked AS (SELECT unnest($topics) AS code, unnest($kinds) AS k)
        SELECT w.i, t.k, {step} AS step, sum(o.value) AS value, bool_or(o.status = 'provisional') AS late
        FROM observations o JOIN wanted w ON w.code = o.area JOIN asked t ON t.code = o.topic
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
    counts[np.asarray(rows["i"]), np.asarray(rows["k"]), when] = values
    np.logical_or.at(provisional, when, np.ma.filled(np.ma.asarray(rows["late"], dtype=bool), False))


def population(
    db: duckdb.DuckDBPyConnection, areas: Sequence[str], periods: Sequence[Period], topic: str = "inhabitants"
) -> Floats:
    """(areas, periods) persons (or dwellings): of the year, else of the nearest year known, else NaN."""
    known: dict[str, dict[int, float]] = {}
    for area, year, value in db.execute(
        """SELECT area, CAST(left(period, 4) AS INTEGER), arg_max(value, rank) FROM observations
           WHERE scheme = 'key-figures' AND topic = $topic AND value > 0 AND area IN (SELECT unnest($areas))
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
           WHERE a.code IN (SELECT unnest($areas))""",
        {"areas": list(areas)},
    ).fetchall()
    return {code: tuple(g for g in (parent, above) if g and g != "NL") for code, parent, above in rows}
