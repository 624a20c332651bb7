"""A signal is taken up, as an action or a measure, or set aside with a reason; each can be
undone."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from koers.apps.meetings.models import Meeting, MeetingDecision
from koers.apps.picture.models import Signal, SignalState
from koers.apps.plan.models import Action, Measure, Priority


def _claim(signal: Signal) -> Signal:
    """The signal, locked; refused when somebody else handled it in the meantime."""
    current = Signal.objects.select_for_update().get(pk=signal.pk)
    if current.state != SignalState.NEW:
        raise ValidationError(
            f"Dit signaal is intussen al {current.get_state_display()}. Ververs de pagina."
        )
    return current


def _settle(
    signal: Signal, meeting: Meeting | None, state: SignalState, reason: str, words: str
) -> None:
    signal.state, signal.reason = state, reason
    signal.save()
    if meeting is not None:
        MeetingDecision.objects.create(
            municipality=signal.municipality,
            meeting=meeting,
            signal=signal,
            text=words[:500],
            settled=True,
        )


@transaction.atomic
def take_up_as_action(
    signal: Signal,
    meeting: Meeting | None,
    *,
    title: str,
    owner_department: str = "",
    due: date | None = None,
) -> Action:
    signal = _claim(signal)
    action = Action.objects.create(
        municipality=signal.municipality,
        signal=signal,
        title=title,
        owner_department=owner_department,
        due=due,
    )
    if meeting is not None:
        meeting.actions.add(action)
    _settle(signal, meeting, SignalState.TAKEN_UP, "", f"Opgepakt als actie: {title}")
    return action


@transaction.atomic
def take_up_as_measure(
    signal: Signal, meeting: Meeting | None, *, priority: Priority, title: str
) -> Measure:
    """A new measure under a priority, for the area of the signal, with a first action to work it
    out."""
    signal = _claim(signal)
    measure = Measure.objects.create(
        municipality=signal.municipality, priority=priority, title=title, areas=[signal.area_code]
    )
    action = Action.objects.create(
        municipality=signal.municipality,
        measure=measure,
        signal=signal,
        title=f"Werk uit: {title}"[:200],
    )
    if meeting is not None:
        meeting.actions.add(action)
    _settle(signal, meeting, SignalState.TAKEN_UP, "", f"Opgepakt als maatregel: {title}")
    return measure


@transaction.atomic
def set_aside(signal: Signal, meeting: Meeting | None, *, reason: str) -> None:
    signal = _claim(signal)
    _settle(
        signal,
        meeting,
        SignalState.SET_ASIDE,
        reason,
        f"Terzijde gelegd: {signal}. Reden: {reason}",
    )


@transaction.atomic
def put_back(signal: Signal) -> None:
    """Undo: the signal is new again; what was made of it is archived, not lost."""
    signal = Signal.objects.select_for_update().get(pk=signal.pk)
    for action in signal.actions.filter(archived_at=None):
        measure = action.measure
        if measure is not None and measure.actions.count() == 1:
            measure.archive()
        action.archive()
    for decision in signal.meeting_decisions.filter(archived_at=None):
        decision.archive()
    signal.state, signal.reason = SignalState.NEW, ""
    signal.save()
