"""A panel added up: to districts and municipalities, to groups of topics, to all topics
together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats, Panel
from koers.analysis.screening.layers import Ints

TOGETHER = "together"
TOTAL = "0.0.0"


def aggregate(panel: Panel, to: Mapping[str, str], name_of: Sequence[str]) -> Panel:
    """The panel summed over areas; a sum is NaN where nothing under it is published."""
    index = {name: i for i, name in enumerate(name_of)}
    inside = [i for i, area in enumerate(panel.areas) if area in to]
    target = np.array([index[to[panel.areas[i]]] for i in inside], dtype=np.int64)
    rows = np.array(inside, dtype=np.int64)
    counts = np.empty((len(name_of), *panel.counts.shape[1:]))
    _add_areas(panel.counts, rows, target, counts)
    people = np.empty((len(name_of), 1, len(panel.periods)))
    _add_areas(panel.population[:, None], rows, target, people)
    above = {
        to[area]: tuple(g for g in panel.groups.get(area, ()) if g != to[area] and g not in index)
        for area in panel.areas
        if area in to
    }
    population = np.where(people[:, 0] > 0, people[:, 0], np.nan)
    return replace(panel, counts=counts, areas=tuple(name_of), population=population, groups=above)


@compiled
def _add_areas(counts: Floats, rows: Ints, target: Ints, sums: Floats) -> None:
    """Numbers (areas, topics, periods) of ``rows`` added up by ``target``; NaN where none of them
    is known."""
    sums[:] = np.nan
    for n in range(len(rows)):
        for k in range(counts.shape[1]):
            for t in range(counts.shape[2]):
                count, before = counts[rows[n], k, t], sums[target[n], k, t]
                added = count if before != before else before + count
                sums[target[n], k, t] = added if count == count else before


def levels_of(panel: Panel) -> dict[str, Panel]:
    """The panel at each level: neighbourhood, district (where there are several), municipality (the
    last group)."""
    levels = {"neighbourhood": panel}
    district = {a: g[0] for a in panel.areas if len(g := panel.groups.get(a, ())) > 1}
    municipality = {a: g[-1] for a in panel.areas if (g := panel.groups.get(a, ()))}
    if len(set(district.values())) > len(set(municipality.values())):
        levels["district"] = aggregate(panel, district, sorted(set(district.values())))
    if municipality:
        levels["municipality"] = aggregate(panel, municipality, sorted(set(municipality.values())))
    return levels


def topic_groups(topics: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Groups of at least two topics of one heading (1.1.1 and 1.1.2 in 1.1), and all together
    unless there is a total.

    A group that the topics already hold, and one that holds all of them, is left out.
    """
    headings = Counter(topic.rsplit(".", 1)[0] for topic in topics if topic.count(".") == 2)
    parts = [topic for topic in topics if topic != TOTAL]
    groups = {
        heading: tuple(t for t in parts if t.rsplit(".", 1)[0] == heading)
        for heading, number in headings.items()
        if 2 <= number < len(parts) and heading not in topics
    }
    if len(parts) > 1 and TOTAL not in topics:
        groups[TOGETHER] = tuple(parts)
    return groups


def with_groups(panel: Panel) -> Panel:
    """The panel with its groups of topics as more topics; NaN where one of a group is not
    published."""
    groups = topic_groups(panel.topics)
    if not groups:
        return panel
    place = {topic: k for k, topic in enumerate(panel.topics)}
    areas, topics, periods = panel.counts.shape
    counts = np.empty((areas, topics + len(groups), periods))
    counts[:, :topics] = panel.counts
    for k, members in enumerate(groups.values(), topics):
        counts[:, k] = panel.counts[:, place[members[0]]]
        for topic in members[1:]:
            counts[:, k] += panel.counts[:, place[topic]]
    return replace(panel, counts=counts, topics=(*panel.topics, *groups))


def heading_of(topic: str) -> set[str]:
    """The topics in which a topic lies: 1.1.2 lies in 1.1, and everything in the total."""
    return {TOGETHER, TOTAL, topic.rsplit(".", 1)[0]} if "." in topic else {TOGETHER, TOTAL}
