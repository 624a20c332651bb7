"""The rate of an area before its own figures say anything: from its district, municipality, peers and all together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats
from koers.analysis.screening.negbin import log_pmf

Ints = npt.NDArray[np.int64]

LEAST_WORTH, MOST_WORTH = 0.125, 1024.0
BETTER = 1e-7
"""Less than this share of the likelihood is rounding, not a reason to move."""


@compiled
def shrink(
    y: Floats, e: Floats, group: Ints, parent: Ints, size: Ints, worth: Floats, prior: Floats, layers: Floats
) -> None:
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
def _likelihood(y: Floats, e: Floats, prior: Floats, sample: Ints, worth: float, dispersion: float) -> float:
    total = 0.0
    for n in range(len(sample)):
        i = sample[n]
        if e[i] > 0.0:
            m = e[i] * prior[i]
            total += log_pmf(y[i], m, m * dispersion + m * m / worth)
    return total


@compiled
def climb(
    y: Floats, e: Floats, group: Ints, parent: Ints, size: Ints, sample: Ints, worth: Floats, prior: Floats,
    layers: Floats, dispersion: float,
) -> None:  # fmt: skip
    """One step uphill of the marginal likelihood in the ``worth`` of each layer: halved, kept or doubled.

    The likelihood is that of the areas in ``sample``; their priors come from all.
    """
    depth = len(size)
    trial = prior.copy()
    shrink(y, e, group, parent, size, worth, trial, layers)
    best = _likelihood(y, e, trial, sample, worth[depth], dispersion)
    for layer in range(depth, 0, -1):
        for factor in (2.0, 0.5):
            kept = worth[layer]
            worth[layer] = min(max(kept * factor, LEAST_WORTH), MOST_WORTH)
            trial[:] = prior
            shrink(y, e, group, parent, size, worth, trial, layers)
            value = _likelihood(y, e, trial, sample, worth[depth], dispersion)
            if value > best + BETTER * abs(best):
                best = value
                break
            worth[layer] = kept
