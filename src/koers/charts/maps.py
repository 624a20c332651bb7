"""Areas on the map: shaded where boundaries are known, else as circles at their centres."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry import Polygon

from koers.charts.render import GREY, INK, RUST, SHADES, Chart, draw
from koers.charts.strips import ESTIMATED
from koers.dutch import number

CLASSES = len(SHADES)
LETTER, LINE = 6.0, 13


Polygons = Sequence[Sequence[Sequence[Sequence[float]]]]
"""Of an area: polygons, of rings, of points in degrees."""
Shapes = Mapping[str, Polygons]
Legend = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class AreaFigure:
    """An area with its figure (NaN = none), boundary (GeoJSON geometry text or '') and centre in
    degrees (or None).

    ``value`` gives the shade and ``size`` that of a circle (the value where there is none);
    ``label`` stands below the name. ``extra`` goes into the table only; ``marked`` areas get a
    heavy outline (a signal), ``clustered`` ones a dashed one.
    """

    code: str
    name: str
    value: float
    geometry: str = ""
    latitude: float | None = None
    longitude: float | None = None
    extra: tuple[Any, ...] = ()
    marked: bool = False
    clustered: bool = False
    size: float = math.nan
    label: str = ""

    @property
    def lines(self) -> list[str]:
        """What is written in the area."""
        return [self.name, self.label] if self.label else [self.name]


def area_map(
    name: str,
    title: str,
    areas: Sequence[AreaFigure],
    *,
    unit: str,
    decimals: int = 0,
    extra_columns: tuple[str, ...] = (),
    width: int = 620,
    height: int = 460,
) -> Chart:
    """A map of the areas with its table; areas without boundary or centre are named in
    ``missing``."""
    shapes = {a.code: rings for a in areas if (rings := _rings(a.geometry))}
    by_shape = len(shapes) >= len(areas) / 2
    limits = _classes([a.value for a in areas])
    legend = _legend(limits, decimals, any(math.isnan(a.value) for a in areas))
    layers = (
        _shape_layers(areas, shapes, limits, legend, unit, width, height)
        if by_shape
        else _circle_layers(areas, limits, legend, unit, width, height)
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
            (
                a.name,
                (
                    None
                    if math.isnan(a.value)
                    else round(a.value, decimals)
                    if decimals
                    else int(a.value)
                ),
                *a.extra,
            )
            for a in areas
        ),
        missing=missing,
    )


def _rings(geometry: str) -> list[list[list[list[float]]]]:
    """The polygons of a GeoJSON geometry; a sliver without surface is dropped."""
    if not geometry:
        return []
    shape = json.loads(geometry)
    polygons = {
        "Polygon": [shape.get("coordinates")],
        "MultiPolygon": shape.get("coordinates"),
    }.get(shape["type"]) or []
    return [
        polygon for polygon in polygons if polygon and len({tuple(p[:2]) for p in polygon[0]}) >= 3
    ]


def _flat(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees to a plane that keeps proportions around the Netherlands; winding no longer matters
    there."""
    return longitude * math.cos(math.radians(52.2)), latitude


def _classes(values: Sequence[float]) -> list[float]:
    """Upper limits of at most five classes with about as many areas each."""
    known = sorted(v for v in values if not math.isnan(v))
    if not known:
        return []
    cuts = [
        known[min(len(known) - 1, math.ceil(len(known) * (i + 1) / CLASSES) - 1)]
        for i in range(CLASSES)
    ]
    return sorted(set(cuts))


def _class(value: float, limits: Sequence[float]) -> int:
    return next((i for i, limit in enumerate(limits) if value <= limit), len(limits) - 1)


def _legend(limits: Sequence[float], decimals: int, empty: bool) -> list[tuple[str, str]]:
    step = 10**-decimals
    result, low = [], 0.0
    for i, limit in enumerate(limits):
        words = (
            f"{number(low, decimals)} – {number(limit, decimals)}"
            if limit > low
            else number(limit, decimals)
        )
        result.append((words, SHADES[round(i * (CLASSES - 1) / max(len(limits) - 1, 1))]))
        low = limit + step
    return result + ([("geen cijfer", "#ffffff")] if empty else [])


def _colour(legend: Sequence[tuple[str, str]], unit: str) -> dict[str, Any]:
    return {
        "field": "c",
        "type": "nominal",
        "scale": {
            "domain": [words for words, _ in legend],
            "range": [shade for _, shade in legend],
        },
        "legend": {
            "title": unit,
            "columns": 3,
            "symbolStrokeWidth": 1,
            "symbolStrokeColor": GREY,
            "symbolType": "square",
        },
    }


def _words(area: AreaFigure, limits: Sequence[float], legend: Legend) -> str:
    return "geen cijfer" if math.isnan(area.value) else legend[_class(area.value, limits)][0]


def _shape_layers(
    areas: Sequence[AreaFigure],
    shapes: Shapes,
    limits: Sequence[float],
    legend: Legend,
    unit: str,
    width: int,
    height: int,
) -> list[dict[str, Any]]:
    features = [
        {
            "type": "Feature",
            "c": _words(a, limits, legend),
            "m": a.marked,
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[[_flat(*p[:2]) for p in r] for r in g] for g in shapes[a.code]],
            },
        }
        for a in areas
        if a.code in shapes
    ]
    flat = {"type": "identity", "reflectY": True}
    shaded = {
        "data": {"values": [f for f in features if not f["m"]] + [f for f in features if f["m"]]},
        "projection": flat,
        "mark": {"type": "geoshape", "strokeJoin": "round"},
        "encoding": {
            "color": _colour(legend, unit),
            "stroke": {"condition": {"test": "datum.m", "value": RUST}, "value": "#ffffff"},
            "strokeWidth": {"condition": {"test": "datum.m", "value": 3}, "value": 1.2},
        },
    }
    together = {a.code for a in areas if a.clustered}
    dashed = {
        "data": {
            "values": [
                f
                for f, a in zip(features, [a for a in areas if a.code in shapes], strict=True)
                if a.code in together
            ]
        },
        "projection": flat,
        "mark": {
            "type": "geoshape",
            "fill": None,
            "stroke": INK,
            "strokeWidth": 2.5,
            "strokeDash": [6, 4],
        },
    }
    layers = [shaded, dashed] if together else [shaded]
    return [
        *layers,
        *({**layer, "projection": flat} for layer in _shape_labels(areas, shapes, width, height)),
    ]


def _shape_labels(
    areas: Sequence[AreaFigure], shapes: Shapes, width: int, height: int
) -> list[dict[str, Any]]:
    """Names where there is room for them: the projection fits the boundaries into the drawing."""
    corners = [
        _flat(*point[:2])
        for polygons in shapes.values()
        for rings in polygons
        for point in rings[0]
    ]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    scale = min(width / max(max(xs) - min(xs), 1e-9), height / max(max(ys) - min(ys), 1e-9))
    placed = [(a, *_inside(shapes[a.code])) for a in areas if a.code in shapes]
    rows = [{"t": lines, "x": x, "y": y} for lines, x, y in _room(placed, scale, scale)]
    place = {
        "longitude": {"field": "x", "type": "quantitative"},
        "latitude": {"field": "y", "type": "quantitative"},
    }
    return _labels(rows, place)


def _room(
    placed: Iterable[tuple[AreaFigure, float, float]], x_scale: float, y_scale: float
) -> Iterator[tuple[list[str], float, float]]:
    """The labels (lines, x, y) that do not cover an earlier one: name and figure, else the figure
    alone, else none."""
    taken: list[tuple[float, float, float, float]] = []
    for area, x, y in sorted(placed, key=lambda entry: -len(entry[0].lines)):
        for lines in (area.lines, area.lines[1:]):
            if not lines:
                continue
            half = max(len(line) for line in lines) * LETTER / 2
            tall = len(lines) * LINE / 2
            box = (x * x_scale - half, x * x_scale + half, y * y_scale - tall, y * y_scale + tall)
            if not any(
                box[0] < o[1] and o[0] < box[1] and box[2] < o[3] and o[2] < box[3] for o in taken
            ):
                taken.append(box)
                yield lines, x, y
                break


def _inside(polygons: Polygons) -> tuple[float, float]:
    """A point in the largest part of an area, for its name."""
    largest = max((Polygon(rings[0]).buffer(0) for rings in polygons), key=lambda shape: shape.area)
    middle = (
        largest.centroid if largest.contains(largest.centroid) else largest.representative_point()
    )
    return _flat(middle.x, middle.y)


def _labels(rows: list[dict[str, Any]], place: dict[str, Any], dy: int = 0) -> list[dict[str, Any]]:
    """Names with a white edge, so that they are read on any shade."""
    text = {
        "type": "text",
        "fontSize": 11,
        "lineHeight": LINE,
        "limit": 150,
        "baseline": "middle",
        "dy": dy,
    }
    halo = {
        **text,
        "stroke": "#ffffff",
        "strokeWidth": 3,
        "strokeJoin": "round",
        "strokeOpacity": 0.9,
        "color": INK,
    }
    encoding = {**place, "text": {"field": "t"}}
    return [
        {"data": {"values": rows}, "mark": mark, "encoding": encoding}
        for mark in (halo, {**text, "color": INK})
    ]


def _placed(areas: Iterable[AreaFigure]) -> list[tuple[AreaFigure, float, float]]:
    """The areas with a centre, and where it lies in the plane."""
    return [
        (a, *_flat(a.longitude, a.latitude))
        for a in areas
        if a.latitude is not None and a.longitude is not None
    ]


def _circle_layers(
    areas: Sequence[AreaFigure],
    limits: Sequence[float],
    legend: Legend,
    unit: str,
    width: int,
    height: int,
) -> list[dict[str, Any]]:
    placed = _placed(areas)
    sizes = {a.code: a.value if math.isnan(a.size) else a.size for a, _, _ in placed}
    most = max((size for size in sizes.values() if not math.isnan(size)), default=1) or 1
    rows = [
        {
            "x": x,
            "y": y,
            "c": _words(a, limits, legend),
            "s": 60 + 900 * (0 if math.isnan(sizes[a.code]) else sizes[a.code] / most),
            "m": a.marked,
            "k": a.clustered,
        }
        for a, x, y in placed
    ]
    xs, ys = [x for _, x, _ in placed] or [0.0], [y for _, _, y in placed] or [0.0]
    half = max(max(xs) - min(xs), (max(ys) - min(ys)) * 1.5, 0.01) * 0.58
    cx, cy = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    axes = {
        "x": {
            "field": "x",
            "type": "quantitative",
            "axis": None,
            "scale": {"domain": [cx - half, cx + half], "nice": False},
        },
        "y": {
            "field": "y",
            "type": "quantitative",
            "axis": None,
            "scale": {"domain": [cy - half * 0.66, cy + half * 0.66], "nice": False},
        },
    }
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
    dashed = {
        "data": {"values": [row for row in rows if row["k"]]},
        "mark": {
            "type": "point",
            "filled": False,
            "stroke": INK,
            "strokeWidth": 2.5,
            "strokeDash": [6, 4],
        },
        "encoding": {**axes, "size": {"field": "s", "type": "quantitative", "scale": None}},
    }
    room = _room(placed, width / (2 * half), height / (1.32 * half))
    layers = [circles, dashed] if any(row["k"] for row in rows) else [circles]
    return [*layers, *_labels([{"t": lines, "x": x, "y": y} for lines, x, y in room], axes, dy=-22)]


def _describe(areas: Sequence[AreaFigure], unit: str, decimals: int, missing: Sequence[str]) -> str:
    known = sorted((a for a in areas if not math.isnan(a.value)), key=lambda a: -a.value)
    if not known:
        return "Er zijn geen cijfers voor deze gebieden."
    word = "geschat " if ESTIMATED in unit else ""
    text = (
        f"{len(known)} gebieden, {unit}. Hoogste: {known[0].name}"
        f" ({word}{number(known[0].value, decimals)}); laagste: {known[-1].name}"
        f" ({word}{number(known[-1].value, decimals)})."
    )
    if missing:
        text += f" Niet op de kaart, wel in de tabel: {', '.join(missing)}."
    return text
