"""What the meetings show elsewhere."""

from django.template.loader import render_to_string

from koers import dutch
from koers.apps.meetings.models import Meeting, MeetingKind, MeetingState, SignalOutcome
from koers.apps.people.registry import enrol
from koers.apps.picture.own_numbers import OwnNumber, counts
from koers.apps.plan.models import Action, ActionState


@enrol("picture.signal")
def handling(request, signal):
    """The buttons to handle a signal, or what was done with it."""
    if not request.user.has_perm("picture.handle_signals", signal.municipality):
        return ""
    context = {
        "signal": signal,
        "actions": signal.actions.filter(archived_at=None).select_related("measure"),
        "decisions": signal.meeting_decisions.filter(archived_at=None).select_related("meeting"),
        "outcome": SignalOutcome.objects.of(signal.municipality).filter(signal=signal).first(),
        "proposals": signal.priority_proposals.filter(archived_at=None).select_related("adjustment"),
    }
    return render_to_string("meetings/panels/signal.html", context, request)


@enrol("home")
def next_meeting(request, municipality):
    if not request.user.has_perm("meetings.view_meetings", municipality):
        return ""
    planned = Meeting.objects.of(municipality).filter(state=MeetingState.PLANNED).order_by("date").first()
    return render_to_string("meetings/panels/next.html", {"meeting": planned}, request)


@enrol("plan.deciding")
def decided_in(request, plan):
    """The meetings in which an adjustment of the plan may be decided, the newest first."""
    found = Meeting.objects.of(plan.municipality).order_by("-date")[:12]
    return [f"{meeting.get_kind_display().capitalize()} {dutch.day(meeting.date)}" for meeting in found]


@enrol("account")
def calendar_and_reminders(request, user):
    return render_to_string("meetings/panels/account.html", {}, request)


@counts("actions-older-than-two-meetings")
def actions_older_than_two_meetings(municipality):
    """Open actions that were there already at the last meeting but one; examples do not count."""
    is_open = Action.objects.of(municipality).adopted().filter(state=ActionState.OPEN)
    held = Meeting.objects.of(municipality).filter(kind=MeetingKind.OPERATIONAL, state=MeetingState.HELD)
    last_two = list(held.order_by("-date").values_list("date", flat=True)[:2])
    old = is_open.filter(created_at__date__lt=last_two[1]).count() if len(last_two) == 2 else 0
    return OwnNumber(
        old, is_open.count(), "openstaande acties die er al waren vóór de laatste twee gehouden operationele overleggen"
    )
