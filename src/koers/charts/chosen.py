"""Areas on a map, those that were chosen darker: where something is done."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

from koers.charts.maps import (
    AreaFigure,
    Shapes,
    _flat,
    _labels,
    _placed,
    _rings,
    _room,
    _shape_labels,
)
from koers.charts.render import BLUE, GREY, SHADES, Chart, draw
from koers.figures.areas import Area

WORDS = ("gekozen", "niet gekozen")
FILL = (SHADES[3], "#ffffff")


def chosen_map(
    name: str,
    title: str,
    areas: Sequence[Area],
    chosen: Collection[str],
    *,
    width: int = 520,
    height: int = 380,
) -> Chart:
    """The areas with their names; by their boundaries where at least half have one, else as dots at
    their centres."""
    shapes = {a.code: rings for a in areas if (rings := _rings(a.geometry))}
    named = [
        AreaFigure(a.code, a.name, math.nan, a.geometry, a.latitude, a.longitude) for a in areas
    ]
    by_shape = len(shapes) >= len(areas) / 2
    layers = (
        [_shapes(named, shapes, chosen), *_on_flat(_shape_labels(named, shapes, width, height))]
        if by_shape
        else _dots(named, chosen, width, height)
    )
    placed = set(shapes) if by_shape else {a.code for a in areas if a.latitude is not None}
    words = [a.name for a in areas if a.code in chosen]
    description = f"Gekozen: {', '.join(words)}." if words else "Er is nog geen gebied gekozen."
    spec = {"width": width - 20, "height": height, "layer": layers}
    return Chart(
        svg=draw(name, spec, title, description) if placed else "",
        title=title,
        description=description,
        columns=("Gebied", "Gekozen"),
        rows=tuple((a.name, a.code in chosen) for a in areas),
        missing=tuple(a.name for a in areas if a.code not in placed),
    )


def _colour() -> dict[str, Any]:
    return {
        "field": "c",
        "type": "nominal",
        "scale": {"domain": list(WORDS), "range": list(FILL)},
        "legend": {
            "title": None,
            "symbolType": "square",
            "symbolStrokeColor": GREY,
            "symbolStrokeWidth": 1,
        },
    }


def _word(code: str, chosen: Collection[str]) -> str:
    return WORDS[0] if code in chosen else WORDS[1]


def _shapes(areas: Sequence[AreaFigure], shapes: Shapes, chosen: Collection[str]) -> dict[str, Any]:
    """The chosen ones are drawn last, so that their outline lies on top."""
    features = [
        {
            "type": "Feature",
            "c": _word(a.code, chosen),
            "k": a.code in chosen,
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[[_flat(*p[:2]) for p in r] for r in g] for g in shapes[a.code]],
            },
        }
        for a in sorted(areas, key=lambda a: a.code in chosen)
        if a.code in shapes
    ]
    return {
        "data": {"values": features},
        "projection": {"type": "identity", "reflectY": True},
        "mark": {"type": "geoshape", "strokeJoin": "round"},
        "encoding": {
            "color": _colour(),
            "stroke": {"condition": {"test": "datum.k", "value": BLUE}, "value": GREY},
            "strokeWidth": {"condition": {"test": "datum.k", "value": 2}, "value": 0.8},
        },
    }


def _on_flat(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**layer, "projection": {"type": "identity", "reflectY": True}} for layer in layers]


def _dots(
    areas: Sequence[AreaFigure], chosen: Collection[str], width: int, height: int
) -> list[dict[str, Any]]:
    placed = _placed(areas)
    rows = [{"x": x, "y": y, "c": _word(a.code, chosen)} for a, x, y in placed]
    xs, ys = [x for _, x, _ in placed] or [0.0], [y for _, _, y in placed] or [0.0]
    half = max(max(xs) - min(xs), (max(ys) - min(ys)) * width / height, 0.01) * 0.58
    tall = half * height / width
    cx, cy = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    axes = {
        axis: {
            "field": axis,
            "type": "quantitative",
            "axis": None,
            "scale": {"domain": [low, high], "nice": False},
        }
        for axis, low, high in (("x", cx - half, cx + half), ("y", cy - tall, cy + tall))
    }
    dots = {
        "data": {"values": rows},
        "mark": {"type": "circle", "size": 320, "stroke": GREY, "strokeWidth": 1, "opacity": 1},
        "encoding": {**axes, "color": _colour()},
    }
    room = _room(placed, width / (2 * half), height / (2 * tall))
    return [dots, *_labels([{"t": lines, "x": x, "y": y} for lines, x, y in room], axes, dy=-18)]
