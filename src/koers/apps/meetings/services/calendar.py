"""Meetings and actions as iCalendar (RFC 5545): dates and titles, never minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from koers.apps.meetings.models import Meeting
from koers.apps.people.models import User
from koers.apps.plan.models import Action
from koers.apps.plan.services.owners import own_open_actions

LOOK_BACK = timedelta(days=92)
REFRESH = timedelta(hours=6)
_Addressed = Callable[[str], str]
"""Makes the whole address of a path."""


def meeting_file(meeting: Meeting, build_url: _Addressed) -> bytes:
    """One meeting, to put into any calendar."""
    return _calendar(str(meeting), [_meeting(meeting, build_url)])


def feed_of(user: User, build_url: _Addressed) -> bytes:
    """What a person has to be at and to do, in every municipality in which they take part."""
    events = []
    for municipality in user.municipalities:
        if user.has_perm("meetings.view_meetings", municipality):
            since = timezone.localdate() - LOOK_BACK
            meetings = Meeting.objects.of(municipality).filter(date__gte=since)
            events += [_meeting(meeting, build_url) for meeting in meetings]
        events += [
            _action(action, build_url)
            for action in own_open_actions(user, municipality)
            if action.due
        ]
    return _calendar("Koers", sorted(events, key=lambda event: (event.start, event["uid"])))


def _meeting(meeting: Meeting, build_url: _Addressed) -> Event:
    kind = meeting.get_kind_display()
    title = f"{kind[:1].upper()}{kind[1:]} veiligheid, {meeting.municipality}"
    return _all_day(
        f"overleg-{meeting.pk}", meeting.date, title, build_url(meeting.get_absolute_url())
    )


def _action(action: Action, build_url: _Addressed) -> Event:
    assert action.due is not None
    return _all_day(
        f"actie-{action.pk}",
        action.due,
        f"Uiterlijk vandaag: {action.title}",
        build_url(reverse("plan:actions")),
    )


def _all_day(name: str, day: date, title: str, url: str) -> Event:
    event = Event()
    event.add("uid", f"{name}@koers")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", title)
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    return event


def _calendar(name: str, events: list[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Koers//veiligheidsoverleg//NL")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text
