"""The tables of measures and of actions, one's own work, by neighbourhood and by partner."""

from datetime import date

from django.db.models import Q
from django.http import Http404

from koers.apps.downloads import page
from koers.apps.people.access import allow, own_or_404
from koers.apps.plan.models import Action, ActionState, Measure, Partner
from koers.apps.plan.overviews import exports, places
from koers.apps.plan.overviews.filters import FilterForm
from koers.apps.plan.overviews.html import action_row, measure_row, own_row
from koers.apps.plan.overviews.listing import ACTION_COLUMNS, MEASURE_COLUMNS, heads, in_order, paged
from koers.apps.plan.overviews.rows import actions_of, measures_of, rows_of, soonest_first
from koers.apps.plan.overviews.saved import saved_views
from koers.apps.plan.services.news import heard
from koers.apps.plan.services.owners import ENDED

PER_PART = 30
"""Measures, and actions, on the page of a neighbourhood or partner."""


def may_change_actions(request) -> bool:
    return request.user.has_perm("plan.change_actions", request.municipality)


def may_change_plan(request) -> bool:
    return request.user.has_perm("plan.change_plan", request.municipality)


@allow("plan.view_plan")
def measures(request):
    """Every measure, with filter, order, search and pages; its file has all that was chosen."""
    form = FilterForm(request.GET, model=Measure, municipality=request.municipality)
    lines = measures_of(request.municipality).prefetch_related("partners")
    context, rows = _listed(request, form, lines, MEASURE_COLUMNS, "maatregel", "plan:measures")
    return page(request, "plan/overviews/measures.html", context, [exports.measures(rows)])


@allow("plan.view_plan")
def actions(request):
    """The actions, those that are open unless another state is chosen, soonest first."""
    form = FilterForm(request.GET, model=Action, municipality=request.municipality, state=ActionState.OPEN)
    context, rows = _listed(
        request, form, actions_of(request.municipality), ACTION_COLUMNS, "uiterlijk", "plan:actions"
    )
    return page(request, "plan/overviews/actions.html", context, [exports.actions(rows)])


def _listed(request, form, lines, columns, usual: str, name: str):
    """What both tables have; the rows are those of the page, or all of them where a file is asked for."""
    today, known = date.today(), heard(request, request.municipality)
    lines = in_order(form.apply(lines, known, today), columns, request.GET.get("op", ""), usual)
    shown = paged(lines, request.GET)
    rows = rows_of(lines if "csv" in request.GET else shown, known, today)
    may_change = may_change_actions(request)
    context = {
        "form": form,
        "shown": shown,
        "rows": rows,
        "lines": _written(rows, "csv" not in request.GET, may_change),
        "heads": heads(columns, request.GET, usual),
        "known": known,
        "may_change": may_change,
        **saved_views(request, name),
    }
    return context, rows


def _written(rows, shown: bool, buttons: bool = False) -> list:
    """Rows of a table as HTML; a file has none."""
    if not shown:
        return []
    return [action_row(row, buttons) if isinstance(row.line, Action) else measure_row(row) for row in rows]


@allow("plan.view_plan")
def mine(request):
    """What this person owns or stands in for and is not done, soonest first."""
    user, today = request.user, date.today()
    own = Q(owner=user) | Q(deputy=user)
    known = heard(request, request.municipality)
    steps = actions_of(request.municipality).filter(own, state=ActionState.OPEN)
    lines = measures_of(request.municipality).filter(own).exclude(state__in=ENDED)
    rows = soonest_first([*rows_of(steps, known, today), *rows_of(lines, known, today)])
    may_change = may_change_actions(request)
    context = {
        "rows": [own_row(row, user, may_change) for row in rows],
        "may_change": may_change,
        "known": known,
    }
    return page(request, "plan/overviews/mine.html", context, [exports.mine(rows, user)])


@allow("plan.view_plan")
def areas(request):
    """The neighbourhoods, with how much is done in each and how many new signals it has."""
    found = places.areas_of(request)
    return page(request, "plan/overviews/areas.html", {"areas": found}, [places.areas_table(found)])


@allow("plan.view_plan")
def area(request, code):
    """What is done in one neighbourhood, and its signals."""
    found = places.area_or_none(request.municipality, code)
    if found is None:
        raise Http404
    lines, steps = places.lines_in(request.municipality, code)
    context, tables = _both(request, lines, steps, found.name)
    signals = places.signals_in(request, code)
    context |= {"area": found, "signals": signals}
    return page(request, "plan/overviews/area.html", context, [*tables, places.signals_table(signals, found.name)])


@allow("plan.view_plan")
def partners(request):
    found = places.partners_of(request.municipality)
    return page(request, "plan/overviews/partners.html", {"partners": found}, [places.partners_table(found)])


@allow("plan.view_plan")
def partner(request, pk):
    """What is done with one partner."""
    found = own_or_404(request, Partner, pk=pk)
    lines = measures_of(request.municipality).filter(partners=found)
    steps = actions_of(request.municipality).filter(measure__partners=found)
    context, tables = _both(request, lines, steps, str(found))
    return page(request, "plan/overviews/partner.html", {"partner": found, **context}, tables)


def _both(request, lines, steps, where: str):
    """The measures, and the open actions soonest first, each at most a page long; the files hold them all."""
    today, known = date.today(), heard(request, request.municipality)
    lines = in_order(lines.prefetch_related("partners"), MEASURE_COLUMNS, "", "staat")
    steps = in_order(steps.filter(state=ActionState.OPEN), ACTION_COLUMNS, "", "uiterlijk")
    asked = request.GET.get("csv")
    measure_page, action_page = paged(lines, {}, PER_PART), paged(steps, {}, PER_PART)
    measure_rows = rows_of(lines if asked == "maatregelen" else measure_page, known, today)
    action_rows = rows_of(steps if asked == "acties" else action_page, known, today)
    context = {
        "measure_rows": _written(measure_rows, asked is None),
        "action_rows": _written(action_rows, asked is None),
        "more_measures": measure_page.paginator.count - len(measure_rows),
        "more_actions": action_page.paginator.count - len(action_rows),
        "measure_heads": [{"label": c.label} for c in MEASURE_COLUMNS],
        "action_heads": [{"label": c.label} for c in ACTION_COLUMNS],
        "known": known,
        "may_change": may_change_actions(request),
    }
    tables = [
        exports.measures(measure_rows, f"Maatregelen: {where}"),
        exports.actions(action_rows, f"Open acties: {where}"),
    ]
    return context, tables
