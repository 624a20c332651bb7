"""What the meetings show elsewhere."""

from collections.abc import Callable

from django.http import HttpRequest
from django.template.loader import render_to_string

from koers import dutch
from koers.apps.meetings.models import (
    AgendaItem,
    Attendance,
    CalendarFeed,
    Event,
    Meeting,
    MeetingDecision,
    MeetingKind,
    MeetingSeries,
    MeetingState,
    PriorityProposal,
    Redaction,
    Reminders,
    SeriesMember,
    SignalOutcome,
)
from koers.apps.meetings.services import redaction
from koers.apps.people.models import Municipality, User
from koers.apps.people.places import (
    ACCOUNT_PANELS,
    FREE_TEXT,
    HOME_PANELS,
    NO_FREE_TEXT,
    PERSON_ERASED,
    TEXTS_WITH,
    Erased,
    FreeText,
    Reasons,
)
from koers.apps.people.registry import enrol
from koers.apps.picture.models import Signal
from koers.apps.picture.places import OWN_NUMBERS, SIGNAL_PANELS, OwnNumber
from koers.apps.plan.models import Action, ActionState, Plan
from koers.apps.plan.places import DECIDING
from koers.figures.shelf import Shelf


@enrol(FREE_TEXT)
def free_text() -> FreeText:
    return {
        Meeting: ("notes", "paper"),
        MeetingDecision: ("text",),
        AgendaItem: ("title", "detail", "note", "reason", "owner_department"),
        SignalOutcome: ("note",),
        PriorityProposal: ("title", "description", "reason", "decided_because"),
        Event: ("name", "area", "remark"),
        MeetingSeries: ("name",),
        SeriesMember: ("organisation",),
        Attendance: ("organisation",),
        Redaction: ("why",),
    }


@enrol(NO_FREE_TEXT)
def no_free_text() -> Reasons:
    return {
        AgendaItem: {"key": "what it is about, as keys", "url": "an address of Koers"},
        CalendarFeed: {"token": "drawn by Koers"},
        Redaction: {"model": "a name in the code", "field": "a name in the code"},
    }


@enrol(SIGNAL_PANELS)
def handling(request: HttpRequest, signal: Signal) -> str:
    """The buttons to handle a signal, or what was done with it."""
    if not request.user.has_perm("picture.handle_signals", signal.municipality):
        return ""
    context = {
        "signal": signal,
        "actions": signal.actions.filter(archived_at=None).select_related("measure"),
        "decisions": signal.meeting_decisions.filter(archived_at=None).select_related("meeting"),
        "outcome": SignalOutcome.objects.of(signal.municipality).filter(signal=signal).first(),
        "proposals": signal.priority_proposals.filter(archived_at=None).select_related(
            "adjustment"
        ),
    }
    return render_to_string("meetings/panels/signal.html", context, request)


@enrol(HOME_PANELS)
def next_meeting(request: HttpRequest, municipality: Municipality) -> str:
    if not request.user.has_perm("meetings.view_meetings", municipality):
        return ""
    planned = (
        Meeting.objects.of(municipality).filter(state=MeetingState.PLANNED).order_by("date").first()
    )
    return render_to_string("meetings/panels/next.html", {"meeting": planned}, request)


@enrol(DECIDING)
def decided_in(plan: Plan) -> list[str]:
    """The meetings in which an adjustment of the plan may be decided, the newest first."""
    found = Meeting.objects.of(plan.municipality).order_by("-date")[:12]
    return [
        f"{meeting.get_kind_display().capitalize()} {dutch.day(meeting.date)}" for meeting in found
    ]


@enrol(ACCOUNT_PANELS)
def calendar_and_reminders(request: HttpRequest, user: User) -> str:
    return render_to_string("meetings/panels/account.html", {}, request)


@enrol(OWN_NUMBERS, "actions-older-than-two-meetings")
def actions_older_than_two_meetings(shelf: Shelf, municipality: Municipality) -> OwnNumber:
    """Open actions that were there already at the last meeting but one; examples do not count."""
    is_open = Action.objects.of(municipality).adopted().filter(state=ActionState.OPEN)
    held = Meeting.objects.of(municipality).filter(
        kind=MeetingKind.OPERATIONAL, state=MeetingState.HELD
    )
    last_two = list(held.order_by("-date").values_list("date", flat=True)[:2])
    old = is_open.filter(created_at__date__lt=last_two[1]).count() if len(last_two) == 2 else 0
    return OwnNumber(
        old,
        is_open.count(),
        "openstaande acties die er al waren vóór de laatste twee gehouden operationele overleggen",
    )


@enrol(TEXTS_WITH)
def texts_with(municipality: Municipality, change: Callable[[str], str]) -> list[str]:
    return [place.words for place in redaction.changed_by(municipality, change)]


@enrol(PERSON_ERASED)
def forget(erased: Erased) -> None:
    """Out of the texts, out of the series, and no calendar or mail any more."""
    for municipality in erased.municipalities:
        redaction.replace(municipality, erased.change, "Persoon gewist", erased.by)
    CalendarFeed.objects.filter(user=erased.user).delete()
    Reminders.objects.filter(user=erased.user).delete()
    SeriesMember.objects.filter(user=erased.user).delete()
