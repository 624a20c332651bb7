"""Whether goals are on course: from the figures, nobody types it."""

from __future__ import annotations

from dataclasses import dataclass

from koers.apps.people.models import Municipality
from koers.apps.picture.readings import GoalOutlook, goal_outlook
from koers.apps.plan.models import Goal


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
