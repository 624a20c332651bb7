"""Counts as they were forecast, drawn: what they come to where there is no cluster."""

from __future__ import annotations

import math

import numpy as np
from scipy import sparse

from koers.analysis.clusters.circles import Ints32
from koers.analysis.clusters.replicates import TOGETHER, Draw
from koers.analysis.panel import Floats

NOTHING = 1e-9
MOST_PART, MOST_SPREAD = 0.97, 0.9
"""The largest part of a longer sum that the mean of a shorter one is taken to be (what it is above
that is added), and of what a share can vary at most."""


def foretold_draw(
    mean: Floats, variance: Floats, strength: Floats, smooth: sparse.csr_matrix
) -> Draw:
    """Draws (durations, areas, TOGETHER) counts, each a part of that of the next longer duration.

    Parameters
    ----------
    mean, variance : (durations, areas) array
        What was foretold of the sums, the shortest first.
    strength : (durations,) array
        The relative covariance of areas at one place (see ``learn_field``).
    smooth : (areas, areas) matrix
        See ``smoothing``.

    Notes
    -----
    The longest sum is negative binomial, its mean multiplied by a lognormal field. A shorter one is
    a binomial part of it, its share drawn from a beta distribution and multiplied by a field of its
    own. Sizes are such that every sum has the mean and variance that were foretold, fields
    included.
    """

    def draw(rng: np.random.Generator) -> Ints32:
        counts = np.zeros((*mean.shape, TOGETHER), dtype=np.int32)
        field = _field(rng, float(strength[-1]), smooth, mean.shape[1])
        counts[-1] = _longest(rng, mean[-1], variance[-1], float(strength[-1]), field)
        for d in range(len(mean) - 2, -1, -1):
            more = max((1.0 + strength[d]) / (1.0 + strength[d + 1]) - 1.0, 0.0)
            field = _field(rng, float(more), smooth, mean.shape[1])
            pair = slice(d, d + 2)
            counts[d] = _part(rng, mean[pair], variance[pair], float(more), field, counts[d + 1])
        return counts

    return draw


def _field(
    rng: np.random.Generator, strength: float, smooth: sparse.csr_matrix, areas: int
) -> Floats:
    """(areas, TOGETHER) factors of mean 1, alike for areas near each other."""
    if strength < NOTHING:
        return np.ones((areas, TOGETHER))
    square = math.log1p(strength)
    white = rng.standard_normal((areas, TOGETHER))
    found: Floats = np.exp(math.sqrt(square) * (smooth @ white) - square / 2)
    return found


def _longest(
    rng: np.random.Generator, mean: Floats, variance: Floats, strength: float, field: Floats
) -> Ints32:
    square = np.where(mean > 0, mean * mean, 1.0)
    own = np.maximum(((variance - mean) / square - strength) / (1.0 + strength), NOTHING)
    rate = rng.standard_gamma(np.broadcast_to(1.0 / own[:, None], field.shape))
    return rng.poisson(rate * (mean * own)[:, None] * field).astype(np.int32)


def _part(
    rng: np.random.Generator,
    mean: Floats,
    variance: Floats,
    strength: float,
    field: Floats,
    whole: Ints32,
) -> Ints32:
    """The cases of the shorter of two sums (2, areas), of those of the longer one."""
    short, long = mean
    share = np.minimum(short / np.where(long > 0, long, 1.0), MOST_PART)
    pairs = np.maximum(variance[1] + long * long - long, NOTHING)
    spread = (variance[0] + (long * share) ** 2 - long * share) / pairs
    spread -= share * share * (1.0 + strength)
    i, r = np.nonzero(whole)
    each = np.minimum(share[i] * field[i, r], MOST_PART)
    wide = np.clip(spread[i], 0.0, MOST_SPREAD * each * (1.0 - each))
    some = wide > NOTHING
    size = each[some] * (1.0 - each[some]) / wide[some] - 1.0
    drawn = each.copy()
    drawn[some] = rng.beta(each[some] * size, (1.0 - each[some]) * size)
    counts = np.zeros_like(whole)
    counts[i, r] = rng.binomial(whole[i, r], drawn)
    more = short - long * share
    above = more > NOTHING
    if above.any():
        counts[above] += rng.poisson(more[above][:, None], (int(above.sum()), TOGETHER)).astype(
            np.int32
        )
    return counts
