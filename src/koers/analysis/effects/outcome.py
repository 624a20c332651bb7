"""What every method says of a measure, and the chance with which it would have seen a change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from koers.analysis.panel import Floats

LEVEL, WEAK_LEVEL = 0.95, 0.80
CHANGES = np.round(np.arange(0.0, 1.0, 0.01), 2)
"""Falls for which the power is worked out: 0 to 99 %."""


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
    %. ``displacement`` is the effect in the ring (NaN without a ring), ``net``: whether the
    interval already includes it. ``exact``: every term of ``balance`` is matched. ``after_peak``:
    the treated areas stood out in the year before; then the limits hold the effect with and
    without the last ``left_out`` periods before the start, or it is ``withheld`` (see ``peak``).
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

    @property
    def relative(self) -> float:
        return self.effect / self.expected if self.expected > 0 else float("nan")


def student_quantile(level: float, df: float) -> float:
    """The two-sided quantile of Student's t (normal when ``df`` is infinite)."""
    return float(scipy.stats.t.ppf(0.5 + level / 2, df))


def student_tail(z: float, df: float) -> float:
    """Two-sided p."""
    return float(2 * scipy.stats.t.sf(abs(z), df))


def student_power(shift: Floats, before: Floats, after: Floats, df: float) -> Floats:
    """The chance that an estimate is beyond the 95 % limit on the good side when its mean is
    ``shift`` (≤ 0).

    ``before`` is the standard error by which the limit is set, ``after`` the one that the estimate
    has, each at each shift.
    """
    limit = student_quantile(LEVEL, df)
    known = (before > 0) & (after > 0)
    safe = np.where(known, after, 1.0)
    chance: Floats = np.where(known, scipy.stats.t.cdf((-limit * before - shift) / safe, df), 0.0)
    return chance
