"""The figure of a decision: what it shows as data, with the snapshots, so that the document can be
rebuilt as it was."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import model_validator

from koers.records.base import Code, Codes, Record

SeriesName = Literal["observed", "expected", "lower", "upper"]
Series = tuple[float | None, ...]
"""A value a period; None is not published."""


class DecisionFigure(Record):
    """An indicator over time with what was expected.

    ``verdict`` says in one sentence how it goes, ``source`` where the figures are from and how old
    they are.
    """

    indicator: Code
    title: str
    labels: Codes
    provisional: tuple[bool, ...]
    observed: Series
    expected: Series
    lower: Series
    upper: Series
    verdict: str
    source: str
    snapshots: Codes

    @model_validator(mode="after")
    def _as_long_as_the_periods(self) -> Self:
        for name in ("provisional", "observed", "expected", "lower", "upper"):
            if len(getattr(self, name)) != len(self.labels):
                raise ValueError(
                    f"{name} has {len(getattr(self, name))} values for {len(self.labels)} periods"
                )
        return self

    def numbers(self, name: SeriesName) -> list[float]:
        """A series as the charts take it: NaN where it is not published."""
        return [math.nan if value is None else value for value in getattr(self, name)]
