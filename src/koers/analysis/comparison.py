"""A year against the one before, and areas against each other, with how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from koers.analysis.panel import Floats

FEWEST = 10


@dataclass(frozen=True)
class CountChange:
    """``ratio`` of a count to the one before, with its 95 % interval; ``enough`` is False under ten
    cases in all."""

    after: float
    before: float
    ratio: float
    lower: float
    upper: float
    enough: bool

    @property
    def certain(self) -> bool:
        """Whether the interval leaves out "no change"."""
        return self.enough and not self.lower <= 1.0 <= self.upper


def change(after: float, before: float, dispersion: float = 1.0) -> CountChange:
    """Compare two counts over equal times.

    The interval is the conditional binomial one for the ratio of two Poisson means, by Jeffreys'
    rule, which is as often wrong as it says where Clopper-Pearson's is too wide at small counts
    (Brown, Cai & DasGupta, *Statistical Science* 2001, 16:101-133). With overdispersion both counts
    are divided by ``dispersion`` first, which widens it as the variance asks.
    """
    if np.isnan(after) or np.isnan(before):
        return CountChange(after, before, np.nan, np.nan, np.nan, False)
    ratio = after / before if before > 0 else np.inf
    lower, upper = change_limits(np.array([after]), np.array([before]), np.array([dispersion]))
    return CountChange(
        after, before, float(ratio), float(lower[0]), float(upper[0]), after + before >= FEWEST
    )


def change_limits(after: Floats, before: Floats, dispersion: Floats) -> tuple[Floats, Floats]:
    """The 95 % interval of :func:`change` for many pairs: arrays of one shape in, two of it out."""
    a, b = after / np.maximum(dispersion, 1.0), before / np.maximum(dispersion, 1.0)
    low = np.where(a > 0, scipy.stats.beta.ppf(0.025, a + 0.5, b + 0.5), 0.0)
    high = np.where(b > 0, scipy.stats.beta.ppf(0.975, a + 0.5, b + 0.5), 1.0)
    with np.errstate(divide="ignore"):
        return low / (1 - low), high / (1 - high)


@dataclass(frozen=True)
class ShrunkenRates:
    """Rates (areas,) as counted, shrunk towards the mean, and the 95 % interval of the shrunk rate;
    NaN = no rate."""

    raw: Floats
    rate: Floats
    lower: Floats
    upper: Floats


def shrunken_rates(counts: Floats, population: Floats) -> ShrunkenRates:
    """Global empirical Bayes rates by the method of moments.

    Parameters
    ----------
    counts, population : (areas,)
        NaN, or a population of 0, gives no rate.

    Source: Marshall, Biometrics 1991, 47:1399-1410; the same numbers as R ``spdep::EBest``.
    """
    there = np.isfinite(counts) & (population > 0)
    y, n = counts[there], population[there]
    raw, rate, lower, upper = (np.full(counts.shape, np.nan) for _ in range(4))
    if y.size:
        mean = y.sum() / n.sum()
        variance = (n * (y / n - mean) ** 2).sum() / n.sum() - mean / n.mean()
        variance = max(float(variance), 0.0)
        raw[there] = y / n
        with np.errstate(divide="ignore", invalid="ignore"):
            rate[there] = (
                mean + (y / n - mean) * variance / (variance + mean / n) if mean > 0 else 0.0
            )
            beta = mean / variance if variance > 0 else n.sum()
        shape = mean * beta
        lower[there] = scipy.stats.gamma.ppf(0.025, shape + y, scale=1 / (beta + n))
        upper[there] = scipy.stats.gamma.ppf(0.975, shape + y, scale=1 / (beta + n))
    return ShrunkenRates(raw, rate, lower, upper)


def places(rates: ShrunkenRates) -> tuple[np.ndarray, np.ndarray]:
    """For each area the best and worst place (1 = highest rate) that the intervals leave open; 0
    without a rate."""
    low, high = rates.lower, rates.upper
    best = np.array([0 if np.isnan(x) else 1 + int((low > x).sum()) for x in high])
    worst = np.array(
        [0 if np.isnan(x) else int(np.isfinite(low).sum() - (high < x).sum()) for x in low]
    )
    return best, worst


def nearest_peers(features: Floats, own: int, k: int) -> tuple[int, ...]:
    """The k rows of (areas, features) nearest to row ``own`` in standard deviations; rows with NaN
    are left out."""
    complete = np.isfinite(features.sum(axis=1))
    if not complete[own]:
        return ()
    scale = features[complete].std(axis=0)
    z = features / np.where(scale > 0, scale, 1.0)
    distance = np.sqrt(((z - z[own]) ** 2).sum(axis=1))
    distance[own] = np.nan
    order = np.argsort(distance)
    return tuple(int(i) for i in order[: min(k, int(np.isfinite(distance).sum()))])


@dataclass(frozen=True)
class FunnelLimits:
    """The rate of all areas together, and per area the limits within which chance alone keeps 95 %
    and 99,8 % of rates."""

    mean: float
    lower_95: Floats
    upper_95: Floats
    lower_998: Floats
    upper_998: Floats


def funnel_limits(counts: Floats, population: Floats) -> FunnelLimits:
    """Limits of a funnel plot around the common rate.

    Exact Poisson limits with interpolation between counts; where areas differ by more than chance
    the limits are widened by the root of the dispersion of the rates, of which the outer tenths are
    pulled in.

    Parameters
    ----------
    counts, population : (areas,)
        NaN, or no population, gives no limits.

    Source: Spiegelhalter, Statistics in Medicine 2005, 24:1185-1202.
    """
    there = np.isfinite(counts) & np.isfinite(population) & (population > 0)
    y, n = counts[there], population[there]
    limits = [np.full(counts.shape, np.nan) for _ in range(4)]
    mean = float(y.sum() / n.sum()) if y.size else np.nan
    if y.size and mean > 0:
        expected = n * mean
        z = (y - expected) / np.sqrt(expected)
        low, high = np.quantile(z, [0.1, 0.9])
        spread = max(float(np.sqrt(np.mean(np.clip(z, low, high) ** 2))), 1.0)
        for limit, p in zip(limits, (0.025, 0.975, 0.001, 0.999), strict=True):
            bound = _poisson_quantile(p, expected)
            limit[there] = np.maximum(mean + (bound / n - mean) * spread, 0.0)
    return FunnelLimits(mean, *limits)


def _poisson_quantile(p: float, mean: Floats) -> Floats:
    """Quantile interpolated between whole counts (Spiegelhalter 2005, appendix A.1.1)."""
    whole = scipy.stats.poisson.ppf(p, mean)
    above, at = scipy.stats.poisson.cdf(whole, mean), scipy.stats.poisson.pmf(whole, mean)
    part = (above - p) / np.where(at > 0, at, 1.0)
    bound: Floats = np.maximum(whole - part, 0.0)
    return bound
