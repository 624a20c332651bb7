"""Empirical-Bayes before-after comparison: what was counted against what was to be expected by a
forecast made at the start, times what the other areas counted over theirs.

The forecast is that of ``screening.pooled``: the level, trend and season of the whole region, and
the rate of each area shrunk towards its surroundings. So a peak by which the areas were chosen
falls back in the forecast as it does by itself (regression to the mean); what changed everywhere is
in the control factor.

Source: Hauer, *Observational Before-After Studies in Road Safety*, 1997; Hauer et al.,
Transportation Research Record 2002, 1784:126-131.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from koers.analysis.effects.design import Bools, Design, DesignError
from koers.analysis.effects.outcome import (
    CHANGES,
    FULL,
    RATIOS,
    Effect,
    Levels,
    PowerCurve,
    ratio_limits,
)
from koers.analysis.effects.sequential import levels_after
from koers.analysis.panel import Floats, Panel
from koers.analysis.period import Frequency, Period, span
from koers.analysis.screening.pooled import LEAST_HISTORY, pooled_windows
from koers.analysis.screening.predictive import Predictive, two_sided

COMMON = 0.015
"""Variance, on the log scale, that areas which lie together share and the region does not. Chosen,
as the next, on the development part of ``benchmarks.effects calibration``."""
AFTER_PEAK, LASTING = 1.6, 1.03
"""Where the areas had a peak before the start: how much larger the variance of the forecasts is
taken than the other areas show it to be, and their mean, since of a peak a little more lasts than
is forecast of any month."""
WORTH = 10.0
"""As so many other areas counts what the forecast itself says of its variance."""
FEW, FAR = 1.0, 16.0
"""An other area of which fewer cases were expected tells little of the variance; a squared error
counts for at most so many times what was expected of it."""
LOCAL = 400.0
"""As so many cases of the other areas of the municipality counts what all others counted over their
forecasts: what changed in one municipality is in the control factor as far as its own counts tell
it. Chosen, as the next, on development too."""
CARRIED, PERSISTS = 100.0, 0.5
"""What n areas that lie together counted in the year before over what was forecast of that: so many
cases as forecast are added to both, and the power ``PERSISTS`` × (n - 1) / (n + 3) of it lasts. The
forecast shrinks each by itself, so that what they share, which is no chance of each, is shrunk too
far; of one area, and of areas from here and there, nothing is."""
SPAN = 12.0
"""Standard deviations around the mean in which limits are looked for."""
_FREQUENCY: dict[int, Frequency] = {12: "month", 52: "week", 1: "year"}


@dataclass(frozen=True)
class Expected:
    """A count to come: its ``mean`` and ``variance``, and what was ``observed``; of some areas over
    the periods after the start."""

    observed: float
    mean: float
    variance: float

    def tail(self, counts: Floats, share: float = 0.5) -> Floats:
        """The chance of more than these counts, that of as many taken for ``share``."""
        return Predictive(np.full(1, self.mean), np.full(1, self.variance)).tail(counts, share)

    def limits(self, *levels: float) -> Floats:
        """The counts that are exceeded with these chances (mid-p, between whole counts
        interpolated; at least 0)."""
        half = SPAN * np.sqrt(self.variance) + 12.0
        counts = np.arange(max(np.floor(self.mean - half), 0.0), np.ceil(self.mean + half) + 1.0)
        tails = self.tail(counts)
        found: Floats = np.interp(-np.array(levels), -tails, counts)
        # What is exceeded more surely than 0 is has no lower limit but 0.
        return np.where(np.array(levels) > tails[0], 0.0, found)

    def margin(self, level: float) -> tuple[float, float]:
        """The effects in cases: what was counted less the limits of what was to be expected."""
        high, low = self.limits((1 - level) / 2, (1 + level) / 2)
        return self.observed - float(high), self.observed - float(low)

    def ratio_margin(self, level: float) -> tuple[float, float]:
        """The relative changes under which what was counted is not out of line."""
        mean = RATIOS * self.mean
        extra = max(self.variance - self.mean, 0.0)
        predictive = Predictive(mean, mean + RATIOS**2 * extra)
        return ratio_limits(RATIOS, predictive.tail(np.full(1, self.observed)), level)

    def power(self, level: float) -> PowerCurve:
        """The chance that a fall leads to a count below the limit."""
        counts = np.arange(np.ceil(self.mean) + 1.0)
        below = counts[self.tail(counts) >= (1 + level) / 2]
        if not below.size:
            return PowerCurve(np.zeros(len(CHANGES)))
        left = 1 - CHANGES
        mean, extra = left * self.mean, max(self.variance - self.mean, 0.0)
        predictive = Predictive(mean, mean + left**2 * extra)
        return PowerCurve(1 - predictive.tail(np.full(1, below[-1]), 0.0))

    @property
    def p_value(self) -> float:
        return float(two_sided(self.tail(np.full(1, self.observed)))[0])


@dataclass(frozen=True)
class Forecasts:
    """What was expected of each area over the first 1, 2, … periods after the start.

    ``mean`` and ``variance`` (periods, areas) as the forecast made at the start has them,
    ``observed`` (periods, areas) what was counted; only periods that were counted.
    ``former`` (2, areas): what was counted in the year before the start, and what was forecast of
    that a year earlier; None where there was too little history. ``home`` (areas,): the
    municipality, '' is unknown. ``points`` (areas, 2): the centres in kilometres, NaN is unknown.
    """

    mean: Floats
    variance: Floats
    observed: Floats
    former: Floats | None = None
    home: tuple[str, ...] = ()
    points: Floats | None = None

    def of(self, areas: Bools, others: Bools, periods: int, after_peak: bool = False) -> Expected:
        """These areas together, with the control factor of the others, after so many periods."""
        spread, lasting = (AFTER_PEAK, LASTING) if after_peak else (1.0, 1.0)
        mean, variance, observed = (
            x[periods - 1] for x in (self.mean, self.variance, self.observed)
        )
        among = float(observed[others].sum())
        factor = (among + 0.5) / (float(mean[others].sum()) + 0.5)
        beside = others & self._at_home(areas)
        near = _towards(factor, observed[beside], mean[beside])
        level = lasting * self._lasts(areas, others, beside) * near
        expected = level * float(mean[areas].sum())
        errors = (observed[others] - factor * mean[others]) ** 2
        foreseen = np.maximum(variance[others] * factor**2, factor * mean[others])
        told = np.minimum(errors / foreseen, FAR)[factor * mean[others] >= FEW]
        seen = (WORTH + float(told.sum())) / (WORTH + told.size)
        told_by = (level / lasting) ** 2
        extra = spread * seen * float(variance[areas].sum()) * told_by - expected
        common = COMMON + 1 / (among + 0.5)
        return Expected(
            float(observed[areas].sum()),
            expected,
            expected + max(extra, 0.0) + common * expected**2,
        )

    def _at_home(self, areas: Bools) -> Bools:
        """The areas of the municipalities in which these lie."""
        home = np.array(self.home or ("",) * len(areas))
        found: Bools = np.isin(home, home[areas]) & (home != "")
        return found

    def _lasts(self, areas: Bools, others: Bools, beside: Bools) -> float:
        """What lasts of a rise or fall that these areas together had over their forecasts of the
        year before; 1 where that is not known."""
        together = self._together(areas)
        if self.former is None or together < 2:
            return 1.0
        observed, mean = self.former
        among = (float(observed[others].sum()) + 0.5) / (float(mean[others].sum()) + 0.5)
        foreseen = _towards(among, observed[beside], mean[beside]) * float(mean[areas].sum())
        ratio = float((CARRIED + observed[areas].sum()) / (CARRIED + foreseen))
        return float(ratio ** (PERSISTS * (together - 1) / (together + 3)))

    def _together(self, areas: Bools) -> int:
        """How many of as many areas as these, the nearest to their middle, are among them; 0 where
        that is less than half, or it is not known where they lie."""
        if self.points is None or not np.isfinite(self.points[areas]).all():
            return 0
        away = np.hypot(*(self.points - self.points[areas].mean(axis=0)).T)
        nearest = np.argsort(away, kind="stable")[: int(areas.sum())]
        inside = int(areas[nearest].sum())
        return inside if 2 * inside >= len(nearest) else 0


def _towards(factor: float, observed: Floats, mean: Floats) -> float:
    """The control factor of all others, brought towards that of these by what they counted."""
    return (float(observed.sum()) + LOCAL * factor) / (float(mean.sum()) + LOCAL)


def empirical_bayes(
    design: Design, *, after_peak: bool = False, levels: Levels = FULL, term: int | None = None
) -> Effect:
    """Judge a measure against a forecast made at its start.

    Parameters
    ----------
    after_peak : bool
        Whether the areas had a peak before the start.
    term : int, optional
        How many periods were planned; then ``known_since`` says after how many of them the limits
        for looking each period were first passed on the side of the verdict.

    Raises
    ------
    DesignError
        Without comparison areas, or with too little history for a forecast.
    """
    if not design.comparison.any():
        raise DesignError("no comparison")
    forecasts = forecast_at_start(design)
    found = by_forecasts(forecasts, design, after_peak=after_peak, levels=levels, term=term)
    return replace(found, curve=_curve(design, forecasts, found.expected))


def by_forecasts(
    forecasts: Forecasts,
    design: Design,
    *,
    after_peak: bool = False,
    levels: Levels = FULL,
    term: int | None = None,
) -> Effect:
    """The effect by forecasts that are there already; without its curve."""
    found = forecasts.of(design.treated, design.comparison, design.after, after_peak)
    middle = float(found.limits(0.5)[0])
    interval = found.margin(levels.strong)
    displacement, likely = float("nan"), False
    if design.ring.any():
        ring = forecasts.of(design.ring, design.comparison, design.after, after_peak)
        displacement = ring.observed - float(ring.limits(0.5)[0])
        likely = ring.margin(levels.weak)[0] > 0
    return Effect(
        "eb",
        found.observed,
        middle,
        found.observed - middle,
        interval,
        found.margin(levels.weak),
        found.p_value,
        found.power(levels.strong),
        float(np.sqrt(found.variance)),
        displacement=displacement,
        displaced_likely=likely,
        after_peak=after_peak,
        ratio_interval=found.ratio_margin(levels.strong),
        levels=levels,
        known_since=_known_since(design, forecasts, interval, after_peak, term),
    )


def _known_since(
    design: Design,
    forecasts: Forecasts,
    interval: tuple[float, float],
    after_peak: bool,
    term: int | None,
) -> int:
    """The first period in which the limits were passed on the side on which they are now."""
    side = -1 if interval[1] < 0 else 1 if interval[0] > 0 else 0
    if not side or term is None:
        return 0
    for periods in range(1, min(design.after, term) + 1):
        found = forecasts.of(design.treated, design.comparison, periods, after_peak)
        low, high = found.margin(levels_after(periods, term).strong)
        if (high < 0) if side < 0 else (low > 0):
            return periods
    return 0


def forecast_at_start(design: Design) -> Forecasts:
    """The forecasts of every area made at the start, for as many periods as there are after it.

    Raises
    ------
    DesignError
        With too little history.
    """
    panel, steps = _panel(design)
    start, last = int(steps[design.start]), len(panel.periods)
    # A gap after the start would leave every later sum without a forecast, which does not depend on
    # what was counted then.
    for gap in np.setdiff1d(np.arange(start, last), steps):
        panel.counts[:, :, gap] = panel.counts[:, :, gap - 1]
    if start < LEAST_HISTORY[panel.frequency]:
        raise DesignError("too few before")
    year, ahead = design.per_year, last - start
    # The forecast that was made a year before the start is that of the whole year up to it.
    lengths = tuple(range(1, max(ahead, year) + 1))
    found = pooled_windows(panel, lengths, last=ahead + 1, guard=0)
    means, variances = (
        np.array([getattr(x.predictive, name)[:, 0, n + 1] for n, x in enumerate(found[:ahead])])
        for name in ("mean", "variance")
    )
    before = panel.counts[:, 0, max(start - year, 0) : start].sum(axis=1)
    former = np.array([before, found[year - 1].predictive.mean[:, 0, 0]])
    if np.isnan(means).any():
        raise DesignError("too few before")
    # A period that was not counted is left out of both; the forecast of the others is as unsure.
    counted = steps[design.start :] - start
    each = np.diff(means, axis=0, prepend=0.0)[counted]
    mean = each.cumsum(axis=0)
    whole = np.maximum(means[counted], 1e-12)
    return Forecasts(
        mean,
        variances[counted] * (mean / whole),
        design.outcome[:, design.start :].T.cumsum(axis=0),
        former if np.isfinite(former).all() else None,
        tuple(chain[-1] if chain else "" for chain in design.lying.groups),
        design.lying.points,
    )


def _panel(design: Design) -> tuple[Panel, npt.NDArray[np.int64]]:
    """The counts as ``pooled`` takes them, gaps in time as not published, and the place of each
    period."""
    steps = np.round(design.time - design.time[0]).astype(np.int64)
    areas, periods = len(design.outcome), int(steps[-1]) + 1
    counts = np.full((areas, 1, periods), np.nan)
    counts[:, 0, steps] = design.outcome
    names = tuple(f"{i:06d}" for i in range(areas))
    where = design.lying
    first = Period.from_ordinal(
        2000 * design.per_year + round(design.time[0]) % design.per_year,
        _FREQUENCY[design.per_year],
    )
    people = np.repeat(where.people[:, None], periods, axis=1)
    groups = {n: g for n, g in zip(names, where.groups, strict=True) if g}
    last = first.shift(periods - 1)
    return Panel(counts, names, ("",), span(first, last), people, groups), steps


def _curve(design: Design, forecasts: Forecasts, middle: float) -> Floats:
    """By period what the treated areas were expected to count: before the start as known a period
    ahead, after it as known at the start and brought to what is expected of them together."""
    panel, steps = _panel(design)
    ahead = pooled_windows(panel, (1,), guard=0)[0].predictive.mean[:, 0, :]
    curve: Floats = ahead[design.treated].sum(axis=0)[steps]
    after = np.diff(forecasts.mean[:, design.treated].sum(axis=1), prepend=0.0)
    total = float(after.sum())
    curve[design.start :] = after * (middle / total if total > 0 else 0.0)
    return curve
