"""Counts over the same months of every year, with how much they come and go."""

from __future__ import annotations

import numpy as np

from koers.analysis.dispersion import Dispersion, pooled_dispersion
from koers.analysis.panel import Floats
from koers.analysis.period import Period


def by_year(values: Floats, first: Period) -> Floats:
    """Months as calendar years: (…, months) from ``first`` on to (…, years, 12); NaN for the months
    before the first and after the last."""
    before = first.number - 1
    after = -(before + values.shape[-1]) % 12
    width = [(0, 0)] * (values.ndim - 1) + [(before, after)]
    padded = np.pad(values, width, constant_values=np.nan)
    return padded.reshape(*values.shape[:-1], -1, 12)


def dispersion_of(sums: Floats, own: int) -> Dispersion:
    """How much more than by chance counts over the same months come and go, pooled over the areas
    of a table (:func:`koers.analysis.dispersion.pooled_dispersion`).

    Parameters
    ----------
    sums : (areas, years)
        NaN where one of the months is not published; row ``own`` is the area that is compared. From
        its longest run of years without a gap is learnt, the newest of two as long: a year that is
        not whole would leave nothing to learn from.
    """
    known = np.flatnonzero(np.isfinite(sums[own]))
    if not known.size:
        return Dispersion()
    runs = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1)
    longest = max(reversed(runs), key=len)
    return pooled_dispersion(sums[:, longest])
