"""What the meetings tell the plan: since when a line should have been heard of, and of which lines they spoke."""

from koers.apps.meetings.models import Meeting, MeetingKind, MeetingState
from koers.apps.people.registry import enrol
from koers.apps.plan.models import Action
from koers.apps.plan.services.news import Heard


@enrol("plan.heard")
def heard(request, municipality):
    """Since the last operational meeting but one; None while fewer than two were held."""
    held = Meeting.objects.of(municipality).filter(kind=MeetingKind.OPERATIONAL, state=MeetingState.HELD)
    last_two = list(held.order_by("-date").values_list("date", flat=True)[:2])
    if len(last_two) < 2:
        return None
    spoken = Action.objects.of(municipality).filter(
        signal__meeting_decisions__archived_at=None, signal__meeting_decisions__meeting__date__gte=last_two[1]
    )
    keys = list(spoken.values_list("pk", "measure_id"))
    return Heard(last_two[1], frozenset(m for _, m in keys if m), frozenset(pk for pk, _ in keys))
