"""What a goal has to reach: a number of its own, the level of a year, the year before, or peers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from koers import dutch
from koers.apps.picture.measured import Measured, base_of, decimals_of, unit_of, wanted
from koers.apps.picture.periods import about, figure_at, round_of, yearly_values
from koers.figures.shelf import Shelf
from koers.indicators import load_indicators
from koers.indicators.units import said_in
from koers.records.aim import Aim


@dataclass(frozen=True)
class Bar:
    """``value`` is NaN where it is not known yet; ``strict`` where as much is not enough; ``said``
    in words, with its direction; ``missing`` is why the goal cannot be judged. A figure meets it as
    both are shown: 4,84 is at most 4,8 where the goal has one decimal."""

    value: float
    said: str
    strict: bool = False
    missing: str = ""

    def is_met(self, figure: float, decimals: int, direction: str) -> bool:
        found, bar = round(figure, decimals), round(self.value, decimals)
        if found == bar:
            return not self.strict
        return found < bar if direction == "down" else found > bar


def bar_of(shelf: Shelf, aim: Aim, m: Measured, end: int) -> Bar:
    """Where the figure that ends at ``end`` decides."""
    down = wanted(aim) == "down"
    match aim.kind:
        case "keep":
            return _kept(aim, m, down)
        case "earlier":
            return _earlier(m, end, down)
        case "peers":
            return _peers(shelf, aim, m, end, down)
    if aim.target is None:
        return Bar(np.nan, "", missing="Dit doel heeft geen streefwaarde. Vul die in.")
    return Bar(aim.target, f"{'hoogstens' if down else 'ten minste'} {m.said(aim.target)}")


def _kept(aim: Aim, m: Measured, down: bool) -> Bar:
    value = base_of(m.found, aim, m.per)
    year = dutch.period(aim.base_period)
    if not np.isfinite(value):
        missing = (
            f"Het niveau van {year or 'de nulmeting'} staat niet in de cijfers die Koers heeft. Vul"
            " het in als nulmeting."
        )
        return Bar(np.nan, "", missing=missing)
    side = "hoogstens" if down else "ten minste"
    level = f"het niveau van {year}" if year else "de nulmeting"
    return Bar(value, f"{side} {m.said(value)}, {level}")


def _earlier(m: Measured, end: int, down: bool) -> Bar:
    before = end - round_of(m.found)
    value = figure_at(m.found, before, m.values)
    said = "lager dan" if down else "hoger dan"
    if np.isfinite(value):
        return Bar(value, f"{said} {m.said(value)} {about(m.found, before)}", strict=True)
    return Bar(np.nan, f"{said} {about(m.found, before)}", strict=True)


def _peers(shelf: Shelf, aim: Aim, m: Measured, end: int, down: bool) -> Bar:
    rates = m.rates
    if rates is None or not rates.peers:
        missing = (
            "Koers heeft geen cijfers van vergelijkbare gemeenten. Kies ze bij 'Met wie vergelijken"
            " we ons?', of haal cijfers van andere gemeenten op."
        )
        return Bar(np.nan, "", missing=missing)
    series = peers_together(m)
    value = figure_at(m.found, end, series)
    many = len(rates.peers)
    who = f"{many} vergelijkbare {'gemeente' if many == 1 else 'gemeenten'} samen"
    side = "lager dan" if down else "hoger dan"
    last = yearly_values(m.found)[1]
    now = figure_at(m.found, last, series)
    if np.isfinite(value):
        return Bar(value, f"{side} {who}: {m.said(value)} {about(m.found, end)}", strict=True)
    said = f", nu {m.said(now)} {about(m.found, last)}" if np.isfinite(now) else ""
    return Bar(np.nan, f"{side} {who}{said}", strict=True)


def peers_together(m: Measured) -> tuple[float, ...]:
    """What the peers have together, a place a period, in the unit of the goal: of counts per so
    many people, of marks their mean."""
    rates = m.rates
    assert rates is not None
    stacked = np.asarray(rates.peers)
    if not m.counted:
        return tuple((stacked.mean(axis=0) / np.asarray(m.per)).tolist())
    per = np.asarray(rates.peers_per)
    scale = np.asarray(m.per) / np.asarray(rates.per)
    with np.errstate(invalid="ignore", divide="ignore"):
        return tuple((stacked.sum(axis=0) / per / scale).tolist())


def asked_of(aim: Aim) -> str:
    """What a goal asks, without any figure: "hoogstens 4,8 per 1.000 inwoners"."""
    if aim.kind == "words" or aim.indicator not in load_indicators():
        return ""
    down, unit = wanted(aim) == "down", unit_of(aim)
    side, than = ("hoogstens", "lager dan") if down else ("ten minste", "hoger dan")
    match aim.kind:
        case "earlier":
            return f"{than} in het jaar ervoor"
        case "peers":
            return f"{than} vergelijkbare gemeenten samen"
        case "keep":
            level = dutch.period(aim.base_period)
            return f"{side} {f'het niveau van {level}' if level else 'de nulmeting'}"
    if aim.target is None:
        return ""
    return f"{side} {said_in(unit, dutch.number(aim.target, decimals_of(aim, unit)))}"
