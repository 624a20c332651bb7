"""The pages of the indicators: what each figure is, where it comes from, and how it stands here."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from koers import dutch
from koers.apps import downloads
from koers.apps.downloads import as_file
from koers.apps.people.access import allow
from koers.apps.picture import presenters, tables
from koers.apps.picture.earlier import earlier_years
from koers.apps.picture.own_numbers import own_number
from koers.apps.picture.places import OwnNumber
from koers.apps.picture.reading import Reading
from koers.apps.picture.readings import reading
from koers.figures.queries.early_counts import list_early_counts
from koers.figures.shelf import Shelf
from koers.indicators import Indicator, load_indicators
from koers.indicators.reader import SETS
from koers.indicators.words import facts, table_words
from koers.tables import DAY, NUMBER, PERIOD, Column, Table

DEFINITIONS = (
    Column("id", "Id"),
    Column("title", "Indicator"),
    Column("theme", "Thema", "theme_title"),
    Column("sets", "Hoort bij", lambda i: "; ".join(SETS[name] for name in i.sets)),
    Column("numerator", "Teller", "numerator.title"),
    Column("topics", "Codes", lambda i: " ".join(i.topics)),
    Column("denominator", "Noemer", lambda i: i.denominator.title if i.denominator else ""),
    Column("unit", "Eenheid", "unit_label"),
    Column("direction", "Richting", "direction_label"),
    Column("level", "Kleinste gebied", "level_label"),
    Column("delay", "Vertraging"),
    Column("limits", "Let op"),
    Column("source", "Bron"),
    Column("tables", "Tabellen", lambda i: "; ".join(table_words(i))),
    Column("reviewed", "Beoordeeld op", kind=DAY),
)
SOURCES = (
    Column("table", "Tabel", itemgetter(0)),
    Column("source", "Bron", itemgetter(1)),
    Column("until", "Cijfers t/m", itemgetter(2)),
    Column("published", "Gepubliceerd op", itemgetter(3), DAY),
    Column("retrieved", "Opgehaald op", itemgetter(4), DAY),
    Column("snapshot", "Peilmoment", itemgetter(5)),
)
EARLY = (
    Column("period", "Periode", itemgetter(0), PERIOD),
    Column("area", "Gebied", itemgetter(1)),
    Column("value", "Aantal", itemgetter(2), NUMBER),
)


@dataclass(frozen=True)
class Listed:
    indicator: Indicator
    reading: Reading
    own: OwnNumber | None = None

    @property
    def stand(self) -> str:
        """How it stands, in as many words as a table has room for."""
        found = self.reading
        if self.own is not None:
            return f"{self.own.part} van {self.own.whole}, nu"
        if not found.available:
            return "nog geen cijfers"
        value = found.recent_text
        unit = "" if found.indicator.adds_up else f" {found.indicator.unit_label}"
        return f"{value}{unit} {found.recent_label}" + (
            " (heel Nederland)" if found.national else ""
        )


def _listed(
    shelf: Shelf,
    municipality,
    theme: str = "",
    words: str = "",
    with_figures: bool = False,
    within: str = "",
) -> list[Listed]:
    found = [
        Listed(
            indicator,
            reading(shelf, municipality.code, indicator.id),
            own_number(shelf, indicator.topic, municipality),
        )
        for indicator in load_indicators().values()
        if (not theme or indicator.theme == theme)
        and (not within or within in indicator.sets)
        and all(
            w in f"{indicator.title} {indicator.why} {indicator.numerator.title}".lower()
            for w in words.split()
        )
    ]
    return (
        [item for item in found if item.reading.is_own or item.own is not None]
        if with_figures
        else found
    )


@allow("picture.view_picture")
def index(request):
    """Every indicator, theme by theme; by theme, by words and by whether there are figures."""
    theme = request.GET.get("thema", "")
    words = request.GET.get("zoek", "").strip().lower()[:80]
    with_figures = request.GET.get("cijfers") == "eigen"
    within = request.GET.get("verzameling", "")
    found = _listed(request.figures, request.municipality, theme, words, with_figures, within)
    themes = [
        (title, list(items))
        for title, items in groupby(found, key=lambda i: i.indicator.theme_title)
    ]
    context = {
        "themes": themes,
        "count": len(found),
        "choices": {i.theme: i.theme_title for i in load_indicators().values()}.items(),
        "theme": theme,
        "words": words,
        "with_figures": with_figures,
        "within": within,
        "may_define": request.user.has_perm("intake.define", request.municipality),
        "sets": SETS.items(),
    }
    listed = [tables.stand(title, items, request.municipality) for title, items in themes]
    return downloads.page(request, "picture/indicators.html", context, listed)


@allow("picture.view_picture")
def index_csv(request):
    """The definitions as a table."""
    found = list(load_indicators().values())
    return as_file(Table("indicatoren", "Indicatoren", DEFINITIONS, found))


@allow("picture.view_picture")
def page(request, indicator):
    """One indicator: its definition, its sources with their age, and its reading in this
    municipality."""
    if indicator not in load_indicators():
        raise Http404
    found = reading(request.figures, request.municipality.code, indicator)
    area = reverse("picture:theme", args=[request.municipality.code, indicator])
    early = _early(request, found.indicator)
    chart = presenters.trend(found) if found.available else None
    context = {
        "indicator": found.indicator,
        "reading": found,
        "facts": facts(found.indicator),
        "chart": chart,
        "chart_url": f"{area}trend.svg",
        "area_url": area,
        "own": own_number(request.figures, found.indicator.topic, request.municipality),
        "early": early,
        "earlier": earlier_years(request.figures, found),
        "may_upload": request.user.has_perm("intake.upload", request.municipality),
    }
    supplied = "Politie, vooruit geleverd. Intern: niet gepubliceerd, mag niet naar buiten."
    listed = [
        Table(
            "bronnen",
            "Tabellen die dit cijfer vullen",
            SOURCES,
            _tables(request.figures, found.indicator),
        ),
        Table(
            "vooruit-geleverd-intern", "Vooruit geleverde aantallen", EARLY, early, origin=supplied
        ),
        *([chart.table("trend")] if chart else []),
        *(section.table for section in context["earlier"]),
    ]
    return downloads.page(request, "picture/indicator.html", context, listed)


def _tables(shelf: Shelf, indicator: Indicator) -> list[tuple]:
    """The tables that fill an indicator, those it waits for and those that do so already: until
    when, and how old."""
    there = {}
    for entry in shelf.coverage:
        if entry.scheme == indicator.numerator.scheme and set(indicator.topics) <= entry.topics:
            there.setdefault(entry.table, shelf.manifest(entry.snapshot))
    waiting = [table.table for table in indicator.tables if table.table not in there]
    if there and indicator.own_count:
        # What is delivered by hand has no fixed name: it is here.
        waiting = []
    loaded = {entry.table for entry in shelf.coverage}
    rows = [
        (
            name,
            m.attribution,
            dutch.period(m.last_period),
            timezone.localdate(m.known_since) if m.published_at else None,
            timezone.localdate(m.retrieved),
            m.id,
        )
        for name, m in there.items()
    ]
    return rows + [
        (
            name,
            indicator.source,
            "geladen, zonder dit cijfer" if name in loaded else "nog niet geladen",
            None,
            None,
            None,
        )
        for name in waiting
    ]


def _early(request, indicator: Indicator) -> list[tuple]:
    """What the police supplied before publication (internal): month, area and count."""
    if indicator.numerator.scheme != "crime":
        return []
    shelf, home = request.figures, request.municipality.code
    known = shelf.areas
    return [
        (found.period, known[found.area].name, found.value)
        for found in list_early_counts(shelf.store, indicator.topics, shelf.ids)
        if found.area in known and shelf.municipality_of(known[found.area]) == home
    ]
