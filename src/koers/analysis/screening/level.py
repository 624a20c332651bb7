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
from koers.analysis.screening.elementary import exp_each
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
def is_forecast(window: int, last: int, first: int) -> bool:
    """Whether the sum over ``window`` periods that ends in period ``last`` is forecast: from ``first`` on each of them.

    Before that it only teaches, and overlapping sums tell the same thing more than once.
    """
    return last >= first or last % max(window // 3, 1) == 0


@compiled
def totals_of(counts: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """The count of each period over all areas (T, A), and the exposure of those that are published."""
    totals, covered = np.zeros(len(counts)), np.zeros(len(counts))
    for t in range(len(counts)):
        for i in range(counts.shape[1]):
            if counts[t, i] == counts[t, i]:
                totals[t] += counts[t, i]
                covered[t] += exposure[t, i]
    return totals, covered


@compiled
def _of_sums(
    rates: Floats, weight: Floats, alive: Ints, spread: Floats, wave: Floats, run: Floats, t: int, guard: int,
    windows: Ints, drift: Floats, x: Floats, uncertainty: Floats,
) -> None:  # fmt: skip
    """The relative variance of the sum over each window of the rates, between the models and within each.

    Within a model it is that of the mean of its log rates, weighted by the rates, and of what the level adds on the way:
    what it adds in a period counts for all that come after. The windows begin together, the shortest first.
    """
    size, steps = wave.shape
    models = rates.shape[1]
    part, square = np.zeros(models), np.zeros(models)
    x[:] = 0.0
    done = 0
    for j in range(len(windows)):
        for h in range(guard + done, guard + windows[j]):
            at = (t + h) % steps
            for k in range(size):
                factor = run[h] if k == 1 else wave[k, at]
                for g in range(models):
                    x[k, g] += rates[h, g] * factor
        done = windows[j]
        # x' spread x, from the lower triangle.
        square[:] = 0.0
        for a in range(size):
            part[:] = 0.0
            for b in range(a):
                for g in range(models):
                    part[g] += spread[a, b, g] * x[b, g]
            for g in range(models):
                square[g] += x[a, g] * (2.0 * part[g] + spread[a, a, g] * x[a, g])
        first, second = 0.0, 0.0
        for g in alive:
            total = x[0, g]
            left, squares = total, guard * total * total
            for h in range(guard, guard + windows[j] - 1):
                left -= rates[h, g]
                squares += left * left
            q = (square[g] + drift[g] * squares) / (total * total)
            first += weight[g] * total
            second += weight[g] * total * total * (1.0 + q)
        uncertainty[j] = max(second / (first * first) - 1.0, 0.0)


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
    """``rates`` (ahead, models) of this period and those ahead, and the ``forecast`` that the models make together."""
    steps = wave.shape[1]
    f = np.empty(mean.shape[1])
    for h in range(len(forecast)):
        at = (t + h) % steps
        for g in range(len(f)):
            f[g] = mean[0, g] + run[h] * mean[1, g]
        for k in range(2, len(mean)):
            for g in range(len(f)):
                f[g] += wave[k, at] * mean[k, g]
        exp_each(f, rates[h])
        expected = 0.0
        for g in alive:
            expected += weight[g] * rates[h, g]
        forecast[h] = expected


@compiled
def _project(mean: Floats, spread: Floats, wave: Floats, at: int, known: Floats, f: Floats, q: Floats) -> None:
    """``f`` and ``q``: mean and variance of the log rate of a period of each model; ``known`` = spread · wave."""
    size, models = mean.shape
    known[:] = 0.0
    f[:] = 0.0
    q[:] = 0.0
    for a in range(size):
        for b in range(a):
            for g in range(models):
                known[a, g] += spread[a, b, g] * wave[b, at]
            for g in range(models):
                known[b, g] += spread[a, b, g] * wave[a, at]
        for g in range(models):
            known[a, g] += spread[a, a, g] * wave[a, at]
    for a in range(size):
        for g in range(models):
            f[g] += wave[a, at] * mean[a, g]
        for g in range(models):
            q[g] += wave[a, at] * known[a, g]


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
    first: int = 0,
) -> tuple[Floats, Floats, Floats]:
    """What was known of the rate of one topic before each period.

    Parameters
    ----------
    totals, covered : (T,)
        The count over all areas and the exposure that it is of; an exposure of 0 is a period without figures.
    steps : periods in a year. harmonics : waves a year of the season.
    windows : (W,) lengths of the sums to forecast, the shortest first. guard : periods before a sum that its forecast
        does not use. first : the period from which every sum that ends there is forecast, and not only what ``is_forecast``.

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
    rates, alive = np.zeros((ahead, models)), np.zeros(models, dtype=np.int64)
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
    rate, shrunk = np.zeros(models), np.zeros((size, models))
    sums, relative, drift = np.zeros((size, models)), np.zeros(len(windows)), speeds / steps
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
        asked = 1
        for j in range(1, len(windows)):
            if is_forecast(windows[j], t + guard + windows[j] - 1, first):
                asked = j + 1
        _foretell(mean, weight, these, wave, run, t, rates, forecast[t, : windows[asked - 1] + guard])
        _of_sums(rates, weight, these, spread, wave, run, t, guard, windows[:asked], drift, sums, relative)
        uncertainty[:asked, t] = relative[:asked]
        if covered[t] <= 0.0:
            now[t] = forecast[t, 0] if ahead else np.nan
            continue
        # Of each model the logarithm of the rate foretold for this period, f, and its variance, q.
        _project(mean, spread, wave, t % steps, known, f, q)
        exp_each(f, rate)
        updated, weights = 0.0, 0.0
        for g in range(models):
            mu = covered[t] * rate[g]
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
            ratio = (alpha + trust * totals[t]) / (alpha + trust * mu)
            step = math.log(ratio) / q[g]
            shrink = (1.0 - alpha / (alpha + trust * totals[t])) / q[g]
            for a in range(size):
                mean[a, g] += known[a, g] * step
                shrunk[a, g] = known[a, g] * shrink
            updated += weight[g] * rate[g] * ratio
            weights += weight[g]
        for a in range(size):
            for b in range(a + 1):
                for g in range(models):
                    spread[a, b, g] -= known[a, g] * shrunk[b, g]
        now[t] = updated / weights
    return forecast, uncertainty, now
