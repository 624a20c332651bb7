"""What is wanted of a file, and what came of its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np

Kind = Literal["counts", "reports", "early"]
ROLES = ("area", "latitude", "longitude", "topic", "period", "value")
NOT_COUNTED = "-"


@dataclass(frozen=True)
class Wanted:
    """What the columns mean: ``columns`` gives of each role the name in the header.

    ``topic`` is that of every row where no column holds it; ``topics`` says as what a category
    counts, NOT_COUNTED for one that is left out.
    """

    kind: Kind
    columns: Mapping[str, str]
    topic: str = ""
    topics: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """A row that cannot be read; ``reason`` never holds what another column says."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Mistake:
    """The rows in which the same is wrong with a column."""

    rows: tuple[int, ...]
    column: str
    reason: str


@dataclass(frozen=True)
class Sample:
    """A row as it is counted."""

    row: int
    area: str
    topic: str
    period: str
    value: float


@dataclass
class Cases:
    """Where and on which day reports with a point and a full date were, in metres and days; only
    to count pairs of."""

    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    day: list[int] = field(default_factory=list)

    def add(self, place: tuple[float, float], day: int) -> None:
        self.x.append(place[0])
        self.y.append(place[1])
        self.day.append(day)

    @property
    def by_day(self) -> bool:
        """Whether these are days, and not months that are written as their first."""
        return any(date.fromordinal(day).day != 1 for day in self.day)


@dataclass
class Counted:
    """What came of the rows. ``totals`` by (area code, topic code, period); NaN is not known, which
    is not 0. ``totals_seen`` says, a sentence each, which areas are the total of others. ``cases``
    by topic code; nobody keeps them."""

    totals: dict[tuple[str, str, str], float] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    categories: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    counted: int = 0
    left_out: int = 0
    unknown: int = 0
    totals_seen: list[str] = field(default_factory=list)
    cases: dict[str, Cases] = field(default_factory=dict)

    @property
    def wrong(self) -> list[Mistake]:
        """What cannot be read, each reason in a column once."""
        rows: dict[tuple[str, str], list[int]] = {}
        for problem in self.problems:
            rows.setdefault((problem.column, problem.reason), []).append(problem.row)
        return [Mistake(tuple(numbers), *about) for about, numbers in rows.items()]

    @property
    def periods(self) -> list[str]:
        return sorted({period for _, _, period in self.totals})

    def columns(self, provisional: Sequence[str] = ()) -> dict[str, np.ndarray]:
        """The long table: area, topic, period, value, status."""
        keys = sorted(self.totals)
        late = set(provisional)
        return {
            "area": np.array([k[0] for k in keys], dtype=object),
            "topic": np.array([k[1] for k in keys], dtype=object),
            "period": np.array([k[2] for k in keys], dtype=object),
            "value": np.array([self.totals[k] for k in keys], dtype=np.float64),
            "status": np.array(
                ["provisional" if k[2] in late else "final" for k in keys], dtype=object
            ),
        }


def digest(columns: Mapping[str, np.ndarray]) -> str:
    """SHA-256 of what was counted, whatever the order of its rows: the same counts make the same
    snapshot."""
    names = sorted(columns)
    rows = sorted(
        "\t".join(map(str, row))
        for row in zip(*(columns[name].tolist() for name in names), strict=True)
    )
    return hashlib.sha256("\n".join([*names, *rows]).encode()).hexdigest()
