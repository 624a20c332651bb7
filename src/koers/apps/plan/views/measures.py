"""A measure with all that is known of it."""

from django.shortcuts import get_object_or_404

from koers.apps.described import fields_of, names
from koers.apps.downloads import page
from koers.apps.people.access import allow
from koers.apps.people.colleagues import works_in
from koers.apps.picture import tables as picture_tables
from koers.apps.picture.readings import reading
from koers.apps.plan import tables
from koers.apps.plan.models import AdjustmentState, Measure
from koers.apps.plan.places import MEASURE_PANELS, TOOLS
from koers.apps.plan.services.areas import area_names, map_of
from koers.apps.plan.services.content import NOTHING, frozen_fields, in_words, values_of
from koers.apps.plan.services.serving import goals_of, others_of
from koers.apps.plan.views.pages import may_change
from koers.indicators import load_indicators

PLACED = (
    "title",
    "description",
    "kind",
    "state",
    "state_reason",
    "planning",
    "start",
    "end",
    "owner",
    "owner_department",
    "deputy",
    "deputy_department",
    "partners",
    "areas",
    "topics",
    "budget",
    "budget_words",
    "hours",
    "evidence",
    "evidence_source",
    "other_priorities",
    "goals",
    "shared_with",
    "library",
    "adoption",
)
"""What the template shows in a place of its own; what is not here stands among the facts."""


@allow("plan.view_plan")
def measure(request, pk):
    found = get_object_or_404(
        Measure.objects.of(request.municipality).select_related(
            "priority__plan", "owner", "deputy", "municipality"
        ),
        pk=pk,
    )
    chart = (
        map_of(request.municipality.code, f"maatregel-{pk}", found.areas, f"Waar: {found}")
        if found.areas
        else None
    )
    actions = found.actions.filter(archived_at=None).select_related("owner", "measure", "signal")
    readings = readings_of(request, found.topics)
    context = {
        "measure": found,
        "plan": found.priority.plan,
        "areas": area_names(found.areas),
        "map": chart,
        "actions": actions,
        "readings": readings,
        "others": others_of(found),
        "goals": goals_of(found),
        "shared_with": found.shared_with.all(),
        "more": _more(found),
        "owner_left": found.owner is not None and not works_in(found.owner, request.municipality),
        "deputy_left": (
            found.deputy is not None and not works_in(found.deputy, request.municipality)
        ),
        "may_change": may_change(request),
        "frozen": bool(frozen_fields(found)),
        "adjustments": found.priority.plan.adjustments.filter(
            kind="maatregel", line=found.pk, state=AdjustmentState.PROPOSED, archived_at=None
        ),
        "panels": MEASURE_PANELS.all(request, found),
        "tools": TOOLS.all(request, found),
    }
    listed = [
        tables.actions(actions, f"Acties van {found}"),
        picture_tables.readings("cijfers", f"Cijfers bij {found}", readings),
        *([chart.table("gebieden")] if chart else []),
    ]
    return page(request, "plan/measure.html", context, listed)


def _more(measure: Measure) -> list[tuple[str, str]]:
    """The fields for which the page has no place of their own, where they say something."""
    rest = [field for field in fields_of(Measure) if field.name not in PLACED]
    values = values_of(measure, names(rest))
    said = [(f.label, in_words("maatregel", f.name, values[f.name])) for f in rest]
    return [(label, words) for label, words in said if words != NOTHING]


def readings_of(request, indicators) -> list:
    """The figures of the municipality at hand by these indicators; one that is no longer known is
    left out."""
    known = load_indicators()
    return [
        reading(request.figures, request.municipality.code, i) for i in indicators if i in known
    ]
