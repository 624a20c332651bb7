"""What a planned measure could show: the smallest change with 80 % power after 6, 12 and 24
months."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from koers.analysis.effects.design import DesignError, Where, simple_design
from koers.analysis.effects.eb import empirical_bayes
from koers.analysis.effects.its import its
from koers.analysis.effects.outcome import PowerCurve
from koers.analysis.effects.synthetic import synthetic_control
from koers.analysis.effects.wdd import wdd
from koers.analysis.panel import Floats

Bools = npt.NDArray[np.bool_]

HORIZONS = (6, 12, 24)
"""Months after the start."""


@dataclass(frozen=True)
class Horizon:
    """``smallest``: the smallest change (-0.3 is a fall of 30 %) shown with 80 % power, NaN when
    none is; ``chance``: the power for the change that is planned. Both are NaN when the history is
    too short to say."""

    months: int
    smallest: float
    chance: float
    curve: PowerCurve | None


def planned_power(
    outcome: Floats,
    treated: Bools,
    ring: Bools,
    planned_change: float,
    method: str,
    per_year: int = 12,
    permutations: int = 250,
    where: Where | None = None,
) -> tuple[Horizon, ...]:
    """Power of a measure that has yet to start, for each horizon.

    The last 6, 12 or 24 months are looked at as if the measure had begun before them and done
    nothing: the method gives the error that it would have had, and so the fall that would have
    stood out.

    Parameters
    ----------
    outcome : (areas, periods)
        Counts up to now, without gaps; treated, ring and comparison areas.
    treated, ring : (areas,) bool
    planned_change : float
        -0.2 for a fall of 20 %.
    method : "eb", "wdd", "synthetic" or "its"
        The primary method, fixed with the plan.
    per_year : 12, 52 or 1
    permutations : int
        Placebo groups of the synthetic control.
    where : Where, optional
        Where the areas lie.
    """
    history = _History(outcome, treated, ring, per_year, permutations, where)
    return tuple(_horizon(history, planned_change, method, months) for months in HORIZONS)


@dataclass(frozen=True)
class _History:
    outcome: Floats
    treated: Bools
    ring: Bools
    per_year: int
    permutations: int
    where: Where | None

    def judged(self, method: str, length: int) -> PowerCurve:
        """The power of a measure that would have begun so many periods ago."""
        start = self.outcome.shape[1] - length
        design = simple_design(
            self.outcome, self.treated, start, self.ring, self.per_year, self.where
        )
        if method == "synthetic":
            return synthetic_control(design, self.permutations).power
        if method == "eb":
            return empirical_bayes(design).power
        return wdd(design).power if method == "wdd" else its(design).power


def _horizon(history: _History, planned_change: float, method: str, months: int) -> Horizon:
    length = max(round(months * history.per_year / 12), 1)
    try:
        curve = history.judged(method, length)
    except DesignError:
        return Horizon(months, math.nan, math.nan, None)
    return Horizon(months, curve.smallest(), curve.at(planned_change), curve)
