"""Provisional months: which share of a month's count is usually known after so many months (METHODS
7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from koers.analysis.panel import Floats
from koers.analysis.period import Period

LEAST_SNAPSHOTS = 12
ALWAYS_PROVISIONAL = 2
SETTLED = 12
PRIOR_MONTHS = 1.0
FEWEST_CASES = 30.0


@dataclass(frozen=True)
class Completeness:
    """The ``share`` of a month's count that is known when it is ``age`` months old, with its 95 %
    prediction interval.

    Arrays (ages,); age 0 is the month in which the snapshot was taken, 1 the month before. A share
    above 1 means that later corrections usually lower the count. ``snapshots`` is how many it rests
    on; ``enough`` whether that is at least 12 successive ones; until then the last two months are
    provisional and nothing is known of their share.
    """

    share: Floats
    lower: Floats
    upper: Floats
    snapshots: int
    enough: bool

    def offset(self, periods: Sequence[Period], taken: Period) -> Floats:
        """The share of each period's count to be expected in a snapshot of ``taken``: (periods,), 1
        where unknown."""
        return np.array([self._at(taken.ordinal - period.ordinal) for period in periods])

    def provisional(self, periods: Sequence[Period], taken: Period) -> npt.NDArray[np.bool_]:
        """Which periods are still incomplete: the last two until the share is known, then those
        whose interval leaves out a whole count (a share from 0.98 to 1.02)."""
        ages = np.array([taken.ordinal - period.ordinal for period in periods])
        if not self.enough:
            return np.asarray(ages - ages.min() < ALWAYS_PROVISIONAL, dtype=np.bool_)
        whole = np.array([abs(self._at(age) - 1.0) <= 0.02 for age in ages])
        return np.asarray(~whole, dtype=np.bool_)

    def _at(self, age: int) -> float:
        if not self.enough or age < 0 or age >= len(self.share):
            return 1.0
        return float(self.share[age])


UNKNOWN = Completeness(np.ones(0), np.ones(0), np.ones(0), 0, False)
"""No snapshots to learn from."""


def completeness(
    counts: Floats, taken: Sequence[Period], periods: Sequence[Period]
) -> Completeness:
    """Learn from successive snapshots how a month's count grows.

    The growth from one age to the next is the ratio of summed counts over the months seen at both
    ages (chain ladder); the share at an age is the product of what is left to grow. Its interval is
    that for a new month: how much the growth varied between months, and chance in the counts
    themselves.

    Parameters
    ----------
    counts : (snapshots, periods)
        The count of each period in each snapshot, oldest first; NaN = not in it.
    taken : (snapshots,)
        The month in which each snapshot was published.
    periods : (periods,)

    Examples
    --------
    Of each month 80 % is known at once and 95 % a month later:

    >>> import numpy as np
    >>> from koers.analysis.period import Period, span
    >>> months = span(Period(2023, 1, "month"), Period(2024, 12, "month"))
    >>> taken = months[8:]
    >>> known = {0: 0.8, 1: 0.95}
    >>> counts = np.array([[1000.0 * known.get(t.ordinal - m.ordinal, 1.0) if m <= t else np.nan
    ...     for m in months] for t in taken])
    >>> found = completeness(counts, taken, months)
    >>> found.enough, found.share[:3].round(3).tolist()
    (True, [0.8, 0.95, 1.0])
    >>> found.offset(months[-3:], taken[-1]).round(3).tolist()
    [1.0, 0.95, 0.8]

    Source: Mack, ASTIN Bulletin 1993, 23:213-225 (chain ladder and its error); for reporting delays
    in surveillance Höhle & an der Heiden, Biometrics 2014, 70:993-1002.
    """
    if counts.shape != (len(taken), len(periods)):
        raise ValueError(
            f"counts has shape {counts.shape}, its labels {(len(taken), len(periods))}"
        )
    successive = _successive(taken)
    growth, spread = np.ones(SETTLED), np.zeros(SETTLED)
    for age in range(SETTLED):
        before, after = _pairs(counts, taken, periods, age)
        if before.sum() >= FEWEST_CASES:
            growth[age], spread[age] = _growth(before, after)
    left = np.cumprod(growth[::-1])[::-1]
    # Relative variances of independent factors add up.
    variance = np.cumsum((spread / growth**2)[::-1])[::-1]
    share = np.asarray(1.0 / left, dtype=np.float64)
    width = np.asarray(scipy.stats.norm.ppf(0.975) * np.sqrt(variance), dtype=np.float64)
    return Completeness(
        share=share,
        lower=share * np.exp(-width),
        upper=share * np.exp(width),
        snapshots=len(taken),
        enough=successive >= LEAST_SNAPSHOTS,
    )


def _successive(taken: Sequence[Period]) -> int:
    """How many snapshots, one a month or more, lead up to the last without a month left out."""
    months = sorted({period.ordinal for period in taken}, reverse=True)
    return next((k for k in range(1, len(months)) if months[k - 1] - months[k] != 1), len(months))


def _pairs(
    counts: Floats, taken: Sequence[Period], periods: Sequence[Period], age: int
) -> tuple[Floats, Floats]:
    """Of every month its count at this age and one month later, where both are known."""
    latest = {period.ordinal: k for k, period in enumerate(taken)}
    before, after = [], []
    for j, period in enumerate(periods):
        first, second = latest.get(period.ordinal + age), latest.get(period.ordinal + age + 1)
        if (
            first is not None
            and second is not None
            and not np.isnan(counts[[first, second], j]).any()
        ):
            before.append(counts[first, j])
            after.append(counts[second, j])
    return np.array(before, dtype=np.float64), np.array(after, dtype=np.float64)


def _growth(before: Floats, after: Floats) -> tuple[float, float]:
    """The ratio of the sums, and its variance for a new month of average size: between months and
    of the estimate."""
    ratio = float(after.sum() / before.sum())
    squares = float(
        (
            before
            * (np.divide(after, before, out=np.full_like(after, ratio), where=before > 0) - ratio)
            ** 2
        ).sum()
    )
    # With few months the spread between them says little; a month that varies as a count does
    # stands beside them.
    chance = abs(ratio - 1.0)
    scale = (squares + PRIOR_MONTHS * chance) / max(len(before) - 1 + PRIOR_MONTHS, 1.0)
    typical = float(before.mean())
    return ratio, scale / typical + scale / float(before.sum())
