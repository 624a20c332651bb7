"""What becomes of a signal: closed with an outcome, or a priority that is proposed from it; and all
of it counted."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from koers.apps.downloads import page
from koers.apps.meetings.forms import CloseSignalForm, PriorityProposalForm, ProposalDecisionForm
from koers.apps.meetings.models import PriorityProposal
from koers.apps.meetings.places import PROPOSAL_PANELS
from koers.apps.meetings.services import life, priorities
from koers.apps.people.access import allow, own_or_404
from koers.apps.picture.models import Signal
from koers.apps.plan.services.in_force import plan_at_hand
from koers.tables import NUMBER, PERIOD, Column, Table

COLUMNS = (
    Column("number", "Signalen", kind=NUMBER),
    Column("rest", "Nog nieuw", kind=NUMBER),
    Column("taken_up", "Opgepakt", kind=NUMBER),
    Column("set_aside", "Terzijde gelegd", kind=NUMBER),
    Column("closed", "Afgesloten", kind=NUMBER),
    Column("led_somewhere", "Actie gedaan of maatregel", kind=NUMBER),
    Column("useful", "Nuttig", kind=NUMBER),
    Column("share", "Nuttig van wat behandeld is, %", kind=NUMBER, unit="%"),
)
MONTH = Column("month", "Maand", "name", PERIOD)
TOPIC = Column("topic", "Onderwerp", "name")


@allow("picture.view_signals")
def became(request):
    """What became of the signals, per month and per kind of incident."""
    signals = life.signals_of(request.municipality)
    total = life.tally("Alle signalen", signals)
    tables = [
        _table("per-maand", "Per maand", MONTH, signals, lambda s: s.period, newest_first=True),
        _table("per-soort", "Per onderwerp", TOPIC, signals, lambda s: s.topic_title),
    ]
    return page(
        request, "meetings/became.html", {"total": total, "definition": life.DEFINITION}, tables
    )


def _table(name, caption, first: Column, signals, key, newest_first=False) -> Table:
    ordered = sorted(signals, key=key, reverse=newest_first)
    tallies = [life.tally(group, found) for group, found in groupby(ordered, key=key)]
    return Table(name, caption, (first, *COLUMNS), tallies)


@allow("picture.handle_signals")
def close(request, pk):
    signal = own_or_404(request, Signal, pk=pk)
    form = CloseSignalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            life.close(signal, form.cleaned_data["usefulness"], form.cleaned_data["note"])
        except ValidationError as problem:
            messages.error(request, problem.message)
        else:
            messages.success(request, "Het signaal is afgesloten.")
        return redirect("picture:signal", pk)
    return render(request, "meetings/close_signal.html", {"signal": signal, "form": form})


@allow("picture.handle_signals")
@require_POST
def reopen(request, pk):
    life.reopen(own_or_404(request, Signal, pk=pk))
    messages.success(request, "Het signaal is weer open.")
    return redirect("picture:signal", pk)


@allow("picture.handle_signals")
def propose_priority(request, pk):
    """The first click comes here, to a page that is filled already; the second confirms it."""
    signal = own_or_404(request, Signal, pk=pk)
    plan = plan_at_hand(request.municipality)
    if plan is None:
        messages.error(
            request,
            "Er is nog geen plan om een prioriteit voor voor te stellen. Begin eerst een plan.",
        )
        return redirect("picture:signal", pk)
    form = PriorityProposalForm(
        request.POST or None, plan=plan, initial=priorities.suggestion(signal)
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found = priorities.propose(
            signal,
            plan,
            title=data["title"],
            description=data["description"],
            reason=data["reason"],
            priority=data["priority"],
            by=request.user.pseudonym,
        )
        meeting = priorities.next_strategic(request.municipality)
        where = (
            f"Het staat op de agenda van het {meeting}."
            if meeting
            else "Plan een strategisch overleg om te besluiten."
        )
        messages.success(request, f"De prioriteit is voorgesteld. {where}")
        return redirect("meetings:priority-proposal", found.pk)
    return render(
        request, "meetings/propose_priority.html", {"signal": signal, "form": form, "plan": plan}
    )


@allow("meetings.view_meetings", change="meetings.hold_meetings")
def priority_proposal(request, pk):
    """A proposed priority on its way to the college; the strategic meeting accepts or rejects it
    here."""
    found = own_or_404(request, PriorityProposal, pk=pk)
    meeting = priorities.next_strategic(request.municipality)
    may_hold = request.user.has_perm("meetings.hold_meetings", request.municipality)
    form = ProposalDecisionForm(request.POST or None)
    if request.method == "POST" and meeting is not None and form.is_valid():
        accepted = request.POST.get("choice") == "accept"
        try:
            decided = priorities.decide(found, meeting, accepted, form.cleaned_data["because"])
        except ValidationError as problem:
            messages.error(request, problem.message)
        else:
            messages.success(request, f"De prioriteit is {decided.get_state_display()}.")
        return redirect("meetings:priority-proposal", pk)
    context = {
        "proposal": found,
        "meeting": meeting,
        "form": form,
        "may_decide": may_hold and meeting is not None,
        "panels": PROPOSAL_PANELS.all(request, found),
    }
    return render(request, "meetings/priority_proposal.html", context)
