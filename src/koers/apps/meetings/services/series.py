"""Meetings of a series, with the people whom they are for."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from koers.apps.meetings.models import Attendance, Meeting, MeetingSeries
from koers.apps.people.models import Municipality


@transaction.atomic
def plan_meeting(
    municipality: Municipality, kind: str, day: date, series: MeetingSeries | None
) -> Meeting:
    """A meeting on this day (the one that is there, if any), to which everybody of the series is
    asked."""
    meeting, made = Meeting.objects.get_or_create(
        municipality=municipality, kind=kind, date=day, defaults={"series": series}
    )
    if made and series is not None:
        invite(meeting, series)
    return meeting


def invite(meeting: Meeting, series: MeetingSeries) -> None:
    for member in series.members.filter(archived_at=None):
        Attendance.objects.create(
            municipality=meeting.municipality,
            meeting=meeting,
            user=member.user,
            organisation=member.organisation,
            part=member.part,
        )
