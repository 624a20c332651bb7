"""One thing that is odd about figures that came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Oddity(StrEnum):
    """What may be odd; ``docs/methods/plausibiliteit.md`` has the same list with the rules."""

    NOTHING_PUBLISHED = "nothing-published"
    ALL_ZERO = "all-zero"
    NEGATIVE = "negative"
    FUTURE = "future"
    GAP = "gap"
    LOW_PERIOD = "low-period"
    HIGH_PERIOD = "high-period"
    TWIN_PERIODS = "twin-periods"
    TOTAL = "total"
    PERIOD_TOTAL = "period-total"
    KIND_TOTAL = "kind-total"
    KIND_GONE = "kind-gone"
    UNPUBLISHED = "unpublished"
    PERIOD_GONE = "period-gone"
    AREAS_GONE = "areas-gone"
    LEVEL_GONE = "level-gone"


@dataclass(frozen=True)
class Doubt:
    """``before`` and ``after`` are what was (or was to be expected) and what came in, in the unit
    of the oddity; where something is '' or None, the oddity is about all of it."""

    oddity: Oddity
    level: str = ""
    topic: str = ""
    period: str = ""
    before: float | None = None
    after: float | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (self.oddity, self.level, self.topic, self.period)

    def said(self) -> dict[str, Any]:
        """As it is kept in a manifest."""
        return {
            "oddity": str(self.oddity),
            "level": self.level,
            "topic": self.topic,
            "period": self.period,
            "before": self.before,
            "after": self.after,
        }

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Doubt:
        return cls(**{**said, "oddity": Oddity(said["oddity"])})
