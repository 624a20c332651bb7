from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from koers import dutch
from koers.apps.confirming import ask_first
from koers.apps.downloads import as_file, page
from koers.apps.meetings import tables
from koers.apps.meetings.forms import (
    ActionForm,
    DecisionForm,
    MeetingForm,
    NotesForm,
    SetAsideForm,
    TakeUpForm,
)
from koers.apps.meetings.models import (
    ItemState,
    Meeting,
    MeetingDecision,
    MeetingKind,
    MeetingState,
)
from koers.apps.meetings.places import AGENDA_PANELS
from koers.apps.meetings.services import minutes, paper
from koers.apps.meetings.services import triage as services
from koers.apps.meetings.services.agenda import rows
from koers.apps.people.access import allow, own_or_404
from koers.apps.people.row_actions import marks_of
from koers.apps.picture.models import Signal
from koers.apps.plan.models import Action, ActionState
from koers.plain_text import whole_number


@allow("meetings.view_meetings", change="meetings.hold_meetings")
def index(request):
    """The meetings to come and those held; a new one can be planned here."""
    form = MeetingForm(
        request.POST or None, municipality=request.municipality, initial={"date": date.today()}
    )
    may_hold = request.user.has_perm("meetings.hold_meetings", request.municipality)
    if request.method == "POST" and form.is_valid():
        return redirect("meetings:meeting", form.save().pk)
    meetings = Meeting.objects.of(request.municipality)
    context = {
        "planned": meetings.filter(state=MeetingState.PLANNED).order_by("date"),
        "held": meetings.filter(state=MeetingState.HELD),
        "form": form,
        "may_hold": may_hold,
        "may_redact": request.user.has_perm("meetings.redact", request.municipality),
    }
    return render(request, "meetings/index.html", context)


@allow("meetings.view_meetings")
def meeting(request, pk, **bound):
    """The paper of one meeting; forms that came back with an error are shown again."""
    found = own_or_404(request, Meeting, pk=pk)
    may_hold = request.user.has_perm("meetings.hold_meetings", request.municipality)
    operational = found.is_open and found.kind == MeetingKind.OPERATIONAL
    actions = paper.action_list(found) if operational else None
    if may_hold and found.is_open and found.started_at is None:
        rows.refresh(request.figures, found, actions)
    items = list(
        found.items.filter(archived_at=None).select_related("owner").prefetch_related("actions")
    )
    context = {
        "meeting": found,
        "items": items,
        "previous": paper.previous_meeting(found),
        "actions": actions,
        "proposals": AGENDA_PANELS.all(request, found) if found.is_open else [],
        "decisions": found.decisions.filter(archived_at=None).select_related("signal"),
        "attendances": found.attendances.filter(archived_at=None).select_related("user"),
        "may_hold": may_hold,
        "may_reopen": may_hold and found.may_be_reopened_by(request.user),
        "minutes_kinds": [("pdf", "PDF"), ("odt", "ODT"), ("docx", "DOCX")],
        "notes_form": bound.get("notes_form") or NotesForm(instance=found, prefix="notes"),
        "decision_form": bound.get("decision_form") or DecisionForm(prefix="decision"),
        "action_form": (
            bound.get("action_form")
            or ActionForm(prefix="action", municipality=request.municipality)
        ),
    }
    address = reverse("meetings:meeting", args=[pk])
    return page(
        request,
        "meetings/meeting.html",
        context,
        tables.of_meeting(found, items, context["actions"], marks_of(request) if may_hold else ""),
        address,
    )


@allow("meetings.view_meetings")
def actions_csv(request, pk):
    found = own_or_404(request, Meeting, pk=pk)
    return as_file(tables.actions(paper.open_actions(found)), f"acties-{found.date:%Y-%m-%d}")


@allow("meetings.hold_meetings")
@require_POST
def save_notes(request, pk):
    found = own_or_404(request, Meeting, pk=pk)
    form = NotesForm(request.POST, instance=found, prefix="notes")
    if not (form.is_valid() and form.save_as_read()):
        return meeting(request, pk, notes_form=form)
    minutes.correct(found, "Aantekeningen gewijzigd na het sluiten")
    messages.success(request, "De aantekeningen zijn bewaard.")
    return redirect("meetings:meeting", pk)


@allow("meetings.hold_meetings")
@require_POST
def add_decision(request, pk):
    found = own_or_404(request, Meeting, pk=pk)
    form = DecisionForm(request.POST, prefix="decision")
    if not form.is_valid():
        return meeting(request, pk, decision_form=form)
    form.instance.municipality, form.instance.meeting = request.municipality, found
    form.save()
    minutes.correct(found, "Besluit toegevoegd na het sluiten")
    messages.success(request, "Het besluit staat op de lijst.")
    return redirect("meetings:meeting", pk)


@allow("meetings.hold_meetings")
@require_POST
def add_action(request, pk):
    found = own_or_404(request, Meeting, pk=pk)
    form = ActionForm(request.POST, prefix="action", municipality=request.municipality)
    if not form.is_valid():
        return meeting(request, pk, action_form=form)
    form.instance.municipality = request.municipality
    found.actions.add(form.save())
    minutes.correct(found, "Actie toegevoegd na het sluiten")
    messages.success(request, "De actie staat op de lijst.")
    return redirect("meetings:meeting", pk)


@allow("meetings.hold_meetings")
@require_POST
def close(request, pk):
    found = own_or_404(request, Meeting, pk=pk, state=MeetingState.PLANNED)
    day = dutch.day(paper.following_date(found))
    follows = [
        "Het vergaderstuk blijft dan zoals het nu is en het verslag wordt bewaard.",
        f"Het volgende overleg staat op {day}; open besluiten en acties gaan daarheen mee.",
        "U kunt het zelf nog heropenen, tot het verslag is gemaild.",
    ]
    back = reverse("meetings:meeting", args=[pk])
    if asked := ask_first(request, "Dit overleg sluiten?", follows, "Sluiten", back):
        return asked
    following = paper.close(request.figures, found, request.user.pseudonym)
    messages.success(
        request,
        "Het overleg is gesloten. Open besluiten en acties gaan mee naar"
        f" {dutch.day(following.date)}.",
    )
    return redirect("meetings:meeting", pk)


@allow("meetings.hold_meetings")
@require_POST
def reopen(request, pk):
    found = own_or_404(request, Meeting, pk=pk, state=MeetingState.HELD)
    follows = [
        "Het overleg staat dan weer open: het vergaderstuk loopt mee met de cijfers en het plan.",
        "Het verslag van nu blijft bewaard. Het volgende overleg blijft gepland.",
        "Sluit het overleg opnieuw als u klaar bent.",
    ]
    back = reverse("meetings:meeting", args=[pk])
    if found.may_be_reopened_by(request.user) and (
        asked := ask_first(request, "Dit overleg heropenen?", follows, "Heropenen", back)
    ):
        return asked
    try:
        paper.reopen(found, request.user)
    except ValidationError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, "Het overleg is heropend.")
    return redirect("meetings:meeting", pk)


@allow("meetings.hold_meetings")
@require_POST
def settle_decision(request, pk):
    decision = own_or_404(request, MeetingDecision, pk=pk)
    decision.settled = not decision.settled
    decision.save()
    messages.success(
        request, "Afgehandeld." if decision.settled else "Het besluit staat weer open."
    )
    return _back(request)


@allow("meetings.hold_meetings")
@require_POST
def action_done(request, pk):
    action = own_or_404(request, Action, pk=pk)
    action.state = ActionState.OPEN if action.state == ActionState.DONE else ActionState.DONE
    action.save()
    messages.success(request, f"'{action.title}' staat op {action.get_state_display()}.")
    return _back(request)


@allow("picture.handle_signals")
def triage(request, pk):
    """Take a signal up or set it aside; from a meeting or from the signal's own page."""
    signal = own_or_404(request, Signal, pk=pk)
    held = _meeting_at_hand(request)
    forms = _triage_forms(request, signal)
    chosen = forms.get(request.POST.get("choice"))
    if request.method == "POST" and chosen is not None and chosen.is_valid():
        try:
            _handle(signal, held, chosen)
        except ValidationError as conflict:
            messages.error(request, conflict.message)
        else:
            messages.success(
                request,
                "Het signaal is verwerkt. U kunt dit ongedaan maken op de pagina van het signaal.",
            )
        return (
            redirect("meetings:meeting", held.pk) if held else redirect("picture:signal", signal.pk)
        )
    return render(request, "meetings/triage.html", {"signal": signal, "meeting": held, **forms})


def _triage_forms(request, signal) -> dict:
    choice = request.POST.get("choice")
    suggestion = {"title": f"Bespreek {signal.topic_title.lower()} in {signal.area_name}"}
    return {
        "take_up": TakeUpForm(
            request.POST if choice == "take_up" else None,
            municipality=request.municipality,
            initial=suggestion,
        ),
        "set_aside": SetAsideForm(request.POST if choice == "set_aside" else None),
    }


def _handle(signal, held, form) -> None:
    data, state = form.cleaned_data, ItemState.TAKEN_UP
    if isinstance(form, SetAsideForm):
        services.set_aside(signal, held, reason=data["reason"])
        state = ItemState.SET_ASIDE
    elif data["priority"]:
        services.take_up_as_measure(signal, held, priority=data["priority"], title=data["title"])
    else:
        services.take_up_as_action(
            signal,
            held,
            title=data["title"],
            owner_department=data["owner_department"],
            due=data["due"],
        )
    if held:
        rows.follow(held, signal, state)


@allow("picture.handle_signals")
@require_POST
def put_back(request, pk):
    signal = own_or_404(request, Signal, pk=pk)
    services.put_back(signal)
    messages.success(request, "Ongedaan gemaakt: het signaal is weer nieuw.")
    return redirect("picture:signal", signal.pk)


def _meeting_at_hand(request) -> Meeting | None:
    wanted = whole_number(request.GET.get("overleg") or request.POST.get("meeting"))
    if wanted is None:
        return None
    return own_or_404(request, Meeting, pk=wanted, state=MeetingState.PLANNED)


def _back(request):
    wanted = whole_number(request.POST.get("meeting"))
    return redirect("meetings:index") if wanted is None else redirect("meetings:meeting", wanted)
