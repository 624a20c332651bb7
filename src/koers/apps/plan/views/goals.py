"""A goal with its forecast."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from koers.apps.downloads import as_file, page
from koers.apps.intake.archive import is_internal, sees_internal
from koers.apps.people.access import allow
from koers.apps.picture.readings import reading
from koers.apps.plan.models import AdjustmentState, Goal
from koers.apps.plan.services.areas import area_names
from koers.apps.plan.services.content import frozen_fields
from koers.apps.plan.services.measurable import measurable
from koers.apps.plan.services.outlook import course_of, forecast_chart
from koers.apps.plan.views.pages import may_change
from koers.charts import Chart


@allow("plan.view_plan")
def goal(request, pk):
    """Where it started, where it stands, the chance that it is met, and whether it can be measured
    in time."""
    found = _goal(request, pk)
    course = course_of(request.figures, found)
    read = reading(request.figures, found.area_code or request.municipality.code, found.indicator)
    chart = forecast_chart(request.figures, found)
    context = {
        "goal": found,
        "c": course,
        "plan": found.priority.plan,
        "reading": read,
        "area": area_names([found.area_code])[0] if found.area_code else "hele gemeente",
        "measured": measurable(request.figures, read, found.target, found.due),
        "chart": chart,
        "inside": sees_internal(request, found.municipality),
        "internal": is_internal(found.start_snapshot),
        "may_change": may_change(request),
        "frozen": bool(frozen_fields(found)),
        "adjustments": found.priority.plan.adjustments.filter(
            kind="doel", line=found.pk, state=AdjustmentState.PROPOSED, archived_at=None
        ),
    }
    return page(
        request,
        "plan/goal.html",
        context,
        [chart.table("verwachting")] if chart else [],
    )


def _goal(request, pk: int) -> Goal:
    found = Goal.objects.of(request.municipality).select_related("priority__plan", "municipality")
    return get_object_or_404(found, pk=pk)


def _chart(request, pk: int) -> Chart:
    chart = forecast_chart(request.figures, _goal(request, pk))
    if chart is None:
        raise Http404
    return chart


@allow("plan.view_plan")
def forecast_svg(request, pk):
    return HttpResponse(
        _chart(request, pk).standalone,
        content_type="image/svg+xml",
        headers={"Content-Disposition": f'attachment; filename="doel-{pk}.svg"'},
    )


@allow("plan.view_plan")
def forecast_csv(request, pk):
    return as_file(_chart(request, pk).table("verwachting"), f"doel-{pk}")
