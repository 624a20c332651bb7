"""Lines that nobody owns, visible to everyone since they are the ones that stand still; and what a
person has to do."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from koers.apps.people.colleagues import colleagues
from koers.apps.people.models import Municipality, User
from koers.apps.plan.models import Action, ActionState, Adoption, Measure, MeasureState

AnyStep = TypeVar("AnyStep", bound=Measure | Action)
ENDED = (MeasureState.STOPPED, MeasureState.DONE)


def under_way(lines: QuerySet[AnyStep]) -> QuerySet[AnyStep]:
    """Adopted measures that have not ended, or adopted actions that are open: of these somebody
    should hear."""
    adopted = lines.filter(adoption=Adoption.ADOPTED)
    if lines.model is Action:
        return adopted.filter(state=ActionState.OPEN)
    return adopted.exclude(state__in=ENDED)


def without_owner(lines: QuerySet[AnyStep], municipality: Municipality) -> QuerySet[AnyStep]:
    """Those under way without a department, and without a person or with one who left."""
    return under_way(lines).filter(owner_department="").exclude(owner__in=colleagues(municipality))


def lines_without_owner(municipality: Municipality) -> list[Measure | Action]:
    return [
        line
        for model in (Measure, Action)
        for line in without_owner(model.objects.of(municipality), municipality)
    ]


def own_open_actions(user: User, municipality: Municipality) -> list[Action]:
    """What this person has still to do here, soonest first."""
    own = Action.objects.of(municipality).adopted().filter(state=ActionState.OPEN, owner=user)
    return sorted(
        own, key=lambda a: (a.due is None, a.due or timezone.localdate(a.created_at), a.title)
    )
