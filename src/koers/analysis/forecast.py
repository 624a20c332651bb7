"""Is a goal on course: the chance that the target is met on its date."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import scipy

from koers.analysis.dispersion import Dispersion, pooled_dispersion
from koers.analysis.panel import Floats

LEAST_YEARS = 4
LEAST_CASES = 10

# Chosen on the development half of the municipalities, judged on the other (docs/benchmarks.md).
PACE_YEARS = 5
"""Over so many years it is looked at how fast figures rise or fall."""
LASTS = 0.75
"""What is left of that pace in each next year."""
WANDER, WANDER_SPREAD = 0.03, 0.02
"""Yearly variance of the logarithm of a level, and how far kinds lie apart in it."""
OWN_PART = 2 / 3
"""The part of it that an area has by itself; the rest is of all together."""
LEAST_WANDER = 0.005
SEASON = 0.04
"""Of part of a year: variance of the logarithm of which part of a year its months are."""
OWN_PACE, ANY_PACE = 0.0003, 0.0064
"""Variance of the paces of areas around that of their table, and of tables around none."""
STEEPEST = 0.3
NODES, FREEDOM = 12, 6.0


@dataclass(frozen=True)
class TableCourse:
    """What all areas of a table say of a kind: how much comes and goes, the ``pace`` (a year, of
    the logarithm) at which they rise or fall together, and ``wander``, the variance with which a
    level changes in a year."""

    dispersion: Dispersion = field(default_factory=Dispersion)
    pace: float = 0.0
    wander: float = WANDER


@dataclass(frozen=True)
class Rest:
    """Of the twelve months that a target is about: ``known`` is what was counted in those that are
    over, ``share`` which part of a year the others usually are."""

    known: float
    share: float


@dataclass(frozen=True)
class GoalForecast:
    """``chance`` that the value in the target year is at or beyond the target; expected value with
    80 % interval."""

    chance: float
    expected: float
    lower: float
    upper: float
    enough: bool


@dataclass(frozen=True)
class Fan:
    """A forecast at moments ``ahead`` (m,) in years: ``median`` (m,), and ``lower`` and ``upper``
    (levels, m) of the interval at each of ``levels``; counts in twelve months, not below zero."""

    ahead: Floats
    median: Floats
    lower: Floats
    upper: Floats
    levels: tuple[float, ...]


def table_course(years: Floats) -> TableCourse:
    """Learn from (areas, years) counts of one kind, oldest first; NaN is not published."""
    dispersion = pooled_dispersion(years)
    wander = _wander(years, dispersion)
    steps = min(PACE_YEARS, years.shape[1] - 1)
    if steps < 1:
        return TableCourse(dispersion, wander=wander)
    ends = years[:, [-1 - steps, -1]]
    first, last = ends[np.isfinite(ends).all(axis=1)].sum(axis=0)
    if first <= 0 or last <= 0:
        return TableCourse(dispersion, wander=wander)
    pace = float(np.log(last / first)) / steps
    # Of large tables the pace is known, of one small area it is mostly noise.
    noise = (dispersion.at(first) / first + dispersion.at(last) / last) / steps**2
    vague = noise + wander / steps / max(1.0, float(len(years)) ** 0.5)
    return TableCourse(dispersion, pace * ANY_PACE / (ANY_PACE + vague), wander)


def _wander(years: Floats, dispersion: Dispersion) -> float:
    """From the squares of yearly steps, less what comes and goes, drawn towards the usual as far as
    the figures leave room."""
    squares = np.diff(years, axis=1) ** 2
    known = np.isfinite(squares).sum(axis=1)
    squares, years, known = squares[known > 0], years[known > 0], known[known > 0]
    if not len(years):
        return WANDER
    mean = np.nanmean(years, axis=1)
    chance = 2 * mean * dispersion.at_each(mean)
    noise = 2 * (chance + WANDER * mean**2) ** 2 / known
    weight = np.divide(mean**2, noise, out=np.zeros_like(mean), where=noise > 0)
    over = np.nanmean(squares, axis=1) - chance
    usual = WANDER_SPREAD**-2
    found = (WANDER * usual + (weight * over).sum()) / (usual + (weight * mean**2).sum())
    return max(float(found), LEAST_WANDER)


def chance_of_target(
    years: Floats,
    ahead: float,
    target: float,
    direction: str,
    course: TableCourse | None = None,
    rest: Rest | None = None,
    growth: float = 1.0,
) -> GoalForecast:
    """Forecast a yearly count ``ahead`` years on and hold it against a target.

    The level is a weighted mean of recent years, the weights by how much comes and goes and how
    much lasts. Part of the pace goes on, each year less of it: that of the table, and a little of
    what the area has of its own. What is not known of the level, and how levels wander, is pooled
    over all series; around it the count is negative binomial.

    Parameters
    ----------
    years : (n,)
        Twelve-month sums or yearly figures, oldest first, not overlapping; NaN is not known. The
        last is known, and at least four are.
    ahead : years from the end of the last to the end of the twelve months of the target.
    direction : "down" (at most) or "up" (at least)
    course : what the other areas of the table say; without it, this series by itself.
    rest : of a target within a year, what of it was counted already.
    growth : by how much what the count is divided by will have grown, where ``years`` are as if it
        had always been what it is in the last (:func:`koers.analysis.relative.as_now`).

    Source: exponential smoothing with a damped trend, Gardner & McKenzie, *Management Science*
    1985, 31:1237-1246; the gain of a level that walks, Harvey (1989), 4.1.
    """
    start = start_of(years, course)
    if start is None:
        return GoalForecast(np.nan, np.nan, np.nan, np.nan, False)
    spread = spread_at(start, ahead, rest, growth)
    chance = float(spread.chances(np.array([target]), direction)[0])
    lower, expected, upper = spread.quantiles(np.array([0.1, 0.5, 0.9]))
    return GoalForecast(chance, float(expected), float(lower), float(upper), True)


def rest_of_year(months: Floats, to_come: int) -> Rest:
    """What is known of twelve months of which ``to_come`` are still to come.

    Parameters
    ----------
    months : (n,)
        Counts by month up to the last that is complete, of twelve or more; NaN is not known. The
        last twelve are.
    """
    years = months[len(months) % 12 :].reshape(-1, 12)
    years = years[np.isfinite(years).all(axis=1)]
    # A year ends now, so it begins with the months that are to come. As if there had been one year
    # more, in which all months are alike.
    usual = float(years.mean())
    whole = float(years.sum()) + 12 * usual
    part = float(years[:, :to_come].sum()) + to_come * usual
    share = part / whole if whole else to_come / 12
    return Rest(float(months[len(months) - 12 + to_come :].sum()), share)


def chances_of_targets(
    years: Floats,
    ahead: float,
    targets: Floats,
    direction: str,
    course: TableCourse,
    rest: Rest | None = None,
    growth: float = 1.0,
) -> Floats:
    """The chance of :func:`chance_of_target` for (targets,) at once; NaN where there is none."""
    start = start_of(years, course)
    if start is None:
        return np.full(targets.shape, np.nan)
    return spread_at(start, ahead, rest, growth).chances(targets, direction)


def forecast_fan(
    years: Floats,
    ahead: Floats,
    levels: tuple[float, ...] = (0.5, 0.8, 0.95),
    course: TableCourse | None = None,
    rests: tuple[Rest | None, ...] = (),
    growth: tuple[float, ...] = (),
) -> Fan | None:
    """The forecast behind :func:`chance_of_target` at several moments, with an interval at each
    level.

    Parameters
    ----------
    years, course : as there
    ahead : (m,)
        Years after the last figure, each positive.
    levels : probabilities
        0.8 is the interval from the 10th to the 90th percentile.
    rests, growth : of each moment, as there

    Returns
    -------
    Fan
        None where the figures are too few to say anything.
    """
    start = start_of(years, course)
    if start is None:
        return None
    parts = [0.5, *(0.5 - level / 2 for level in levels), *(0.5 + level / 2 for level in levels)]
    found = np.array(
        [
            spread_at(
                start,
                float(a),
                rests[i] if i < len(rests) else None,
                growth[i] if growth else 1.0,
            ).quantiles(np.array(parts))
            for i, a in enumerate(ahead)
        ]
    ).T
    n = len(levels)
    return Fan(np.asarray(ahead, dtype=float), found[0], found[1 : n + 1], found[n + 1 :], levels)


@dataclass(frozen=True)
class Start:
    """The level, the pace of its logarithm, and the variance with which that level is known."""

    level: float
    pace: float
    vague: float
    last: float
    course: TableCourse


def start_of(years: Floats, course: TableCourse | None) -> Start | None:
    """From where a series goes on; None with fewer than four years, or fewer than ten cases in the
    last two."""
    ago = np.arange(len(years), dtype=float)[::-1]
    there = np.isfinite(years)
    known, ago = years[there], ago[there]
    if known.size < LEAST_YEARS or known[-1] + known[-2] < LEAST_CASES:
        return None
    course = course or table_course(known[None, :])
    recent = float(known[-3:].mean())
    noise = course.dispersion.at(recent) / max(recent, 1.0)
    pace = _pace(known, ago, noise, course)
    ratio = OWN_PART * course.wander / noise
    gain = (np.sqrt(ratio**2 + 4 * ratio) - ratio) / 2
    weight = (1 - gain) ** ago
    level = float((weight * known * np.exp(pace * ago)).sum() / weight.sum())
    return Start(max(level, 0.1), pace, float(gain * noise), float(known[-1]), course)


def _pace(known: Floats, ago: Floats, noise: float, course: TableCourse) -> float:
    """That of the table, drawn a little to that of the last years of the series."""
    recent = ago <= PACE_YEARS
    x, y = -ago[recent], np.log(known[recent] + 0.5)
    spread = float(((x - x.mean()) ** 2).sum())
    if spread == 0:
        return course.pace
    own = float(((x - x.mean()) * y).sum()) / spread
    vague = noise / spread + OWN_PART * course.wander / PACE_YEARS
    found = course.pace + (own - course.pace) * OWN_PACE / (OWN_PACE + vague)
    return float(np.clip(found, -STEEPEST, STEEPEST))


@dataclass(frozen=True)
class Spread:
    """A count: ``known`` and beside it a negative binomial around each of ``means`` (nodes,), which
    are as likely as each other, with variance (1 + ``extra``) × mean."""

    known: float
    means: Floats
    extra: Floats

    def chances(self, targets: Floats, direction: str) -> Floats:
        """(targets,) that the count is at most so much, or at least."""
        if direction == "down":
            return self._cdf(np.floor(targets))
        return np.asarray(1 - self._cdf(np.ceil(targets) - 1))

    def _cdf(self, values: Floats) -> Floats:
        """(v,) of whole numbers."""
        rest = np.round(values[:, None] - self.known)
        size = self.means / self.extra
        cdf = np.asarray(scipy.stats.nbinom.cdf(rest, size, 1 / (1 + self.extra)))
        return np.asarray(cdf.mean(axis=1))

    def quantiles(self, parts: Floats) -> Floats:
        """(p,) interpolated between whole numbers, so that they move with the level."""
        low = np.full(parts.shape, np.floor(self.known) - 1.0)
        high = np.full(parts.shape, self.known + 20.0 + 20 * float(self.means.max()))
        while (high - low > 1).any():
            middle = np.floor((low + high) / 2)
            enough = self._cdf(middle) >= parts
            high, low = np.where(enough, middle, high), np.where(enough, low, middle)
        under, over = self._cdf(low), self._cdf(high)
        part = np.divide(parts - under, over - under, out=np.ones_like(under), where=over > under)
        return np.asarray(np.maximum(low + part, 0.0))


@cache
def unit_nodes() -> Floats:
    """(nodes,) of a t-distribution, as likely as each other, with variance 1."""
    t = scipy.stats.t.ppf((np.arange(NODES) + 0.5) / NODES, FREEDOM)
    return np.asarray(t / np.sqrt((t**2).mean()))


def goes_on(start: Start, far: float) -> float:
    """What is left of the pace of a start, so many years on, of the logarithm."""
    return float(start.pace * LASTS * (1 - LASTS**far) / (1 - LASTS))


def spread_at(start: Start, ahead: float, rest: Rest | None, growth: float = 1.0) -> Spread:
    """What the count so many years on may be."""
    far = max(ahead, 1 / 12)
    middle = np.log(start.level) + goes_on(start, far) + np.log(growth)
    variance = start.vague + start.course.wander * far + SEASON * max(0.0, 1 - far)
    means = np.exp(middle + np.sqrt(variance) * unit_nodes())
    # What comes and goes does so from month to month: of part of a year it is as large, in
    # proportion, as of the whole.
    extra = start.course.dispersion.slope * np.sqrt(means) + 1e-9
    if far >= 1:
        return Spread(0.0, means, extra)
    rest = rest or Rest((1 - far) * start.last, far)
    return Spread(rest.known, np.maximum(means * rest.share, 1e-6), extra)
