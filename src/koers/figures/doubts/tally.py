"""What is known of the figures in a snapshot when they are judged: totals, never a single row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from koers.analysis.period import Frequency, Period
from koers.figures.topics import ALL_KINDS


@dataclass(frozen=True)
class Total:
    """Of one kind in one period, over the areas of one level: how many cells there are, how many
    of those are published, negative and not zero, and their sum. ``mark`` is the same for the same
    cells with the same values."""

    cells: int = 0
    published: int = 0
    negative: int = 0
    nonzero: int = 0
    sum: float = 0.0
    mark: int = 0

    def __add__(self, other: Total) -> Total:
        return Total(
            self.cells + other.cells,
            self.published + other.published,
            self.negative + other.negative,
            self.nonzero + other.nonzero,
            self.sum + other.sum,
            self.mark ^ other.mark,
        )


Key = tuple[str, str, str]
"""Level, topic, period; a level is how the codes of its areas begin: GM, WK, BU."""


@dataclass(frozen=True)
class Tally:
    """The totals of a snapshot, and of each area its sum."""

    totals: Mapping[Key, Total]
    areas: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def levels(self) -> tuple[str, ...]:
        return tuple(sorted({level for level, _, _ in self.totals}))

    def topics(self, level: str) -> set[str]:
        return {topic for at, topic, _ in self.totals if at == level}

    def periods(self, level: str, frequency: Frequency) -> list[Period]:
        """Those at a level, in order. What is no period is not judged."""
        texts = {period for at, _, period in self.totals if at == level}
        return sorted(p for text in texts for p in _parsed(text) if p.frequency == frequency)

    def areas_of(self, level: str) -> dict[str, float]:
        return {code: total for code, total in self.areas.items() if level_of(code) == level}

    def at(self, level: str, topics: Collection[str] | None = None) -> dict[str, Total]:
        """Of each period the total of these topics: that of all kinds together where it is one of
        them. Without topics, of every cell."""
        wanted = set(topics or ()) if ALL_KINDS not in (topics or ()) else {ALL_KINDS}
        return self._by(level, 2, lambda key: topics is None or key[1] in wanted)

    def of_topics(self, level: str, periods: Collection[str]) -> dict[str, Total]:
        """Of each topic the total over these periods."""
        wanted = set(periods)
        return self._by(level, 1, lambda key: key[2] in wanted)

    def _by(self, level: str, which: int, wanted: Callable[[Key], bool]) -> dict[str, Total]:
        found: dict[str, Total] = {}
        for key, total in self.totals.items():
            if key[0] == level and wanted(key):
                found[key[which]] = found.get(key[which], Total()) + total
        return found


def level_of(code: str) -> str:
    """'GM0001' → 'GM'."""
    return code.rstrip("0123456789")[:2] if code[:1].isalpha() else ""


def _parsed(text: str) -> Iterator[Period]:
    try:
        yield Period.parse(text)
    except ValueError:
        return
