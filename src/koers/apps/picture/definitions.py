"""The pages of the indicators: what each figure is, where it comes from, and how it stands here."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from koers import dutch
from koers.apps import downloads
from koers.apps.downloads import Download
from koers.apps.people.access import allow
from koers.apps.picture import figures, presenters
from koers.apps.picture.own_numbers import OwnNumber, own_number
from koers.apps.picture.readings import Reading, reading
from koers.indicators import Indicator, load_indicators
from koers.indicators.reader import THEMES
from koers.indicators.words import facts, table_words


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
        return f"{value}{unit} {found.recent_label}" + (" (heel Nederland)" if found.national else "")


def _listed(municipality, theme: str = "", words: str = "", with_figures: bool = False) -> list[Listed]:
    found = [
        Listed(indicator, reading(municipality.code, indicator.id), own_number(indicator.topic, municipality))
        for indicator in load_indicators().values()
        if (not theme or indicator.theme == theme)
        and all(w in f"{indicator.title} {indicator.why} {indicator.numerator.title}".lower() for w in words.split())
    ]
    return [item for item in found if item.reading.is_own or item.own is not None] if with_figures else found


@allow("picture.view_picture")
def index(request):
    """Every indicator, theme by theme; by theme, by words and by whether there are figures."""
    theme = request.GET.get("thema", "")
    words = request.GET.get("zoek", "").strip().lower()[:80]
    with_figures = request.GET.get("cijfers") == "eigen"
    found = _listed(request.municipality, theme, words, with_figures)
    themes = [(title, list(items)) for title, items in groupby(found, key=lambda i: i.indicator.theme_title)]
    context = {
        "themes": themes,
        "count": len(found),
        "choices": THEMES.items(),
        "theme": theme,
        "words": words,
        "with_figures": with_figures,
    }
    tables = [_stand(title, items, request.municipality) for title, items in themes]
    return downloads.page(request, "picture/indicators.html", context, tables)


def _stand(title: str, items: list[Listed], municipality) -> Download:
    """The indicators of a theme, and how they stand here."""
    rows = [
        (i.indicator.title, i.stand, None if i.own else i.reading.recent, i.indicator.unit_label,
         i.indicator.direction_label, i.indicator.waits_for)
        for i in items
    ]  # fmt: skip
    columns = ("Indicator", "Nu", "Waarde", "Eenheid", "Richting", "Bron")
    caption = f"{title}: cijfers van {municipality}"
    return Download(items[0].indicator.theme, caption, columns, rows, [i.reading.source_line for i in items])


@allow("picture.view_picture")
def index_csv(request):
    """The definitions as a table."""
    columns = ("Id", "Indicator", "Thema", "Teller", "Codes", "Noemer", "Eenheid", "Richting", "Kleinste gebied",
               "Vertraging", "Let op", "Bron", "Tabellen", "Beoordeeld op")  # fmt: skip
    rows = [
        (i.id, i.title, i.theme_title, i.numerator.title, " ".join(i.topics), i.denominator.title if i.denominator else "",
         i.unit_label, i.direction_label, i.level_label, i.delay, i.limits, i.source, "; ".join(table_words(i)), i.reviewed)
        for i in load_indicators().values()
    ]  # fmt: skip
    return Download("indicatoren", "Indicatoren", columns, rows).response()


@allow("picture.view_picture")
def page(request, indicator):
    """One indicator: its definition, its sources with their age, and its reading in this municipality."""
    if indicator not in load_indicators():
        raise Http404
    found = reading(request.municipality.code, indicator)
    area = reverse("picture:theme", args=[request.municipality.code, indicator])
    tables, early = _tables(found.indicator), _early(request.municipality.code, found.indicator)
    context = {
        "indicator": found.indicator,
        "reading": found,
        "facts": facts(found.indicator),
        "tables": tables,
        "chart": presenters.trend(found) if found.available else None,
        "chart_url": f"{area}trend",
        "area_url": area,
        "own": own_number(found.indicator.topic, request.municipality),
        "early": early,
        "may_upload": request.user.has_perm("intake.upload", request.municipality),
    }
    sources = ("Tabel", "Bron", "Cijfers t/m", "Gepubliceerd op", "Opgehaald op", "Peilmoment")
    supplied = "Politie, vooruit geleverd. Intern: niet gepubliceerd, mag niet naar buiten."
    return downloads.page(request, "picture/indicator.html", context, [
        Download("bronnen", "Tabellen die dit cijfer vullen", sources, tables),
        Download("vooruit-geleverd-intern", "Vooruit geleverde aantallen", ("Periode", "Gebied", "Aantal"), early, supplied),
    ])  # fmt: skip


def _tables(indicator: Indicator) -> list[tuple]:
    """The tables that fill an indicator, those it waits for and those that do so already: until when, and how old."""
    ids = figures.current_ids()
    there = {}
    for entry in figures.covered(ids):
        if entry.scheme == indicator.numerator.scheme and set(indicator.topics) <= entry.topics:
            there.setdefault(entry.table, figures.manifest(entry.snapshot))
    waiting = [table.table for table in indicator.tables if table.table not in there]
    loaded = {entry.table for entry in figures.covered(ids)}
    rows = [
        (name, m.attribution, dutch.period(m.last_period), dutch.day(timezone.localdate(m.known_since)) if m.published_at else None,
         dutch.day(timezone.localdate(m.retrieved)), m.id)
        for name, m in there.items()
    ]  # fmt: skip
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


def _early(municipality: str, indicator: Indicator) -> list[tuple]:
    """What the police supplied before publication (internal): month, area and count."""
    if indicator.numerator.scheme != "crime":
        return []
    ids = figures.current_ids()
    known = figures.areas_by_code(ids)
    rows = figures.store().connect(ids).execute(
        """SELECT period, area, sum(value) FROM observations WHERE scheme = 'early' AND list_contains($topics, topic)
           GROUP BY ALL ORDER BY period DESC, area LIMIT 100""",
        {"topics": list(indicator.topics)},
    ).fetchall()  # fmt: skip
    return [
        (dutch.period(period), known[area].name, value)
        for period, area, value in rows
        if area in known and figures.municipality_of(known[area], ids) == municipality
    ]
