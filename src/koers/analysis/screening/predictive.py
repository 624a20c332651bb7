"""The negative binomial in which a new count is expected to lie."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from koers.analysis.compiled import compiled
from koers.analysis.cores import each
from koers.analysis.panel import Floats
from koers.analysis.screening.negbin import log_pmf, quantile, upper_tail

RISES = (1.5, 2.0, 3.0)
CHUNK = 50_000
LN10 = math.log(10.0)


@dataclass(frozen=True)
class Predictive:
    """Mean and variance of a count to come, any shape, and what follows from them; NaN where there
    is no history."""

    mean: Floats
    variance: Floats

    def tail(self, observed: Floats, share: Floats | float = 0.5) -> Floats:
        """P(Y > y) + share · P(Y = y): the mid-p of a rise; a random ``share`` gives the randomised
        p."""
        return _elementwise(_tails, observed, self.mean, self.variance, share)

    def limits(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """The counts between which a count lies with (at least) this probability."""
        lower = _elementwise(_quantiles, (1 - level) / 2, self.mean, self.variance, 0.0)
        upper = _elementwise(_quantiles, (1 + level) / 2, self.mean, self.variance, 0.0)
        return lower, upper

    def log_ratio(self, observed: Floats, direction: Floats | float) -> Floats:
        """The logarithm (base 10) of how many times likelier a count is under a change than as
        expected.

        The likelihood under a rise (``direction`` 1) to 1.5, 2 and 3 times what was expected, or a
        fall (-1) to a
        1.5th, half and a third, averaged, divided by that of the expectation. The mean of that
        ratio under the expectation is 1 (Vovk & Wang, Annals of Statistics 2021, 49:1736-1754).
        """
        return _elementwise(_log_ratios, observed, self.mean, self.variance, direction)

    def evidence(self, observed: Floats, more: Floats | float = 0.0) -> Floats:
        """log10(1 + the ratio of ``log_ratio``) in the direction of the count, with ``more`` added
        to that logarithm.

        It orders counts of quiet and busy areas by how much they prove, which a p-value does not.
        Negative for a fall; within 0.3 of zero for a count that is likelier as expected than under
        a change.
        """
        direction = self.direction(observed)
        with np.errstate(invalid="ignore"):
            proof: Floats = (
                direction
                * np.logaddexp(0.0, (self.log_ratio(observed, direction) + more) * LN10)
                / LN10
            )
        return proof

    def evidence_together(self, observed: Floats, direction: float) -> float:
        """What successive counts (periods,), each forecast from those before it, prove together of
        one rise (1) or fall (-1), as ``evidence`` says it; what is not published proves nothing.

        The product of such ratios has mean 1 under the expectation however long it goes on (Shafer
        et al., Statistical Science 2011, 26:84-101).
        """
        each = [
            np.nansum(_elementwise(_changed, observed, self.mean, self.variance, rise**direction))
            for rise in RISES
        ]
        total = np.logaddexp.reduce(each) - math.log(len(RISES))
        return float(direction * np.logaddexp(0.0, total) / LN10)

    def direction(self, observed: Floats) -> Floats:
        """1 for a count as high as expected or higher, -1 for one below it."""
        return np.where(observed >= self.mean, 1.0, -1.0)


def two_sided(tail: Floats) -> Floats:
    """The two-sided mid-p of an upper tail."""
    return np.minimum(1.0, 2.0 * np.minimum(tail, 1.0 - tail))


Kernel = Callable[[Floats, Floats, Floats, Floats, Floats], None]


def _elementwise(
    kernel: Kernel, first: Floats | float, mean: Floats, variance: Floats, last: Floats | float
) -> Floats:
    """Apply a kernel to each element, in chunks over the cores; the outcome does not depend on
    their number."""
    shape = np.broadcast_shapes(np.shape(first), np.shape(mean), np.shape(variance), np.shape(last))
    parts = [
        np.broadcast_to(np.asarray(x, dtype=np.float64), shape).ravel()
        for x in (first, mean, variance, last)
    ]
    result = np.empty(parts[0].size)
    steps = [slice(k, k + CHUNK) for k in range(0, result.size, CHUNK)]

    def work(part: slice) -> None:
        kernel(parts[0][part], parts[1][part], parts[2][part], parts[3][part], result[part])

    each(work, steps)
    return result.reshape(shape)


@compiled
def _tails(observed: Floats, mean: Floats, variance: Floats, share: Floats, result: Floats) -> None:
    for i in range(len(result)):
        result[i] = upper_tail(observed[i], mean[i], variance[i], share[i])


@compiled
def _quantiles(level: Floats, mean: Floats, variance: Floats, _: Floats, result: Floats) -> None:
    for i in range(len(result)):
        result[i] = quantile(level[i], mean[i], variance[i])


@compiled
def _changed(
    observed: Floats, mean: Floats, variance: Floats, times: Floats, result: Floats
) -> None:
    """The logarithm of how many times likelier a count is when the mean is so many times as much,
    and what the mean is unsure of as large in proportion."""
    for i in range(len(result)):
        y, m = observed[i], mean[i]
        if math.isnan(y) or math.isnan(m) or m <= 0.0:
            result[i] = math.nan
            continue
        extra = max(variance[i] - m, 0.0) / (m * m)
        changed = m * times[i]
        result[i] = log_pmf(y, changed, changed + extra * changed * changed) - log_pmf(
            y, m, variance[i]
        )


@compiled
def _log_ratios(
    observed: Floats, mean: Floats, variance: Floats, direction: Floats, result: Floats
) -> None:
    for i in range(len(result)):
        y, m = observed[i], mean[i]
        if math.isnan(y) or math.isnan(m):
            result[i] = math.nan
            continue
        if m <= 0.0:
            result[i] = 0.0 if y == 0.0 else math.inf
            continue
        extra = max(variance[i] - m, 0.0) / (m * m)
        asked = log_pmf(y, m, variance[i])
        total = 0.0
        for rise in RISES:
            changed = m * rise if direction[i] > 0.0 else m / rise
            total += math.exp(
                min(log_pmf(y, changed, changed + extra * changed * changed) - asked, 700.0)
            )
        result[i] = math.log10(total / len(RISES))
