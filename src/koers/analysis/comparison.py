"""A year against the one before, and areas against each other, with how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from koers.analysis.panel import Floats
from koers.analysis.shrinkage import rate_limits

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


def share_margin(percent: Floats, respondents: Floats) -> Floats:
    """Half the 95 % interval of percentages of so many answers, of a sample as if drawn at random
    (Agresti & Coull, *The American Statistician* 1998, 52:119-126); arrays of one shape."""
    answers = respondents + 4
    share = (percent / 100 * respondents + 2) / answers
    return np.asarray(196 * np.sqrt(share * (1 - share) / answers))


@dataclass(frozen=True)
class ShrunkenRates:
    """Rates (areas,) as counted, shrunk towards the mean, and the 95 % interval of the shrunk rate;
    NaN = no rate."""

    raw: Floats
    rate: Floats
    lower: Floats
    upper: Floats


def shrunken_rates(counts: Floats, population: Floats) -> ShrunkenRates:
    """Global empirical Bayes rates by the method of moments, with a margin that also holds how
    little is known of the spread between areas (``rate_limits``) and always the rate itself.

    Parameters
    ----------
    counts, population : (areas,)
        NaN, or a population of 0, gives no rate.

    Source: Marshall, Biometrics 1991, 47:1399-1410; the same rates as R ``spdep::EBest``.
    """
    there = np.isfinite(counts) & (population > 0)
    y, n = counts[there], population[there]
    raw, rate, lower, upper = (np.full(counts.shape, np.nan) for _ in range(4))
    if y.size:
        raw[there] = y / n
        rate[there] = _moment_rates(y, n)
        low, high = rate_limits(y, n)
        lower[there], upper[there] = np.minimum(low, rate[there]), np.maximum(high, rate[there])
    return ShrunkenRates(raw, rate, lower, upper)


def _moment_rates(y: Floats, n: Floats) -> Floats:
    mean = y.sum() / n.sum()
    if mean == 0:
        return np.zeros(y.shape)
    variance = (n * (y / n - mean) ** 2).sum() / n.sum() - mean / n.mean()
    variance = max(float(variance), 0.0)
    return np.asarray(mean + (y / n - mean) * variance / (variance + mean / n))


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
