"""Weighted displacement difference, with an interval as wide as the years before say."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from koers.analysis.effects.design import Bools, Design, DesignError
from koers.analysis.effects.outcome import (
    CHANGES,
    LEVEL,
    WEAK_LEVEL,
    Effect,
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


def wdd(design: Design) -> Effect:
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
    sums = np.column_stack(
        [design.outcome[:, start - n : start].sum(axis=1), design.outcome[:, start:].sum(axis=1)]
    )
    found = _difference(sums, design.treated, design.ring)
    spread = spread_before(design.outcome[:, :start], design.treated, design.ring, n)
    error = found.error * spread.scale
    t0, t1 = sums[design.treated].sum(axis=0)
    expected = float(t1 - found.local)
    z = found.total / error if error > 0 else 0.0
    wide, narrow = (student_quantile(level, spread.df) * error for level in (LEVEL, WEAK_LEVEL))
    c0, c1 = sums[design.comparison].sum(axis=0)
    return Effect(
        "wdd",
        float(t1),
        expected,
        found.total,
        (found.total - wide, found.total + wide),
        (found.total - narrow, found.total + narrow),
        student_tail(z, spread.df),
        _power(sums, design, spread),
        found.error,
        spread.scale,
        displacement=found.displaced if design.ring.any() else float("nan"),
        net=True,
        balance=(Term("before", float(t0), float(c0), float(c0)),),
        exact=bool(t0 == c0),
    )


def _difference(sums: Floats, treated: Bools, ring: Bools) -> Difference:
    def pair(mask: Bools) -> Pair:
        before, after = sums[mask].sum(axis=0)
        return float(before), float(after)

    control = pair(~(treated | ring))
    if not ring.any():
        return displacement_difference(control, pair(treated))
    return displacement_difference(control, pair(treated), control, pair(ring))


def _power(sums: Floats, design: Design, spread: Spread) -> PowerCurve:
    """Falls in the treated areas alone, from what was counted before."""
    before = float(sums[design.treated, 0].sum())
    control = float(sums[design.comparison, 0].sum()) * (2 if design.ring.any() else 1)
    ring = float(sums[design.ring, 0].sum())
    after = np.sqrt(np.maximum((2 - CHANGES) * before + 2 * (control + ring), 1e-12)) * spread.scale
    return PowerCurve(student_power(-CHANGES * before, after, after, spread.df))


def spread_before(
    history: Floats, treated: Bools, ring: Bools, length: int, seed: int = SEED
) -> Spread:
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
    """
    width = min(length, history.shape[1] // 2)
    if width < 1:
        return Spread(1.0, math.inf)
    own, shuffled = _ratios(history, treated, ring, width, seed)
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


def _ratios(
    history: Floats, treated: Bools, ring: Bools, width: int, seed: int
) -> tuple[Floats, Floats]:
    """(windows,) the differences over their Poisson errors, and (shuffles, windows) those with the
    labels shuffled."""
    total = np.concatenate([np.zeros((len(history), 1)), history.cumsum(axis=1)], axis=1)
    middle = np.arange(width, history.shape[1] - width + 1)
    change = total[:, middle + width] - 2 * total[:, middle] + total[:, middle - width]
    cases = total[:, middle + width] - total[:, middle - width]
    labels = np.where(treated, 1.0, np.where(ring, 1.0, -2.0 if ring.any() else -1.0))
    rng = np.random.default_rng(seed)
    order = np.stack(
        [np.arange(len(labels)), *(rng.permutation(len(labels)) for _ in range(SHUFFLES))]
    )
    contrast = labels[order]
    difference = contrast @ change
    variance = np.abs(contrast) @ cases
    ratio = np.divide(
        difference, np.sqrt(variance), out=np.zeros_like(difference), where=variance > 0
    )
    return ratio[0], ratio[1:]
