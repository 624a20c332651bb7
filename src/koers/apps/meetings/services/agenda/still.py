"""Measures under way of which nothing was heard."""

from __future__ import annotations

from datetime import date

from koers.apps.people.models import Municipality
from koers.apps.plan.models import Measure, MeasureState


def measures_without_news(municipality: Municipality, since: date) -> list[Measure]:
    """Adopted measures that run, while neither they nor one of their actions changed since this day."""
    running = (
        Measure.objects.of(municipality)
        .adopted()
        .filter(state__in=(MeasureState.RUNNING, MeasureState.AT_RISK), created_at__date__lt=since)
    )
    news = set(Measure.history.filter(history_date__date__gte=since).values_list("id", flat=True))
    news |= set(Measure.actions.rel.related_model.history.filter(history_date__date__gte=since)
                .values_list("measure_id", flat=True))  # fmt: skip
    return [m for m in running.prefetch_related("priority") if m.pk not in news]
