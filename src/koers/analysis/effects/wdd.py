"""Weighted displacement difference, with an interval as wide as the years before say."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from koers.analysis.effects.design import Design, DesignError
from koers.analysis.effects.outcome import (
    CHANGES,
    FULL,
    LEVEL,
    Effect,
    Levels,
    PowerCurve,
    Term,
    student_power,
    student_quantile,
    student_tail,
)
from koers.analysis.panel import Floats

SHUFFLES = 200
MOST_BORROWED = 8.0
"""How many degrees of freedom the other areas may lend to the spread of the treated ones."""
SEED = 1


@dataclass(frozen=True)
class Difference:
    """The difference and its Poisson standard error, in the treated areas, in the ring and
    together."""

    local: float
    local_error: float
    displaced: float
    displaced_error: float

    @property
    def total(self) -> float:
        return self.local + self.displaced

    @property
    def error(self) -> float:
        return math.hypot(self.local_error, self.displaced_error)


Pair = tuple[float, float]
NONE: Pair = (0.0, 0.0)


def displacement_difference(
    control: Pair,
    treated: Pair,
    ring_control: Pair = NONE,
    ring: Pair = NONE,
    time_weights: Pair = (1.0, 1.0),
    area_weights: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0),
) -> Difference:
    """Wheeler & Ratcliffe, Crime Science 2018, 7:11, eq. 1-2: (after - before) of treated less that
    of its control, plus ring.

    Parameters
    ----------
    control, treated, ring_control, ring : (before, after)
        Counts.
    time_weights : (before, after)
        Divisors, where the periods are of unequal length.
    area_weights : (control, treated, ring control, ring)
        Divisors, such as square kilometres or dwellings.
    """

    def part(counts: Pair, divisor: float) -> tuple[float, float]:
        before, after = (c / (t * divisor) for c, t in zip(counts, time_weights, strict=True))
        variance = sum(c / (t * divisor) ** 2 for c, t in zip(counts, time_weights, strict=True))
        return after - before, variance

    (c, vc), (t, vt), (rc, vrc), (r, vr) = (
        part(counts, divisor)
        for counts, divisor in zip(
            (control, treated, ring_control, ring), area_weights, strict=True
        )
    )
    return Difference(t - c, math.sqrt(vt + vc), r - rc, math.sqrt(vr + vrc))


def harm_difference(
    parts: tuple[Difference, ...], weights: tuple[float, ...]
) -> tuple[float, float]:
    """Harm-weighted sum over kinds of crime and its standard error."""
    total = sum(w * p.total for w, p in zip(weights, parts, strict=True))
    return total, math.sqrt(sum((w * p.error) ** 2 for w, p in zip(weights, parts, strict=True)))


@dataclass(frozen=True)
class Spread:
    """``scale`` of the standard error (≥ 1) and the degrees of freedom by which it is known; inf:
    not known, taken as 1."""

    scale: float
    df: float


@dataclass(frozen=True)
class Contrast:
    """What an area counts for in the difference: 1 where the measure is or may be displaced to,
    less than 0 where it is compared with. ``local`` and ``displaced`` (areas,) sum to it."""

    local: Floats
    displaced: Floats

    @property
    def total(self) -> Floats:
        return self.local + self.displaced

    def of(self, sums: Floats) -> Difference:
        """The difference of (areas, 2) counts before and after, with Poisson errors."""
        change, cases = sums[:, 1] - sums[:, 0], sums.sum(axis=1)
        parts = [
            (float(labels @ change), math.sqrt(float(labels**2 @ cases)))
            for labels in (self.local, self.displaced)
        ]
        return Difference(*parts[0], *parts[1])


def contrast_of(design: Design, before: Floats) -> Contrast:
    """Who is compared with whom; ``before`` (areas,) are the counts before the start.

    The ring has comparison areas of its own: for each of its areas one, the nearest in cases
    before; the others are those of the treated areas. Where there are too few for both, the ring is
    held against all of them, brought to its size. (With the comparison of the treated areas as it
    is, a larger ring would show their ups and downs as its own.)
    """
    local, displaced = design.treated.astype(np.float64), design.ring.astype(np.float64)
    others = np.flatnonzero(design.comparison)
    if design.ring.any() and len(others) < design.treated.sum() + design.ring.sum():
        size = float(before[others].sum())
        displaced[others] = -float(before[design.ring].sum()) / size if size > 0 else -1.0
    elif design.ring.any():
        own = _nearest(before, design, others)
        displaced[own] = -1.0
        others = np.setdiff1d(others, own)
    local[others] = -1.0
    return Contrast(local, displaced)


def _nearest(before: Floats, design: Design, others: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The comparison areas of the ring: of all pairings of treated and ring areas with areas to
    compare with, the one in which pairs differ least in cases before."""
    watched = np.flatnonzero(design.treated | design.ring)
    unlike = np.abs(before[watched][:, None] - before[others])
    rows, columns = scipy.optimize.linear_sum_assignment(unlike)
    chosen: npt.NDArray[np.intp] = others[columns[design.ring[watched[rows]]]]
    return chosen


def wdd(design: Design, levels: Levels = FULL) -> Effect:
    """Judge a measure over as many periods before as after the start (fewer when there are fewer).

    Raises
    ------
    DesignError
        Without comparison areas.
    """
    if not design.comparison.any():
        raise DesignError("no comparison")
    start, n = design.start, design.after
    if start < n:
        raise DesignError("too few before")
    history = design.outcome[:, :start]
    sums = np.column_stack(
        [history[:, start - n :].sum(axis=1), design.outcome[:, start:].sum(axis=1)]
    )
    contrast = contrast_of(design, history.sum(axis=1))
    found = contrast.of(sums)
    spread = spread_before(history, contrast.total, n)
    error = found.error * spread.scale
    t0, t1 = sums[design.treated].sum(axis=0)
    expected = float(t1 - found.local)
    z = found.total / error if error > 0 else 0.0
    wide, narrow = (
        student_quantile(level, spread.df) * error for level in (levels.strong, levels.weak)
    )
    c0 = float(sums[contrast.local < 0, 0].sum())
    return Effect(
        "wdd",
        float(t1),
        expected,
        found.total,
        (found.total - wide, found.total + wide),
        (found.total - narrow, found.total + narrow),
        student_tail(z, spread.df),
        _power(sums[:, 0], design, contrast, spread, levels.strong),
        found.error,
        spread.scale,
        displacement=found.displaced if design.ring.any() else float("nan"),
        net=True,
        balance=(Term("before", float(t0), c0, c0),),
        exact=bool(t0 == c0),
        levels=levels,
    )


def _power(
    before: Floats, design: Design, contrast: Contrast, spread: Spread, level: float = LEVEL
) -> PowerCurve:
    """Falls in the treated areas alone, from what was counted before."""
    treated = float(before[design.treated].sum())
    rest = 2 * float(contrast.total**2 @ before) - 2 * treated
    after = np.sqrt(np.maximum((2 - CHANGES) * treated + rest, 1e-12)) * spread.scale
    return PowerCurve(student_power(-CHANGES * treated, after, after, spread.df, level))


def spread_before(history: Floats, labels: Floats, length: int, seed: int = SEED) -> Spread:
    """How much larger than Poisson the differences were in the years before, when there was no
    measure.

    Every window of two times ``length`` periods before the start gives a difference and its Poisson
    variance. Those of the treated areas are few, so they borrow from the same areas with the labels
    shuffled (as many treated, ring and comparison); as far as all shuffles move together they say
    no more than one. When the years before are too short, shorter windows are used and their excess
    grows with the length.

    Parameters
    ----------
    history : (areas, periods)
    labels : (areas,)
        What each area counts for in the difference (``Contrast.total``).
    """
    width = min(length, history.shape[1] // 2)
    if width < 1:
        return Spread(1.0, math.inf)
    own, shuffled = _ratios(history, labels, width, seed)
    windows = max(history.shape[1] / width - 1, 1.0)
    squares = (shuffled**2).mean()
    alone = 1 - (shuffled.mean(axis=0) ** 2).mean() / squares if squares > 0 else 0.0
    borrowed = (
        MOST_BORROWED * max(min(alone, 1.0), 0.0) * min(1.0, (len(history) - 2) / MOST_BORROWED)
    )
    dispersion = (windows * float((own**2).mean()) + borrowed * float(squares)) / (
        windows + borrowed
    )
    if width < length:
        dispersion = 1 + max(dispersion - 1, 0.0) * length / width
    return Spread(math.sqrt(max(dispersion, 1.0)), windows + borrowed)


def _ratios(history: Floats, labels: Floats, width: int, seed: int) -> tuple[Floats, Floats]:
    """(windows,) the differences over their Poisson errors, and (shuffles, windows) those with the
    labels shuffled."""
    total = np.concatenate([np.zeros((len(history), 1)), history.cumsum(axis=1)], axis=1)
    middle = np.arange(width, history.shape[1] - width + 1)
    change = total[:, middle + width] - 2 * total[:, middle] + total[:, middle - width]
    cases = total[:, middle + width] - total[:, middle - width]
    rng = np.random.default_rng(seed)
    order = np.stack(
        [np.arange(len(labels)), *(rng.permutation(len(labels)) for _ in range(SHUFFLES))]
    )
    contrast = labels[order]
    difference = contrast @ change
    variance = contrast**2 @ cases
    ratio = np.divide(
        difference, np.sqrt(variance), out=np.zeros_like(difference), where=variance > 0
    )
    return ratio[0], ratio[1:]
