"""The chance that a percentage or mark of a survey meets its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from koers.analysis.forecast import Fan, GoalForecast
from koers.analysis.panel import Floats

LEAST_ROUNDS = 3
LEAST_STEPS = 20
MOST_FREEDOM = 30


@dataclass(frozen=True)
class MarkSpread:
    """Pooled over the areas of a table: ``margin`` is the variance of what one round is off,
    ``walk`` that of what changes in a year; ``steps``: from so many differences."""

    margin: float
    walk: float
    steps: int


@dataclass(frozen=True)
class _Outlook:
    """The distribution of a round: Student's t with ``freedom``, around ``middle``.

    By its formulas, because a distribution of ``scipy.stats`` is made in a millisecond, and a page
    asks for many.
    """

    freedom: float
    middle: float
    scale: float

    def below(self, value: float) -> float:
        return float(scipy.special.stdtr(self.freedom, (value - self.middle) / self.scale))

    def quantile(self, part: float) -> float:
        return float(scipy.special.stdtrit(self.freedom, part) * self.scale + self.middle)


def mark_spread(rounds: Floats) -> MarkSpread:
    """Learn from (areas, years) marks; NaN is no round.

    A round that is off makes the difference before it and the one after have a covariance of minus
    its variance; what changes and stays does not.
    """
    squares, products, gaps = [], [], []
    for row in rounds:
        at = np.flatnonzero(np.isfinite(row))
        step = np.diff(row[at])
        squares += (step**2).tolist()
        gaps += np.diff(at).tolist()
        products += (step[1:] * step[:-1]).tolist()
    if not products:
        return MarkSpread(np.nan, np.nan, len(squares))
    most = float(np.mean(squares)) / 2
    margin = float(np.clip(-np.mean(products), 0.0, most))
    return MarkSpread(margin, 2 * (most - margin) / float(np.mean(gaps)), len(squares))


def chance_of_mark(
    rounds: Floats, ahead: float, target: float, direction: str, spread: MarkSpread
) -> GoalForecast:
    """Forecast a mark ``ahead`` years after its last round and hold it against a target.

    The level is a weighted mean of the rounds, by the margin of one and by how much changes from
    year to year; the round that decides has its own margin as well.

    Parameters
    ----------
    rounds : (years,)
        Oldest first, a place a year, NaN without a round; the last is known.
    direction : "down" (at most) or "up" (at least)

    Returns
    -------
    GoalForecast
        Not ``enough`` with fewer than three rounds, or twenty differences in the table.

    Source: local level model, Harvey (1989), 4.1.
    """
    found = _forecast(rounds, ahead, spread)
    if found is None:
        return GoalForecast(np.nan, np.nan, np.nan, np.nan, False)
    below = found.below(target)
    lower, middle, upper = (found.quantile(p) for p in (0.1, 0.5, 0.9))
    chance = below if direction == "down" else 1 - below
    return GoalForecast(chance, middle, max(lower, 0.0), upper, True)


def chance_of_beating_marks(
    own: Floats, others: Sequence[Floats], ahead: float, direction: str, spread: MarkSpread
) -> float:
    """The chance that a mark so many years on is below ("down") or above the mean of those of
    others; NaN where the rounds of one of them are too few."""
    mine = _forecast(own, ahead, spread)
    theirs = [f for other in others if (f := _forecast(other, ahead, spread)) is not None]
    if mine is None or not theirs or len(theirs) < len(others):
        return float("nan")
    many = len(theirs)
    scale = (mine.scale**2 + sum(f.scale**2 for f in theirs) / many**2) ** 0.5
    middle = mine.middle - sum(f.middle for f in theirs) / many
    below = _Outlook(mine.freedom, middle, scale).below(0.0)
    return below if direction == "down" else 1 - below


def mark_fan(
    rounds: Floats,
    ahead: Floats,
    spread: MarkSpread,
    levels: tuple[float, ...] = (0.5, 0.8, 0.95),
) -> Fan | None:
    """The forecast behind :func:`chance_of_mark` at several moments; None where there is none."""
    found = [f for a in ahead if (f := _forecast(rounds, float(a), spread))]
    if len(found) < len(ahead):
        return None

    def at(part: float) -> Floats:
        return np.asarray(np.maximum([f.quantile(part) for f in found], 0.0))

    lower = np.array([at(0.5 - level / 2) for level in levels])
    upper = np.array([at(0.5 + level / 2) for level in levels])
    return Fan(np.asarray(ahead, dtype=float), at(0.5), lower, upper, levels)


def _forecast(rounds: Floats, ahead: float, spread: MarkSpread) -> _Outlook | None:
    """The distribution of a round so many years on; None with too little to go by."""
    at = np.flatnonzero(np.isfinite(rounds))
    if at.size < LEAST_ROUNDS or spread.steps < LEAST_STEPS or not np.isfinite(spread.margin):
        return None
    level, vague = _filtered(rounds, at, spread)
    variance = vague + spread.walk * max(ahead, 0.0) + spread.margin
    return _Outlook(min(spread.steps - 1, MOST_FREEDOM), level, max(variance, 1e-12) ** 0.5)


def _filtered(rounds: Floats, at: np.ndarray, spread: MarkSpread) -> tuple[float, float]:
    """The level after the last round and its variance (Kalman)."""
    level, vague = float(rounds[at[0]]), spread.margin
    for before, now in zip(at[:-1], at[1:], strict=True):
        vague += spread.walk * float(now - before)
        gain = vague / (vague + spread.margin) if vague + spread.margin > 0 else 1.0
        level += gain * (float(rounds[now]) - level)
        vague *= 1 - gain
    return level, vague
