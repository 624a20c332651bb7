"""What every method says of a measure, and the chance with which it would have seen a change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from koers.analysis.panel import Floats

LEVEL, WEAK_LEVEL = 0.95, 0.80


@dataclass(frozen=True)
class Levels:
    """How sure a margin is: that by which something is said to work, and to work probably."""

    strong: float = LEVEL
    weak: float = WEAK_LEVEL


FULL = Levels()
CHANGES = np.round(np.arange(0.0, 1.0, 0.01), 2)
"""Falls for which the power is worked out: 0 to 99 %."""
RATIOS = np.exp(np.linspace(np.log(0.001), np.log(100.0), 1401))
"""Parts of what was expected that are tried as the truth: a thousandth to a hundred times it."""


@dataclass(frozen=True)
class PowerCurve:
    """``chance`` (100,) that a fall of 0, 1, … 99 % is shown at the 5 % level."""

    chance: Floats

    def at(self, change: float) -> float:
        """The chance for a change such as -0.2 (a fall of 20 %)."""
        return float(np.interp(abs(change), CHANGES, self.chance))

    def smallest(self, power: float = 0.8) -> float:
        """The smallest change (negative) that is shown with this chance; NaN when none is."""
        enough = np.flatnonzero(self.chance >= power)
        return -float(CHANGES[enough[0]]) if enough.size else float("nan")


@dataclass(frozen=True)
class Term:
    """What a comparison was matched on: the sum over the treated areas, over the comparison
    weighted and unweighted."""

    name: str
    treated: float
    weighted: float
    unweighted: float


@dataclass(frozen=True)
class Effect:
    """The effect of a measure in counts over the periods after the start; a fall is negative.

    ``expected`` is what the treated areas would have had without it, ``relative`` the effect as a
    part of that (NaN when nothing was expected). ``interval`` is at 95 %, ``weak_interval`` at 80
    % (before the term at what ``sequential`` allows): what was counted less the limits of what was
    to be expected, so that it holds the cases that a measure took away however many those are.
    ``ratio_interval`` holds the relative change; both leave out no change in the same cases.
    ``known_since``: after how many periods the verdict could first be given (0: not yet, or not
    worked out). ``displacement`` is the effect in the ring (NaN without a ring), ``net``: whether
    the interval already includes it. ``exact``: every term of ``balance`` is matched.
    ``after_peak``: the treated areas stood out in the year before; then, where the method does not
    allow for that itself, the limits hold the effect with and without the last ``left_out`` periods
    before the start, or it is ``withheld`` (see ``peak``).
    ``displaced_likely``: whether a rise in the ring is more than chance often gives (where a method
    cannot tell, it is).
    """

    method: str
    observed: float
    expected: float
    effect: float
    interval: tuple[float, float]
    weak_interval: tuple[float, float]
    p_value: float
    power: PowerCurve
    standard_error: float = float("nan")
    scale: float = 1.0
    displacement: float = float("nan")
    net: bool = False
    balance: tuple[Term, ...] = ()
    exact: bool = True
    curve: Floats | None = None
    jackknife: tuple[float, float] = (float("nan"), float("nan"))
    placebos: int = 0
    after_peak: bool = False
    left_out: int = 0
    withheld: bool = False
    ratio_interval: tuple[float, float] = (float("nan"), float("nan"))
    displaced_likely: bool = True
    levels: Levels = FULL
    known_since: int = 0

    @property
    def relative(self) -> float:
        return self.effect / self.expected if self.expected > 0 else float("nan")


def ratio_limits(ratios: Floats, tails: Floats, level: float) -> tuple[float, float]:
    """The relative changes between which the truth lies.

    Parameters
    ----------
    ratios : (n,)
        What may be left of what was expected, rising from near 0.
    tails : (n,)
        The chance, under each, of more than was counted; it rises with them.
    """
    below, above = (float(np.interp(p, tails, ratios)) for p in _ends(level))
    if tails[0] >= _ends(level)[0]:
        below = 0.0
    if tails[-1] <= _ends(level)[1]:
        above = float("inf")
    return below - 1.0, above - 1.0


def _ends(level: float) -> tuple[float, float]:
    return (1 - level) / 2, (1 + level) / 2


def student_quantile(level: float, df: float) -> float:
    """The two-sided quantile of Student's t (normal when ``df`` is infinite)."""
    return float(scipy.stats.t.ppf(0.5 + level / 2, df))


def student_tail(z: float, df: float) -> float:
    """Two-sided p."""
    return float(2 * scipy.stats.t.sf(abs(z), df))


def student_power(
    shift: Floats, before: Floats, after: Floats, df: float, level: float = LEVEL
) -> Floats:
    """The chance that an estimate is beyond the limit on the good side when its mean is
    ``shift`` (≤ 0).

    ``before`` is the standard error by which the limit is set, ``after`` the one that the estimate
    has, each at each shift.
    """
    limit = student_quantile(level, df)
    known = (before > 0) & (after > 0)
    safe = np.where(known, after, 1.0)
    chance: Floats = np.where(known, scipy.stats.t.cdf((-limit * before - shift) / safe, df), 0.0)
    return chance
