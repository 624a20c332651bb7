"""The life of a signal after it was handled: closed by a person, and counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from koers.apps.meetings.models import SignalOutcome, Usefulness
from koers.apps.people.models import Municipality
from koers.apps.picture.models import Signal, SignalState
from koers.apps.plan.models import ActionState

DEFINITION = (
    "Een signaal telt als nuttig als het is opgepakt en er iets van kwam: ten minste één actie die"
    " gedaan is, of een maatregel. Zei degene die het afsloot dat het niet nuttig was, dan telt het"
    " niet mee. Hetzelfde signaal in een ander gebied of over een andere periode telt niet nog een"
    " keer."
)


@dataclass(frozen=True)
class Tally:
    """What became of the signals of one month or kind; ``rest`` is what nobody handled yet."""

    name: str
    number: int
    rest: int
    taken_up: int
    set_aside: int
    closed: int
    led_somewhere: int
    useful: int

    @property
    def handled(self) -> int:
        return self.number - self.rest

    @property
    def share(self) -> float | None:
        """Useful ones among the handled, in percent; None where nothing was handled."""
        return round(100 * self.useful / self.handled, 1) if self.handled else None


@transaction.atomic
def close(signal: Signal, usefulness: str, note: str) -> SignalOutcome:
    """Close a signal that was taken up, once its actions are done or dropped.

    Raises
    ------
    ValidationError
        When it was not taken up, or something is still open.
    """
    current = Signal.objects.select_for_update().get(pk=signal.pk)
    if current.state != SignalState.TAKEN_UP:
        raise ValidationError(
            f"Alleen een opgepakt signaal is af te sluiten; dit is {current.get_state_display()}."
        )
    if current.actions.filter(archived_at=None, state=ActionState.OPEN).exists():
        raise ValidationError("Er staan nog acties open. Rond die eerst af of laat ze vervallen.")
    outcome, _ = SignalOutcome.objects.update_or_create(
        signal=current,
        defaults={
            "municipality": current.municipality,
            "usefulness": usefulness,
            "note": note,
            "archived_at": None,
        },
    )
    current.state = SignalState.CLOSED
    current.save()
    return outcome


@transaction.atomic
def reopen(signal: Signal) -> None:
    """Undo of closing: taken up again, without an outcome."""
    current = Signal.objects.select_for_update().get(pk=signal.pk)
    if current.state == SignalState.CLOSED:
        for outcome in SignalOutcome.objects.filter(signal=current):
            outcome.archive()
        current.state = SignalState.TAKEN_UP
        current.save()


def signals_of(municipality: Municipality) -> list[Signal]:
    """Those that stand by themselves: the same rise in another window or area is not counted
    again."""
    found = Signal.objects.of(municipality).filter(main=True).select_related("outcome")
    return list(found.prefetch_related("actions"))


def led_somewhere(signal: Signal) -> bool:
    """Whether an action was done or a measure came of it."""
    actions = [a for a in signal.actions.all() if a.archived_at is None]
    return any(a.state == ActionState.DONE or a.measure_id for a in actions)


def was_useful(signal: Signal) -> bool:
    outcome = getattr(signal, "outcome", None)
    said = outcome.usefulness if outcome is not None and outcome.archived_at is None else ""
    return led_somewhere(signal) and said != Usefulness.NOT_USEFUL


def tally(name: str, signals: Iterable[Signal]) -> Tally:
    found = list(signals)
    states = [s.state for s in found]
    return Tally(
        name,
        len(found),
        states.count(SignalState.NEW),
        states.count(SignalState.TAKEN_UP),
        states.count(SignalState.SET_ASIDE),
        states.count(SignalState.CLOSED),
        sum(map(led_somewhere, found)),
        sum(map(was_useful, found)),
    )
