"""What decisions show elsewhere: a plan is adopted, and adjusted, in one of them."""

from koers import dutch
from koers.apps.decisions.models import Decision
from koers.apps.people.registry import enrol


@enrol("plan.deciding")
def decided_in(request, plan):
    """The decisions in which something about this plan may be decided."""
    found = Decision.objects.of(plan.municipality).filter(plan=plan)
    return [in_words(decision) for decision in found]


def in_words(decision: Decision) -> str:
    return f"{decision}, collegevergadering {dutch.day(decision.meeting_date)}"
