"""Areas on the map by what they are in an evaluation: with the measure, in the ring around it, or
compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from koers.charts.maps import AreaFigure, _flat, _inside, _labels, _rings, _room
from koers.charts.render import GREY, INK, Chart, draw

ROLES = ("met de maatregel", "ring eromheen", "vergelijkingsgebied", "ander gebied")
"""From the measure outwards; on the map each has a colour and, but for the last, a letter."""
COLOURS = ("#7fb0de", "#f2a65a", "#b9d8b4", "#ffffff")
LETTERS = ("M", "R", "V", "")


@dataclass(frozen=True)
class AreaRole:
    """An area and its part in an evaluation; ``role`` is one of ``ROLES``."""

    code: str
    name: str
    role: str
    municipality: str = ""
    geometry: str = ""
    latitude: float | None = None
    longitude: float | None = None


def role_map(
    name: str, title: str, areas: Sequence[AreaRole], *, width: int = 620, height: int = 460
) -> Chart:
    """A map of areas by their role, with its table; what has no boundary is a circle at its
    centre."""
    shapes = {a.code: rings for a in areas if (rings := _rings(a.geometry))}
    drawn = [a for a in areas if a.code in shapes or a.latitude is not None]
    layers = _layers(drawn, shapes, width, height)
    placed = {a.code for a in drawn}
    missing = tuple(a.name for a in areas if a.code not in placed)
    description = _describe(areas, missing)
    return Chart(
        svg=(
            draw(name, {"width": width - 20, "height": height, "layer": layers}, title, description)
            if drawn
            else ""
        ),
        title=title,
        description=description,
        columns=("Gebied", "Gemeente", "Rol"),
        rows=tuple(
            (a.name, a.municipality, a.role)
            for a in sorted(areas, key=lambda a: ROLES.index(a.role))
            if a.role != ROLES[-1]
        ),
        missing=missing,
    )


def _colour(there: set[str]) -> dict[str, Any]:
    legend = {
        "title": None,
        "columns": 2,
        "symbolType": "square",
        "symbolStrokeColor": GREY,
        "symbolStrokeWidth": 1,
    }
    shown = [
        (_words(role), colour) for role, colour in zip(ROLES, COLOURS, strict=True) if role in there
    ]
    scale = {"domain": [words for words, _ in shown], "range": [colour for _, colour in shown]}
    return {"field": "r", "type": "nominal", "scale": scale, "legend": legend}


def _words(role: str) -> str:
    letter = LETTERS[ROLES.index(role)]
    return f"{letter}: {role}" if letter else role


def _layers(
    drawn: Sequence[AreaRole], shapes: dict[str, Any], width: int, height: int
) -> list[dict[str, Any]]:
    """Everything in one flat geometry, so that boundaries and circles lie on the same map."""
    features = [
        {
            "type": "Feature",
            "r": _words(a.role),
            "m": a.role == ROLES[0],
            "geometry": (
                {
                    "type": "MultiPolygon",
                    "coordinates": [
                        [[_flat(*p[:2]) for p in r] for r in g] for g in shapes[a.code]
                    ],
                }
                if a.code in shapes
                else {"type": "Point", "coordinates": _centre(a)}
            ),
        }
        for a in sorted(drawn, key=lambda a: -ROLES.index(a.role))
    ]
    flat = {"type": "identity", "reflectY": True, "pointRadius": 7}
    shaded = {
        "data": {"values": features},
        "projection": flat,
        "mark": {"type": "geoshape", "strokeJoin": "round"},
        "encoding": {
            "color": _colour({a.role for a in drawn}),
            "stroke": {"condition": {"test": "datum.m", "value": INK}, "value": GREY},
            "strokeWidth": {"condition": {"test": "datum.m", "value": 2.5}, "value": 1},
        },
    }
    return [
        shaded,
        *({**layer, "projection": flat} for layer in _names(drawn, shapes, width, height)),
    ]


def _centre(area: AreaRole) -> tuple[float, float]:
    return _flat(area.longitude or 0.0, area.latitude or 0.0)


def _names(
    drawn: Sequence[AreaRole], shapes: dict[str, Any], width: int, height: int
) -> list[dict[str, Any]]:
    """The letter of each role, with the name of an area with the measure where there is room."""
    named = [a for a in drawn if a.role != ROLES[-1]]
    if not named:
        return []
    points = {a.code: _inside(shapes[a.code]) if a.code in shapes else _centre(a) for a in drawn}
    corners = [
        _flat(*p[:2])
        for a in drawn
        for group in shapes.get(a.code, ())
        for rings in group[:1]
        for p in rings
    ] or list(points.values())
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    scale = min(width / max(max(xs) - min(xs), 1e-9), height / max(max(ys) - min(ys), 1e-9))
    figures = [
        (
            AreaFigure(
                a.code,
                a.name if a.role == ROLES[0] and a.code in shapes else "",
                0.0,
                label=LETTERS[ROLES.index(a.role)],
            ),
            a,
        )
        for a in sorted(named, key=lambda a: ROLES.index(a.role))
    ]
    rows = [
        {"t": [line for line in lines if line], "x": x, "y": y}
        for lines, x, y in _room([(figure, *points[a.code]) for figure, a in figures], scale, scale)
    ]
    place = {
        "longitude": {"field": "x", "type": "quantitative"},
        "latitude": {"field": "y", "type": "quantitative"},
    }
    return _labels(rows, place)


def _describe(areas: Sequence[AreaRole], missing: Sequence[str]) -> str:
    parts = []
    for role in ROLES[:3]:
        names = [a.name for a in areas if a.role == role]
        if names:
            parts.append(
                f"{role}:"
                f" {', '.join(names[:12])}{f' en nog {len(names) - 12}' if len(names) > 12 else ''}"
            )
    text = "; ".join(parts)
    text = f"{text[:1].upper()}{text[1:]}." if text else "Er zijn nog geen gebieden gekozen."
    return text + (f" Niet op de kaart: {', '.join(missing[:12])}." if missing else "")
