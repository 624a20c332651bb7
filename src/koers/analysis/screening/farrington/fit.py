"""The two fits of Farrington Flexible for each series of a period: the second with past outbreaks
weighed down."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats
from koers.analysis.screening.farrington.glm import (
    FAILED,
    NEARLY_ONE,
    NOT_CONVERGED,
    Integers,
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

    ``log_mean`` of the period itself and its standard error on that scale, dispersion ``phi`` (at
    least 1), and whether the ``trend`` was kept.
    """

    log_mean: Floats
    standard_error: Floats
    phi: Floats
    trend: npt.NDArray[np.bool_]


class History(NamedTuple):
    """Where the history stands: ``at``, the position of each moment among the periods; ``clock``,
    its time as R counts it; ``dated``: by date."""

    at: Integers
    clock: Floats
    dated: bool


class Now(NamedTuple):
    """The period to be judged: its position ``at``, its ``own`` level, and how far ``ahead`` it is
    of the middle of the history."""

    at: int
    own: int
    ahead: int


class Wishes(NamedTuple):
    """The options that a fit looks at; ``critical``: by degrees of freedom, the |t| above which a
    trend is clear; ``long_enough``: whether the history allows for a trend at all."""

    trend: bool
    long_enough: bool
    reweight: bool
    threshold: float
    offset: bool
    critical: Floats


class Model(NamedTuple):
    """Status, phi (at least 1), the dispersion in standard errors, the trend's sum of squares and
    degrees of freedom."""

    status: int
    phi: float
    scale: float
    slope_sum: float
    freedom: int


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
    middle = design.time[design.at.size // 2]
    plan = Plan(design.time - middle, design.block, design.gap, design.gaps, options.no_periods)
    clock = (
        (design.time - design.time[0]) / design.unit
        if design.dated
        else design.time.astype(np.float64)
    )
    now = Now(design.now, design.own, int(design.time_now - middle))
    wishes = Wishes(
        options.trend,
        options.b >= 3,
        options.reweight,
        options.weights_threshold,
        options.population_offset,
        critical_values(options.p_threshold_trend, design.at.size),
    )
    _fit_series(counts, population, plan, History(design.at, clock, design.dated), now, wishes, out)
    return Fitted(out[:, 0], out[:, 1], out[:, 2], out[:, 3] == 1.0)


def critical_values(p: float, most: int) -> Floats:
    """The |t| above which a two-sided p-value is below ``p``, for 0 to ``most`` degrees of
    freedom."""
    if p > 1:
        return np.full(most + 1, -1.0)
    if p <= 0:
        return np.full(most + 1, np.inf)
    freedom = np.arange(most + 1, dtype=np.float64)
    freedom[0] = 1.0
    # A t so small that its p-value is 1 in floating point is not below 1.
    return np.maximum(
        scipy.stats.t.isf(p / 2, freedom), LEAST_GAP / (2 * scipy.stats.t.pdf(0, freedom))
    )


@compiled
def _fit_series(
    counts: Floats,
    population: Floats,
    plan: Plan,
    history: History,
    now: Now,
    wishes: Wishes,
    out: Floats,
) -> None:
    """Fill ``out`` (series, 4): log mean, its standard error, phi, trend kept."""
    work = new_work(history.at.size, plan.levels, plan.gaps.size)
    for s in range(counts.shape[0]):
        people = population[s] if wishes.offset else counts[s]
        m, first, most = _take(counts[s], people, history.at, plan, wishes.offset, work)
        if m == 0 or work.size[now.own] == 0.0 or (plan.levels > 1 and np.sum(work.size > 0.0) < 2):
            continue
        log_share = 0.0
        if wishes.offset:
            share = population[s, now.at]
            log_share = math.log(share) if share > 0.0 else np.nan
        # Where the first counts are missing, R dates the period itself from the first that is
        # there.
        late = plan.time[first] - plan.time[0] if history.dated else 0
        lead = now.ahead - late - work.centre[now.own]
        model, trend = _with_or_without_trend(
            work, m, plan, history.clock, now.own, wishes, lead, log_share, most
        )
        if model.status != 0 or not work.weight_sum[now.own] > 0.0:
            continue
        variance = 1.0 / work.weight_sum[now.own]
        out[s, 0] = work.coefficient[now.own] + log_share
        if trend:
            out[s, 0] += work.coefficient[plan.levels] * lead
            variance += (lead - work.mean_time[now.own]) ** 2 / model.slope_sum
        out[s, 1] = math.sqrt(variance * model.scale)
        out[s, 2] = model.phi
        out[s, 3] = 1.0 if trend else 0.0


@compiled
def _with_or_without_trend(
    work: Work,
    m: int,
    plan: Plan,
    clock: Floats,
    own: int,
    wishes: Wishes,
    lead: float,
    log_share: float,
    most: float,
) -> tuple[Model, bool]:
    """The fit with a trend, where that is wished for and kept; else without. ``lead`` is the time
    from the centre of the period's ``own`` level to itself, ``most`` the largest count before
    it."""
    model = _model(work, m, plan, wishes.trend, wishes)
    if not wishes.trend:
        return model, False
    # False, not written as a constant: for that the whole fit would be compiled once more.
    trend = not wishes.trend
    if model.status == NOT_CONVERGED:
        return _model(work, m, plan, trend, wishes), trend
    if model.status != 0:
        return model, True
    slope = work.coefficient[plan.levels]
    expected = math.exp(work.coefficient[own] + slope * lead + log_share)
    error = math.sqrt(model.scale / model.slope_sum)
    critical = wishes.critical[model.freedom]
    if 0.0 <= critical < ZERO_T and abs(slope) < ZERO_T * error:
        exact = _rounded(work, m, plan, clock)
        slope = slope if math.isnan(exact) else exact
    if wishes.long_enough and abs(slope) > critical * error and expected <= most:
        return model, True
    return _model(work, m, plan, trend, wishes), trend


@compiled
def _rounded(work: Work, m: int, plan: Plan, clock: Floats) -> float:
    return rounded_slope(
        work.y[:m],
        work.weight[:m],
        work.share[:m],
        clock[work.place[:m]],
        work.level[:m],
        plan.levels,
    )


@compiled
def _take(
    series: Floats, people: Floats, at: Integers, plan: Plan, offset: bool, work: Work
) -> tuple[int, int, float]:
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


@compiled
def _model(work: Work, m: int, plan: Plan, trend: bool, wishes: Wishes) -> Model:
    work.weight[:m] = 1.0
    status, slope_sum = glm(work, m, plan, trend)
    if status != 0:
        return Model(status, np.nan, np.nan, slope_sum, 0)
    phi, freedom = _dispersion(work, m, plan, trend, slope_sum)
    scale = phi
    phi = max(phi, 1.0)
    if freedom <= 0:
        return Model(FAILED, np.nan, np.nan, slope_sum, 0)
    if wishes.reweight:
        _weigh_down(work, m, trend, slope_sum, phi, wishes.threshold)
        status, slope_sum = glm(work, m, plan, trend)
        if status == FAILED:
            return Model(FAILED, np.nan, np.nan, slope_sum, 0)
        phi, freedom = _dispersion(work, m, plan, trend, slope_sum)
        phi = max(phi, 1.0)
        if freedom <= 0:
            return Model(FAILED, np.nan, np.nan, slope_sum, 0)
        # R's standard errors after reweighting use the weights of the residuals in place of the
        # working weights.
        scale = 0.0
        for i in range(m):
            scale += work.weight[i] * (work.y[i] / work.mean[i] - 1.0) ** 2
        scale /= freedom
    return Model(0, phi, scale, slope_sum, freedom)


@compiled
def _dispersion(work: Work, m: int, plan: Plan, trend: bool, slope_sum: float) -> tuple[float, int]:
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


@compiled
def _weigh_down(
    work: Work, m: int, trend: bool, slope_sum: float, phi: float, threshold: float
) -> None:
    """Weights of the second fit: s^-2 beyond the threshold, s the standardised Anscombe residual;
    they sum to m."""
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
            s = (
                residual / math.sqrt(left)
                if left > 0.0
                else (np.inf if residual > 0.0 else -np.inf)
            )
            if s > threshold:
                work.weight[i] = 1.0 / (s * s)
        total += work.weight[i]
    for i in range(m):
        work.weight[i] *= m / total


__all__ = ["Fitted", "Work", "fit"]
