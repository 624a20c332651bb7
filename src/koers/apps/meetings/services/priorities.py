"""A priority that is proposed from a signal: the strategic meeting decides, then it goes the way of
the plan."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from koers import dutch
from koers.apps.meetings.models import Meeting, MeetingDecision, PriorityProposal, ProposalState
from koers.apps.meetings.places import PRIORITY_DECIDED, PriorityDecided
from koers.apps.people.models import Municipality
from koers.apps.picture.models import Signal
from koers.apps.plan.models import Adjustment, Plan, Priority, PriorityKind
from koers.records import FieldValues, Value


def suggestion(signal: Signal) -> dict[str, str]:
    """What the page of the proposal is filled with, so that confirming it is enough."""
    more = "meer" if signal.kind == "rise" else "minder"
    return {
        "title": f"{signal.topic_title} in {signal.area_name}"[:200],
        "reason": (
            f"In {signal.area_name} is {more} {signal.topic_title.lower()} geteld dan verwacht:"
            f" {dutch.number(signal.observed)} geteld, waar {dutch.number(signal.expected)} werd"
            f" verwacht, in {signal.window} {'maand' if signal.window == 1 else 'maanden'} t/m"
            f" {dutch.period(signal.period)}."
        ),
    }


def propose(
    signal: Signal,
    plan: Plan,
    *,
    title: str,
    description: str,
    reason: str,
    priority: Priority | None,
    by: UUID | None,
) -> PriorityProposal:
    return PriorityProposal.objects.create(
        municipality=signal.municipality,
        signal=signal,
        plan=plan,
        priority=priority,
        title=title,
        description=description,
        reason=reason,
        proposed_by=by,
    )


@transaction.atomic
def decide(
    proposal: PriorityProposal, meeting: Meeting, accepted: bool, because: str
) -> PriorityProposal:
    """Record what the meeting decided; what is accepted becomes an adjustment of the plan, on which
    the college decides.

    Raises
    ------
    ValidationError
        When somebody decided on it in the meantime.
    """
    current = PriorityProposal.objects.select_for_update().get(pk=proposal.pk)
    if current.state != ProposalState.PROPOSED:
        raise ValidationError(f"Dit voorstel is intussen al {current.get_state_display()}.")
    current.state = ProposalState.ACCEPTED if accepted else ProposalState.REJECTED
    current.meeting, current.decided_because = meeting, because
    if accepted:
        current.adjustment = _adjustment(current, meeting)
    current.save()
    words = f"Prioriteit '{current.title}' {current.get_state_display()}." + (
        f" Reden: {because}" if because else ""
    )
    MeetingDecision.objects.create(
        municipality=current.municipality,
        meeting=meeting,
        signal=current.signal,
        text=words[:500],
        settled=True,
    )
    meeting.touch()
    PRIORITY_DECIDED.tell(PriorityDecided(current))
    return current


def _adjustment(proposal: PriorityProposal, meeting: Meeting) -> Adjustment:
    line = proposal.priority
    new: dict[str, Value] = {"title": proposal.title}
    if proposal.description or line is None:
        new["description"] = proposal.description
    old = {name: getattr(line, name) for name in new} if line is not None else {}
    if line is None:
        new |= {"kind": PriorityKind.PRIORITY.value, "number": proposal.plan.priorities.count() + 1}
    differing = {name: value for name, value in new.items() if old.get(name) != value}
    before = FieldValues(values={k: old[k] for k in differing if k in old})
    return Adjustment.objects.create(
        municipality=proposal.municipality,
        plan=proposal.plan,
        kind="prioriteit",
        line=line.pk if line else None,
        parent=proposal.plan_id,
        title=str(line or proposal.title),
        old=before,
        new=FieldValues(values=differing),
        reason=f"{proposal.reason} (overgenomen in het {meeting})",
        proposed_by=proposal.proposed_by,
    )


def next_strategic(municipality: Municipality) -> Meeting | None:
    """Where an open proposal comes on the agenda."""
    planned = Meeting.objects.of(municipality).filter(kind="strategic", state="planned")
    return planned.order_by("date").first()
