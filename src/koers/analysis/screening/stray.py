"""How far areas stray from their own long-run rate: chosen by how well each choice foretold the
counts so far; compiled."""

from __future__ import annotations

import numpy as np

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats
from koers.analysis.screening.layers import Ints
from koers.analysis.screening.likelihood import counted_first, log_factorials, log_likelihood
from koers.analysis.screening.spans import Window
from koers.analysis.screening.window import Counted, Known, Outlook, expect, vagueness

STRAYS = np.array([2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 256.0, 1024.0, 1e9])
MEMORY_OF_STRAYS = 0.995
FEW_AREAS = 32
"""More areas than this teach how far they stray from every third period as well as from each."""


@compiled
def best_stray(score: Floats, now: int) -> int:
    best = now
    for k in range(len(score)):
        if score[k] > score[best] + 1e-6 * abs(score[best]) + 0.5:
            best = k
    return best


@compiled
def gather(
    sample: Ints,
    counted: Counted,
    exposure: Floats,
    past: Known,
    window: Window,
    outlook: Outlook,
    some: Floats,
) -> int:
    """What ``add_scores`` needs of the areas of the sample that are published, side by side, zeros
    last; returns how many."""
    counts, gaps, at = counted.sums[0], counted.gaps[0], window.origin % len(past.base)
    base, recent, foreseen, loose = (
        past.base[at],
        past.recent[at],
        past.foreseen[at],
        past.loose[at],
    )
    known = 0
    for i in sample[counted_first(counts[sample])]:
        if gaps[i] == 0.0:
            some[0, known] = counts[i]
            some[2, known] = outlook.rate * exposure[i]
            some[3, known] = base[i]
            some[4, known] = recent[i]
            some[5, known] = foreseen[i]
            some[6, known] = loose[i]
            known += 1
    log_factorials(some[0, :known], some[1, :known])
    return known


@compiled
def add_scores(some: Floats, known: int, outlook: Outlook, score: Floats) -> None:
    """Add to ``score``, which forgets, how likely each choice of ``stray`` found the ``known``
    counts of ``gather``."""
    counts, factorial, exposure = some[0, :known], some[1, :known], some[2, :known]
    base, recent, foreseen, loose = (
        some[3, :known],
        some[4, :known],
        some[5, :known],
        some[6, :known],
    )
    mean, extra, logs, spare = np.empty(known), np.empty(known), np.empty(known), np.empty(known)
    for k in range(len(STRAYS)):
        expect(exposure, base, recent, foreseen, 1.0, outlook.decay, STRAYS[k], mean)
        vagueness(recent, foreseen, loose, outlook.hazy, outlook.decay2, STRAYS[k], extra)
        for n in range(known):
            extra[n] = outlook.linear + (extra[n] + outlook.quadratic) * mean[n]
        score[k] = MEMORY_OF_STRAYS * score[k] + log_likelihood(
            counts, factorial, mean, extra, logs, spare
        )
