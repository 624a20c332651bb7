"""From the fitted mean of a period to its bound, p-value and alarm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from koers.analysis.panel import Floats
from koers.analysis.screening.farrington.fit import Fitted
from koers.analysis.screening.farrington.options import EXPONENTS, FarringtonOptions

# Left continuity, as quantiles of discrete distributions have it: a probability met but for
# rounding is met.
FUZZ = 64 * np.finfo(np.float64).eps
SEARCHES = 200


@dataclass(frozen=True)
class Bound:
    """Arrays of one shape: the bound, the expected count, the exceedance ``score`` (alarm above 1)
    and the p-value."""

    upper: Floats
    expected: Floats
    score: Floats
    p: Floats


def bound(observed: Floats, fitted: Fitted, options: FarringtonOptions) -> Bound:
    """The bound that a count exceeds by chance with probability ``alpha``."""
    with np.errstate(all="ignore"):
        if options.threshold_method == "delta":
            return _delta(observed, fitted, options)
        return _negative_binomial(observed, fitted, options)


def _delta(observed: Floats, fitted: Fitted, options: FarringtonOptions) -> Bound:
    """Normal limits on the transformed scale, the mean's uncertainty by the delta method
    (Farrington et al. 1996)."""
    mean = np.maximum(np.exp(fitted.log_mean), np.finfo(np.float64).eps)
    tau = fitted.phi + (fitted.standard_error * mean) ** 2 / mean
    exponent = EXPONENTS[options.powertrans]
    sd = exponent * np.sqrt(mean ** (2 * exponent - 1) * tau)
    reach = scipy.stats.norm.isf(options.alpha) * sd
    upper = np.fmax(
        (mean**exponent + reach) ** (1 / exponent), (mean**exponent - reach) ** (1 / exponent)
    )
    p = scipy.stats.norm.sf((observed**exponent - mean**exponent) / sd)
    return Bound(upper, mean, (observed - mean) / (upper - mean), p)


def _negative_binomial(observed: Floats, fitted: Fitted, options: FarringtonOptions) -> Bound:
    """Quantile of the negative binomial with variance phi × mean, as R uses it: the score takes the
    mean's logarithm."""
    eta = fitted.log_mean
    plugged_in = options.threshold_method == "nbPlugin"
    mean = np.exp(
        eta if plugged_in else eta + scipy.stats.norm.isf(options.alpha) * fitted.standard_error
    )
    usable = np.isfinite(mean) & np.isfinite(fitted.phi)
    upper, p = np.full(eta.shape, np.nan), np.full(eta.shape, np.nan)
    upper[usable] = _quantile(1 - options.alpha, mean[usable], fitted.phi[usable])
    p[usable] = _cumulative(observed[usable] - 1.0, mean[usable], fitted.phi[usable], upper=True)
    return Bound(upper, np.where(usable, np.exp(eta), np.nan), (observed - eta) / (upper - eta), p)


def _cumulative(count: Floats, mean: Floats, phi: Floats, upper: bool) -> Floats:
    """P(Y ≤ count), or above it: negative binomial with variance phi × mean, Poisson where phi is
    1."""
    at = np.floor(count + 1e-7)
    inside = at >= 0
    k = np.where(inside, at, 0.0) + 1.0
    poisson = phi <= 1.0
    size = np.where(poisson, 1.0, mean / np.where(poisson, 1.0, phi - 1.0))
    if upper:
        value = np.where(
            poisson, scipy.special.gammainc(k, mean), scipy.special.betaincc(size, k, 1.0 / phi)
        )
        return np.where(np.isnan(count), np.nan, np.where(inside, value, 1.0))
    value = np.where(
        poisson, scipy.special.gammaincc(k, mean), scipy.special.betainc(size, k, 1.0 / phi)
    )
    return np.where(np.isnan(count), np.nan, np.where(inside, value, 0.0))


def _quantile(probability: float, mean: Floats, phi: Floats) -> Floats:
    """The smallest count with P(Y ≤ count) ≥ probability: a guess by Cornish and Fisher, then steps
    that grow."""
    target = probability * (1 - FUZZ)
    sd, z = np.sqrt(mean * phi), scipy.stats.norm.ppf(probability)
    guess = np.floor(np.maximum(mean + sd * (z + (2 * phi - 1) / sd * (z * z - 1) / 6) + 0.5, 0.0))
    guess = np.where(np.isfinite(guess), guess, 0.0)
    # low is below the quantile (or -1), high at or above it.
    low, high = np.full(mean.shape, -1.0), np.full(mean.shape, np.inf)
    at, step = guess, np.ones(mean.shape)
    open_ = np.arange(mean.size)
    for _ in range(SEARCHES):
        enough = _cumulative(at[open_], mean[open_], phi[open_], upper=False) >= target
        high[open_] = np.where(enough, at[open_], high[open_])
        low[open_] = np.where(enough, low[open_], at[open_])
        open_ = open_[high[open_] - low[open_] > 1.0]
        if not open_.size:
            break
        up, down = np.isinf(high[open_]), (low[open_] < 0) & np.isfinite(high[open_])
        middle = np.floor((low[open_] + high[open_]) / 2)
        at[open_] = np.where(
            up,
            low[open_] + step[open_],
            np.where(down, np.maximum(high[open_] - step[open_], 0.0), middle),
        )
        step[open_] *= 2
    return high
