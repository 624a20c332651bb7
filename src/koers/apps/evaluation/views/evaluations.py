"""Evaluate now, how far that is, and what came of it."""

import json

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from koers.apps.downloads import as_file, page
from koers.apps.evaluation import presenters, words
from koers.apps.evaluation.judged import Judged
from koers.apps.evaluation.models import EffectDesign, Evaluation, Proposal
from koers.apps.evaluation.services import proposing, queue
from koers.apps.evaluation.views.downloads import as_svg, download
from koers.apps.intake.background import RunState
from koers.apps.people.access import allow, own_or_404
from koers.apps.plan.models import Measure
from koers.charts.render import Chart
from koers.records.evaluation import Result
from koers.tables import Table

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
    if reason := queue.obstacle(design):
        messages.error(request, reason)
        return redirect("evaluation:measure", pk)
    evaluation, new = queue.start(measure)
    if not new:
        messages.info(
            request, "Deze maatregel wordt al geëvalueerd. Hieronder ziet u hoe ver dat is."
        )
    return redirect("evaluation:evaluation", evaluation.pk)


def listed(measure: Measure) -> list[tuple[Evaluation, Judged | None]]:
    """The evaluations of a measure, the newest first, with what they found and its caveats."""
    found = Evaluation.objects.of(measure.municipality).filter(measure=measure)
    return [(e, proposing.judged_of(e) if e.result else None) for e in found]


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
    result = found.result
    judged = proposing.judged_of(found)
    drawn = presenters.evaluation_map(found, result)
    return {
        "result": result,
        "judged": judged,
        "displacement": words.displacement_sentence(result),
        "secondary": words.secondary_sentence(result),
        "power": words.power_sentence(result.main, result.planned_change),
        "chart": presenters.course_chart(found, result),
        "map": drawn if drawn.svg else None,
        "facts": presenters.how_it_was_computed(found, result),
        "late_changes": found.parameters.late_changes,
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
    context = _context(request, _evaluation(request, pk))
    return page(request, "evaluation/evaluation.html", context, _tables(context))


def _tables(context: dict) -> list[Table]:
    """None as long as it has no outcome."""
    if "result" not in context:
        return []
    drawn = {"verloop": context["chart"], "kaart": context["map"]}
    charts = [chart.table(name) for name, chart in drawn.items() if chart]
    judged = context["judged"]
    beside = [presenters.other_outcomes(judged)] if judged.result.secondary else []
    return [*beside, presenters.sensitivity(judged), *charts]


@allow("evaluation.view_effects")
def progress(request, pk):
    """The part of the page that is fetched again every two seconds; once done, the whole page
    is."""
    found = _evaluation(request, pk)
    response = render(request, "evaluation/_run.html", {"run": found, "measure": found.measure})
    if not found.busy:
        response["HX-Refresh"] = "true"
    return response


def _done_or_404(request, pk: int) -> tuple[Evaluation, Result]:
    found = own_or_404(request, Evaluation, pk=pk, state=RunState.DONE)
    return found, found.result


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
    return as_file(drawn.table(chart), f"{chart}-{pk}")


@allow("evaluation.view_effects")
def sensitivity_csv(request, pk):
    found, _ = _done_or_404(request, pk)
    return as_file(presenters.sensitivity(proposing.judged_of(found)), f"gevoeligheid-{pk}")


@allow("evaluation.view_effects")
def result_json(request, pk):
    """Everything that an evaluation rests on: what was fixed, the snapshots, and the numbers that
    came out."""
    found, result = _done_or_404(request, pk)
    judged = proposing.judged_of(found)
    kept = {
        "measure": str(found.measure),
        "evaluated_at": found.finished_at.isoformat(),
        "parameters": found.parameters.kept(),
        "snapshots": found.snapshots,
        "judged": judged.sentence,
        "caveats": [caveat.value for caveat in judged.caveats],
        "about_secondary": words.secondary_sentence(result),
        "result": result.kept(),
    }
    content = json.dumps(kept, ensure_ascii=False, indent=2) + "\n"
    return download(content.encode(), "application/json", f"evaluatie-{pk}.json")
