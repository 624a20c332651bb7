"""Whether goals are on course: from the figures, nobody types it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from koers.analysis.forecast import forecast_fan
from koers.apps.people.models import Municipality
from koers.apps.picture.readings import GoalOutlook, Reading, goal_outlook, reading, yearly_values
from koers.apps.plan.models import Goal
from koers.charts import Chart
from koers.charts.goal import FanPoint, goal_chart

# More years than this make the past larger than what is to come.
SHOWN = 12
LEVELS = (0.5, 0.8, 0.95)


@dataclass(frozen=True)
class GoalCourse:
    goal: Goal
    outlook: GoalOutlook

    @property
    def chance(self) -> float | None:
        """That the goal is met; None where the figures are too few to say."""
        found = self.outlook.forecast
        return found.chance if found is not None and found.enough else None


def course_of(goal: Goal) -> GoalCourse:
    area = goal.area_code or goal.municipality.code
    return GoalCourse(goal, goal_outlook(goal.indicator, area, goal.target, goal.due))


def goals_off_course(municipality: Municipality) -> list[GoalCourse]:
    """Adopted goals that will probably not be met."""
    goals = Goal.objects.of(municipality).adopted().select_related("priority", "municipality")
    return [course for goal in goals if (course := course_of(goal)).outlook.state == "off_course"]


def set_start(goal: Goal, found: Reading) -> None:
    """Where a goal starts: the figure as it stands now, with its snapshot. Of another area's figures it has no start."""
    if found.is_own:
        goal.start_value, goal.start_snapshot, goal.start_period = found.recent, found.snapshot, found.labels[-1]


def forecast_chart(goal: Goal) -> Chart | None:
    """What was counted, the forecast up to the date as a fan, and the target; None without figures of the area itself."""
    found = reading(goal.area_code or goal.municipality.code, goal.indicator)
    if not found.is_own:
        return None
    if found.indicator.adds_up:
        years, last = yearly_values(found)
    else:
        years, last = _by_year(found)
    if not len(years):
        return None
    moments = [_moment(last - (len(years) - 1 - i)) for i in range(len(years))]
    unit = "in 12 maanden" if found.indicator.adds_up else found.indicator.unit_label
    chart = goal_chart(
        f"doel-{goal.pk}", f"{goal}: {found.indicator.title} in {found.area.name}", moments[-SHOWN:],
        [float(v) for v in years[-SHOWN:]], _fan(years, last, goal.due) if found.indicator.adds_up else [], LEVELS,
        goal.target, goal.due, unit=unit, decimals=0 if found.indicator.adds_up else 1,
    )  # fmt: skip
    return replace(chart, source=found.source_line)


def _by_year(found: Reading) -> tuple[np.ndarray, float]:
    """Of a percentage or mark the last value of each year; a year without one is left empty."""
    by_year = {int(label[:4]): v for label, v in zip(found.labels, found.observed, strict=True) if np.isfinite(v)}
    if not by_year:
        return np.array([]), 0.0
    return np.array([by_year.get(y, np.nan) for y in range(min(by_year), max(by_year) + 1)]), max(by_year) + 1.0


def _fan(years: np.ndarray, last: float, due: date) -> list[FanPoint]:
    """From the last figure, which is known, in steps of a quarter to the date."""
    end = due.year + (due.month - 1) / 12
    if end <= last:
        return []
    ahead = np.append(np.arange(0.25, end - last, 0.25), end - last)
    fan = forecast_fan(years, ahead, LEVELS)
    if fan is None:
        return []
    now = float(years[np.isfinite(years)][-1])
    points = [FanPoint(_moment(last), now, ((now, now),) * len(LEVELS))]
    for i, step in enumerate(fan.ahead):
        limits = tuple((float(low), float(high)) for low, high in zip(fan.lower[:, i], fan.upper[:, i], strict=True))
        points.append(FanPoint(due if i == len(fan.ahead) - 1 else _moment(last + step), float(fan.median[i]), limits))
    return points


def _moment(year: float) -> date:
    months = round(12 * year)
    return date(months // 12, months % 12 + 1, 1)
