"""The two fits of Farrington Flexible for each series of a period: the second with past outbreaks weighed down."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from scipy import stats

from koers.analysis.panel import Floats
from koers.analysis.screening.farrington.glm import (
    FAILED,
    NEARLY_ONE,
    NOT_CONVERGED,
    Plan,
    Work,
    glm,
    new_work,
    power_two_thirds,
)
from koers.analysis.screening.farrington.history import Design
from koers.analysis.screening.farrington.options import FarringtonOptions
from koers.analysis.screening.farrington.tie import LEAST_GAP, ZERO_T, rounded_slope


@dataclass(frozen=True)
class Fitted:
    """For each series, NaN where no fit could be made.

    ``log_mean`` of the period itself and its standard error on that scale, dispersion ``phi`` (at least 1), and whether
    the ``trend`` was kept.
    """

    log_mean: Floats
    standard_error: Floats
    phi: Floats
    trend: npt.NDArray[np.bool_]


def fit(counts: Floats, population: Floats, design: Design, options: FarringtonOptions) -> Fitted:
    """Fit every series for one period.

    Parameters
    ----------
    counts : (series, periods) float array
        NaN = not published: left out of the history.
    population : (series, periods) float array
        Used with ``population_offset``.
    """
    out = np.full((counts.shape[0], 4), np.nan)
    plan = Plan(
        design.time - design.time[design.at.size // 2], design.block, design.gap, design.gaps, options.no_periods
    )
    ahead = design.time_now - design.time[design.at.size // 2]
    clock = (design.time - design.time[0]) / design.unit if design.dated else design.time.astype(np.float64)
    _fit_series(
        counts, population, plan, design.at, clock, design.own, design.now, ahead, design.dated, options.b >= 3, options.trend,
        options.reweight, options.weights_threshold, options.population_offset,
        critical_values(options.p_threshold_trend, design.at.size), out,
    )  # fmt: skip
    return Fitted(out[:, 0], out[:, 1], out[:, 2], out[:, 3] == 1.0)


def critical_values(p: float, most: int) -> Floats:
    """The |t| above which a two-sided p-value is below ``p``, for 0 to ``most`` degrees of freedom."""
    if p > 1:
        return np.full(most + 1, -1.0)
    if p <= 0:
        return np.full(most + 1, np.inf)
    freedom = np.arange(most + 1, dtype=np.float64)
    freedom[0] = 1.0
    # A t so small that its p-value is 1 in floating point is not below 1.
    return np.maximum(stats.t.isf(p / 2, freedom), LEAST_GAP / (2 * stats.t.pdf(0, freedom)))


@numba.njit(cache=True, nogil=True)
def _fit_series(  # type: ignore[no-untyped-def]
    counts, population, plan, at, clock, own, now, ahead, dated, long_enough, with_trend, reweight, threshold, offset,
    critical, out,
):  # fmt: skip
    """Fill ``out`` (series, 4): log mean, its standard error, phi, trend kept."""
    work = new_work(at.size, plan.levels, plan.gaps.size)
    for s in range(counts.shape[0]):
        m, first, most = _take(counts[s], population[s] if offset else counts[s], at, plan, offset, work)
        if m == 0 or work.size[own] == 0.0 or (plan.levels > 1 and np.sum(work.size > 0.0) < 2):
            continue
        log_share = math.log(population[s, now]) if offset and population[s, now] > 0.0 else (np.nan if offset else 0.0)
        # Where the first counts are missing, R dates the period itself from the first that is there.
        late = plan.time[first] - plan.time[0] if dated else 0
        lead = ahead - late - work.centre[own]

        status, phi, scale, slope_sum, freedom = _model(work, m, plan, with_trend, reweight, threshold)
        trend = with_trend
        if status == NOT_CONVERGED and trend:
            trend = False
            status, phi, scale, slope_sum, freedom = _model(work, m, plan, False, reweight, threshold)
        if status != 0:
            continue
        if trend:
            slope = work.coefficient[plan.levels]
            expected = math.exp(work.coefficient[own] + slope * lead + log_share)
            error = math.sqrt(scale / slope_sum)
            if 0.0 <= critical[freedom] < ZERO_T and abs(slope) < ZERO_T * error:
                exact = _rounded(work, m, plan, clock)
                slope = slope if math.isnan(exact) else exact
            kept = abs(slope) > critical[freedom] * error
            if not (long_enough and kept and expected <= most):
                trend = False
                status, phi, scale, slope_sum, freedom = _model(work, m, plan, False, reweight, threshold)
                if status != 0:
                    continue
        if not work.weight_sum[own] > 0.0:
            continue
        variance = 1.0 / work.weight_sum[own]
        out[s, 0] = work.coefficient[own] + log_share
        if trend:
            out[s, 0] += work.coefficient[plan.levels] * lead
            variance += (lead - work.mean_time[own]) ** 2 / slope_sum
        out[s, 1] = math.sqrt(variance * scale)
        out[s, 2] = phi
        out[s, 3] = 1.0 if trend else 0.0


@numba.njit(cache=True, nogil=True)
def _rounded(work, m, plan, clock):  # type: ignore[no-untyped-def]
    return rounded_slope(
        work.y[:m], work.weight[:m], work.share[:m], clock[work.place[:m]], work.level[:m], plan.levels
    )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def _take(series, people, at, plan, offset, work):  # type: ignore[no-untyped-def]
    """Copy the published counts of the history; their number, where they begin and the largest."""
    m, first, most = 0, 0, -1.0
    work.size[:] = 0.0
    work.centre[:] = 0.0
    for i in range(at.size):
        value = series[at[i]]
        if math.isnan(value):
            continue
        if most < 0.0:
            first = i
        most = max(most, value)
        share = 1.0
        if offset:
            share = people[at[i]]
            if math.isnan(share):
                continue
            if not 0.0 < share < np.inf:
                return 0, 0, 0.0
        level = plan.block[i]
        work.y[m], work.place[m], work.level[m], work.share[m] = value, i, level, share
        work.size[level] += 1.0
        work.centre[level] += plan.time[i]
        m += 1
    for g in range(plan.levels):
        if work.size[g] > 0.0:
            work.centre[g] /= work.size[g]
    for i in range(m):
        work.time[i] = plan.time[work.place[i]] - work.centre[work.level[i]]
    return m, first, most


@numba.njit(cache=True, nogil=True)
def _model(work, m, plan, trend, reweight, threshold):  # type: ignore[no-untyped-def]
    """Status, phi, the dispersion in standard errors, the trend's sum of squares and degrees of freedom."""
    work.weight[:m] = 1.0
    status, slope_sum = glm(work, m, plan, trend)
    if status != 0:
        return status, np.nan, np.nan, slope_sum, 0
    phi, freedom = _dispersion(work, m, plan, trend, slope_sum)
    scale = phi
    phi = max(phi, 1.0)
    if freedom <= 0:
        return FAILED, np.nan, np.nan, slope_sum, 0
    if reweight:
        _weigh_down(work, m, trend, slope_sum, phi, threshold)
        status, slope_sum = glm(work, m, plan, trend)
        if status == FAILED:
            return FAILED, np.nan, np.nan, slope_sum, 0
        phi, freedom = _dispersion(work, m, plan, trend, slope_sum)
        phi = max(phi, 1.0)
        if freedom <= 0:
            return FAILED, np.nan, np.nan, slope_sum, 0
        # R's standard errors after reweighting use the weights of the residuals in place of the working weights.
        scale = 0.0
        for i in range(m):
            scale += work.weight[i] * (work.y[i] / work.mean[i] - 1.0) ** 2
        scale /= freedom
    return 0, phi, scale, slope_sum, freedom


@numba.njit(cache=True, nogil=True)
def _dispersion(work, m, plan, trend, slope_sum):  # type: ignore[no-untyped-def]
    """Pearson's chi-square over its degrees of freedom, and these."""
    used, total = 0, 0.0
    for i in range(m):
        if work.weight[i] > 0.0:
            used += 1
            total += work.used[i] * (work.y[i] / work.mean[i] - 1.0) ** 2
    rank = 1 if trend and slope_sum > 0.0 else 0
    for g in range(plan.levels):
        if work.weight_sum[g] > 0.0:
            rank += 1
    freedom = used - rank
    return (total / freedom if freedom > 0 else np.nan), freedom


@numba.njit(cache=True, nogil=True)
def _weigh_down(work, m, trend, slope_sum, phi, threshold):  # type: ignore[no-untyped-def]
    """Weights of the second fit: s^-2 beyond the threshold, s the standardised Anscombe residual; they sum to m."""
    total = 0.0
    for i in range(m):
        y, mean, g = work.y[i], work.mean[i], work.level[i]
        work.weight[i] = 1.0
        # A count below its mean has a residual below zero.
        if y > mean or threshold < 0.0:
            leverage = 1.0 / work.weight_sum[g]
            if trend:
                leverage += (work.time[i] - work.mean_time[g]) ** 2 / slope_sum
            leverage *= work.used[i]
            if leverage > NEARLY_ONE:
                leverage = 1.0
            root = math.sqrt(mean)
            residual = 1.5 * (power_two_thirds(y) / np.cbrt(root) - root)
            left = phi * (1.0 - leverage)
            s = residual / math.sqrt(left) if left > 0.0 else (np.inf if residual > 0.0 else -np.inf)
            if s > threshold:
                work.weight[i] = 1.0 / (s * s)
        total += work.weight[i]
    for i in range(m):
        work.weight[i] *= m / total


__all__ = ["Fitted", "Work", "fit"]
