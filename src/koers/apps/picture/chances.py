"""The chance that a goal is met, in its own unit, from the statistics of counts and of marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from koers.analysis.forecast import Fan, GoalForecast, Rest, chance_of_target, forecast_fan
from koers.analysis.marks import chance_of_beating_marks, chance_of_mark, mark_fan
from koers.analysis.panel import Floats
from koers.analysis.relative import (
    Ahead,
    as_now,
    chance_of_beating,
    chance_of_earlier,
    growth_of,
)
from koers.apps.picture.bars import Bar
from koers.apps.picture.measured import Measured, wanted
from koers.apps.picture.periods import rest_of, yearly_values
from koers.records.aim import Aim

NONE = GoalForecast(np.nan, np.nan, np.nan, np.nan, False)
EVEN = 0.5
"""The chance that a round of a survey beats the one before where neither is known: no pace is
known, so it is as likely as not."""


@dataclass(frozen=True)
class _Course:
    """Years as of the people of now, the moment at which the last ends, and by what a count was
    divided in each."""

    m: Measured
    years: Floats
    last: int
    per: Floats

    def ahead(self, until: int) -> Ahead:
        far = (until - self.last) / 12
        growth = growth_of(self.per, far) if self.m.rates is not None else 1.0
        return Ahead(far, float(self.per[-1]) * growth, self.rest(until), growth)

    def rest(self, until: int) -> Rest | None:
        return rest_of(self.m.found, self.last, until)


def _course_of(m: Measured) -> _Course:
    counts, last = yearly_values(m.found)
    per, _ = yearly_values(m.found, m.per)
    return _Course(m, as_now(counts, per) if len(counts) else counts, last, per)


def chance_of_aim(aim: Aim, m: Measured, bar: Bar, until: int) -> GoalForecast:
    """The chance, and what is to be expected with its 80 % interval, in the unit of the goal."""
    if m.counted:
        return _of_counts(aim, m, bar, until)
    return _of_marks(aim, m, bar, until)


def limit_of(bar: Bar, m: Measured, direction: str) -> float:
    """Up to where a figure meets a bar: as it is shown, so half a unit of its last decimal on."""
    half = 0.5 * 10.0**-m.decimals * (1 - 1e-9)
    side = half if (direction == "down") != bar.strict else -half
    return round(bar.value, m.decimals) + side


def _of_counts(aim: Aim, m: Measured, bar: Bar, until: int) -> GoalForecast:
    course, direction = _course_of(m), wanted(aim)
    at = course.ahead(until)
    if not np.isfinite(at.per):
        return NONE
    target = limit_of(bar, m, direction) * at.per if np.isfinite(bar.value) else 0.0
    found = chance_of_target(course.years, at.far, target, direction, m.course, at.rest, at.growth)
    if not found.enough:
        return found
    if not np.isfinite(bar.value):
        chance = _against(aim, course, at, until)
        if not np.isfinite(chance):
            return NONE
        found = replace(found, chance=chance)
    return _in_unit(found, at.per)


def _against(aim: Aim, course: _Course, at: Ahead, until: int) -> float:
    """Where what is to be reached is not known yet either: the year before, or peers."""
    m, direction = course.m, wanted(aim)
    if aim.kind == "earlier":
        before = course.ahead(until - 12)
        return chance_of_earlier(course.years, before, at, direction, m.course)
    if m.rates is None:
        return float("nan")
    scale = float(course.per[-1]) / yearly_values(m.found, m.rates.per)[0][-1]
    per, _ = yearly_values(m.found, m.rates.peers_per)
    growth = growth_of(per, at.far)
    others = [as_now(yearly_values(m.found, peer)[0], per) for peer in m.rates.peers]
    theirs = Ahead(at.far, float(per[-1]) * growth * scale, None, growth)
    if at.rest is not None:
        # Of part of a year the peers have as large a part to come.
        summed = sum(float(other[-1]) for other in others)
        known = (1 - at.rest.share) * summed
        theirs = replace(theirs, rest=Rest(known, at.rest.share))
    return chance_of_beating(course.years, others, at, theirs, direction, m.course)


def _of_marks(aim: Aim, m: Measured, bar: Bar, until: int) -> GoalForecast:
    if m.spread is None:
        return NONE
    rounds, last = yearly_values(m.found)
    far, direction, per = (until - last) / 12, wanted(aim), m.per[0]
    known = np.isfinite(bar.value)
    target = limit_of(bar, m, direction) * per if known else 0.0
    found = chance_of_mark(rounds, far, target, direction, m.spread)
    if not found.enough:
        return found
    if not known:
        found = replace(found, chance=EVEN)
        if aim.kind == "peers" and m.rates is not None:
            others = [yearly_values(m.found, peer)[0] for peer in m.rates.peers]
            chance = chance_of_beating_marks(rounds, others, far, direction, m.spread)
            if not np.isfinite(chance):
                return NONE
            found = replace(found, chance=chance)
    return _in_unit(found, per)


def _in_unit(found: GoalForecast, per: float) -> GoalForecast:
    return replace(
        found, expected=found.expected / per, lower=found.lower / per, upper=found.upper / per
    )


def fan_of(m: Measured, moments: Sequence[int], levels: tuple[float, ...]) -> Fan | None:
    """The forecast at the end of each of these months, in the unit of the goal; None where there is
    too little to go by."""
    if m.counted:
        course = _course_of(m)
        at = [course.ahead(until) for until in moments]
        far = np.array([each.far for each in at])
        rests = tuple(each.rest for each in at)
        growth = tuple(each.growth for each in at)
        fan = forecast_fan(course.years, far, levels, m.course, rests, growth)
        per = np.array([each.per for each in at])
    else:
        rounds, last = yearly_values(m.found)
        far = (np.array(moments) - last) / 12
        fan = mark_fan(rounds, far, m.spread, levels) if m.spread is not None else None
        per = np.full(len(far), m.per[0])
    if fan is None:
        return None
    return replace(fan, median=fan.median / per, lower=fan.lower / per, upper=fan.upper / per)
