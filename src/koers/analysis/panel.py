"""The one thing that ``figures`` hands to a statistic: counts with labelled axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from koers.analysis.period import Frequency, Period

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """Counts as a dense array with labelled axes and the population at risk.

    Attributes
    ----------
    counts : (areas, topics, periods) float array
        Registered counts; NaN where a figure is not published. Never 0 for "not published".
    areas, topics : tuple of str
        Codes along the first two axes.
    periods : tuple of Period
        Consecutive periods of one frequency.
    population : (areas, periods) float array
        Persons at risk; NaN where unknown.
    groups : mapping of area code to tuple of codes
        What each area lies in, nearest first: ``("WK062900", "GM0629")``.
    """

    counts: Floats
    areas: tuple[str, ...]
    topics: tuple[str, ...]
    periods: tuple[Period, ...]
    population: Floats
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = (len(self.areas), len(self.topics), len(self.periods))
        if self.counts.shape != shape:
            raise ValueError(f"counts has shape {self.counts.shape}, its labels {shape}")
        if self.population.shape != (shape[0], shape[2]):
            raise ValueError(
                f"population has shape {self.population.shape}, its labels {(shape[0], shape[2])}"
            )
        steps = [period.ordinal for period in self.periods]
        if steps != list(range(steps[0], steps[0] + len(steps))) if steps else False:
            raise ValueError("periods are not consecutive")

    @property
    def frequency(self) -> Frequency:
        return self.periods[0].frequency

    def series(self, area: str, topic: str) -> Floats:
        """The counts of one area and topic, one a period."""
        values: Floats = self.counts[self.areas.index(area), self.topics.index(topic)]
        return values

    def select(
        self,
        areas: Sequence[str] | None = None,
        topics: Sequence[str] | None = None,
        until: Period | None = None,
    ) -> Panel:
        """The part of the panel for these areas and topics, up to and including a period."""
        if areas is None and topics is None:
            k = len(self.periods) if until is None else self.periods.index(until) + 1
            return replace(
                self,
                counts=self.counts[:, :, :k],
                periods=self.periods[:k],
                population=self.population[:, :k],
            )
        a = [self.areas.index(code) for code in (self.areas if areas is None else areas)]
        t = [self.topics.index(code) for code in (self.topics if topics is None else topics)]
        k = len(self.periods) if until is None else self.periods.index(until) + 1
        return replace(
            self,
            counts=self.counts[np.ix_(a, t, range(k))],
            areas=tuple(self.areas[i] for i in a),
            topics=tuple(self.topics[j] for j in t),
            periods=self.periods[:k],
            population=self.population[np.ix_(a, range(k))],
        )
