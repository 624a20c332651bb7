"""The counts of the areas of one topic, forecast before each period from what went before; compiled.

The rate of an area relative to the level of the topic is its layers' rate (``layers``), moved by its own figures of
years (memory ``slow``), moved again by its own figures of months (memory ``fast``), gamma-Poisson throughout. How far
areas stray from their own long-run rate (``stray``, the shape of that last gamma) follows from how well each choice
foretold the counts so far. Extra variance, linear and quadratic in the mean, comes from the squared errors so far.
"""

from __future__ import annotations

import math

import numpy as np

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats
from koers.analysis.screening.layers import Ints, climb, shrink
from koers.analysis.screening.level import is_forecast
from koers.analysis.screening.likelihood import counted_first, log_factorials, log_likelihood
from koers.analysis.screening.window import (
    BLOCK,
    CUT,
    SUMS,
    add_difference,
    add_known,
    add_unknown,
    discount,
    expect,
    judge_window,
    known_cases,
    known_exposure,
    looseness,
    own_rate,
    vagueness,
)

STRAYS = np.array([2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 256.0, 1024.0, 1e9])
MEMORY_OF_STRAYS = 0.995
FEW_AREAS = 32
"""More areas than this teach how far they stray from every third period as well as from each."""
WORTH_EVERY = 6
AREA_TRUST = 200.0
PRIOR_LINEAR, PRIOR_WEIGHT = 0.1, 2.0
SUM_WEIGHT = 40.0
"""Of sums there are few; that their months vary as months do is worth this much."""
FIRST_ERRORS = 6
COMMON_TRUST, LEAST_COMMON = 1.0, 0.1
"""What the level's own account of its uncertainty is worth, in windows whose error was seen, and the least left of it."""


@compiled
def _extra_variance(moments: Floats, linear: float, weight: float) -> tuple[float, float]:
    """The a and c of variance a · mean + c · mean² by weighted least squares, neither below 0.

    ``linear`` is the a to begin with, worth ``weight`` in the sum of squares.
    """
    s2, s3, s4, b1, b2 = moments
    s2, b1 = s2 + weight, b1 + weight * linear
    determinant = s2 * s4 - s3 * s3
    if determinant > 1e-12 * s2 * s4:
        a = (b1 * s4 - b2 * s3) / determinant
        c = (b2 * s2 - b1 * s3) / determinant
        if c > 0.0 and a >= 0.0:
            return a, c
        if c > 0.0:
            return 0.0, max(b2 / s4, 0.0)
    return max(b1 / s2, 0.0), 0.0


@compiled
def _best_stray(score: Floats, now: int) -> int:
    best = now
    for k in range(len(score)):
        if score[k] > score[best] + 1e-6 * abs(score[best]) + 0.5:
            best = k
    return best


@compiled
def screen_topic(
    counts: Floats, exposure: Floats, forecast: Floats, uncertainty: Floats, now: Floats,
    group: Ints, parent: Ints, size: Ints, sample: Ints, windows: Ints, guard: int, first: int, least: int,
    slow: float, fast: float, mean: Floats, variance: Floats, observed: Floats, parts: Floats,
) -> None:  # fmt: skip
    """Forecast every window that ends in period ``first`` or later; all arrays time first, so (T, A).

    Parameters
    ----------
    counts, exposure : (T, A)
        NaN = not published.
    forecast, uncertainty, now :
        The level of the topic, from ``levels`` with the same windows and guard.
    group, parent, size :
        What lies in what, see ``shrink``.
    sample : (S,)
        The areas by which ``stray`` is chosen.
    windows : (W,)
        Lengths; the first is 1.
    guard : periods just before a window that its forecast does not use.
    least : periods of history before a window may be judged.
    mean, variance, observed : (W, T - first, A)
        Filled; NaN where there is too little history or a period is missing.
    parts : (L + 1, A)
        Filled: the share of each layer, far to near and then the area itself, in the rate after the last period.
    """
    periods, areas = counts.shape
    spans, depth, lone = windows.max() + guard, len(size), areas == 1
    y, e, fy, fe = np.zeros(areas), np.zeros(areas), np.zeros(areas), np.zeros(areas)
    prior, layers = np.ones(areas), np.zeros(parent.shape)
    worth = np.full(depth + 1, 4.0)
    worth[0] = 0.5
    base, loose = np.ones((spans, areas)), np.zeros((spans, areas))
    recent, foreseen = np.zeros((spans, areas)), np.zeros((spans, areas))
    sums, gaps = np.zeros((len(windows), areas)), np.zeros((len(windows), areas))
    people = np.zeros((len(windows), areas))
    moments, total = np.zeros((len(windows), 5)), np.zeros(SUMS)
    common = PRIOR_LINEAR
    wild, calm = np.full((len(windows), areas), AREA_TRUST), np.full((len(windows), areas), AREA_TRUST)
    heard, told = np.full(len(windows), COMMON_TRUST), np.full(len(windows), COMMON_TRUST)
    score, chosen = np.zeros(len(STRAYS)), 3
    trust, more = np.ones(areas), np.zeros(areas)
    room, some, results = np.empty((6, BLOCK)), np.empty((7, len(sample))), np.empty((2, BLOCK))
    for t in range(periods):
        slot = t % spans
        if not lone:
            # Twice a year while there is little, then once.
            if t >= WORTH_EVERY and t % (WORTH_EVERY if t < least * 2 else 2 * WORTH_EVERY) == 0:
                climb(y, e, group, parent, size, sample, worth, prior, layers, 1.0 + common)
            shrink(y, e, group, parent, size, worth, prior, layers)
            own_rate(prior, y, e, worth[depth], base[slot])
            looseness(y, worth[depth], loose[slot])
            recent[slot] = fy
            foreseen[slot] = base[slot] * fe
        stray = STRAYS[chosen] if not lone else 1e9
        for j in range(len(windows)):
            w = windows[j]
            start = t - w + 1
            origin = start - guard
            _move(counts, exposure, t, start - 1, sums[j], gaps[j], people[j])
            if t >= first and start >= 0:
                # What was counted is known also where there is nothing yet to expect it by.
                for i in range(areas):
                    observed[j, t - first, i] = sums[j, i] if gaps[j, i] == 0.0 else np.nan
            # Overlapping sums count for less.
            step = max(w // 3, 1)
            learn = t % step == 0 and start >= FIRST_ERRORS
            if origin < 1 or not (j == 0 or is_forecast(w, t, first)) or math.isnan(forecast[origin, guard]):
                continue
            rate, decay, decay2 = 0.0, 0.0, 0.0
            # All areas are off by the same error of the level: as far as it was right so far.
            hazy = uncertainty[j, origin] * max(heard[j] / told[j], LEAST_COMMON)
            for h in range(guard, w + guard):
                rate += forecast[origin, h]
                decay += fast**h / w
                decay2 += fast ** (2 * h) / w
            at = origin % spans
            if j == 0:
                linear, quadratic = _extra_variance(moments[0], PRIOR_LINEAR, PRIOR_WEIGHT)
                common = linear
            else:
                linear, quadratic = _extra_variance(moments[j], common, SUM_WEIGHT)
            if j == 0 and learn and not lone and (t % 3 == 0 or len(sample) <= FEW_AREAS):
                known = _gather(
                    sample, gaps[0], sums[0], exposure[t], base[at], recent[at], foreseen[at], loose[at], rate, some
                )
                _add_scores(some, known, decay, decay2, hazy, linear, quadratic, score)
            total[:] = 0.0
            for low in range(0, areas, BLOCK):
                part = slice(low, min(low + BLOCK, areas))
                wanted = results[:, : part.stop - low if t >= first else 0]
                judge_window(
                    people[j, part], base[at, part], recent[at, part], foreseen[at, part], loose[at, part],
                    sums[j, part], gaps[j, part], rate / w, decay, decay2, stray, hazy, linear, quadratic, step, w,
                    lone, learn, start >= 2 * FIRST_ERRORS and not lone, wild[j, part], calm[j, part],
                    trust[low : part.stop if j == 0 else low], start >= least, wanted, room, total,
                )  # fmt: skip
                if t >= first:
                    mean[j, t - first, part] = wanted[0]
                    variance[j, t - first, part] = wanted[1]
            off, whole_mean, chance = total[5], total[6], total[7]
            if learn and whole_mean > 0.0:
                claimed = uncertainty[j, origin] * whole_mean * whole_mean
                clear = claimed / (claimed + chance)
                square = min(off * off, CUT * CUT * (claimed + chance))
                heard[j] += step / w * clear * clear * (square - chance) / claimed
                told[j] += step / w * clear * clear
            moments[j] += total[:5]
        chosen = _best_stray(score, chosen)
        if now[t] > 0.0:
            known_cases(counts[t], trust, more)
            discount(y, slow, more)
            discount(fy, fast, more)
            known_exposure(counts[t], trust, exposure[t], now[t], more)
        else:
            more[:] = 0.0
            discount(y, slow, more)
            discount(fy, fast, more)
        discount(e, slow, more)
        discount(fe, fast, more)
    _parts(y, e, fe, prior, group, layers, worth, STRAYS[chosen], parts, lone)


@compiled
def _move(counts: Floats, exposure: Floats, new: int, old: int, sums: Floats, gaps: Floats, people: Floats) -> None:
    """A window takes in period ``new`` and leaves period ``old`` (negative: there is none)."""
    add_known(counts[new], 1.0, sums)
    add_unknown(counts[new], 1.0, gaps)
    if old < 0:
        people += exposure[new]
        return
    add_known(counts[old], -1.0, sums)
    add_unknown(counts[old], -1.0, gaps)
    add_difference(exposure[new], exposure[old], people)


@compiled
def _gather(
    sample: Ints, gaps: Floats, counts: Floats, exposure: Floats, base: Floats, recent: Floats, foreseen: Floats,
    loose: Floats, rate: float, some: Floats,
) -> int:  # fmt: skip
    """What ``_add_scores`` needs of the areas of the sample that are published, side by side, zeros last; returns how many."""
    known = 0
    for i in sample[counted_first(counts[sample])]:
        if gaps[i] == 0.0:
            some[0, known] = counts[i]
            some[2, known] = rate * exposure[i]
            some[3, known] = base[i]
            some[4, known] = recent[i]
            some[5, known] = foreseen[i]
            some[6, known] = loose[i]
            known += 1
    log_factorials(some[0, :known], some[1, :known])
    return known


@compiled
def _add_scores(
    some: Floats, known: int, decay: float, decay2: float, hazy: float, linear: float, quadratic: float, score: Floats
) -> None:  # fmt: skip
    """Add to ``score``, which forgets, how likely each choice of ``stray`` found the ``known`` counts of ``_gather``."""
    counts, factorial, exposure, base = some[0, :known], some[1, :known], some[2, :known], some[3, :known]
    recent, foreseen, loose = some[4, :known], some[5, :known], some[6, :known]
    mean, extra, logs, spare = np.empty(known), np.empty(known), np.empty(known), np.empty(known)
    for k in range(len(STRAYS)):
        expect(exposure, base, recent, foreseen, 1.0, decay, STRAYS[k], mean)
        vagueness(recent, foreseen, loose, hazy, decay2, STRAYS[k], extra)
        for n in range(known):
            extra[n] = linear + (extra[n] + quadratic) * mean[n]
        score[k] = MEMORY_OF_STRAYS * score[k] + log_likelihood(counts, factorial, mean, extra, logs, spare)


@compiled
def _parts(
    y: Floats, e: Floats, fe: Floats, prior: Floats, group: Ints, layers: Floats, worth: Floats, stray: float,
    parts: Floats, lone: bool,
) -> None:  # fmt: skip
    """The share of each layer in the rate: what the area's own figures leave goes up, layer by layer."""
    depth = len(group)
    parts[:] = 0.0
    for i in range(len(y)):
        if lone:
            parts[depth, i] = 1.0
            continue
        long_run = prior[i] * e[i] / (worth[depth] + prior[i] * e[i])
        left = (1.0 - long_run) * stray / (stray + prior[i] * fe[i])
        parts[depth, i] = 1.0 - left
        for layer in range(depth - 1, 0, -1):
            part = left * layers[layer, group[layer, i]]
            parts[layer, i] = part
            left -= part
        parts[0, i] = left
