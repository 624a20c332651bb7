"""Keep, adjust or stop: what an evaluation proposes to the next strategic meeting, and what that
decides."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from koers.analysis.effects.verdict import Verdict
from koers.apps.evaluation.judged import Caveat, Judged
from koers.apps.evaluation.models import Course, Evaluation, Proposal
from koers.apps.intake.background import RunState
from koers.apps.meetings.models import Meeting, MeetingDecision, MeetingKind, MeetingState
from koers.apps.people.models import Municipality
from koers.apps.plan.models import Action, ActionState, Adoption, Measure, MeasureState


def course_of(judged: Judged) -> tuple[Course, str]:
    """What follows from a verdict, with the reason in plain Dutch: nothing strong from one with
    caveats."""
    if judged.weak:
        return _weak(judged)
    found = judged.result.main
    if judged.verdict == Verdict.BACKFIRES:
        return Course.STOP, "Er gebeurt aantoonbaar meer dan zonder de maatregel te verwachten was."
    if judged.verdict == Verdict.WORKS:
        return Course.KEEP, "De maatregel werkt aantoonbaar."
    if judged.verdict == Verdict.PROBABLY:
        return Course.KEEP, "De maatregel werkt waarschijnlijk. Kijk later opnieuw."
    if found.upper_80 is not None and found.upper_80 < 0:
        return (
            Course.ADJUST,
            (
                "In de gebieden zelf daalde het, maar in de ring steeg het even hard: het lijkt"
                " zich te verplaatsen."
            ),
        )
    if judged.verdict == Verdict.NOTHING:
        return (
            Course.ADJUST,
            "De verwachte daling was te zien geweest als zij er was, en zij is er niet.",
        )
    return (
        Course.ADJUST,
        (
            "Ook na de hele termijn is niet te zeggen of de maatregel werkt. Maak haar groter of"
            " langer, of meet iets dat vaker voorkomt."
        ),
    )


def _weak(judged: Judged) -> tuple[Course, str]:
    if Caveat.INTERIM in judged.caveats:
        horizon = judged.result.horizon
        return Course.WAIT, f"De termijn van {horizon} maanden is nog niet om. Kijk dan opnieuw."
    return (
        Course.LOOK,
        "Op dit oordeel alleen is niets te besluiten: zoek eerst uit wat er bij staat.",
    )


def judged_of(evaluation: Evaluation) -> Judged:
    """What an evaluation that is done found, with its caveats."""
    assert evaluation.result is not None
    return Judged(evaluation.result, evaluation.parameters)


def propose(evaluation: Evaluation) -> Proposal:
    """The proposal of an evaluation that is done; an older one on which nothing was decided makes
    room for it."""
    older = Proposal.objects.of(evaluation.municipality).filter(
        evaluation__measure=evaluation.measure, decision=""
    )
    for proposal in older:
        proposal.archive()
    course, why = course_of(judged_of(evaluation))
    return Proposal.objects.create(
        municipality=evaluation.municipality, evaluation=evaluation, course=course, why=why
    )


def next_meeting(municipality: Municipality) -> Meeting | None:
    """The strategic meeting on whose paper open proposals stand."""
    planned = Meeting.objects.of(municipality).filter(
        kind=MeetingKind.STRATEGIC, state=MeetingState.PLANNED
    )
    return planned.order_by("date").first()


def open_proposals(municipality: Municipality) -> QuerySet[Proposal]:
    """Those on which nothing was decided, of measures that were adopted."""
    return (
        Proposal.objects.of(municipality)
        .filter(
            decision="",
            evaluation__state=RunState.DONE,
            evaluation__measure__adoption=Adoption.ADOPTED,
            evaluation__measure__archived_at=None,
        )
        .select_related("evaluation__measure")
    )


def on_paper(meeting: Meeting) -> list[Proposal]:
    """What this meeting has to decide on: all that is open, on the first strategic meeting to
    come."""
    first = next_meeting(meeting.municipality)
    return (
        list(open_proposals(meeting.municipality))
        if first is not None and first.pk == meeting.pk
        else []
    )


@transaction.atomic
def decide(proposal: Proposal, meeting: Meeting, course: str, reason: str) -> None:
    """Record what the meeting decided and why; a measure that stops is stopped, one to adjust gets
    an action.

    Raises
    ------
    ValidationError
        When somebody else recorded a decision in the meantime.
    """
    current = (
        Proposal.objects.select_for_update()
        .select_related("evaluation__measure")
        .get(pk=proposal.pk)
    )
    if current.decision:
        raise ValidationError(
            f"Hierover is intussen al besloten: {current.get_decision_display()}. Ververs de"
            " pagina."
        )
    current.decision, current.reason, current.meeting = course, reason, meeting
    current.decided_at = timezone.now()
    measure = current.evaluation.measure
    current.state_before = measure.state
    judged = judged_of(current.evaluation)
    after = f" (Oordeel van Koers: {judged}.)"
    words = f"Maatregel '{measure}': {Course(course).label}. Reden: {reason}"[: 500 - len(after)]
    MeetingDecision.objects.create(
        municipality=measure.municipality, meeting=meeting, text=words + after, settled=True
    )
    if course == Course.STOP:
        measure.state = MeasureState.STOPPED
        measure.save()
    elif course == Course.ADJUST:
        current.action = _adjustment(measure)
        meeting.actions.add(current.action)
    current.save()


@transaction.atomic
def take_back(proposal: Proposal, why: str) -> None:
    """Open a decision again; what it changed goes back as far as nobody changed it since. What was
    decided stays with the meeting, and beside it that it was taken back.

    Raises
    ------
    ValidationError
        When nothing was decided, or somebody else took it back in the meantime.
    """
    current = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("evaluation__measure", "meeting", "action")
        .get(pk=proposal.pk)
    )
    if not current.decision:
        raise ValidationError("Hierover staat geen besluit meer open om terug te nemen.")
    measure, was = current.evaluation.measure, Course(current.decision).label
    if current.decision == Course.STOP and measure.state == MeasureState.STOPPED:
        measure.state = current.state_before or MeasureState.RUNNING
        measure.save()
    if current.action is not None and current.action.state == ActionState.OPEN:
        current.action.archive()
    meeting = next_meeting(measure.municipality) or current.meeting
    if meeting is not None:
        words = f"Teruggenomen: maatregel '{measure}', {was}. Waarom: {why}"
        MeetingDecision.objects.create(
            municipality=measure.municipality, meeting=meeting, text=words[:500], settled=True
        )
    current.taken_back = f"{was}. Waarom teruggenomen: {why}"
    current.decision, current.reason, current.state_before = "", "", ""
    current.meeting, current.decided_at, current.action = None, None, None
    current.save()


def _adjustment(measure: Measure) -> Action:
    return Action.objects.create(
        municipality=measure.municipality,
        measure=measure,
        title=f"Werk de bijstelling uit: {measure}"[:200],
        owner=measure.owner,
        owner_department=measure.owner_department,
    )
