"""How much more than by chance alone a yearly count comes and goes, learnt from all areas of a
table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from koers.analysis.panel import Floats

USUAL, SPREAD = 0.06, 0.08
"""The slope that kinds have before their own figures are looked at, and how far apart they lie
(development half of the municipalities, and neighbourhoods)."""
ROUNDS = 6


@dataclass(frozen=True)
class Dispersion:
    """Of a yearly count with mean ``m`` what comes and goes within a year has variance
    ``at(m) × m``; ``at(m)`` is 1 + ``slope`` × √m, so that 1 is Poisson."""

    slope: float = USUAL

    def at(self, mean: float) -> float:
        return float(self.at_each(np.asarray(mean, dtype=float)))

    def at_each(self, means: Floats) -> Floats:
        """:meth:`at` for an array."""
        return np.asarray(1.0 + self.slope * np.sqrt(np.maximum(means, 0.0)))


def pooled_dispersion(years: Floats) -> Dispersion:
    """The dispersion of one kind of count, pooled over the areas of a table by their size.

    What comes and goes makes a year stand out from both its neighbours: the difference before it
    and the one after have a covariance of minus its variance. A change that lasts does not, so it
    does not count as chance. The course of all areas together is divided out first.

    Parameters
    ----------
    years : (areas, years)
        Counts over equal times, oldest first, not overlapping; NaN is not published. With fewer
        than three years, or one area, the answer is the usual slope.

    Notes
    -----
    With Y the counts, n the course of the table around 1 and Z = Y / n, each year with two
    neighbours gives −(Z₁ − Z₀)(Z₂ − Z₁) n₁. Its mean is the variance of Y − s T, T being the count
    of the table and s the area's share of it: (1 − s)² (m + slope m√m), with s² times the same of
    all others together. The slope is the weighted least-squares one, drawn towards the usual as far
    as the figures leave room. Differencing against a level that walks: Harvey, *Forecasting,
    Structural Time Series Models and the Kalman Filter* (1989), 2.4.
    """
    found = _areas(years)
    precision, told = SPREAD**-2, USUAL * SPREAD**-2
    slope = USUAL
    for _ in range(ROUNDS):
        noise = 8.0 * (found.chance + slope * found.extra) ** 2 + 2.0 * found.chance
        weight = np.divide(found.terms, noise, out=np.zeros_like(noise), where=noise > 0)
        above = (weight * found.extra * (found.seen - found.chance)).sum()
        slope = float((told + above) / (precision + (weight * found.extra**2).sum()))
        slope = max(slope, 0.0)
    return Dispersion(slope)


@dataclass(frozen=True)
class _Areas:
    """(areas,) the mean of what is ``seen`` over so many ``terms``; by chance alone it is
    ``chance``, and each unit of the slope adds ``extra``."""

    seen: Floats
    terms: Floats
    chance: Floats
    extra: Floats


def _areas(years: Floats) -> _Areas:
    nothing = np.zeros(0)
    whole = np.asarray(np.isfinite(years).all(axis=1))
    total = years[whole].sum(axis=0)
    if years.shape[1] < 3 or whole.sum() < 2 or not (total > 0).all():
        return _Areas(nothing, nothing, nothing, nothing)
    course = total / total.mean()
    level = years / course
    step = np.diff(level, axis=1)
    terms = -step[:, :-1] * step[:, 1:] * course[1:-1]
    known = np.isfinite(terms)
    use = np.asarray(known.any(axis=1))
    mean, count = np.nanmean(level[use], axis=1), known[use].sum(axis=1)
    share = np.where(whole[use], mean / total.mean(), 0.0)
    own, whole_mean, whole_extra = (1 - share) ** 2, mean[whole[use]], mean[whole[use]] ** 1.5
    return _Areas(
        np.where(known[use], terms[use], 0.0).sum(axis=1) / count,
        count.astype(float),
        own * mean + share**2 * (whole_mean.sum() - mean),
        own * mean**1.5 + share**2 * (whole_extra.sum() - mean**1.5),
    )
