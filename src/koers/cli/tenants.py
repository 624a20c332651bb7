"""For which municipalities this installation works: those of the plans, of the command and of monthly figures."""

from koers.apps.people.models import Municipality
from koers.apps.plan.services.bundled import bundled_plans, load_plan
from koers.figures.queries.area_list import list_areas
from koers.figures.queries.coverage import coverage


def municipalities_at_work(store, asked: str | None, loaded) -> list[Municipality]:
    """Make or find the municipalities, load their bundled plans, and put the one asked for first."""
    names = {area.code: area.name for area in list_areas(store, level="municipality")}
    fictitious = {s.manifest.table for s in store.current() if s.manifest.fictitious}
    example_codes = set()
    for plan in bundled_plans():
        if plan.fictitious and not fictitious:
            continue
        load_plan(plan)
        if plan.fictitious:
            example_codes.add(plan.municipality.code)
    for code in _with_monthly_neighbourhoods(store, fictitious) | ({asked} if asked else set()):
        Municipality.objects.get_or_create(code=code, defaults={"name": names.get(code, code)})
    first = asked or (next(iter(sorted(example_codes)), None) if loaded.fictitious else None) or _default_code()
    Municipality.objects.exclude(code=first).update(primary=False)
    Municipality.objects.filter(code=first).update(primary=True)
    return list(Municipality.objects.all())


def _with_monthly_neighbourhoods(store, fictitious: set[str]) -> set[str]:
    return {
        code
        for entry in coverage(store)
        if entry.level == "neighbourhood" and entry.frequency == "month" and entry.table not in fictitious
        for code in entry.municipalities
    }


def _default_code() -> str:
    from koers.apps.plan.services.bundled import default_municipality

    return default_municipality()
