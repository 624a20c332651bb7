"""A measure and its effect: what is fixed, what could be shown, and who lies around and beside
it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render

from koers.apps.downloads import as_file, page
from koers.apps.evaluation import presenters, words
from koers.apps.evaluation.forms import DesignForm, SurroundingsForm
from koers.apps.evaluation.models import EffectDesign, Proposal
from koers.apps.evaluation.services import fixing, pooling, queue
from koers.apps.evaluation.services.region import Region, outcomes, region_of
from koers.apps.evaluation.views.downloads import as_svg
from koers.apps.evaluation.views.evaluations import listed
from koers.apps.people.access import allow, own_or_404
from koers.apps.plan.models import Measure
from koers.apps.plan.together import FoundTogether
from koers.charts.render import Chart
from koers.indicators import load_indicators

WAITS_FOR = "47022NED"


def _measure(request, pk: int) -> Measure:
    return own_or_404(request, Measure, pk=pk)


def _design(measure: Measure) -> EffectDesign | None:
    return EffectDesign.objects.of(measure.municipality).filter(measure=measure).first()


def _region(design: EffectDesign) -> Region | None:
    known = design.indicator in load_indicators()
    return region_of(design.indicator, design.municipality.code) if known else None


def _design_or_404(request, pk: int) -> EffectDesign:
    design = _design(_measure(request, pk))
    if design is None:
        raise Http404
    return design


@allow("evaluation.view_effects")
def measure(request, pk):
    """What is fixed of a measure, what could be shown, its evaluations and what was decided on
    them."""
    found = _measure(request, pk)
    design = _design(found)
    decided = (
        Proposal.objects.of(request.municipality)
        .filter(evaluation__measure=found)
        .exclude(decision="")
    )
    context = {
        "measure": found,
        "design": design,
        "measured": _measured(found),
        "measurable": bool(outcomes(request.municipality.code)),
        "waits_for": WAITS_FOR,
        "evaluations": listed(found),
        "decided": decided.select_related("meeting"),
        "may_fix": request.user.has_perm("evaluation.fix_design", request.municipality),
        "may_evaluate": request.user.has_perm("evaluation.evaluate", request.municipality),
        **(_fixed(found, design) if design else {}),
    }
    drawn = context.get("map")
    tables = [presenters.power(design)] if design else []
    charts = [drawn.table("kaart")] if drawn else []
    return page(request, "evaluation/measure.html", context, [*tables, *charts])


def _fixed(found: Measure, design: EffectDesign) -> dict:
    region = _region(design)
    chart = presenters.design_map(design, region) if region else None
    return {
        "facts": presenters.design_facts(design, region),
        "planned": words.planned_sentence(design.power, design.expected_change, design.horizon),
        "map": chart if chart and chart.svg else None,
        "obstacle": queue.obstacle(design),
        "moved": found.start is not None and found.start != design.start,
    }


def _measured(found: Measure) -> tuple[FoundTogether, ...]:
    """What others found together of the same measure of the library."""
    return pooling.found_together(found.municipality, found.library) if found.library else ()


@allow("evaluation.fix_design")
def fix(request, pk):
    """Fix method, outcome, areas, expected change and horizon; after the start a change asks for
    its reason."""
    found = _measure(request, pk)
    design, possible = _design(found), outcomes(request.municipality.code)
    if not possible:
        messages.error(
            request,
            f"Er zijn hier nog geen cijfers per buurt en maand. Koers wacht op tabel {WAITS_FOR}.",
        )
        return redirect("evaluation:measure", pk)
    region = region_of(possible[0].id, request.municipality.code)
    form = DesignForm(
        request.POST or None,
        measure=found,
        region=region,
        outcomes=possible,
        design=design,
        measured=_measured(found),
    )
    if request.method == "POST" and form.is_valid():
        try:
            fixing.fix(found, form.choices, form.cleaned_data.get("reason", ""))
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(
                request, "De opzet is vastgelegd. Hieronder staat wat er aan te tonen is."
            )
            return redirect("evaluation:measure", pk)
    return render(
        request, "evaluation/fix.html", {"form": form, "measure": found, "design": design}
    )


@allow("evaluation.fix_design")
def surroundings(request, pk):
    """Change the ring and the comparison areas."""
    design = _design_or_404(request, pk)
    region = _region(design)
    if region is None:
        raise Http404
    form = SurroundingsForm(request.POST or None, design=design, region=region)
    if request.method == "POST" and form.is_valid():
        design.ring, design.comparison = (
            form.cleaned_data["all_ring"],
            form.cleaned_data["all_comparison"],
        )
        fixing.work_out_power(design)
        design.save(reason=form.cleaned_data.get("reason", ""))
        messages.success(request, "De ring en de vergelijkingsgebieden zijn opgeslagen.")
        return redirect("evaluation:measure", pk)
    return render(
        request,
        "evaluation/surroundings.html",
        {"form": form, "measure": design.measure, "design": design},
    )


@allow("evaluation.view_effects")
def power_csv(request, pk):
    design = _design_or_404(request, pk)
    return as_file(presenters.power(design), f"aan-te-tonen-{pk}")


def _map_or_404(request, pk: int) -> Chart:
    design = _design_or_404(request, pk)
    region = _region(design)
    if region is None:
        raise Http404
    return presenters.design_map(design, region)


@allow("evaluation.view_effects")
def map_svg(request, pk):
    return as_svg(_map_or_404(request, pk), f"ring-{pk}")


@allow("evaluation.view_effects")
def map_csv(request, pk):
    return as_file(_map_or_404(request, pk).table("kaart"), f"ring-{pk}")
