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
class Where:
    """Where areas lie, as far as that is known.

    Attributes
    ----------
    groups : (areas,)
        What each area lies in, nearest first, such as its district and municipality; () is unknown.
    points : (areas, 2)
        Its centre in kilometres; NaN is unknown.
    people : (areas,)
        Its inhabitants; NaN is unknown.
    """

    groups: tuple[tuple[str, ...], ...]
    points: Floats
    people: Floats

    def of(self, areas: Bools) -> Where:
        """The same of some of the areas."""
        kept = np.flatnonzero(areas)
        return Where(tuple(self.groups[i] for i in kept), self.points[kept], self.people[kept])


def nowhere(areas: int) -> Where:
    """Of areas of which nothing is known."""
    return Where(((),) * areas, np.full((areas, 2), np.nan), np.full(areas, np.nan))


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
    where : Where, optional
        Where the areas lie.
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
    where: Where | None = None

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
    def lying(self) -> Where:
        """Where the areas lie, nowhere known included."""
        return self.where or nowhere(len(self.outcome))

    @property
    def after(self) -> int:
        """The number of periods with the measure."""
        return int(self.outcome.shape[1]) - self.start


def simple_design(
    outcome: Floats,
    treated: Bools,
    start: int,
    ring: Bools | None = None,
    per_year: int = 12,
    where: Where | None = None,
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
        where=where,
    )
