"""A decision and its PDF."""

from __future__ import annotations

from django.db import transaction

from koers import dutch
from koers.apps.decisions.models import TRANSITIONS, Decision, DecisionState, DecisionStep
from koers.apps.decisions.services.figures import figure_blocks, figure_data
from koers.apps.decisions.services.texts import meeting_date_of, texts_for
from koers.apps.plan.models import Plan
from koers.apps.plan.services.versions import adopt
from koers.documents.college_decision import college_decision
from koers.documents.content import FICTITIOUS, Document
from koers.documents.pdf import to_pdf as render

STATE_LABELS = {
    DecisionState.DRAFT: "Concept",
    DecisionState.INTENDED: "Voorgenomen besluit",
    DecisionState.WITH_COMMITTEE: "Voorgenomen besluit, bij de commissie",
    DecisionState.ADOPTED: "Vastgesteld",
}


def latest_decision(plan: Plan) -> Decision:
    """The newest decision on a plan; a first draft is made where there is none.

    A draft follows the figures of today, anything further keeps the figures that it had.
    """
    decision = Decision.objects.of(plan.municipality).filter(plan=plan).first()
    if decision is None:
        return Decision.objects.create(
            municipality=plan.municipality,
            plan=plan,
            meeting_date=meeting_date_of(plan),
            texts=texts_for(plan),
            figures=figure_data(plan),
        )
    if decision.state == DecisionState.DRAFT and (fresh := figure_data(plan)) != decision.figures:
        decision.figures = fresh
        decision.save()
    return decision


def refill(decision: Decision) -> None:
    """Take texts and figures from the plan and the figures again; what was edited here is replaced."""
    decision.texts = texts_for(decision.plan)
    decision.figures = figure_data(decision.plan)
    decision.save()


def document_of(decision: Decision) -> Document:
    return college_decision(
        municipality=decision.municipality.name,
        meeting_date=decision.meeting_date,
        texts=decision.texts,
        state=STATE_LABELS[DecisionState(decision.state)],
        extra={"reasons": figure_blocks(decision.figures)},
        banner=FICTITIOUS if decision.municipality.fictitious else "",
    )


def to_pdf(decision: Decision) -> bytes:
    """The decision as PDF: the same texts and figures give the same bytes."""
    return render(document_of(decision))


@transaction.atomic
def move(decision: Decision, to: str, note: str = "") -> DecisionStep:
    """Bring a decision to its next state and record the step; a decision that is adopted adopts its plan as a version.

    Raises
    ------
    ValueError
        When the state cannot follow on the present one.
    """
    current = Decision.objects.select_for_update().get(pk=decision.pk)
    if to not in TRANSITIONS[current.state]:
        raise ValueError(f"Van '{current.get_state_display()}' kan dit besluit niet naar '{DecisionState(to).label}'.")
    step = DecisionStep.objects.create(
        municipality=current.municipality, decision=current, from_state=current.state, to_state=to, note=note
    )
    current.state = to
    current.save()
    if to == DecisionState.ADOPTED:
        adopt(current.plan, current.meeting_date, f"{current}, collegevergadering {dutch.day(current.meeting_date)}")
    decision.refresh_from_db()
    return step
