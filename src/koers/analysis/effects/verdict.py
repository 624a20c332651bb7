"""The verdict on a measure: a rule, applied in order."""

from __future__ import annotations

import math
from enum import Enum

from koers.analysis.effects.outcome import Effect

ENOUGH_POWER = 0.8


class Verdict(Enum):
    """What a measure is said to do. No text for people: whoever tells a verdict tells its caveats
    with it; what stands in a file is asked for by ``value``."""

    WORKS = "werkt"
    BACKFIRES = "averechts"
    PROBABLY = "werkt waarschijnlijk"
    NOTHING = "geen aantoonbaar effect"
    TOO_LITTLE = "te weinig gegevens"


def verdict(effect: Effect, planned_change: float) -> Verdict:
    """METHODS 3; fewer counts are good.

    Parameters
    ----------
    planned_change : float
        What the measure was to bring about, as a part of the count: -0.2 is a fall of 20 %.
    """
    if effect.interval[1] < 0 and not cancelled(effect):
        return Verdict.WORKS
    if effect.interval[0] > 0:
        return Verdict.BACKFIRES
    if effect.weak_interval[1] < 0 and not cancelled(effect):
        return Verdict.PROBABLY
    return (
        Verdict.NOTHING if effect.power.at(planned_change) >= ENOUGH_POWER else Verdict.TOO_LITTLE
    )


def cancelled(effect: Effect) -> bool:
    """Whether the ring rose by as much as the treated areas fell, and by more than chance often
    gives; an effect that is net of the ring has that in it."""
    return (
        not effect.net
        and effect.displaced_likely
        and not math.isnan(effect.displacement)
        and effect.effect + effect.displacement >= 0
    )
