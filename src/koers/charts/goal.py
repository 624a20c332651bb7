"""A goal: what was counted, what is to be expected up to its date, and the target."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from koers.charts.render import BAND, BLUE, INK, RUST, Chart, draw
from koers.charts.series import _clean, _count, _round
from koers.dutch import number, period

SHARES = (0.35, 0.6, 0.95)
COUNTED, MEDIAN, TARGET = "geteld", "verwacht", "streefwaarde"


@dataclass(frozen=True)
class FanPoint:
    """The forecast at a moment: the median, and lower and upper limit of each interval, the widest last."""

    moment: date
    median: float
    limits: tuple[tuple[float, float], ...]


def goal_chart(
    name: str,
    title: str,
    moments: Sequence[date],
    observed: Sequence[float],
    fan: Sequence[FanPoint],
    levels: Sequence[float],
    target: float,
    due: date,
    *,
    unit: str,
    decimals: int = 0,
    width: int = 620,
    height: int = 300,
) -> Chart:
    """Twelve-month figures at the moment at which each ended, the fan from there to the date, and the target as a line.

    Without a fan (too few figures) only what was counted and the target are drawn.
    """
    x = {"field": "x", "type": "temporal", "scale": {"type": "utc"}, "title": None,
         "axis": {"format": "%Y", "grid": False, "tickCount": {"interval": "year", "step": 1}}}  # fmt: skip
    layers = [*_bands(fan, levels, x), *_lines(moments, observed, fan, x, unit), *_target(moments, target, due, x)]
    spec = {"width": width - 70, "height": height, "layer": layers}
    description = _describe(moments, observed, fan, levels, target, due, decimals)
    limits = [f"{side} {_percent(level)}" for level in levels for side in ("Ondergrens", "Bovengrens")] if fan else []
    empty = (None,) * (1 + len(limits)) if fan else ()
    rows = [(_ended(m), _count(o), *empty, _value(target, decimals)) for m, o in zip(moments, observed, strict=True)]
    rows += [
        (
            _ended(p.moment),
            None,
            _round(p.median),
            *(_round(v) for pair in p.limits for v in pair),
            _value(target, decimals),
        )
        for p in fan
        if p.moment > moments[-1]
    ]
    columns = ("12 maanden tot", "Geteld", *(("Verwacht", *limits) if fan else ()), "Streefwaarde")
    return Chart(draw(name, spec, title, description), title, description, columns, tuple(rows))


def _percent(level: float) -> str:
    return f"{number(100 * level)} %"


def _value(value: float, decimals: int) -> float | int:
    return round(value, decimals) if decimals or not float(value).is_integer() else int(value)


def _ended(moment: date) -> str:
    return period(f"{moment.year}-{moment.month:02d}")


def _bands(fan: Sequence[FanPoint], levels: Sequence[float], x: dict[str, Any]) -> list[dict[str, Any]]:
    """The widest first, each a little darker than the one around it."""
    names = [f"{_percent(level)} kans" for level in levels]
    layers = []
    for i in reversed(range(len(levels) if fan else 0)):
        values = [{"x": p.moment.isoformat(), "l": _clean(p.limits[i][0]), "u": _clean(p.limits[i][1])} for p in fan]
        colour = {"datum": names[i], "type": "nominal",
                  "scale": {"domain": [*names], "range": [BAND] * len(names)}, "legend": None}  # fmt: skip
        layers.append({
            "data": {"values": values},
            "mark": {"type": "area", "opacity": SHARES[::-1][i % len(SHARES)], "color": BAND},
            "encoding": {"x": x, "y": {"field": "l", "type": "quantitative"}, "y2": {"field": "u"}, "detail": colour},
        })  # fmt: skip
    return layers


def _lines(
    moments: Sequence[date], observed: Sequence[float], fan: Sequence[FanPoint], x: dict[str, Any], unit: str
) -> list[dict[str, Any]]:
    y = {"type": "quantitative", "title": unit, "scale": {"zero": True, "nice": True}}
    counted = [{"x": m.isoformat(), "v": _clean(o)} for m, o in zip(moments, observed, strict=True)]
    expected = [{"x": p.moment.isoformat(), "v": _clean(p.median)} for p in fan]
    layers = [
        {"data": {"values": counted},
         "mark": {"type": "line", "strokeWidth": 2, "invalid": "break-paths-show-domains", "point": {"size": 26, "color": INK}},
         "encoding": {"x": x, "y": {**y, "field": "v"}, "color": _colour(COUNTED)}}
    ]  # fmt: skip
    if expected:
        layers.append(
            {"data": {"values": expected}, "mark": {"type": "line", "strokeDash": [5, 4], "strokeWidth": 2},
             "encoding": {"x": x, "y": {**y, "field": "v"}, "color": _colour(MEDIAN)}}
        )  # fmt: skip
    return layers


def _target(moments: Sequence[date], target: float, due: date, x: dict[str, Any]) -> list[dict[str, Any]]:
    first = min([*moments[:1], due])
    line = [{"x": first.isoformat(), "v": target}, {"x": due.isoformat(), "v": target}]
    y = {"field": "v", "type": "quantitative"}
    return [
        {"data": {"values": line}, "mark": {"type": "line", "strokeWidth": 1.5},
         "encoding": {"x": x, "y": y, "color": _colour(TARGET)}},
        {"data": {"values": line[1:]},
         "mark": {"type": "point", "shape": "diamond", "size": 120, "filled": True, "color": RUST, "opacity": 1},
         "encoding": {"x": x, "y": y}},
    ]  # fmt: skip


def _colour(label: str) -> dict[str, Any]:
    key = {"domain": [COUNTED, MEDIAN, TARGET], "range": [INK, BLUE, RUST]}
    return {"datum": label, "type": "nominal", "scale": key, "legend": {"title": None, "symbolType": "stroke"}}


def _describe(moments, observed, fan, levels, target, due, decimals) -> str:
    known = [(m, o) for m, o in zip(moments, observed, strict=True) if not math.isnan(o)]
    text = f"De streefwaarde is {number(target, decimals)} op {due.day} {_ended(due)}."
    if known:
        text = f"Laatste stand: {number(known[-1][1], decimals)} in de 12 maanden tot {_ended(known[-1][0])}. " + text
    if fan:
        low, high = fan[-1].limits[-1]
        text += (
            f" Verwacht wordt dan {number(fan[-1].median)}; met {_percent(levels[-1])} kans ligt het tussen "
            f"{number(low)} en {number(high)}."
        )
    return text
