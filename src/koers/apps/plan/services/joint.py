"""A plan of several municipalities: one keeps the joint part and shares it, the others read it as
part of their own plan. Nobody changes what another municipality keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from koers.apps.people.models import Municipality
from koers.apps.plan.models import Goal, Measure, Plan, Priority
from koers.apps.plan.services.sharing import readable_measures, shared_plans


@dataclass(frozen=True)
class JointLine:
    """A priority of the joint part with what is read under it; ``own`` are the priorities by which
    the reading municipality works it out."""

    priority: Priority
    goals: list[Goal]
    measures: list[Measure]
    own: list[Priority]


def joint_plans(municipality: Municipality) -> QuerySet[Plan]:
    """The plans of others that can be the joint part of a plan here."""
    return shared_plans(municipality).filter(joint=None)


def joint_part(plan: Plan) -> Plan | None:
    """The joint part of a plan, for as long as it is shared."""
    if plan.joint_id is None:
        return None
    return joint_plans(plan.municipality).filter(pk=plan.joint_id).first()


def joint_priorities(plan: Plan) -> QuerySet[Priority]:
    """The adopted lines of the joint part, which priorities here may work out."""
    part = joint_part(plan)
    return Priority.objects.filter(plan=part, archived_at=None).adopted()


def readers_of(plan: Plan) -> list[Municipality]:
    """The municipalities of which this plan is the joint part."""
    found = plan.joined_by.filter(archived_at=None, municipality__in=plan.shared_with.all())
    return list(Municipality.objects.filter(pk__in=found.values("municipality")).order_by("name"))


def joint_lines(plan: Plan) -> list[JointLine]:
    """The joint part of a plan as it is read here."""
    there = list(joint_priorities(plan))
    keys = [priority.pk for priority in there]
    goals = Goal.objects.filter(priority__in=keys, archived_at=None).adopted()
    measures = readable_measures(plan.municipality).filter(priority__in=keys)
    own = plan.lines.filter(elaborates__in=keys, archived_at=None)
    return [
        JointLine(
            priority,
            [goal for goal in goals if goal.priority_id == priority.pk],
            [measure for measure in measures if measure.priority_id == priority.pk],
            [line for line in own if line.elaborates_id == priority.pk],
        )
        for priority in there
    ]


def read_under(plan: Plan) -> Iterator[Priority | Goal | Measure]:
    """Every line of the joint part, from the general to the particular."""
    for line in joint_lines(plan):
        yield line.priority
        yield from line.goals
        yield from line.measures
