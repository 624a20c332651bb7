"""The share of signals that is noise."""

from __future__ import annotations

import numpy as np

from koers.analysis.panel import Floats


def q_values(p: Floats) -> Floats:
    """Benjamini-Hochberg adjusted p-values; NaN stays NaN and does not count as a test.

    Source: Benjamini & Hochberg, JRSS B 1995, 57:289-300. Any shape; the family is the whole array.
    """
    flat = np.asarray(p, dtype=np.float64).ravel()
    result = np.full(flat.shape, np.nan)
    there = np.flatnonzero(~np.isnan(flat))
    if there.size:
        order = there[np.argsort(flat[there])][::-1]
        ranks = np.arange(there.size, 0, -1)
        result[order] = np.minimum(1.0, np.minimum.accumulate(flat[order] * there.size / ranks))
    return result.reshape(np.shape(p))
