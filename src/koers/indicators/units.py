"""Units are typed: each says what it is divided by, and whether its figures add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Measure = Literal["count", "rate", "share", "value"]


@dataclass(frozen=True)
class Unit:
    """``measure``: a count and a rate are sums over months; a share is a sum over a sum or
    published as such; a value (a mark, minutes) is only what its source says. ``denominators`` are
    those that give this unit.
    """

    label: str
    measure: Measure
    denominators: tuple[str, ...] = ()


@dataclass(frozen=True)
class Denominator:
    """``title`` in words; ``key_figure`` is the topic of the key figures that holds it, '' where
    none does."""

    title: str
    key_figure: str = ""


UNITS = {
    "per_1000_inhabitants": Unit("per 1.000 inwoners", "rate", ("inhabitants",)),
    "per_1000_dwellings": Unit("per 1.000 woningen", "rate", ("dwellings",)),
    "per_1000_premises": Unit("per 1.000 bedrijfsvestigingen", "rate", ("premises",)),
    "per_1000_youths": Unit("per 1.000 jongeren van 12 tot en met 17 jaar", "rate", ("youths",)),
    "percent": Unit(
        "%",
        "share",
        (
            "respondents",
            "victims",
            "calls",
            "checks",
            "vehicles",
            "residents_65_plus",
            "events",
            "actions",
            "indicators",
            "stated",
        ),
    ),
    "count": Unit("aantal", "count"),
    "hours": Unit("uren", "count"),
    "minutes": Unit("minuten", "value"),
    "mark": Unit("rapportcijfer (1 tot en met 10)", "value", ("respondents",)),
    "km_per_hour": Unit("km per uur", "value", ("vehicles",)),
}

INDEX = "index"
"""Of a goal: the value of a base period is 100."""
GOAL_UNITS = {key: unit.label for key, unit in UNITS.items()} | {
    "mark": "rapportcijfer",
    INDEX: "index (het jaar van de nulmeting is 100)",
}
"""The units in which a goal is set."""
_VALUE = {
    "count": "{}",
    "percent": "{} %",
    "mark": "rapportcijfer {}",
    "hours": "{} uren",
    "minutes": "{} minuten",
    "km_per_hour": "{} km per uur",
    INDEX: "index {}",
}


def said_in(unit: str, number: str) -> str:
    """A number with its unit, as it stands in a sentence: "4,8 per 1.000 inwoners"."""
    return _VALUE.get(unit, f"{{}} {GOAL_UNITS[unit]}").format(number)


def key_figure_of(unit: str) -> str:
    """By which key figure counts are divided in a unit; "" where by none that Koers has."""
    if unit == INDEX or UNITS[unit].measure != "rate":
        return ""
    return DENOMINATORS[UNITS[unit].denominators[0]].key_figure


DENOMINATORS = {
    "inhabitants": Denominator("inwoners op 1 januari van het jaar", "inhabitants"),
    "dwellings": Denominator("woningen op 1 januari van het jaar", "dwellings"),
    "premises": Denominator("bedrijfsvestigingen op 1 januari van het jaar", "premises"),
    "youths": Denominator("inwoners van 12 tot en met 17 jaar"),
    "respondents": Denominator("inwoners die de vraag hebben beantwoord, gewogen"),
    "victims": Denominator("slachtoffers onder wie de vragenlijst hebben ingevuld, gewogen"),
    "calls": Denominator("meldingen met prioriteit 1"),
    "checks": Denominator("gecontroleerde personen, bedrijven of voertuigen"),
    "vehicles": Denominator("gemeten voertuigen"),
    "residents_65_plus": Denominator("inwoners van 65 jaar en ouder"),
    "events": Denominator("gehouden evenementen"),
    "actions": Denominator("openstaande acties"),
    "indicators": Denominator("indicatoren in Koers"),
    "stated": Denominator("wat de omschrijving van het cijfer zegt"),
}
