"""What everyone may see of a plan: priorities, and of goals and measures only what was adopted."""

from __future__ import annotations

from dataclasses import dataclass

from koers.apps.decisions.models import Decision, DecisionState
from koers.apps.people.models import Municipality
from koers.apps.picture.presenters import trend
from koers.apps.picture.readings import Reading, reading
from koers.apps.plan.models import Measure, Plan, Priority
from koers.apps.plan.services.outlook import GoalCourse, course_of
from koers.charts import Chart
from koers.dutch import number


@dataclass(frozen=True)
class PublicPriority:
    priority: Priority
    goals: tuple[GoalCourse, ...]
    measures: tuple[Measure, ...]
    reading: Reading | None

    @property
    def sentence(self) -> str:
        """How it goes, in one plain sentence that says no more than the figures do."""
        found = self.reading
        if found is None or not found.available:
            return "Hiervan zijn nog geen cijfers."
        where = "in heel Nederland" if found.national else f"in {found.area.name}"
        return f"{found.indicator.title} {where}: {number(found.recent)} {found.recent_label}; {found.verdict}."


def municipalities() -> list[Municipality]:
    """Those with a plan."""
    return list(Municipality.objects.filter(pk__in=Plan.objects.filter(archived_at=None).values("municipality")))


def plan_of(municipality: Municipality) -> Plan | None:
    return Plan.objects.of(municipality).first()


def public_priority(priority: Priority) -> PublicPriority:
    readings = [reading(priority.municipality.code, i) for i in priority.indicators]
    best = next((r for r in readings if r.is_own), next((r for r in readings if r.available), None))
    goals = priority.goals.filter(archived_at=None, adoption="adopted").select_related("municipality")
    measures = priority.measures.filter(archived_at=None, adoption="adopted")
    return PublicPriority(priority, tuple(course_of(g) for g in goals), tuple(measures), best)


def charts_of(priority: Priority) -> list[tuple[Reading, Chart]]:
    readings = [reading(priority.municipality.code, i) for i in priority.indicators]
    return [(r, trend(r, name=f"openbaar-{r.indicator.id}")) for r in readings if r.available]


def adopted_decision(plan: Plan) -> Decision | None:
    return Decision.objects.of(plan.municipality).filter(plan=plan, state=DecisionState.ADOPTED).first()
