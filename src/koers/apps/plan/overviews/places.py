"""What is done where, and with whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from koers.apps.intake.archive import public_shelf
from koers.apps.people.access import WorkRequest
from koers.apps.people.models import Municipality
from koers.apps.picture.models import Signal, SignalState
from koers.apps.plan.models import Action, ActionState, Measure, Partner
from koers.apps.plan.overviews.filters import in_area
from koers.apps.plan.overviews.rows import actions_of, measures_of
from koers.apps.plan.services.areas import area_names, areas_within
from koers.apps.plan.services.owners import ENDED
from koers.figures.areas import Area
from koers.tables import NUMBER, Column, Table


@dataclass(frozen=True)
class AreaSummary:
    """``signals`` is None for who may not see signals."""

    code: str
    name: str
    measures: int
    actions: int
    signals: int | None


def areas_of(request: WorkRequest) -> list[AreaSummary]:
    """The neighbourhoods of the municipality at hand, and whatever other area a measure is for; by
    name."""
    municipality = request.municipality
    lines = (
        Measure.objects.of(municipality).filter(priority__archived_at=None).exclude(state__in=ENDED)
    )
    open_steps = Count(
        "actions", filter=Q(actions__archived_at=None, actions__state=ActionState.OPEN)
    )
    measures: Counter[str] = Counter()
    actions: Counter[str] = Counter()
    for codes, steps in lines.annotate(open_steps=open_steps).values_list("areas", "open_steps"):
        for code in set(codes):
            measures[code] += 1
            actions[code] += steps
    loose = (
        Action.objects.of(municipality)
        .filter(state=ActionState.OPEN, measure=None)
        .exclude(signal=None)
    )
    actions.update(loose.values_list("signal__area_code", flat=True))
    signals = _new_signals(request)
    names = {a.code: a.name for a in areas_within(municipality.code) if a.level == "neighbourhood"}
    codes = list({*measures, *actions})
    names |= dict(zip(codes, area_names(codes), strict=True))
    found = [
        AreaSummary(
            code, name, measures[code], actions[code], None if signals is None else signals[code]
        )
        for code, name in names.items()
    ]
    return sorted(found, key=lambda a: a.name)


def _new_signals(request: WorkRequest) -> Counter[str] | None:
    if not request.user.has_perm("picture.view_signals", request.municipality):
        return None
    new = Signal.objects.of(request.municipality).filter(state=SignalState.NEW, main=True)
    return Counter(new.values_list("area_code", flat=True))


def area_or_none(municipality: Municipality, code: str) -> Area | None:
    """An area in this municipality, or one of which a measure here names the code."""
    shelf = public_shelf()
    found = shelf.areas.get(code)
    if found is not None and shelf.municipality_of(found) == municipality.code:
        return found
    if not in_area(Measure.objects.of(municipality), code).exists():
        return None
    return found or Area(code, code, "neighbourhood", "", None, None, "")


def lines_in(municipality: Municipality, code: str) -> tuple[QuerySet[Measure], QuerySet[Action]]:
    """The measures for this area, and the actions of those and of its signals."""
    lines = in_area(measures_of(municipality), code)
    here = in_area(Measure.objects.of(municipality), code).values("pk")
    return lines, actions_of(municipality).filter(Q(measure__in=here) | Q(signal__area_code=code))


def signals_in(request: WorkRequest, code: str) -> list[Signal]:
    """Its signals that are new or taken up, for those who may see signals."""
    if not request.user.has_perm("picture.view_signals", request.municipality):
        return []
    live = (SignalState.NEW, SignalState.TAKEN_UP)
    return list(
        Signal.objects.of(request.municipality).filter(area_code=code, state__in=live, main=True)[
            :25
        ]
    )


def partners_of(municipality: Municipality) -> QuerySet[Partner]:
    """The partners, with how many measures under way each takes part in and how many actions of
    those are open."""
    live = Q(measures__archived_at=None) & ~Q(measures__state__in=ENDED)
    steps = live & Q(measures__actions__archived_at=None, measures__actions__state=ActionState.OPEN)
    return Partner.objects.of(municipality).annotate(
        under_way=Count("measures", filter=live, distinct=True),
        open_steps=Count("measures__actions", filter=steps, distinct=True),
    )


AREAS = (
    Column("name", "Buurt", link=lambda a: reverse("plan:area", args=[a.code])),
    Column("measures", "Maatregelen", kind=NUMBER),
    Column("actions", "Acties open", kind=NUMBER),
)
NEW_SIGNALS = Column("signals", "Nieuwe signalen", kind=NUMBER)
PARTNERS = (
    Column("name", "Partner", link=lambda p: reverse("plan:partner", args=[p.pk])),
    Column("description", "Rol"),
    Column("under_way", "Maatregelen", kind=NUMBER),
    Column("open_steps", "Acties open", kind=NUMBER),
)
SIGNALS = (
    Column("signal", "Signaal", str, link=lambda s: reverse("picture:signal", args=[s.pk])),
    Column("state", "Staat", "get_state_display"),
)


def areas_table(found: Sequence[AreaSummary]) -> Table:
    with_signals = any(a.signals is not None for a in found)
    return Table(
        "buurten",
        "Wat er per buurt gebeurt",
        (*AREAS, *([NEW_SIGNALS] if with_signals else [])),
        found,
        empty=(
            "Er zijn nog geen buurten bekend: er zijn geen cijfers per buurt en geen maatregelen"
            " met een gebied."
        ),
    )


def partners_table(found: QuerySet[Partner]) -> Table:
    return Table(
        "partners",
        "Wat er met elke partner gebeurt",
        PARTNERS,
        found,
        empty="Er zijn nog geen partners in het plan.",
    )


def signals_table(found: Sequence[Signal], where: str) -> Table:
    return Table("signalen", f"Signalen in {where}", SIGNALS, found)
