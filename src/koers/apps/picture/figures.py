"""The figures of this installation, and what was expected of them: read once for each set of snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from koers.analysis.panel import Panel
from koers.analysis.screening import Expectation, pooled
from koers.analysis.screening.family import levels_of
from koers.figures.areas import Area
from koers.figures.manifest import Manifest
from koers.figures.queries.area_list import list_areas
from koers.figures.queries.coverage import Coverage, coverage
from koers.figures.queries.panel import get_panel
from koers.figures.store import FigureStore

Ids = tuple[str, ...]


@lru_cache(maxsize=8)
def _store(home: Path) -> FigureStore:
    return FigureStore(home)


def store() -> FigureStore:
    return _store(settings.HOME)


def current_ids() -> Ids:
    return tuple(s.manifest.id for s in store().current())


@lru_cache(maxsize=8)
def covered(ids: Ids) -> tuple[Coverage, ...]:
    return coverage(store(), ids)


@lru_cache(maxsize=4)
def areas_by_code(ids: Ids) -> dict[str, Area]:
    return {area.code: area for area in list_areas(store(), ids=ids)}


@lru_cache(maxsize=64)
def manifest(snapshot: str) -> Manifest:
    return store().get(snapshot).manifest


def municipality_of(area: Area, ids: Ids) -> str:
    """The code of the municipality in which an area lies ('' for the country)."""
    known = areas_by_code(ids)
    while area.level not in ("municipality", "country") and area.parent in known:
        area = known[area.parent]
    return area.code if area.level == "municipality" else ""


@dataclass(frozen=True)
class Table:
    """One table at one level with its expectation; ``summed`` where municipalities are sums of neighbourhoods."""

    panel: Panel
    expectation: Expectation
    provisional: tuple[bool, ...]
    snapshot: str
    summed: bool = False


@lru_cache(maxsize=32)
def table(name: str, level: str, frequency: str, topics: tuple[str, ...], ids: Ids) -> Table | None:
    labelled = get_panel(store(), table=name, level=level, topics=topics, frequency=frequency, ids=ids)
    if labelled is None:
        return None
    return Table(labelled.panel, pooled(labelled.panel), labelled.provisional, labelled.snapshot)


@lru_cache(maxsize=16)
def summed_table(name: str, frequency: str, topics: tuple[str, ...], ids: Ids) -> Table | None:
    """Neighbourhoods added up to their municipalities."""
    below = table(name, "neighbourhood", frequency, topics, ids)
    panel = levels_of(below.panel).get("municipality") if below else None
    if below is None or panel is None:
        return None
    return Table(panel, pooled(panel), below.provisional, below.snapshot, summed=True)


def find_table(scheme: str, topic: str, area: Area, ids: Ids) -> Table | None:
    """The best table for a topic in an area at its own level: by month before by year, the newest first."""
    home = municipality_of(area, ids)
    entries = sorted(
        (
            c
            for c in covered(ids)
            if c.scheme == scheme and topic in c.topics and (home in c.municipalities or not home)
        ),
        key=lambda c: c.frequency != "month",
    )
    for entry in entries:
        topics = tuple(sorted(entry.topics))
        if entry.level == area.level:
            return table(entry.table, entry.level, entry.frequency, topics, ids)
        if area.level == "municipality" and entry.level == "neighbourhood" and entry.frequency == "month":
            return summed_table(entry.table, entry.frequency, topics, ids)
    return None
