"""Adding, changing, archiving: at once in a draft, as a proposal in an adopted plan."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from koers.apps.people.access import allow, own_or_404
from koers.apps.people.privacy import PersonalDataWarning
from koers.apps.plan.forms import FORMS
from koers.apps.plan.forms.proposing import propose_added, save_or_propose
from koers.apps.plan.kinds import KINDS, LineKind
from koers.apps.plan.lines import kind_or_404, page_of, toggle_adoption
from koers.apps.plan.models import Adoption, GoalKind, PlanState
from koers.apps.plan.services import adjustments
from koers.apps.plan.services.areas import map_of
from koers.apps.plan.services.content import frozen_fields, plan_of

PROPOSED = "Uw voorstel is bewaard. Het plan verandert pas als daarover is besloten."


@allow("plan.change_plan")
def add(request, kind, parent):
    """A new line under the one that it belongs to."""
    line = kind_or_404(kind)
    if not line.above:
        raise Http404
    above = own_or_404(request, KINDS[line.above].model, pk=parent)
    plan = plan_of(above)
    frozen = line.frozen if plan is not None and plan.state == PlanState.ADOPTED else ()
    form = _new_form(request, line, above, frozen)
    if request.method == "POST" and form.is_valid():
        if not frozen:
            saved = form.save()
            messages.success(request, f"Toegevoegd: {saved}. {getattr(form, 'known', '')}".strip())
            return redirect(page_of(saved))
        if (made := propose_added(form, kind, above, request.user)) is not None:
            messages.success(request, PROPOSED)
            return redirect("plan:adjustment", made.pk)
    context = {
        "form": form,
        "title": f"Nieuw: {line.label}",
        "above": above,
        "frozen": bool(frozen),
        "sorts": _sorts(request, form, kind),
    }
    return render(request, "plan/form.html", {**context, "map": _map(request, kind, ())})


def _new_form(request, line: LineKind, above, frozen):
    extra = {"frozen": frozen} if line.frozen else {}
    initial = {}
    if line.name == "doel":
        extra["figures"], initial = request.figures, _chosen_kind(request)
    if line.name == "prioriteit":
        extra["plan"], initial = above, {"number": above.lines.count() + 1}
    instance = line.model(municipality=request.municipality, **{line.parent: above})
    return FORMS[line.name](
        request.POST or None,
        instance=instance,
        municipality=request.municipality,
        initial=initial,
        **extra,
    )


def _chosen_kind(request) -> dict[str, str]:
    """Of a goal which kind of it the form is for, as chosen above it."""
    chosen = request.GET.get("soort", "")
    return {"kind": chosen} if chosen in GoalKind.values else {}


def _sorts(request, form, kind: str) -> list[tuple[str, str, bool]]:
    """The kinds of goal to choose from, with their address, and which one the form is for."""
    if kind != "doel":
        return []
    return [(f"?soort={value}", label, value == form.kind) for value, label in GoalKind.choices]


@allow("plan.change_plan")
def add_loose(request, kind):
    """A framework or a partner, which stands under nothing."""
    line = kind_or_404(kind)
    if line.in_plan:
        raise Http404
    form = FORMS[kind](request.POST or None, municipality=request.municipality)
    if request.method == "POST" and form.is_valid():
        messages.success(request, f"Toegevoegd: {form.save()}.")
        return redirect("plan:frameworks")
    return render(request, "plan/form.html", {"form": form, "title": f"Nieuw: {line.label}"})


@allow("plan.change_plan")
def edit(request, kind, pk):
    line = kind_or_404(kind)
    found = own_or_404(request, line.model, pk=pk)
    frozen = frozen_fields(found)
    extra = {"plan": found.plan} if kind == "prioriteit" else {}
    if kind == "doel":
        extra["figures"], extra["initial"] = request.figures, _chosen_kind(request)
    if frozen:
        extra["frozen"] = frozen
    form = FORMS[kind](
        request.POST or None, instance=found, municipality=request.municipality, **extra
    )
    if request.method == "POST" and form.is_valid() and (where := _saved(request, form, found)):
        return redirect(where)
    context = {
        "form": form,
        "title": f"Bewerk {line.label}: {line.model.objects.get(pk=pk)}",
        "line": found,
        "kind": kind,
        "sorts": _sorts(request, form, kind),
    }
    return render(
        request,
        "plan/form.html",
        {
            **context,
            "frozen": bool(frozen),
            "map": _map(request, kind, getattr(found, "areas", ())),
        },
    )


def _saved(request, form, found) -> str:
    """Where to go after saving; '' where the form has something to say first."""
    if not getattr(form, "frozen", ()):
        if not getattr(form, "save_as_read", form.save)():
            return ""
        known = getattr(form, "known", "")
        messages.success(request, f"De wijziging is opgeslagen. {known}".strip())
        return page_of(found)
    outcome = save_or_propose(form, request.user)
    if outcome.refused:
        return ""
    if outcome.saved:
        messages.success(request, "Wat direct kan, is opgeslagen.")
    if outcome.proposed is not None:
        messages.success(request, PROPOSED)
        return reverse("plan:adjustment", args=[outcome.proposed.pk])
    if not outcome.saved:
        messages.info(request, "Er is niets gewijzigd.")
    return page_of(found)


def _map(request, kind: str, codes):
    if kind != "maatregel":
        return None
    return map_of(
        request.municipality.code, "gebieden", tuple(codes), f"Buurten van {request.municipality}"
    )


@allow("plan.change_plan")
@require_POST
def adopt(request, kind, pk):
    """Adopt an example; in an adopted plan that is a change to the plan."""
    found = own_or_404(request, kind_or_404(kind).model, pk=pk)
    if not hasattr(found, "is_example"):
        raise Http404
    if _in_adopted_plan(found, kind):
        return redirect("plan:propose", "vaststellen", kind, pk)
    messages.success(request, f"'{found}' is nu: {toggle_adoption(request.figures, found)}.")
    return redirect(page_of(found))


@allow("plan.change_plan")
@require_POST
def archive(request, kind, pk):
    found = own_or_404(request, kind_or_404(kind).model, pk=pk)
    if frozen_fields(found):
        return redirect("plan:propose", "weghalen", kind, pk)
    where = page_above(found)
    found.archive()
    messages.success(
        request, f"'{found}' is gearchiveerd.", extra_tags=reverse("plan:restore", args=[kind, pk])
    )
    return redirect(where)


def page_above(line) -> str:
    """The page on which a line is missed once it is gone."""
    above = getattr(line, "measure", None) or getattr(line, "priority", None)
    return page_of(above) if above is not None else reverse("plan:index")


@allow("plan.change_plan")
@require_POST
def restore(request, kind, pk):
    found = get_object_or_404(kind_or_404(kind).model, pk=pk, municipality=request.municipality)
    if frozen_fields(found) and found.archived_at is not None:
        return redirect("plan:propose", "terugzetten", kind, pk)
    found.restore()
    messages.success(request, f"'{found}' is teruggezet.")
    return redirect(page_of(found))


def _in_adopted_plan(line, kind: str) -> bool:
    plan = plan_of(line)
    return bool(KINDS[kind].frozen) and plan is not None and plan.state == PlanState.ADOPTED


class ReasonForm(PersonalDataWarning):
    free_text = ("reason",)
    reason = forms.CharField(
        label="Reden",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Schrijf op waarom het plan moet worden aangepast."},
    )


PROPOSALS = {
    "weghalen": (adjustments.propose_archiving, "Stel voor om weg te halen"),
    "terugzetten": (adjustments.propose_restoring, "Stel voor om terug te zetten"),
    "vaststellen": (
        lambda line, reason, by: adjustments.propose_change(
            line, {"adoption": Adoption.ADOPTED.value}, reason, by
        ),
        "Stel voor om vast te stellen",
    ),
}


@allow("plan.change_plan")
def propose(request, what, kind, pk):
    """The reason for a change to an adopted plan that has no fields: taking a line out, putting it
    back, adopting it."""
    found = get_object_or_404(kind_or_404(kind).model, pk=pk, municipality=request.municipality)
    if what not in PROPOSALS or not KINDS[kind].frozen:
        raise Http404
    if not _in_adopted_plan(found, kind):
        messages.info(request, "Dit plan is nog niet vastgesteld: u kunt het direct wijzigen.")
        return redirect(page_of(found))
    carry_out, title = PROPOSALS[what]
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = carry_out(found, form.cleaned_data["reason"], request.user.pseudonym)
        except adjustments.AdjustmentError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, PROPOSED)
            return redirect("plan:adjustment", made.pk)
    return render(request, "plan/propose.html", {"form": form, "title": title, "line": found})
