"""The trend of a history that has none: what rounding leaves of a slope that is exactly zero.

With ``p_threshold_trend`` 1 a trend is kept when its p-value is below 1. Of a sparse history,
symmetric in time, the slope is exactly 0 and its p-value exactly 1; R keeps such a trend or not by
the rounding of its Householder reflections, and with ``delta`` and ``muan`` the bound depends on
it. Only there, the fit is made again in the order of operations of the published algorithm
(LINPACK's dqrdc and dqrsl, Dongarra et al. 1979; plain sums as in the reference BLAS), so that the
same digits are left. Where R runs on another BLAS, its answer to these ties is another as well.
"""

from __future__ import annotations

import math

import numpy as np

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats
from koers.analysis.screening.farrington.glm import Integers

MOST_STEPS = 25
TOLERANCE = 1e-8
COLLINEAR = 1e-11
LEAST_MEAN = float(np.finfo(np.float64).eps)
# |t| below which a slope is zero but for rounding.
ZERO_T = 1e-9
# 1 - p must exceed this for p to be below 1 as R's pt computes it (0.5 - w + 0.5).
LEAST_GAP = 1.5 * 2.0**-54


@compiled
def rounded_slope(
    y: Floats, weight: Floats, share: Floats, time: Floats, level: Integers, levels: int
) -> float:
    """The slope of a Poisson regression on an intercept, time and levels (those there are), NaN
    where R has none."""
    x = _design(time, level, levels)
    p, n = x.shape
    offset = np.empty(n)
    for i in range(n):
        offset[i] = math.log(share[i])
    mean = np.empty(n)
    eta = np.log(y + 0.1)
    for i in range(n):
        mean[i] = max(math.exp(eta[i]), LEAST_MEAN)
    before = _deviance(y, mean, weight)
    q, z, work = np.empty((p, n)), np.empty(n), np.empty((3, p))
    beta = np.zeros(p)
    for _ in range(MOST_STEPS):
        _weigh(y, mean, eta, offset, weight, x, q, z)
        if not _least_squares(q, z, beta, work):
            return np.nan
        _predict(x, beta, offset, eta, mean)
        now = _deviance(y, mean, weight)
        if abs(now - before) / (abs(now) + 0.1) < TOLERANCE:
            return float(beta[1])
        before = now
    return float(beta[1])


@compiled
def _design(time: Floats, level: Integers, levels: int) -> Floats:
    """(columns, moments): the intercept, time, and each level that occurs but the first."""
    n = time.size
    column = np.full(levels, -1)
    p = 1
    first = True
    for g in range(levels):
        if (level == g).any():
            if not first:
                p += 1
                column[g] = p
            first = False
    x = np.zeros((p + 1, n))
    for i in range(n):
        x[0, i], x[1, i] = 1.0, time[i]
        if column[level[i]] >= 0:
            x[column[level[i]], i] = 1.0
    return x


@compiled
def _weigh(
    y: Floats,
    mean: Floats,
    eta: Floats,
    offset: Floats,
    weight: Floats,
    x: Floats,
    q: Floats,
    z: Floats,
) -> None:
    """The columns ``q`` and the working response ``z`` of a step, times the root of their
    weights."""
    for i in range(y.size):
        w = math.sqrt(weight[i] * (mean[i] * mean[i]) / mean[i])
        z[i] = ((eta[i] - offset[i]) + (y[i] - mean[i]) / mean[i]) * w
        for j in range(len(x)):
            q[j, i] = x[j, i] * w


@compiled
def _predict(x: Floats, beta: Floats, offset: Floats, eta: Floats, mean: Floats) -> None:
    eta[:] = 0.0
    for j in range(len(x)):
        for i in range(eta.size):
            eta[i] += beta[j] * x[j, i]
    for i in range(eta.size):
        eta[i] += offset[i]
        mean[i] = max(math.exp(eta[i]), LEAST_MEAN)


@compiled
def _deviance(y: Floats, mean: Floats, weight: Floats) -> float:
    total = 0.0
    for i in range(y.size):
        total += (
            2.0
            * weight[i]
            * ((y[i] * math.log(y[i] / mean[i]) if y[i] > 0.0 else 0.0) - (y[i] - mean[i]))
        )
    return total


@compiled
def _least_squares(q: Floats, z: Floats, beta: Floats, work: Floats) -> bool:
    """Solve by Householder reflections, column by column, in place; whether no column depends on
    those before it."""
    p, n = q.shape
    norm, first_norm, corner = work[0], work[1], work[2]
    for j in range(p):
        norm[j] = _length(q[j], 0)
        first_norm[j] = norm[j] if norm[j] != 0.0 else 1.0
    for k in range(p):
        if norm[k] < first_norm[k] * COLLINEAR:
            return False
        length = _length(q[k], k)
        if length == 0.0:
            return False
        if q[k, k] != 0.0:
            length = math.copysign(length, q[k, k])
        scale = 1.0 / length
        for i in range(k, n):
            q[k, i] = scale * q[k, i]
        q[k, k] = 1.0 + q[k, k]
        for j in range(k + 1, p):
            _reflect(q[k], q[j], k)
            if norm[j] != 0.0:
                left = max(1.0 - (abs(q[j, k]) / norm[j]) ** 2, 0.0)
                norm[j] = _length(q[j], k + 1) if left < 1e-6 else norm[j] * math.sqrt(left)
        corner[k] = -length
        _reflect(q[k], z, k)
    for k in range(p):
        beta[k] = z[k]
    for k in range(p - 1, -1, -1):
        beta[k] = beta[k] / corner[k]
        t = -beta[k]
        for i in range(k):
            beta[i] += t * q[k, i]
    return True


@compiled
def _length(values: Floats, start: int) -> float:
    total = 0.0
    for i in range(start, values.size):
        total += values[i] * values[i]
    return math.sqrt(total)


@compiled
def _reflect(mirror: Floats, values: Floats, k: int) -> None:
    total = 0.0
    for i in range(k, values.size):
        total += mirror[i] * values[i]
    t = -total / mirror[k]
    for i in range(k, values.size):
        values[i] += t * mirror[i]
