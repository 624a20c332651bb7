"""A priority that ends half-way: its goals and measures are closed with the reason, or go on under
another priority. What was stays in versions and in the history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from koers.apps.plan.kinds import kind_of
from koers.apps.plan.models import Goal, Measure, MeasureState, Priority
from koers.apps.plan.services.owners import ENDED
from koers.apps.plan.services.serving import let_go_of_goals
from koers.records import Onward


def still_under(priority: Priority) -> list[Goal | Measure]:
    """The goals and measures of a priority that are not closed: of which is said what becomes of
    them when it ends."""
    goals = priority.goals.filter(archived_at=None, ended=None)
    measures = priority.measures.filter(archived_at=None).exclude(state__in=ENDED)
    return [*goals, *measures]


def targets_of(priority: Priority) -> list[Priority]:
    """The lines of the plan under which they can go on."""
    others = priority.plan.lines.filter(archived_at=None, ends=None)
    return list(others.exclude(pk=priority.pk))


def onward(line: Goal | Measure, to: Priority | None) -> Onward:
    """What becomes of a line, as it is kept: it goes on under another priority, or is closed."""
    return Onward(
        kind=kind_of(line).name,
        line=line.pk,
        title=line.title,
        to=to.pk if to else None,
        to_title=str(to) if to else "",
    )


@transaction.atomic
def end(priority: Priority, on: date, reason: str, lines: Iterable[Onward]) -> None:
    """End a priority of a draft."""
    priority.ends, priority.end_reason = on, reason[:300]
    priority.save()
    carry_on(priority, lines)


def carry_on(priority: Priority, lines: Iterable[Onward]) -> None:
    """Move or close what stood under a priority that ended. What was archived or moved since stays
    as it is.

    Raises
    ------
    ValidationError
        When a priority under which something would go on is there no longer.
    """
    goals = {goal.pk: goal for goal in priority.goals.filter(archived_at=None)}
    measures = {line.pk: line for line in priority.measures.filter(archived_at=None)}
    for one in lines:
        line: Goal | Measure | None = (goals if one.kind == "doel" else measures).get(one.line)
        if line is not None and one.to is not None:
            _move(line, _target(priority, one))
        elif line is not None:
            _close(line, priority)
    for measure in measures.values():
        let_go_of_goals(measure)


def _target(priority: Priority, one: Onward) -> Priority:
    there = Priority.objects.filter(plan=priority.plan, archived_at=None)
    found = there.filter(pk=one.to or 0).first()
    if found is None:
        raise ValidationError(
            f"De prioriteit '{one.to_title}' waaronder '{one.title}' verder zou gaan, staat niet"
            " meer in het plan. Doe een nieuw voorstel."
        )
    return found


def _move(line: Goal | Measure, to: Priority) -> None:
    line.priority = to
    line.save()
    if isinstance(line, Measure):
        line.other_priorities.remove(to)


def _close(line: Goal | Measure, priority: Priority) -> None:
    """A goal ends with its priority; a measure stops on that day, at once where it is past."""
    on, reason = priority.ends, priority.end_reason
    if isinstance(line, Goal):
        line.ended, line.end_reason = on, reason
    elif on is not None and on > timezone.localdate():
        line.end = min(line.end or on, on)
    else:
        line.state, line.state_reason = MeasureState.STOPPED, reason
    line.save()
