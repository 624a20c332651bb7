"""The rate of an area before its own figures say anything: from its district, municipality, peers
and all together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats
from koers.analysis.screening.likelihood import counted_first, log_factorials, log_likelihood

Ints = npt.NDArray[np.int64]

LEAST_WORTH, MOST_WORTH = 0.125, 1024.0
BETTER = 1e-7
"""Less than this share of the likelihood is rounding, not a reason to move."""


class Groups(NamedTuple):
    """What lies in what: ``group`` (L, A) numbers the group of each area in each layer from far to
    near (the first is everything), ``parent`` (L, G) the group above each group, ``size`` (L,) how
    many groups a layer has."""

    group: Ints
    parent: Ints
    size: Ints


@compiled
def shrink(
    y: Floats, e: Floats, groups: Groups, worth: Floats, prior: Floats, layers: Floats
) -> None:
    """Each area's prior rate, from the groups that it lies in: ``y`` cases of ``e`` expected.

    ``worth`` (L + 1,) is the shape of the gamma distribution of the rates in each layer around the
    one above, areas last. Upward, an area counts in its group with the precision of its own rate as
    a sign of the group's: 1 / (1 / worth + 1 / count expected). ``prior`` (A,), as known, is
    replaced; ``layers`` (L, G) becomes the weight of a group's own figures in its rate.
    """
    group, parent, size = groups.group, groups.parent, groups.size
    depth = len(size)
    weight, rate = np.zeros(parent.shape), np.zeros(parent.shape)
    near = depth - 1
    precision, weighted = np.empty(len(y)), np.empty(len(y))
    _precisions(e, prior, worth[depth], precision)
    _times(precision, y, e, weighted)
    for i in range(len(y)):
        weight[near, group[near, i]] += precision[i]
        rate[near, group[near, i]] += weighted[i]
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
            rate[layer, g] = (worth[layer] * above + rate[layer, g]) / (
                worth[layer] + weight[layer, g]
            )
    for i in range(len(y)):
        prior[i] = rate[near, group[near, i]]


@compiled
def _precisions(e: Floats, prior: Floats, worth: float, result: Floats) -> None:
    for i in range(len(e)):
        expected = e[i] * prior[i]
        result[i] = worth * expected / (worth + expected)


@compiled
def _times(precision: Floats, y: Floats, e: Floats, result: Floats) -> None:
    for i in range(len(e)):
        result[i] = precision[i] * y[i] / e[i] if e[i] > 0.0 else 0.0


@compiled
def _likelihood(
    y: Floats,
    factorial: Floats,
    e: Floats,
    prior: Floats,
    sample: Ints,
    worth: float,
    dispersion: float,
    room: Floats,
) -> float:
    """``y``, ``factorial`` and ``e`` of the areas in ``sample``; ``prior`` of all areas."""
    mean, extra, logs, parts = room[0], room[1], room[2], room[3]
    for n in range(len(sample)):
        m = e[n] * prior[sample[n]]
        mean[n] = m
        extra[n] = dispersion - 1.0 + m / worth
    return log_likelihood(y, factorial, mean, extra, logs, parts)


@compiled
def climb(
    y: Floats,
    e: Floats,
    groups: Groups,
    sample: Ints,
    worth: Floats,
    prior: Floats,
    layers: Floats,
    dispersion: float,
) -> None:
    """One step uphill of the marginal likelihood in the ``worth`` of each layer: halved, kept or
    doubled.

    The likelihood is that of the areas in ``sample``; their priors come from all.
    """
    depth = len(groups.size)
    trial, room = prior.copy(), np.empty((4, len(sample)))
    some = sample[counted_first(y[sample])]
    some_y, some_e, factorial = y[some], e[some], np.empty(len(some))
    log_factorials(some_y, factorial)
    shrink(y, e, groups, worth, trial, layers)
    best = _likelihood(some_y, factorial, some_e, trial, some, worth[depth], dispersion, room)
    for layer in range(depth, 0, -1):
        for factor in (2.0, 0.5):
            kept = worth[layer]
            worth[layer] = min(max(kept * factor, LEAST_WORTH), MOST_WORTH)
            trial[:] = prior
            shrink(y, e, groups, worth, trial, layers)
            value = _likelihood(
                some_y, factorial, some_e, trial, some, worth[depth], dispersion, room
            )
            if value > best + BETTER * abs(best):
                best = value
                break
            worth[layer] = kept
