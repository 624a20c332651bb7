"""What a signal rests on, in words and rows: its margins, where its expectation comes from, where
else it shows."""

from __future__ import annotations

from dataclasses import dataclass

from koers.apps.picture.models import Level, Signal


@dataclass(frozen=True)
class Margin:
    """A count lies between ``lower`` and ``upper`` with a chance of ``level`` percent (or more:
    counts are whole)."""

    level: int
    lower: float
    upper: float


@dataclass(frozen=True)
class Share:
    """The ``percent`` of an expectation that comes from ``where``."""

    where: str
    percent: float


def margins(signal: Signal) -> list[Margin]:
    """50, 80 and 95 %; of a signal of an earlier Koers the last alone."""
    known = [
        Margin(level, lower, upper)
        for level, lower, upper in (
            (50, signal.lower_50, signal.upper_50),
            (80, signal.lower_80, signal.upper_80),
        )
        if lower is not None and upper is not None
    ]
    return [*known, Margin(95, signal.lower, signal.upper)]


def shares(signal: Signal) -> list[Share]:
    """Where the expectation comes from, the largest part first; what does not play a part is left
    out.

    Without peers of about the same size, the last part is of all areas with figures.
    """
    if signal.part_own is None:
        return []
    own = {
        Level.NEIGHBOURHOOD: "de eigen cijfers van de buurt",
        Level.DISTRICT: "de eigen cijfers van de wijk",
        Level.MUNICIPALITY: "de eigen cijfers van de gemeente",
    }[Level(signal.level)]
    found = [
        Share(own, 100 * signal.part_own),
        Share("de rest van de wijk", 100 * (signal.part_district or 0.0)),
        Share("de rest van de gemeente", 100 * (signal.part_municipality or 0.0)),
        Share("vergelijkbare gemeenten en alle gebieden samen", 100 * (signal.part_peers or 0.0)),
    ]
    return sorted((s for s in found if round(s.percent) > 0), key=lambda s: -s.percent)


def same_rise(signal: Signal) -> list[Signal]:
    """The other signals in which the same rise or fall was seen, the clearest first."""
    clearest = signal.explained_by or signal
    others = clearest.beside.exclude(pk=signal.pk).order_by("p_value")
    return [*([clearest] if clearest.pk != signal.pk else []), *others]
