"""What evaluations show elsewhere: at a measure in the plan, and on the paper of the strategic meeting."""

from django.template.loader import render_to_string

from koers.apps.evaluation import words
from koers.apps.evaluation.models import EffectDesign, Evaluation, Proposal
from koers.apps.evaluation.services import proposing
from koers.apps.evaluation.services.result import Result
from koers.apps.intake.background import RunState
from koers.apps.people.registry import enrol


@enrol("plan.measure")
def effect_of(request, measure):
    """How its effect is measured, the latest verdict, and what was decided on it."""
    if not request.user.has_perm("evaluation.view_effects", measure.municipality):
        return ""
    latest = Evaluation.objects.of(measure.municipality).filter(measure=measure, state=RunState.DONE).first()
    decided = Proposal.objects.of(measure.municipality).filter(evaluation__measure=measure).exclude(decision="")
    context = {
        "measure": measure,
        "design": EffectDesign.objects.of(measure.municipality).filter(measure=measure).first(),
        "sentence": words.verdict_sentence(Result.model_validate(latest.result).main) if latest else "",
        "decided": decided.order_by("-decided_at").first(),
        "may_fix": request.user.has_perm("evaluation.fix_design", measure.municipality),
    }
    return render_to_string("evaluation/panels/measure.html", context, request)


@enrol("meetings.agenda")
def proposals(request, meeting):
    """The proposals on which this meeting decides."""
    found = [
        (p, words.verdict_sentence(Result.model_validate(p.evaluation.result).main))
        for p in proposing.on_paper(meeting)
    ]
    if not found:
        return ""
    context = {
        "proposals": found,
        "meeting": meeting,
        "may_decide": request.user.has_perm("evaluation.decide", meeting.municipality),
    }
    return render_to_string("evaluation/panels/agenda.html", context, request)


@enrol("meetings.kept")
def kept(request, meeting):
    """What of it stays in the paper of a meeting that is closed."""
    return [f"{p.evaluation.measure}: voorstel {p.get_course_display()}" for p in proposing.on_paper(meeting)]
