"""The default detector: each area's rate shrunk towards its surroundings, season and trend from the whole panel."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from koers.analysis.panel import Floats, Panel
from koers.analysis.period import STEPS_PER_YEAR, Frequency
from koers.analysis.screening.predictive import Predictive, two_sided
from koers.analysis.screening.state import Drift, State, run

LEAST_HISTORY: dict[Frequency, int] = {"month": 24, "week": 104, "year": 4}
PASSES = 3


@dataclass(frozen=True)
class PooledOptions:
    """``window``: how many successive periods are taken together (1, 3 or 12 months)."""

    window: int = 1
    drift: Drift = field(default_factory=Drift)


@dataclass(frozen=True)
class Expectation:
    """What was to be expected of each count; arrays (areas, topics, periods), NaN before there is enough history.

    With a window of w, an entry is the sum of the w periods that end there, forecast before they began.
    """

    observed: Floats
    predictive: Predictive

    @property
    def expected(self) -> Floats:
        return self.predictive.mean

    @property
    def p_rise(self) -> Floats:
        return self.predictive.tail(self.observed)

    @property
    def p(self) -> Floats:
        """Two-sided mid-p."""
        return two_sided(self.p_rise)

    @property
    def score(self) -> Floats:
        """(observed - expected) / standard deviation."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return (self.observed - self.predictive.mean) / np.sqrt(self.predictive.variance)

    def limits(self, level: float = 0.95) -> tuple[Floats, Floats]:
        return self.predictive.limits(level)


def pooled(panel: Panel, options: PooledOptions | None = None) -> Expectation:
    """Expected counts with their predictive distribution, one pass over time, closed form.

    Expected = exposure × level of the panel × season × relative rate of the area, each as known before the window
    began. The variance is that of a gamma-Poisson mixture over the uncertainty of level and relative rate, with the
    drift that the window adds, plus overdispersion (linear and quadratic in the mean) estimated for each topic from
    earlier forecasts of the same window.

    Parameters
    ----------
    panel : Panel
        Counts (areas, topics, periods); NaN = not published, which counts neither as zero nor as evidence.

    Source: empirical Bayes gamma-Poisson smoothing (Marshall 1991) with a discounted level (West & Harrison 1997,
    ch. 10); down-weighting of past outbreaks after Farrington et al. 1996.
    """
    options = options or PooledOptions()
    state = run(panel, options.drift)
    observed, mean, relative_variance = _forecast(panel, state, options)
    history = np.arange(len(panel.periods)) - options.window + 1 >= LEAST_HISTORY[panel.frequency]
    own = mean + relative_variance * mean**2
    linear, quadratic = _overdispersion(observed, mean, own)
    variance = own + linear * mean + quadratic * mean**2
    mean = np.where(history, mean, np.nan)
    return Expectation(observed, Predictive(mean, np.where(history, variance, np.nan)))


def _forecast(panel: Panel, state: State, options: PooledOptions) -> tuple[Floats, Floats, Floats]:
    """Sums of a window, their forecast from before the window, and the forecast's relative variance."""
    w, steps = options.window, STEPS_PER_YEAR[panel.frequency]
    areas, topics, periods = panel.counts.shape
    observed = np.full(panel.counts.shape, np.nan)
    mean, relative = np.full(panel.counts.shape, np.nan), np.full(panel.counts.shape, np.nan)
    if periods < w:
        return observed, mean, relative
    observed[:, :, w - 1 :] = sliding_window_view(panel.counts, w, axis=2).sum(axis=-1)
    # A random walk with variance d a step, averaged over w steps, has gathered about d (w + 1) / 2 more than at its start.
    growth = (options.drift.panel + options.drift.area) / steps * (w - 1) / 2
    for t in range(w, periods):
        start = t - w + 1
        if start < 1:
            continue
        ahead = np.arange(start, t + 1)
        season = state.season[:, start][:, ahead % steps]
        exposure = state.exposure[:, ahead] @ season.T
        mean[:, :, t] = state.relative[:, :, start] * state.level[None, :, start] * exposure
        with np.errstate(divide="ignore", invalid="ignore"):
            relative[:, :, t] = 1 / state.shape[:, :, start] + 1 / state.level_shape[None, :, start] + growth
    usable = np.isfinite(mean) & np.isfinite(relative)
    return observed, np.where(usable, mean, np.nan), np.where(usable, relative, np.nan)


def _overdispersion(observed: Floats, mean: Floats, own: Floats) -> tuple[Floats, Floats]:
    """Extra variance a·mean + c·mean² for each topic and period, from the forecasts before (moments, a and c ≥ 0).

    One wild month must not hide the next: its square counts to at most (4 sd)². The sd is that of the estimate itself,
    in ``PASSES`` rounds: held against chance alone, ordinary months of a series that varies much would be cut as well.
    """
    variance = own
    for _ in range(PASSES):
        excess = np.minimum((observed - mean) ** 2, 16.0 * variance) - own
        linear, quadratic = _moments(excess, mean, own)
        variance = own + linear * mean + quadratic * mean**2
    return linear, quadratic


def _moments(excess: Floats, mean: Floats, own: Floats) -> tuple[Floats, Floats]:
    """The a and c that give ``excess`` by weighted least squares over the periods before each."""
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = 1.0 / (own**2)
    valid = np.isfinite(excess) & np.isfinite(weight) & (mean > 0)
    m, w, x = (np.where(valid, part, 0.0) for part in (mean, weight, excess))
    sums = [np.cumsum(part.sum(axis=0), axis=1) for part in (w * m**2, w * m**3, w * m**4, w * m * x, w * m**2 * x)]
    s2, s3, s4, b1, b2 = (_before(part) for part in sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        determinant = s2 * s4 - s3**2
        linear = (b1 * s4 - b2 * s3) / determinant
        quadratic = (b2 * s2 - b1 * s3) / determinant
        only_linear, only_quadratic = b1 / s2, b2 / s4
    singular = ~(determinant > 1e-12 * s2 * s4)
    linear = np.where(singular | (quadratic < 0), only_linear, np.where(linear < 0, 0.0, linear))
    quadratic = np.where(singular | (quadratic < 0), 0.0, np.where(b1 * s4 < b2 * s3, only_quadratic, quadratic))
    return tuple(np.nan_to_num(np.maximum(part, 0.0))[None, :, :] for part in (linear, quadratic))  # type: ignore[return-value]


def _before(cumulative: Floats) -> Floats:
    """The sums up to but not including each period."""
    shifted = np.zeros_like(cumulative)
    shifted[:, 1:] = cumulative[:, :-1]
    return shifted
