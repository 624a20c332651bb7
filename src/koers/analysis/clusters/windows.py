"""The windows of a scan over the cases that were counted: the best of each centre, and the best
apart from each other."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from koers.analysis.clusters.circles import Bools, Circles, Ints, Ints32
from koers.analysis.clusters.likelihood import ratio
from koers.analysis.compiled import compiled
from koers.analysis.cores import each
from koers.analysis.panel import Floats

TIE = 1e-9


@dataclass(frozen=True)
class Window:
    """A circle around ``centre`` that ends at ``place`` of the neighbours, over the last
    ``duration`` steps (from 1)."""

    centre: int
    place: int
    duration: int
    ratio: float


class Best(NamedTuple):
    """Of each centre its best window: where among the neighbours it ends, its duration (from 1) and
    its ratio (0: there is none); arrays (centres,)."""

    places: Ints
    durations: Ints
    ratios: Floats


BestOf = Callable[[Ints, Bools], list[Window]]
"""The best window of each of some centres without an area that is taken."""


def strongest(
    circles: Circles, cases: Ints, expected: Floats, total: int, least: float = 0.0
) -> Iterator[Window]:
    """The strongest window by `ratio`, then the strongest apart from those before, and so on.

    Parameters
    ----------
    cases, expected : (durations, areas) array
        Of the last step, the last two steps, and so on.
    total : int
        All cases; what is expected is scaled to it.
    least : float
        Windows whose ratio is not above it are left out.
    """

    def best(centres: Ints, taken: Bools) -> list[Window]:
        return _best(circles, centres, cases, expected, total, taken)

    return apart(circles, best, least)


def apart(circles: Circles, best: BestOf, least: float) -> Iterator[Window]:
    """The strongest window, then the strongest that has no area in common with those before, and so
    on, down to the ``least`` ratio (itself left out).

    Notes
    -----
    Among equals the circle with fewer areas comes first, then the smaller, then the one more to the
    west and south.
    """
    taken = np.zeros(circles.areas, dtype=np.bool_)
    waiting = [
        _ranked(circles, window)
        for window in best(np.arange(circles.areas), taken)
        if window.ratio > least
    ]
    heapq.heapify(waiting)
    while waiting:
        window = heapq.heappop(waiting)[-1]
        areas = circles.neighbours[circles.starts[window.centre] : window.place + 1]
        if not taken[areas].any():
            taken[areas] = True
            yield window
            continue
        # Taking areas away only weakens a centre, so what stands in the queue is what it can reach
        # at most.
        (again,) = best(np.array([window.centre]), taken)
        if again.ratio > least:
            heapq.heappush(waiting, _ranked(circles, again))


Ranked = tuple[float, int, float, tuple[float, ...], int, Window]


def _ranked(circles: Circles, window: Window) -> Ranked:
    """What orders equals, before the window itself."""
    areas = window.place - int(circles.starts[window.centre]) + 1
    radius = round(circles.radius(window.centre, window.place), 9)
    return (
        -round(window.ratio, 9),
        areas,
        radius,
        tuple(circles.points[window.centre].tolist()),
        window.centre,
        window,
    )


def _best(
    circles: Circles, centres: Ints, cases: Ints, expected: Floats, total: int, taken: Bools
) -> list[Window]:
    """The best window of each centre without an area that is taken; ratio 0 where there is none."""

    def work(part: Ints, best: Best) -> None:
        _scan(
            part,
            circles.starts,
            circles.neighbours,
            circles.ends,
            cases,
            expected,
            float(total),
            taken,
            best,
        )

    return best_of_each(centres, work)


def best_of_each(centres: Ints, work: Callable[[Ints, Best], None]) -> list[Window]:
    """What ``work`` finds of each centre, a part of them at a time."""

    def of(part: Ints) -> list[Window]:
        places, durations = np.zeros((2, len(part)), dtype=np.int64)
        best = Best(places, durations, np.zeros(len(part)))
        work(part, best)
        return [Window(*one) for one in zip(*(x.tolist() for x in (part, *best)), strict=True)]

    if len(centres) < 1000:
        return of(centres)
    parts = np.array_split(centres, len(centres) // 500)
    return [window for part in each(of, parts) for window in part]


@compiled
def _scan(
    centres: Ints,
    starts: Ints,
    neighbours: Ints32,
    ends: Bools,
    cases: Ints,
    expected: Floats,
    total: float,
    taken: Bools,
    best: Best,
) -> None:
    """Of each of the ``centres`` the best window without an area that is ``taken``, into
    ``best``."""
    places, durations, ratios = best.places, best.durations, best.ratios
    for at in range(len(centres)):
        centre = centres[at]
        for d in range(len(cases)):
            seen, inside = 0, 0.0
            for k in range(starts[centre], starts[centre + 1]):
                area = neighbours[k]
                if taken[area]:
                    break
                seen += cases[d, area]
                inside += expected[d, area]
                if not ends[k]:
                    continue
                found = ratio(seen, inside, total)
                equal = abs(found - ratios[at]) <= TIE * ratios[at]
                if (found > ratios[at] and not equal) or (equal and found > 0 and k < places[at]):
                    places[at], durations[at], ratios[at] = k, d + 1, found
