"""Whether a target will be met, or was met, by what was counted until now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils import timezone

from koers import dutch
from koers.analysis.forecast import GoalForecast, Rest, chance_of_target, rest_of_year
from koers.analysis.marks import chance_of_mark
from koers.apps.picture.origin import marked
from koers.apps.picture.reading import Reading
from koers.apps.picture.readings import reading
from koers.figures.shelf import Shelf, kept
from koers.indicators import Indicator
from koers.indicators.reader import LiveTable

WORDS = {
    "met": "Gehaald",
    "missed": "Niet gehaald",
    "on_course": "Op koers",
    "unsure": "Onzeker",
    "off_course": "Niet op koers",
}


@dataclass(frozen=True)
class GoalOutlook:
    """Whether a goal was met or is on course, from the figures: ``state`` is one of met, missed,
    waiting (the date has passed and its figure is not there), on_course, unsure, off_course,
    too_few, none."""

    state: str
    text: str
    forecast: GoalForecast | None = None


def goal_outlook(
    shelf: Shelf,
    indicator_id: str,
    area_code: str,
    target: float,
    due: date,
    today: date | None = None,
) -> GoalOutlook:
    """Whether an indicator's twelve-month figure met its target on the date, or the chance that it
    will.

    A goal is held against the twelve months up to the end of the month of its date; of yearly
    figures against the last year that has ended then. Once the figure is there it was met or
    missed, and there is no chance any more.
    """
    passed = due < (today or timezone.localdate())
    return _outlook(shelf, indicator_id, area_code, target, due, passed)


@kept(4096)
def _outlook(
    shelf: Shelf, indicator_id: str, area_code: str, target: float, due: date, passed: bool
) -> GoalOutlook:
    found = reading(shelf, area_code, indicator_id)
    if not found.is_own:
        return GoalOutlook(
            "none",
            f"Nog geen cijfers voor dit gebied. Koers wacht op tabel {found.indicator.waits_for}.",
        )
    until, deciding = due_end(due), deciding_end(found, due)
    figure = _figure_at(found, deciding)
    if np.isfinite(figure) and (passed or deciding == until):
        return _decided(found, target, deciding, figure)
    if passed:
        return GoalOutlook("waiting", _waits(found, target, deciding))
    return _expected(found, target, until)


def _expected(found: Reading, target: float, until: int) -> GoalOutlook:
    years, last = yearly_values(found)
    forecast = _forecast(found, target, until)
    if not forecast.enough and not found.indicator.adds_up:
        return GoalOutlook(
            "none",
            f"Laatste stand: {_said(found, found.recent)} {found.indicator.unit_label}"
            f" {found.recent_label};"
            f" streefwaarde {_said(found, target)}. Bij zo weinig metingen rekent Koers geen kans"
            " uit.",
        )
    if not forecast.enough:
        return GoalOutlook(
            "too_few", "Te weinig gegevens om te zeggen of dit doel wordt gehaald.", forecast
        )
    state = (
        "on_course"
        if forecast.chance >= 0.8
        else "off_course"
        if forecast.chance < 0.2
        else "unsure"
    )
    now = float(years[-1])
    unit = "" if found.indicator.adds_up else f" {found.indicator.unit_label}"
    return GoalOutlook(
        state,
        f"{WORDS[state]}: kans {_chance(forecast.chance)}. Laatste stand: {_said(found, now)}{unit}"
        f" {_about(found, last)}. Verwacht wordt {_said(found, forecast.expected)} (waarschijnlijk"
        f" tussen {_said(found, forecast.lower)} en {_said(found, forecast.upper)}); streefwaarde"
        f" {_said(found, target)}.",
        forecast,
    )


def _forecast(found: Reading, target: float, until: int) -> GoalForecast:
    years, last = yearly_values(found)
    ahead, direction = (until - last) / 12, wanted(found.indicator)
    if found.indicator.adds_up:
        rest = rest_of(found, last, until)
        return chance_of_target(years, ahead, target, direction, found.course, rest)
    if found.spread is None:
        return GoalForecast(np.nan, np.nan, np.nan, np.nan, False)
    return chance_of_mark(years, ahead, target, direction, found.spread)


def _decided(found: Reading, target: float, end: int, figure: float) -> GoalOutlook:
    """The figure of the date is there: it was met or it was not."""
    down = wanted(found.indicator) == "down"
    met = figure <= target if down else figure >= target
    state = "met" if met else "missed"
    what = "geteld" if found.indicator.adds_up else found.indicator.unit_label
    return GoalOutlook(
        state,
        f"{WORDS[state]}: {_said(found, figure)} {what} {_about(found, end)}; streefwaarde"
        f" {'hoogstens' if down else 'ten minste'} {_said(found, target)}.",
    )


def _waits(found: Reading, target: float, end: int) -> str:
    """The date has passed, and the figure that decides is not there, or will not come."""
    _, last = yearly_values(found)
    said = (
        f"De streefdatum is voorbij. Het cijfer {_about(found, end)} is er nog niet; dan blijkt of"
        " dit doel is gehaald."
        if end > last
        else f"De streefdatum is voorbij, maar {_about(found, end)} is geen volledig cijfer"
        " gepubliceerd. Of dit doel is gehaald, is niet te zeggen."
    )
    return f"{said} Streefwaarde: {_said(found, target)}."


def wanted(indicator: Indicator) -> str:
    """ "up" where more is better; else a target is a most."""
    return "up" if indicator.direction == "up" else "down"


def _said(found: Reading, value: float) -> str:
    return dutch.number(value, 0 if found.indicator.adds_up else 1)


def _about(found: Reading, end: int) -> str:
    """The period of a figure by where it ends, with the mark of what is internal."""
    label = _label(found, end)
    if found.frequency == "month":
        said = f"in 12 maanden t/m {dutch.period(label)}"
    else:
        late = label in found.labels and found.provisional[found.labels.index(label)]
        said = f"in {label}{' (voorlopig)' if late else ''}"
    return marked(said, found.origin) if found.origin else said


def _chance(chance: float) -> str:
    """A chance in words; nothing is called impossible or certain."""
    if chance < 0.01:
        return "minder dan 1 %"
    return "meer dan 99 %" if chance > 0.99 else f"{dutch.number(100 * chance)} %"


# Moments are whole months since the year 0: the end of December 2024 is 12 * 2025.


def due_end(due: date) -> int:
    """The end of the month of a date."""
    return 12 * due.year + due.month


def deciding_end(found: Reading, due: date) -> int:
    """Where the figure ends that decides on a date: with its month, or the last year before that
    end; of a survey that is held every other year, its last round."""
    until = due_end(due)
    if found.frequency == "month":
        return until
    year = until // 12 * 12
    _, last = yearly_values(found)
    if not last or np.isfinite(_figure_at(found, year)):
        return year
    step = 24 if table_of(found).frequency == "two-years" else 12
    return last + (year - last) // step * step


def table_of(found: Reading) -> LiveTable:
    """Which of the tables of an indicator the reading is of: the one with its frequency."""
    tables = found.indicator.tables
    if found.frequency == "month":
        return next((t for t in tables if t.frequency in ("month", "own")), tables[0])
    return next((t for t in tables if t.frequency in ("year", "two-years")), tables[0])


def _end(label: str) -> int:
    year, _, month = label.partition("-")
    return 12 * int(year) + (int(month) if month else 12)


def _label(found: Reading, end: int) -> str:
    year, month = (end - 1) // 12, (end - 1) % 12 + 1
    return f"{year}-{month:02d}" if found.frequency == "month" else str(year)


def _figure_at(found: Reading, end: int) -> float:
    label = _label(found, end)
    return found.twelve[found.labels.index(label)] if label in found.labels else float("nan")


def yearly_values(found: Reading) -> tuple[np.ndarray, int]:
    """Figures of twelve months that do not overlap, oldest first, and the moment at which the last
    ends.

    The last is the newest that is known; one before it that is not is NaN, so that each place is
    a year.
    """
    known = {
        _end(label): value
        for label, value in zip(found.labels, found.twelve, strict=True)
        if np.isfinite(value)
    }
    if not known:
        return np.array([]), 0
    last = max(known)
    first = min(end for end in known if (last - end) % 12 == 0)
    return np.array([known.get(end, np.nan) for end in range(first, last + 1, 12)]), last


def rest_of(found: Reading, last: int, until: int) -> Rest | None:
    """Of the twelve months up to ``until`` what was counted up to ``last``, and which part of a
    year the other months usually are; None where the twelve months have yet to begin."""
    to_come = until - last
    if found.frequency != "month" or not 0 < to_come < 12:
        return None
    end = found.labels.index(_label(found, last)) + 1
    return rest_of_year(np.asarray(found.observed[:end], dtype=float), to_come)
