"""The tables of measures and of actions, one's own work, by neighbourhood and by partner."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http import Http404

from koers.apps.downloads import page
from koers.apps.people.access import allow, own_or_404
from koers.apps.plan.models import Action, ActionState, Measure, Partner
from koers.apps.plan.overviews import places, tables
from koers.apps.plan.overviews.filters import FilterForm
from koers.apps.plan.overviews.listing import heads, in_order, paged
from koers.apps.plan.overviews.rows import Row, actions_of, measures_of, rows_of, soonest_first
from koers.apps.plan.overviews.saved import saved_views
from koers.apps.plan.places import ACTIONS_PANELS
from koers.apps.plan.services.news import heard
from koers.apps.plan.services.owners import ENDED
from koers.apps.plan.services.serving import REFERENCES
from koers.tables import Head

PER_PART = 30
"""Measures, and actions, on the page of a neighbourhood or partner."""


def may_change_actions(request) -> bool:
    return request.user.has_perm("plan.change_actions", request.municipality)


@allow("plan.view_plan")
def measures(request):
    """Every measure, with filter, order, search and pages; its file has all that was chosen."""
    form = FilterForm(request.GET, model=Measure, municipality=request.municipality)
    lines = measures_of(request.municipality).prefetch_related(*REFERENCES)
    found = _listed(request, form, lines, tables.MEASURES, "maatregel")
    context = found.context | saved_views(request, "plan:measures")
    listed = tables.measures(found.rows, heads=found.heads, whole=found.whole)
    return page(request, "plan/overviews/measures.html", context, [listed])


@allow("plan.view_plan")
def actions(request):
    """The actions, those that are open unless another state is chosen, soonest first."""
    form = FilterForm(
        request.GET, model=Action, municipality=request.municipality, state=ActionState.OPEN
    )
    found = _listed(request, form, actions_of(request.municipality), tables.ACTIONS, "uiterlijk")
    may_change = may_change_actions(request)
    context = found.context | saved_views(request, "plan:actions") | {"may_change": may_change}
    listed = tables.actions(found.rows, buttons=may_change, heads=found.heads, whole=found.whole)
    context["panels"] = ACTIONS_PANELS.all(request)
    return page(request, "plan/overviews/actions.html", context, [listed])


@dataclass(frozen=True)
class Listed:
    """The rows of one page of a list, what gives them all, and what else the page shows."""

    rows: list[Row]
    whole: Callable[[], list[Row]]
    heads: dict[str, Head]
    context: dict


def _listed(request, form, lines, columns, usual: str) -> Listed:
    today, known = date.today(), heard(request.municipality)
    lines = in_order(form.apply(lines, known, today), columns, request.GET.get("op", ""), usual)
    shown = paged(lines, request.GET)
    rows = rows_of(shown, known, today)
    context = {"form": form, "shown": shown, "rows": rows, "known": known}
    return Listed(
        rows,
        lambda: rows_of(lines, known, today),
        heads(columns, request.GET, usual),
        context,
    )


@allow("plan.view_plan")
def mine(request):
    """What this person owns or stands in for and is not done, soonest first."""
    user, today = request.user, date.today()
    own = Q(owner=user) | Q(deputy=user)
    known = heard(request.municipality)
    steps = actions_of(request.municipality).filter(own, state=ActionState.OPEN)
    lines = measures_of(request.municipality).filter(own).exclude(state__in=ENDED)
    rows = soonest_first([*rows_of(steps, known, today), *rows_of(lines, known, today)])
    may_change = may_change_actions(request)
    context = {"rows": rows, "may_change": may_change, "known": known}
    listed = tables.mine(rows, user, may_change)
    return page(request, "plan/overviews/mine.html", context, [listed])


@allow("plan.view_plan")
def areas(request):
    """The neighbourhoods, with how much is done in each and how many new signals it has."""
    found = places.areas_of(request)
    return page(request, "plan/overviews/areas.html", {}, [places.areas_table(found)])


@allow("plan.view_plan")
def area(request, code):
    """What is done in one neighbourhood, and its signals."""
    found = places.area_or_none(request.municipality, code)
    if found is None:
        raise Http404
    lines, steps = places.lines_in(request.municipality, code)
    context, listed = _both(request, lines, steps, found.name)
    signals = places.signals_in(request, code)
    context |= {"area": found, "signals": signals}
    return page(
        request,
        "plan/overviews/area.html",
        context,
        [*listed, places.signals_table(signals, found.name)],
    )


@allow("plan.view_plan")
def partners(request):
    found = places.partners_of(request.municipality)
    return page(request, "plan/overviews/partners.html", {}, [places.partners_table(found)])


@allow("plan.view_plan")
def partner(request, pk):
    """What is done with one partner."""
    found = own_or_404(request, Partner, pk=pk)
    lines = measures_of(request.municipality).filter(partners=found)
    steps = actions_of(request.municipality).filter(measure__partners=found)
    context, listed = _both(request, lines, steps, str(found))
    return page(request, "plan/overviews/partner.html", {"partner": found, **context}, listed)


def _both(request, lines, steps, where: str):
    """The measures, and the open actions soonest first, each at most a page long; the files hold
    them all."""
    today, known = date.today(), heard(request.municipality)
    lines = in_order(lines.prefetch_related(*REFERENCES), tables.MEASURES, "", "staat")
    steps = in_order(steps.filter(state=ActionState.OPEN), tables.ACTIONS, "", "uiterlijk")
    measure_page, action_page = paged(lines, {}, PER_PART), paged(steps, {}, PER_PART)
    context = {
        "more_measures": measure_page.paginator.count - len(measure_page),
        "more_actions": action_page.paginator.count - len(action_page),
        "known": known,
    }
    listed = [
        tables.measures(
            rows_of(measure_page, known, today),
            f"Maatregelen: {where}",
            whole=lambda: rows_of(lines, known, today),
            empty="Nog geen maatregelen.",
        ),
        tables.actions(
            rows_of(action_page, known, today),
            f"Open acties: {where}",
            whole=lambda: rows_of(steps, known, today),
            empty="Geen open acties.",
        ),
    ]
    return context, listed
