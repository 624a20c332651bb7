"""Adjustments of an adopted plan: old and new side by side, and what was decided on each."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect
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
    none = "Nog geen aanpassingen. Ze ontstaan als u een regel van een vastgesteld plan bewerkt."
    listed = Table("aanpassingen", "Aanpassingen", columns, found, empty=none)
    return table_page(
        request,
        listed,
        "Aanpassingen",
        "Voorstellen om een vastgesteld plan te wijzigen, en wat daarover is besloten.",
        [("Plan", reverse("plan:index"))],
    )


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
