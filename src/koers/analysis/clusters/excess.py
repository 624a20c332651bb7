"""The likelihood ratio of a window whose count was forecast, and the best window of each centre by
it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from koers.analysis.clusters.circles import Bools, Ints, Ints32
from koers.analysis.clusters.likelihood import LEAST_CASES, NEVER
from koers.analysis.clusters.replicates import TOGETHER
from koers.analysis.clusters.windows import TIE, Best
from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats

POISSON = 1e-6


class Windows(NamedTuple):
    """Every window: of each centre where its circles begin in ``neighbours`` (``starts``), the
    areas nearest first, and whether one ``ends`` there; mean and variance of its count for each
    duration (durations, places)."""

    starts: Ints
    neighbours: Ints32
    ends: Bools
    mean: Floats
    variance: Floats


@compiled
def excess_ratio(cases: float, mean: float, variance: float) -> float:
    """The log likelihood ratio of a higher mean, 0 where there are no more cases than expected.

    Of a negative binomial with the size that it was expected to have, so that a wild count proves
    less; Poisson where the variance is not above the mean.
    """
    if cases < LEAST_CASES or cases <= mean:
        return 0.0
    found = cases * math.log(cases / mean)
    more = variance - mean
    if more <= POISSON * mean:
        return max(found - (cases - mean), 0.0)
    size = mean * mean / more
    return max(found - (cases + size) * math.log((cases + size) / (mean + size)), 0.0)


@compiled
def least_cases(level: float, mean: float, variance: float) -> int:
    """The least number of cases whose ratio passes the level."""
    if mean <= 0.0:
        return NEVER
    low, step = max(LEAST_CASES - 1, int(mean)), 1
    while excess_ratio(low + step, mean, variance) <= level:
        low, step = low + step, 2 * step
        if low > NEVER // 4:
            return NEVER
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        if excess_ratio(middle, mean, variance) > level:
            high = middle
        else:
            low = middle
    return high


@compiled
def bars_between(
    first: int, last: int, ends: Bools, mean: Floats, variance: Floats, level: float, bars: Ints32
) -> None:
    """Of the windows that end at the places ``first`` to ``last`` the least number of cases that
    passes the level; NEVER where no circle ends."""
    for k in range(first, last):
        bars[k] = least_cases(level, mean[k], variance[k]) if ends[k] else NEVER


@compiled
def largest_of(windows: Windows, duration: int, bars: Ints32, counts: Ints32, best: Floats) -> None:
    """The largest ratio in TOGETHER data sets of the windows of a duration that pass their bar,
    where it is above ``best``."""
    starts, neighbours = windows.starts, windows.neighbours
    mean, variance = windows.mean[duration], windows.variance[duration]
    inside = np.empty(TOGETHER, dtype=np.int32)
    for centre in range(len(starts) - 1):
        inside[:] = 0
        for k in range(starts[centre], starts[centre + 1]):
            # As in `replicates`: flat and without a branch, so that it becomes vector code.
            at, bar, passed = np.int64(neighbours[k]) * TOGETHER, bars[k], False
            for r in range(TOGETHER):
                cases = inside[r] + counts[at + r]
                inside[r] = cases
                passed = passed | (cases >= bar)
            if passed:
                for r in range(TOGETHER):
                    if inside[r] >= bar:
                        best[r] = max(best[r], excess_ratio(inside[r], mean[k], variance[k]))


@compiled
def best_windows(centres: Ints, windows: Windows, cases: Ints, taken: Bools, best: Best) -> None:
    """Of each of the ``centres`` the best window without an area that is ``taken``; ``cases``
    (durations, areas)."""
    starts, neighbours = windows.starts, windows.neighbours
    places, durations, ratios = best.places, best.durations, best.ratios
    for at in range(len(centres)):
        centre = centres[at]
        for d in range(len(cases)):
            seen = 0
            for k in range(starts[centre], starts[centre + 1]):
                area = neighbours[k]
                if taken[area]:
                    break
                seen += cases[d, area]
                if not windows.ends[k]:
                    continue
                found = excess_ratio(seen, windows.mean[d, k], windows.variance[d, k])
                equal = abs(found - ratios[at]) <= TIE * ratios[at]
                if (found > ratios[at] and not equal) or (equal and found > 0 and k < places[at]):
                    places[at], durations[at], ratios[at] = k, d + 1, found
