"""The options of Farrington Flexible, named after R's and with R's defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PowerTransform = Literal["2/3", "1/2", "none"]
ThresholdMethod = Literal["delta", "nbPlugin", "muan"]

EXPONENTS: dict[PowerTransform, float] = {"2/3": 2 / 3, "1/2": 1 / 2, "none": 1.0}


class UnsuitableOptionsError(ValueError):
    """Options that do not go with the frequency of the series; ``option`` is to be at most
    ``largest``."""

    def __init__(
        self, option: Literal["no_periods", "w"], value: int, largest: int, why: str
    ) -> None:
        self.option, self.value, self.largest = option, value, largest
        super().__init__(f"{option} = {value} must be at most {largest}: {why}")


@dataclass(frozen=True)
class FarringtonOptions:
    """What R's ``control`` list holds; the defaults are R's.

    Attributes
    ----------
    b : int
        Years of history.
    w : int
        Periods on either side of the same period in those years.
    no_periods : int
        Levels of the seasonal factor; 1 uses the windows alone.
    past_weeks_not_included : int, optional
        Most recent periods left out of the history; by default ``w``.
    reweight, weights_threshold : bool, float
        Weigh down past counts whose standardised Anscombe residual exceeds the threshold.
    trend, p_threshold_trend : bool, float
        Fit a linear trend, kept when its p-value is below the threshold, b is at least 3 and it
        does not extrapolate above every count of the history.
    population_offset : bool
        Counts in proportion to the population.
    powertrans : {"2/3", "1/2", "none"}
        Transformation that makes counts symmetric; used by ``delta``.
    limit54 : (int, int)
        No bound where fewer than ``limit54[0]`` cases fell in the last ``limit54[1]`` periods.
    threshold_method : {"delta", "nbPlugin", "muan"}
        Bound by a normal approximation, the negative binomial at the fitted mean, or that at its
        upper quantile.
    alpha : float
        Chance of exceeding the bound by chance alone.
    """

    b: int = 5
    w: int = 3
    no_periods: int = 1
    past_weeks_not_included: int | None = None
    reweight: bool = True
    weights_threshold: float = 2.58
    trend: bool = True
    p_threshold_trend: float = 0.05
    population_offset: bool = False
    powertrans: PowerTransform = "2/3"
    limit54: tuple[int, int] = (5, 4)
    threshold_method: ThresholdMethod = "delta"
    alpha: float = 0.05

    def __post_init__(self) -> None:
        least = {
            "b": (self.b, 1),
            "w": (self.w, 0),
            "no_periods": (self.no_periods, 1),
            "past": (self.past, 0),
        }
        for name, (value, lowest) in least.items():
            if value < lowest:
                raise ValueError(f"{name} = {value} must be at least {lowest}")
        if not 0 < self.alpha < 1:
            raise ValueError(f"alpha = {self.alpha} must lie between 0 and 1")
        if self.limit54[0] < 0 or self.limit54[1] <= 0:
            raise ValueError(f"limit54 = {self.limit54} must be at least (0, 1)")
        if self.powertrans not in EXPONENTS:
            raise ValueError(
                f"powertrans = {self.powertrans!r} must be one of {', '.join(EXPONENTS)}"
            )
        if self.threshold_method not in ("delta", "nbPlugin", "muan"):
            raise ValueError(
                f"threshold_method = {self.threshold_method!r} must be delta, nbPlugin or muan"
            )

    @property
    def past(self) -> int:
        return self.w if self.past_weeks_not_included is None else self.past_weeks_not_included

    def check_frequency(self, steps: int) -> None:
        """Refuse what R computes wrongly without saying so, for series with ``steps`` periods a
        year.

        Raises
        ------
        UnsuitableOptionsError
            When seasonal blocks would overwrite each other, or a window would reach into the
            future.
        """
        if self.w > steps:
            raise UnsuitableOptionsError(
                "w",
                self.w,
                0 if steps == 1 else (steps - 1) // 2,
                "the window of last year would reach into the future",
            )
        if self.no_periods > 1 and self.no_periods > steps - 2 * self.w:
            raise UnsuitableOptionsError(
                "no_periods",
                self.no_periods,
                max(1, steps - 2 * self.w),
                "seasonal blocks would overwrite each other",
            )
