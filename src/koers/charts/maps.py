"""Areas on the map: shaded where boundaries are known, else as circles at their centres."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from koers.charts.render import GREY, INK, RUST, SHADES, Chart, draw
from koers.dutch import number

CLASSES = len(SHADES)


@dataclass(frozen=True)
class AreaFigure:
    """An area with its figure (NaN = none), boundary (GeoJSON geometry text or '') and centre in degrees (or None).

    ``extra`` goes into the table only; ``marked`` areas get a heavy outline (a signal).
    """

    code: str
    name: str
    value: float
    geometry: str = ""
    latitude: float | None = None
    longitude: float | None = None
    extra: tuple[Any, ...] = ()
    marked: bool = False


def area_map(
    name: str,
    title: str,
    areas: Sequence[AreaFigure],
    *,
    unit: str,
    decimals: int = 0,
    extra_columns: tuple[str, ...] = (),
    width: int = 720,
    height: int = 460,
) -> Chart:
    """A map of the areas with its table; areas without boundary or centre are named in ``missing``."""
    shapes = {a.code: rings for a in areas if (rings := _rings(a.geometry))}
    by_shape = len(shapes) >= len(areas) / 2
    limits = _classes([a.value for a in areas])
    legend = _legend(limits, decimals, any(math.isnan(a.value) for a in areas))
    layers = (
        _shape_layers(areas, shapes, limits, legend, unit) if by_shape else _circle_layers(areas, limits, legend, unit)
    )
    spec = {"width": width - 20, "height": height, "layer": layers}
    placed = set(shapes) if by_shape else {a.code for a in areas if a.latitude is not None}
    missing = tuple(a.name for a in areas if a.code not in placed)
    description = _describe(areas, unit, decimals, missing)
    return Chart(
        svg=draw(name, spec, title, description) if placed else "",
        title=title,
        description=description,
        columns=("Gebied", unit.capitalize(), *extra_columns),
        rows=tuple(
            (a.name, None if math.isnan(a.value) else round(a.value, decimals) if decimals else int(a.value), *a.extra)
            for a in areas
        ),
        missing=missing,
    )


def _rings(geometry: str) -> list[list[list[list[float]]]]:
    """The polygons of a GeoJSON geometry; a sliver without surface is dropped."""
    if not geometry:
        return []
    shape = json.loads(geometry)
    polygons = {"Polygon": [shape.get("coordinates")], "MultiPolygon": shape.get("coordinates")}.get(
        shape["type"]
    ) or []
    return [polygon for polygon in polygons if polygon and len({tuple(p[:2]) for p in polygon[0]}) >= 3]


def _flat(longitude: float, latitude: float) -> list[float]:
    """Degrees to a plane that keeps proportions around the Netherlands; winding no longer matters there."""
    return [longitude * math.cos(math.radians(52.2)), latitude]


def _classes(values: Sequence[float]) -> list[float]:
    """Upper limits of at most five classes with about as many areas each."""
    known = sorted(v for v in values if not math.isnan(v))
    if not known:
        return []
    cuts = [known[min(len(known) - 1, math.ceil(len(known) * (i + 1) / CLASSES) - 1)] for i in range(CLASSES)]
    return sorted(set(cuts))


def _class(value: float, limits: Sequence[float]) -> int:
    return next((i for i, limit in enumerate(limits) if value <= limit), len(limits) - 1)


def _legend(limits: Sequence[float], decimals: int, empty: bool) -> list[tuple[str, str]]:
    step = 10**-decimals
    result, low = [], 0.0
    for i, limit in enumerate(limits):
        words = f"{number(low, decimals)} – {number(limit, decimals)}" if limit > low else number(limit, decimals)
        result.append((words, SHADES[round(i * (CLASSES - 1) / max(len(limits) - 1, 1))]))
        low = limit + step
    return result + ([("geen cijfer", "#ffffff")] if empty else [])


def _colour(legend: Sequence[tuple[str, str]], unit: str) -> dict[str, Any]:
    return {
        "field": "c",
        "type": "nominal",
        "scale": {"domain": [words for words, _ in legend], "range": [shade for _, shade in legend]},
        "legend": {
            "title": unit,
            "columns": 3,
            "symbolStrokeWidth": 1,
            "symbolStrokeColor": GREY,
            "symbolType": "square",
        },
    }


def _words(area: AreaFigure, limits: Sequence[float], legend: Sequence[tuple[str, str]]) -> str:
    return "geen cijfer" if math.isnan(area.value) else legend[_class(area.value, limits)][0]


def _shape_layers(areas, shapes, limits, legend, unit) -> list[dict[str, Any]]:
    features = [
        {
            "type": "Feature",
            "c": _words(a, limits, legend),
            "m": a.marked,
            "geometry": {"type": "MultiPolygon", "coordinates": [[[_flat(*p[:2]) for p in r] for r in g] for g in shapes[a.code]]},
        }
        for a in areas
        if a.code in shapes
    ]  # fmt: skip
    return [
        {
            "data": {"values": features},
            "projection": {"type": "identity", "reflectY": True},
            "mark": {"type": "geoshape", "strokeJoin": "round"},
            "encoding": {
                "color": _colour(legend, unit),
                "stroke": {"condition": {"test": "datum.m", "value": RUST}, "value": GREY},
                "strokeWidth": {"condition": {"test": "datum.m", "value": 3}, "value": 0.8},
            },
        }
    ]


def _circle_layers(areas, limits, legend, unit) -> list[dict[str, Any]]:
    placed = [a for a in areas if a.latitude is not None and a.longitude is not None]
    most = max((a.value for a in placed if not math.isnan(a.value)), default=1) or 1
    rows = [
        {
            **dict(zip(("x", "y"), _flat(a.longitude, a.latitude), strict=True)),
            "c": _words(a, limits, legend),
            "s": 60 + 900 * (0 if math.isnan(a.value) else a.value / most),
            "n": a.name,
            "m": a.marked,
        }
        for a in placed
    ]
    xs, ys = [r["x"] for r in rows] or [0], [r["y"] for r in rows] or [0]
    half = max(max(xs) - min(xs), (max(ys) - min(ys)) * 1.5, 0.01) * 0.58
    cx, cy = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    axes = {
        "x": {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [cx - half, cx + half], "nice": False}},
        "y": {"field": "y", "type": "quantitative", "axis": None,
              "scale": {"domain": [cy - half * 0.66, cy + half * 0.66], "nice": False}},
    }  # fmt: skip
    circles = {
        "data": {"values": rows},
        "mark": {"type": "circle", "opacity": 0.9, "strokeWidth": 1},
        "encoding": {
            **axes,
            "size": {"field": "s", "type": "quantitative", "scale": None},
            "color": _colour(legend, unit),
            "stroke": {"condition": {"test": "datum.m", "value": RUST}, "value": GREY},
            "strokeWidth": {"condition": {"test": "datum.m", "value": 3}, "value": 1},
        },
    }
    labels = {
        "data": {"values": rows if len(rows) <= 25 else []},
        "mark": {"type": "text", "dy": -16, "fontSize": 11, "color": INK, "limit": 130},
        "encoding": {**axes, "text": {"field": "n"}},
    }
    return [circles, labels]


def _describe(areas: Sequence[AreaFigure], unit: str, decimals: int, missing: Sequence[str]) -> str:
    known = sorted((a for a in areas if not math.isnan(a.value)), key=lambda a: -a.value)
    if not known:
        return "Er zijn geen cijfers voor deze gebieden."
    text = (
        f"{len(known)} gebieden, {unit}. Hoogste: {known[0].name} ({number(known[0].value, decimals)}); "
        f"laagste: {known[-1].name} ({number(known[-1].value, decimals)})."
    )
    if missing:
        text += f" Niet op de kaart, wel in de tabel: {', '.join(missing)}."
    return text
