"""One rise is one signal: what an earlier list told returns only when the months since prove
more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from koers.analysis.panel import Panel
from koers.analysis.screening.predictive import Predictive
from koers.analysis.screening.signal import Signal
from koers.analysis.screening.sums import heading_of

MEMORY = 12
"""How many lists before this one are looked at: as long as the longest sum."""
FRESH = 6
"""What was told longer ago than so many months is over, unless a sum still reaches back to it."""
STARTS = (1, 2, 3, 4, 6)
"""A rise that is told again may have begun so many months ago."""

Since = Callable[[Signal, int], Predictive]


def split_told(
    signals: Iterable[Signal],
    told: Iterable[Signal],
    proof: Callable[[Signal, int], float],
    chains: Mapping[str, frozenset[str]],
) -> tuple[list[Signal], list[Signal]]:
    """The signals of a list that are new, and those that say what ``told`` (main signals of earlier
    lists) said already; each with what it explains.

    ``proof`` of a signal and a number of months is how much those last months prove of it
    (``Predictive.evidence``).
    """
    signals, before = list(signals), list(told)
    again = {s.cell for s in signals if s.main and _told(s, before, proof, chains)}
    old = [s for s in signals if (s.explained_by or s.cell) in again]
    return [s for s in signals if (s.explained_by or s.cell) not in again], old


def _told(
    signal: Signal,
    told: Iterable[Signal],
    proof: Callable[[Signal, int], float],
    chains: Mapping[str, frozenset[str]],
) -> bool:
    for earlier in told:
        ago = signal.period.ordinal - earlier.period.ordinal
        if not same(signal, earlier, chains) or (signal.window <= ago and ago > FRESH):
            continue
        since = max(proof(signal, months) for months in STARTS if months <= ago)
        if since <= abs(earlier.score):
            return True
    return False


def chains_of(panel: Panel) -> dict[str, frozenset[str]]:
    """Of each area of each level: itself and what it lies in."""
    chains: dict[str, frozenset[str]] = {}
    for area in panel.areas:
        chain = (area, *panel.groups.get(area, ()))
        for k, code in enumerate(chain):
            if code not in chains:
                chains[code] = frozenset(chain[k:])
    return chains


def same(one: Signal, other: Signal, chains: Mapping[str, frozenset[str]]) -> bool:
    if one.kind != other.kind or not _related(one.topic, other.topic):
        return False
    return (
        one.area in chains.get(other.area, ())
        or other.area in chains.get(one.area, ())
        or one.area == other.area
    )


def _related(one: str, other: str) -> bool:
    return one == other or one in heading_of(other) or other in heading_of(one)
