"""A goal: what was counted, what is to be expected up to its date, and the target."""

from __future__ import annotations

import math
from calendar import timegm
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from koers.charts.axes import as_count, drawn, rounded
from koers.charts.render import BAND, BLUE, GREY, INK, RUST, Chart, draw
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
class Line:
    """Something beside what was counted, at the same moments."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True)
class Target:
    """``value`` is None where it is not known yet; ``said`` is what is asked, in words; ``path``
    has the targets of the years on the way, at their last day; ``beside`` what the goal is held
    against."""

    value: float | None
    due: date
    said: str = ""
    path: tuple[tuple[date, float], ...] = ()
    beside: Line | None = None

    @property
    def points(self) -> tuple[tuple[date, float], ...]:
        """The way to the target, with itself at the end."""
        end = () if self.value is None else ((self.due, self.value),)
        return (*(p for p in self.path if p[0] < self.due or not end), *end)


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
    beside = target.beside
    colours = _colours(target)
    layers = [
        *_bands(fan, x),
        *_lines(moments, observed, fan.points, x, unit, colours),
        *_beside(moments, beside, x, colours),
        *_target(moments, target, x, colours),
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
    others = (
        [None] * len(moments) if beside is None else [_known(v, decimals) for v in beside.values]
    )
    rows: list[tuple[Any, ...]] = [
        (
            _ended(m),
            as_count(o) if not decimals else _known(o, decimals),
            *empty,
            *((other,) if beside else ()),
            _wanted(target, m, decimals),
        )
        for m, o, other in zip(moments, observed, others, strict=True)
    ]
    more = max(1, decimals + 1) if decimals else 1
    rows += [
        (
            _ended(p.moment),
            None,
            rounded(p.median, more),
            *(rounded(v, more) for pair in p.limits for v in pair),
            *((None,) if beside else ()),
            _wanted(target, p.moment, decimals),
        )
        for p in fan.points
        if p.moment > moments[-1]
    ]
    columns = (
        "12 maanden tot",
        "Geteld" if not decimals else "Cijfer",
        *(("Verwacht", *limits) if fan.points else ()),
        *((beside.name.capitalize(),) if beside else ()),
        "Streefwaarde",
    )
    return Chart(draw(name, spec, title, description), title, description, columns, tuple(rows))


def _percent(level: float) -> str:
    return f"{number(100 * level)} %"


def _value(value: float, decimals: int) -> float | int:
    return round(value, decimals) if decimals or not float(value).is_integer() else int(value)


def _known(value: float, decimals: int) -> float | int | None:
    return None if math.isnan(value) else _value(value, decimals)


def _wanted(target: Target, moment: date, decimals: int) -> float | int | None:
    """The target of a moment: that of its year, on the way there, else the one at the end."""
    if not target.path:
        return None if target.value is None else _value(target.value, decimals)
    day = moment - timedelta(days=1)
    found = next((v for d, v in target.points if (d.year, d.month) == (day.year, day.month)), None)
    return None if found is None else _value(found, decimals)


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
    colours: Mapping[str, str],
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
            "encoding": {"x": x, "y": {**y, "field": "v"}, "color": _colour(COUNTED, colours)},
        }
    ]
    if expected:
        layers.append(
            {
                "data": {"values": expected},
                "mark": {"type": "line", "strokeDash": [5, 4], "strokeWidth": 2},
                "encoding": {"x": x, "y": {**y, "field": "v"}, "color": _colour(MEDIAN, colours)},
            }
        )
    return layers


def _beside(
    moments: Sequence[date], line: Line | None, x: dict[str, Any], colours: Mapping[str, str]
) -> list[dict[str, Any]]:
    if line is None:
        return []
    values = [
        {"x": m.isoformat(), "v": drawn(v)} for m, v in zip(moments, line.values, strict=True)
    ]
    return [
        {
            "data": {"values": values},
            "mark": {
                "type": "line",
                "strokeWidth": 1.5,
                "strokeDash": [2, 3],
                "invalid": "break-paths-show-domains",
            },
            "encoding": {
                "x": x,
                "y": {"field": "v", "type": "quantitative"},
                "color": _colour(line.name, colours),
            },
        }
    ]


def _target(
    moments: Sequence[date], target: Target, x: dict[str, Any], colours: Mapping[str, str]
) -> list[dict[str, Any]]:
    """A level line up to the date; or the way through the years, with a mark at each."""
    points = target.points
    if not points:
        return []
    first = min([*moments[:1], points[0][0]])
    way = points if target.path else ((first, points[0][1]), *points)
    line = [{"x": day.isoformat(), "v": value} for day, value in way]
    marks = line if target.path else line[1:]
    y = {"field": "v", "type": "quantitative"}
    return [
        {
            "data": {"values": line},
            "mark": {"type": "line", "strokeWidth": 1.5},
            "encoding": {"x": x, "y": y, "color": _colour(TARGET, colours)},
        },
        {
            "data": {"values": marks},
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


def _colours(target: Target) -> dict[str, str]:
    """Of each line by its name; a target that is not known yet has none."""
    found = {COUNTED: INK, MEDIAN: BLUE}
    if target.points:
        found[TARGET] = RUST
    return found | ({target.beside.name: GREY} if target.beside else {})


def _colour(label: str, colours: Mapping[str, str]) -> dict[str, Any]:
    return {
        "datum": label,
        "type": "nominal",
        "scale": {"domain": [*colours], "range": [*colours.values()]},
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
    value = "" if target.value is None else number(target.value, decimals)
    text = f"De streefwaarde is {target.said or value} op {due.day} {_ended(due)}."
    if target.path:
        steps = ", ".join(f"{number(v, decimals)} in {d.year}" for d, v in target.path)
        text += f" Op weg daarheen: {steps}."
    if known:
        text = (
            f"Laatste stand: {number(known[-1][1], decimals)} in de 12 maanden tot"
            f" {_ended(known[-1][0])}. " + text
        )
    if fan.points:
        last = fan.points[-1]
        low, high = last.limits[-1]
        text += (
            f" Verwacht wordt dan {number(last.median, decimals)}; met"
            f" {_percent(fan.levels[-1])} kans ligt het tussen {number(low, decimals)} en"
            f" {number(high, decimals)}."
        )
    return text
