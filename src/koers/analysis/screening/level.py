"""The level, trend and season of a topic over all areas together: a dynamic Poisson model, forecast
before each period.

The logarithm of the rate is level + slope + harmonics of the year; the level drifts, the slope dies
out. Each total updates a gamma distribution of the rate that has the forecast's mean and variance,
and that update is carried over to the coefficients by linear Bayes (West, Harrison & Migon, JASA
1985, 80:73-83). How fast the level drifts is unknown: several speeds run side by side and are
weighted by how well each foretold the totals so far.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from koers.analysis.compiled import compiled, inlined
from koers.analysis.panel import Floats
from koers.analysis.screening.elementary import exp_each
from koers.analysis.screening.layers import Ints
from koers.analysis.screening.negbin import log_pmf
from koers.analysis.screening.spans import Windows, is_forecast

OUTLIER = 2.58
SPEEDS = np.array([0.0001, 0.0005, 0.002, 0.01, 0.04, 0.16] * 2)
"""Variance that a year adds to the logarithm of the level, with a trend and without."""
SLOPES = np.array([0.0] * 6 + [0.15] * 6)
"""Standard deviation of a trend a year."""
MEMORY_OF_SPEEDS = 0.995
LEAST_WEIGHT = 1e-4
"""A model with less weight plays no part in a forecast."""


class Level(NamedTuple):
    """What was known of the rate of one topic before each period.

    ``forecast`` (T, max(windows) + guard): the mean rate of period t, t + 1, … per unit of
    exposure, as known before t.

    ``uncertainty`` (W, T): the relative variance of the rate of the sum of periods t + guard, …,
    t + guard + window - 1, as known before t. It is not the mean of that of its periods: errors in
    the season cancel within a year, those of the level add up.

    ``now`` (T,): the rate of period t with its own total taken in.
    """

    forecast: Floats
    uncertainty: Floats
    now: Floats


class Models(NamedTuple):
    """The speeds side by side, models last.

    ``mean`` (size, models) and ``spread`` (size, size, models; only the lower triangle, a >= b) of
    the coefficients: level, slope, and two a wave. By model: ``score`` and ``weight`` by how well
    it foretold, ``excess`` of ``seen`` for its extra variance, and the given ``speeds`` and
    ``slopes``.
    """

    mean: Floats
    spread: Floats
    score: Floats
    weight: Floats
    excess: Floats
    seen: Floats
    speeds: Floats
    slopes: Floats


class Calendar(NamedTuple):
    """``wave`` (size, steps): what each coefficient adds to the log rate of each period of the
    year, the slope apart; ``run`` (ahead,): what the slope has added after so many periods;
    ``damping``: what is left of it after one."""

    wave: Floats
    run: Floats
    damping: float


class Projection(NamedTuple):
    """The log rate of one period by each model: its variance ``q`` (models,) and covariance with
    the coefficients ``known`` (size, models); ``rate`` (models,), the rate itself; ``shrunk``, room
    like ``known``."""

    known: Floats
    q: Floats
    rate: Floats
    shrunk: Floats


@compiled
def totals_of(counts: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """The count of each period over all areas (T, A), and the exposure of those that are published:
    that of all areas, times the share that the published ones have in what is expected.

    An area counts by its own rate so far: a shopping street that is not published for a month is
    more than one of so many areas, and would otherwise move what is expected of the others.
    """
    totals, covered = np.zeros(len(counts)), np.zeros(len(counts))
    cases, expected = np.ones(counts.shape[1]), np.ones(counts.shape[1])
    for t in range(len(counts)):
        everything, people, known = 0.0, 0.0, 0.0
        for i in range(counts.shape[1]):
            weight = exposure[t, i] * cases[i] / expected[i]
            everything += weight
            people += exposure[t, i]
            if counts[t, i] == counts[t, i]:
                totals[t] += counts[t, i]
                known += weight
        covered[t] = people if known == everything else people * known / everything
        rate = totals[t] / covered[t] if covered[t] > 0.0 else 0.0
        for i in range(counts.shape[1]):
            if rate > 0.0 and counts[t, i] == counts[t, i]:
                cases[i] += counts[t, i]
                expected[i] += exposure[t, i] * rate
    return totals, covered


@inlined
def _of_sums(
    models: Models,
    alive: Ints,
    calendar: Calendar,
    rates: Floats,
    t: int,
    lengths: Ints,
    guard: int,
    x: Floats,
    uncertainty: Floats,
) -> None:
    """The relative variance of the sum over each window of the rates, between the models and within
    each.

    Within a model it is that of the mean of its log rates, weighted by the rates, and of what the
    level adds on the way: what it adds in a period counts for all that come after. The windows
    begin together, the shortest first.
    """
    weight, steps = models.weight, calendar.wave.shape[1]
    drift = models.speeds / steps
    part, square = np.zeros(len(weight)), np.zeros(len(weight))
    x[:] = 0.0
    done = 0
    for j in range(len(lengths)):
        for h in range(guard + done, guard + lengths[j]):
            _add_rates(rates[h], calendar, (t + h) % steps, h, x)
        done = lengths[j]
        _squares(models.spread, x, part, square)
        first, second = 0.0, 0.0
        for g in alive:
            total = x[0, g]
            left, squares = total, guard * total * total
            for h in range(guard, guard + lengths[j] - 1):
                left -= rates[h, g]
                squares += left * left
            q = (square[g] + drift[g] * squares) / (total * total)
            first += weight[g] * total
            second += weight[g] * total * total * (1.0 + q)
        uncertainty[j] = max(second / (first * first) - 1.0, 0.0)


@inlined
def _add_rates(rates: Floats, calendar: Calendar, at: int, h: int, x: Floats) -> None:
    """Add to ``x`` (size, models) a period's rates times what each coefficient has to do with
    them."""
    for k in range(len(x)):
        factor = calendar.run[h] if k == 1 else calendar.wave[k, at]
        for g in range(len(rates)):
            x[k, g] += rates[g] * factor


@inlined
def _squares(spread: Floats, x: Floats, part: Floats, square: Floats) -> None:
    """``square`` (models,) = x' spread x, from the lower triangle; ``part`` is room."""
    size, models = x.shape
    square[:] = 0.0
    for a in range(size):
        part[:] = 0.0
        for b in range(a):
            for g in range(models):
                part[g] += spread[a, b, g] * x[b, g]
        for g in range(models):
            square[g] += x[a, g] * (2.0 * part[g] + spread[a, a, g] * x[a, g])


@inlined
def _forward(models: Models, damping: float, steps: int) -> None:
    """One period on: level += slope, slope *= damping, in mean and covariance; both drift."""
    mean, spread, speeds, slopes = models.mean, models.spread, models.speeds, models.slopes
    size, number = mean.shape
    for g in range(number):
        mean[0, g] += mean[1, g]
        mean[1, g] *= damping
        spread[0, 0, g] += 2.0 * spread[1, 0, g] + spread[1, 1, g] + speeds[g] / steps
        spread[1, 0, g] = damping * (spread[1, 0, g] + spread[1, 1, g])
        spread[1, 1, g] = damping * damping * spread[1, 1, g]
        spread[1, 1, g] += (1.0 - damping * damping) * (slopes[g] / steps) ** 2
    for k in range(2, size):
        for g in range(number):
            spread[k, 0, g] += spread[k, 1, g]
            spread[k, 1, g] *= damping


@inlined
def _start(rate: float, models: Models, steps: int) -> None:
    models.mean[0] = math.log(rate)
    models.spread[0, 0] = 1.0
    models.spread[1, 1] = (models.slopes / steps) ** 2
    for k in range(2, len(models.mean)):
        models.spread[k, k] = (0.3 / (k // 2)) ** 2


@compiled
def _weigh(score: Floats, weight: Floats, alive: Ints) -> int:
    """The weight of each model, and first in ``alive`` the numbers of those that have some; returns
    how many."""
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


@inlined
def _foretell(
    models: Models, alive: Ints, calendar: Calendar, t: int, rates: Floats, forecast: Floats
) -> None:
    """``rates`` (ahead, models) of this period and those ahead, and the ``forecast`` that the
    models make together."""
    mean, weight, wave, run = models.mean, models.weight, calendar.wave, calendar.run
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
def _project(
    mean: Floats, spread: Floats, wave: Floats, at: int, known: Floats, f: Floats, q: Floats
) -> None:
    """``f`` and ``q``: mean and variance of the log rate of a period of each model; ``known`` =
    spread · wave."""
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


@inlined
def _update(total: float, covered: float, models: Models, foretold: Projection) -> float:
    """Take in the total of a period; its rate by all models together."""
    mean, spread, score, weight = models.mean, models.spread, models.score, models.weight
    excess, seen = models.excess, models.seen
    known, q, rate, shrunk = foretold.known, foretold.q, foretold.rate, foretold.shrunk
    size, number = mean.shape
    updated, weights = 0.0, 0.0
    for g in range(number):
        mu = covered * rate[g]
        dispersion = max(excess[g] / seen[g], 1.0)
        gap = total - mu
        variance = dispersion * mu + q[g] * mu * mu
        score[g] = MEMORY_OF_SPEEDS * score[g] + log_pmf(total, mu, variance)
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
        ratio = (alpha + trust * total) / (alpha + trust * mu)
        step = math.log(ratio) / q[g]
        shrink = (1.0 - alpha / (alpha + trust * total)) / q[g]
        for a in range(size):
            mean[a, g] += known[a, g] * step
            shrunk[a, g] = known[a, g] * shrink
        updated += weight[g] * rate[g] * ratio
        weights += weight[g]
    for a in range(size):
        for b in range(a + 1):
            for g in range(number):
                spread[a, b, g] -= known[a, g] * shrunk[b, g]
    return updated / weights


@compiled
def _waves(steps: int, harmonics: int) -> Floats:
    wave = np.ones((2 + 2 * harmonics, steps))
    for k in range(steps):
        for j in range(harmonics):
            wave[2 + 2 * j, k] = math.cos(2.0 * math.pi * (j + 1) * k / steps)
            wave[3 + 2 * j, k] = math.sin(2.0 * math.pi * (j + 1) * k / steps)
    wave[1] = 0.0
    return wave


@inlined
def _asked(windows: Windows, t: int) -> int:
    """How many of the windows that begin after period ``t`` are forecast: the longest, and those
    shorter."""
    lengths, asked = windows.lengths, 1
    for j in range(1, len(lengths)):
        if is_forecast(lengths[j], t + windows.guard + lengths[j] - 1, windows.first):
            asked = j + 1
    return asked


@compiled
def levels(
    totals: Floats,
    covered: Floats,
    steps: int,
    harmonics: int,
    windows: Windows,
    speeds: Floats,
    slopes: Floats,
) -> Level:
    """What was known of the rate of one topic before each period.

    Parameters
    ----------
    totals, covered : (T,)
        The count over all areas and the exposure that it is of; an exposure of 0 is a period
        without figures.
    steps : periods in a year.
    harmonics : waves a year of the season.
    windows : the sums to forecast.
    speeds, slopes : (models,), see ``SPEEDS`` and ``SLOPES``.
    """
    lengths, guard = windows.lengths, windows.guard
    periods, number, size = len(totals), len(speeds), 2 + 2 * harmonics
    models = Models(
        np.zeros((size, number)),
        np.zeros((size, size, number)),
        np.zeros(number),
        np.ones(number) / number,
        np.full(number, 8.0),
        np.full(number, 8.0),
        speeds,
        slopes,
    )
    ahead = lengths.max() + guard
    damping = 0.9 ** (1.0 / steps)
    run = (1.0 - damping ** np.arange(ahead)) / (1.0 - damping)
    calendar = Calendar(_waves(steps, harmonics), run, damping)
    forecast = np.full((periods, ahead), np.nan)
    uncertainty, now = np.full((len(lengths), periods), np.nan), np.full(periods, np.nan)
    rates, alive = np.zeros((ahead, number)), np.zeros(number, dtype=np.int64)
    sums, relative, f = np.zeros((size, number)), np.zeros(len(lengths)), np.zeros(number)
    foretold = Projection(
        np.zeros((size, number)), np.zeros(number), np.zeros(number), np.zeros((size, number))
    )
    started = False
    for t in range(periods):
        if started:
            _forward(models, damping, steps)
        elif covered[t] > 0.0:
            started = True
            _start((totals[t] + 0.5) / covered[t], models, steps)
        else:
            continue
        these = alive[: _weigh(models.score, models.weight, alive)]
        asked = _asked(windows, t)
        _foretell(models, these, calendar, t, rates, forecast[t, : lengths[asked - 1] + guard])
        _of_sums(models, these, calendar, rates, t, lengths[:asked], guard, sums, relative)
        uncertainty[:asked, t] = relative[:asked]
        if covered[t] <= 0.0:
            now[t] = forecast[t, 0]
            continue
        _project(
            models.mean, models.spread, calendar.wave, t % steps, foretold.known, f, foretold.q
        )
        exp_each(f, foretold.rate)
        now[t] = _update(totals[t], covered[t], models, foretold)
    return Level(forecast, uncertainty, now)
