from dataclasses import dataclass
from itertools import groupby

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from koers.apps.downloads import Download, page
from koers.apps.people.access import allow, own_or_404
from koers.apps.people.registry import panels
from koers.apps.picture import evidence, exports, figures, peers, presenters
from koers.apps.picture.models import Cluster, ClusterSearch, Screening, Signal, SignalState
from koers.apps.picture.readings import Reading, reading
from koers.apps.picture.readings import area as find_area
from koers.charts.render import Chart
from koers.indicators import load_indicators
from koers.indicators.words import facts


@dataclass(frozen=True)
class Card:
    """One indicator on the page of an area: its reading, and its small line when the figures are the area's own."""

    reading: Reading
    chart: Chart | None
    url: str


@allow("picture.view_picture")
def index(request):
    """The picture of the municipality at hand; one without figures still has its page."""
    wanted = request.GET.get("gebied")
    return redirect("picture:area", wanted if wanted else request.municipality.code)


@allow("picture.view_picture")
def area(request, code):
    """A municipality or neighbourhood: map, signals, and the themes with their trend."""
    found = find_area(code)
    if found is None and code != request.municipality.code:
        raise Http404
    ids = figures.current_ids()
    home = figures.municipality_of(found, ids) if found else code
    cards = [_card(code, indicator) for indicator in load_indicators()]
    own = [card for card in cards if card.reading.is_own]
    context = {
        "area": found,
        "code": code,
        "name": found.name if found else request.municipality.name,
        "home": find_area(home),
        "is_home": home == code,
        "themes": [(t, list(c)) for t, c in groupby(own, key=lambda card: card.reading.indicator.theme_title)],
        "elsewhere": [(t, list(c)) for t, c in groupby(
            (c for c in cards if not c.reading.is_own), key=lambda card: card.reading.indicator.theme_title)],
        "has_own": bool(own),
        "municipalities_here": _municipalities(ids),
        **_map(request, home, code),
        **_signals(request, code, home),
        "panels": panels("picture.area", request, found) if found and home == request.municipality.code else [],
        "monthly": any(card.reading.frequency == "month" for card in own),
        "beside": [(chart, f"{card.url}buren") for card in own[:2] if (chart := presenters.beside_neighbours(card.reading))]
        if home == code else [],
    }  # fmt: skip
    return page(request, "picture/area.html", context, _area_tables(context))


def _area_tables(context: dict) -> list[Download]:
    """What stands on the page of an area, theme by theme."""
    name = context["name"]
    away = [card.reading for _, cards in context["elsewhere"] for card in cards]
    return [
        *(exports.readings(f"thema-{cards[0].reading.indicator.theme}", f"{title} in {name}", [c.reading for c in cards])
          for title, cards in context["themes"]),
        exports.elsewhere("zonder-cijfers", f"Onderwerpen zonder cijfers van {name}", away),
        exports.signals("signalen", f"Signalen in {name}", context.get("signals", ())),
    ]  # fmt: skip


def _card(code: str, indicator: str) -> Card:
    found = reading(code, indicator)
    chart = presenters.sparkline(found) if found.is_own else None
    return Card(found, chart, reverse("picture:theme", args=[code, indicator]))


def _municipalities(ids) -> list:
    """The municipalities with figures by neighbourhood first, then all others, for the selector."""
    with_neighbourhoods = {
        m for c in figures.covered(ids) if c.level == "neighbourhood" and c.scheme == "crime" for m in c.municipalities
    }
    with_figures = {
        m for c in figures.covered(ids) if c.scheme == "crime" for m in c.municipalities
    } | with_neighbourhoods
    known = figures.areas_by_code(ids)
    there = sorted((known[c] for c in with_figures if c in known), key=lambda a: a.name)
    return [
        ("Met cijfers per buurt", [a for a in there if a.code in with_neighbourhoods]),
        ("Alleen per gemeente", [a for a in there if a.code not in with_neighbourhoods]),
    ]


def _map(request, home: str, code: str) -> dict:
    choices = [
        i for i in load_indicators().values()
        if (areas := presenters.neighbourhoods(home, i.id)) and areas
    ]  # fmt: skip
    wanted = request.GET.get("kaart")
    chosen = next((i for i in choices if i.id == wanted), choices[0] if choices else None)
    if chosen is None:
        return {"map": None, "map_choices": []}
    marked = frozenset(
        Signal.objects.of(request.municipality).filter(state=SignalState.NEW).values_list("area_code", flat=True)
    )
    found = _clusters(request, home)
    clustered = frozenset(a for c in found["clusters"] if c.indicator == chosen.id for a in c.areas)
    chart = presenters.neighbourhood_map(home, chosen.id, marked | ({code} if code != home else frozenset()), clustered)
    areas = sorted(presenters.neighbourhoods(home, chosen.id), key=lambda a: a.name)
    return {"map": chart, "map_indicator": chosen, "map_choices": choices, "neighbourhoods": areas,
            "clustered": bool(clustered), **found}  # fmt: skip


def _clusters(request, home: str) -> dict:
    """The clusters in and around the own municipality, for those who may see its signals."""
    if home != request.municipality.code or not request.user.has_perm("picture.view_signals", request.municipality):
        return {"clusters": [], "cluster_search": None}
    return {
        "clusters": list(Cluster.objects.of(request.municipality)),
        "cluster_search": ClusterSearch.objects.of(request.municipality).first(),
    }


def _signals(request, code: str, home: str) -> dict:
    """Signals belong to a municipality; only its own people see them."""
    if home != request.municipality.code or not request.user.has_perm("picture.view_signals", request.municipality):
        return {"may_see_signals": False}
    screenings = Screening.latest_of(request.municipality)
    found = Signal.objects.of(request.municipality).filter(period__in=[s.period for s in screenings])
    if code != home:
        found = found.filter(area_code=code)
    return {"may_see_signals": True, "screening": next(iter(screenings), None), "screenings": screenings, "signals": found,
            "inside": "" if code == home else "deze buurt"}  # fmt: skip


@allow("picture.view_picture")
def theme(request, code, indicator):
    """One indicator in one area: the trend, the comparison, the neighbours, the definition and the source."""
    found = _reading_or_404(request, code, indicator)
    charts = [(name, chart) for name in presenters.CHARTS if (chart := _chart(found, name)) is not None]
    context = {
        "reading": found,
        "code": code,
        "name": found.area.name,
        "charts": [(chart, reverse("picture:theme", args=[code, indicator]) + name) for name, chart in charts],
        "facts": facts(found.indicator),
        **_peers(request, code),
    }
    cards = exports.readings("cijfers", f"{found.indicator.title} in {found.area.name}, nu en ervoor", [found])
    return page(request, "picture/theme.html", context, [cards])


def _peers(request, code: str) -> dict:
    """Beside which municipalities the own municipality is shown, and why."""
    if code != request.municipality.code:
        return {}
    found, known = peers.peers_of(code), figures.areas_by_code(figures.current_ids())
    return {"peers": [known[c].name for c in found.codes if c in known], "peers_reason": found.reason}


def _reading_or_404(request, code: str, indicator: str) -> Reading:
    if indicator not in load_indicators() or (find_area(code) is None and code != request.municipality.code):
        raise Http404
    return reading(code, indicator)


def _chart(found: Reading, name: str) -> Chart | None:
    chart = presenters.CHARTS[name](found)
    return chart if chart is not None and chart.svg else None


def _chart_or_404(request, code: str, indicator: str, name: str) -> Chart:
    found = _reading_or_404(request, code, indicator)
    chart = _chart(found, name) if name in presenters.CHARTS else None
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
    return Download.of_chart(chart, drawn).response(f"{chart}-{code}-{indicator}")


@allow("picture.view_signals")
def signals(request):
    state, found = _chosen(request)
    screenings = Screening.latest_of(request.municipality)
    context = {"signals": found, "states": SignalState.choices, "state": state,
               "screening": next(iter(screenings), None), "screenings": screenings}  # fmt: skip
    return page(request, "picture/signals.html", context, [exports.signals("signalen", "Signalen", found)])


def _chosen(request):
    """The signals in the state that was chosen; all of them when none was."""
    state = request.GET.get("staat", "")
    found = Signal.objects.of(request.municipality)
    return state, found.filter(state=state) if state in SignalState.values else found


@allow("picture.view_signals")
def signals_csv(request):
    _, found = _chosen(request)
    return exports.signals("signalen", "Signalen", found).response(f"signalen-{request.municipality.code}")


@allow("picture.view_signals")
def clusters_csv(request):
    """The clusters that last until now, as a table."""
    found = Cluster.objects.of(request.municipality)
    return exports.clusters("clusters", "Clusters", found).response(f"clusters-{request.municipality.code}")


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
        (i.id for i in load_indicators().values() if i.topic == found.topic and i.numerator.scheme == "crime"), None
    )
    chart = None
    if indicator and (line := reading(found.area_code, indicator)).is_own:
        chart = presenters.trend(line)
    context = {"signal": found, "related": related, "same": same, "margins": evidence.margins(found),
               "shares": evidence.shares(found), "chart": chart, "indicator": indicator,
               "panels": panels("picture.signal", request, found)}  # fmt: skip
    tables = [
        exports.margins("marges", f"Marges van {found}", context["margins"]),
        exports.signals("dezelfde", f"Andere signalen van dezelfde {found.get_kind_display()}", same),
        exports.signals("verwant", "Signalen van hetzelfde onderwerp", related),
    ]
    return page(request, "picture/signal.html", context, tables)
