"""Farrington Flexible over a panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Floats, Panel
from koers.analysis.period import STEPS_PER_YEAR
from koers.analysis.screening.farrington.bound import Bound, bound
from koers.analysis.screening.farrington.fit import Fitted, fit
from koers.analysis.screening.farrington.history import Dates, Design, design
from koers.analysis.screening.farrington.options import FarringtonOptions

Progress = Callable[[int, int], None]
SERIES_AT_ONCE = 8192


@dataclass(frozen=True)
class FarringtonResult:
    """Arrays (areas, topics, periods); NaN where there is no value.

    Attributes
    ----------
    judged : (periods,) bool array
        Periods with enough history.
    observed, expected, upper, score, p : float arrays
        Count; fitted mean; bound; exceedance (above 1 is an alarm; of nbPlugin and muan with the
        logarithm of the mean, as R has it); p-value of a rise. Where ``limit54`` suppresses a
        bound, score and p stand.
    phi : float array
        Dispersion, at least 1.
    alarm, trend : bool arrays
        Whether the count exceeds its bound; whether the trend was kept.
    """

    judged: npt.NDArray[np.bool_]
    observed: Floats
    expected: Floats
    upper: Floats
    score: Floats
    p: Floats
    phi: Floats
    alarm: npt.NDArray[np.bool_]
    trend: npt.NDArray[np.bool_]

    @property
    def lower(self) -> Floats:
        """Farrington's method looks for rises: there is no lower limit."""
        return np.full(self.upper.shape, np.nan)

    @property
    def kind(self) -> npt.NDArray[np.object_]:
        """``rise`` where there is an alarm, else empty."""
        return np.where(self.alarm, "rise", "").astype(object)


def farrington(
    panel: Panel,
    options: FarringtonOptions | None = None,
    dates: Dates | None = None,
    positions: Sequence[int] | None = None,
    series_at_once: int = SERIES_AT_ONCE,
    progress: Progress | None = None,
) -> FarringtonResult:
    """Hold each count against the same season of the years before it.

    A quasi-Poisson regression on ``b`` years of history with half-window ``w``, a seasonal factor,
    a trend where it is clear, and past outbreaks weighed down; then a bound that chance exceeds
    with probability ``alpha``. The numbers are those of R's ``surveillance::farringtonFlexible``
    with the same options, its standard errors after reweighting included, which use a dispersion
    from overwritten weights.

    Parameters
    ----------
    panel : Panel
        Counts (areas, topics, periods), weekly, monthly or yearly; NaN = not published, left out of
        the history.
    options : FarringtonOptions, optional
        R's defaults where not given.
    dates : (periods,) datetime64 array, optional
        Date of each period, weekly or the first of the month: the years back are then counted by
        date (R's ``epochAsDate = TRUE``), else by position, with 52 weeks a year.
    positions : sequence of int, optional
        Positions of the periods to judge; by default, as in R, from ``b`` years and ``w`` + 1
        periods on. Of those too early for their history, nothing is judged.
    series_at_once : int
        How many series are fitted in one go; does not change the result.
    progress : callable, optional
        Is told the number of periods done and in all.

    Raises
    ------
    UnsuitableOptionsError
        For a combination that R computes wrongly without saying so: ``no_periods - 1 > steps - 1 -
        2 w``, where seasonal blocks overwrite each other, and ``w`` above the number of periods a
        year, which would use the future.

    References
    ----------
    Noufaily, Enki, Farrington, Garthwaite, Andrews & Charlett, Statistics in Medicine 2013,
    32:1206-1222. Farrington, Andrews, Beale & Catchpole, JRSS A 1996, 159:547-563.

    Examples
    --------
    Six years of months with about four cases each, and fifteen in the last:

    >>> import numpy as np
    >>> from koers.analysis.period import Period, span
    >>> counts = np.random.default_rng(2).poisson(4.0, (1, 1, 72)).astype(float)
    >>> counts[0, 0, -1] = 15
    >>> months = span(Period(2019, 1, "month"), Period(2024, 12, "month"))
    >>> panel = Panel(counts, ("area",), ("burglary",), months, np.full((1, 72), 1000.0))
    >>> options = FarringtonOptions(b=5, w=1, no_periods=10, threshold_method="nbPlugin",
    ...     alpha=0.01)
    >>> result = farrington(panel, options)
    >>> [str(month) for month, judged in zip(months, result.judged) if judged][0]
    '2024-02'
    >>> float(result.upper[0, 0, -1]), bool(result.alarm[0, 0, -1]), result.kind[0, 0, -1]
    (12.0, True, 'rise')
    """
    options = options or FarringtonOptions()
    areas, topics, periods = panel.counts.shape
    steps = STEPS_PER_YEAR[panel.frequency]
    options.check_frequency(steps)
    counts = np.ascontiguousarray(panel.counts.reshape(areas * topics, periods), dtype=np.float64)
    population = _population(panel, options)
    asked = (
        range(min(steps * options.b + options.w, periods), periods)
        if positions is None
        else positions
    )
    designs = [
        plan for now in asked if (plan := design(now, periods, steps, options, dates)) is not None
    ]

    values = {
        name: np.full(counts.shape, np.nan)
        for name in ("expected", "upper", "score", "p", "phi", "trend")
    }
    for done, plan in enumerate(designs):
        for start in range(0, len(counts), series_at_once):
            part = slice(start, start + series_at_once)
            fitted, limits = _judge(counts[part], population[part], plan, options)
            enough = _enough_cases(counts[part], plan.now, options)
            values["expected"][part, plan.now] = np.where(
                enough & ~np.isnan(limits.upper), limits.expected, np.nan
            )
            values["upper"][part, plan.now] = np.where(enough, limits.upper, np.nan)
            values["score"][part, plan.now] = limits.score
            values["p"][part, plan.now] = limits.p
            values["phi"][part, plan.now] = fitted.phi
            values["trend"][part, plan.now] = fitted.trend
        if progress:
            progress(done + 1, len(designs))
    return _result(
        panel, designs, {name: value.reshape(panel.counts.shape) for name, value in values.items()}
    )


def _judge(
    counts: Floats, population: Floats, plan: Design, options: FarringtonOptions
) -> tuple[Fitted, Bound]:
    fitted = fit(counts, population, plan, options)
    return fitted, bound(counts[:, plan.now], fitted, options)


def _population(panel: Panel, options: FarringtonOptions) -> Floats:
    """(series, periods): repeated for each topic, where it is used at all."""
    if not options.population_offset:
        return np.broadcast_to(
            np.ones(1), (panel.counts.shape[0] * panel.counts.shape[1], 1)
        ).copy()
    return np.repeat(np.asarray(panel.population, dtype=np.float64), panel.counts.shape[1], axis=0)


def _enough_cases(counts: Floats, now: int, options: FarringtonOptions) -> npt.NDArray[np.bool_]:
    cases, length = options.limit54
    recent = counts[:, max(0, now - length + 1) : now + 1].sum(axis=1)
    return np.asarray(recent >= cases, dtype=np.bool_)


def _result(panel: Panel, designs: Sequence[Design], values: dict[str, Floats]) -> FarringtonResult:
    judged = np.zeros(len(panel.periods), dtype=np.bool_)
    judged[[plan.now for plan in designs]] = True
    observed = panel.counts
    with np.errstate(invalid="ignore"):
        alarm = (values["score"] > 1.0) & (observed != 0) & ~np.isnan(values["upper"])
    return FarringtonResult(
        judged,
        observed,
        values["expected"],
        values["upper"],
        values["score"],
        values["p"],
        values["phi"],
        np.asarray(alarm, dtype=np.bool_),
        values["trend"] == 1.0,
    )
