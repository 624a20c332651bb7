"""Which lines stand still: nobody owns them, or nothing was heard of them since the last meeting but one.

News of a line is a change in its history (of a measure also in that of its actions), or that a meeting spoke of it. When the
meetings were, and of which lines they spoke, is told by the meetings, which come later in the loop.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils import timezone

from koers.apps.people.registry import panels
from koers.apps.plan.models import Action, Measure
from koers.apps.plan.services.owners import under_way, without_owner


@dataclass(frozen=True)
class Heard:
    """``since`` is the day of the last operational meeting but one that was held; the others are the keys of lines of which a
    meeting spoke since then.
    """

    since: date
    measures: frozenset[int] = field(default=frozenset())
    actions: frozenset[int] = field(default=frozenset())

    @property
    def moment(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.since, time.min))


def heard(request, municipality) -> Heard | None:
    """What the meetings tell; None while fewer than two were held."""
    return next(iter(panels("plan.heard", request, municipality)), None)


def without_news(lines, known: Heard | None):
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


def standing_still(municipality, known: Heard | None) -> StandingStill:
    measures, actions = Measure.objects.of(municipality), Action.objects.of(municipality)
    return StandingStill(
        measures_without_owner=without_owner(measures, municipality).count(),
        actions_without_owner=without_owner(actions, municipality).count(),
        measures_without_news=without_news(measures, known).count() if known else 0,
        actions_without_news=without_news(actions, known).count() if known else 0,
        since=known.since if known else None,
    )
