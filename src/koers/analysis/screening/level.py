"""The level, trend and season of a topic over all areas together: a dynamic Poisson model, forecast before each period.

The logarithm of the rate is level + slope + harmonics of the year; the level drifts, the slope dies out. Each total
updates a gamma distribution of the rate that has the forecast's mean and variance, and that update is carried over to
the coefficients by linear Bayes (West, Harrison & Migon, JASA 1985, 80:73-83). How fast the level drifts is unknown:
several speeds run side by side and are weighted by how well each foretold the totals so far.
"""

from __future__ import annotations

import math

import numpy as np

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats
from koers.analysis.screening.layers import Ints
from koers.analysis.screening.negbin import log_pmf

OUTLIER = 2.58
SPEEDS = np.array([0.0001, 0.0005, 0.002, 0.01, 0.04, 0.16] * 2)
"""Variance that a year adds to the logarithm of the level, with a trend and without."""
SLOPES = np.array([0.0] * 6 + [0.15] * 6)
"""Standard deviation of a trend a year."""
MEMORY_OF_SPEEDS = 0.995
LEAST_WEIGHT = 1e-4
"""A model with less weight plays no part in a forecast."""


@compiled
def _of_sum(
    rates: Floats, weight: Floats, alive: Ints, spread: Floats, wave: Floats, run: Floats, t: int, guard: int,
    window: int, drift: Floats,
) -> float:  # fmt: skip
    """The relative variance of the sum over a window of the rates, between the models and within each.

    Within a model it is that of the mean of its log rates, weighted by the rates, and of what the level adds on the way:
    what it adds in a period counts for all that come after.
    """
    size, steps = wave.shape
    first, second = 0.0, 0.0
    x = np.zeros(size)
    for g in alive:
        total = 0.0
        x[:] = 0.0
        for h in range(guard, guard + window):
            rate = rates[g, h]
            total += rate
            x[1] += rate * run[h]
            at = (t + h) % steps
            for k in range(2, size):
                x[k] += rate * wave[k, at]
        x[0] = total
        q, left = 0.0, total
        for h in range(1, guard + window):
            if h > guard:
                left -= rates[g, h - 1]
            q += drift[g] * (left / total) ** 2
        square = 0.0
        for a in range(size):
            part = 0.0
            for b in range(a):
                part += spread[a, b, g] * x[b]
            square += x[a] * (2.0 * part + spread[a, a, g] * x[a])
        q += square / (total * total)
        first += weight[g] * total
        second += weight[g] * total * total * (1.0 + q)
    return max(second / (first * first) - 1.0, 0.0)


@compiled
def _multiply(row: Floats, x: float, total: Floats) -> None:
    for g in range(len(total)):
        total[g] += row[g] * x


@compiled
def _subtract(one: Floats, other: Floats, row: Floats) -> None:
    for g in range(len(row)):
        row[g] -= one[g] * other[g]


@compiled
def _forward(mean: Floats, spread: Floats, speeds: Floats, slopes: Floats, damping: float, steps: int) -> None:
    """One period on: level += slope, slope *= damping, in mean and covariance; both drift.

    Of the covariance (size, size, models) only the lower triangle, a >= b, is kept.
    """
    size, models = mean.shape
    for g in range(models):
        mean[0, g] += mean[1, g]
        mean[1, g] *= damping
        spread[0, 0, g] += 2.0 * spread[1, 0, g] + spread[1, 1, g] + speeds[g] / steps
        spread[1, 0, g] = damping * (spread[1, 0, g] + spread[1, 1, g])
        spread[1, 1, g] = damping * damping * spread[1, 1, g]
        spread[1, 1, g] += (1.0 - damping * damping) * (slopes[g] / steps) ** 2
    for k in range(2, size):
        for g in range(models):
            spread[k, 0, g] += spread[k, 1, g]
            spread[k, 1, g] *= damping


@compiled
def _start(rate: float, mean: Floats, spread: Floats, slopes: Floats, steps: int) -> None:
    mean[0] = math.log(rate)
    spread[0, 0] = 1.0
    spread[1, 1] = (slopes / steps) ** 2
    for k in range(2, len(mean)):
        spread[k, k] = (0.3 / (k // 2)) ** 2


@compiled
def _weigh(score: Floats, weight: Floats, alive: Ints) -> int:
    """The weight of each model, and first in ``alive`` the numbers of those that have some; returns how many."""
    weight[:] = np.exp(score - score.max())
    total = 0.0
    for g in range(len(weight)):
        total += weight[g]
    number = 0
    for g in range(len(weight)):
        weight[g] /= total
        if weight[g] >= LEAST_WEIGHT:
            alive[number] = g
            number += 1
    return number


@compiled
def _foretell(
    mean: Floats, weight: Floats, alive: Ints, wave: Floats, run: Floats, t: int, rates: Floats, forecast: Floats
) -> None:
    steps = wave.shape[1]
    for h in range(len(forecast)):
        at = (t + h) % steps
        expected = 0.0
        for g in alive:
            f = mean[0, g] + run[h] * mean[1, g]
            for k in range(2, len(mean)):
                f += wave[k, at] * mean[k, g]
            rates[g, h] = math.exp(f)
            expected += weight[g] * rates[g, h]
        forecast[h] = expected


@compiled
def levels(
    totals: Floats,
    covered: Floats,
    steps: int,
    harmonics: int,
    windows: Ints,
    guard: int,
    speeds: Floats,
    slopes: Floats,
) -> tuple[Floats, Floats, Floats]:
    """What was known of the rate of one topic before each period.

    Parameters
    ----------
    totals, covered : (T,)
        The count over all areas and the exposure that it is of; an exposure of 0 is a period without figures.
    steps : periods in a year. harmonics : waves a year of the season.
    windows : (W,) lengths of the sums to forecast. guard : periods before a sum that its forecast does not use.

    Returns
    -------
    forecast : (T, max(windows) + guard)
        The mean rate of period t, t + 1, … per unit of exposure, as known before t.
    uncertainty : (W, T)
        The relative variance of the rate of the sum of periods t + guard, …, t + guard + window - 1, as known before t.
        It is not the mean of that of its periods: errors in the season cancel within a year, those of the level add up.
    now : (T,)
        The rate of period t with its own total taken in.
    """
    periods, models = len(totals), len(speeds)
    size = 2 + 2 * harmonics
    mean, spread = np.zeros((size, models)), np.zeros((size, size, models))
    ahead = windows.max() + guard
    forecast, uncertainty = np.full((periods, ahead), np.nan), np.full((len(windows), periods), np.nan)
    rates, alive = np.zeros((models, ahead)), np.zeros(models, dtype=np.int64)
    now = np.full(periods, np.nan)
    score, weight = np.zeros(models), np.ones(models) / models
    excess, seen = np.full(models, 8.0), np.full(models, 8.0)
    wave = np.ones((size, steps))
    for k in range(steps):
        for j in range(harmonics):
            wave[2 + 2 * j, k] = math.cos(2.0 * math.pi * (j + 1) * k / steps)
            wave[3 + 2 * j, k] = math.sin(2.0 * math.pi * (j + 1) * k / steps)
    wave[1] = 0.0
    damping = 0.9 ** (1.0 / steps)
    run = (1.0 - damping ** np.arange(ahead)) / (1.0 - damping)
    known, f, q = np.zeros((size, models)), np.zeros(models), np.zeros(models)
    step, shrunk = np.zeros(models), np.zeros((size, models))
    started = False
    for t in range(periods):
        if started:
            _forward(mean, spread, speeds, slopes, damping, steps)
        elif covered[t] > 0.0:
            started = True
            _start((totals[t] + 0.5) / covered[t], mean, spread, slopes, steps)
        else:
            continue
        these = alive[: _weigh(score, weight, alive)]
        _foretell(mean, weight, these, wave, run, t, rates, forecast[t])
        for j in range(len(windows)):
            uncertainty[j, t] = _of_sum(rates, weight, these, spread, wave, run, t, guard, windows[j], speeds / steps)
        if covered[t] <= 0.0:
            now[t] = forecast[t, 0] if ahead else np.nan
            continue
        # Of each model the logarithm of the rate foretold for this period, f, and its variance, q.
        known[:] = 0.0
        f[:] = 0.0
        q[:] = 0.0
        for a in range(size):
            for b in range(size):
                x = wave[b, t % steps]
                if x != 0.0:
                    _multiply(spread[max(a, b), min(a, b)], x, known[a])
            _multiply(mean[a], wave[a, t % steps], f)
            _multiply(known[a], wave[a, t % steps], q)
        updated, weights = 0.0, 0.0
        for g in range(models):
            mu = covered[t] * math.exp(f[g])
            dispersion = max(excess[g] / seen[g], 1.0)
            gap = totals[t] - mu
            variance = dispersion * mu + q[g] * mu * mu
            score[g] = MEMORY_OF_SPEEDS * score[g] + log_pmf(totals[t], mu, variance)
            z = gap / math.sqrt(variance)
            trust = 1.0 / dispersion
            if z > OUTLIER:
                trust *= (OUTLIER / z) ** 2
            # The extra variance over that of the model, with the outbreaks cut.
            cut = min(gap * gap, (4.0 * math.sqrt(variance) + 2.0) ** 2)
            share = min(1.0, mu)
            excess[g] += share * max((cut - q[g] * mu * mu) / mu, 0.0)
            seen[g] += share
            alpha = 1.0 / q[g]
            shift = math.log((alpha + trust * totals[t]) / (alpha + trust * mu))
            step[g] = shift / q[g]
            shrink = (1.0 - alpha / (alpha + trust * totals[t])) / q[g]
            for a in range(size):
                mean[a, g] += known[a, g] * step[g]
                shrunk[a, g] = known[a, g] * shrink
            updated += weight[g] * math.exp(f[g] + shift)
            weights += weight[g]
        for a in range(size):
            for b in range(a + 1):
                _subtract(known[a], shrunk[b], spread[a, b])
        now[t] = updated / weights
    return forecast, uncertainty, now
