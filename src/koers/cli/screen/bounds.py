"""--from and --until: which periods of a file are asked."""

from __future__ import annotations

import calendar
from datetime import date
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from koers.figures.counts_dates import Moment, PeriodTextError, moment

if TYPE_CHECKING:
    from koers.analysis.period import Period
    from koers.figures.counts_csv import CountsFile


class PeriodOption(click.ParamType[Moment]):
    name = "PERIODE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Moment:
        if isinstance(value, Moment):
            return value
        try:
            return moment(value.strip())
        except PeriodTextError as error:
            self.fail(error.problem, param, ctx)


class BoundError(Exception):
    """A bound of another kind than the periods of the file, or bounds with no period between
    them."""


def asked(counts: CountsFile, first: Moment | None, last: Moment | None) -> np.ndarray:
    """(periods,) which of them lie between the bounds, both included."""
    inside = np.ones(len(counts.panel.periods), dtype=bool)
    if first is not None:
        inside &= _not_before(counts, first)
    if last is not None:
        inside &= _not_after(counts, last)
    return inside


def asked_of_file(counts: CountsFile, first: Moment | None, last: Moment | None) -> np.ndarray:
    """The same; BoundError where none does."""
    inside = asked(counts, first, last)
    if not inside.any():
        given = [
            f"{name} {bound.text}"
            for name, bound in (("--from", first), ("--until", last))
            if bound is not None
        ]
        raise BoundError(
            f"met {' en '.join(given)} blijft geen periode over; het bestand loopt van"
            f" {counts.labels[0]} tot en met {counts.labels[-1]}."
        )
    return inside


def _not_before(counts: CountsFile, bound: Moment) -> np.ndarray:
    if counts.dates is not None:
        return np.asarray(counts.dates >= np.datetime64(_days(bound)[0], "D"))
    since = _same_kind(counts, bound)
    return np.array([period >= since for period in counts.panel.periods])


def _not_after(counts: CountsFile, bound: Moment) -> np.ndarray:
    if counts.dates is not None:
        return np.asarray(counts.dates <= np.datetime64(_days(bound)[1], "D"))
    until = _same_kind(counts, bound)
    return np.array([period <= until for period in counts.panel.periods])


def _same_kind(counts: CountsFile, bound: Moment) -> Period:
    if bound.period is None or bound.period.frequency != counts.panel.frequency:
        raise BoundError(
            f"{bound.text} is een ander soort periode dan {counts.labels[0]} in het bestand."
        )
    return bound.period


def _days(bound: Moment) -> tuple[date, date]:
    """First and last day."""
    if bound.period is None:
        assert bound.date is not None
        return bound.date, bound.date
    year, number = bound.period.year, bound.period.number
    if bound.period.frequency == "year":
        return date(year, 1, 1), date(year, 12, 31)
    if bound.period.frequency == "month":
        return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])
    return date.fromisocalendar(year, number, 1), date.fromisocalendar(year, number, 7)
