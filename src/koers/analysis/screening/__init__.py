"""Which counts are out of line? (METHODS 1)"""

from koers.analysis.screening.family import screen_family
from koers.analysis.screening.pooled import (
    Expectation,
    Parts,
    PooledOptions,
    pooled,
    pooled_windows,
)
from koers.analysis.screening.signal import Cell, FamilyResult, Interval, Origin, Signal, Visible

__all__ = [
    "Cell",
    "Expectation",
    "FamilyResult",
    "Interval",
    "Origin",
    "Parts",
    "PooledOptions",
    "Signal",
    "Visible",
    "pooled",
    "pooled_windows",
    "screen_family",
]
