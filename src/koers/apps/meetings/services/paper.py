"""The paper of a meeting makes itself: new signals, goals off course, actions due, and what was carried over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from koers.apps.meetings.models import Meeting, MeetingDecision, MeetingState
from koers.apps.people.registry import panels
from koers.apps.picture.models import Signal, SignalState
from koers.apps.plan.models import Action, ActionState
from koers.apps.plan.services.outlook import goals_off_course


@dataclass(frozen=True)
class Paper:
    """What is on the table. Lists of objects, in the order in which they are discussed."""

    signals: tuple[Signal, ...]
    goals: tuple
    overdue: tuple[Action, ...]
    due: tuple[Action, ...]
    later: tuple[Action, ...]
    carried_decisions: tuple[MeetingDecision, ...]
    previous: Meeting | None

    @property
    def soon(self) -> tuple[Action, ...]:
        """What has to be done before the following meeting."""
        return self.overdue + self.due

    @property
    def actions(self) -> tuple[Action, ...]:
        return self.soon + self.later


def paper_of(meeting: Meeting) -> Paper:
    """The paper of a meeting at this moment."""
    municipality = meeting.municipality
    previous = previous_meeting(meeting)
    open_actions = list(
        Action.objects.of(municipality)
        .filter(state=ActionState.OPEN)
        .exclude(adoption="example")
        .select_related("owner", "measure", "signal")
    )
    following = following_date(meeting)
    overdue = [a for a in open_actions if a.due and a.due < meeting.date]
    due = [a for a in open_actions if a.due and meeting.date <= a.due <= following]
    later = [a for a in open_actions if a.due is None or a.due > following]
    return Paper(
        signals=tuple(Signal.objects.of(municipality).filter(state=SignalState.NEW, main=True)),
        goals=tuple(goals_off_course(municipality)),
        overdue=tuple(sorted(overdue, key=lambda a: a.due)),
        due=tuple(sorted(due, key=lambda a: a.due)),
        later=tuple(later),
        carried_decisions=tuple(
            MeetingDecision.objects.of(municipality)
            .filter(settled=False, meeting__kind=meeting.kind, meeting__date__lt=meeting.date)
            .select_related("meeting")
        ),
        previous=previous,
    )


def previous_meeting(meeting: Meeting) -> Meeting | None:
    earlier = Meeting.objects.of(meeting.municipality).filter(kind=meeting.kind, date__lt=meeting.date)
    return earlier.order_by("-date").first()


def following_date(meeting: Meeting):
    """By the series; without one the same weekday four weeks on, or the same week of the next month when that is five on."""
    if meeting.series is not None:
        return meeting.series.next_date(meeting.date)
    date = meeting.date + timedelta(weeks=4)
    nth = (meeting.date.day - 1) // 7
    if date.month == meeting.date.month or (date.day - 1) // 7 < min(nth, 3):
        date += timedelta(weeks=1)
    return date


def close(meeting: Meeting) -> Meeting:
    """Keep the paper as it was, and plan the next meeting, to which open decisions and actions are carried."""
    from koers.apps.meetings.services import series
    from koers.apps.meetings.services.agenda.memory import remember

    paper = paper_of(meeting)
    meeting.paper = {
        "signals": [str(signal) for signal in paper.signals],
        "goals": [str(getattr(goal, "goal", goal)) for goal in paper.goals],
        "proposals": [line for lines in panels("meetings.kept", None, meeting) for line in lines],
        "actions": [_line(action) for action in paper.actions],
        "decisions": [d.text for d in meeting.decisions.filter(archived_at=None)],
        "memory": remember(meeting.municipality),
    }
    meeting.state = MeetingState.HELD
    meeting.closed_at = timezone.now()
    meeting.started_at = meeting.started_at or meeting.closed_at
    meeting.save()
    meeting.touch()
    return series.plan_meeting(meeting.municipality, meeting.kind, following_date(meeting), meeting.series)


def _line(action: Action) -> dict:
    return {
        "title": action.title,
        "owner": action.owner_label,
        "due": action.due.isoformat() if action.due else "",
    }
