"""What other municipalities share with this one, to read; beside it one's own figures."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from koers.apps.downloads import page
from koers.apps.people.access import allow
from koers.apps.picture.bars import asked_of
from koers.apps.picture.tables import readings as readings_table
from koers.apps.plan.services.areas import area_names
from koers.apps.plan.services.sharing import readable_measures, shared_measures, shared_plans
from koers.apps.plan.views.measures import readings_of
from koers.tables import NUMBER, Column, Table

PLANS = (
    Column("plan", "Plan", str),
    Column("municipality", "Gemeente", lambda p: str(p.municipality)),
    Column("start_year", "Van", kind=NUMBER),
    Column("end_year", "Tot en met", kind=NUMBER),
    Column("state", "Staat", "get_state_display"),
)
MEASURES = (
    Column("title", "Maatregel"),
    Column("municipality", "Gemeente", lambda m: str(m.municipality)),
    Column("priority", "Prioriteit", lambda m: str(m.priority)),
    Column("kind", "Soort", "get_kind_display"),
    Column("state", "Staat", "get_state_display"),
)


@allow("plan.view_plan")
def index(request):
    plans = list(shared_plans(request.municipality))
    measures = list(shared_measures(request.municipality))
    listed = [
        Table("plannen", "Plannen die met ons zijn gedeeld", PLANS, plans),
        Table("maatregelen", "Maatregelen die met ons zijn gedeeld", MEASURES, measures),
    ]
    return page(request, "plan/shared.html", {"plans": plans, "measures": measures}, listed)


@allow("plan.view_plan")
def plan(request, pk):
    """A plan of another municipality, with the same indicators here."""
    found = get_object_or_404(shared_plans(request.municipality), pk=pk)
    measures = readable_measures(request.municipality).filter(priority__plan=found)
    lines = [
        {
            "priority": line,
            "measures": [m for m in measures if m.priority_id == line.pk],
            "goals": [
                {"goal": goal, "asked": asked_of(goal.aim)}
                for goal in line.goals.filter(archived_at=None, adoption="adopted").select_related(
                    "municipality"
                )
            ],
            "readings": readings_of(request, line.indicators),
        }
        for line in found.lines.filter(archived_at=None)
    ]
    under = [m for entry in lines for m in entry["measures"]]
    table = Table("maatregelen", f"Maatregelen van {found}", MEASURES, under)
    return page(request, "plan/shared_plan.html", {"plan": found, "lines": lines}, [table])


@allow("plan.view_plan")
def measure(request, pk):
    """A measure of another municipality, with the figures of its indicators here."""
    found = get_object_or_404(readable_measures(request.municipality), pk=pk)
    readings = readings_of(request, found.topics or found.priority.indicators)
    context = {
        "measure": found,
        "areas": area_names(found.areas),
        "partners": found.partners.filter(archived_at=None),
        "readings": readings,
    }
    table = readings_table("cijfers", f"Onze cijfers bij {found}", readings)
    return page(request, "plan/shared_measure.html", context, [table])
