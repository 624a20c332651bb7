"""Adjustments of an adopted plan: old and new side by side, and what was decided on each."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from koers.apps.downloads import page, table_page
from koers.apps.intake.archive import sees_internal
from koers.apps.people.access import allow, own_or_404
from koers.apps.people.names import name_of, names_of
from koers.apps.plan import tables
from koers.apps.plan.models import Adjustment, AdjustmentState
from koers.apps.plan.services import adjustments as services
from koers.apps.plan.views.pages import may_change
from koers.apps.plan.views.versions import DecidedForm, deciding
from koers.tables import DAY, LINES, Column, Place, Table


@allow("plan.view_plan")
def index(request):
    """Every adjustment; those that wait for a decision first."""
    found = list(Adjustment.objects.of(request.municipality).select_related("plan"))
    found.sort(key=lambda a: a.state != AdjustmentState.PROPOSED)
    names = names_of(a.proposed_by for a in found)
    columns = (
        Column("title", "Regel", link=lambda a: reverse("plan:adjustment", args=[a.pk])),
        Column("kind", "Soort"),
        Column("what", "Wat", services.what),
        Column("reason", "Reden", kind=LINES),
        Column("proposed_by", "Voorgesteld door", lambda a: name_of(a.proposed_by, names)),
        Column("proposed_on", "Voorgesteld op", lambda a: timezone.localdate(a.created_at), DAY),
        Column("state", "Staat", "get_state_display"),
        Column("decided_on", "Besloten op", kind=DAY, place=Place.FILE),
        Column("decided_in", "Besloten in"),
    )
    open_ones = sum(a.state == AdjustmentState.PROPOSED for a in found)
    none = "Nog geen aanpassingen. Ze ontstaan als u een regel van een vastgesteld plan bewerkt."
    listed = Table("aanpassingen", "Aanpassingen", columns, found, empty=none)
    return table_page(
        request,
        listed,
        "Aanpassingen",
        "Voorstellen om een vastgesteld plan te wijzigen, en wat daarover is besloten.",
        [("Plan", reverse("plan:index"))],
        links=[("Over meer aanpassingen besluiten", reverse("plan:adjustments-together"))]
        if open_ones > 1 and may_change(request)
        else [],
    )


@allow("plan.change_plan")
def together(request):
    """Several adjustments decided on at once: those of one proposal, else all that are open. What
    is accepted makes one version."""
    waiting = Adjustment.objects.of(request.municipality).select_related("plan")
    waiting = waiting.filter(state=AdjustmentState.PROPOSED)
    of_one = uuid_of(request.GET.get("voorstel", ""))
    shown = list(waiting.filter(together=of_one) if of_one else waiting)
    chosen = [a for a in shown if f"a-{a.pk}" in request.POST]
    choices = deciding(shown[0].plan) if shown else []
    form = DecidedForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        if not chosen:
            form.add_error(None, "Vink aan waarover is besloten.")
        elif _decided_together(request, chosen, form):
            return redirect("plan:adjustments")
    inside = sees_internal(request, request.municipality)
    listed = [
        {
            "adjustment": a,
            "what": services.what(a),
            "rows": services.rows(a, inside),
            "stale": services.stale(a),
            "ticked": a in chosen or request.method == "GET",
        }
        for a in reversed(shown)
    ]
    return render(request, "plan/together.html", {"listed": listed, "form": form})


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _decided_together(request, chosen: list[Adjustment], form: DecidedForm) -> bool:
    decision = services.Decision(
        request.user.pseudonym, form.cleaned_data["decided_on"], form.cleaned_data["decided_in"]
    )
    many = f"{len(chosen)} {'aanpassing is' if len(chosen) == 1 else 'aanpassingen zijn'}"
    try:
        if request.POST.get("besluit") == "overnemen":
            made = services.accept_all(chosen, decision)
            plans = "; ".join(f"{v.plan}: versie {v.number}" for v in made)
            messages.success(request, f"{many} overgenomen. {plans}.")
        else:
            for one in chosen:
                services.reject(one, decision)
            messages.success(request, f"{many} afgewezen. Het plan blijft zoals het was.")
    except services.AdjustmentError as problem:
        form.add_error(None, f"Er is niets overgenomen. {problem}")
        return False
    return True


@allow("plan.view_plan")
def adjustment(request, pk, form=None):
    """One adjustment, with the buttons to decide on it as long as nobody did."""
    found = own_or_404(request, Adjustment, pk=pk)
    is_open = found.state == AdjustmentState.PROPOSED
    names = names_of([found.proposed_by, found.decided_by])
    stale = services.stale(found) if is_open else ""
    context = {
        "adjustment": found,
        "what": services.what(found),
        "label": found.kind,
        "stale": stale,
        "proposed_by": name_of(found.proposed_by, names),
        "decided_by": name_of(found.decided_by, names),
        "may_decide": is_open and may_change(request),
        "form": form or DecidedForm(choices=deciding(found.plan)),
    }
    changes = services.rows(found, sees_internal(request, request.municipality))
    table = tables.beside(
        "aanpassing",
        f"Oud en nieuw: {found.title}",
        changes,
        "Oud",
        "Nieuw",
    )
    return page(request, "plan/adjustment.html", context, [table])


@allow("plan.change_plan")
@require_POST
def decide(request, pk):
    """Accept or reject, with the day and the meeting or decision."""
    found = own_or_404(request, Adjustment, pk=pk)
    form = DecidedForm(request.POST, choices=deciding(found.plan))
    if not form.is_valid():
        return adjustment(request, pk, form)
    decision = services.Decision(
        request.user.pseudonym, form.cleaned_data["decided_on"], form.cleaned_data["decided_in"]
    )
    try:
        if request.POST.get("besluit") == "overnemen":
            version = services.accept(found, decision)
            messages.success(
                request, f"De aanpassing is overgenomen. Het plan is nu versie {version.number}."
            )
        else:
            services.reject(found, decision)
            messages.success(request, "De aanpassing is afgewezen. Het plan blijft zoals het was.")
    except services.AdjustmentError as problem:
        messages.error(request, str(problem))
    return redirect("plan:adjustment", pk)


@allow("plan.change_plan")
@require_POST
def withdraw(request, pk):
    found = own_or_404(request, Adjustment, pk=pk)
    try:
        services.withdraw(found, request.user.pseudonym)
        messages.success(request, "Het voorstel is ingetrokken.")
    except services.AdjustmentError as problem:
        messages.error(request, str(problem))
    return redirect("plan:adjustment", pk)
