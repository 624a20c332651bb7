"""Counts of areas that hold every topic in every period: the place of a row tells what it is, so
values alone are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Floats
from koers.figures.manifest import Snapshot
from koers.figures.queries.writes.indexing import quoted

# So many values at a time come out of a file.
AT_ONCE = 4_000_000
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class AreaKind:
    """What many areas have alike: the topics that they hold and the periods that are
    provisional."""

    topics: tuple[str, ...]
    provisional: tuple[str, ...]


@dataclass(frozen=True)
class Series:
    """What one snapshot holds of one area: its steps from ``first`` to ``last`` (ordinals).

    Its rows stand in the file from place ``start`` on; those of years and months mingle where it is
    ``mixed``.
    """

    area: str
    first: int
    last: int
    kind: AreaKind
    dense: bool
    mixed: bool
    start: int
    rows: int
    snapshot: str
    parent: str | None
    above: str | None

    @property
    def steps(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Axes:
    """Where each code stands along its axis; an area that was renumbered stands where its new code
    does.

    ``first`` is the ordinal of the first of ``steps`` periods.
    """

    area: Mapping[str, int]
    topic: Mapping[str, int]
    first: int
    steps: int

    @cached_property
    def shape(self) -> tuple[int, int, int]:
        return max(self.area.values()) + 1, len(self.topic), self.steps

    def nothing(self) -> Floats:
        """The array in which nothing is known yet."""
        return np.full(self.shape, np.nan)


def read_dense(
    db: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    held: Sequence[Series],
    axes: Axes,
    length: int,
) -> Floats:
    """(areas, topics, periods) counts of dense series of one snapshot; NaN where nothing is held or
    published."""
    ordered = sorted(held, key=lambda series: series.area)
    if snapshot.nonzero.is_file() and not any(series.mixed for series in held):
        return _from_nonzero(db, snapshot, ordered, axes)
    if (whole := _whole(db, snapshot, ordered, axes)) is not None:
        return whole
    counts = axes.nothing()
    for part in _parts(ordered, len(axes.topic)):
        _place(part, axes, _values(db, snapshot, part, axes, length), counts)
    return counts


def _whole(
    db: duckdb.DuckDBPyConnection, snapshot: Snapshot, ordered: Sequence[Series], axes: Axes
) -> Floats | None:
    """The rows as they stand, where those that are asked for fill the cells in that very order;
    else None."""
    if any(s.mixed for s in ordered) or sum(s.rows for s in ordered) != int(np.prod(axes.shape)):
        return None
    runs, filled = list(_runs(ordered)), 0
    for run in runs:
        if axes.area[run[0].area] != filled or _shift(run, axes) is None:
            return None
        filled += len(run)
    file = quoted(snapshot.counts if snapshot.counts.is_file() else snapshot.data)
    counts = np.empty(axes.shape)
    flat, done = counts.reshape(-1), 0
    for run in runs:
        begin, rows = run[0].start, sum(s.rows for s in run)
        values = db.execute(
            f"""SELECT value FROM read_parquet('{file}', file_row_number = true)
                WHERE file_row_number BETWEEN $begin AND $end""",
            {"begin": begin, "end": begin + rows - 1},
        ).fetchnumpy()["value"]
        if len(values) != rows:
            raise RuntimeError(f"snapshot {run[0].snapshot} does not hold what its index says")
        flat[done : done + rows] = np.ma.getdata(values)
        if np.ma.is_masked(values):
            flat[done : done + rows][np.ma.getmaskarray(values)] = np.nan
        done += rows
    return counts


def _from_nonzero(
    db: duckdb.DuckDBPyConnection, snapshot: Snapshot, ordered: Sequence[Series], axes: Axes
) -> Floats:
    """Zeros wherever the series hold something, then what is not zero put in its place."""
    counts = _zeros(ordered, axes)
    flat = counts.reshape(-1)
    file = quoted(snapshot.nonzero)
    for run in _runs(ordered):
        begin, end = run[0].start, run[-1].start + run[-1].rows
        if len(run) == 1 and len(axes.topic) == 1:
            begin += run[0].kind.topics.index(next(iter(axes.topic))) * run[0].steps
            end = begin + run[0].steps
        rows = db.execute(
            f"SELECT cell, value FROM read_parquet('{file}') WHERE cell BETWEEN $begin AND $end",
            {"begin": begin, "end": end - 1},
        ).fetchnumpy()
        cells, wanted = _cells(np.asarray(rows["cell"], dtype=np.int64), run, axes)
        values = np.ma.filled(np.ma.asarray(rows["value"], dtype=np.float64), np.nan)
        flat[cells] = values if wanted is None else values[wanted]
    return counts


def _zeros(ordered: Sequence[Series], axes: Axes) -> Floats:
    areas, topics, steps = axes.shape
    if len(ordered) == areas and all(
        s.steps == steps and len(axes.topic.keys() - set(s.kind.topics)) == 0 for s in ordered
    ):
        return np.zeros(axes.shape)
    counts = axes.nothing()
    for alike, group in _alike(ordered):
        own, rows, steps_of = _where(alike, group, axes)
        counts[np.ix_(rows, own, steps_of)] = 0.0
    return counts


def _runs(ordered: Sequence[Series]) -> Iterator[list[Series]]:
    """Series whose rows stand next to each other in the file, so many at a time."""
    run: list[Series] = []
    size = 0
    for series in ordered:
        if run and (run[-1].start + run[-1].rows != series.start or size >= AT_ONCE):
            yield run
            run, size = [], 0
        run.append(series)
        size += series.rows
    if run:
        yield run


def _cells(
    places: Places, run: Sequence[Series], axes: Axes
) -> tuple[Places, npt.NDArray[np.bool_] | None]:
    """The flat cell of each row, and which rows are asked for (None: each)."""
    topics, steps = axes.shape[1:]
    if (shift := _shift(run, axes)) is not None:
        return places + shift, None
    if len({(s.kind, s.first, s.last) for s in run}) == 1:
        series, within = np.divmod(places - run[0].start, run[0].rows)
        of_topic, step = np.divmod(within, run[0].steps)
        topic = _topic_places(run[0].kind, axes)[of_topic]
        first: Places = np.array([run[0].first])
    else:
        kinds = list(dict.fromkeys(s.kind for s in run))
        starts = np.array([s.start for s in run])
        series = np.searchsorted(starts, places, side="right") - 1
        of_topic, step = np.divmod(
            places - starts[series], np.array([s.steps for s in run])[series]
        )
        widest = max(len(kind.topics) for kind in kinds)
        known = np.full((len(kinds), widest), -1)
        for number, kind in enumerate(kinds):
            known[number, : len(kind.topics)] = _topic_places(kind, axes)
        topic = known[np.array([kinds.index(s.kind) for s in run])[series], of_topic]
        first = np.array([s.first for s in run])[series]
    area = np.array([axes.area[s.area] for s in run])[series]
    cells = (area * topics + topic) * steps + (step + first - axes.first)
    if all(axes.topic.keys() >= set(kind.topics) for kind in {s.kind for s in run}):
        return cells, None
    wanted = topic >= 0
    return cells[wanted], wanted


def _shift(run: Sequence[Series], axes: Axes) -> int | None:
    """How far the cells lie from the rows where both stand in the very same order; None where they
    do not."""
    topics, steps = axes.shape[1:]
    if any(s.first != axes.first or s.steps != steps for s in run):
        return None
    if any(kind.topics != tuple(axes.topic) for kind in {s.kind for s in run}):
        return None
    first = axes.area[run[0].area]
    if any(axes.area[s.area] != first + i for i, s in enumerate(run)):
        return None
    return first * topics * steps - run[0].start


def _topic_places(kind: AreaKind, axes: Axes) -> Places:
    return np.array([axes.topic.get(topic, -1) for topic in kind.topics])


def _values(
    db: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    part: Sequence[Series],
    axes: Axes,
    length: int,
) -> Floats:
    """The values of the topics asked for of some areas, in the order of area, topic and period."""
    topics = list(axes.topic)
    where = ["area BETWEEN $first AND $last"]
    parameters: dict[str, Any] = {"first": part[0].area, "last": part[-1].area}
    if len(list(_runs(part))) > 1:
        where.append("area IN (SELECT unnest($areas))")
        parameters["areas"] = [s.area for s in part]
    if any(set(kind.topics) - set(topics) for kind in {s.kind for s in part}):
        where.append("topic = $topics" if len(topics) == 1 else "topic IN (SELECT unnest($topics))")
        parameters["topics"] = topics[0] if len(topics) == 1 else topics
    if any(s.mixed for s in part):
        where.append("len(period) = $length")
        parameters["length"] = length
    file = quoted(snapshot.data)
    rows = db.execute(
        f"SELECT value FROM read_parquet('{file}') WHERE {' AND '.join(where)}", parameters
    )
    return np.ma.filled(np.ma.asarray(rows.fetchnumpy()["value"], dtype=np.float64), np.nan)


def _parts(ordered: Sequence[Series], topics: int) -> Iterator[list[Series]]:
    part: list[Series] = []
    size = 0
    for series in ordered:
        part.append(series)
        size += topics * series.steps
        if size >= AT_ONCE:
            yield part
            part, size = [], 0
    if part:
        yield part


def _place(part: Sequence[Series], axes: Axes, values: Floats, counts: Floats) -> None:
    """The values of some areas into their cells: areas that hold the same in one go."""
    begin = 0
    for alike, group in _alike(part):
        own, rows, steps = _where(alike, group, axes)
        end = begin + len(rows) * len(own) * len(steps)
        if end > len(values):
            break
        counts[np.ix_(rows, own, steps)] = values[begin:end].reshape(
            len(rows), len(own), len(steps)
        )
        begin = end
    if begin != len(values):
        raise RuntimeError(f"snapshot {part[0].snapshot} does not hold what its index says")


def _alike(part: Sequence[Series]) -> Iterator[tuple[Series, list[Series]]]:
    """Neighbours that hold the same topics over the same periods, with the first of them."""
    for _, group in groupby(part, key=lambda s: (s.kind, s.first, s.last)):
        alike = list(group)
        yield alike[0], alike


def _where(alike: Series, group: Sequence[Series], axes: Axes) -> tuple[Places, Places, Places]:
    """The places of the topics, areas and steps of series that are alike."""
    own = np.array(
        [axes.topic[topic] for topic in alike.kind.topics if topic in axes.topic], dtype=np.int64
    )
    rows = np.array([axes.area[series.area] for series in group], dtype=np.int64)
    return own, rows, np.arange(alike.first - axes.first, alike.last - axes.first + 1)
