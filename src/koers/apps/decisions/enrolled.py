"""What decisions show elsewhere: a plan is adopted, and adjusted, in one of them."""

from koers import dutch
from koers.apps.decisions.models import Decision, DecisionStep
from koers.apps.people.places import FREE_TEXT, FreeText
from koers.apps.people.registry import enrol
from koers.apps.plan.models import Plan
from koers.apps.plan.places import DECIDING


@enrol(FREE_TEXT)
def free_text() -> FreeText:
    return {Decision: ("texts", "proposed", "figures"), DecisionStep: ("note",)}


@enrol(DECIDING)
def decided_in(plan: Plan) -> list[str]:
    """The decisions in which something about this plan may be decided."""
    found = Decision.objects.of(plan.municipality).filter(plan=plan)
    return [in_words(decision) for decision in found]


def in_words(decision: Decision) -> str:
    return f"{decision}, collegevergadering {dutch.day(decision.meeting_date)}"
