"""What the errors of earlier forecasts teach about the next: extra variance, and how far the level
is to be trusted; compiled."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from koers.analysis.compiled import compiled, inlined
from koers.analysis.panel import Floats
from koers.analysis.screening.level import Level
from koers.analysis.screening.spans import Window, Windows, is_forecast
from koers.analysis.screening.stray import STRAYS
from koers.analysis.screening.window import CHANCE, CUT, OFF, WHOLE_MEAN, Outlook, Task

AREA_TRUST = 200.0
PRIOR_LINEAR, PRIOR_WEIGHT = 0.1, 2.0
SUM_WEIGHT = 40.0
"""Of sums there are few; that their months vary as months do is worth this much."""
COMMON_TRUST, LEAST_COMMON = 1.0, 0.1
"""What the level's own account of its uncertainty is worth, in windows whose error was seen, and
the least left of it."""


class Experience(NamedTuple):
    """What the errors so far taught: ``moments`` (W, 5) of the regression of the extra variance;
    ``wild`` and ``calm`` (W, A) and ``trust`` (A,) as in ``Errors``; what of the uncertainty that
    the level ``told`` was ``heard`` (W,); the ``score`` of each of ``STRAYS``."""

    moments: Floats
    wild: Floats
    calm: Floats
    trust: Floats
    heard: Floats
    told: Floats
    score: Floats


@compiled
def _extra_variance(moments: Floats, linear: float, weight: float) -> tuple[float, float]:
    """The a and c of variance a · mean + c · mean² by weighted least squares, neither below 0.

    ``linear`` is the a to begin with, worth ``weight`` in the sum of squares.
    """
    s2, s3, s4, b1, b2 = moments
    s2, b1 = s2 + weight, b1 + weight * linear
    determinant = s2 * s4 - s3 * s3
    if determinant > 1e-12 * s2 * s4:
        a = (b1 * s4 - b2 * s3) / determinant
        c = (b2 * s2 - b1 * s3) / determinant
        if c > 0.0 and a >= 0.0:
            return a, c
        if c > 0.0:
            return 0.0, max(b2 / s4, 0.0)
    return max(b1 / s2, 0.0), 0.0


@compiled
def no_experience(windows: int, areas: int) -> Experience:
    return Experience(
        np.zeros((windows, 5)),
        np.full((windows, areas), AREA_TRUST),
        np.full((windows, areas), AREA_TRUST),
        np.ones(areas),
        np.full(windows, COMMON_TRUST),
        np.full(windows, COMMON_TRUST),
        np.zeros(len(STRAYS)),
    )


@inlined
def is_foretold(level: Level, windows: Windows, window: Window) -> bool:
    return (
        window.origin >= 1
        and (window.number == 0 or is_forecast(window.length, window.last, windows.first))
        and not math.isnan(level.forecast[window.origin, windows.guard])
    )


@inlined
def outlook_of(
    level: Level,
    guard: int,
    fast: float,
    window: Window,
    experience: Experience,
    common: float,
    stray: float,
) -> Outlook:
    """What the areas share; ``common`` is the linear part of the extra variance of one
    period."""
    j, w = window.number, window.length
    rate, decay, decay2 = 0.0, 0.0, 0.0
    for h in range(guard, w + guard):
        rate += level.forecast[window.origin, h]
        decay += fast**h / w
        decay2 += fast ** (2 * h) / w
    # All areas are off by the same error of the level: as far as it was right so far.
    right = max(experience.heard[j] / experience.told[j], LEAST_COMMON)
    hazy = level.uncertainty[j, window.origin] * right
    if j == 0:
        linear, quadratic = _extra_variance(experience.moments[0], PRIOR_LINEAR, PRIOR_WEIGHT)
    else:
        linear, quadratic = _extra_variance(experience.moments[j], common, SUM_WEIGHT)
    return Outlook(rate / w, decay, decay2, stray, hazy, linear, quadratic)


@inlined
def task_of(window: Window, least: int, first: int, lone: bool) -> Task:
    # Overlapping sums count for less.
    step = max(window.length // 3, 1)
    return Task(
        window.length,
        step,
        lone,
        window.last % step == 0 and window.start >= first,
        window.start >= 2 * first and not lone,
        window.start >= least,
    )


@inlined
def learn_level(
    level: Level, window: Window, step: int, total: Floats, experience: Experience
) -> None:
    """Whether the level was as far off as it said: where its error stands out from chance."""
    off, whole_mean, chance = total[OFF], total[WHOLE_MEAN], total[CHANCE]
    claimed = level.uncertainty[window.number, window.origin] * whole_mean * whole_mean
    clear = claimed / (claimed + chance)
    square = min(off * off, CUT * CUT * (claimed + chance))
    share = step / window.length * clear * clear
    experience.heard[window.number] += share * (square - chance) / claimed
    experience.told[window.number] += share
