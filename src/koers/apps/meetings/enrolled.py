"""What the meetings show elsewhere."""

from django.template.loader import render_to_string

from koers.apps.meetings.models import Meeting, MeetingState
from koers.apps.people.registry import enrol


@enrol("picture.signal")
def handling(request, signal):
    """The buttons to handle a signal, or what was done with it."""
    if not request.user.has_perm("picture.handle_signals", signal.municipality):
        return ""
    context = {
        "signal": signal,
        "actions": signal.actions.filter(archived_at=None).select_related("measure"),
        "decisions": signal.meeting_decisions.filter(archived_at=None).select_related("meeting"),
    }
    return render_to_string("meetings/panels/signal.html", context, request)


@enrol("home")
def next_meeting(request, municipality):
    if not request.user.has_perm("meetings.view_meetings", municipality):
        return ""
    planned = Meeting.objects.of(municipality).filter(state=MeetingState.PLANNED).order_by("date").first()
    return render_to_string("meetings/panels/next.html", {"meeting": planned}, request)
