"""The likelihood ratio of a window, and the number of cases at which it passes a level."""

from __future__ import annotations

import math

import numpy as np

from koers.analysis.clusters.circles import Bools, Ints, Ints32
from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats

LEAST_CASES = 2
NEVER = 2**31 - 1


@compiled
def ratio(cases: float, expected: float, total: float) -> float:
    """The log likelihood ratio of a window (Kulldorff 1997, equation 4), 0 where it has no more
    than expected.

    ``expected`` is scaled to the total number of cases.
    """
    if cases < LEAST_CASES or cases <= expected:
        return 0.0
    found = cases * math.log(cases / expected)
    if cases < total:
        found += (total - cases) * math.log((total - cases) / (total - expected))
    return max(found, 0.0)


@compiled
def largest_expected(level: float, total: int, most: int) -> Floats:
    """Of each number of cases below ``most`` the expected number under which its ratio passes the
    level (0: none).

    The ratio falls as more is expected, so bisection finds it; the answer errs upwards by a hair,
    so that no window that passes is missed.
    """
    found = np.zeros(most, dtype=np.float64)
    below = 0.0
    for cases in range(LEAST_CASES, min(most, total + 1)):
        # A case more allows at most about one more to be expected.
        low, high = below, min(float(cases), below + 1.0)
        while high < cases and ratio(cases, high, total) > level:
            low, high = high, min(float(cases), high + 1.0)
        for _ in range(36):
            middle = 0.5 * (low + high)
            if ratio(cases, middle, total) > level:
                low = middle
            else:
                high = middle
        found[cases] = high * (1 + 1e-9)
        # The more cases, the more may be expected.
        below = low
    return found


@compiled
def most_expected(starts: Ints, neighbours: Ints32, expected: Floats) -> float:
    """The expected number in the fullest circle."""
    most = 0.0
    for centre in range(len(starts) - 1):
        inside = 0.0
        for k in range(starts[centre], starts[centre + 1]):
            inside += expected[neighbours[k]]
        most = max(most, inside)
    return most


@compiled
def critical(
    starts: Ints,
    first: int,
    last: int,
    neighbours: Ints32,
    ends: Bools,
    expected: Floats,
    bounds: Floats,
    result: Ints32,
) -> None:
    """Of the windows of the centres ``first`` to ``last`` the least number of cases that may pass;
    NEVER where no circle ends.

    ``expected`` (areas,) of each area; ``bounds`` as `largest_expected` gives them.
    """
    most = len(bounds)
    for centre in range(first, last):
        cases, inside = LEAST_CASES, 0.0
        for k in range(starts[centre], starts[centre + 1]):
            inside += expected[neighbours[k]]
            if not ends[k]:
                result[k] = NEVER
                continue
            # More is expected as the circle grows, so the least number of cases only rises.
            while cases < most and bounds[cases] < inside:
                cases += 1
            result[k] = cases
