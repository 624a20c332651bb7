"""Is a goal on course: the chance that the target is met on its date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from koers.analysis.panel import Floats

LEAST_YEARS = 4
LEAST_CASES = 10


@dataclass(frozen=True)
class GoalForecast:
    """``chance`` that the value in the target year is at or beyond the target; expected value with 80 % interval."""

    chance: float
    expected: float
    lower: float
    upper: float
    enough: bool


@dataclass(frozen=True)
class Fan:
    """A forecast at moments ``ahead`` (m,) in years: ``median`` (m,), and ``lower`` and ``upper`` (levels, m) of the interval
    at each of ``levels``; counts in twelve months, not below zero."""

    ahead: Floats
    median: Floats
    lower: Floats
    upper: Floats
    levels: tuple[float, ...]


def chance_of_target(years: Floats, ahead: float, target: float, direction: str) -> GoalForecast:
    """Forecast a yearly figure ``ahead`` years on and hold it against a target.

    A random walk with drift on the log scale: the steps between years give drift and variance (a Student t predictive
    with the drift's own uncertainty); the drift is halved towards none, since trends in crime rarely last.

    Parameters
    ----------
    years : (n,)
        Twelve-month sums or yearly figures, oldest first, not overlapping; NaN is left out. At least four.
    direction : "down" or "up"

    Source: random walk with drift as in Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, 5.2;
    damping after Gardner & McKenzie, Management Science 1985, 31:1237-1246.
    """
    start = _start_of(years)
    if start is None:
        return GoalForecast(np.nan, np.nan, np.nan, np.nan, False)
    spread = _spread(start, max(ahead, 1 / 12))
    below = float(spread.cdf(np.log(max(target, 0.0) + 0.5)))
    chance = below if direction == "down" else 1 - below
    expected, lower, upper = (float(np.exp(spread.ppf(p)) - 0.5) for p in (0.5, 0.1, 0.9))
    return GoalForecast(chance, expected, max(lower, 0.0), upper, True)


def forecast_fan(years: Floats, ahead: Floats, levels: tuple[float, ...] = (0.5, 0.8, 0.95)) -> Fan | None:
    """The forecast behind :func:`chance_of_target` at several moments, with an interval at each level.

    Parameters
    ----------
    years : (n,)
        As there: twelve-month sums or yearly figures, oldest first, not overlapping.
    ahead : (m,)
        Years after the last figure, each positive.
    levels : probabilities
        0.8 is the interval from the 10th to the 90th percentile.

    Returns
    -------
    Fan
        None where the figures are too few to say anything.

    Source: as :func:`chance_of_target`.
    """
    start = _start_of(years)
    if start is None:
        return None
    spreads = [_spread(start, max(float(a), 1 / 12)) for a in ahead]

    def at(probability: float) -> Floats:
        logs: Floats = np.array([spread.ppf(probability) for spread in spreads])
        return np.maximum(np.exp(logs) - 0.5, 0.0)

    lower = np.array([at(0.5 - level / 2) for level in levels])
    upper = np.array([at(0.5 + level / 2) for level in levels])
    return Fan(np.asarray(ahead, dtype=float), at(0.5), lower, upper, levels)


@dataclass(frozen=True)
class _Start:
    """Where the walk is, on the log scale, and how it steps."""

    last: float
    drift: float
    variance: float
    steps: int


def _start_of(years: Floats) -> _Start | None:
    """None with fewer than four years, or fewer than ten cases in the last two."""
    known = years[np.isfinite(years)]
    if known.size < LEAST_YEARS or known[-1] + known[-2] < LEAST_CASES:
        return None
    logs = np.log(known + 0.5)
    steps = np.diff(logs)
    # The Poisson noise of the last year is in the starting point whatever the steps say.
    variance = max(float(steps.var(ddof=1)), float(1.0 / (known[-1] + 0.5)))
    return _Start(float(logs[-1]), float(steps.mean() / 2), variance, int(steps.size))


def _spread(start: _Start, ahead: float) -> Any:
    sd = np.sqrt(start.variance * (ahead + ahead**2 / (4 * start.steps)))
    return stats.t(df=start.steps - 1, loc=start.last + start.drift * ahead, scale=sd)
