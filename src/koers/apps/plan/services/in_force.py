"""Which plan counts on a day: the one rule for every page, document and command."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Min, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from koers.apps.people.access import WorkRequest
from koers.apps.people.models import Municipality
from koers.apps.plan.models import Plan, PlanState
from koers.plain_text import whole_number


def plan_in_force(municipality: Municipality, day: date | None = None) -> Plan | None:
    """The adopted plan whose years hold this day (today), from the day on which it was adopted.

    Of several it is the one that began last; a draft is never in force.
    """
    day = day or timezone.localdate()
    running = Q(start_year__lte=day.year, end_year__gte=day.year)
    return _adopted(municipality, day).filter(running).first()


def plan_at_hand(municipality: Municipality, day: date | None = None) -> Plan | None:
    """The plan in which people work: the one in force; without one the plan that was adopted last,
    and where none ever was the newest draft."""
    day = day or timezone.localdate()
    return (
        plan_in_force(municipality, day)
        or _adopted(municipality, day).first()
        or Plan.objects.of(municipality).first()
    )


def _adopted(municipality: Municipality, day: date) -> QuerySet[Plan]:
    """Plans adopted by then, the newest first; of one without a version it is not known since
    when."""
    found = Plan.objects.of(municipality).filter(state=PlanState.ADOPTED)
    since = found.annotate(since=Min("versions__adopted_on"))
    by_then = since.filter(Q(since=None) | Q(since__lte=day))
    return by_then.order_by("-start_year", F("since").desc(nulls_last=True), "-pk")


def plan_asked(request: WorkRequest) -> Plan | None:
    """The plan that ``?plan=KEY`` names, else the one at hand."""
    key = request.GET.get("plan", "")
    if whole_number(key) is None:
        return plan_at_hand(request.municipality)
    return get_object_or_404(Plan.objects.of(request.municipality), pk=key)
