"""Charts over time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from koers.charts.axes import as_count, drawn, moment, rounded, time_axis, within_brackets
from koers.charts.render import BAND, BLUE, HATCH, INK, PALE, RUST, Chart, draw
from koers.dutch import number, period


@dataclass(frozen=True)
class Expected:
    """What was to be expected, one a period, with its 95 % interval; NaN = too little history."""

    values: Sequence[float]
    lower: Sequence[float]
    upper: Sequence[float]


@dataclass(frozen=True)
class Line:
    """A named series; ``own`` stands out. Values are one a period, NaN = no figure."""

    name: str
    values: Sequence[float]
    own: bool = False


def trend_chart(
    name: str,
    title: str,
    labels: Sequence[str],
    observed: Sequence[float],
    expected: Expected,
    *,
    provisional: Sequence[bool] = (),
    unit: str = "aantal",
    width: int = 620,
    height: int = 260,
) -> Chart:
    """Counts over time with what was to be expected and its 95 % interval; provisional points are
    open, on a hatched ground."""
    late = list(provisional) or [False] * len(labels)
    limits = (expected.values, expected.lower, expected.upper)
    values = [
        {
            "x": moment(label),
            "o": drawn(o),
            "e": drawn(e),
            "l": drawn(low),
            "u": drawn(high),
            "v": bool(v),
        }
        for label, o, e, low, high, v in zip(labels, observed, *limits, late, strict=True)
    ]
    x = time_axis(labels)
    scale = {"zero": True, "nice": True}
    names = ["geteld", "verwacht", "95 %-marge van de verwachting"]
    key = {"domain": names, "range": [INK, BLUE, BAND]}

    has_expectation = any(v["e"] is not None for v in values)

    def colour(label: str) -> dict[str, Any]:
        # A legend of one line tells nothing.
        legend = {"title": None, "symbolType": "square"} if has_expectation else None
        return {"datum": label, "type": "nominal", "scale": key, "legend": legend}

    band = {
        "transform": [{"filter": "datum.l !== null && datum.u !== null"}],
        "mark": {"type": "area", "opacity": 0.55, "interpolate": "linear"},
        "encoding": {
            "x": x,
            "y": {"field": "l", "type": "quantitative", "title": unit, "scale": scale},
            "y2": {"field": "u"},
            "color": colour(names[2]),
        },
    }
    expectation = {
        "transform": [{"filter": "datum.e !== null"}],
        "mark": {"type": "line", "strokeDash": [5, 4], "strokeWidth": 1.5},
        "encoding": {
            "x": x,
            "y": {"field": "e", "type": "quantitative"},
            "color": colour(names[1]),
        },
    }
    line = {
        "mark": {"type": "line", "strokeWidth": 2, "invalid": "break-paths-show-domains"},
        "encoding": {
            "x": x,
            "y": {"field": "o", "type": "quantitative", "title": unit, "scale": scale},
            "color": colour(names[0]),
        },
    }
    points = {
        "transform": [{"filter": "datum.o !== null"}],
        "mark": {
            "type": "point",
            "size": 26,
            "filled": True,
            "opacity": 1,
            "stroke": INK,
            "strokeWidth": 1,
        },
        "encoding": {
            "x": x,
            "y": {"field": "o", "type": "quantitative"},
            "color": {"condition": {"test": "datum.v", "value": "#ffffff"}, "value": INK},
        },
    }
    outside = {
        "transform": [
            {
                "filter": (
                    "datum.u !== null && datum.o !== null && (datum.o > datum.u || datum.o <"
                    " datum.l)"
                )
            }
        ],
        "mark": {
            "type": "point",
            "shape": "diamond",
            "size": 90,
            "stroke": RUST,
            "strokeWidth": 2,
            "filled": False,
        },
        "encoding": {"x": x, "y": {"field": "o", "type": "quantitative"}},
    }
    layers = (
        ([band, expectation] if has_expectation else [])
        + [line, points]
        + ([outside] if has_expectation else [])
    )
    layers = [*_ground(labels, late, x), *layers]
    spec = {"width": width - 70, "height": height, "data": {"values": values}, "layer": layers}
    description = _describe(labels, observed, expected)
    return Chart(
        svg=draw(name, spec, title, description),
        title=title,
        description=description,
        columns=(
            "Periode",
            "Geteld",
            "Verwacht",
            "Ondergrens 95 %",
            "Bovengrens 95 %",
            "Voorlopig",
        ),
        rows=tuple(
            (period(label), as_count(o), rounded(e), rounded(low), rounded(high), bool(v))
            for label, o, e, low, high, v in zip(labels, observed, *limits, late, strict=True)
        ),
    )


def _ground(labels: Sequence[str], late: Sequence[bool], x: dict[str, Any]) -> list[dict[str, Any]]:
    """A hatched ground under each run of provisional periods, from half a period before it to half
    a period after."""
    runs: list[list[int]] = []
    for i in (i for i, v in enumerate(late) if v):
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    if not runs:
        return []
    half = timedelta(days=15 if len(labels[0]) == 7 else 182)
    values = [
        {
            "x": (date.fromisoformat(moment(labels[run[0]])) - half).isoformat(),
            "y": (date.fromisoformat(moment(labels[run[-1]])) + half).isoformat(),
        }
        for run in runs
    ]
    mark = {"type": "rect", "fill": HATCH, "opacity": 1}
    return [{"data": {"values": values}, "mark": mark, "encoding": {"x": x, "x2": {"field": "y"}}}]


def small_trend(
    name: str,
    title: str,
    labels: Sequence[str],
    observed: Sequence[float],
    lower: Sequence[float],
    upper: Sequence[float],
) -> Chart:
    """A series as a line of a table row: no axes, the 95 % band of what was expected behind it, the
    last point marked."""
    values = [
        {"x": moment(label), "o": drawn(o), "l": drawn(low), "u": drawn(high)}
        for label, o, low, high in zip(labels, observed, lower, upper, strict=True)
    ]
    x = {"field": "x", "type": "temporal", "scale": {"type": "utc"}, "axis": None}
    y = {"type": "quantitative", "axis": None, "scale": {"zero": True}}
    known = [value for value in values if value["o"] is not None]
    layers = [
        {
            "transform": [{"filter": "datum.l !== null && datum.u !== null"}],
            "mark": {"type": "area", "opacity": 0.55, "color": BAND},
            "encoding": {"x": x, "y": {**y, "field": "l"}, "y2": {"field": "u"}},
        },
        {
            "mark": {
                "type": "line",
                "strokeWidth": 1.5,
                "color": INK,
                "invalid": "break-paths-show-domains",
            },
            "encoding": {"x": x, "y": {**y, "field": "o"}},
        },
        {
            "data": {"values": known[-1:]},
            "mark": {"type": "point", "filled": True, "size": 40, "color": BLUE, "opacity": 1},
            "encoding": {"x": x, "y": {**y, "field": "o"}},
        },
    ]
    spec = {"width": 180, "height": 36, "padding": 3, "data": {"values": values}, "layer": layers}
    last = next((v for v in reversed(list(observed)) if not math.isnan(v)), math.nan)
    span = f" van {period(labels[0])} tot en met {period(labels[-1])}" if labels else ""
    description = f"Verloop{span}; laatste waarde {_said(last)}."
    rows = tuple((period(label), as_count(o)) for label, o in zip(labels, observed, strict=True))
    return Chart(
        draw(name, spec, title, description), title, description, ("Periode", "Geteld"), rows
    )


def _said(value: float) -> str:
    """A count whole, a percentage or a mark with one decimal."""
    return number(value, 0 if math.isnan(value) or float(value).is_integer() else 1)


def _describe(labels: Sequence[str], observed: Sequence[float], expected: Expected) -> str:
    known = [i for i, value in enumerate(observed) if not math.isnan(value)]
    if not known:
        return "Er zijn geen cijfers in deze periode."
    last = known[-1]
    text = (
        f"Van {period(labels[known[0]])} tot en met {period(labels[last])}. Laatste waarde:"
        f" {_said(observed[last])}"
    )
    if not math.isnan(expected.values[last]):
        text += (
            f"; verwacht werd {number(expected.values[last], 1)} (marge"
            f" {number(expected.lower[last])} tot {number(expected.upper[last])})"
        )
    return text + "."


def lines_chart(
    name: str,
    title: str,
    labels: Sequence[str],
    lines: Sequence[Line],
    *,
    band: tuple[str, Sequence[float], Sequence[float]] | None = None,
    unit: str,
    decimals: int = 1,
    width: int = 620,
    height: int = 280,
) -> Chart:
    """An area against others over time; ``band`` (name, low, high) is where most of the rest
    lies."""
    x = time_axis(labels)
    values = [
        {"x": moment(label), "v": drawn(v), "n": line.name}
        for line in lines
        for label, v in zip(labels, line.values, strict=True)
    ]
    palette = ["#7a3b8f", "#2b7a4b", "#8a6d00", "#5c6b7a", "#a0306a"]
    others = iter(palette * 5)
    domain = [line.name for line in lines]
    colours = [BLUE if line.own else next(others) for line in lines]
    dashes = [
        [1, 0] if line.own else dash
        for line, dash in zip(lines, [[6, 3], [2, 2], [8, 3, 2, 3], [4, 4]] * 5, strict=False)
    ]
    layers: list[dict[str, Any]] = []
    if band is not None:
        between = [
            {"x": moment(label), "l": drawn(low), "u": drawn(high), "b": band[0]}
            for label, low, high in zip(labels, band[1], band[2], strict=True)
        ]
        layers.append(
            {
                "data": {"values": between},
                "mark": {"type": "area", "opacity": 0.5, "color": PALE},
                "encoding": {
                    "x": x,
                    "y": {"field": "l", "type": "quantitative", "title": unit},
                    "y2": {"field": "u"},
                    "fill": {
                        "field": "b",
                        "type": "nominal",
                        "scale": {"range": [PALE]},
                        "legend": {"title": None},
                    },
                },
            }
        )
    layers.append(
        {
            "mark": {
                "type": "line",
                "strokeWidth": 2.2,
                "invalid": "break-paths-show-domains",
                "point": {"size": 18},
            },
            "encoding": {
                "x": x,
                "y": {"field": "v", "type": "quantitative", "title": unit, "scale": {"zero": True}},
                "color": {
                    "field": "n",
                    "type": "nominal",
                    "scale": {"domain": domain, "range": colours},
                    "legend": {"title": None, "columns": 2 if width < 700 else 4},
                },
                "strokeDash": {
                    "field": "n",
                    "type": "nominal",
                    "scale": {"domain": domain, "range": dashes},
                    "legend": None,
                },
            },
        }
    )
    spec = {
        "width": width - 70,
        "height": height,
        "data": {"values": values},
        "layer": layers,
        "resolve": {"scale": {"fill": "independent"}},
    }
    last = [
        (line.name, next((v for v in reversed(list(line.values)) if not math.isnan(v)), math.nan))
        for line in lines
    ]
    description = (
        "Laatste waarden: "
        + "; ".join(f"{n} {number(v, decimals)}" for n, v in last)
        + f" ({within_brackets(unit)})."
    )
    columns = ("Periode", *(line.name for line in lines)) + (
        (f"{band[0]}: laag", f"{band[0]}: hoog") if band else ()
    )
    rows = tuple(
        (
            period(label),
            *(rounded(line.values[i], decimals) for line in lines),
            *((rounded(band[1][i], decimals), rounded(band[2][i], decimals)) if band else ()),
        )
        for i, label in enumerate(labels)
    )
    return Chart(draw(name, spec, title, description), title, description, columns, rows)
