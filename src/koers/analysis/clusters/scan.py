"""The three scans: where there are more cases than expected, whatever the boundaries."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from koers.analysis.clusters.circles import Circles, Ints, circles
from koers.analysis.clusters.replicates import (
    Draw,
    Progress,
    largest_ratios,
    permutation_draw,
    poisson_draw,
)
from koers.analysis.clusters.windows import TIE, Window, strongest
from koers.analysis.panel import Floats

EULER = 0.5772156649015329


@dataclass(frozen=True)
class Places:
    """Where the areas lie: (areas,) coordinates, or with ``geographic`` longitude and latitude in
    degrees."""

    x: Floats
    y: Floats
    geographic: bool = False


@dataclass(frozen=True)
class ScanOptions:
    """``max_population``: the largest share of what is at risk in a circle; ``max_duration`` in
    periods."""

    max_population: float = 0.5
    max_duration: int = 12
    replicates: int = 999
    seed: int = 1


@dataclass(frozen=True)
class Cluster:
    """A circle (and a stretch of time up to the last period) with more cases than expected.

    ``areas`` are indices, the nearest to ``centre`` (an index too) first; ``radius`` in the unit of
    the coordinates, kilometres for degrees; ``first`` and ``last`` indices of periods, both
    included. ``relative_risk`` is the ratio of cases to expected within to that without, NaN where
    all cases are within.
    """

    areas: tuple[int, ...]
    centre: int
    radius: float
    first: int
    last: int
    cases: int
    expected: float
    relative_risk: float
    llr: float
    p_value: float
    gumbel_p_value: float


@dataclass(frozen=True)
class Scan:
    """The clusters, strongest first; ``simulated`` (replicates,) the largest ratio of each data set
    without clusters."""

    clusters: tuple[Cluster, ...]
    simulated: Floats
    circles: int


class NoCirclesError(ValueError):
    """No circle has so small a share of what is at risk; ``smallest`` is the least share of an
    area."""

    def __init__(self, smallest: float) -> None:
        self.smallest = smallest
        super().__init__(f"no circle: the smallest area has {smallest:.3g} of what is at risk")


def scan_poisson(
    places: Places,
    cases: Ints,
    expected: Floats,
    options: ScanOptions,
    prospective: bool,
    progress: Progress | None = None,
) -> Scan:
    """Kulldorff's scan with the discrete Poisson model.

    Parameters
    ----------
    cases : (areas, periods) array of whole numbers
    expected : (areas, periods) array
        In proportion to what is expected where risk is the same everywhere: people times days, say.
        It is scaled to the number of cases.
    prospective : bool
        Only clusters that last until the last period, of at most ``max_duration`` periods; else all
        periods are one.

    Raises
    ------
    ValueError
        Where there are cases and none are expected.
    NoCirclesError
        When each area alone is more than ``max_population``.

    Notes
    -----
    Kulldorff, *Communications in Statistics* 1997, 26:1481-1496; prospective: Kulldorff, *JRSS A*
    2001, 164:61-72. The share of a circle is that of the expected cases of all periods. A window
    has at least two cases. Secondary clusters have no area in common with a stronger one; their p
    is against the largest ratio too, so it is on the safe side. A cluster that is weaker than that
    of every replicate (p = 1) is left out.

    Examples
    --------
    Nine areas in a row with 1,000 people each; three in the middle have 8 cases, the others 2:

    >>> places = Places(np.arange(9.0), np.zeros(9))
    >>> cases = np.array([[2], [2], [2], [8], [8], [8], [2], [2], [2]])
    >>> found = scan_poisson(places, cases, np.full((9, 1), 1000.0), ScanOptions(),
    ...     prospective=False).clusters[0]
    >>> found.areas, found.cases, round(found.expected, 1), round(found.llr, 3)
    ((4, 3, 5), 24, 12.0, 8.318)
    """
    if not prospective:
        periods = cases.shape[1]
        found = scan_poisson(
            places,
            cases.sum(axis=1, keepdims=True),
            expected.sum(axis=1, keepdims=True),
            options,
            True,
            progress,
        )
        # All periods were one.
        widened = (replace(cluster, first=0, last=periods - 1) for cluster in found.clusters)
        return Scan(tuple(widened), found.simulated, found.circles)
    if ((expected == 0) & (cases > 0)).any():
        raise ValueError("cases where none are expected")
    found_circles = _circles(places, expected.sum(axis=1), options)
    total = int(cases.sum())
    if total == 0:
        return _nothing(found_circles, options)
    duration = min(options.max_duration, cases.shape[1])
    share = expected / expected.sum()
    chance = np.ascontiguousarray(share[:, ::-1][:, :duration].T)
    draw = poisson_draw(chance, total)
    return _scan(found_circles, cases, total * np.cumsum(chance, axis=0), draw, options, progress)


def scan_permutation(
    places: Places, cases: Ints, options: ScanOptions, progress: Progress | None = None
) -> Scan:
    """The prospective space-time permutation scan, which needs no population.

    Expected is what an area and a period would have if each area's cases lay over time as all cases
    do, so what is always high, and what is high everywhere, is no cluster. The share of a circle is
    that of all cases.

    Parameters
    ----------
    cases : (areas, periods) array of whole numbers

    Raises
    ------
    NoCirclesError
        When each area alone has more than ``max_population`` of the cases.

    Notes
    -----
    Kulldorff, Heffernan, Hartman, Assunção & Mostashari, *PLoS Medicine* 2005, 2:e59.
    """
    rows = cases.sum(axis=1)
    found_circles = _circles(places, rows.astype(np.float64), options)
    total = int(cases.sum())
    if total == 0:
        return _nothing(found_circles, options)
    duration = min(options.max_duration, cases.shape[1])
    recent = cases[:, ::-1][:, :duration].T
    columns = np.cumsum(recent.sum(axis=1))
    expected = columns[:, None] * rows[None, :] / total
    earlier = rows - recent.sum(axis=0)
    draw = permutation_draw(np.vstack([recent, earlier[None, :]]))
    return _scan(found_circles, cases, expected, draw, options, progress)


def _circles(places: Places, weight: Floats, options: ScanOptions) -> Circles:
    found = circles(places.x, places.y, weight, options.max_population, places.geographic)
    if not found.windows:
        raise NoCirclesError(float(weight.min() / weight.sum()) if weight.sum() > 0 else math.nan)
    return found


def _nothing(found: Circles, options: ScanOptions) -> Scan:
    return Scan((), np.zeros(options.replicates), found.windows)


def _scan(
    found: Circles,
    cases: Ints,
    expected: Floats,
    draw: Draw,
    options: ScanOptions,
    progress: Progress | None,
) -> Scan:
    total = int(cases.sum())
    expected = np.ascontiguousarray(expected)
    recent = np.ascontiguousarray(np.cumsum(cases[:, ::-1][:, : len(expected)].T, axis=0))
    simulated = largest_ratios(
        found, expected, total, draw, options.replicates, options.seed, progress
    )
    clusters = strongest(found, recent, expected, total, least=float(simulated.min()) * (1 + TIE))
    described = (
        _described(found, window, recent, expected, total, cases.shape[1], simulated)
        for window in clusters
    )
    return Scan(tuple(described), simulated, found.windows)


def _described(
    found: Circles,
    window: Window,
    recent: Ints,
    expected: Floats,
    total: int,
    periods: int,
    simulated: Floats,
) -> Cluster:
    areas = found.neighbours[found.starts[window.centre] : window.place + 1]
    inside, mean = (
        int(recent[window.duration - 1, areas].sum()),
        float(expected[window.duration - 1, areas].sum()),
    )
    return Cluster(
        areas=tuple(areas.tolist()),
        centre=window.centre,
        radius=found.radius(window.centre, window.place),
        first=periods - window.duration,
        last=periods - 1,
        cases=inside,
        expected=mean,
        relative_risk=_relative_risk(inside, mean, total),
        llr=window.ratio,
        p_value=monte_carlo_p(window.ratio, simulated),
        gumbel_p_value=gumbel_p(window.ratio, simulated),
    )


def _relative_risk(cases: int, expected: float, total: int) -> float:
    return (
        (cases / expected) / ((total - cases) / (total - expected)) if cases < total else math.nan
    )


def monte_carlo_p(llr: float, simulated: Floats) -> float:
    """The rank of a ratio among the simulated ones, itself included: 1 of 1,000 at least for 999
    replicates.

    Equal ratios may differ in their last digits, and count as equal.
    """
    return float(1 + np.count_nonzero(simulated >= llr * (1 - TIE))) / (1 + len(simulated))


def gumbel_p(llr: float, simulated: Floats) -> float:
    """The chance of a larger maximum by a Gumbel distribution with the mean and variance of the
    simulated ratios.

    Abrams, Kulldorff & Kleinman, *International Journal of Health Geographics* 2010, 9:61. NaN
    where all are equal.
    """
    spread = float(simulated.std(ddof=1)) if len(simulated) > 1 else 0.0
    if spread == 0:
        return math.nan
    scale = spread * math.sqrt(6) / math.pi
    place = float(simulated.mean()) - EULER * scale
    return -math.expm1(-math.exp(-(llr - place) / scale))
