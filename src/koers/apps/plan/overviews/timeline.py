"""The measures of a priority over time, with the dates of its goals and actions."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.http import HttpResponse

from koers.apps.downloads import page
from koers.apps.people.access import allow
from koers.apps.plan.models import Action, Goal, Measure, Plan
from koers.apps.plan.overviews.filters import FilterForm
from koers.apps.plan.overviews.rows import is_overdue
from koers.apps.plan.overviews.saved import saved_views
from koers.apps.plan.services.grouping import by_field
from koers.apps.plan.services.in_force import plan_asked
from koers.apps.plan.services.news import heard
from koers.charts.render import Chart
from koers.charts.timeline import Bar, Mark, timeline_chart
from koers.tables.reading.planning import planning_of

PER_DRAWING = 25


@allow("plan.view_plan")
def timeline(request):
    plan = plan_asked(request)
    form = FilterForm(request.GET, model=Measure, municipality=request.municipality)
    context = {"plan": plan, "form": form, **saved_views(request, "plan:timeline")}
    tables = []
    if plan is not None:
        found, shown = _chart(request, plan, form)
        context |= {"chart": found, "shown": shown, "svg": request.GET.urlencode()}
        tables = [found.table("tijdlijn")]
    return page(request, "plan/overviews/timeline.html", context, tables)


@allow("plan.view_plan")
def timeline_svg(request):
    plan = plan_asked(request)
    form = FilterForm(request.GET, model=Measure, municipality=request.municipality)
    found = (
        _chart(request, plan, form)[0]
        if plan
        else timeline_chart("tijdlijn", "Tijdlijn", [], [], date.today())
    )
    headers = {"Content-Disposition": 'attachment; filename="tijdlijn.svg"'}
    return HttpResponse(found.standalone, content_type="image/svg+xml", headers=headers)


def _chart(request, plan: Plan, form: FilterForm) -> tuple[Chart, object]:
    """The drawing of what was chosen, at most so many measures at a time."""
    from django.core.paginator import Paginator

    today = date.today()
    chosen = form.apply(
        Measure.objects.of(request.municipality).filter(priority__plan=plan),
        heard(request.municipality),
        today,
    )
    chosen = by_field(chosen.select_related("priority"), plan)
    shown = Paginator(chosen, PER_DRAWING).get_page(request.GET.get("blad"))
    lines = list(shown)
    steps = defaultdict(list)
    for action in (
        Action.objects.of(request.municipality)
        .filter(measure__in=[m.pk for m in lines])
        .exclude(due=None)
    ):
        steps[action.measure_id].append(action)
    bars = [_bar(m, plan) for m in lines]
    marks = [
        Mark(
            m.title, a.title, a.due, "over tijd" if is_overdue(a, today) else a.get_state_display()
        )
        for m in lines
        for a in steps[m.pk]
    ]
    goals = Goal.objects.of(request.municipality).filter(
        priority__in={m.priority_id for m in lines}
    )
    marks += [Mark("", goal.title, goal.due, "streefdatum") for goal in goals]
    return timeline_chart("tijdlijn", f"Tijdlijn van {plan}", bars, marks, today), shown


def _bar(measure: Measure, plan: Plan) -> Bar:
    """A measure from its begin to its end, with the room that its planning leaves; the periods of
    a planning are drawn apart as long as they are those of begin and end."""
    begin, end = date(plan.start_year, 1, 1), date(plan.end_year, 12, 31)
    known = measure.start or measure.end
    found = planning_of(measure.planning, known.year if known else None)
    own = (found.start, found.end) == (measure.start, measure.end)
    spans = [(s.first, s.last) for s in found.spans if s.first and s.last] if own else []
    return Bar(
        measure.title,
        measure.start or min(begin, measure.end or begin),
        measure.end or max(end, measure.start or end),
        measure.get_state_display(),
        str(measure.priority),
        assumed=not (measure.start and measure.end),
        vague=found.vague,
        said=measure.planning,
        spans=tuple(spans) if len(spans) > 1 else (),
        band=measure.priority.safety_field,
    )
