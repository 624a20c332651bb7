"""What goes on, each event once: a signal and a cluster of the same place, topic and months are
one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from koers.analysis.period import Period
from koers.apps.people.models import Municipality
from koers.apps.picture.models import Cluster, Level, Signal, SignalKind, SignalState
from koers.figures.shelf import Shelf
from koers.indicators import load_indicators


@dataclass(frozen=True)
class Happening:
    """An event: the signals that tell it, the clearest first, and the cluster that it is."""

    signals: tuple[Signal, ...] = ()
    cluster: Cluster | None = None


def open_happenings(shelf: Shelf, municipality: Municipality) -> list[Happening]:
    """What nobody dealt with yet. A cluster of which every signal was dealt with is dealt with."""
    clusters = list(Cluster.objects.of(municipality))
    signals = list(Signal.objects.of(municipality).filter(main=True))
    waiting = [s for s in signals if s.state == SignalState.NEW]
    found: list[Happening] = []
    told: set[int] = set()
    for cluster in clusters:
        same = [s for s in signals if is_same(shelf, s, cluster)]
        mine = tuple(s for s in same if s.state == SignalState.NEW and s.pk not in told)
        told |= {s.pk for s in mine}
        if mine or not same:
            found.append(Happening(mine, cluster))
    return [*found, *(Happening((s,)) for s in waiting if s.pk not in told)]


def is_same(shelf: Shelf, signal: Signal, cluster: Cluster) -> bool:
    """Whether a rise and a cluster tell the same: months that overlap, a kind that is the other or
    holds it, and areas of which one lies in the other."""
    return (
        signal.kind == SignalKind.RISE
        and _same_topic(signal, cluster)
        and _same_months(signal, cluster)
        and _same_place(shelf, signal, cluster.areas)
    )


def _same_topic(signal: Signal, cluster: Cluster) -> bool:
    indicator = load_indicators().get(cluster.indicator)
    topics = (*indicator.topics, indicator.topic) if indicator else ()
    return any(t == signal.topic or t.startswith(f"{signal.topic}.") for t in topics)


def _same_months(signal: Signal, cluster: Cluster) -> bool:
    last = Period.parse(signal.period).ordinal
    first = last - signal.window + 1
    return (
        first <= Period.parse(cluster.last).ordinal and Period.parse(cluster.first).ordinal <= last
    )


def _same_place(shelf: Shelf, signal: Signal, areas: Sequence[str]) -> bool:
    if signal.level == Level.NEIGHBOURHOOD:
        return signal.area_code in areas
    known = shelf.areas
    inside = (known[code] for code in areas if code in known)
    if signal.level == Level.DISTRICT:
        return any(area.parent == signal.area_code for area in inside)
    return any(shelf.municipality_of(area) == signal.area_code for area in inside)
