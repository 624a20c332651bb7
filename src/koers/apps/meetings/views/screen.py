"""The screen of a meeting: one item at a time, for a projector, a keyboard and a phone."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from koers.apps.meetings.models import AgendaItem, ItemState, Meeting, MeetingState
from koers.apps.meetings.screen_forms import (
    AssignForm,
    Colleagues,
    ItemActionForm,
    ItemDecisionForm,
    ItemLineForm,
    ItemNoteForm,
    ItemReasonForm,
    OwnItemForm,
)
from koers.apps.meetings.services import screen
from koers.apps.meetings.services.agenda import rows
from koers.apps.people.access import allow, own_or_404
from koers.plain_text import whole_number

# Only a bound on memory: a part that changed has another key.
KEPT_SECONDS = 60


@allow("meetings.view_meetings")
@require_GET
def show(request, pk):
    """The screen at an item; without one at the first that is open.

    Until it starts, the agenda is brought in step for whoever comes to the screen; who turns to an
    item finds it as it was.
    """
    meeting = own_or_404(request, Meeting, pk=pk)
    if (
        "punt" not in request.GET
        and meeting.is_open
        and meeting.started_at is None
        and _may_hold(request)
    ):
        rows.refresh(request.figures, meeting)
    return _render(request, meeting, _chosen(request, meeting))


def _render(request, meeting, item, status=200, **bound):
    items = _items(meeting)
    here = next((n for n, i in enumerate(items) if item and i.pk == item.pk), 0)
    context = {
        **_state(meeting, item, items),
        "number": here + 1,
        "previous": items[here - 1] if item and here else None,
        "next": items[here + 1] if here + 1 < len(items) else None,
        "may_hold": _may_hold(request) and meeting.is_open,
        "own_form": bound.get("own_form") or OwnItemForm(prefix="own"),
    }
    if item is not None:
        context["conflict"] = None
        if context["may_hold"]:
            context |= _forms(request, item)
        context |= bound
    return render(request, "meetings/screen.html", context, status=status)


def _forms(request, item) -> dict:
    colleagues = Colleagues(request.municipality)
    return {
        "line_form": ItemLineForm(prefix="line"),
        "note_form": ItemNoteForm.of(item),
        "assign_form": AssignForm.of(item, colleagues),
        "take_up_form": ItemActionForm(
            prefix="take-up",
            colleagues=colleagues,
            initial={"title": f"Bespreek: {item.title}"[:200]},
        ),
        "action_form": ItemActionForm(prefix="action", colleagues=colleagues),
        "decision_form": ItemDecisionForm(prefix="decision"),
        "reason_form": ItemReasonForm(prefix="reason"),
    }


def _state(meeting, item, items) -> dict:
    """What changes while people work: the list, and of the item its note, actions and decisions."""
    return {
        "meeting": meeting,
        "item": item,
        "items": items,
        "version": _version(meeting, item.pk if item else 0),
        "left": sum(1 for i in items if i.state == ItemState.OPEN),
        "actions": item.actions.filter(archived_at=None).select_related("owner") if item else [],
        "decisions": item.decisions.filter(archived_at=None) if item else [],
        "note_now": ItemNoteForm.as_it_is(item, screen.TEXT_FIELDS) if item else {},
    }


def _items(meeting) -> list[AgendaItem]:
    return list(meeting.items.filter(archived_at=None).select_related("owner"))


def _chosen(request, meeting) -> AgendaItem | None:
    wanted = whole_number(request.GET.get("punt"))
    if wanted is not None:
        return _item_or_404(meeting, wanted)
    shown = _shown(meeting)
    return shown.filter(state=ItemState.OPEN).first() or shown.first()


def _shown(meeting):
    return meeting.items.filter(archived_at=None).select_related("owner", "municipality", "meeting")


def _item_or_404(meeting, number: int) -> AgendaItem:
    return get_object_or_404(_shown(meeting), pk=number)


def _version(meeting, number: int) -> str:
    return f"{meeting.pk}-{meeting.changes}-{meeting.state}-{number}"


def _may_hold(request) -> bool:
    return request.user.has_perm("meetings.hold_meetings", request.municipality)


@allow("meetings.view_meetings")
@require_GET
def state(request, pk):
    """What others changed, for a screen that asks every few seconds; 304 without any query on the
    items if nothing did."""
    meeting = own_or_404(request, Meeting, pk=pk)
    number = whole_number(request.GET.get("punt")) or 0
    etag = f'"{_version(meeting, number)}"'
    asks_for_news = request.headers.get("If-None-Match") != etag
    response = (
        HttpResponse(_state_html(meeting, number)) if asks_for_news else HttpResponse(status=304)
    )
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _state_html(meeting, number: int) -> str:
    """The part that everybody sees alike, written once for all who ask after a change.

    The version was read before the items, so that what is kept is never older than it says.
    """
    key = f"meeting-screen-{meeting.created_at.timestamp()}-{_version(meeting, number)}"
    kept = caches["screens"]
    html = kept.get(key)
    if html is None:
        item = _item_or_404(meeting, number) if number else None
        html = render_to_string("meetings/_state.html", _state(meeting, item, _items(meeting)))
        kept.set(key, html, KEPT_SECONDS)
    return html


@allow("meetings.hold_meetings")
@require_POST
def start(request, pk):
    """From here on the agenda stays as it is."""
    meeting = own_or_404(request, Meeting, pk=pk, state=MeetingState.PLANNED)
    if meeting.started_at is None:
        rows.refresh(request.figures, meeting)
        Meeting.objects.filter(pk=meeting.pk, started_at=None).update(started_at=timezone.now())
        meeting.touch()
    return redirect("meetings:screen", pk)


@allow("meetings.hold_meetings")
@require_POST
def add_item(request, pk):
    meeting = own_or_404(request, Meeting, pk=pk, state=MeetingState.PLANNED)
    form = OwnItemForm(request.POST, prefix="own")
    if not form.is_valid():
        return _render(request, meeting, _chosen(request, meeting), 422, own_form=form)
    item = rows.add_own(meeting, form.cleaned_data["title"], form.cleaned_data["detail"])
    messages.success(request, "Het punt staat op de agenda.")
    return redirect(_address(item))


def _address(item: AgendaItem) -> str:
    return f"{reverse('meetings:screen', args=[item.meeting_id])}?punt={item.pk}"


@allow("meetings.hold_meetings")
@require_POST
def change(request, pk, what):
    """One thing done to an item: each by its own button, ``what`` is the last part of the
    address."""
    if what not in _CHANGES:
        raise Http404
    item = own_or_404(request, AgendaItem, pk=pk)
    if not item.meeting.is_open:
        messages.error(request, "Dit overleg is gesloten. Er is niets opgeslagen.")
        return redirect("meetings:meeting", item.meeting_id)
    try:
        refused = _CHANGES[what](request, item)
    except ValidationError as problem:
        messages.error(request, problem.message)
        return _render(request, item.meeting, _fresh(item), 409)
    return refused or redirect(_address(item))


def _fresh(item: AgendaItem) -> AgendaItem:
    return AgendaItem.objects.select_related("meeting", "owner", "municipality").get(pk=item.pk)


def _refuse(request, item, **bound):
    return _render(request, item.meeting, _fresh(item), 422, **bound)


def _add_line(request, item):
    form = ItemLineForm(request.POST, prefix="line")
    if not form.is_valid():
        return _refuse(request, item, line_form=form)
    screen.add_line(item, form.cleaned_data["text"], request.user.name or "collega")
    if "HX-Request" in request.headers:
        return HttpResponse(_state_html(Meeting.objects.get(pk=item.meeting_id), item.pk))
    messages.success(request, "De regel is toegevoegd.")
    return None


def _save_note(request, item):
    form = ItemNoteForm(request.POST, prefix="note")
    if not form.is_valid():
        return _refuse(request, item, note_form=form)
    mine = form.cleaned_data["note"]
    try:
        screen.save_note(item, mine, form.read)
    except screen.ConflictError as conflict:
        theirs = conflict.current
        merged = ItemNoteForm(
            initial={
                "note": screen.both(theirs.note, mine),
                **ItemNoteForm.as_it_is(theirs, screen.TEXT_FIELDS),
            },
            prefix="note",
        )
        shown = {"theirs": theirs.note, "mine": mine}
        return _render(request, item.meeting, _fresh(item), 409, note_form=merged, conflict=shown)
    messages.success(request, "De notitie is bewaard.")
    return None


def _assign(request, item):
    form = AssignForm(request.POST, prefix="assign", colleagues=Colleagues(request.municipality))
    if not form.is_valid():
        return _refuse(request, item, assign_form=form)
    try:
        screen.assign(item, *form.who, form.read)
    except screen.ConflictError as conflict:
        now = conflict.current
        fresh = AssignForm.as_it_is(now, screen.OWNER_FIELDS)
        data = request.POST.copy()
        data["assign-revision"], data["assign-was"] = str(fresh["revision"]), fresh["was"]
        again = AssignForm(data, prefix="assign", colleagues=Colleagues(request.municipality))
        owner, department, due = form.who
        theirs = _who_and_when(now.owner_label, now.due)
        mine = _who_and_when(str(owner or "") or department, due)
        shown = {"theirs": theirs, "mine": mine, "about": "assign"}
        return _render(request, item.meeting, _fresh(item), 409, assign_form=again, conflict=shown)
    messages.success(request, "Wie het doet en wanneer, is bewaard.")
    return None


def _who_and_when(who: str, due: date | None) -> str:
    return ", ".join(filter(None, [who or "niemand", f"{due:%d-%m-%Y}" if due else ""]))


def _take_up(request, item):
    said = "Het punt is opgepakt en de actie staat op de lijst."
    return _with_action(request, item, "take-up", screen.take_up, said)


def _with_action(request, item, prefix, do, said):
    form = ItemActionForm(request.POST, prefix=prefix, colleagues=Colleagues(request.municipality))
    name = f"{prefix.replace('-', '_')}_form"
    return _done(request, item, name, form, lambda data: do(item, data["title"], *form.who), said)


def _set_aside(request, item):
    form = ItemReasonForm(request.POST, prefix="reason")
    said = "Het punt is terzijde gelegd."
    return _done(
        request,
        item,
        "reason_form",
        form,
        lambda data: screen.set_aside(item, data["reason"]),
        said,
    )


def _add_action(request, item):
    return _with_action(request, item, "action", screen.add_action, "De actie staat op de lijst.")


def _add_decision(request, item):
    form = ItemDecisionForm(request.POST, prefix="decision")
    said = "Het besluit staat op de lijst."
    return _done(
        request,
        item,
        "decision_form",
        form,
        lambda data: screen.add_decision(item, data["text"]),
        said,
    )


def _done(request, item, name: str, form, work, said: str):
    """Do the work with what a form says and tell so; a form with a mistake is shown again under its
    name."""
    if not form.is_valid():
        return _refuse(request, item, **{name: form})
    work(form.cleaned_data)
    messages.success(request, said)
    return None


_CHANGES = {
    "regel": _add_line,
    "notitie": _save_note,
    "toewijzen": _assign,
    "oppakken": _take_up,
    "terzijde": _set_aside,
    "actie": _add_action,
    "besluit": _add_decision,
    "besproken": lambda request, item: screen.put(item, ItemState.DISCUSSED),
    "volgende-keer": lambda request, item: screen.put(item, ItemState.POSTPONED),
    "heropenen": lambda request, item: screen.put(item, ItemState.OPEN),
    "omhoog": lambda request, item: rows.move(item, up=True),
    "omlaag": lambda request, item: rows.move(item, up=False),
}
