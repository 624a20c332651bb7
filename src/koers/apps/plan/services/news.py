"""Which lines stand still: nobody owns them, or nothing was heard of them since the last meeting
but one.

News of a line is a change in its history (of a measure also in that of its actions), or that a
meeting spoke of it. When the meetings were, and of which lines they spoke, is told by the meetings,
which come later in the loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from koers.apps.people.models import Municipality
from koers.apps.plan.models import Action, Measure
from koers.apps.plan.places import HEARD, Heard
from koers.apps.plan.services.owners import AnyStep, under_way, without_owner


def heard(municipality: Municipality) -> Heard | None:
    """What the meetings tell; None while fewer than two were held."""
    return HEARD.ask(municipality)


def without_news(lines: QuerySet[AnyStep], known: Heard | None) -> QuerySet[AnyStep]:
    """Those under way of which nothing was heard; none while fewer than two meetings were held."""
    if known is None:
        return lines.none()
    changed = lines.model.history.filter(history_date__gte=known.moment)
    old = under_way(lines).filter(created_at__lt=known.moment).exclude(pk__in=changed.values("id"))
    if lines.model is Action:
        return old.exclude(pk__in=known.actions)
    steps = Action.history.filter(history_date__gte=known.moment).exclude(measure_id=None)
    return old.exclude(pk__in=steps.values("measure_id")).exclude(pk__in=known.measures)


@dataclass(frozen=True)
class StandingStill:
    """How many lines of a municipality stand still, measures and actions apart."""

    measures_without_owner: int
    actions_without_owner: int
    measures_without_news: int
    actions_without_news: int
    since: date | None


def standing_still(municipality: Municipality, known: Heard | None) -> StandingStill:
    measures, actions = Measure.objects.of(municipality), Action.objects.of(municipality)
    return StandingStill(
        measures_without_owner=without_owner(measures, municipality).count(),
        actions_without_owner=without_owner(actions, municipality).count(),
        measures_without_news=without_news(measures, known).count() if known else 0,
        actions_without_news=without_news(actions, known).count() if known else 0,
        since=known.since if known else None,
    )
