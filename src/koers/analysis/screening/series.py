"""Every single count of a panel beside its expectation: what `koers screen` writes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from koers.analysis.fdr import q_values
from koers.analysis.panel import Floats, Panel
from koers.analysis.screening.pooled import pooled

RISE, FALL = "rise", "fall"


@dataclass(frozen=True)
class Screened:
    """Arrays (areas, topics, periods), NaN where a count is absent or has too short a history.

    ``lower`` and ``upper`` are the 95 % prediction limits, ``score`` what the count proves (base 10
    logarithm of how many times likelier under a rise than as expected; negative for a fall), ``p``
    the two-sided mid-p and ``q`` its Benjamini-Hochberg value within the family of the cell;
    ``signal`` is rise, fall or ''.
    """

    expected: Floats
    lower: Floats
    upper: Floats
    score: Floats
    p: Floats
    q: Floats
    signal: npt.NDArray[np.object_]


def screen_series(
    panel: Panel, family: npt.NDArray[np.intp] | None = None, rate: float = 0.1
) -> Screened:
    """Screen every count by ``pooled``, forecast from before its period.

    Parameters
    ----------
    panel : Panel
        Counts; NaN = not published.
    family : (areas, topics, periods) integer array, optional
        Cells with the same number in the same period are one family; by default all cells of a
        period.
    rate : float
        False discovery rate: the share of the signals of a family that may be noise, on average.

    Examples
    --------
    >>> import numpy as np
    >>> from koers.analysis.period import Period, span
    >>> rng = np.random.default_rng(1)
    >>> counts = rng.poisson(4.0, size=(20, 1, 48)).astype(float)
    >>> counts[3, 0, 47] = 25
    >>> months = span(Period(2020, 1, "month"), Period(2023, 12, "month"))
    >>> names = tuple(f"area {i}" for i in range(20))
    >>> panel = Panel(counts, names, ("burglary",), months, np.full((20, 48), 1000.0))
    >>> found = screen_series(panel)
    >>> [(names[i], str(months[t]), found.signal[i, k, t]) for i, k, t in
    ...     np.argwhere(found.signal != "")][-1]
    ('area 3', '2023-12', 'rise')
    """
    expectation = pooled(panel)
    p = expectation.p
    lower, upper = expectation.limits(0.95)
    month = np.broadcast_to(np.arange(p.shape[2]), p.shape)
    label = (
        month
        if family is None
        else month + p.shape[2] * np.unique(family, return_inverse=True)[1].reshape(p.shape)
    )
    q = q_values(p, label)
    with np.errstate(invalid="ignore"):
        found = q <= rate
    kind = np.where(expectation.p_rise <= 0.5, RISE, FALL)
    signal = np.where(found, kind, "").astype(object)
    return Screened(expectation.expected, lower, upper, expectation.score, p, q, signal)
