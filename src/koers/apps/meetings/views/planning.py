"""Series, who takes part in them, and events that lie ahead."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from koers.apps.downloads import page
from koers.apps.meetings.forms import EventForm, MemberForm, SeriesForm
from koers.apps.meetings.models import (
    Attendance,
    Event,
    Meeting,
    MeetingSeries,
    MeetingState,
    SeriesMember,
)
from koers.apps.meetings.services import ahead
from koers.apps.meetings.services import series as services
from koers.apps.people.access import allow, own_or_404
from koers.tables import DAY, Column, Table

SHOWN = timedelta(days=120)
SEASONS = (
    Column("name", "Periode"),
    Column("start", "Begin", kind=DAY),
    Column("end", "Einde", kind=DAY),
    Column("where", "Waar", lambda s: s.where or "overal"),
    Column("remark", "Waarop te letten"),
)


def _may_hold(request) -> bool:
    return request.user.has_perm("meetings.hold_meetings", request.municipality)


@allow("meetings.view_meetings", change="meetings.hold_meetings")
def series_list(request):
    """The series of this municipality; a new one can be made here."""
    form = SeriesForm(request.POST or None)
    form.instance.municipality = request.municipality
    if form.is_bound and form.is_valid():
        made = form.save()
        messages.success(request, f"De reeks is gemaakt: {made.in_words.lower()}.")
        return redirect("meetings:series", made.pk)
    found = MeetingSeries.objects.of(request.municipality)
    return render(
        request,
        "meetings/series_list.html",
        {"series": found, "form": form, "may_hold": _may_hold(request)},
    )


@allow("meetings.view_meetings", change="meetings.hold_meetings")
def series(request, pk, member_form=None):
    found = own_or_404(request, MeetingSeries, pk=pk)
    form = SeriesForm(
        (request.POST or None) if member_form is None else None,
        instance=found,
    )
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, "De reeks is gewijzigd.")
        return redirect("meetings:series", pk)
    context = {
        "series": found,
        "form": form,
        "member_form": member_form
        or MemberForm(prefix="member", municipality=request.municipality),
        "members": found.members.filter(archived_at=None).select_related("user"),
        "next_date": found.next_date(date.today()),
        "planned": found.meetings.filter(archived_at=None, state=MeetingState.PLANNED).order_by(
            "date"
        ),
        "may_hold": _may_hold(request),
    }
    return render(request, "meetings/series.html", context)


@allow("meetings.hold_meetings")
@require_POST
def add_member(request, pk):
    found = own_or_404(request, MeetingSeries, pk=pk)
    form = MemberForm(request.POST, prefix="member", municipality=request.municipality)
    form.instance.municipality, form.instance.series = request.municipality, found
    if not form.is_valid():
        return series(request, pk, form)
    form.save()
    messages.success(
        request, "De deelnemer is toegevoegd, voor overleggen die vanaf nu worden gepland."
    )
    return redirect("meetings:series", pk)


@allow("meetings.hold_meetings")
@require_POST
def remove_member(request, pk):
    member = own_or_404(request, SeriesMember, pk=pk)
    member.archive()
    messages.success(request, "De deelnemer doet niet meer mee.")
    return redirect("meetings:series", member.series_id)


@allow("meetings.hold_meetings")
@require_POST
def plan_next(request, pk):
    found = own_or_404(request, MeetingSeries, pk=pk)
    meeting = services.plan_meeting(
        request.municipality, found.kind, found.next_date(date.today()), found
    )
    messages.success(request, f"Gepland op {meeting.date:%d-%m-%Y}.")
    return redirect("meetings:meeting", meeting.pk)


@allow("meetings.hold_meetings")
@require_POST
def attendance(request, pk):
    """Who was there; what is not ticked was not."""
    meeting = own_or_404(request, Meeting, pk=pk)
    there = set(request.POST.getlist("present"))
    for one in Attendance.objects.of(request.municipality).filter(meeting=meeting):
        one.present = str(one.pk) in there
        one.save()
    messages.success(request, "Wie er was, is bewaard.")
    return redirect("meetings:meeting", pk)


@allow("meetings.view_meetings", change="meetings.hold_meetings")
def events(request):
    """Events to come with the seasonal risks; a new one can be added here."""
    form = EventForm(request.POST or None)
    form.instance.municipality = request.municipality
    if form.is_bound and form.is_valid():
        messages.success(request, f"Toegevoegd: {form.save()}.")
        return redirect("meetings:events")
    today = date.today()
    listed = Event.objects.of(request.municipality)
    found = [e for e in listed if e.last >= today]
    seasons = ahead.seasons_between(today, today + SHOWN)
    context = {
        "events": found,
        "past": [e for e in listed if e.last < today][-20:],
        "form": form,
        "may_hold": _may_hold(request),
    }
    return page(
        request,
        "meetings/events.html",
        context,
        [Table("perioden", "Perioden met een eigen risico", SEASONS, seasons)],
    )


@allow("meetings.hold_meetings")
def event(request, pk):
    found = own_or_404(request, Event, pk=pk)
    form = EventForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Het evenement is gewijzigd.")
        return redirect("meetings:events")
    return render(request, "meetings/event.html", {"event": found, "form": form})


@allow("meetings.hold_meetings")
@require_POST
def archive_event(request, pk):
    found = own_or_404(request, Event, pk=pk)
    found.archive()
    messages.success(
        request,
        f"'{found}' is gearchiveerd.",
        extra_tags=reverse("meetings:restore-event", args=[pk]),
    )
    return redirect("meetings:events")


@allow("meetings.hold_meetings")
@require_POST
def restore_event(request, pk):
    found = get_object_or_404(Event, pk=pk, municipality=request.municipality)
    found.restore()
    messages.success(request, f"'{found}' is teruggezet.")
    return redirect("meetings:events")
