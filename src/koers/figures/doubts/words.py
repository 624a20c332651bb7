"""What is odd, in plain Dutch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from koers import dutch
from koers.figures.doubts.doubt import Doubt, Oddity

LEVELS = {
    "BU": "buurten",
    "WK": "wijken",
    "GM": "gemeenten",
    "NL": "heel Nederland",
    "VB": "verzonnen gebieden",
}
TITLES: Mapping[Oddity, str] = {
    Oddity.NOTHING_PUBLISHED: "geen enkel cijfer gepubliceerd",
    Oddity.ALL_ZERO: "alle cijfers nul",
    Oddity.NEGATIVE: "aantallen onder nul",
    Oddity.FUTURE: "cijfers van later dan nu",
    Oddity.GAP: "periode ontbreekt ertussen",
    Oddity.LOW_PERIOD: "periode veel te laag",
    Oddity.HIGH_PERIOD: "periode veel te hoog",
    Oddity.TWIN_PERIODS: "twee periodes gelijk",
    Oddity.TOTAL: "totaal gehalveerd of verdubbeld",
    Oddity.PERIOD_TOTAL: "totaal van een periode gehalveerd of verdubbeld",
    Oddity.KIND_TOTAL: "soort gehalveerd of verdubbeld",
    Oddity.KIND_GONE: "soort verdwenen",
    Oddity.UNPUBLISHED: "cijfers niet meer gepubliceerd",
    Oddity.PERIOD_GONE: "periode verdwenen",
    Oddity.AREAS_GONE: "gebieden verdwenen",
    Oddity.LEVEL_GONE: "alle gebieden van een niveau verdwenen",
}
"""Each oddity in a few words."""
_SENTENCES: Mapping[Oddity, str] = {
    Oddity.NOTHING_PUBLISHED: "Van de {before} cijfers is er geen een gepubliceerd.",
    Oddity.ALL_ZERO: "Alle {before} cijfers zijn nul.",
    Oddity.NEGATIVE: "Er zijn {after} aantallen onder nul{where}.",
    Oddity.FUTURE: "Er zijn cijfers van {period}{where}; die periode moet nog beginnen.",
    Oddity.GAP: "{Period} ontbreekt{where}; ervoor en erna zijn er wel cijfers.",
    Oddity.LOW_PERIOD: "{Period} telt{where} {after}, terwijl {before} gewoon is.",
    Oddity.HIGH_PERIOD: "{Period} telt{where} {after}, terwijl {before} gewoon is.",
    Oddity.TWIN_PERIODS: (
        "{Period} heeft{where} in elke cel hetzelfde aantal als de periode ervoor (samen {after})."
    ),
    Oddity.TOTAL: (
        "Het totaal{where}, over de periodes die beide hebben, was {before} en is {after}."
    ),
    Oddity.PERIOD_TOTAL: "Het totaal van {period}{where} was {before} en is {after}.",
    Oddity.KIND_TOTAL: "{topic}{where} was {before} en is {after}, over dezelfde periodes.",
    Oddity.KIND_GONE: "{topic} is verdwenen{where}; dat was {before}.",
    Oddity.UNPUBLISHED: "Er waren {before} cijfers gepubliceerd{where}, en nu {after}.",
    Oddity.PERIOD_GONE: "{Period} is verdwenen{where}.",
    Oddity.AREAS_GONE: (
        "Van {before} gebieden{where} zijn er {after} over, en er kwam niets voor in de plaats."
    ),
    Oddity.LEVEL_GONE: "Alle {before} gebieden{where} zijn verdwenen.",
}


def sentence(doubt: Doubt, topics: Mapping[str, str]) -> str:
    """One doubt as a sentence; ``topics`` are the titles of the codes."""
    where = level_words(doubt.level)
    period = dutch.period(doubt.period)
    return _SENTENCES[doubt.oddity].format(
        before=amount(doubt.before),
        after=amount(doubt.after),
        where=f" ({where})" if where else "",
        period=period,
        Period=period[:1].upper() + period[1:],
        topic=topic_words(doubt.topic, topics),
    )


def topic_words(topic: str, topics: Mapping[str, str]) -> str:
    """A code with its title."""
    title = topics.get(topic, "")
    return f"{topic} {title}" if title and title != topic else topic


def level_words(level: str) -> str:
    return LEVELS.get(level, level)


def amount(value: float | None) -> str:
    """A count as a whole number, anything else with one decimal."""
    if value is None:
        return ""
    return dutch.number(value, 0 if float(value).is_integer() else 1)


def some(doubts: Iterable[Doubt], topics: Mapping[str, str], most: int = 5) -> str:
    """The first few, and how many more there are."""
    said = [sentence(doubt, topics) for doubt in doubts]
    more = f" En nog {len(said) - most}." if len(said) > most else ""
    return " ".join(said[:most]) + more
