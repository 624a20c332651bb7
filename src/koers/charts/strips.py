"""Areas beside each other: a dot with its interval for each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from koers.charts.axes import within_brackets
from koers.charts.render import BLUE, GREY, Chart, draw
from koers.dutch import number

ESTIMATED = "(geschat)"
"""In the unit of what was not counted; the words then say so at each number."""


@dataclass(frozen=True)
class Strip:
    """One area: its figure and 95 % interval (NaN where there is none)."""

    name: str
    value: float
    lower: float
    upper: float
    own: bool = False


def comparison_chart(
    name: str,
    title: str,
    strips: Sequence[Strip],
    *,
    unit: str,
    decimals: int = 1,
    width: int = 620,
) -> Chart:
    """Areas sorted by their figure, with intervals; the own area stands out by colour, size and
    weight."""
    known = sorted((s for s in strips if not math.isnan(s.value)), key=lambda s: -s.value)
    values = [
        {
            "n": s.name,
            "v": round(s.value, 4),
            "l": _or(s.lower, s.value),
            "u": _or(s.upper, s.value),
            "own": s.own,
        }
        for s in known
    ]
    limit = 170
    y = {
        "field": "n",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelLimit": limit, "grid": True},
    }
    x = {
        "field": "v",
        "type": "quantitative",
        "title": unit,
        "scale": {"zero": True},
        "axis": {"tickCount": 6},
    }
    colour = {"condition": {"test": "datum.own", "value": BLUE}, "value": GREY}
    layers = [
        {
            "mark": {"type": "rule", "strokeWidth": 2},
            "encoding": {"y": y, "x": {**x, "field": "l"}, "x2": {"field": "u"}, "color": colour},
        },
        {
            "mark": {"type": "point", "filled": True, "opacity": 1},
            "encoding": {
                "y": y,
                "x": x,
                "color": colour,
                "size": {"condition": {"test": "datum.own", "value": 130}, "value": 60},
                "shape": {
                    "condition": {"test": "datum.own", "value": "diamond"},
                    "value": "circle",
                },
            },
        },
    ]
    spec = {
        "width": width - limit - 30,
        "height": {"step": 22},
        "data": {"values": values},
        "layer": layers,
    }
    description = _describe(known, unit, decimals)
    rows = tuple(
        (s.name, _r(s.value, decimals), _r(s.lower, decimals), _r(s.upper, decimals)) for s in known
    )
    columns = ("Gebied", unit.capitalize(), "Ondergrens 95 %", "Bovengrens 95 %")
    missing = tuple(s.name for s in strips if math.isnan(s.value))
    return Chart(draw(name, spec, title, description), title, description, columns, rows, missing)


def _or(value: float, other: float) -> float:
    return round(other if math.isnan(value) else value, 4)


def _r(value: float, decimals: int) -> float | None:
    return None if math.isnan(value) else round(value, decimals)


def _describe(known: Sequence[Strip], unit: str, decimals: int) -> str:
    if not known:
        return "Er zijn geen cijfers om te vergelijken."
    word = "geschat " if ESTIMATED in unit else ""
    text = (
        f"Hoogste: {known[0].name} ({word}{number(known[0].value, decimals)}); laagste:"
        f" {known[-1].name} ({word}{number(known[-1].value, decimals)})"
    )
    own = [(i, s) for i, s in enumerate(known, 1) if s.own]
    if own:
        text += (
            f". {own[0][1].name}: {word}{number(own[0][1].value, decimals)}, plaats {own[0][0]} van"
            f" {len(known)}"
        )
    return f"{text} ({within_brackets(unit.replace(f' {ESTIMATED}', ''))})."
