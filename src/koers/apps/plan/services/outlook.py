"""Whether goals are on course: from the figures, nobody types it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from koers.analysis.forecast import forecast_fan
from koers.analysis.marks import mark_fan
from koers.apps.people.models import Municipality
from koers.apps.picture.outlook import GoalOutlook, due_end, goal_outlook, rest_of, yearly_values
from koers.apps.picture.reading import Reading
from koers.apps.picture.readings import reading
from koers.apps.plan.models import Goal
from koers.charts import Chart
from koers.charts.goal import Fan, FanPoint, Target, goal_chart
from koers.figures.shelf import Shelf

# More years than this make the past larger than what is to come.
SHOWN = 12
LEVELS = (0.5, 0.8, 0.95)


COURSES = {
    "met": "gehaald",
    "missed": "niet gehaald",
    "waiting": "wacht op het cijfer",
    "on_course": "op koers",
    "off_course": "niet op koers",
    "unsure": "onzeker",
    "too_few": "te weinig gegevens",
}
MARKS = {"met": "✓ ", "missed": "✗ ", "on_course": "✓ ", "off_course": "✗ ", "unsure": "? "}
TONES = {"met": "good", "on_course": "good", "missed": "bad", "off_course": "bad"}


@dataclass(frozen=True)
class GoalCourse:
    goal: Goal
    outlook: GoalOutlook

    @property
    def chance(self) -> float | None:
        """That the goal is met; None where the figures are too few to say."""
        found = self.outlook.forecast
        return found.chance if found is not None and found.enough else None

    @property
    def words(self) -> str:
        return COURSES.get(self.outlook.state, "nog geen cijfers")

    @property
    def badge(self) -> str:
        """The words with the sign before them."""
        return f"{MARKS.get(self.outlook.state, '')}{self.words}"

    @property
    def tone(self) -> str:
        return TONES.get(self.outlook.state, "warn")

    @property
    def is_over(self) -> bool:
        """Whether the date has passed."""
        return self.outlook.state in ("met", "missed", "waiting")

    @property
    def fails(self) -> bool:
        return self.outlook.state in ("off_course", "missed")


def course_of(shelf: Shelf, goal: Goal) -> GoalCourse:
    area = goal.area_code or goal.municipality.code
    return GoalCourse(goal, goal_outlook(shelf, goal.indicator, area, goal.target, goal.due))


def goals_off_course(shelf: Shelf, municipality: Municipality) -> list[GoalCourse]:
    """Adopted goals that will probably not be met, or were not."""
    goals = Goal.objects.of(municipality).adopted().select_related("priority", "municipality")
    return [course for goal in goals if (course := course_of(shelf, goal)).fails]


def set_start(goal: Goal, found: Reading) -> None:
    """Where a goal starts: the figure as it stands now, with its snapshot. Of another area's
    figures it has no start."""
    if found.is_own:
        goal.start_value, goal.start_snapshot, goal.start_period = (
            found.recent,
            found.snapshot,
            found.labels[-1],
        )


def forecast_chart(shelf: Shelf, goal: Goal) -> Chart | None:
    """What was counted, the forecast up to the date as a fan, and the target; None without figures
    of the area itself."""
    found = reading(shelf, goal.area_code or goal.municipality.code, goal.indicator)
    if not found.is_own:
        return None
    years, last = yearly_values(found)
    if not len(years):
        return None
    moments = [_moment(last - 12 * (len(years) - 1 - i)) for i in range(len(years))]
    fan = [] if course_of(shelf, goal).is_over else _fan(found, goal.due)
    unit = "in 12 maanden" if found.indicator.adds_up else found.indicator.unit_label
    chart = goal_chart(
        f"doel-{goal.pk}",
        f"{goal}: {found.indicator.title} in {found.area.name}",
        moments[-SHOWN:],
        [float(v) for v in years[-SHOWN:]],
        Fan(fan, LEVELS),
        Target(goal.target, goal.due),
        unit=unit,
        decimals=0 if found.indicator.adds_up else 1,
    )
    return replace(chart, source=found.source_line)


def _fan(found: Reading, due: date) -> list[FanPoint]:
    """From the last figure, which is known, in steps of a quarter to the end of the month of the
    date; none where there is too little to go by, or the figures run on beyond the date."""
    years, last = yearly_values(found)
    far = due_end(due) - last
    if far <= 0:
        return []
    months = [*range(3, far, 3), far]
    ahead = np.array(months) / 12
    if found.indicator.adds_up:
        rests = tuple(rest_of(found, last, last + month) for month in months)
        fan = forecast_fan(years, ahead, LEVELS, found.course, rests)
    else:
        fan = mark_fan(years, ahead, found.spread, LEVELS) if found.spread else None
    if fan is None:
        return []
    now = float(years[np.isfinite(years)][-1])
    points = [FanPoint(_moment(last), now, ((now, now),) * len(LEVELS))]
    for i in range(len(months)):
        limits = tuple(
            (float(low), float(high))
            for low, high in zip(fan.lower[:, i], fan.upper[:, i], strict=True)
        )
        points.append(
            FanPoint(
                due if i == len(months) - 1 else _moment(last + months[i]),
                float(fan.median[i]),
                limits,
            )
        )
    return points


def _moment(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)
