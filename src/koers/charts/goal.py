"""A goal: what was counted, what is to be expected up to its date, and the target."""

from __future__ import annotations

import math
from calendar import timegm
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from koers.charts.axes import as_count, drawn, rounded
from koers.charts.render import BAND, BLUE, INK, RUST, Chart, draw
from koers.dutch import number, period

SHARES = (0.35, 0.6, 0.95)
COUNTED, MEDIAN, TARGET = "geteld", "verwacht", "streefwaarde"


@dataclass(frozen=True)
class FanPoint:
    """The forecast at a moment: the median, and lower and upper limit of each interval, the widest
    last."""

    moment: date
    median: float
    limits: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Fan:
    """The forecast up to the date: ``levels`` are the shares of its intervals, the widest last."""

    points: Sequence[FanPoint]
    levels: Sequence[float]


@dataclass(frozen=True)
class Target:
    value: float
    due: date


def goal_chart(
    name: str,
    title: str,
    moments: Sequence[date],
    observed: Sequence[float],
    fan: Fan,
    target: Target,
    *,
    unit: str,
    decimals: int = 0,
    width: int = 620,
    height: int = 300,
) -> Chart:
    """Twelve-month figures at the moment at which each ended (the first day after it), the fan from
    there to the date, and the target as a line.

    Without a fan (too few figures) only what was counted and the target are drawn.
    """
    x: dict[str, Any] = {
        "field": "x",
        "type": "temporal",
        "scale": {"type": "utc"},
        "title": None,
        "axis": {"format": "%Y", "grid": False, "tickCount": {"interval": "year", "step": 1}},
    }
    if moments and all((m.month, m.day) == (1, 1) for m in moments):
        # The figure of a year stands at its end, where an axis of time begins the next: a mark
        # there has the name of the year that ended, also at a date that is its last day.
        ends = range(min(moments).year, max(*moments, target.due + timedelta(days=1)).year + 1)
        marks = [1000 * timegm((year, 1, 1, 0, 0, 0)) for year in ends]
        x["scale"]["domain"] = [marks[0], marks[-1]]
        x["axis"] |= {"values": marks, "labelExpr": "utcyear(datum.value) - 1"}
    layers = [
        *_bands(fan, x),
        *_lines(moments, observed, fan.points, x, unit),
        *_target(moments, target, x),
    ]
    spec = {"width": width - 70, "height": height, "layer": layers}
    description = _describe(moments, observed, fan, target, decimals)
    limits = (
        [
            f"{side} {_percent(level)}"
            for level in fan.levels
            for side in ("Ondergrens", "Bovengrens")
        ]
        if fan.points
        else []
    )
    empty = (None,) * (1 + len(limits)) if fan.points else ()
    wanted = _value(target.value, decimals)
    rows: list[tuple[Any, ...]] = [
        (_ended(m), as_count(o), *empty, wanted) for m, o in zip(moments, observed, strict=True)
    ]
    rows += [
        (
            _ended(p.moment),
            None,
            rounded(p.median),
            *(rounded(v) for pair in p.limits for v in pair),
            wanted,
        )
        for p in fan.points
        if p.moment > moments[-1]
    ]
    columns = (
        "12 maanden tot",
        "Geteld",
        *(("Verwacht", *limits) if fan.points else ()),
        "Streefwaarde",
    )
    return Chart(draw(name, spec, title, description), title, description, columns, tuple(rows))


def _percent(level: float) -> str:
    return f"{number(100 * level)} %"


def _value(value: float, decimals: int) -> float | int:
    return round(value, decimals) if decimals or not float(value).is_integer() else int(value)


def _ended(moment: date) -> str:
    return period(f"{moment.year}-{moment.month:02d}")


def _bands(fan: Fan, x: dict[str, Any]) -> list[dict[str, Any]]:
    """The widest first, each a little darker than the one around it."""
    names = [f"{_percent(level)} kans" for level in fan.levels]
    layers = []
    for i in reversed(range(len(fan.levels) if fan.points else 0)):
        values = [
            {"x": p.moment.isoformat(), "l": drawn(p.limits[i][0]), "u": drawn(p.limits[i][1])}
            for p in fan.points
        ]
        colour = {
            "datum": names[i],
            "type": "nominal",
            "scale": {"domain": [*names], "range": [BAND] * len(names)},
            "legend": None,
        }
        layers.append(
            {
                "data": {"values": values},
                "mark": {"type": "area", "opacity": SHARES[::-1][i % len(SHARES)], "color": BAND},
                "encoding": {
                    "x": x,
                    "y": {"field": "l", "type": "quantitative"},
                    "y2": {"field": "u"},
                    "detail": colour,
                },
            }
        )
    return layers


def _lines(
    moments: Sequence[date],
    observed: Sequence[float],
    fan: Sequence[FanPoint],
    x: dict[str, Any],
    unit: str,
) -> list[dict[str, Any]]:
    y = {"type": "quantitative", "title": unit, "scale": {"zero": True, "nice": True}}
    counted = [{"x": m.isoformat(), "v": drawn(o)} for m, o in zip(moments, observed, strict=True)]
    expected = [{"x": p.moment.isoformat(), "v": drawn(p.median)} for p in fan]
    layers = [
        {
            "data": {"values": counted},
            "mark": {
                "type": "line",
                "strokeWidth": 2,
                "invalid": "break-paths-show-domains",
                "point": {"size": 26, "color": INK},
            },
            "encoding": {"x": x, "y": {**y, "field": "v"}, "color": _colour(COUNTED)},
        }
    ]
    if expected:
        layers.append(
            {
                "data": {"values": expected},
                "mark": {"type": "line", "strokeDash": [5, 4], "strokeWidth": 2},
                "encoding": {"x": x, "y": {**y, "field": "v"}, "color": _colour(MEDIAN)},
            }
        )
    return layers


def _target(moments: Sequence[date], target: Target, x: dict[str, Any]) -> list[dict[str, Any]]:
    first = min([*moments[:1], target.due])
    line = [{"x": day.isoformat(), "v": target.value} for day in (first, target.due)]
    y = {"field": "v", "type": "quantitative"}
    return [
        {
            "data": {"values": line},
            "mark": {"type": "line", "strokeWidth": 1.5},
            "encoding": {"x": x, "y": y, "color": _colour(TARGET)},
        },
        {
            "data": {"values": line[1:]},
            "mark": {
                "type": "point",
                "shape": "diamond",
                "size": 120,
                "filled": True,
                "color": RUST,
                "opacity": 1,
            },
            "encoding": {"x": x, "y": y},
        },
    ]


def _colour(label: str) -> dict[str, Any]:
    key = {"domain": [COUNTED, MEDIAN, TARGET], "range": [INK, BLUE, RUST]}
    return {
        "datum": label,
        "type": "nominal",
        "scale": key,
        "legend": {"title": None, "symbolType": "stroke"},
    }


def _describe(
    moments: Sequence[date],
    observed: Sequence[float],
    fan: Fan,
    target: Target,
    decimals: int,
) -> str:
    known = [(m, o) for m, o in zip(moments, observed, strict=True) if not math.isnan(o)]
    due = target.due
    text = f"De streefwaarde is {number(target.value, decimals)} op {due.day} {_ended(due)}."
    if known:
        text = (
            f"Laatste stand: {number(known[-1][1], decimals)} in de 12 maanden tot"
            f" {_ended(known[-1][0])}. " + text
        )
    if fan.points:
        last = fan.points[-1]
        low, high = last.limits[-1]
        text += (
            f" Verwacht wordt dan {number(last.median)}; met {_percent(fan.levels[-1])} kans ligt"
            f" het tussen {number(low)} en {number(high)}."
        )
    return text
