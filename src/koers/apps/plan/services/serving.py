"""What a measure serves: its priority, others of the same plan, and goals of any of these. It
stands under the first, and counts once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from koers.apps.plan.models import Goal, Measure, Priority

REFERENCES = ("partners", "other_priorities", "goals")
"""What a table of measures names of each, to be read at once."""


def may_serve(measure: Measure, model: type[Model]) -> QuerySet[Any] | None:
    """The priorities, or the goals, that a measure may name; None for what is no matter of
    serving. A goal must be of a priority that the measure serves already."""
    if model is Priority:
        return measure.priority.plan.lines.exclude(pk=measure.priority_id)
    if model is Goal:
        own = Q(priority=measure.priority_id)
        return Goal.objects.filter(own | Q(priority__in=measure.other_priorities.all()))
    return None


def goal_elsewhere(
    priority: Priority, others: Iterable[Priority], goals: Iterable[Goal]
) -> Goal | None:
    """The first of these goals that is of none of the priorities."""
    served = {priority.pk, *(other.pk for other in others)}
    return next((goal for goal in goals if goal.priority_id not in served), None)


def refuse_goal(goal: Goal) -> ValidationError:
    return ValidationError(
        f"Het doel '{goal}' hoort bij de prioriteit '{goal.priority}'. Vink die aan bij"
        " 'Ook voor prioriteiten', of kies een ander doel."
    )


def goals_of(measure: Measure) -> list[Goal]:
    """The goals that it serves as they stand in the plan: not archived, and of one of its
    priorities."""
    served = {measure.priority_id, *(p.pk for p in others_of(measure))}
    named = measure.goals.all()
    return [g for g in named if g.archived_at is None and g.priority_id in served]


def let_go_of_goals(measure: Measure) -> None:
    """Without the goals of priorities that it serves no longer."""
    measure.goals.remove(*measure.goals.exclude(pk__in=may_serve(measure, Goal)))


def others_of(measure: Measure) -> list[Priority]:
    """The other priorities that it serves, without archived ones."""
    return [p for p in measure.other_priorities.all() if p.archived_at is None]


def also_under(priority: int) -> QuerySet[Measure]:
    """The measures that stand elsewhere and serve this priority too."""
    found = Measure.objects.filter(
        other_priorities=priority, archived_at=None, priority__archived_at=None
    )
    return found.select_related("priority").order_by("title", "pk")


def serves(priority: int, above: str = "") -> Q:
    """Of measures, or of lines under one (``above`` is the way to it), those that serve a
    priority."""
    also = also_under(priority).order_by().values("pk")
    return Q(**{f"{above}priority": priority}) | Q(**{f"{above}pk__in": also})


def served_by(goal: Goal) -> list[Measure]:
    """The measures that serve a goal."""
    found = Measure.objects.filter(goals=goal, archived_at=None, priority__archived_at=None)
    lines = found.select_related("priority").prefetch_related("other_priorities", "goals")
    return [line for line in lines.order_by("title", "pk") if goal in goals_of(line)]
