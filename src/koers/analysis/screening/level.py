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
    rates: Floats, weight: Floats, spread: Floats, wave: Floats, t: int, guard: int, window: int, damping: float,
    drift: Floats,
) -> float:  # fmt: skip
    """The relative variance of the sum over a window of the rates, between the models and within each.

    Within a model it is that of the mean of its log rates, weighted by the rates, and of what the level adds on the way:
    what it adds in a period counts for all that come after.
    """
    models, size = rates.shape[0], wave.shape[1]
    first, second = 0.0, 0.0
    x = np.zeros(size)
    for g in range(models):
        if weight[g] < LEAST_WEIGHT:
            continue
        total = 0.0
        x[:] = 0.0
        for h in range(guard, guard + window):
            total += rates[g, h]
            x[0] += rates[g, h]
            x[1] += rates[g, h] * (1.0 - damping**h) / (1.0 - damping)
            for k in range(2, size):
                x[k] += rates[g, h] * wave[(t + h) % len(wave), k]
        q, left = 0.0, total
        for h in range(1, guard + window):
            if h > guard:
                left -= rates[g, h - 1]
            q += drift[g] * (left / total) ** 2
        square = 0.0
        for a in range(size):
            part = 0.0
            for b in range(size):
                part += spread[g, a, b] * x[b]
            square += x[a] * part
        q += square / (total * total)
        first += weight[g] * total
        second += weight[g] * total * total * (1.0 + q)
    return max(second / (first * first) - 1.0, 0.0)


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
    mean = np.zeros((models, size))
    spread = np.zeros((models, size, size))
    ahead = windows.max() + guard
    forecast, uncertainty = np.full((periods, ahead), np.nan), np.full((len(windows), periods), np.nan)
    rates = np.zeros((models, ahead))
    now = np.full(periods, np.nan)
    score, weight = np.zeros(models), np.ones(models) / models
    excess, seen = np.full(models, 8.0), np.full(models, 8.0)
    wave = np.zeros((steps, size))
    for k in range(steps):
        wave[k, 0] = 1.0
        for j in range(harmonics):
            wave[k, 2 + 2 * j] = math.cos(2.0 * math.pi * (j + 1) * k / steps)
            wave[k, 3 + 2 * j] = math.sin(2.0 * math.pi * (j + 1) * k / steps)
    damping = 0.9 ** (1.0 / steps)
    x = np.zeros(size)
    rx = np.zeros(size)
    started = False
    for t in range(periods):
        if not started:
            if covered[t] <= 0.0:
                continue
            started = True
            for g in range(models):
                mean[g, 0] = math.log((totals[t] + 0.5) / covered[t])
                spread[g, 0, 0] = 1.0
                spread[g, 1, 1] = (slopes[g] / steps) ** 2
                for j in range(harmonics):
                    spread[g, 2 + 2 * j, 2 + 2 * j] = spread[g, 3 + 2 * j, 3 + 2 * j] = (0.3 / (j + 1)) ** 2
        else:
            for g in range(models):
                # level += slope; slope *= damping; both in mean and covariance.
                mean[g, 0] += mean[g, 1]
                mean[g, 1] *= damping
                for k in range(size):
                    spread[g, 0, k] += spread[g, 1, k]
                for k in range(size):
                    spread[g, k, 0] += spread[g, k, 1]
                for k in range(size):
                    spread[g, 1, k] *= damping
                for k in range(size):
                    spread[g, k, 1] *= damping
                spread[g, 0, 0] += speeds[g] / steps
                spread[g, 1, 1] += (1.0 - damping * damping) * (slopes[g] / steps) ** 2
        top = score.max()
        total = 0.0
        for g in range(models):
            weight[g] = math.exp(score[g] - top)
            total += weight[g]
        for g in range(models):
            weight[g] /= total
        for h in range(ahead):
            run = (1.0 - damping**h) / (1.0 - damping)
            expected = 0.0
            for g in range(models):
                if weight[g] < LEAST_WEIGHT:
                    continue
                f = mean[g, 0] + run * mean[g, 1]
                for k in range(2, size):
                    f += wave[(t + h) % steps, k] * mean[g, k]
                rates[g, h] = math.exp(f)
                expected += weight[g] * rates[g, h]
            forecast[t, h] = expected
        for j in range(len(windows)):
            uncertainty[j, t] = _of_sum(rates, weight, spread, wave, t, guard, windows[j], damping, speeds / steps)
        if covered[t] <= 0.0:
            now[t] = forecast[t, 0] if ahead else np.nan
            continue
        updated, weights = 0.0, 0.0
        for g in range(models):
            f, q = 0.0, 0.0
            for k in range(size):
                x[k] = wave[t % steps, k]
            for a in range(size):
                rx[a] = 0.0
                for b in range(size):
                    rx[a] += spread[g, a, b] * x[b]
                f += x[a] * mean[g, a]
                q += x[a] * rx[a]
            mu = covered[t] * math.exp(f)
            dispersion = max(excess[g] / seen[g], 1.0)
            gap = totals[t] - mu
            score[g] = MEMORY_OF_SPEEDS * score[g] + log_pmf(totals[t], mu, dispersion * mu + q * mu * mu)
            z = gap / math.sqrt(dispersion * mu + q * mu * mu)
            trust = 1.0 / dispersion
            if z > OUTLIER:
                trust *= (OUTLIER / z) ** 2
            # The extra variance over that of the model, with the outbreaks cut.
            cut = min(gap * gap, (4.0 * math.sqrt(dispersion * mu + q * mu * mu) + 2.0) ** 2)
            share = min(1.0, mu)
            excess[g] += share * max((cut - q * mu * mu) / mu, 0.0)
            seen[g] += share
            alpha = 1.0 / q
            ratio = (alpha + trust * totals[t]) / (alpha + trust * mu)
            shift = math.log(ratio)
            shrink = (1.0 - alpha / (alpha + trust * totals[t])) / q
            for a in range(size):
                mean[g, a] += rx[a] * shift / q
            for a in range(size):
                for b in range(size):
                    spread[g, a, b] -= rx[a] * rx[b] * shrink
            updated += weight[g] * math.exp(f + shift)
            weights += weight[g]
        now[t] = updated / weights
    return forecast, uncertainty, now
