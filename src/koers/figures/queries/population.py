from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np

from koers.analysis.period import Period
from koers.figures.boundaries import People, Redrawn, Register, people_of, redrawn_areas
from koers.figures.mergers import recorded
from koers.figures.renumbering import AreaChange


def population(
    db: duckdb.DuckDBPyConnection,
    areas: Sequence[str],
    periods: Sequence[Period],
    topic: str = "inhabitants",
    changes: Sequence[AreaChange] = (),
) -> People:
    """The persons (or dwellings) of these areas in these periods, within the boundaries of what is
    counted in them: of the year, else of the nearest year with the same boundaries.

    ``changes`` are those that the archive knows; the mergers on record (``mergers``) are counted
    with them.
    """
    redrawn = redrawn_areas([*changes, *recorded()])
    codes = _with_their_parts(areas, redrawn, changes)
    source = (
        "inhabitants"
        if topic == "inhabitants"
        else """(SELECT area, CAST(left(period, 4) AS INTEGER) AS year, arg_max(value, rank) AS
        value FROM observations
                 WHERE scheme = 'key-figures' AND topic = $topic AND value > 0 GROUP BY ALL)"""
    )
    rows = db.execute(
        f"""WITH asked AS (SELECT unnest($areas) AS area, unnest(range(len($areas))) AS i)
            SELECT i, year, value FROM {source} JOIN asked USING (area)""",
        {"areas": list(codes)} | ({} if topic == "inhabitants" else {"topic": topic}),
    ).fetchnumpy()
    known = np.unique(np.asarray(rows["year"], dtype=np.int64))
    by_year = np.full((len(codes), len(known)), np.nan)
    by_year[np.asarray(rows["i"]), np.searchsorted(known, rows["year"])] = rows["value"]
    _carry_over(by_year, known, codes, changes)
    register = Register(codes, known, by_year, redrawn)
    return people_of(tuple(areas), np.array([p.year for p in periods], dtype=np.int64), register)


def _with_their_parts(
    areas: Sequence[str],
    redrawn: Mapping[str, tuple[Redrawn, ...]],
    changes: Sequence[AreaChange],
) -> dict[str, int]:
    """The areas, and what they were made of or were called before, each with a place."""
    before: dict[str, set[str]] = {}
    for area, each in redrawn.items():
        before[area] = {other for r in each for other in r.others}
    for change in changes:
        if change.kind == "renamed":
            before.setdefault(change.new, set()).add(change.old)
    codes = dict.fromkeys(areas)
    new = list(codes)
    while new:
        new = [o for code in new for o in sorted(before.get(code, ())) if o not in codes]
        codes.update(dict.fromkeys(new))
    return {code: i for i, code in enumerate(codes)}


def _carry_over(
    by_year: np.ndarray, known: np.ndarray, codes: dict[str, int], changes: Sequence[AreaChange]
) -> None:
    """An area that only got another code had its people under the former one."""
    for change in sorted(changes, key=lambda c: c.year):
        if change.kind == "renamed" and change.new in codes and change.old in codes:
            row, former = by_year[codes[change.new]], by_year[codes[change.old]]
            earlier = (known < change.year) & np.isnan(row)
            row[earlier] = former[earlier]
