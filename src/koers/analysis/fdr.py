"""The share of signals that is noise."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Floats


def q_values(p: Floats, family: npt.NDArray[np.integer] | None = None) -> Floats:
    """Benjamini-Hochberg adjusted p-values; NaN stays NaN and does not count as a test.

    Parameters
    ----------
    p : float array, any shape
    family : integer array of the same shape, optional
        Tests with the same number are one family; by default the whole array is.

    Examples
    --------
    >>> import numpy as np
    >>> q_values(np.array([0.01, 0.04, np.nan, 0.03])).round(3).tolist()
    [0.03, 0.04, nan, 0.04]
    >>> q_values(np.array([0.01, 0.04, 0.03]), np.array([1, 1, 2])).tolist()
    [0.02, 0.04, 0.03]

    Source: Benjamini & Hochberg, JRSS B 1995, 57:289-300.
    """
    flat = np.asarray(p, dtype=np.float64).ravel()
    result = np.full(flat.shape, np.nan)
    there = np.flatnonzero(~np.isnan(flat))
    if there.size == 0:
        return result.reshape(np.shape(p))
    labels = np.zeros(flat.size, dtype=np.int64) if family is None else np.asarray(family).ravel()
    order = there[np.lexsort((flat[there], labels[there]))]
    starts = np.flatnonzero(np.r_[True, np.diff(labels[order]) != 0])
    sizes = np.diff(np.r_[starts, order.size])
    rank = np.arange(order.size) - np.repeat(starts, sizes) + 1
    raw = np.minimum(flat[order] * np.repeat(sizes, sizes) / rank, 1.0)
    for start, size in zip(starts, sizes, strict=True):
        part = slice(start, start + size)
        result[order[part]] = np.minimum.accumulate(raw[part][::-1])[::-1]
    return result.reshape(np.shape(p))
