"""What other municipalities share with this one: they let it be read, and nobody here can change
it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from koers.apps.people.models import Municipality
from koers.apps.plan.models import Measure, Plan


def shared_plans(municipality: Municipality) -> QuerySet[Plan]:
    found = Plan.objects.filter(shared_with=municipality, archived_at=None)
    return found.exclude(municipality=municipality).select_related("municipality")


def shared_measures(municipality: Municipality) -> QuerySet[Measure]:
    """Measures that are shared by themselves; examples that nobody adopted are not."""
    return _standing(municipality).filter(shared_with=municipality).distinct()


def readable_measures(municipality: Municipality) -> QuerySet[Measure]:
    """Measures shared by themselves or with their plan."""
    by_plan = Q(priority__plan__in=shared_plans(municipality))
    return _standing(municipality).filter(Q(shared_with=municipality) | by_plan).distinct()


def measures_in_common(municipality: Municipality) -> QuerySet[Measure]:
    """Measures that others let this municipality read, and its own that it lets others read. What a
    municipality keeps to itself is not in common, not for itself either."""
    others = Municipality.objects.exclude(pk=municipality.pk)
    given = Q(shared_with__in=others) | Q(priority__plan__shared_with__in=others)
    own = _all_standing().filter(given, municipality=municipality)
    read = readable_measures(municipality)
    return _all_standing().filter(Q(pk__in=own.values("pk")) | Q(pk__in=read.values("pk")))


def _standing(municipality: Municipality) -> QuerySet[Measure]:
    found = _all_standing().exclude(municipality=municipality)
    return found.select_related("municipality", "priority__plan")


def _all_standing() -> QuerySet[Measure]:
    return Measure.objects.filter(
        archived_at=None,
        priority__archived_at=None,
        priority__plan__archived_at=None,
        adoption="adopted",
    )
