"""What other municipalities share with this one, to read; beside it one's own figures."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from koers.apps.downloads import Download, page
from koers.apps.people.access import allow
from koers.apps.plan import exports
from koers.apps.plan.services.areas import area_names
from koers.apps.plan.services.sharing import readable_measures, shared_measures, shared_plans
from koers.apps.plan.views.measures import readings_of

PLAN_COLUMNS = ("Plan", "Gemeente", "Van", "Tot en met", "Staat")
MEASURE_COLUMNS = ("Maatregel", "Gemeente", "Prioriteit", "Soort", "Staat")


@allow("plan.view_plan")
def index(request):
    plans = list(shared_plans(request.municipality))
    measures = list(shared_measures(request.municipality))
    rows = [(str(p), str(p.municipality), p.start_year, p.end_year, p.get_state_display()) for p in plans]
    tables = [
        Download("plannen", "Plannen die met ons zijn gedeeld", PLAN_COLUMNS, rows),
        Download("maatregelen", "Maatregelen die met ons zijn gedeeld", MEASURE_COLUMNS, [_row(m) for m in measures]),
    ]
    return page(request, "plan/shared.html", {"plans": plans, "measures": measures}, tables)


def _row(measure) -> tuple:
    return (measure.title, str(measure.municipality), str(measure.priority), measure.get_kind_display(),
            measure.get_state_display())  # fmt: skip


@allow("plan.view_plan")
def plan(request, pk):
    """A plan of another municipality, with the same indicators here."""
    found = get_object_or_404(shared_plans(request.municipality), pk=pk)
    measures = readable_measures(request.municipality).filter(priority__plan=found)
    lines = [
        {
            "priority": line,
            "measures": [m for m in measures if m.priority_id == line.pk],
            "goals": line.goals.filter(archived_at=None, adoption="adopted"),
            "readings": readings_of(request.municipality.code, line.indicators),
        }
        for line in found.lines.filter(archived_at=None)
    ]
    rows = [_row(m) for entry in lines for m in entry["measures"]]
    table = Download("maatregelen", f"Maatregelen van {found}", MEASURE_COLUMNS, rows)
    return page(request, "plan/shared_plan.html", {"plan": found, "lines": lines}, [table])


@allow("plan.view_plan")
def measure(request, pk):
    """A measure of another municipality, with the figures of its indicators here."""
    found = get_object_or_404(readable_measures(request.municipality), pk=pk)
    readings = readings_of(request.municipality.code, found.topics or found.priority.indicators)
    context = {
        "measure": found,
        "areas": area_names(found.areas),
        "partners": found.partners.filter(archived_at=None),
        "readings": readings,
    }
    table = exports.readings(readings, f"Onze cijfers bij {found}")
    return page(request, "plan/shared_measure.html", context, [table])
