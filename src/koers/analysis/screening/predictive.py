"""The negative binomial in which a new count is expected to lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from koers.analysis.panel import Floats

LEAST_EXCESS = 1e-9


@dataclass(frozen=True)
class Predictive:
    """Mean and variance of a count to come, any shape, and what follows from them; NaN where there is no history."""

    mean: Floats
    variance: Floats

    @property
    def size(self) -> Floats:
        """The size (r) of the negative binomial; huge where the count is as good as Poisson."""
        excess = np.maximum(self.variance - self.mean, LEAST_EXCESS * np.maximum(self.mean, LEAST_EXCESS))
        return self.mean**2 / excess

    def tail(self, observed: Floats) -> Floats:
        """Mid-p of a rise: P(Y > y) + P(Y = y) / 2."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            size = self.size
            share = size / (size + self.mean)
            below = special.betainc(size, observed + 1.0, share)
            before = np.where(observed >= 1, special.betainc(size, np.maximum(observed, 1e-300), share), 0.0)
            above = special.betaincc(size, observed + 1.0, share)
            mid = above + 0.5 * (below - before)
        return np.where(np.isnan(observed) | np.isnan(self.mean), np.nan, np.clip(mid, 0.0, 1.0))

    def limits(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """The counts between which a count lies with (at least) this probability."""
        with np.errstate(invalid="ignore", divide="ignore"):
            size = self.size
            share = size / (size + self.mean)
            lower = stats.nbinom.ppf((1 - level) / 2, size, share)
            upper = stats.nbinom.ppf((1 + level) / 2, size, share)
        empty = np.isnan(self.mean)
        return np.where(empty, np.nan, np.maximum(lower, 0.0)), np.where(empty, np.nan, upper)


def two_sided(tail: Floats) -> Floats:
    """The two-sided mid-p of an upper tail."""
    return np.minimum(1.0, 2.0 * np.minimum(tail, 1.0 - tail))
