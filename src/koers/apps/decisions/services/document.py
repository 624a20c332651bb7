"""A decision and its PDF."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from koers import dutch
from koers.apps.decisions.models import TRANSITIONS, Decision, DecisionState, DecisionStep
from koers.apps.decisions.services.figures import figure_blocks, figure_data
from koers.apps.decisions.services.texts import (
    enumeration,
    meeting_date_of,
    refilled,
    text_for,
)
from koers.apps.picture.freshness import banner_of
from koers.apps.plan.models import Plan
from koers.apps.plan.services.versions import adopt, decided_on, differences
from koers.documents.content import Document, Head
from koers.documents.kinds.college_decision import college_decision
from koers.documents.pdf import to_pdf as render
from koers.records.decision import DecisionText

NAMED = 5
"""So many changed lines of a plan a refusal names."""
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
            texts=text_for(plan),
            figures=figure_data(plan),
        )
    if decision.state == DecisionState.DRAFT and (fresh := figure_data(plan)) != decision.figures:
        decision.figures = fresh
        decision.save()
    return decision


def refill(decision: Decision) -> None:
    """Take from the plan and the figures again what nobody edited; what people wrote stays, and the
    text of before is a version."""
    decision.texts = refilled(decision.texts, decision.plan)
    decision.figures = figure_data(decision.plan)
    decision.why = "Opnieuw gevuld uit het plan"
    decision.save()


def confirm(decision: Decision, block: str) -> None:
    """Somebody says that a passage is so."""
    decision.texts = decision.texts.confirm(block)
    decision.why = f"Bevestigd: een passage onder {decision.texts.heading_of(block)}"
    decision.save()


def put_back(decision: Decision, number: int, text: DecisionText) -> None:
    """The text of an earlier version becomes that of now; what it replaces stays a version."""
    decision.texts = text
    decision.why = f"Versie {number} teruggezet"
    decision.save()


def document_of(decision: Decision) -> Document:
    head = Head(
        municipality=decision.municipality.name,
        date=decision.meeting_date,
        state=STATE_LABELS[DecisionState(decision.state)],
        banner=_banner(decision),
    )
    return college_decision(head, decision.texts, {"reasons": figure_blocks(decision.figures)})


def _banner(decision: Decision) -> str:
    figure = decision.figures
    last = figure.labels[-1] if figure and figure.labels else ""
    return banner_of(decision.municipality, last, decision.meeting_date)


def to_pdf(decision: Decision) -> bytes:
    """The decision as PDF: the same texts and figures give the same bytes."""
    return render(document_of(decision))


def problem_with(decision: Decision, to: str) -> str:
    """Why a decision cannot go to a state; '' where it can."""
    if to not in TRANSITIONS[decision.state]:
        label = DecisionState(to).label if to in DecisionState.values else to
        return f"Van '{decision.get_state_display()}' kan dit besluit niet naar '{label}'."
    waiting = [f"'{section.heading}'" for section in decision.texts.unconfirmed]
    if to == DecisionState.ADOPTED and waiting:
        return (
            f"Onder {enumeration(waiting)} staat nog iets dat niemand heeft bevestigd. Bevestig"
            " het, pas het aan of haal het weg."
        )
    if to == DecisionState.ADOPTED and (changed := changed_since(decision)):
        lines = enumeration([f"'{title}'" for title in changed[:NAMED]])
        more = f" en nog {len(changed) - NAMED}" if len(changed) > NAMED else ""
        return (
            f"Het plan is gewijzigd nadat dit besluit is voorgelegd: {lines}{more}. Zet het besluit"
            " terug naar concept; dan gaat het over het plan van nu."
        )
    return ""


def changed_since(decision: Decision) -> list[str]:
    """Titles of lines of the plan that are no longer as they were proposed."""
    if decision.proposed is None:
        return []
    found = differences(decision.proposed, decided_on(decision.plan))
    return list(dict.fromkeys(change.line for change in found))


@transaction.atomic
def move(decision: Decision, to: str, note: str = "", on: date | None = None) -> DecisionStep:
    """Bring a decision to its next state and record the step; a decision that is adopted adopts its
    plan as a version.

    ``on`` is the day of the college meeting in which it was adopted; without it that is today.

    Raises
    ------
    ValueError
        When the state cannot follow on the present one, or something still has to be confirmed.
    """
    current = Decision.objects.select_for_update().get(pk=decision.pk)
    if problem := problem_with(current, to):
        raise ValueError(problem)
    step = DecisionStep.objects.create(
        municipality=current.municipality,
        decision=current,
        from_state=current.state,
        to_state=to,
        note=note,
    )
    current.state = to
    if to == DecisionState.DRAFT:
        current.proposed = None
    elif current.proposed is None and to != DecisionState.ADOPTED:
        current.proposed = decided_on(current.plan)
    # Adopted on the day that was chosen, else today; what was expected before says nothing.
    today = timezone.localdate() if to == DecisionState.ADOPTED else current.meeting_date
    current.meeting_date = on or today
    current.save()
    if to == DecisionState.ADOPTED:
        adopt(
            current.plan,
            current.meeting_date,
            f"{current}, collegevergadering {dutch.day(current.meeting_date)}",
        )
    decision.refresh_from_db()
    return step
