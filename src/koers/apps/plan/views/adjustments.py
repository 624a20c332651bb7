"""Adjustments of an adopted plan: old and new side by side, and what was decided on each."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from koers.apps.downloads import Download, page
from koers.apps.people.access import allow, own_or_404
from koers.apps.people.names import name_of, names_of
from koers.apps.plan.models import Adjustment, AdjustmentState
from koers.apps.plan.services import adjustments as services
from koers.apps.plan.services.versions import LABELS
from koers.apps.plan.views.pages import may_change
from koers.apps.plan.views.versions import DecidedForm, deciding

COLUMNS = (
    "Regel",
    "Soort",
    "Wat",
    "Reden",
    "Voorgesteld door",
    "Voorgesteld op",
    "Staat",
    "Besloten op",
    "Besloten in",
)


@allow("plan.view_plan")
def index(request):
    """Every adjustment; those that wait for a decision first."""
    found = list(Adjustment.objects.of(request.municipality).select_related("plan"))
    found.sort(key=lambda a: a.state != AdjustmentState.PROPOSED)
    names = names_of(a.proposed_by for a in found)
    rows = [
        (a.title, LABELS[a.kind], services.what(a), a.reason, name_of(a.proposed_by, names), timezone.localdate(a.created_at),
         a.get_state_display(), a.decided_on, a.decided_in)
        for a in found
    ]  # fmt: skip
    context = {"adjustments": list(zip(found, rows, strict=True))}
    return page(request, "plan/adjustments.html", context, [Download("aanpassingen", "Aanpassingen", COLUMNS, rows)])


@allow("plan.view_plan")
def adjustment(request, pk, form=None):
    """One adjustment, with the buttons to decide on it as long as nobody did."""
    found = own_or_404(request, Adjustment, pk=pk)
    is_open = found.state == AdjustmentState.PROPOSED
    names = names_of([found.proposed_by, found.decided_by])
    stale = services.stale(found) if is_open else ""
    rows = services.rows(found)
    context = {
        "adjustment": found,
        "rows": rows,
        "what": services.what(found),
        "label": LABELS[found.kind],
        "stale": stale,
        "proposed_by": name_of(found.proposed_by, names),
        "decided_by": name_of(found.decided_by, names),
        "may_decide": is_open and may_change(request),
        "form": form or DecidedForm(choices=deciding(request, found.plan)),
    }
    table = Download("aanpassing", f"Oud en nieuw: {found.title}", ("Veld", "Oud", "Nieuw"),
                     [(r.label, r.old, r.new) for r in rows])  # fmt: skip
    return page(request, "plan/adjustment.html", context, [table])


@allow("plan.change_plan")
@require_POST
def decide(request, pk):
    """Accept or reject, with the day and the meeting or decision."""
    found = own_or_404(request, Adjustment, pk=pk)
    form = DecidedForm(request.POST, choices=deciding(request, found.plan))
    if not form.is_valid():
        return adjustment(request, pk, form)
    decision = services.Decision(
        request.user.pseudonym, form.cleaned_data["decided_on"], form.cleaned_data["decided_in"]
    )
    try:
        if request.POST.get("besluit") == "overnemen":
            version = services.accept(found, decision)
            messages.success(request, f"De aanpassing is overgenomen. Het plan is nu versie {version.number}.")
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
