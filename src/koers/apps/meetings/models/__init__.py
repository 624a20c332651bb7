"""Series and meetings, their agenda, what lies ahead, and what became of signals."""

from koers.apps.meetings.models.agenda import AgendaItem, ItemKind, ItemState
from koers.apps.meetings.models.ahead import Event
from koers.apps.meetings.models.meetings import Attendance, Meeting, MeetingDecision, MeetingState
from koers.apps.meetings.models.personal import CalendarFeed, Reminders, new_token
from koers.apps.meetings.models.redaction import Redaction
from koers.apps.meetings.models.series import (
    MeetingKind,
    MeetingSeries,
    Nth,
    Part,
    Rhythm,
    SchoolRegion,
    SeriesMember,
    Weekday,
    nth_weekday,
)
from koers.apps.meetings.models.signals import (
    PriorityProposal,
    ProposalState,
    SignalOutcome,
    Usefulness,
)

__all__ = [
    "AgendaItem",
    "Attendance",
    "CalendarFeed",
    "Event",
    "ItemKind",
    "ItemState",
    "Meeting",
    "MeetingDecision",
    "MeetingKind",
    "MeetingSeries",
    "MeetingState",
    "Nth",
    "Part",
    "PriorityProposal",
    "ProposalState",
    "Redaction",
    "Reminders",
    "Rhythm",
    "SchoolRegion",
    "SeriesMember",
    "SignalOutcome",
    "Usefulness",
    "Weekday",
    "new_token",
    "nth_weekday",
]
