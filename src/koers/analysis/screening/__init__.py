"""Which counts are out of line? (METHODS 1)"""

from koers.analysis.screening.family import FamilyResult, Signal, screen_family
from koers.analysis.screening.pooled import Expectation, PooledOptions, pooled

__all__ = ["Expectation", "FamilyResult", "PooledOptions", "Signal", "pooled", "screen_family"]
