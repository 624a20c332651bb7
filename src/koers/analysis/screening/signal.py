"""What the screening hands over: signals, and what would have been one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from koers.analysis.period import Period

Kind = Literal["rise", "fall"]


@dataclass(frozen=True)
class Interval:
    """The counts between which a count lies with probability ``level`` (or more: counts are
    discrete)."""

    level: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Origin:
    """Which part of an expectation comes from the area itself, its district, its municipality and
    its peers (sum 1)."""

    own: float
    district: float
    municipality: float
    peers: float


@dataclass(frozen=True)
class Cell:
    """One count of the family: ``window`` periods that end together, of a topic (or group of
    topics) in an area."""

    area: str
    level: str
    topic: str
    window: int


@dataclass(frozen=True)
class Signal:
    """A count out of line.

    ``score`` is what it proves (base 10 logarithm of how many times likelier under a rise; negative
    for a fall). ``explained_by`` is the signal in which the same rise shows most clearly, None
    where that is this one.
    """

    cell: Cell
    period: Period
    observed: float
    expected: float
    intervals: tuple[Interval, ...]
    p: float
    q: float
    score: float
    kind: Kind
    origin: Origin
    explained_by: Cell | None = None

    @property
    def area(self) -> str:
        return self.cell.area

    @property
    def level(self) -> str:
        return self.cell.level

    @property
    def topic(self) -> str:
        return self.cell.topic

    @property
    def window(self) -> int:
        return self.cell.window

    @property
    def main(self) -> bool:
        return self.explained_by is None

    @property
    def lower(self) -> float:
        return self.intervals[-1].lower

    @property
    def upper(self) -> float:
        return self.intervals[-1].upper


@dataclass(frozen=True)
class Visible:
    """The rise that would have been a signal on its own: from ``count`` on, where ``expected`` was
    expected and ``observed`` was counted."""

    cell: Cell
    expected: float
    count: float
    observed: float = math.nan


@dataclass(frozen=True)
class FamilyResult:
    """Signals, the main ones first, by what they prove.

    ``tested`` counts were judged, ``untested`` could not be (too short a history, or a period that
    is not published). ``blind`` of the ``pairs`` of area and topic hold too few counts: in no
    window would three times the expectation be a signal. ``visible`` is the smallest rise, relative
    to its expectation, that would have been one; None without tests. ``told`` are those that an
    earlier list told already, and of which the months since prove no more.
    """

    signals: tuple[Signal, ...]
    tested: int
    untested: int
    pairs: int
    blind: int
    visible: Visible | None
    told: tuple[Signal, ...] = ()

    @property
    def too_few(self) -> bool:
        """Whether there is too little to say anything at all."""
        return self.tested == 0 or self.blind == self.pairs
