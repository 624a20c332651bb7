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
from koers.analysis.screening.negbin import log_pmf

OUTLIER = 5.0
"""A count beyond this many standard deviations counts for less: (5 / z)². Farrington's 2.58 cuts ordinary counts too."""
CUT = 6.0
STRAYS = np.array([2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 256.0, 1024.0, 1e9])
MEMORY_OF_STRAYS = 0.995
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
    moments = np.zeros((len(windows), 5))
    common = PRIOR_LINEAR
    wild, calm = np.full((len(windows), areas), AREA_TRUST), np.full((len(windows), areas), AREA_TRUST)
    heard, told = np.full(len(windows), COMMON_TRUST), np.full(len(windows), COMMON_TRUST)
    score, chosen = np.zeros(len(STRAYS)), 3
    trust = np.ones(areas)
    for t in range(periods):
        slot = t % spans
        if not lone:
            # Twice a year while there is little, then once.
            if t >= WORTH_EVERY and t % (WORTH_EVERY if t < least * 2 else 2 * WORTH_EVERY) == 0:
                climb(y, e, group, parent, size, sample, worth, prior, layers, 1.0 + common)
            shrink(y, e, group, parent, size, worth, prior, layers)
            s = worth[depth]
            for i in range(areas):
                m = prior[i] * (s + y[i]) / (s + prior[i] * e[i])
                base[slot, i] = m
                loose[slot, i] = 1.0 / (s + y[i])
                recent[slot, i] = fy[i]
                foreseen[slot, i] = m * fe[i]
        stray = STRAYS[chosen] if not lone else 1e9
        for j in range(len(windows)):
            w = windows[j]
            start = t - w + 1
            origin = start - guard
            for i in range(areas):
                people[j, i] += exposure[t, i] - (exposure[start - 1, i] if start > 0 else 0.0)
                c = counts[t, i]
                if math.isnan(c):
                    gaps[j, i] += 1.0
                else:
                    sums[j, i] += c
                if start > 0:
                    c = counts[start - 1, i]
                    if math.isnan(c):
                        gaps[j, i] -= 1.0
                    else:
                        sums[j, i] -= c
            if t >= first and start >= 0:
                # What was counted is known also where there is nothing yet to expect it by.
                for i in range(areas):
                    observed[j, t - first, i] = sums[j, i] if gaps[j, i] == 0.0 else np.nan
            if origin < 1 or math.isnan(forecast[origin, guard]):
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
            # Overlapping sums tell the same thing more than once, and count for less.
            step = max(w // 3, 1)
            learn = t % step == 0 and start >= FIRST_ERRORS
            if j == 0 and learn and not lone and (t % 3 == 0 or len(sample) <= 64):
                for k in range(len(STRAYS)):
                    x = STRAYS[k]
                    total = 0.0
                    for n in range(len(sample)):
                        i = sample[n]
                        if gaps[0, i] == 0.0:
                            m = rate * exposure[t, i] * base[at, i]
                            m *= 1.0 + decay * (recent[at, i] - foreseen[at, i]) / (x + foreseen[at, i])
                            f = x / (x + foreseen[at, i])
                            v = hazy + f * f * loose[at, i] + decay2 / (x + recent[at, i]) + (1.0 - decay2) / x
                            total += log_pmf(sums[0, i], m, m + linear * m + (v + quadratic) * m * m)
                    score[k] = MEMORY_OF_STRAYS * score[k] + total
            s2, s3, s4, b1, b2 = 0.0, 0.0, 0.0, 0.0, 0.0
            off, whole_mean, chance = 0.0, 0.0, 0.0
            drifted = (1.0 - decay2) / stray
            for i in range(areas):
                m = rate / w * people[j, i] * base[at, i]
                v = hazy
                if not lone:
                    f = 1.0 / (stray + foreseen[at, i])
                    m *= 1.0 + decay * (recent[at, i] - foreseen[at, i]) * f
                    v += (stray * f) ** 2 * loose[at, i] + decay2 / (stray + recent[at, i]) + drifted
                own = m + v * m * m
                whole = own + linear * m + quadratic * m * m
                spread = max(whole * wild[j, i] / calm[j, i], m)
                there = gaps[j, i] == 0.0
                if t >= first:
                    judged = there and start >= least
                    mean[j, t - first, i] = m if judged else np.nan
                    variance[j, t - first, i] = spread if judged else np.nan
                gap = sums[j, i] - m
                if there and learn:
                    off += gap
                    whole_mean += m
                    chance += max(whole - hazy * m * m, m)
                    cut = min(gap * gap, (CUT * math.sqrt(whole) + 2.0) ** 2)
                    weight = m * step / (w * (own + 2.0 * own * own))
                    s2 += weight * m
                    s3 += weight * m * m
                    s4 += weight * m * m * m
                    b1 += weight * (cut - own)
                    b2 += weight * m * (cut - own)
                    if start >= 2 * FIRST_ERRORS and not lone:
                        # Of a large count the square is worth as much as a chi-square; of a small one, next to nothing.
                        worthy = 3.0 * step / (w * (1.0 + 2.0 * whole))
                        wild[j, i] += worthy * cut
                        calm[j, i] += worthy * whole
                if j == 0:
                    trust[i] = 1.0
                    if there and gap > 1.5 and gap * gap > OUTLIER * OUTLIER * spread:
                        trust[i] = OUTLIER * OUTLIER * spread / (gap * gap)
            if learn and whole_mean > 0.0:
                claimed = uncertainty[j, origin] * whole_mean * whole_mean
                clear = claimed / (claimed + chance)
                square = min(off * off, CUT * CUT * (claimed + chance))
                heard[j] += step / w * clear * clear * (square - chance) / claimed
                told[j] += step / w * clear * clear
            moments[j, 0] += s2
            moments[j, 1] += s3
            moments[j, 2] += s4
            moments[j, 3] += b1
            moments[j, 4] += b2
        chosen = _best_stray(score, chosen)
        for i in range(areas):
            y[i] *= slow
            e[i] *= slow
            fy[i] *= fast
            fe[i] *= fast
            c = counts[t, i]
            if not math.isnan(c) and now[t] > 0.0:
                x = exposure[t, i] * now[t]
                y[i] += trust[i] * c
                e[i] += trust[i] * x
                fy[i] += trust[i] * c
                fe[i] += trust[i] * x
    _parts(y, e, fe, prior, group, layers, worth, STRAYS[chosen], parts, lone)


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
