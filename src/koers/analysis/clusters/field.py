"""What areas near each other share beyond what was expected of each: learnt from the past, and
drawn for Monte Carlo."""

from __future__ import annotations

import math

import numpy as np
import scipy.sparse as sparse
from scipy.spatial import cKDTree

from koers.analysis.clusters.circles import Ints, Ints32
from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats

SCALE = 1.5
"""In kilometres: areas as far as this from each other share exp(-1/4) of the field, 78 %."""
FAR = 3.0
"""In scales: areas further apart share next to nothing."""
USUAL, WORTH = 0.03, 1000.0
"""The relative covariance of areas at one place before anything is known, and what that is worth
(1 / variance)."""


def learn_field(points: Floats, observed: Floats, mean: Floats, variance: Floats) -> Floats:
    """(durations,) the relative covariance of areas at one place.

    Parameters
    ----------
    points : (areas, dimensions) array, in kilometres.
    observed, mean, variance : (durations, periods, areas) array
        Of sums that ended in earlier periods; NaN where nothing was expected.

    Notes
    -----
    Least squares over the pairs of near areas: the product of two errors is ``strength`` × what
    they share × the product of what was expected, and a pair weighs by the variances. No single
    error counts beyond four standard deviations.
    """
    one, other, share = near_pairs(points)
    spread = np.sqrt(np.where(variance > 0, variance, np.nan))
    error = np.clip((observed - mean) / spread, -4.0, 4.0)
    relative = mean / spread
    known = np.isfinite(error) & np.isfinite(relative)
    error, relative = np.where(known, error, 0.0), np.where(known, relative, 0.0)
    found = np.empty(len(mean))
    for d in range(len(mean)):
        products, squares = _moments(error[d], relative[d], one, other, share)
        found[d] = max(0.0, (products + USUAL * WORTH) / (squares + WORTH))
    return found


def near_pairs(points: Floats) -> tuple[Ints32, Ints32, Floats]:
    """Every two areas that share something, once, and how much."""
    pairs = cKDTree(points).query_pairs(FAR * SCALE, output_type="ndarray")
    far = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    one, other = (np.ascontiguousarray(pairs[:, k], dtype=np.int32) for k in (0, 1))
    return one, other, np.exp(-0.25 * (far / SCALE) ** 2)


@compiled
def _moments(
    error: Floats, relative: Floats, one: Ints32, other: Ints32, share: Floats
) -> tuple[float, float]:
    products, squares = 0.0, 0.0
    for t in range(len(error)):
        for k in range(len(one)):
            i, j = one[k], other[k]
            both = share[k] * relative[t, i] * relative[t, j]
            products += both * error[t, i] * error[t, j]
            squares += both * both
    return products, squares


def smoothing(points: Floats) -> sparse.csr_matrix:
    """(areas, areas): makes of white noise a field of variance 1 in which near areas are alike."""
    tree = cKDTree(points)
    pairs = tree.sparse_distance_matrix(tree, FAR * SCALE, output_type="coo_matrix")
    apart = pairs.row != pairs.col
    count = len(points)
    kernel = sparse.csr_matrix(
        (np.exp(-0.5 * (pairs.data[apart] / SCALE) ** 2), (pairs.row[apart], pairs.col[apart])),
        shape=(count, count),
    ) + sparse.identity(count, format="csr")
    norm = np.sqrt(np.asarray(kernel.multiply(kernel).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1.0 / norm) @ kernel)


@compiled
def together(
    starts: Ints,
    neighbours: Ints32,
    points: Floats,
    first: int,
    last: int,
    mean: Floats,
    variance: Floats,
    strength: float,
    means: Floats,
    variances: Floats,
) -> None:
    """Of each circle of the centres ``first`` to ``last`` the ``means`` and ``variances`` of its
    count, with what its areas share."""
    for centre in range(first, last):
        begin = starts[centre]
        inside, spread = 0.0, 0.0
        for k in range(begin, starts[centre + 1]):
            i = neighbours[k]
            inside += mean[i]
            spread += variance[i]
            if strength > 0.0 and mean[i] > 0.0:
                shared = 0.0
                for m in range(begin, k):
                    j = neighbours[m]
                    square = 0.0
                    for a in range(points.shape[1]):
                        step = points[i, a] - points[j, a]
                        square += step * step
                    if square < (FAR * SCALE) ** 2:
                        shared += mean[j] * math.exp(-0.25 * square / (SCALE * SCALE))
                spread += 2.0 * strength * mean[i] * shared
            means[k] = inside
            variances[k] = spread
