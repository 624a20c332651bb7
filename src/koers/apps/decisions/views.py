from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from koers.apps.decisions.forms import DecisionForm
from koers.apps.decisions.models import TRANSITIONS, Decision, DecisionState
from koers.apps.decisions.services import document as services
from koers.apps.decisions.services.figures import figure_table
from koers.apps.downloads import page
from koers.apps.people.access import allow, own_or_404
from koers.apps.people.registry import panels
from koers.apps.plan.models import Plan


@allow("decisions.view_decisions")
def index(request):
    context = {
        "decisions": Decision.objects.of(request.municipality).select_related("plan"),
        "plans": Plan.objects.of(request.municipality),
        "may_change": request.user.has_perm("decisions.change_decisions", request.municipality),
    }
    return render(request, "decisions/index.html", context)


@allow("decisions.change_decisions")
@require_POST
def new(request, plan):
    """A first draft, filled from plan and figures; the one that is there when there is one."""
    found = own_or_404(request, Plan, pk=plan)
    return redirect("decisions:decision", services.latest_decision(found).pk)


@allow("decisions.view_decisions")
def decision(request, pk):
    found = own_or_404(request, Decision, pk=pk)
    next_states = [(s, DecisionState(s).label) for s in TRANSITIONS[found.state]]
    context = {
        "decision": found,
        "document": services.document_of(found),
        "steps": found.steps.all(),
        "next_states": next_states if request.user.has_perm("decisions.decide", request.municipality) else [],
        "may_change": not found.frozen and request.user.has_perm("decisions.change_decisions", request.municipality),
        "panels": panels("decisions.decision", request, found),
    }
    table = figure_table(found.figures)
    return page(request, "decisions/decision.html", context, [table] if table else [])


@allow("decisions.change_decisions")
def edit(request, pk):
    found = own_or_404(request, Decision, pk=pk)
    if found.frozen:
        messages.error(request, "Dit besluit is vastgesteld en kan niet meer worden gewijzigd.")
        return redirect("decisions:decision", pk)
    form = DecisionForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "De tekst is opgeslagen.")
        return redirect("decisions:decision", pk)
    return render(request, "decisions/edit.html", {"form": form, "decision": found})


@allow("decisions.change_decisions")
@require_POST
def refill(request, pk):
    found = own_or_404(request, Decision, pk=pk)
    if found.frozen:
        messages.error(request, "Dit besluit is vastgesteld en kan niet meer worden gewijzigd.")
    else:
        services.refill(found)
        messages.success(
            request, "Teksten en cijfers zijn opnieuw uit het plan gehaald. De vorige staan in de geschiedenis."
        )
    return redirect("decisions:decision", pk)


@allow("decisions.decide")
@require_POST
def move(request, pk):
    found = own_or_404(request, Decision, pk=pk)
    try:
        services.move(found, request.POST.get("to", ""), request.POST.get("note", "")[:500])
    except ValueError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"Het besluit is nu: {found.get_state_display()}.")
    return redirect("decisions:decision", pk)


@allow("decisions.view_decisions")
def pdf(request, pk):
    found = own_or_404(request, Decision, pk=pk)
    return HttpResponse(
        services.to_pdf(found),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="collegebesluit-{found.plan.slug}.pdf"'},
    )
