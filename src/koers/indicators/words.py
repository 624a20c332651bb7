"""An indicator in words: for its page on the site and for the one in the docs, so that both say the
same."""

from __future__ import annotations

from koers import dutch
from koers.figures.topics import TOGETHER
from koers.indicators.contents import incidents
from koers.indicators.reader import SETS, Indicator

# How the publisher counts, which holds for every indicator of a scheme; what is special of one
# stands in its limits.
HOW_COUNTED = {
    "crime": (
        "De politie telt wat is geregistreerd: bij het zwaarste feit van een incident en op de"
        " plaats waar het gebeurde. Niet alles wordt gemeld. Cijfers blijven twee jaar voorlopig."
        " Sinds juli 2018 telt elk feit één keer; vergelijk niet over die grens heen. Leeg betekent"
        " niet gepubliceerd, geen nul."
    ),
    "nuisance": (
        "De politie telt meldingen die zij als overlast vastlegt. Een melding is geen overtreding."
    ),
    "registered": "Het CBS telt misdrijven waarvan de politie een proces-verbaal heeft opgemaakt.",
    "survey": (
        "Een vragenlijst onder een steekproef van inwoners van 15 jaar en ouder, om het jaar. Een"
        " verschil kleiner dan de marge is geen verschil."
    ),
    "accidents": "Alleen ongevallen die de politie heeft geregistreerd.",
    "response": "Uit het meldsysteem van de politie.",
    "local": "Een eigen telling: wie telt, en hoe, bepaalt het getal. Eigen cijfers zijn intern.",
}
FREQUENCIES = {
    "month": "per maand",
    "year": "per jaar",
    "two-years": "om het jaar",
    "own": "zo vaak als u aanlevert",
}


def counted(indicator: Indicator) -> str:
    """The numerator, with its codes; of one that a municipality made what it says itself."""
    if indicator.municipality:
        return indicator.why
    codes = " en ".join(indicator.topics)
    plural = "codes" if TOGETHER in indicator.topic else "code"
    return (
        f"{indicator.numerator.title[0].upper()}{indicator.numerator.title[1:]} ({plural} {codes})."
    )


def contents(indicator: Indicator) -> str:
    """The incident codes that are counted, by name; '' where the source has none."""
    found = [one for t in indicator.topics for one in incidents(indicator.numerator.scheme, t)]
    return "; ".join(f"{one.code} {one.name}" for one in found) + "." if found else ""


def divided(indicator: Indicator) -> str:
    """The denominator, or that there is none."""
    if indicator.denominator is None:
        return (
            "Nergens door: het is een aantal." if indicator.measure == "count" else "Nergens door."
        )
    return f"{indicator.denominator.title[0].upper()}{indicator.denominator.title[1:]}."


def facts(indicator: Indicator) -> list[tuple[str, str]]:
    """What is known of an indicator, as term and words."""
    rows = [
        ("Wat er wordt geteld", counted(indicator)),
        ("Waardoor het wordt gedeeld", divided(indicator)),
        ("Eenheid", indicator.unit_label),
        ("Gewenste richting", indicator.direction_label),
        ("Kleinste gebied", indicator.level_label),
        ("Hoe snel beschikbaar", indicator.delay),
        ("Let op", indicator.limits),
        ("Hoe de bron telt", HOW_COUNTED[indicator.numerator.scheme]),
        ("Bron", indicator.source),
        ("Tabellen", "; ".join(table_words(indicator))),
        ("Beoordeeld op", dutch.day(indicator.reviewed)),
    ]
    if indicator.sets:
        rows.insert(0, ("Hoort bij", "; ".join(SETS[name] for name in indicator.sets)))
    if said := contents(indicator):
        rows.insert(1 + bool(indicator.sets), ("Wat er precies onder valt", said))
    if indicator.to_check:
        rows.append(("Nog te controleren", " ".join(indicator.to_check)))
    return rows


def table_words(indicator: Indicator) -> list[str]:
    levels = {
        "neighbourhood": "per buurt",
        "municipality": "per gemeente",
        "team": "per basisteam",
        "country": "landelijk",
    }
    return [f"{t.table} ({levels[t.level]}, {FREQUENCIES[t.frequency]})" for t in indicator.tables]
