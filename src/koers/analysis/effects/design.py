"""A measure as a statistic sees it: counts by area and period, who had it, who lies around, and
since when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Floats

Bools = npt.NDArray[np.bool_]


class DesignError(ValueError):
    """A measure that this method cannot judge; ``reason`` is one of ``REASONS``."""

    REASONS = ("no comparison", "no before", "no after", "too few before")

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Design:
    """Counts without gaps, and who is who.

    Attributes
    ----------
    outcome : (areas, periods)
        What is judged: one topic, or the sum of all.
    history : (areas, topics, periods)
        What else may be matched on; the outcome's own counts, topic by topic, are in it.
    treated, ring : (areas,) bool
        Areas with the measure; areas to which crime may be displaced. The others are the
        comparison.
    start : int
        The first period with the measure.
    per_year : int
        Periods in a year (12, 52 or 1).
    time : (periods,)
        The place of each period on the calendar, in periods; gaps where a period was left out.
    covariates : (areas, covariates)
        Key figures, one a column.
    """

    outcome: Floats
    history: Floats
    treated: Bools
    ring: Bools
    start: int
    per_year: int
    time: Floats
    covariates: Floats
    covariate_names: tuple[str, ...] = ()
    topic_names: tuple[str, ...] = ("",)

    def __post_init__(self) -> None:
        if self.start < 1:
            raise DesignError("no before")
        if self.start >= self.outcome.shape[1]:
            raise DesignError("no after")

    @property
    def comparison(self) -> Bools:
        """Areas neither treated nor in the ring."""
        others: Bools = ~(self.treated | self.ring)
        return others

    @property
    def after(self) -> int:
        """The number of periods with the measure."""
        return int(self.outcome.shape[1]) - self.start


def simple_design(
    outcome: Floats, treated: Bools, start: int, ring: Bools | None = None, per_year: int = 12
) -> Design:
    """A design with one topic and no key figures; ``outcome`` is (areas, periods)."""
    return Design(
        outcome,
        outcome[:, None, :],
        treated,
        np.zeros(len(outcome), dtype=np.bool_) if ring is None else ring,
        start,
        per_year,
        np.arange(outcome.shape[1], dtype=np.float64),
        np.zeros((len(outcome), 0)),
    )
