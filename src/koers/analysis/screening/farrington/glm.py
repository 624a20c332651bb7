"""A quasi-Poisson regression on seasonal levels and a trend, compiled.

The seasonal factor is one-hot, so the normal equations of a step are solved level by level: with
weights w, working response z and time t, the trend is Σ w (t - t̄) (z - z̄) / Σ w (t - t̄)² with
means of the level, and each level has its own mean. As time runs in few different steps, exp(trend
× time) is a running product. The iteration starts and stops as R's ``glm`` does (start y + 0.1, at
most 25 steps, relative change of the deviance below 1e-8): the fitted mean of a season without
cases keeps falling, and where it stops is part of the answer.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats

MOST_STEPS = 25
TOLERANCE = 1e-8
LEAST_MEAN = float(np.finfo(np.float64).eps)
LOG_LEAST_MEAN = math.log(LEAST_MEAN)
NEARLY_ONE = 1.0 - 10.0 * LEAST_MEAN
LARGEST_EXPONENT = 300.0
SAFE_SHARE = 0.01
CONVERGED, NOT_CONVERGED, FAILED = 0, 1, 2

_small = np.arange(4096, dtype=np.float64)
LOG_START = np.log(_small + 0.1)
Y_LOG_Y = _small * np.log(np.maximum(_small, 1.0))
TWO_THIRDS = _small ** (2.0 / 3.0)

Integers = npt.NDArray[np.int64]


class Plan(NamedTuple):
    """What all series share: time of each moment of the history, its level, and which of the
    ``gaps`` comes before."""

    time: Integers
    block: Integers
    gap: Integers
    gaps: Floats
    levels: int


class Work(NamedTuple):
    """Room for one series, used again for the next.

    By count: ``y``, ``share`` (population or 1), prior ``weight``, ``place`` in the history,
    ``level``, ``time`` from the level's ``centre``, fitted ``mean``, ``linear`` predictor without
    offset, ``used`` working weight. By level: ``size``, ``centre``, ``weight_sum``, ``mean_time``,
    and sums. ``coefficient`` and ``former``: levels, then trend.
    """

    y: Floats
    share: Floats
    weight: Floats
    place: Integers
    level: Integers
    time: Floats
    mean: Floats
    linear: Floats
    used: Floats
    power: Floats
    size: Floats
    centre: Floats
    weight_sum: Floats
    mean_time: Floats
    sum_z: Floats
    sum_time: Floats
    exponential: Floats
    coefficient: Floats
    former: Floats
    factor: Floats


@compiled
def new_work(n: int, levels: int, gaps: int) -> Work:
    return Work(
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(levels),
        np.empty(levels),
        np.empty(levels),
        np.empty(levels),
        np.empty(levels),
        np.empty(levels),
        np.empty(levels),
        np.zeros(levels + 1),
        np.zeros(levels + 1),
        np.empty(gaps),
    )


@compiled
def glm(work: Work, m: int, plan: Plan, trend: bool) -> tuple[int, float]:
    """Fit the first ``m`` counts in ``work``; status and Σ w (t - t̄)² of the last step."""
    constant, deviance = _start(work, m)
    slope_sum = 0.0
    for step in range(MOST_STEPS):
        slope_sum = _solve(work, m, plan, trend)
        if not _finite(work.coefficient):
            return NOT_CONVERGED, slope_sum
        new = _predict(work, m, plan, trend, constant)
        halvings = 0
        while not math.isfinite(new):
            # R needs a former step to go back to.
            if step == 0 or halvings > MOST_STEPS:
                return FAILED, slope_sum
            work.coefficient[:] = 0.5 * (work.coefficient + work.former)
            new = _predict(work, m, plan, trend, constant)
            halvings += 1
        if abs(new - deviance) / (abs(new) + 0.1) < TOLERANCE:
            return CONVERGED, slope_sum
        deviance = new
        work.former[:] = work.coefficient
    return NOT_CONVERGED, slope_sum


@compiled
def _start(work: Work, m: int) -> tuple[float, float]:
    """Mean y + 0.1; the part of the deviance that does not depend on the mean, and the deviance."""
    constant, fitted = 0.0, 0.0
    for i in range(m):
        y, share, weight = work.y[i], work.share[i], work.weight[i]
        log_share = math.log(share) if share != 1.0 else 0.0
        log_mean = _log_start(y)
        work.mean[i], work.linear[i] = y + 0.1, log_mean - log_share
        constant += weight * (_y_log_y(y) - y - y * log_share)
        fitted += weight * (y * (log_mean - log_share) - (y + 0.1))
    return constant, 2.0 * (constant - fitted)


@compiled
def _solve(work: Work, m: int, plan: Plan, trend: bool) -> float:
    """One weighted least squares step into ``work.coefficient``; the trend's sum of squares."""
    work.weight_sum[:], work.sum_z[:], work.sum_time[:] = 0.0, 0.0, 0.0
    squares, cross = 0.0, 0.0
    for i in range(m):
        g, mean = work.level[i], work.mean[i]
        w = work.weight[i] * mean
        wz = work.weight[i] * (mean * (work.linear[i] - 1.0) + work.y[i])
        work.used[i] = w
        work.weight_sum[g] += w
        work.sum_z[g] += wz
        if trend:
            t = work.time[i]
            work.sum_time[g] += w * t
            squares += w * t * t
            cross += wz * t
    slope = 0.0
    if trend:
        raw = squares
        for g in range(plan.levels):
            if work.weight_sum[g] > 0.0:
                work.mean_time[g] = work.sum_time[g] / work.weight_sum[g]
                squares -= work.mean_time[g] * work.sum_time[g]
                cross -= work.mean_time[g] * work.sum_z[g]
        if squares < SAFE_SHARE * raw:
            squares, cross = _centred_sums(work, m)
        slope = cross / squares if squares > 0.0 else 0.0
    for g in range(plan.levels):
        total = work.weight_sum[g]
        work.coefficient[g] = (
            (work.sum_z[g] - slope * work.sum_time[g]) / total if total > 0.0 else 0.0
        )
    work.coefficient[plan.levels] = slope
    return squares


@compiled
def _centred_sums(work: Work, m: int) -> tuple[float, float]:
    """Σ w (t - t̄)² and Σ w (t - t̄)(z - z̄), where subtracting sums would leave no digits."""
    squares, cross = 0.0, 0.0
    for i in range(m):
        g = work.level[i]
        if work.weight_sum[g] > 0.0:
            from_mean = work.time[i] - work.mean_time[g]
            wz = work.weight[i] * (work.mean[i] * (work.linear[i] - 1.0) + work.y[i])
            squares += work.used[i] * from_mean * from_mean
            cross += (wz - work.used[i] * (work.sum_z[g] / work.weight_sum[g])) * from_mean
    return squares, cross


@compiled
def _predict(work: Work, m: int, plan: Plan, trend: bool, constant: float) -> float:
    """Fitted means under ``work.coefficient``, and the deviance."""
    slope = work.coefficient[plan.levels]
    steep = trend and abs(slope) * (plan.time[-1] - plan.time[0]) > LARGEST_EXPONENT
    if trend and not steep:
        _powers(work, plan, slope)
    for g in range(plan.levels):
        work.exponential[g] = (
            math.exp(work.coefficient[g] - slope * work.centre[g]) if work.size[g] > 0.0 else 0.0
        )
    fitted = 0.0
    for i in range(m):
        g = work.level[i]
        linear = work.coefficient[g]
        mean = work.exponential[g] * work.share[i]
        if trend:
            linear += slope * work.time[i]
            mean = math.exp(linear) * work.share[i] if steep else mean * work.power[work.place[i]]
        if mean < LEAST_MEAN:
            mean = LEAST_MEAN
            fitted += work.weight[i] * (
                work.y[i] * (LOG_LEAST_MEAN - math.log(work.share[i])) - mean
            )
        else:
            fitted += work.weight[i] * (work.y[i] * linear - mean)
        work.mean[i], work.linear[i] = mean, linear
    return 2.0 * (constant - fitted)


@compiled
def _powers(work: Work, plan: Plan, slope: float) -> None:
    """exp(slope × time) at each moment of the history, as a running product."""
    for k in range(plan.gaps.size):
        work.factor[k] = math.exp(slope * plan.gaps[k])
    value = math.exp(slope * plan.time[0])
    work.power[0] = value
    for i in range(1, plan.time.size):
        value *= work.factor[plan.gap[i]]
        work.power[i] = value


@compiled
def _finite(values: Floats) -> bool:
    return bool(np.isfinite(values).all())


@compiled
def _log_start(y: float) -> float:
    k = int(y)
    return LOG_START[k] if k == y and k < LOG_START.size else math.log(y + 0.1)


@compiled
def _y_log_y(y: float) -> float:
    k = int(y)
    return Y_LOG_Y[k] if k == y and k < Y_LOG_Y.size else (y * math.log(y) if y > 0.0 else 0.0)


@compiled
def power_two_thirds(y: float) -> float:
    k = int(y)
    return float(TWO_THIRDS[k] if k == y and k < TWO_THIRDS.size else y ** (2.0 / 3.0))
