"""Months, weeks and years as labelled, ordered steps of time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Frequency = Literal["month", "week", "year"]

STEPS_PER_YEAR: dict[Frequency, int] = {"month": 12, "week": 52, "year": 1}

_PATTERNS: tuple[tuple[Frequency, re.Pattern[str]], ...] = (
    ("year", re.compile(r"(\d{4})(?:JJ00)?")),
    ("month", re.compile(r"(\d{4})(?:-|MM)(\d{2})")),
    ("week", re.compile(r"(\d{4})(?:-W|KW)(\d{2})")),
)


@dataclass(frozen=True, order=True)
class Period:
    """One step of time: a year and, within it, the ``number``-th month or week (1 for a year).

    Weeks are counted 52 to a year, as R's ``ts`` with frequency 52 does.
    """

    year: int
    number: int
    frequency: Frequency

    def __post_init__(self) -> None:
        if not 1 <= self.number <= STEPS_PER_YEAR[self.frequency]:
            raise ValueError(f"{self.number} is not a {self.frequency} of a year")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2024``, ``2024-03``, ``2024-W07`` or the CBS codes ``2024JJ00``, ``2024MM03``,
        ``2024KW07``.

        Raises
        ------
        ValueError
            When the text is none of these.
        """
        for frequency, pattern in _PATTERNS:
            if found := pattern.fullmatch(text.strip()):
                number = int(found.group(2)) if found.lastindex == 2 else 1
                return cls(int(found.group(1)), number, frequency)
        raise ValueError(f"'{text}' is not a year (2024), month (2024-03) or week (2024-W07)")

    @property
    def ordinal(self) -> int:
        """Steps since year 0, so that neighbouring periods differ by one."""
        return self.year * STEPS_PER_YEAR[self.frequency] + self.number - 1

    @classmethod
    def from_ordinal(cls, ordinal: int, frequency: Frequency) -> Period:
        year, index = divmod(ordinal, STEPS_PER_YEAR[frequency])
        return cls(year, index + 1, frequency)

    def shift(self, steps: int) -> Period:
        return Period.from_ordinal(self.ordinal + steps, self.frequency)

    def __str__(self) -> str:
        if self.frequency == "month":
            return f"{self.year}-{self.number:02d}"
        if self.frequency == "week":
            return f"{self.year}-W{self.number:02d}"
        return str(self.year)


def span(first: Period, last: Period) -> tuple[Period, ...]:
    """Every period from ``first`` to ``last``, both included."""
    if first.frequency != last.frequency:
        raise ValueError(f"{first} and {last} are not of one frequency")
    return tuple(
        Period.from_ordinal(o, first.frequency) for o in range(first.ordinal, last.ordinal + 1)
    )
