"""What evaluations show elsewhere: at a measure in the plan, and on the paper of the strategic
meeting."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from koers.apps.evaluation.models import DesignChange, EffectDesign, Evaluation, Proposal
from koers.apps.evaluation.services import pooling, proposing
from koers.apps.intake.background import RunState
from koers.apps.meetings.models import ItemKind, Meeting, MeetingKind
from koers.apps.meetings.places import (
    AGENDA_ITEMS,
    AGENDA_PANELS,
    KEPT_LINES,
    Candidate,
)
from koers.apps.people.models import Municipality
from koers.apps.people.places import FREE_TEXT, NO_FREE_TEXT, FreeText, Reasons
from koers.apps.people.registry import enrol
from koers.apps.plan.models import Measure
from koers.apps.plan.places import FOUND_TOGETHER, MEASURE_PANELS
from koers.apps.plan.together import FoundTogether


@enrol(FREE_TEXT)
def free_text() -> FreeText:
    return {
        Proposal: ("why", "reason", "taken_back"),
        DesignChange: ("reason",),
        Evaluation: ("text", "error"),
    }


@enrol(NO_FREE_TEXT)
def no_free_text() -> Reasons:
    chosen, made = "chosen from a list", "made by Koers of the figures"
    return {
        EffectDesign: {
            "indicator": chosen,
            "secondary": chosen,
            "areas": chosen,
            "ring": chosen,
            "comparison": chosen,
            "power": made,
            "snapshots": made,
        },
        Proposal: {"state_before": "which state the measure had"},
        DesignChange: {"was": "what was chosen before"},
        Evaluation: {
            "claim": "which measure is busy",
            "parameters": "what was chosen",
            "snapshots": made,
            "result": made,
        },
    }


@enrol(MEASURE_PANELS)
def effect_of(request: HttpRequest, measure: Measure) -> str:
    """How its effect is measured, the latest verdict, and what was decided on it."""
    if not request.user.has_perm("evaluation.view_effects", measure.municipality):
        return ""
    known = _effects_beside(request, measure)
    latest = known.latest.get(measure.pk)
    context = {
        "measure": measure,
        "design": known.designs.get(measure.pk),
        "measured": _together_beside(request, measure),
        "sentence": proposing.judged_of(latest).sentence if latest else "",
        "decided": known.decided.get(measure.pk),
        "may_fix": request.user.has_perm("evaluation.fix_design", measure.municipality),
    }
    return render_to_string("evaluation/panels/measure.html", context, request)


@enrol(FOUND_TOGETHER)
def found_together(municipality: Municipality, measure: str) -> tuple[FoundTogether, ...]:
    return pooling.found_together(municipality, measure)


@dataclass(frozen=True)
class _Effects:
    """By the key of a measure its design, its latest evaluation and the latest decision on it."""

    designs: dict[int, EffectDesign]
    latest: dict[int, Evaluation]
    decided: dict[int, Proposal]


def _effects_beside(request, measure) -> _Effects:
    """Those of every measure of the same priority: its page asks for each of them in turn, and gets
    them in three queries."""
    kept = request.__dict__.setdefault("koers_effects", {})
    if measure.priority_id not in kept:
        there, line = measure.municipality, measure.priority_id
        designs = EffectDesign.objects.of(there).filter(measure__priority=line)
        done = Evaluation.objects.of(there).filter(measure__priority=line, state=RunState.DONE)
        decided = (
            Proposal.objects.of(there)
            .filter(evaluation__measure__priority=line)
            .exclude(decision="")
        )
        # The first of each counts: what comes later in these lists does not replace it.
        kept[line] = _Effects(
            {d.measure_id: d for d in reversed(designs)},
            {e.measure_id: e for e in reversed(done)},
            {
                p.evaluation.measure_id: p
                for p in decided.select_related("evaluation").order_by("decided_at")
            },
        )
    return kept[measure.priority_id]


def _together_beside(request, measure) -> list[FoundTogether]:
    """What others found of the same measure of the library; asked once for a page of many."""
    if not measure.library:
        return []
    kept = request.__dict__.setdefault("koers_together", {})
    if measure.municipality_id not in kept:
        kept[measure.municipality_id] = pooling.found_together(measure.municipality)
    return [found for found in kept[measure.municipality_id] if found.measure == measure.library]


@enrol(AGENDA_PANELS)
def proposals(request: HttpRequest, meeting: Meeting) -> str:
    """The proposals on which this meeting decides."""
    found = [(p, proposing.judged_of(p.evaluation).sentence) for p in proposing.on_paper(meeting)]
    if not found:
        return ""
    context = {
        "proposals": found,
        "meeting": meeting,
        "may_decide": request.user.has_perm("evaluation.decide", meeting.municipality),
    }
    return render_to_string("evaluation/panels/agenda.html", context, request)


@enrol(KEPT_LINES)
def kept(meeting: Meeting) -> list[str]:
    """What of it stays in the paper of a meeting that is closed."""
    return [
        f"{p.evaluation.measure}: voorstel {p.get_course_display()}. Oordeel:"
        f" {proposing.judged_of(p.evaluation)}"
        for p in proposing.on_paper(meeting)
    ]


@enrol(AGENDA_ITEMS)
def items(meeting: Meeting) -> list[Candidate]:
    """Strategic: what follows from an evaluation. Operational: measures of which the term is over
    and nobody evaluated."""
    if meeting.kind == MeetingKind.STRATEGIC:
        return [
            Candidate(
                ItemKind.EVALUATION,
                str(p.pk),
                f"{p.evaluation.measure}: {p.get_course_display()}?"[:300],
                f"{proposing.judged_of(p.evaluation).sentence} Voorstel: {p.get_course_display()}."
                f" {p.why}",
                reverse("evaluation:evaluation", args=[p.evaluation_id]),
                p.pk,
            )
            for p in proposing.on_paper(meeting)
        ]
    return [
        Candidate(
            ItemKind.EVALUATION,
            f"due:{d.pk}",
            f"Te evalueren: {d.measure}"[:300],
            f"De termijn van {d.horizon} maanden is om en er is daarna nog niet geëvalueerd.",
            reverse("evaluation:measure", args=[d.measure_id]),
            d.measure_id,
        )
        for d in _due(meeting)
    ]


def _due(meeting):
    designs = (
        EffectDesign.objects.of(meeting.municipality)
        .filter(measure__archived_at=None)
        .select_related("measure")
    )
    over = [(d, end) for d in designs if (end := _months_on(d.start, d.horizon)) <= meeting.date]
    done = Evaluation.objects.of(meeting.municipality).filter(state=RunState.DONE)
    return [
        d
        for d, end in over
        if not done.filter(measure=d.measure, created_at__date__gte=end).exists()
    ]


def _months_on(day: date, months: int) -> date:
    """The first of the month, so many months later."""
    month = 12 * day.year + day.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)
