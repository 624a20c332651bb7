"""What lies on the table beside the agenda: the open actions; and what is kept of it when a meeting
is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from koers.apps.meetings.models import Meeting, MeetingState
from koers.apps.meetings.places import KEPT_LINES
from koers.apps.people.models import User
from koers.apps.picture.models import Signal, SignalState
from koers.apps.plan.models import Action, ActionState
from koers.apps.plan.services.outlook import goals_off_course
from koers.figures.shelf import Shelf
from koers.records.paper import OpenAction, Paper

SHOWN = 30
"""How many actions a meeting names; the rest is a link away."""


@dataclass(frozen=True)
class ActionList:
    """The first of the actions that are due before the following meeting, soonest first; how many
    of those there are, and all that are open."""

    soon: tuple[Action, ...]
    due: int
    waiting: QuerySet[Action]

    @cached_property
    def open(self) -> int:
        return self.waiting.count()

    @property
    def later(self) -> int:
        return self.open - self.due

    @property
    def more(self) -> int:
        return self.due - len(self.soon)


def open_actions(meeting: Meeting) -> QuerySet[Action]:
    """Soonest first, those without a date last; examples are nobody's work."""
    found = Action.objects.of(meeting.municipality).adopted().filter(state=ActionState.OPEN)
    return found.select_related("owner", "measure", "signal").order_by(
        F("due").asc(nulls_last=True), "title"
    )


def due_actions(meeting: Meeting) -> QuerySet[Action]:
    """Those of the open actions that have to be done before the following meeting."""
    return open_actions(meeting).filter(due__lte=following_date(meeting))


def action_list(meeting: Meeting) -> ActionList:
    found = tuple((due := due_actions(meeting))[:SHOWN])
    # Of few it is known how many there are.
    return ActionList(
        found, len(found) if len(found) < SHOWN else due.count(), open_actions(meeting)
    )


def new_signals(meeting: Meeting) -> QuerySet[Signal]:
    return Signal.objects.of(meeting.municipality).filter(state=SignalState.NEW, main=True)


def previous_meeting(meeting: Meeting) -> Meeting | None:
    earlier = Meeting.objects.of(meeting.municipality).filter(
        kind=meeting.kind, date__lt=meeting.date
    )
    return earlier.order_by("-date").first()


def following_date(meeting: Meeting) -> date:
    """By the series; without one the same weekday four weeks on, or the same week of the next month
    when that is five on."""
    if meeting.series is not None:
        return meeting.series.next_date(meeting.date)
    day = meeting.date + timedelta(weeks=4)
    nth = (meeting.date.day - 1) // 7
    if day.month == meeting.date.month or (day.day - 1) // 7 < min(nth, 3):
        day += timedelta(weeks=1)
    return day


def close(shelf: Shelf, meeting: Meeting, by: UUID | None = None) -> Meeting:
    """Keep the paper as it was, and plan the next meeting, to which open decisions and actions are
    carried; ``by`` may open it again."""
    from koers.apps.meetings.services import minutes, series

    meeting.paper = _as_it_is(shelf, meeting)
    meeting.state = MeetingState.HELD
    meeting.closed_at, meeting.closed_by = timezone.now(), by
    meeting.started_at = meeting.started_at or meeting.closed_at
    meeting.save()
    meeting.touch()
    minutes.keep(meeting, "Overleg gesloten")
    return series.plan_meeting(
        meeting.municipality, meeting.kind, following_date(meeting), meeting.series
    )


@transaction.atomic
def reopen(meeting: Meeting, by: User) -> None:
    """Go on with a meeting that was closed; the minutes as they were stay a version, and the next
    meeting stays planned.

    Raises
    ------
    ValidationError
        When somebody else closed it, or its minutes were mailed.
    """
    from koers.apps.meetings.services import minutes

    current = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    if not current.may_be_reopened_by(by):
        raise ValidationError(
            "Alleen wie dit overleg sloot, kan het heropenen, en alleen zolang het verslag niet is"
            " gemaild."
        )
    minutes.keep(current, "Overleg heropend")
    current.state, current.paper = MeetingState.PLANNED, None
    current.closed_at = current.closed_by = None
    current.save()
    current.touch()


def _as_it_is(shelf: Shelf, meeting: Meeting) -> Paper:
    from koers.apps.meetings.services.agenda.memory import remember

    return Paper(
        signals=tuple(str(signal) for signal in new_signals(meeting)),
        goals=tuple(str(course.goal) for course in goals_off_course(shelf, meeting.municipality)),
        proposals=tuple(line for lines in KEPT_LINES.all(meeting) for line in lines),
        actions=tuple(
            OpenAction(title=action.title, owner=action.owner_label, due=action.due)
            for action in open_actions(meeting)
        ),
        decisions=tuple(d.text for d in meeting.decisions.filter(archived_at=None)),
        memory=remember(shelf, meeting.municipality),
    )
