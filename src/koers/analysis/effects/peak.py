"""A measure that begins after a peak: counts fall back by themselves, whatever is done.

An area that was chosen because it stood out was partly unlucky (regression to the mean; Hauer,
*Observational Before-After Studies in Road Safety*, 1997). How much of the peak was chance nobody
knows, so the effect is worked out between two ends: all of it was (the periods of the peak are
left out of what is compared with), and none of it was (they stay). Only what holds at both ends is
called an effect.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from koers.analysis.effects.design import Design, DesignError
from koers.analysis.effects.outcome import Effect, PowerCurve
from koers.analysis.panel import Floats

SURE, LARGE, LIKELY = 2.0, 1.25, 0.8
"""A window of the last year is a peak where it lies so many standard errors above the same periods
of earlier years; the last half year also where it is so much larger and at least likely so."""
LEAST_LEFT = 4
"""So many periods have to be left before the peak."""


def peaked(design: Design) -> bool:
    """Whether the treated areas counted more than usual in the year before the start."""
    counts = design.outcome[design.treated, : design.start].sum(axis=0)
    year = max(design.per_year, 1)
    half = max(year // 2, 1)
    for width in sorted({max(year // 4, 1), half, year}):
        for end in range(design.start, max(design.start - half, width) - 1, -1):
            usual, error = _usual(counts, end - width, end, year)
            if error <= 0:
                continue
            above = float(counts[end - width : end].sum()) - usual
            if above > SURE * error:
                return True
            recent = width == half and end == design.start
            if recent and above > (LARGE - 1) * usual and above > LIKELY * error:
                return True
    return False


def _usual(counts: Floats, first: int, end: int, year: int) -> tuple[float, float]:
    """What the same periods of earlier years counted on average, and the standard error of what is
    counted now beside it; of less than a year before, all that comes before."""
    shifts = list(range(1, first // year + 1))
    if shifts:
        former = np.array([counts[first - k * year : end - k * year] for k in shifts])
        sums, length = former.sum(axis=1), len(shifts)
    else:
        width = end - first
        if first < 1:
            return 0.0, 0.0
        former = counts[:first][None, :]
        sums, length = np.array([former.sum() * width / first]), 1
    usual = float(sums.mean())
    spread = 1.0
    if length > 1:
        mean = np.maximum(former.mean(axis=0), 1e-9)
        spread = max(1.0, float(((former - mean) ** 2 / mean).sum() / (length - 1) / len(mean)))
    return usual, math.sqrt(spread * max(usual, 1.0) * (1 + 1 / length))


def judged_after_peak(design: Design, judge: Callable[[Design], Effect]) -> Effect:
    """The effect between both ends; withheld where too little was counted before the peak.

    Raises
    ------
    DesignError
        When the method cannot judge it at all.
    """
    with_peak = judge(design)
    for width in dict.fromkeys((design.per_year, max(design.per_year // 2, 1))):
        if design.start - width < LEAST_LEFT:
            continue
        try:
            without = judge(without_last(design, width))
        except DesignError:
            continue
        return between(with_peak, without, width)
    nowhere = (-math.inf, math.inf)
    nothing = PowerCurve(np.zeros_like(with_peak.power.chance))
    return replace(
        with_peak,
        interval=nowhere,
        weak_interval=nowhere,
        ratio_interval=(-1.0, math.inf),
        p_value=1.0,
        power=nothing,
        after_peak=True,
        withheld=True,
    )


def without_last(design: Design, width: int) -> Design:
    """The design without the last periods before the start."""
    keep = np.ones(design.outcome.shape[1], dtype=np.bool_)
    keep[design.start - width : design.start] = False
    return replace(
        design,
        outcome=design.outcome[:, keep],
        history=design.history[:, :, keep],
        start=design.start - width,
        time=design.time[keep],
    )


def between(one: Effect, two: Effect, left_out: int) -> Effect:
    """The effect midway of two ends, with limits that hold both."""

    def middle(a: float, b: float) -> float:
        return (a + b) / 2

    def both(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
        return min(a[0], b[0]), max(a[1], b[1])

    return replace(
        one,
        expected=middle(one.expected, two.expected),
        effect=middle(one.effect, two.effect),
        interval=both(one.interval, two.interval),
        weak_interval=both(one.weak_interval, two.weak_interval),
        ratio_interval=both(one.ratio_interval, two.ratio_interval),
        p_value=max(one.p_value, two.p_value),
        power=PowerCurve(np.minimum(one.power.chance, two.power.chance)),
        displacement=middle(one.displacement, two.displacement),
        exact=one.exact and two.exact,
        after_peak=True,
        left_out=left_out,
    )
