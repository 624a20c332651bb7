"""What councils ask: this year so far, four months and a year, beside the same months of earlier
years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from koers import dutch
from koers.analysis.comparison import CountChange, change
from koers.analysis.panel import Floats
from koers.analysis.same_months import by_year, dispersion_of
from koers.apps.picture.reading import said_of_change
from koers.apps.picture.readings import reading, redrawn_between
from koers.figures.shelf import CountTable, Shelf, kept

THIRDS = ((0, 4), (4, 8), (8, 12))
YEARS_BACK = 5
"""Beside so many earlier years this year is put."""
THIRDS_BACK = 9
YEARS_SHOWN = 10
MOST_NAMED = 3


@dataclass(frozen=True)
class Beside:
    """A count over some months of ``year``, and over the same months of ``earlier``; NaN where one
    of them is not published, and then there is no ``change`` but a reason (``missing``)."""

    year: int
    earlier: int
    months: tuple[int, int]
    now: float
    then: float
    change: CountChange | None = None
    missing: str = ""
    late: bool = False

    @property
    def period(self) -> str:
        return f"{said_months(self.months, self.year)}{' (voorlopig)' if self.late else ''}"

    @property
    def against(self) -> str:
        return said_months(self.months, self.earlier)

    @property
    def ratio(self) -> float | None:
        return self._known("ratio")

    @property
    def lower(self) -> float | None:
        return self._known("lower")

    @property
    def upper(self) -> float | None:
        return self._known("upper")

    def _known(self, name: str) -> float | None:
        """Of a change that may be told; beside nothing at all there is no ratio."""
        if self.change is None or not self.change.enough:
            return None
        value = float(getattr(self.change, name))
        return value if np.isfinite(value) else None

    @property
    def verdict(self) -> str:
        return self.missing or said_of_change(self.change)


@dataclass(frozen=True)
class SameMonths:
    """``so_far``: the newest year as far as it is known beside each earlier one; ``thirds`` and
    ``years`` each beside the one a year before. Newest first."""

    so_far: tuple[Beside, ...] = ()
    thirds: tuple[Beside, ...] = ()
    years: tuple[Beside, ...] = ()
    stopped: str = ""


def said_months(months: tuple[int, int], year: int) -> str:
    """(0, 8) of 2016 → 'januari t/m augustus 2016'; a whole year is its number."""
    first, end = months
    if end - first == 12:
        return str(year)
    if end - first == 1:
        return f"{dutch.MONTHS[first]} {year}"
    return f"{dutch.MONTHS[first]} t/m {dutch.MONTHS[end - 1]} {year}"


@kept(512)
def same_months(shelf: Shelf, area_code: str, indicator_id: str) -> SameMonths:
    """Of the table and area of a reading. Only what is counted is compared, and only months that
    are complete."""
    found = reading(shelf, area_code, indicator_id)
    indicator, shown = found.indicator, found.shown
    if shown is None or not indicator.adds_up:
        return SameMonths()
    table = shelf.find_table(indicator.numerator.scheme, indicator.topic, shown)
    assert table is not None and shown.code in table.panel.areas
    counts = table.panel.counts[:, table.panel.topics.index(indicator.topic)]
    series = _Series(table, counts, table.panel.areas.index(shown.code))
    return _of_years(series) if table.panel.frequency == "year" else _of_months(series)


class _Series:
    """The counts of a kind in every area of a table as (areas, years, 12), without the months that
    are not complete; of yearly figures the last place is the year."""

    def __init__(self, table: CountTable, counts: Floats, own: int) -> None:
        self.table, self.own = table, own
        periods = table.panel.periods
        self.first = periods[0].year
        if table.panel.frequency == "year":
            self.values = counts[:, :, None]
            self.late = table.provisional
            return
        late = np.asarray(table.provisional, dtype=bool)
        self.values = by_year(np.where(late, np.nan, counts), periods[0])
        self.late = (False,) * self.values.shape[1]

    @property
    def mine(self) -> Floats:
        return np.asarray(self.values[self.own])

    def pair(self, months: tuple[int, int], at: int, earlier: int) -> Beside:
        """The year at a place beside an earlier one, ``months`` of both."""
        part = slice(*months) if self.values.shape[2] == 12 else slice(None)
        sums = self.values[:, :, part].sum(axis=2)
        now, then = float(sums[self.own, at]), float(sums[self.own, earlier])
        years = self.first + at, self.first + earlier
        pair = Beside(*years, months, now, then, late=self.late[at])
        if missing := self._missing(part, at) or self._missing(part, earlier):
            return replace(pair, missing=missing)
        if year := redrawn_between(
            self.table, self.table.panel.areas[self.own], years[1], years[0]
        ):
            return replace(pair, missing=f"niet te vergelijken: andere grenzen sinds {year}")
        spread = dispersion_of(sums, self.own).at((now + then) / 2)
        return replace(pair, change=change(now, then, spread))

    def _missing(self, part: slice, at: int) -> str:
        """Which months of a year are not published, '' where all are."""
        gaps = np.flatnonzero(np.isnan(self.mine[at, part]))
        year = self.first + at
        if not gaps.size:
            return ""
        if len(gaps) == self.mine[at, part].size:
            return f"geen cijfers van {year}"
        if len(gaps) > MOST_NAMED:
            return f"{len(gaps)} maanden van {year} zijn niet gepubliceerd"
        names = [dutch.MONTHS[(part.start or 0) + gap] for gap in gaps]
        is_or_are = "is" if len(names) == 1 else "zijn"
        return f"{' en '.join(names)} {year} {is_or_are} niet gepubliceerd"


def _of_years(series: _Series) -> SameMonths:
    return SameMonths(years=_each(series, (0, 12), YEARS_SHOWN))


def _of_months(series: _Series) -> SameMonths:
    known = np.flatnonzero(np.isfinite(series.mine).any(axis=1))
    if not known.size:
        return SameMonths()
    newest = int(known[-1])
    months = np.isfinite(series.mine[newest])
    so_far = 12 if months.all() else int(np.argmin(months))
    earlier = range(newest - 1, max(newest - 1 - YEARS_BACK, -1), -1)
    pairs = (series.pair((0, so_far), newest, at) for at in earlier) if so_far else ()
    thirds = [pair for third in THIRDS for pair in _each(series, third, THIRDS_BACK)]
    thirds.sort(key=lambda pair: (pair.year, pair.months), reverse=True)
    return SameMonths(
        tuple(pairs),
        tuple(thirds[:THIRDS_BACK]),
        _each(series, (0, 12), YEARS_SHOWN),
        _stopped(series, newest, so_far) if months[so_far:].any() else "",
    )


def _each(series: _Series, months: tuple[int, int], most: int) -> tuple[Beside, ...]:
    """Every year of which these months are all published, beside the one before."""

    def found() -> Iterator[Beside]:
        for at in range(len(series.mine) - 1, 0, -1):
            pair = series.pair(months, at, at - 1)
            if np.isfinite(pair.now):
                yield pair

    return tuple(found())[:most]


def _stopped(series: _Series, at: int, so_far: int) -> str:
    """Why a year is not taken as far as its last month."""
    year = series.first + at
    month = f"{dutch.MONTHS[so_far]} {year}"
    rest = "" if so_far else f" Er is dus geen stand van {year}."
    return f"{month[0].upper()}{month[1:]} is niet gepubliceerd; daar houdt de telling op.{rest}"


def sentence(title: str, name: str, pairs: Sequence[Beside]) -> str:
    """The first of these comparisons in words, with what is counted (``title``) and where."""
    if not pairs:
        return ""
    first = pairs[0]
    if np.isnan(first.then):
        beside = f"van {first.against} niet alle maanden bekend"
    else:
        same = (
            str(first.earlier)
            if first.months == (0, 12)
            else f"dezelfde maanden van {first.earlier}"
        )
        beside = f"{dutch.number(first.then)} in {same}"
    return (
        f"{title[0].upper()}{title[1:]}: in {name} {dutch.number(first.now)} in {first.period},"
        f" {beside}. {first.verdict[0].upper()}{first.verdict[1:]}."
    )
