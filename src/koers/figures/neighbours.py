"""Which areas lie beside each other: by their boundaries, and by their centres where no boundary is
known."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

import numpy as np
import scipy
from shapely import STRtree
from shapely.errors import GEOSException
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from koers.figures.areas import Area

GAP = 0.0004
"""Degrees, about 30 metres: simplified boundaries of neighbours leave slivers between them."""
FAR_KM = 5.0
"""Without boundaries areas further apart than this are no neighbours, whatever lies between
them."""
KM_PER_DEGREE = 111.2


def neighbours(areas: Sequence[Area], inside: Collection[str]) -> tuple[str, ...]:
    """The codes of the areas that border on those of ``inside`` and are not among them, in the
    order of ``areas``.

    Where both have a boundary that decides; else their centres do, as in a Delaunay triangulation
    of all centres.
    """
    chosen = frozenset(inside)
    found = _by_boundary(areas, chosen) | _by_centre(areas, chosen)
    return tuple(area.code for area in areas if area.code in found)


def _by_boundary(areas: Sequence[Area], chosen: frozenset[str]) -> set[str]:
    shapes = [(area.code, outline) for area in areas if (outline := _outline(area)) is not None]
    if not shapes:
        return set()
    tree = STRtree([outline for _, outline in shapes])
    found: set[str] = set()
    for code, outline in shapes:
        if code in chosen:
            found.update(
                shapes[i][0] for i in tree.query(outline.buffer(GAP), predicate="intersects")
            )
    return found - chosen


def _outline(area: Area) -> BaseGeometry | None:
    """The boundary as a valid shape; None where there is none, or only a sliver."""
    if not area.geometry:
        return None
    try:
        outline = shape(json.loads(area.geometry)).buffer(0)
    except (ValueError, TypeError, AttributeError, LookupError, GEOSException):
        return None
    return None if outline.is_empty else outline


def _by_centre(areas: Sequence[Area], chosen: frozenset[str]) -> set[str]:
    """Only pairs of which one has no boundary."""
    placed = [area for area in areas if area.latitude is not None and area.longitude is not None]
    bare = np.array([_outline(area) is None for area in placed], dtype=bool)
    if not bare.any() or len(placed) < 2:
        return set()
    points = np.array([kilometres(area) for area in placed])
    found: set[str] = set()
    for i, j in _edges(points):
        near = float(np.hypot(*(points[i] - points[j]))) <= FAR_KM
        if (
            near
            and (bare[i] or bare[j])
            and (placed[i].code in chosen) != (placed[j].code in chosen)
        ):
            found.update((placed[i].code, placed[j].code))
    return found - chosen


def kilometres(area: Area) -> tuple[float, float]:
    """Where the centre of an area lies, east and north; NaN where that is not known."""
    if area.latitude is None or area.longitude is None:
        return float("nan"), float("nan")
    return (
        area.longitude * KM_PER_DEGREE * float(np.cos(np.radians(52.2))),
        area.latitude * KM_PER_DEGREE,
    )


def _edges(points: np.ndarray) -> set[tuple[int, int]]:
    if len(points) >= 4:
        try:
            corners = scipy.spatial.Delaunay(points, qhull_options="QJ").simplices
        except scipy.spatial.QhullError:
            corners = np.zeros((0, 3), dtype=int)
        else:
            return {(int(t[a]), int(t[b])) for t in corners for a, b in ((0, 1), (1, 2), (0, 2))}
    return {(i, j) for i in range(len(points)) for j in range(i)}
