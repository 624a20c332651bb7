"""Is a goal on course: the chance that the target is met on its date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from koers.analysis.panel import Floats

LEAST_YEARS = 4


@dataclass(frozen=True)
class GoalForecast:
    """``chance`` that the value in the target year is at or beyond the target; expected value with 80 % interval."""

    chance: float
    expected: float
    lower: float
    upper: float
    enough: bool


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
    known = years[np.isfinite(years)]
    if known.size < LEAST_YEARS or known[-1] + known[-2] < 10:
        return GoalForecast(np.nan, np.nan, np.nan, np.nan, False)
    logs = np.log(known + 0.5)
    steps = np.diff(logs)
    n = steps.size
    drift = steps.mean() / 2
    # The Poisson noise of the last year is in the starting point whatever the steps say.
    variance = max(float(steps.var(ddof=1)), float(1.0 / (known[-1] + 0.5)))
    ahead = max(ahead, 1 / 12)
    sd = np.sqrt(variance * (ahead + ahead**2 / (4 * n)))
    centre = logs[-1] + drift * ahead
    spread = stats.t(df=n - 1, loc=centre, scale=sd)
    below = float(spread.cdf(np.log(max(target, 0.0) + 0.5)))
    chance = below if direction == "down" else 1 - below
    expected, lower, upper = (float(np.exp(x) - 0.5) for x in (centre, spread.ppf(0.1), spread.ppf(0.9)))
    return GoalForecast(chance, expected, max(lower, 0.0), upper, True)
