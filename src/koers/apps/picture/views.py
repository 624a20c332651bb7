from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.core.validators import slug_re
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from koers.apps.downloads import as_file, page
from koers.apps.people.access import allow, own_or_404
from koers.apps.picture import evidence, peers, presenters, tables
from koers.apps.picture.earlier import earlier_years
from koers.apps.picture.freshness import old_figures, said_of_old
from koers.apps.picture.models import Cluster, ClusterSearch, Screening, Signal, SignalState
from koers.apps.picture.places import AREA_PANELS, INDICATOR_PANELS, SIGNAL_PANELS
from koers.apps.picture.reading import Reading
from koers.apps.picture.readings import reading
from koers.apps.picture.services.screening import screening_owed
from koers.apps.picture.standing_out import standing_out
from koers.charts.render import Chart
from koers.figures.shelf import Shelf
from koers.indicators import load_indicators
from koers.indicators.words import facts
from koers.tables import Table


@dataclass(frozen=True)
class Card:
    """One indicator on the page of an area: its reading, and its small line when the figures are
    the area's own."""

    reading: Reading
    chart: Chart | None
    url: str


@allow("picture.view_picture")
def index(request):
    """The picture of the municipality at hand; one without figures still has its page."""
    wanted = request.GET.get("gebied", "")
    # What is typed in the address may be anything, and then there is no such page.
    code = wanted if slug_re.fullmatch(wanted) else request.municipality.code
    # A chosen map goes along: Vandaag and the agenda link to a cluster by the kind alone.
    shown = request.GET.get("kaart", "")
    query = f"?{urlencode({'kaart': shown})}" if shown else ""
    return redirect(reverse("picture:area", args=[code]) + query)


@allow("picture.view_picture")
def area(request, code):
    """A municipality or neighbourhood: map, signals, and the themes with their trend."""
    shelf = request.figures
    found = shelf.areas.get(code)
    if found is None and code != request.municipality.code:
        raise Http404
    home = shelf.municipality_of(found) if found else code
    cards = [_card(shelf, code, indicator) for indicator in load_indicators()]
    own = [card for card in cards if card.reading.is_own]
    context = {
        "area": found,
        "code": code,
        "name": found.name if found else request.municipality.name,
        "home": shelf.areas.get(home),
        "is_home": home == code,
        "figures_old": old_figures(shelf, home),
        "themes": [
            (t, list(c))
            for t, c in groupby(own, key=lambda card: card.reading.indicator.theme_title)
        ],
        "elsewhere": [card for card in cards if not card.reading.is_own],
        "has_own": bool(own),
        "standing": standing_out(shelf, code) if own else (),
        "standing_name": found.name if found else request.municipality.name,
        "municipalities_here": _municipalities(shelf),
        **_map(request, home, code),
        **_signals(request, code, home),
        "panels": (
            AREA_PANELS.all(request, found) if found and home == request.municipality.code else []
        ),
        "monthly": any(card.reading.frequency == "month" for card in own),
        "beside": (
            [
                (f"buren-{card.reading.indicator.id}", chart, f"{card.url}buren.svg")
                for card in own[:2]
                if (chart := presenters.beside_neighbours(shelf, card.reading))
            ]
            if home == code
            else []
        ),
    }
    return page(request, "picture/area.html", context, _area_tables(shelf, context))


def _area_tables(shelf: Shelf, context: dict) -> list[Table]:
    """What stands on the page of an area, theme by theme."""
    name = context["name"]
    return [
        *(tables.theme(title, name, cards) for title, cards in context["themes"]),
        tables.elsewhere(name, context["elsewhere"]),
        tables.signals(shelf, "signalen", f"Signalen in {name}", context.get("signals", ())),
        *([context["map"].table("kaart")] if context["map"] else []),
        *(chart.table(table) for table, chart, _ in context["beside"]),
    ]


def _card(shelf: Shelf, code: str, indicator: str) -> Card:
    found = reading(shelf, code, indicator)
    chart = presenters.sparkline(found) if found.is_own else None
    return Card(found, chart, reverse("picture:theme", args=[code, indicator]))


def _municipalities(shelf: Shelf) -> list:
    """The municipalities with figures by neighbourhood first, then all others, for the selector."""
    with_neighbourhoods = {
        m
        for c in shelf.coverage
        if c.level == "neighbourhood" and c.scheme == "crime"
        for m in c.municipalities
    }
    with_figures = {
        m for c in shelf.coverage if c.scheme == "crime" for m in c.municipalities
    } | with_neighbourhoods
    known = shelf.areas
    there = sorted((known[c] for c in with_figures if c in known), key=lambda a: a.name)
    return [
        ("Met cijfers per buurt", [a for a in there if a.code in with_neighbourhoods]),
        ("Alleen per gemeente", [a for a in there if a.code not in with_neighbourhoods]),
    ]


def _map(request, home: str, code: str) -> dict:
    choices = [
        i
        for i in load_indicators().values()
        if (areas := presenters.neighbourhoods(request.figures, home, i.id)) and areas
    ]
    wanted = request.GET.get("kaart")
    chosen = next((i for i in choices if i.id == wanted), choices[0] if choices else None)
    if chosen is None:
        return {"map": None, "map_choices": []}
    marked = frozenset(
        Signal.objects.of(request.municipality)
        .filter(state=SignalState.NEW)
        .values_list("area_code", flat=True)
    )
    found = _clusters(request, home)
    clustered = frozenset(a for c in found["clusters"] if c.indicator == chosen.id for a in c.areas)
    chart = presenters.neighbourhood_map(
        request.figures,
        home,
        chosen.id,
        marked | ({code} if code != home else frozenset()),
        clustered,
    )
    areas = sorted(
        presenters.neighbourhoods(request.figures, home, chosen.id), key=lambda a: a.name
    )
    return {
        "map": chart,
        "map_indicator": chosen,
        "map_choices": choices,
        "neighbourhoods": areas,
        "clustered": bool(clustered),
        **found,
    }


def _clusters(request, home: str) -> dict:
    """The clusters in and around the own municipality, for those who may see its signals."""
    if home != request.municipality.code or not request.user.has_perm(
        "picture.view_signals", request.municipality
    ):
        return {"clusters": [], "cluster_search": None}
    return {
        "clusters": list(Cluster.objects.of(request.municipality)),
        "cluster_search": ClusterSearch.objects.of(request.municipality).first(),
    }


def _signals(request, code: str, home: str) -> dict:
    """Signals belong to a municipality; only its own people see them."""
    if home != request.municipality.code or not request.user.has_perm(
        "picture.view_signals", request.municipality
    ):
        return {"may_see_signals": False}
    screenings = Screening.latest_of(request.municipality)
    found = Signal.objects.of(request.municipality).filter(
        period__in=[s.period for s in screenings]
    )
    if code != home:
        found = found.filter(area_code=code)
    return {
        "may_see_signals": True,
        "screening": next(iter(screenings), None),
        "screenings": screenings,
        "signals": found,
        "inside": "" if code == home else "deze buurt",
    }


@allow("picture.view_picture")
def theme(request, code, indicator):
    """One indicator in one area: the trend, the comparison, the neighbours, the definition and the
    source."""
    found = _reading_or_404(request, code, indicator)
    charts = [
        (name, chart)
        for name in presenters.CHARTS
        if (chart := _chart(request, found, name)) is not None
    ]
    context = {
        "reading": found,
        "code": code,
        "figures_old": _old(request, found),
        "name": found.area.name,
        "charts": [
            (name, chart, reverse("picture:chart-svg", args=[code, indicator, name]))
            for name, chart in charts
        ],
        "facts": facts(found.indicator),
        **(_peers(request, code) if any(n == "vergelijking" for n, _ in charts) else {}),
        "panels": _panels(request, found),
        "earlier": earlier_years(request.figures, found),
    }
    cards = tables.readings(
        "cijfers",
        f"{found.indicator.title} in {found.area.name}, de laatste periode en die ervoor",
        [found],
    )
    listed = [
        cards,
        *(chart.table(name) for name, chart in charts),
        *(section.table for section in context["earlier"]),
    ]
    return page(request, "picture/theme.html", context, listed)


def _panels(request, found: Reading) -> list[str]:
    """What other parts of Koers say of a figure of the municipality at hand."""
    home = request.figures.municipality_of(found.area) or found.area.code
    if home != request.municipality.code:
        return []
    return INDICATOR_PANELS.all(request, found.indicator)


def _old(request, found: Reading) -> str:
    """Of the figures of a reading; those of another municipality may be older."""
    home = request.figures.municipality_of(found.area) or found.area.code
    newest = found.labels[-1] if found.labels else ""
    return said_of_old(newest) or old_figures(request.figures, home)


def _peers(request, code: str) -> dict:
    """Beside which municipalities the own municipality is shown, and why."""
    if code != request.municipality.code:
        return {}
    found, known = peers.peers_of(request.figures, code), request.figures.areas
    return {
        "peers": [known[c].name for c in found.codes if c in known],
        "peers_reason": found.reason,
    }


def _reading_or_404(request, code: str, indicator: str) -> Reading:
    if indicator not in load_indicators() or (
        request.figures.areas.get(code) is None and code != request.municipality.code
    ):
        raise Http404
    return reading(request.figures, code, indicator)


def _chart(request, found: Reading, name: str) -> Chart | None:
    chart = presenters.CHARTS[name](request.figures, found)
    return chart if chart is not None and chart.svg else None


def _chart_or_404(request, code: str, indicator: str, name: str) -> Chart:
    found = _reading_or_404(request, code, indicator)
    chart = _chart(request, found, name) if name in presenters.CHARTS else None
    if chart is None:
        raise Http404
    return chart


@allow("picture.view_picture")
def chart_svg(request, code, indicator, chart):
    drawn = _chart_or_404(request, code, indicator, chart)
    headers = {"Content-Disposition": f'attachment; filename="{chart}-{code}-{indicator}.svg"'}
    return HttpResponse(drawn.standalone, content_type="image/svg+xml", headers=headers)


@allow("picture.view_picture")
def chart_csv(request, code, indicator, chart):
    drawn = _chart_or_404(request, code, indicator, chart)
    return as_file(drawn.table(chart), f"{chart}-{code}-{indicator}")


@allow("picture.view_signals")
def signals(request):
    state, found = _chosen(request)
    screenings = Screening.latest_of(request.municipality)
    context = {
        "signals": found,
        "states": SignalState.choices,
        "state": state,
        "screening": next(iter(screenings), None),
        "screenings": screenings,
        "owed": screening_owed(request.municipality),
    }
    return page(
        request,
        "picture/signals.html",
        context,
        [tables.signals(request.figures, "signalen", "Signalen", found)],
    )


def _chosen(request):
    """The signals in the state that was chosen; all of them when none was."""
    state = request.GET.get("staat", "")
    found = Signal.objects.of(request.municipality)
    return state, found.filter(state=state) if state in SignalState.values else found


@allow("picture.view_signals")
def signals_csv(request):
    _, found = _chosen(request)
    listed = tables.signals(request.figures, "signalen", "Signalen", found)
    return as_file(listed, f"signalen-{request.municipality.code}")


@allow("picture.view_signals")
def clusters_csv(request):
    """The clusters that last until now, as a table."""
    found = Cluster.objects.of(request.municipality)
    return as_file(tables.clusters(request.figures, found), f"clusters-{request.municipality.code}")


@allow("picture.view_signals")
def signal(request, pk):
    found = own_or_404(request, Signal, pk=pk)
    same = evidence.same_rise(found)
    related = (
        Signal.objects.of(request.municipality)
        .filter(period=found.period, topic=found.topic)
        .exclude(pk__in=[pk, *(s.pk for s in same)])
    )
    indicator = next(
        (
            i.id
            for i in load_indicators().values()
            if i.topic == found.topic and i.numerator.scheme == "crime"
        ),
        None,
    )
    chart = None
    if indicator and (line := reading(request.figures, found.area_code, indicator)).is_own:
        chart = presenters.trend(line)
    context = {
        "signal": found,
        "related": related,
        "same": same,
        "shares": evidence.shares(found),
        "chart": chart,
        "indicator": indicator,
        "panels": SIGNAL_PANELS.all(request, found),
    }
    listed = [
        tables.margins(found, evidence.margins(found)),
        tables.signals(
            request.figures,
            "dezelfde",
            f"Andere signalen van dezelfde {found.get_kind_display()}",
            same,
        ),
        tables.signals(request.figures, "verwant", "Signalen van hetzelfde onderwerp", related),
        *([chart.table("trend")] if chart else []),
    ]
    return page(request, "picture/signal.html", context, listed)
