"""Whether a target will be met, or was met, by what was counted until now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils import timezone

from koers import dutch
from koers.analysis.forecast import GoalForecast
from koers.apps.picture.bars import Bar, bar_of
from koers.apps.picture.chances import chance_of_aim
from koers.apps.picture.measured import Measured, measured, wanted
from koers.apps.picture.periods import about, deciding_end, due_end, figure_at, yearly_values
from koers.figures.shelf import Shelf, kept
from koers.indicators import load_indicators
from koers.records.aim import Aim, Step

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
    too_few, none; or words, where no figure decides."""

    state: str
    text: str
    forecast: GoalForecast | None = None


@dataclass(frozen=True)
class OnTheWay:
    """A year on the way to the date, and whether it was or will be met."""

    step: Step
    outlook: GoalOutlook
    figure: str


def goal_outlook(shelf: Shelf, aim: Aim, today: date | None = None) -> GoalOutlook:
    """Whether the twelve-month figure of a goal met its target on the date, or the chance that it
    will.

    A goal is held against the twelve months up to the end of the month of its date; of yearly
    figures against the last year that has ended then. Once the figure is there it was met or
    missed, and there is no chance any more.
    """
    if aim.kind == "words" or aim.indicator not in load_indicators():
        return GoalOutlook("words", "")
    return _outlook(shelf, aim, aim.due < (today or timezone.localdate()))


def on_the_way(shelf: Shelf, aim: Aim, today: date | None = None) -> list[OnTheWay]:
    """The years on the way, each judged by itself."""
    found = []
    for step in aim.path:
        of_year = aim.at(step)
        m = measured(shelf, of_year)
        value = float("nan")
        if not m.missing:
            value = figure_at(m.found, deciding_end(m.found, of_year.due), m.values)
        found.append(
            OnTheWay(
                step,
                goal_outlook(shelf, of_year, today),
                m.said(value) if np.isfinite(value) else "",
            )
        )
    return found


@kept(4096)
def _outlook(shelf: Shelf, aim: Aim, passed: bool) -> GoalOutlook:
    m = measured(shelf, aim)
    if m.missing:
        return GoalOutlook("none", m.missing)
    until, deciding = due_end(aim.due), deciding_end(m.found, aim.due)
    bar = bar_of(shelf, aim, m, deciding)
    if bar.missing:
        return GoalOutlook("none", bar.missing)
    figure = figure_at(m.found, deciding, m.values)
    if np.isfinite(figure) and np.isfinite(bar.value) and (passed or deciding == until):
        return _decided(aim, m, bar, deciding, figure)
    if passed:
        return GoalOutlook("waiting", _waits(m, bar, deciding))
    return _expected(aim, m, bar, until)


def _decided(aim: Aim, m: Measured, bar: Bar, end: int, figure: float) -> GoalOutlook:
    """The figure of the date is there: it was met or it was not."""
    state = "met" if bar.is_met(figure, m.decimals, wanted(aim)) else "missed"
    counted = " geteld" if m.unit == "count" else ""
    return GoalOutlook(
        state,
        f"{WORDS[state]}: {m.said(figure)}{counted} {about(m.found, end)}; streefwaarde {bar.said}."
        f"{_margin(m, figure - bar.value, end)}",
    )


def _margin(m: Measured, off: float, end: int) -> str:
    """Of a survey: that what it is off by lies within the margin of one round."""
    margin = _margin_of_one(m, end)
    if abs(off) > margin or not margin > 0:
        return ""
    return f" Het verschil ligt binnen de marge van één meting (± {m.number(margin)})."


def _margin_of_one(m: Measured, end: int) -> float:
    """What its survey says of the figure of a period, else what the table teaches of one round."""
    if m.counted:
        return float("nan")
    if m.found.margins and np.isfinite(said := figure_at(m.found, end, m.found.margins)):
        return float(said / m.per[0])
    return float("nan") if m.spread is None else float(1.96 * m.spread.margin**0.5 / m.per[0])


def _waits(m: Measured, bar: Bar, end: int) -> str:
    """The date has passed, and the figure that decides is not there, or will not come."""
    _, last = yearly_values(m.found)
    said = (
        f"De streefdatum is voorbij. Het cijfer {about(m.found, end)} is er nog niet; dan blijkt of"
        " dit doel is gehaald."
        if end > last
        else f"De streefdatum is voorbij, maar {about(m.found, end)} is geen volledig cijfer"
        " gepubliceerd. Of dit doel is gehaald, is niet te zeggen."
    )
    return f"{said} Streefwaarde: {bar.said}."


def _expected(aim: Aim, m: Measured, bar: Bar, until: int) -> GoalOutlook:
    values, last = yearly_values(m.found, m.values)
    now = f"Laatste stand: {m.said(float(values[-1]))} {about(m.found, last)}"
    forecast = chance_of_aim(aim, m, bar, until)
    if not forecast.enough and not m.counted:
        return GoalOutlook(
            "none",
            f"{now}; streefwaarde {bar.said}. Bij zo weinig metingen rekent Koers geen kans uit.",
        )
    if not forecast.enough:
        return GoalOutlook(
            "too_few",
            f"Te weinig gegevens om te zeggen of dit doel wordt gehaald. {now}; streefwaarde"
            f" {bar.said}.",
            forecast,
        )
    state = state_of(forecast.chance)
    spread = ""
    if np.isfinite(forecast.expected):
        spread = (
            f" Verwacht wordt {m.said(forecast.expected)} (waarschijnlijk tussen"
            f" {m.number(forecast.lower)} en {m.number(forecast.upper)}); streefwaarde {bar.said}."
        )
    return GoalOutlook(
        state, f"{WORDS[state]}: kans {_chance(forecast.chance)}. {now}.{spread}", forecast
    )


def state_of(chance: float) -> str:
    """What a chance is called."""
    return "on_course" if chance >= 0.8 else "off_course" if chance < 0.2 else "unsure"


def _chance(chance: float) -> str:
    """A chance in words; nothing is called impossible or certain."""
    if chance < 0.01:
        return "minder dan 1 %"
    return "meer dan 99 %" if chance > 0.99 else f"{dutch.number(100 * chance)} %"
