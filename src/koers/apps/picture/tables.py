"""The tables of the picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.html import escape
from django.utils.text import capfirst

from koers.apps.picture.evidence import Margin
from koers.apps.picture.models import Cluster, Signal
from koers.apps.picture.origin import source_line
from koers.apps.picture.reading import Reading
from koers.dutch import number
from koers.figures.shelf import Shelf
from koers.tables import NUMBER, PERIOD, Column, Look, Place, Table, drawing


def _about(found: Reading) -> str:
    return f"{found.recent_label}, heel Nederland" if found.national else found.recent_label


def _verdict(found: Reading) -> str:
    return found.verdict if found.available else ""


READINGS = (
    Column("topic", "Onderwerp", "indicator.title"),
    Column("unit", "Eenheid", "indicator.unit_label"),
    Column("about", "Waarover", _about),
    Column("area", "Gebied", lambda r: r.shown.name if r.shown else ""),
    Column("recent", "Aantal", kind=NUMBER),
    Column("before", "Ervoor", kind=NUMBER),
    Column("difference", "Verschil", _verdict),
)


def readings(name: str, caption: str, found: Iterable[Reading]) -> Table:
    """Indicators with their latest figure and the one before; what is not published is empty."""
    return Table(name, caption, READINGS, list(found), origin=lambda r: r.source_line)


def _topic_with_period(card, words: str) -> str:
    found = card.reading
    unit = "" if found.indicator.adds_up else f"{found.indicator.unit_label} "
    return f'{words}<br><span class="k-note">{escape(unit + found.recent_label)}</span>'


CARDS = (
    Column(
        "topic",
        "Onderwerp",
        "reading.indicator.title",
        link=lambda card: card.url,
        dress=_topic_with_period,
    ),
    drawing(
        "course",
        "Verloop",
        lambda card: card.chart.svg if card.chart else "",
        shows=("recent", "before"),
    ),
    Column("unit", "Eenheid", "reading.indicator.unit_label", place=Place.FILE),
    Column("about", "Waarover", lambda card: _about(card.reading), place=Place.FILE),
    Column(
        "recent",
        "Aantal",
        "reading.recent",
        NUMBER,
        dress=lambda card, _: card.reading.recent_text,
        css="k-figure-large",
    ),
    Column(
        "before",
        "Ervoor",
        "reading.before",
        NUMBER,
        dress=lambda card, _: card.reading.before_text,
    ),
    Column("difference", "Verschil", lambda card: capfirst(_verdict(card.reading))),
)


def theme(title: str, name: str, cards: Sequence) -> Table:
    """The indicators of a theme that an area has figures of, each with its small line."""
    return Table(
        f"thema-{cards[0].reading.indicator.theme}",
        f"{title} in {name}, naast de periode ervoor",
        CARDS,
        cards,
        origin=lambda card: card.reading.source_line,
        look=Look.OVERVIEW,
    )


def _national(card) -> str:
    found = card.reading
    return f"{found.recent_text} {found.recent_label}" if found.national else ""


ELSEWHERE = (
    Column("topic", "Onderwerp", "reading.indicator.title", link=lambda card: card.url),
    Column("theme", "Thema", "reading.indicator.theme_title"),
    Column("national", "Landelijk", _national, empty="nog geen cijfers"),
    Column("waits_for", "Wacht op tabel", "reading.indicator.waits_for"),
)


def elsewhere(name: str, cards: Sequence) -> Table:
    """Indicators without figures of an area itself: what there is of the country, or which table
    Koers waits for."""
    return Table(
        "zonder-cijfers",
        f"Onderwerpen zonder cijfers van {name}: wat er wel is, of waar Koers op wacht",
        ELSEWHERE,
        cards,
        origin=lambda card: card.reading.source_line,
    )


SIGNALS = (
    Column("area", "Gebied", "area_name"),
    Column("area_code", "Code"),
    Column("topic", "Onderwerp", "topic_title"),
    Column("period", "Maand", kind=PERIOD),
    Column("window", "Maanden samen", kind=NUMBER),
    Column("kind", "Richting", "get_kind_display"),
    Column("observed", "Geteld", kind=NUMBER),
    Column("expected", "Verwacht", kind=NUMBER),
    Column("lower", "Ondergrens 95 %", kind=NUMBER),
    Column("upper", "Bovengrens 95 %", kind=NUMBER),
    Column("p", "p", "p_value", NUMBER, decimals=4),
    Column("q", "q", "q_value", NUMBER, decimals=3),
    Column("state", "Staat", "get_state_display"),
    Column("reason", "Reden"),
)


def signals(shelf: Shelf, name: str, caption: str, found: Iterable[Signal]) -> Table:
    """Signals as the screening found them, with what a person did with each."""
    return Table(name, caption, SIGNALS, found, origin=lambda s: _origin(shelf, s.snapshots))


CLUSTERS = (
    Column("topic", "Onderwerp", "title"),
    Column("areas", "Buurten", lambda c: ", ".join(c.names)),
    Column("codes", "Codes", lambda c: " ".join(c.areas)),
    Column("first", "Van", kind=PERIOD),
    Column("last", "T/m", kind=PERIOD),
    Column("observed", "Geteld", kind=NUMBER),
    Column("expected", "Verwacht", kind=NUMBER),
    Column("radius", "Straal in km", kind=NUMBER, unit="km"),
    Column("p", "p", "p_value", NUMBER, decimals=4),
    Column("q", "q", "q_value", NUMBER, decimals=3),
)


def clusters(shelf: Shelf, found: Iterable[Cluster]) -> Table:
    return Table(
        "clusters", "Clusters", CLUSTERS, found, origin=lambda c: _origin(shelf, c.snapshots)
    )


def _origin(shelf: Shelf, snapshots: Sequence[str]) -> str:
    """The sources of a signal; a snapshot that was thinned out since is named by its id."""
    found = []
    for snapshot in snapshots:
        try:
            found.append(source_line(shelf.manifest(snapshot)))
        except KeyError:
            found.append(f"Peilmoment {snapshot}.")
    return " ".join(found)


MARGINS = (
    Column("level", "Kans", lambda m: f"{m.level} %"),
    Column(
        "between",
        "Zonder verandering ligt het aantal tussen",
        lambda m: f"{number(m.lower)} en {number(m.upper)}",
    ),
    Column("lower", "Ondergrens", kind=NUMBER, place=Place.FILE),
    Column("upper", "Bovengrens", kind=NUMBER, place=Place.FILE),
)


def margins(signal: Signal, found: Sequence[Margin]) -> Table:
    caption = (
        f"Marges van {signal}. Geteld: {number(signal.observed)}; verwacht:"
        f" {number(signal.expected, 1)}"
    )
    return Table("marges", caption, MARGINS, found)


STAND = (
    Column(
        "indicator",
        "Indicator",
        "indicator.title",
        link=lambda i: reverse("picture:indicator", args=[i.indicator.id]),
    ),
    Column("now", "Laatste stand", "stand"),
    Column(
        "value",
        "Waarde",
        lambda i: None if i.own else i.reading.recent,
        NUMBER,
        place=Place.FILE,
    ),
    Column("unit", "Eenheid", "indicator.unit_label"),
    Column("direction", "Richting", "indicator.direction_label"),
    Column("source", "Bron", "indicator.waits_for"),
)


def stand(title: str, items: Sequence, municipality) -> Table:
    """The indicators of a theme, and how they stand here."""
    return Table(
        items[0].indicator.theme,
        f"{title}: cijfers van {municipality}",
        STAND,
        items,
        origin=lambda i: i.reading.source_line,
    )
