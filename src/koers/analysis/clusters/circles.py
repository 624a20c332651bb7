"""The candidate circles: around each area, from the nearest outwards, up to a share of what is at
risk."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from koers.analysis.compiled import compiled
from koers.analysis.cores import each
from koers.analysis.panel import Floats

Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

EARTH_RADIUS_KM = 6371.0088
# Distances that differ less than this are one: what rounding of coordinates makes of equal
# distances.
SAME_DISTANCE, SAME_PLACE = 1e-9, 1e-14
ROUNDING = 1e-9


@dataclass(frozen=True)
class Circles:
    """The areas around each area, nearest first, and where among them a circle ends.

    ``neighbours[starts[i]:starts[i + 1]]`` are the areas around area i, itself first (or one at the
    same place); ``ends`` is False where the next area is just as far, so that no circle may part
    them. A *window* is a place where it is True.
    """

    starts: Ints
    neighbours: Ints32
    ends: Bools
    points: Floats
    geographic: bool

    @property
    def areas(self) -> int:
        return len(self.starts) - 1

    @property
    def windows(self) -> int:
        return int(np.count_nonzero(self.ends))

    def radius(self, centre: int, place: int) -> float:
        """The radius of the circle that ends at this place of ``neighbours``: kilometres for
        degrees, else their unit."""
        far = math.dist(self.points[self.neighbours[place]], self.points[centre])
        return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, far / 2)) if self.geographic else far


def circles(
    x: Floats, y: Floats, weight: Floats, share: float, geographic: bool = False
) -> Circles:
    """Every circle around the place of an area with at most ``share`` of the whole weight in it.

    Parameters
    ----------
    x, y : (areas,) array
        Where the areas lie; with ``geographic`` longitude and latitude in degrees.
    weight : (areas,) array
        What is at risk in each area: people, expected cases.
    share : float
        The largest part of the weight in a circle, above 0 up to 1.

    Returns
    -------
    Circles
        An area that alone exceeds the share has no circle.

    Notes
    -----
    Areas as far as each other enter a circle together, so the order of the areas changes nothing.
    """
    points = _points(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64), geographic)
    weight = np.ascontiguousarray(weight, dtype=np.float64)
    limit = share * float(weight.sum()) * (1 + ROUNDING)
    scale = float(np.abs(points).max(initial=0.0)) * SAME_PLACE
    # Centres beside each other have alike circles, so each is found with the size of the one before
    # as a guess.
    order = _beside_each_other(points)
    parts = np.array_split(order, max(1, len(order) // 500))
    found = each(lambda part: _around(points, weight, part, limit, scale), parts)
    counts = np.zeros(len(weight), dtype=np.int64)
    for part, (sizes, *_) in zip(parts, found, strict=True):
        counts[part] = sizes
    starts = np.concatenate([[0], np.cumsum(counts)])
    neighbours, ends = np.empty(starts[-1], dtype=np.int32), np.empty(starts[-1], dtype=np.bool_)
    for part, (sizes, one, end) in zip(parts, found, strict=True):
        _put(starts, part, sizes, one, end, neighbours, ends)
    return Circles(starts, neighbours, ends, points, geographic)


def _points(x: Floats, y: Floats, geographic: bool) -> Floats:
    """(areas, dimensions): degrees become points on a sphere of radius 1, where a chord grows with
    the great circle."""
    if not geographic:
        return np.ascontiguousarray(np.column_stack([x, y]))
    east, north = np.radians(x), np.radians(y)
    return np.ascontiguousarray(
        np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
    )


def _beside_each_other(points: Floats) -> Ints:
    """An order in which successive points lie near each other: along strips, there and back."""
    flat = points[:, :2] if points.shape[1] == 2 else points[:, [1, 2]]
    low, span = flat.min(axis=0, initial=np.inf), np.ptp(flat, axis=0) if len(flat) else np.ones(2)
    strips = max(1, int(np.sqrt(len(flat) / 4)))
    place = (flat - low) / np.where(span > 0, span, 1)
    strip = np.minimum((place[:, 0] * strips).astype(np.int64), strips - 1)
    along = np.where(strip % 2 == 0, place[:, 1], -place[:, 1])
    return np.lexsort((along, strip)).astype(np.int64)


@compiled
def _around(
    points: Floats, weight: Floats, centres: Ints, limit: float, scale: float
) -> tuple[Ints, Ints32, Bools]:
    """Of each centre how many areas its largest circle has; of all those areas, one centre after
    the other, which it is and whether a circle may end there."""
    n = len(points)
    sizes = np.zeros(len(centres), dtype=np.int64)
    neighbours = np.empty(1024, dtype=np.int32)
    ends = np.empty(1024, dtype=np.bool_)
    used = 0
    far = np.empty(n, dtype=np.float64)
    chosen = np.empty(n, dtype=np.int64)
    guess = np.inf
    for at in range(len(centres)):
        _distances(points, centres[at], far)
        count, guess = _enough(far, weight, limit, guess, chosen)
        near = chosen[:count]
        order = near[np.argsort(far[near], kind="mergesort")]
        kept = _within(order, far, weight, limit, scale)
        if used + kept > len(neighbours):
            room = max(2 * len(neighbours), used + kept)
            neighbours = _longer(neighbours, used, np.empty(room, dtype=np.int32))
            ends = _longer(ends, used, np.empty(room, dtype=np.bool_))
        for k in range(kept):
            neighbours[used + k] = order[k]
            ends[used + k] = k + 1 == kept or not _is_as_far(far, order[k], order[k + 1], scale)
        used += kept
        sizes[at] = kept
        guess = 1.1 * far[order[min(kept, count - 1)]]
    return sizes, neighbours[:used], ends[:used]


@compiled
def _distances(points: Floats, centre: int, far: Floats) -> None:
    for j in range(len(points)):
        square = 0.0
        for k in range(points.shape[1]):
            step = points[j, k] - points[centre, k]
            square += step * step
        far[j] = math.sqrt(square)


@compiled
def _enough(
    far: Floats, weight: Floats, limit: float, guess: float, chosen: Ints
) -> tuple[int, float]:
    """The areas within a distance that have more than the ``limit`` together, first in ``chosen``;
    how many, and the distance: ``guess``, or a larger one."""
    while True:
        inside, count = 0.0, 0
        for j in range(len(far)):
            if far[j] <= guess:
                inside += weight[j]
                chosen[count] = j
                count += 1
        if inside > limit or count == len(far):
            return count, guess
        guess = guess * 1.5 if guess > 0 else np.inf


@compiled
def _within(order: Ints, far: Floats, weight: Floats, limit: float, scale: float) -> int:
    """How many of the areas in ``order`` the largest circle holds: up to the last whole group of
    areas as far as each other that stays within the limit."""
    inside, kept, count = 0.0, 0, len(order)
    while kept < count:
        last = kept
        inside += weight[order[last]]
        while last + 1 < count and _is_as_far(far, order[last], order[last + 1], scale):
            last += 1
            inside += weight[order[last]]
        if inside > limit:
            break
        kept = last + 1
    return kept


@compiled
def _is_as_far(far: Floats, one: int, other: int, scale: float) -> bool:
    return bool(far[other] - far[one] <= SAME_DISTANCE * far[one] + scale)


@compiled
def _longer(old: Any, used: int, new: Any) -> Any:
    new[:used] = old[:used]
    return new


@compiled
def _put(
    starts: Ints,
    centres: Ints,
    sizes: Ints,
    one: Ints32,
    end: Bools,
    neighbours: Ints32,
    ends: Bools,
) -> None:
    """What was found of these centres, at the place of each."""
    used = 0
    for at in range(len(centres)):
        begin = starts[centres[at]]
        for k in range(sizes[at]):
            neighbours[begin + k] = one[used + k]
            ends[begin + k] = end[used + k]
        used += sizes[at]
