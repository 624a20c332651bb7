"""For which municipalities this installation works: those of the plans, of the command and of
monthly figures."""

from __future__ import annotations

from koers.apps.people.models import Municipality
from koers.apps.plan.services.bundled import bundled_plans, default_municipality, load_plan
from koers.apps.publication.services.publishing import publish_example
from koers.cli.setup import Loaded
from koers.figures.queries.area_list import list_areas
from koers.figures.queries.coverage import coverage
from koers.figures.store import FigureStore


def municipality_before() -> str | None:
    """The municipality for which this site was started before, an invented one apart."""
    found = Municipality.objects.filter(primary=True, fictitious=False).first()
    return found.code if found else None


def municipalities_at_work(
    store: FigureStore, asked: str | None, loaded: Loaded
) -> list[Municipality]:
    """Make or find the municipalities, load their bundled plans, and put the one first for which
    this site works: the one asked for, the one of before, the example, or the default.

    A site for another municipality than the default is for that one alone: neither the bundled plan
    nor its neighbours appear on it.
    """
    names = {area.code: area.name for area in list_areas(store, level="municipality")}
    invented = {s.manifest.table for s in store.current() if s.manifest.fictitious}
    examples = [p for p in bundled_plans() if p.fictitious and invented]
    shown = examples[0].municipality.code if examples and loaded.fictitious else None
    first = asked or municipality_before() or shown or default_municipality()
    for plan in bundled_plans():
        if plan in examples or (not plan.fictitious and plan.municipality.code == first):
            made = load_plan(plan)
            if plan in examples:
                publish_example(made)
    neighbours = (
        _with_monthly_neighbourhoods(store, invented)
        if first in (shown, default_municipality())
        else set()
    )
    for code in neighbours | {first}:
        Municipality.objects.get_or_create(code=code, defaults={"name": names.get(code, code)})
    Municipality.objects.exclude(code=first).update(primary=False)
    Municipality.objects.filter(code=first).update(primary=True)
    return list(Municipality.objects.all())


def _with_monthly_neighbourhoods(store: FigureStore, fictitious: set[str]) -> set[str]:
    return {
        code
        for entry in coverage(store)
        if entry.level == "neighbourhood"
        and entry.frequency == "month"
        and entry.table not in fictitious
        for code in entry.municipalities
    }
