"""The figures of this installation, and what was expected of them: read once for each set of snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from koers.analysis.panel import Floats, Panel
from koers.analysis.period import Period
from koers.analysis.revisions import Completeness
from koers.analysis.screening import Expectation, PooledOptions, pooled
from koers.analysis.screening.sums import levels_of
from koers.apps.intake.archive import current_ids, store
from koers.apps.picture.renumbered import said_of, said_of_sum
from koers.figures.areas import Area
from koers.figures.manifest import Manifest
from koers.figures.queries.area_list import list_areas
from koers.figures.queries.coverage import Coverage, coverage
from koers.figures.queries.panel import LabelledPanel, get_panel, population
from koers.figures.queries.revisions import completeness_of, revision_triangle
from koers.figures.renumbering import Break, Join
from koers.indicators import Indicator, load_indicators
from koers.indicators.reader import TOGETHER

__all__ = ["Ids", "Table", "current_ids", "find_table", "store", "table"]

Ids = tuple[str, ...]


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


def renumbering_of(found: Table, area: Area, ids: Ids) -> tuple[str, ...]:
    """In words: which codes an area had before, and where its series does not run on."""
    known = areas_by_code(ids)
    if not found.summed:
        return said_of(area.code, found.joined, found.broken, known)
    inside = [
        gap.area for gap in found.broken if gap.area in known and municipality_of(known[gap.area], ids) == area.code
    ]
    return said_of_sum(inside, found.broken, known)


@dataclass(frozen=True)
class Table:
    """One table at one level with its expectation; ``summed`` where municipalities are sums of neighbourhoods.

    ``provisional`` is what the source says of each period, ``open_months`` what is still to be taken as incomplete: that, and
    what the snapshots kept so far teach (METHODS 7). ``complete`` is the share of each period's count that is usually
    known by now, None where that has not been measured.
    ``joined`` and ``broken`` say which series run on over a renumbering and which cannot.
    """

    panel: Panel
    expectation: Expectation
    provisional: tuple[bool, ...]
    snapshot: str
    summed: bool = False
    open_months: tuple[bool, ...] = ()
    complete: Floats | None = None
    joined: tuple[Join, ...] = ()
    broken: tuple[Break, ...] = ()


@dataclass(frozen=True)
class _Known:
    """Of each period of a panel whether it is still open, and the share that is known (None: not measured)."""

    open_months: tuple[bool, ...]
    complete: Floats | None


@lru_cache(maxsize=16)
def known_share(name: str, snapshot: str) -> Completeness:
    """How complete recent months of a table usually are, from its snapshots up to this one."""
    return completeness_of(revision_triangle(store(), name, until=store().get(snapshot)))


def _known(name: str, labelled: LabelledPanel) -> _Known:
    if labelled.panel.frequency != "month":
        return _Known(labelled.provisional, None)
    share = known_share(name, labelled.snapshot)
    moment = store().get(labelled.snapshot).manifest.known_since
    taken = Period(moment.year, moment.month, "month")
    late = share.provisional(labelled.panel.periods, taken) | np.array(labelled.provisional)
    complete = share.offset(labelled.panel.periods, taken) if share.enough else None
    return _Known(tuple(bool(x) for x in late), complete)


@lru_cache(maxsize=32)
def table(name: str, level: str, frequency: str, topics: tuple[str, ...], ids: Ids) -> Table | None:
    labelled = get_panel(store(), table=name, level=level, topics=topics, frequency=frequency, ids=ids)
    if labelled is None:
        return None
    known = _known(name, labelled)
    expectation = pooled(labelled.panel, PooledOptions(complete=known.complete))
    return Table(
        labelled.panel, expectation, labelled.provisional, labelled.snapshot, False, known.open_months, known.complete,
        labelled.joined, labelled.broken,
    )  # fmt: skip


@lru_cache(maxsize=16)
def summed_table(name: str, frequency: str, topics: tuple[str, ...], ids: Ids) -> Table | None:
    """Neighbourhoods added up to their municipalities."""
    below = table(name, "neighbourhood", frequency, topics, ids)
    panel = levels_of(below.panel).get("municipality") if below else None
    if below is None or panel is None:
        return None
    expectation = pooled(panel, PooledOptions(complete=below.complete))
    return replace(below, panel=panel, expectation=expectation, summed=True)


def find_table(scheme: str, topic: str, area: Area, ids: Ids) -> Table | None:
    """The best table for a topic in an area at its own level: by month before by year, the newest first.

    ``topic`` may be several that are added up, ``1.4.6+1.4.7``; the table then has one topic of that name.
    """
    for entry in entries_with(scheme, topic.split(TOGETHER), area, ids):
        topics = tuple(sorted(entry.topics))
        if entry.level == area.level:
            found = table(entry.table, entry.level, entry.frequency, topics, ids)
        elif area.level == "municipality" and entry.level == "neighbourhood" and entry.frequency == "month":
            found = summed_table(entry.table, entry.frequency, topics, ids)
        else:
            continue
        if found is None or TOGETHER not in topic:
            return found
        return together(entry.table, area.level, entry.frequency, topic, topics, ids)
    return None


def entries_with(scheme: str, topics: Sequence[str], area: Area, ids: Ids) -> list[Coverage]:
    """The tables that hold all of these topics for the municipality of an area, by month first."""
    home = municipality_of(area, ids)
    wanted = frozenset(topics)
    return sorted(
        (c for c in covered(ids) if c.scheme == scheme and wanted <= c.topics and (home in c.municipalities or not home)),
        key=lambda c: c.frequency != "month",
    )  # fmt: skip


@lru_cache(maxsize=32)
def together(name: str, level: str, frequency: str, topic: str, topics: tuple[str, ...], ids: Ids) -> Table | None:
    """Topics of one table added up to one; what is not published of one of them is not known of the sum."""
    parts = table(name, level, frequency, topics, ids)
    found = parts if parts is not None else summed_table(name, frequency, topics, ids)
    if found is None:
        return None
    where = [found.panel.topics.index(part) for part in topic.split(TOGETHER)]
    counts = found.panel.counts[:, where].sum(axis=1, keepdims=True)
    panel = replace(found.panel, counts=counts, topics=(topic,))
    return replace(found, panel=panel, expectation=pooled(panel, PooledOptions(complete=found.complete)))


def counted_monthly(municipality: str, ids: Ids) -> list[Indicator]:
    """The indicators that add up and are counted here by neighbourhood and month."""
    entries = [
        c for c in covered(ids)
        if c.level == "neighbourhood" and c.frequency == "month" and municipality in c.municipalities
    ]  # fmt: skip
    return [
        i for i in load_indicators().values()
        if i.adds_up and any(c.scheme == i.numerator.scheme and set(i.topics) <= c.topics for c in entries)
    ]  # fmt: skip


@lru_cache(maxsize=32)
def published(name: str, level: str, frequency: str, topics: tuple[str, ...], ids: Ids) -> LabelledPanel | None:
    """Figures as their source gives them, of which nothing is expected: percentages, marks, minutes."""
    return get_panel(store(), table=name, level=level, topics=topics, frequency=frequency, ids=ids)


@dataclass(frozen=True)
class Monthly:
    """Counts by neighbourhood and month without an expectation; ``open_months`` are still to be taken as incomplete."""

    panel: Panel
    open_months: tuple[bool, ...]
    snapshot: str


@lru_cache(maxsize=8)
def monthly_counts(scheme: str, topics: tuple[str, ...], municipality: str, ids: Ids) -> Monthly | None:
    """The newest table with these topics by neighbourhood and month for a municipality, with every area that it holds."""
    entries = [
        c for c in covered(ids)
        if c.scheme == scheme and c.level == "neighbourhood" and c.frequency == "month" and set(topics) <= c.topics
        and municipality in c.municipalities
    ]  # fmt: skip
    newest = max(entries, key=lambda c: c.last, default=None)
    labelled = published(newest.table, "neighbourhood", "month", topics, ids) if newest else None
    if newest is None or labelled is None:
        return None
    return Monthly(labelled.panel, _known(newest.table, labelled).open_months, labelled.snapshot)


@lru_cache(maxsize=64)
def key_figure(topic: str, areas: tuple[str, ...], periods: tuple[Period, ...], ids: Ids) -> Floats:
    """(areas, periods) of a key figure such as dwellings; NaN where it is not loaded."""
    return population(store().connect(ids), areas, periods, topic)


def divided_by(indicator: Indicator, panel: Panel, ids: Ids) -> Floats:
    """(areas, periods) of what an indicator is divided by; NaN where that is not loaded or no figure holds it."""
    per = indicator.denominator
    if per is None or not per.key_figure:
        return np.full(panel.population.shape, np.nan)
    if per.key_figure == "inhabitants":
        return panel.population
    return key_figure(per.key_figure, panel.areas, panel.periods, ids)
