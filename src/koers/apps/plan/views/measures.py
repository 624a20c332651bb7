"""A measure with all that is known of it."""

from django.shortcuts import get_object_or_404

from koers.apps.downloads import Download, page
from koers.apps.people.access import allow
from koers.apps.people.colleagues import works_in
from koers.apps.people.registry import panels
from koers.apps.picture.readings import reading
from koers.apps.plan import exports
from koers.apps.plan.models import AdjustmentState, Measure
from koers.apps.plan.services.areas import area_names, map_of
from koers.apps.plan.services.content import frozen_fields
from koers.apps.plan.views.pages import may_change
from koers.indicators import load_indicators


@allow("plan.view_plan")
def measure(request, pk):
    found = get_object_or_404(
        Measure.objects.of(request.municipality).select_related("priority__plan", "owner", "deputy", "municipality"),
        pk=pk,
    )
    chart = map_of(request.municipality.code, f"maatregel-{pk}", found.areas, f"Waar: {found}") if found.areas else None
    actions = found.actions.filter(archived_at=None).select_related("owner", "measure", "signal")
    readings = readings_of(request.municipality.code, found.topics)
    context = {
        "measure": found,
        "plan": found.priority.plan,
        "areas": area_names(found.areas),
        "map": chart,
        "actions": actions,
        "readings": readings,
        "shared_with": found.shared_with.all(),
        "owner_left": found.owner is not None and not works_in(found.owner, request.municipality),
        "deputy_left": found.deputy is not None and not works_in(found.deputy, request.municipality),
        "may_change": may_change(request),
        "frozen": bool(frozen_fields(found)),
        "adjustments": found.priority.plan.adjustments.filter(
            kind="maatregel", line=found.pk, state=AdjustmentState.PROPOSED, archived_at=None
        ),
        "panels": panels("plan.measure", request, found),
    }
    tables = [exports.actions(actions, f"Acties van {found}"), exports.readings(readings, f"Cijfers bij {found}")]
    return page(
        request, "plan/measure.html", context, [*tables, *([Download.of_chart("gebieden", chart)] if chart else [])]
    )


def readings_of(municipality: str, indicators) -> list:
    """The figures of a municipality by these indicators; one that Koers no longer knows is left out."""
    known = load_indicators()
    return [reading(municipality, i) for i in indicators if i in known]
