"""The scan of counts that were forecast: chance is what `pooled` expected to happen."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from koers.analysis.clusters.chance import foretold_draw
from koers.analysis.clusters.circles import EARTH_RADIUS_KM, Bools, Circles, Ints, circles
from koers.analysis.clusters.excess import Windows, bars_between, best_windows, largest_of
from koers.analysis.clusters.field import learn_field, smoothing, together
from koers.analysis.clusters.replicates import TOGETHER, Batch, Draw, Progress, maxima
from koers.analysis.clusters.scan import (
    Cluster,
    NoCirclesError,
    Places,
    Scan,
    ScanOptions,
    gumbel_p,
    monte_carlo_p,
)
from koers.analysis.clusters.windows import TIE, Best, Window, apart, best_of_each
from koers.analysis.cores import each
from koers.analysis.panel import Floats, Panel
from koers.analysis.screening.pooled import pooled_windows

DURATIONS = (1, 2, 3, 4, 6)
PAST = 36
"""Months of which the errors tell what near areas share."""
MOST_AREAS = 50
HEEDED = 0.25
"""The part of the extra variance that the score of a window takes into account. Chance is drawn
with all of it; but a score with all of it passes by what rose where much happens."""
KNOWN_LEVEL = 50.0
"""How many cases it takes before the region's own count says as much of its level as was
foretold."""


@dataclass(frozen=True)
class Foretold:
    """Sums over the last ``durations`` months that end in each month, and what was expected of them
    before they began: arrays (durations, months, areas), NaN where nothing was; the last month is
    now."""

    observed: Floats
    mean: Floats
    variance: Floats
    durations: tuple[int, ...] = DURATIONS

    @property
    def known(self) -> Bools:
        """(areas,) whether each sum of now was counted and expected."""
        each = np.isfinite(self.observed[:, -1]) & np.isfinite(self.mean[:, -1])
        now: Bools = np.all(each, axis=0)
        return now

    def of(self, areas: Ints) -> Foretold:
        """These areas only."""
        return replace(
            self,
            observed=self.observed[:, :, areas],
            mean=self.mean[:, :, areas],
            variance=self.variance[:, :, areas],
        )


def foretell(panel: Panel) -> Foretold:
    """What `pooled` expected of the first topic of a panel of months."""
    sums = pooled_windows(panel, DURATIONS, last=PAST + DURATIONS[-1])
    parts = zip(*((s.observed, s.expected, s.predictive.variance) for s in sums), strict=True)
    observed, mean, variance = (np.stack([x[:, 0].T for x in part]) for part in parts)
    return Foretold(observed, mean, variance)


def scan_foretold(
    places: Places,
    foretold: Foretold,
    options: ScanOptions | None = None,
    progress: Progress | None = None,
) -> Scan:
    """Groups of areas that have more cases now than was expected of them, whatever the boundaries.

    Parameters
    ----------
    places : Places
        In kilometres, or degrees with ``geographic``.
    foretold : Foretold
        Areas of which each sum of now is known.
    options : ScanOptions
        ``max_population`` is of the expected cases; ``max_duration`` in months.

    Raises
    ------
    NoCirclesError
        When each area alone is more than ``max_population``.

    Notes
    -----
    The score of a window is the likelihood ratio of a negative binomial with a higher mean against
    what was expected, with a part of the extra variance (``HEEDED``). Data sets without a cluster
    are drawn from what was expected: extra variance, what the months of an area share, and what
    near areas share (learnt from the ``PAST``). What is high everywhere is no cluster: what is
    expected first moves with the count of all areas.

    Expectation-based scan: Neill, *International Journal of Forecasting* 2009, 25:498-517;
    overdispersion: Tango, Takahashi & Kohriyama, *Biometrics* 2011, 67:106-115.

    Examples
    --------
    Twelve areas in a row, a kilometre apart, of which two cases were expected each, with a variance
    of 3; three next to each other have seven:

    >>> mean = np.full((1, 1, 12), 2.0)
    >>> counts = np.array([[[2.0, 1, 3, 2, 7, 7, 7, 2, 1, 3, 2, 2]]])
    >>> found = scan_foretold(Places(np.arange(12.0), np.zeros(12)),
    ...     Foretold(counts, mean, 1.5 * mean, (1,))).clusters[0]
    >>> sorted(found.areas), found.cases, found.p_value < 0.05
    ([4, 5, 6], 21, True)
    """
    options = options or ScanOptions()
    durations = tuple(d for d in foretold.durations if d <= options.max_duration)
    foretold = _levelled(_first(foretold, durations))
    observed = foretold.observed[:, -1].astype(np.int64)
    mean, variance = foretold.mean[:, -1], foretold.variance[:, -1]
    around = _circles(places, mean[-1], options)
    points = around.points * (EARTH_RADIUS_KM if places.geographic else 1.0)
    strength = _strength(points, foretold)
    heeded = mean + HEEDED * (variance - mean)
    windows = _windows(around, points, mean, heeded, HEEDED * strength)
    draw = foretold_draw(mean, variance, strength, smoothing(points))
    simulated = maxima(
        partial(_batch_above, windows, draw), options.replicates, options.seed, progress
    )
    clusters = apart(
        around,
        partial(_best, windows, observed),
        float(simulated.min(initial=math.inf)) * (1 + TIE),
    )
    described = (
        _described(around, windows, durations, observed, mean, window, simulated)
        for window in clusters
    )
    return Scan(tuple(described), simulated, around.windows)


def _first(foretold: Foretold, durations: tuple[int, ...]) -> Foretold:
    count = len(durations)
    return Foretold(
        foretold.observed[:count], foretold.mean[:count], foretold.variance[:count], durations
    )


def _levelled(foretold: Foretold) -> Foretold:
    """What was expected, moved with the count of all areas together as far as that is proof."""
    known = np.isfinite(foretold.mean) & np.isfinite(foretold.observed)
    seen = np.where(known, foretold.observed, 0.0).sum(axis=2, keepdims=True)
    due = np.where(known, foretold.mean, 0.0).sum(axis=2, keepdims=True)
    moved = (KNOWN_LEVEL + seen) / (KNOWN_LEVEL + due)
    extra = (foretold.variance - foretold.mean) * moved**2
    mean = foretold.mean * moved
    return replace(foretold, mean=mean, variance=mean + np.maximum(extra, 0.0))


def _circles(places: Places, weight: Floats, options: ScanOptions) -> Circles:
    """Circles of at most ``MOST_AREAS`` areas."""
    found = circles(places.x, places.y, weight, options.max_population, places.geographic)
    if not found.windows:
        raise NoCirclesError(float(weight.min() / weight.sum()) if weight.sum() > 0 else math.nan)
    sizes = np.diff(found.starts)
    place = np.arange(len(found.neighbours)) - np.repeat(found.starts[:-1], sizes)
    kept = place < MOST_AREAS
    starts = np.concatenate([[0], np.cumsum(np.minimum(sizes, MOST_AREAS))])
    return replace(found, starts=starts, neighbours=found.neighbours[kept], ends=found.ends[kept])


def _strength(points: Floats, foretold: Foretold) -> Floats:
    """What near areas share, by the sums that ended before those of now began; a longer sum is not
    taken to share more than a shorter one."""
    before = max(foretold.mean.shape[1] - foretold.durations[-1], 0)
    past = (x[:, :before] for x in (foretold.observed, foretold.mean, foretold.variance))
    learnt = learn_field(points, *past)
    falling: Floats = np.minimum.accumulate(learnt)
    return falling


def _windows(
    around: Circles, points: Floats, mean: Floats, variance: Floats, strength: Floats
) -> Windows:
    shape = (len(mean), len(around.neighbours))
    found = Windows(around.starts, around.neighbours, around.ends, np.empty(shape), np.empty(shape))

    def work(part: tuple[int, int]) -> None:
        for d in range(len(mean)):
            together(
                around.starts,
                around.neighbours,
                points,
                *part,
                np.ascontiguousarray(mean[d]),
                np.ascontiguousarray(variance[d]),
                float(strength[d]),
                found.mean[d],
                found.variance[d],
            )

    each(work, _stretches(around.areas, 500))
    return found


def _stretches(count: int, size: int) -> list[tuple[int, int]]:
    steps = np.linspace(0, count, max(1, count // size) + 1).astype(np.int64).tolist()
    return list(zip(steps[:-1], steps[1:], strict=True))


def _batch_above(windows: Windows, draw: Draw, level: float) -> Batch:
    """What finds the largest ratio of each data set of a batch, 0 where it is not above the
    level."""
    bars = np.empty(windows.mean.shape, dtype=np.int32)

    def work(part: tuple[int, int]) -> None:
        for d in range(len(bars)):
            bars_between(*part, windows.ends, windows.mean[d], windows.variance[d], level, bars[d])

    each(work, _stretches(len(windows.ends), 20_000))

    def batch(seed: np.random.SeedSequence) -> Floats:
        counts, best = draw(np.random.default_rng(seed)), np.zeros(TOGETHER)
        for d in range(len(bars)):
            largest_of(windows, d, bars[d], counts[d].ravel(), best)
        return best

    return batch


def _best(windows: Windows, cases: Ints, centres: Ints, taken: Bools) -> list[Window]:
    def work(part: Ints, best: Best) -> None:
        best_windows(part, windows, cases, taken, best)

    return best_of_each(centres, work)


def _described(
    around: Circles,
    windows: Windows,
    durations: tuple[int, ...],
    observed: Ints,
    mean: Floats,
    window: Window,
    simulated: Floats,
) -> Cluster:
    areas = around.neighbours[around.starts[window.centre] : window.place + 1]
    d = window.duration - 1
    seen, due = int(observed[d, areas].sum()), float(windows.mean[d, window.place])
    rest = int(observed[d].sum()) - seen, float(mean[d].sum()) - due
    return Cluster(
        areas=tuple(areas.tolist()),
        centre=window.centre,
        radius=around.radius(window.centre, window.place),
        first=-durations[d],
        last=-1,
        cases=seen,
        expected=due,
        relative_risk=seen / due / (rest[0] / rest[1]) if min(rest) > 0 else math.nan,
        llr=window.ratio,
        p_value=monte_carlo_p(window.ratio, simulated),
        gumbel_p_value=gumbel_p(window.ratio, simulated),
    )
