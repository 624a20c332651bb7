"""The rate of each area relative to all areas together, forecast before each period; one topic at a time, compiled."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Floats
from koers.analysis.screening.compiled import compiled
from koers.analysis.screening.negbin import log_pmf

Ints = npt.NDArray[np.int64]

OUTLIER = 4.0
CAP = 4.0
LEAST_WORTH, MOST_WORTH = 0.125, 1024.0


@compiled
def shrink(y: Floats, e: Floats, group: Ints, parent: Ints, size: Ints, worth: Floats, prior: Floats, layers: Floats) -> None:
    """Each area's prior rate, from the groups that it lies in.

    ``group`` (L, A) numbers the group of each area from far to near (the first is everything), ``parent`` (L, G) the
    group above it, ``size`` (L,) how many there are. ``worth`` (L + 1,) is the shape of the gamma distribution of the
    rates in each layer around the one above, areas last. Upward, an area counts in its group with the precision of its
    own rate as a sign of the group's: 1 / (1 / worth + 1 / count expected). ``prior`` (A,), as known, is replaced;
    ``layers`` (L, G) becomes the weight of a group's own figures in its rate.
    """
    depth = len(size)
    weight, rate = np.zeros(parent.shape), np.zeros(parent.shape)
    near = depth - 1
    for i in range(len(y)):
        if e[i] > 0.0:
            expected = e[i] * prior[i]
            w = worth[depth] * expected / (worth[depth] + expected)
            weight[near, group[near, i]] += w
            rate[near, group[near, i]] += w * y[i] / e[i]
    for layer in range(near, 0, -1):
        for g in range(size[layer]):
            if weight[layer, g] > 0.0:
                w = worth[layer] * weight[layer, g] / (worth[layer] + weight[layer, g])
                weight[layer - 1, parent[layer, g]] += w
                rate[layer - 1, parent[layer, g]] += w * rate[layer, g] / weight[layer, g]
    for layer in range(depth):
        for g in range(size[layer]):
            above = rate[layer - 1, parent[layer, g]] if layer else 1.0
            layers[layer, g] = weight[layer, g] / (worth[layer] + weight[layer, g])
            rate[layer, g] = (worth[layer] * above + rate[layer, g]) / (worth[layer] + weight[layer, g])
    for i in range(len(y)):
        prior[i] = rate[near, group[near, i]]


@compiled
def likelihood(y: Floats, e: Floats, prior: Floats, worth: float, noise: float) -> float:
    total = 0.0
    for i in range(len(y)):
        if e[i] > 0.0:
            m = e[i] * prior[i]
            total += log_pmf(y[i], m, m * noise + m * m / worth)
    return total


@compiled
def climb(y: Floats, e: Floats, group: Ints, parent: Ints, size: Ints, worth: Floats, prior: Floats, layers: Floats, noise: float) -> None:
    """One step uphill of the likelihood in the worth of each layer: halved, kept or doubled."""
    depth = len(size)
    trial = prior.copy()
    shrink(y, e, group, parent, size, worth, trial, layers)
    best = likelihood(y, e, trial, worth[depth], noise)
    for layer in range(depth, 0, -1):
        for factor in (2.0, 0.5):
            kept = worth[layer]
            worth[layer] = min(max(kept * factor, LEAST_WORTH), MOST_WORTH)
            trial[:] = prior
            shrink(y, e, group, parent, size, worth, trial, layers)
            value = likelihood(y, e, trial, worth[depth], noise)
            if value > best:
                best = value
                break
            worth[layer] = kept


@compiled
def screen_topic(
    counts: Floats, exposure: Floats, forecast: Floats, uncertainty: Floats, now: Floats,
    group: Ints, parent: Ints, size: Ints, windows: Ints, guard: int, first: int, least: int,
    slow: float, fast: float, kappa: float, own0: float, trace: Floats,
    mean: Floats, variance: Floats, observed: Floats, share: Floats,
) -> None:  # fmt: skip
    """Fill ``mean``, ``variance`` and ``observed`` (W, T - first, A) and ``share`` (T - first, A)."""
    periods, areas = counts.shape
    spans = windows.max() + guard
    depth = len(size)
    y, e = np.zeros(areas), np.zeros(areas)
    fy, fe = np.zeros(areas), np.zeros(areas)
    prior, layers = np.ones(areas), np.zeros((max(depth, 1), parent.shape[1]))
    base, swing = np.ones((spans, areas)), np.zeros((spans, areas))
    vslow, vfast = np.zeros((spans, areas)), np.zeros((spans, areas))
    sums, gaps = np.zeros((len(windows), areas)), np.zeros((len(windows), areas))
    linear, quadratic = np.zeros(len(windows)), np.zeros(len(windows))
    moments = np.zeros((len(windows), 5))
    extra, extra_n = np.full((len(windows), areas), own0), np.full((len(windows), areas), own0)
    lone = areas == 1
    worth = np.full(depth + 1, 4.0)
    worth[0] = 0.5
    for t in range(periods):
        slot = t % spans
        noise = 1.0 + linear[0]
        if t >= 6 and t % 6 == 0 and not lone:
            climb(y, e, group, parent, size, worth, prior, layers, noise)
        if not lone:
            shrink(y, e, group, parent, size, worth, prior, layers)
        s = worth[depth]
        for i in range(areas):
            m = prior[i] * (s + y[i]) / (s + prior[i] * e[i])
            base[slot, i] = m
            if lone or kappa <= 0.0:
                swing[slot, i] = 0.0
                vslow[slot, i] = 0.0 if lone else 1.0 / (s + y[i])
                vfast[slot, i] = 0.0
            else:
                w = kappa / (kappa + m * fe[i])
                swing[slot, i] = (kappa + fy[i]) / (kappa + m * fe[i]) - 1.0
                vslow[slot, i] = w * w / (s + y[i])
                vfast[slot, i] = 1.0 / (kappa + fy[i])
        for j in range(len(windows)):
            w = windows[j]
            start = t - w + 1
            origin = start - guard
            det = moments[j, 0] * moments[j, 2] - moments[j, 1] ** 2
            linear[j], quadratic[j] = 0.0, 0.0
            if det > 1e-12 * moments[j, 0] * moments[j, 2]:
                linear[j] = (moments[j, 3] * moments[j, 2] - moments[j, 4] * moments[j, 1]) / det
                quadratic[j] = (moments[j, 4] * moments[j, 0] - moments[j, 3] * moments[j, 1]) / det
            if quadratic[j] <= 0.0:
                quadratic[j] = 0.0
                linear[j] = max(moments[j, 3] / moments[j, 0], 0.0) if moments[j, 0] > 0 else 0.0
            elif linear[j] < 0.0:
                linear[j] = 0.0
                quadratic[j] = max(moments[j, 4] / moments[j, 2], 0.0)
            for i in range(areas):
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
            if origin < 1 or math.isnan(forecast[origin, 0]):
                continue
            rate, vlevel, decay, decay2 = 0.0, 0.0, 0.0, 0.0
            for h in range(w):
                rate += forecast[origin, h + guard]
                vlevel += uncertainty[origin, h + guard] / w
                decay += fast**(h + guard) / w
                decay2 += fast ** (2 * (h + guard)) / w
            at = origin % spans
            vdrift = (1.0 - decay2) / kappa if kappa > 0.0 and not lone else 0.0
            s2, s3, s4, b1, b2 = 0.0, 0.0, 0.0, 0.0, 0.0
            for i in range(areas):
                m = rate * 0.5 * (exposure[start, i] + exposure[t, i]) * base[at, i] * (1.0 + decay * swing[at, i])
                v = vlevel + vslow[at, i] + decay2 * vfast[at, i] + vdrift
                own = m + v * m * m
                var = own + linear[j] * m + quadratic[j] * m * m
                factor = extra[j, i] / extra_n[j, i]
                whole = max(m * 1.0000001, var * factor)
                ok = gaps[j, i] == 0.0 and m > 0.0
                if t >= first:
                    mean[j, t - first, i] = m if start >= least else np.nan
                    variance[j, t - first, i] = whole if start >= least else np.nan
                    observed[j, t - first, i] = sums[j, i] if gaps[j, i] == 0.0 else np.nan
                if ok and t % w == 0 or w == 1 and ok:
                    d = sums[j, i] - m
                    if start >= 6:
                        cut = min(d * d, (CAP * math.sqrt(var) + 2.0) ** 2)
                        wt = 1.0 / (own + 2.0 * own * own)
                        x = cut - own
                        s2 += wt * m * m
                        s3 += wt * m * m * m
                        s4 += wt * m * m * m * m
                        b1 += wt * m * x
                        b2 += wt * m * m * x
                        if start >= 12:
                            u = var / (1.0 + 2.0 * var)
                            extra[j, i] += 3.0 * u * cut / var
                            extra_n[j, i] += 3.0 * u
                    if w == 1:
                        trust = 1.0
                        if d > 0.0:
                            z2 = d * d / whole
                            if z2 > OUTLIER * OUTLIER and d > 1.5:
                                trust = OUTLIER * OUTLIER / z2
                        share[0, i] = trust
            moments[j, 0] += s2
            moments[j, 1] += s3
            moments[j, 2] += s4
            moments[j, 3] += b1
            moments[j, 4] += b2
        trace[t] = worth
        for i in range(areas):
            y[i] *= slow
            e[i] *= slow
            fy[i] *= fast
            fe[i] *= fast
            c = counts[t, i]
            if not math.isnan(c) and now[t] > 0.0:
                trust = share[0, i] if t > 0 else 1.0
                x = exposure[t, i] * now[t]
                y[i] += trust * c
                e[i] += trust * x
                fy[i] += trust * c
                fe[i] += trust * x
