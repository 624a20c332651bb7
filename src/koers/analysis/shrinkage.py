"""The margin of a rate that leans on other areas, when how far the areas lie apart is not known
either."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import gammainc, gammaincinv, gammaln

from koers.analysis.panel import Floats

CLOSEST, FARTHEST = 0.02, 3.0
"""The coefficients of variation of the rates of areas that are reckoned with."""
SPREADS, MEANS = 14, np.linspace(-3.5, 3.5, 7)
LEAST_WEIGHT = 1e-3
TAUGHT, CELLS = 400, 8_000
"""Of more areas so many teach how far areas lie apart; and the more areas, the fewer points of the
grid are looked at, since the likeliest of them say it all."""
ROUNDS, NEAR, EXACT = 40, 0.02, 2e-4
"""Around the likeliest mean lies a grid, so it need only be near it."""

# Chosen on the development half of the neighbourhoods, judged on the other (docs/benchmarks.md).
APART = 0.2
"""The chance beforehand that an area is unlike the others: a station, a business estate."""
APART_SHAPE, APART_TIMES = 0.3, 20.0
"""Its rate is gamma with this shape around so many times the mean of the others."""


class _Kind(NamedTuple):
    """Areas of one kind: the logarithm of the chance that an area is one, and the ``shape`` and
    ``mean`` (nodes, 1) of the gamma distribution of their rates."""

    chance: float
    shape: Floats
    mean: Floats

    def likelihood(self, y: Floats, n: Floats) -> Floats:
        """(nodes, areas) the logarithm of that of each count and of being of this kind, without
        what all kinds share."""
        ratio = n * self.mean / self.shape
        found = self.chance + gammaln(y + self.shape) - gammaln(self.shape) + y * np.log(ratio)
        return np.asarray(found - (y + self.shape) * np.log1p(ratio))

    def slope(self, y: Floats, n: Floats) -> tuple[Floats, Floats]:
        """How the likelihood changes with the logarithm of the mean, and how that bends."""
        ratio = n * self.mean / self.shape
        part = ratio / (1 + ratio)
        return y - (y + self.shape) * part, (y + self.shape) * part / (1 + ratio)


class _Mixture(NamedTuple):
    """The rate of each area is gamma with ``shape`` and, in its scale, ``per`` (parts, areas), with
    chance ``weight`` (parts, areas; sum 1)."""

    weight: Floats
    shape: Floats
    per: Floats


def rate_limits(counts: Floats, population: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper limit (areas,) of the rate of each area.

    Counts are Poisson and the rates of areas gamma; one in five areas may be unlike the others, so
    that a station does not make all others look alike. The mean and the coefficient of variation of
    the rates are integrated over: plugged in, a margin of "95 %" holds the truth 77 % of the time
    with 14 small areas. Every coefficient of variation is as likely beforehand, up to 3 (and the
    root of the number of areas); the mean has Jeffreys' prior.

    Parameters
    ----------
    counts, population : (areas,)
        Known, and a population above 0.

    Notes
    -----
    The integral is a sum over a grid: spreads even in the logarithm, and for each of them means
    around the likeliest one. The limits are where the mixture of gammas of an area has the chance
    asked. Empirical Bayes intervals that leave the spread out are too short: Carlin & Gelfand,
    *JASA* 1990, 85:105-114; a flat prior of the spread: Gelman, *Bayesian Analysis* 2006,
    1:515-534.
    """
    teach = slice(None, None, 1 + len(counts) // TAUGHT)
    found = _mixture(counts, population, teach)
    return _quantile((1 - level) / 2, found), _quantile((1 + level) / 2, found)


def _kinds(shape: Floats, log_mean: Floats) -> tuple[_Kind, _Kind]:
    mean, apart = np.exp(log_mean), np.full(shape.shape, APART_SHAPE)
    return (
        _Kind(float(np.log(1 - APART)), shape, mean),
        _Kind(float(np.log(APART)), apart, APART_TIMES * mean),
    )


def _mixture(y: Floats, n: Floats, teach: slice) -> _Mixture:
    spread = np.geomspace(CLOSEST, min(FARTHEST, float(np.sqrt(len(y)))), SPREADS)[:, None]
    likeliest, width = _means(spread**-2, y[teach], n[teach])
    log_mean = (likeliest + width * MEANS).reshape(-1, 1)
    kinds = _kinds((spread**-2).repeat(len(MEANS), axis=0), log_mean)
    either = np.logaddexp(*(kind.likelihood(y[teach], n[teach]) for kind in kinds))
    # What the steps of the grid are worth, both even in the logarithm; Jeffreys' prior of the mean.
    prior = np.log(spread * width).repeat(len(MEANS)) + 0.5 * log_mean[:, 0]
    found = prior + either.sum(axis=1)
    weight = np.exp(found - found.max())
    most = min(len(weight), max(1, CELLS // len(y)))
    some = weight >= max(LEAST_WEIGHT, float(np.sort(weight)[-most]))
    weight = (weight[some] / weight[some].sum())[:, None]
    shape, mean = kinds[0].shape[some], kinds[0].mean[some]
    each = [kind.likelihood(y, n) for kind in _kinds(shape, np.log(mean))]
    alike, apart = (weight * np.exp(one - np.logaddexp(*each)) for one in each)
    # Of an area that is unlike the others little hangs on the spread of those: steps of the mean.
    step = np.tile(np.eye(len(MEANS)), SPREADS)[:, some]
    step = step[step @ weight[:, 0] > 0]
    usual = APART_SHAPE / APART_TIMES * (step @ (weight / mean)) / (step @ weight)
    return _Mixture(
        np.vstack([alike, step @ apart]),
        np.vstack([shape + y, np.broadcast_to(APART_SHAPE + y, (len(step), len(y)))]),
        np.vstack([shape / mean + n, usual + n]),
    )


def _means(shape: Floats, y: Floats, n: Floats) -> tuple[Floats, Floats]:
    """The likeliest logarithm of the mean (spreads, 1) for each shape, by Newton, and its standard
    deviation. Which areas are unlike the others is looked at anew each time."""
    log_mean = np.full(shape.shape, np.log((y.sum() + 0.5) / n.sum()))
    bend = np.ones(shape.shape)
    for _ in range(ROUNDS):
        kinds = _kinds(shape, log_mean)
        each = [kind.likelihood(y, n) for kind in kinds]
        either = np.logaddexp(*each)
        slope, bend = np.full(shape.shape, 0.5), np.zeros(shape.shape)
        for kind, one in zip(kinds, each, strict=True):
            first, second = kind.slope(y, n)
            slope += (np.exp(one - either) * first).sum(axis=1, keepdims=True)
            bend += (np.exp(one - either) * second).sum(axis=1, keepdims=True)
        step = np.clip(slope / bend, -1.0, 1.0)
        log_mean = log_mean + step
        if np.abs(step).max() < NEAR:
            break
    return log_mean, bend**-0.5


def _quantile(part: float, of: _Mixture) -> Floats:
    """Where the mixture of each area has chance ``part``: by Newton in the logarithm, kept between
    what is known to lie below and above."""
    each = of.shape / of.per
    mean = (of.weight * each).sum(axis=0)
    square = (of.weight * each * (each + 1 / of.per)).sum(axis=0)
    # A gamma distribution with the same mean and variance is a good beginning.
    alike = mean**2 / (square - mean**2)
    low, high = np.full(mean.shape, -60.0), np.full(mean.shape, 20.0)
    at = np.maximum(np.log(gammaincinv(alike, part) / alike), -20.0)
    for _ in range(ROUNDS):
        scaled = of.per * mean * np.exp(at)
        short = part - (of.weight * gammainc(of.shape, scaled)).sum(axis=0)
        if np.abs(short).max() < EXACT:
            break
        low, high = np.where(short > 0, at, low), np.where(short > 0, high, at)
        logs = of.shape * np.log(scaled) - scaled - gammaln(of.shape)
        density = (of.weight * np.exp(logs)).sum(axis=0)
        step = np.clip(short / np.maximum(density, 1e-12), -1.5, 1.5)
        outside = (at + step <= low) | (at + step >= high)
        at = np.where(outside, (low + high) / 2, at + step)
    return np.asarray(mean * np.exp(at))
