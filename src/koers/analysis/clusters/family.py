"""Which share of the clusters of several kinds that were searched together is chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from koers.analysis.fdr import q_values
from koers.analysis.panel import Floats


def shares_of_chance(found: Sequence[Floats]) -> list[Floats]:
    """q of each cluster, from its p; ``found`` has the p-values of each kind, empty where none were
    found.

    A kind is one test, that of its strongest cluster, which its p already holds against the
    strongest of every data set without clusters (Benjamini & Hochberg, JRSS B 1995, 57:289-300). A
    weaker cluster of the same kind has the q of a kind with its p: it is no test of its own, or
    each kind with many weak clusters would hide the others.

    Examples
    --------
    >>> kinds = [np.array([0.01, 0.4]), np.array([]), np.array([0.02])]
    >>> [q.round(3).tolist() for q in shares_of_chance(kinds)]
    [[0.03, 0.6], [], [0.03]]
    """
    strongest = np.sort([float(p.min()) if p.size else 1.0 for p in found])
    kinds = len(strongest)
    # A p is judged with the kinds that it leaves behind.
    beyond = np.append(q_values(strongest), 1.0)

    def q(p: Floats) -> Floats:
        passed = np.searchsorted(strongest, p, side="right")
        own = np.minimum(p * kinds / np.maximum(passed, 1), 1.0)
        share: Floats = np.minimum(own, beyond[passed])
        return share

    return [q(p) for p in found]
