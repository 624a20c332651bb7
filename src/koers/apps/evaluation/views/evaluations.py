"""Evaluate now, how far that is, and what came of it."""

import json

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from koers.analysis.effects.verdict import Verdict
from koers.apps.evaluation import presenters, words
from koers.apps.evaluation.models import EffectDesign, Evaluation, Proposal
from koers.apps.evaluation.services import proposing, running
from koers.apps.evaluation.services.result import Result
from koers.apps.evaluation.views.downloads import as_csv, as_svg, download
from koers.apps.intake.background import RunState
from koers.apps.people.access import allow, own_or_404
from koers.apps.plan.models import Measure
from koers.charts.render import Chart

CHARTS = {"verloop": presenters.course_chart, "kaart": presenters.evaluation_map}


@allow("evaluation.evaluate")
@require_POST
def start(request, pk):
    """Put an evaluation in the queue; a second press shows the one that is busy."""
    measure = own_or_404(request, Measure, pk=pk)
    design = EffectDesign.objects.of(request.municipality).filter(measure=measure).first()
    if design is None:
        messages.error(request, "Leg eerst vast hoe het effect wordt gemeten.")
        return redirect("evaluation:measure", pk)
    if reason := running.obstacle(design):
        messages.error(request, reason)
        return redirect("evaluation:measure", pk)
    evaluation, new = running.start(measure)
    if not new:
        messages.info(request, "Deze maatregel wordt al geëvalueerd. Hieronder ziet u hoe ver dat is.")
    return redirect("evaluation:evaluation", evaluation.pk)


def listed(measure: Measure) -> list[tuple[Evaluation, Result | None]]:
    """The evaluations of a measure, the newest first, with what they found."""
    found = Evaluation.objects.of(measure.municipality).filter(measure=measure)
    return [(e, Result.model_validate(e.result) if e.result else None) for e in found]


def _evaluation(request, pk: int) -> Evaluation:
    Evaluation.release_stale()
    return own_or_404(request, Evaluation, pk=pk)


def _context(request, found: Evaluation) -> dict:
    context = {
        "run": found,
        "measure": found.measure,
        "may_evaluate": request.user.has_perm("evaluation.evaluate", request.municipality),
        "others": [(e, r) for e, r in listed(found.measure) if e.pk != found.pk],
    }
    return context | (_outcome(request, found) if found.state == RunState.DONE else {})


def _outcome(request, found: Evaluation) -> dict:
    result = Result.model_validate(found.result)
    drawn = presenters.evaluation_map(found, result)
    return {
        "result": result,
        "tone": words.TONES.get(Verdict(result.main.verdict), "warn"),
        "sentence": words.verdict_sentence(result.main),
        "displacement": words.displacement_sentence(result),
        "power": words.power_sentence(result.main, result.planned_change),
        "interim": words.interim_sentence(result),
        "agreement": words.agreement_sentence(result),
        "chart": presenters.course_chart(found, result),
        "map": drawn if drawn.svg else None,
        "facts": presenters.how_it_was_computed(found, result),
        "sensitivity_columns": presenters.SENSITIVITY,
        "sensitivity_rows": presenters.sensitivity_rows(result),
        "fixed_late": found.parameters.get("fixed_late"),
        "late_changes": found.parameters.get("late_changes"),
        **_proposal(request, found),
    }


def _proposal(request, found: Evaluation) -> dict:
    """What was proposed; one that made room for a newer is not shown."""
    proposal = Proposal.objects.of(request.municipality).filter(evaluation=found).first()
    return {
        "proposal": proposal,
        "meeting": proposing.next_meeting(request.municipality),
        "may_decide": request.user.has_perm("evaluation.decide", request.municipality),
    }


@allow("evaluation.view_effects")
def evaluation(request, pk):
    """How far an evaluation is, or what it found."""
    return render(request, "evaluation/evaluation.html", _context(request, _evaluation(request, pk)))


@allow("evaluation.view_effects")
def progress(request, pk):
    """The part of the page that is fetched again every two seconds; once done, the whole page is."""
    found = _evaluation(request, pk)
    response = render(request, "evaluation/_run.html", {"run": found, "measure": found.measure})
    if not found.busy:
        response["HX-Refresh"] = "true"
    return response


def _done_or_404(request, pk: int) -> tuple[Evaluation, Result]:
    found = own_or_404(request, Evaluation, pk=pk, state=RunState.DONE)
    return found, Result.model_validate(found.result)


def _chart_or_404(request, pk: int, name: str) -> Chart:
    found, result = _done_or_404(request, pk)
    if name not in CHARTS:
        raise Http404
    return CHARTS[name](found, result)


@allow("evaluation.view_effects")
def chart_svg(request, pk, chart):
    drawn = _chart_or_404(request, pk, chart)
    if not drawn.svg:
        raise Http404
    return as_svg(drawn, f"{chart}-{pk}")


@allow("evaluation.view_effects")
def chart_csv(request, pk, chart):
    drawn = _chart_or_404(request, pk, chart)
    return as_csv(drawn.columns, drawn.rows, f"{chart}-{pk}")


@allow("evaluation.view_effects")
def sensitivity_csv(request, pk):
    _, result = _done_or_404(request, pk)
    return as_csv(presenters.SENSITIVITY, presenters.sensitivity_rows(result), f"gevoeligheid-{pk}")


@allow("evaluation.view_effects")
def result_json(request, pk):
    """Everything that an evaluation rests on: what was fixed, the snapshots, and the numbers that came out."""
    found, result = _done_or_404(request, pk)
    kept = {"measure": str(found.measure), "evaluated_at": found.finished_at.isoformat(), "parameters": found.parameters,
            "snapshots": found.snapshots, "result": result.model_dump(mode="json")}  # fmt: skip
    content = json.dumps(kept, ensure_ascii=False, indent=2) + "\n"
    return download(content.encode(), "application/json", f"evaluatie-{pk}.json")
