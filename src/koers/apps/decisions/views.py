from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from koers.apps.decisions.forms import AdoptForm, DecisionForm, StepForm
from koers.apps.decisions.models import FROZEN, TRANSITIONS, Decision, DecisionState
from koers.apps.decisions.places import DECISION_PANELS
from koers.apps.decisions.services import document as services
from koers.apps.decisions.services.figures import figure_table
from koers.apps.decisions.services.texts import refilled
from koers.apps.downloads import page
from koers.apps.people.access import allow, own_or_404
from koers.apps.people.names import name_of, names_of
from koers.apps.people.row_actions import row_button
from koers.apps.plan.models import Plan
from koers.apps.texts.models import TextKind, TextVersion
from koers.apps.texts.services.comparing import differences
from koers.apps.texts.services.versions import versions_of
from koers.apps.texts.tables import changes_table, versions_table
from koers.records.decision import DecisionText
from koers.records.text import said


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
        "unconfirmed": found.texts.unconfirmed,
        "next_states": (
            next_states if request.user.has_perm("decisions.decide", request.municipality) else []
        ),
        "may_change": (
            not found.frozen
            and request.user.has_perm("decisions.change_decisions", request.municipality)
        ),
        "panels": DECISION_PANELS.all(request, found),
    }
    table = figure_table(found.figures)
    return page(request, "decisions/decision.html", context, [table] if table else [])


@allow("decisions.change_decisions")
def edit(request, pk):
    found = own_or_404(request, Decision, pk=pk)
    if found.frozen and request.method == "GET":
        messages.error(request, FROZEN)
        return redirect("decisions:decision", pk)
    form = DecisionForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid() and _saved(form):
        messages.success(request, "De tekst is opgeslagen.")
        return redirect("decisions:decision", pk)
    return render(request, "decisions/edit.html", {"form": form, "decision": found})


def _saved(form: DecisionForm) -> bool:
    """False where somebody else saved it, or adopted it, meanwhile: what was typed stays on the
    page."""
    try:
        return form.save_as_read()
    except ValidationError as problem:
        form.add_error(None, problem)
        return False


@allow("decisions.change_decisions")
def refill(request, pk):
    """What would change, and a button; what people wrote stays."""
    found = own_or_404(request, Decision, pk=pk)
    if found.frozen:
        messages.error(request, FROZEN)
        return redirect("decisions:decision", pk)
    if request.method == "POST":
        services.refill(found)
        messages.success(
            request,
            "Wat niemand had gewijzigd, is opnieuw uit het plan gehaald, met de cijfers van nu. De"
            " tekst van daarvoor staat onder Versies.",
        )
        return redirect("decisions:decision", pk)
    written = [
        (section.heading, said(block))
        for section in found.texts.sections
        for block in section.blocks
        if not block.filled
    ]
    changes = differences(found.texts, refilled(found.texts, found.plan))
    context = {"decision": found, "changes": changes, "written": written}
    return page(request, "decisions/refill.html", context, [changes_table(changes)])


@allow("decisions.change_decisions")
@require_POST
def confirm(request, pk):
    """Somebody says that a passage that Koers supposed is so."""
    found = own_or_404(request, Decision, pk=pk)
    block = request.POST.get("block", "")
    if found.frozen:
        messages.error(request, FROZEN)
    elif found.texts.block(block) is None:
        messages.error(request, "Deze passage staat niet meer in de tekst.")
    else:
        services.confirm(found, block)
        messages.success(request, "Bevestigd.")
    return redirect("decisions:decision", pk)


@allow("decisions.decide")
@require_POST
def move(request, pk):
    """A step; adopting asks on which day first, and says what follows."""
    found = own_or_404(request, Decision, pk=pk)
    to = request.POST.get("to", "")
    if problem := services.problem_with(found, to):
        messages.error(request, problem)
        return redirect("decisions:decision", pk)
    adopting = to == DecisionState.ADOPTED
    if adopting:
        note = request.POST.get("note", "")
        form = AdoptForm(request.POST if "on" in request.POST else None, initial={"note": note})
    else:
        form = StepForm(request.POST)
    if not form.is_valid():
        context = {
            "decision": found,
            "form": form,
            "to": to,
            "adopting": adopting,
            "button": "Vaststellen" if adopting else f"Naar: {DecisionState(to).label}",
        }
        return render(request, "decisions/adopt.html", context)
    try:
        services.move(found, to, form.cleaned_data["note"], on=form.cleaned_data.get("on"))
    except ValueError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"Het besluit is nu: {found.get_state_display()}.")
    return redirect("decisions:decision", pk)


@allow("decisions.view_decisions")
def versions(request, pk):
    """Every version of the text, and what two of them differ in."""
    found = own_or_404(request, Decision, pk=pk)
    known = list(versions_of(TextKind.DECISION, found.pk))
    names = names_of([v.by for v in known])
    may_change = not found.frozen and request.user.has_perm(
        "decisions.change_decisions", request.municipality
    )
    old, new = _chosen(request, known)
    changes = differences(old.content, new.content) if old and new else []
    context = {
        "decision": found,
        "versions": known,
        "old": old,
        "new": new,
        "changes": changes,
    }
    listed = versions_table(
        known,
        lambda version: name_of(version.by, names),
        _put_back_button(request, found, known) if may_change else None,
    )
    return page(request, "decisions/versions.html", context, [listed, changes_table(changes)])


def _put_back_button(request, found: Decision, known: list[TextVersion]):
    """What draws the button at each version but the one of now."""
    token = get_token(request)

    def button(version: TextVersion) -> str:
        if version == known[0]:
            return ""
        address = reverse("decisions:put-back", args=[found.pk, version.number])
        return row_button(address, "Terugzetten", version, token)

    return button


def _chosen(request, known: list):
    """The two versions that are asked for; the last two where none are."""
    by_number = {str(v.number): v for v in known}
    if not known:
        return None, None
    new = request.GET.get("naar") or str(known[0].number)
    old = request.GET.get("van") or str(known[min(1, len(known) - 1)].number)
    if old not in by_number or new not in by_number:
        raise Http404
    return by_number[old], by_number[new]


@allow("decisions.change_decisions")
@require_POST
def put_back(request, pk, number):
    """The text of an earlier version becomes that of now."""
    found = own_or_404(request, Decision, pk=pk)
    version = get_object_or_404(versions_of(TextKind.DECISION, found.pk), number=number)
    if found.frozen:
        messages.error(request, FROZEN)
    else:
        services.put_back(found, number, DecisionText(sections=version.content.sections))
        messages.success(request, f"De tekst van versie {number} is teruggezet.")
    return redirect("decisions:decision", pk)


@allow("decisions.view_decisions")
def pdf(request, pk):
    found = own_or_404(request, Decision, pk=pk)
    return HttpResponse(
        services.to_pdf(found),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="collegebesluit-{found.plan.slug}.pdf"'},
    )
