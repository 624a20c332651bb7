"""Whether goals are on course: from the figures, nobody types it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from koers import dutch
from koers.apps.people.models import Municipality
from koers.apps.picture.bars import asked_of, bar_of, peers_together
from koers.apps.picture.chances import fan_of
from koers.apps.picture.measured import Measured, base_label, measured
from koers.apps.picture.outlook import GoalOutlook, goal_outlook
from koers.apps.picture.peers import peers_of
from koers.apps.picture.periods import (
    deciding_end,
    due_end,
    end_of,
    figure_at,
    label_at,
    yearly_values,
)
from koers.apps.plan.models import Goal, GoalKind, Judgement, quarter_of
from koers.charts import Chart
from koers.charts.goal import Fan, FanPoint, Line, Target, goal_chart
from koers.figures.shelf import Shelf
from koers.indicators.units import GOAL_UNITS, INDEX
from koers.records.aim import Aim

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
    """``judgement`` is what people said last of a goal in words."""

    goal: Goal
    outlook: GoalOutlook
    judgement: Judgement | None = None

    @property
    def chance(self) -> float | None:
        """That the goal is met; None where the figures are too few to say, and of a goal that
        ended."""
        if self.goal.is_ended:
            return None
        found = self.outlook.forecast
        return found.chance if found is not None and found.enough else None

    @property
    def words(self) -> str:
        """Of a goal in words the last answer, with its quarter: it is no figure; of a goal that
        ended, that it did."""
        if self.goal.ended is not None and self.goal.is_ended:
            return f"beëindigd op {dutch.day(self.goal.ended)}"
        if self.goal.in_words:
            return str(self.judgement) if self.judgement else "nog niet beoordeeld"
        return COURSES.get(self.outlook.state, "nog geen cijfers")

    @property
    def badge(self) -> str:
        """The words with the sign before them."""
        mark = "" if self.goal.is_ended else MARKS.get(self.outlook.state, "")
        return f"{mark}{self.words}"

    @property
    def tone(self) -> str:
        if self.goal.is_ended or (self.goal.in_words and self.judgement):
            return "plain"
        return TONES.get(self.outlook.state, "warn")

    @property
    def text(self) -> str:
        """What is to be said of it: by the figures, by people, or why it ended."""
        if self.goal.is_ended:
            return self.goal.end_reason
        if not self.goal.in_words:
            return self.outlook.text
        return self.judgement.reason if self.judgement else ""

    @property
    def asked(self) -> str:
        """What the goal asks, with its unit."""
        return asked_of(self.goal.aim)

    @property
    def is_over(self) -> bool:
        """Whether the date has passed."""
        return self.goal.is_ended or self.outlook.state in ("met", "missed", "waiting")

    @property
    def fails(self) -> bool:
        return not self.goal.is_ended and self.outlook.state in ("off_course", "missed")


def course_of(shelf: Shelf, goal: Goal) -> GoalCourse:
    last = next(iter(goal.judgements.all()[:1]), None) if goal.in_words and goal.pk else None
    return GoalCourse(goal, goal_outlook(shelf, goal.aim), last)


def goals_off_course(shelf: Shelf, municipality: Municipality) -> list[GoalCourse]:
    """Adopted goals that will probably not be met, or were not."""
    goals = Goal.objects.of(municipality).adopted().select_related("priority", "municipality")
    return [course for goal in goals if (course := course_of(shelf, goal)).fails]


def goals_to_judge(municipality: Municipality, today: date) -> list[Goal]:
    """Adopted goals in words of which nobody said this quarter how it goes."""
    goals = (
        Goal.objects.of(municipality)
        .adopted()
        .filter(kind=GoalKind.WORDS, due__gte=today)
        .select_related("priority", "municipality")
        .prefetch_related("judgements")
    )
    now = quarter_of(today)
    still = [goal for goal in goals if not goal.is_ended]
    return [g for g in still if now not in {j.quarter for j in g.judgements.all()}]


def set_start(shelf: Shelf, goal: Goal) -> None:
    """Where a goal starts, in its unit: the figure of its base period, else the newest, with its
    snapshot. What somebody wrote down stays and has none; of another area's figures it has no
    start. With it the peers of a goal are fixed."""
    if goal.kind == GoalKind.PEERS:
        goal.peers = [*peers_of(shelf, goal.municipality.code).codes]
    if goal.in_words or (goal.start_value is not None and not goal.start_snapshot):
        return
    m = measured(shelf, _as_counted(goal))
    _, last = yearly_values(m.found)
    if m.missing or not last:
        return
    label = base_label(m.found, goal.start_period) if goal.start_period else label_at(m.found, last)
    value = figure_at(m.found, end_of(label), m.values) if label else np.nan
    if np.isfinite(value):
        goal.start_value = round(value, 2 if abs(value) < 1 else m.decimals)
        goal.start_period, goal.start_snapshot = label, m.found.snapshot


def _as_counted(goal: Goal) -> Aim:
    """The figures in which a goal starts: of an index those that are 100."""
    aim = goal.aim
    unit = "" if aim.unit == INDEX else aim.unit
    return aim.model_copy(update={"unit": unit, "base": None, "target": None, "path": ()})


def forecast_chart(shelf: Shelf, goal: Goal) -> Chart | None:
    """What was counted, the forecast up to the date as a fan, the target and the years on the way;
    None without figures of the area itself."""
    if goal.in_words:
        return None
    aim = goal.aim
    m = measured(shelf, aim)
    if m.missing:
        return None
    values, last = yearly_values(m.found, m.values)
    if not len(values):
        return None
    moments = [_moment(last - 12 * (len(values) - 1 - i)) for i in range(len(values))]
    fan = [] if course_of(shelf, goal).is_over else _fan(m, goal.due)
    bar = bar_of(shelf, aim, m, deciding_end(m.found, goal.due))
    chart = goal_chart(
        f"doel-{goal.pk}",
        f"{goal}: {m.found.indicator.title} in {m.found.area.name}",
        moments[-SHOWN:],
        [float(v) for v in values[-SHOWN:]],
        Fan(fan, LEVELS),
        Target(
            bar.value if np.isfinite(bar.value) else None,
            goal.due,
            bar.said,
            tuple((date(step.year, 12, 31), step.value) for step in aim.path),
            _beside(m, moments[-SHOWN:]) if aim.kind == "peers" else None,
        ),
        unit="in 12 maanden" if m.unit == "count" else GOAL_UNITS[m.unit],
        decimals=m.decimals,
    )
    return replace(chart, source=m.found.source_line)


def _beside(m: Measured, moments: list[date]) -> Line | None:
    """The peers at the same moments."""
    if m.rates is None or not m.rates.peers:
        return None
    values, _ = yearly_values(m.found, peers_together(m))
    return Line("vergelijkbare gemeenten", [float(v) for v in values[-len(moments) :]])


def _fan(m: Measured, due: date) -> list[FanPoint]:
    """From the last figure, which is known, in steps of a quarter to the end of the month of the
    date; none where there is too little to go by, or the figures run on beyond the date."""
    values, last = yearly_values(m.found, m.values)
    far = due_end(due) - last
    if far <= 0:
        return []
    months = [*range(3, far, 3), far]
    fan = fan_of(m, [last + month for month in months], LEVELS)
    if fan is None:
        return []
    now = float(values[np.isfinite(values)][-1])
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
