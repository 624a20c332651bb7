"""Does a goal suit its figures: is the number meant in this unit, and does it ask for better?"""

from __future__ import annotations

import numpy as np

from koers.apps.picture.measured import measured, units_for, wanted
from koers.apps.picture.periods import about, yearly_values
from koers.figures.shelf import Shelf
from koers.indicators.units import INDEX, key_figure_of, said_in
from koers.records.aim import Aim

FAR, NEAR = 3, 2
"""A target with a part behind the comma that is so many times under what is counted, and no more
than so many times off what is counted per so many people, was meant per so many people."""


def unit_problem(shelf: Shelf, aim: Aim) -> str:
    """That a number without a unit looks like one per 1,000; "" where it does not."""
    # Nobody counts a part of a theft.
    if aim.kind != "value" or aim.unit or aim.target is None or aim.target.is_integer():
        return ""
    m = measured(shelf, aim)
    if m.missing or m.unit != "count":
        return ""
    values, last = yearly_values(m.found, m.values)
    now = float(values[-1]) if len(values) else np.nan
    if not now > FAR * aim.target:
        return ""
    for unit in units_for(m.found.indicator):
        if unit == INDEX or not key_figure_of(unit):
            continue
        per = measured(shelf, aim.model_copy(update={"unit": unit}))
        rates, _ = yearly_values(per.found, per.values)
        rate = float(rates[-1]) if not per.missing and len(rates) else np.nan
        if rate > 0 and rate / NEAR <= aim.target <= rate * NEAR:
            meant = said_in(unit, per.number(aim.target))
            return (
                f"De laatste stand is {m.said(now)} {about(m.found, last)}; dat is"
                f" {per.said(rate)}. Bedoelt u {meant}? Kies dan die eenheid, en anders 'aantal'."
            )
    return ""


def direction_problem(shelf: Shelf, aim: Aim) -> str:
    """That a target asks for worse than it is now, where nobody said that this is meant."""
    if aim.kind != "value" or aim.direction or aim.target is None:
        return ""
    m = measured(shelf, aim)
    values, last = yearly_values(m.found, m.values) if not m.missing else (np.array([]), 0)
    if not len(values) or m.found.indicator.direction == "neither":
        return ""
    down, now = wanted(aim) == "down", float(values[-1])
    if not (aim.target > now if down else aim.target < now):
        return ""
    better, side = ("lager", "hoogstens") if down else ("hoger", "ten minste")
    return (
        f"De laatste stand is {m.said(now)} {about(m.found, last)}; kies een {better} getal. Is dit"
        f" een grens die niet mag worden overschreden? Kies dan zelf de richting '{side}'."
    )
