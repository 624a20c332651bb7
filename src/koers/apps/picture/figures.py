"""What the indicators ask of a shelf: which of them are counted here, and by what they are
divided."""

from __future__ import annotations

import numpy as np

from koers.analysis.panel import Floats, Panel
from koers.apps.picture.renumbered import said_of, said_of_sum
from koers.figures.areas import Area
from koers.figures.boundaries import People
from koers.figures.shelf import CountTable, Shelf
from koers.indicators import Indicator, load_indicators


def renumbering_of(shelf: Shelf, found: CountTable, area: Area) -> tuple[str, ...]:
    """In words: which codes an area had before, and where its series does not run on."""
    known = shelf.areas
    if not found.summed:
        return said_of(area.code, found.joined, found.broken, known)
    inside = [
        gap.area
        for gap in found.broken
        if gap.area in known and shelf.municipality_of(known[gap.area]) == area.code
    ]
    return said_of_sum(inside, found.broken, known)


def counted_monthly(shelf: Shelf, municipality: str) -> list[Indicator]:
    """The indicators that add up and are counted here by neighbourhood and month."""
    return [
        i
        for i in load_indicators().values()
        if i.adds_up
        and any(
            set(i.topics) <= c.topics
            for c in shelf.monthly_entries(i.numerator.scheme, municipality)
        )
    ]


def divided_by(shelf: Shelf, indicator: Indicator, panel: Panel) -> Floats:
    """(areas, periods) of what an indicator is divided by; NaN where that is not loaded or no
    figure holds it."""
    per = indicator.denominator
    return people_by(shelf, per.key_figure if per is not None else "", panel)


def people_by(shelf: Shelf, key_figure: str, panel: Panel) -> Floats:
    """The same of a key figure; NaN throughout where it is none."""
    if not key_figure:
        return np.full(panel.population.shape, np.nan)
    people = shelf.people(panel.areas, panel.periods, key_figure)
    return inhabitants(people, panel) if key_figure == "inhabitants" else people.same


def inhabitants(people: People, panel: Panel) -> Floats:
    """(areas, periods) of the inhabitants by whom counts may be divided; NaN where those of the
    same boundaries are not known. Of a municipality of which only neighbourhoods have them, their
    sum."""
    withheld = np.isnan(people.same) & np.isfinite(people.at_risk)
    return np.where(withheld, np.nan, panel.population)
