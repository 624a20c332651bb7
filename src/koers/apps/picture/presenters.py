"""Readings to charts: what the pages of the picture show, and what can be downloaded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from koers import dutch
from koers.analysis.comparison import shrunken_rates
from koers.apps.picture.beside import beside_neighbours, comparison
from koers.apps.picture.reading import Reading
from koers.apps.picture.readings import reading
from koers.charts import (
    AreaFigure,
    Chart,
    Expected,
    area_map,
    small_trend,
    trend_chart,
)
from koers.figures.areas import Area
from koers.figures.shelf import CountTable, Shelf, kept
from koers.indicators import load_indicators

MONTHS_SHOWN = 48
WIDTH = 620
RATES_FOR_A_MAP = 0.75


def trend(found: Reading, name: str = "") -> Chart:
    """The series of a reading with what was expected."""
    shown = found.shown
    assert shown is not None
    first = max(0, len(found.labels) - MONTHS_SHOWN) if found.frequency == "month" else 0
    part = slice(first, None)
    chart = trend_chart(
        name or f"trend-{found.area.code}-{found.indicator.id}",
        f"{found.indicator.title}, {shown.name}",
        found.labels[part],
        found.observed[part],
        Expected(found.expected[part], found.lower[part], found.upper[part]),
        provisional=(found.open_months or found.provisional)[part],
        unit="geregistreerd" if found.indicator.adds_up else found.indicator.unit_label,
        width=WIDTH,
        height=260,
    )
    return replace(chart, source=found.source_line)


def sparkline(found: Reading) -> Chart:
    """The series of a reading as a small line, for a row of the overview."""
    first = max(0, len(found.labels) - MONTHS_SHOWN) if found.frequency == "month" else 0
    return small_trend(
        f"klein-{found.area.code}-{found.indicator.id}",
        f"{found.indicator.title}, {found.area.name}",
        found.labels[first:],
        found.observed[first:],
        found.lower[first:],
        found.upper[first:],
    )


NONE: frozenset[str] = frozenset()


def neighbourhood_map(
    shelf: Shelf,
    municipality: str,
    indicator_id: str,
    marked: frozenset[str] = NONE,
    clustered: frozenset[str] = NONE,
) -> Chart | None:
    """The neighbourhoods of a municipality by the last twelve months (or year) of an indicator.

    Shaded by rate where inhabitants are known, shrunk towards the mean so that a hamlet with one
    case does not stand out; else by count. The count stands in the area, and the table has all of
    it.
    """
    indicator = load_indicators()[indicator_id]
    home = shelf.areas.get(municipality)
    areas = neighbourhoods(shelf, municipality, indicator_id)
    if home is None or not areas:
        return None
    found = [reading(shelf, area.code, indicator_id) for area in areas]
    counts = np.array([r.recent if r.is_own else np.nan for r in found])
    raw = np.array([r.rate if r.is_own else np.nan for r in found])
    by_rate = bool(np.isfinite(raw).sum() >= RATES_FOR_A_MAP * len(areas))
    shade = (
        1000 * shrunken_rates(counts, 1000 * counts / np.where(raw > 0, raw, np.nan)).rate
        if by_rate
        else counts
    )
    label = next((r.recent_label for r in found if r.is_own), "")
    rows = [
        AreaFigure(
            area.code,
            area.name,
            shade[i],
            area.geometry,
            area.latitude,
            area.longitude,
            size=counts[i],
            label=dutch.number(counts[i]),
            marked=area.code in marked,
            clustered=area.code in clustered,
            extra=(
                *((_whole(counts[i]),) if by_rate else ()),
                None if np.isnan(raw[i]) else round(raw[i], 1),
                r.verdict if r.is_own else "geen cijfers",
            ),
        )
        for i, (area, r) in enumerate(zip(areas, found, strict=True))
    ]
    chart = area_map(
        f"kaart-{municipality}-{indicator_id}",
        f"{indicator.title} per buurt in {home.name} {label}",
        rows,
        unit=f"{indicator.unit_label} (geschat)" if by_rate else "geregistreerd",
        decimals=1 if by_rate else 0,
        extra_columns=(
            *(("Geregistreerd",) if by_rate else ()),
            indicator.unit_label.capitalize(),
            "Tegenover de periode ervoor",
        ),
    )
    return replace(chart, source=next((r.source_line for r in found if r.is_own), ""))


def _whole(count: float) -> int | None:
    return None if np.isnan(count) else int(count)


@kept(1024)
def neighbourhoods(shelf: Shelf, municipality: str, indicator_id: str) -> tuple[Area, ...]:
    """The neighbourhoods of a municipality that the figures of this indicator know."""
    indicator = load_indicators()[indicator_id]
    known = shelf.areas
    entries = [
        c
        for c in shelf.coverage
        if c.scheme == indicator.numerator.scheme
        and c.level == "neighbourhood"
        and set(indicator.topics) <= c.topics
        and municipality in c.municipalities
        and indicator.adds_up
    ]
    for entry in sorted(entries, key=lambda c: c.frequency != "month"):
        topics = tuple(sorted(entry.topics))
        table = shelf.table(entry.table, entry.level, entry.frequency, topics)
        if table is not None:
            gone = _gone(table)
            inside = (a for a in table.panel.areas if municipality in table.panel.groups.get(a, ()))
            return tuple(known[a] for a in inside if a not in gone)
    return ()


def _gone(table: CountTable) -> frozenset[str]:
    """Areas that were split or merged away: others lie where they lay, and nothing is counted in
    them any more."""
    before = {code for gap in table.broken if gap.reason != "overlap" for code in gap.others}
    last = table.panel.counts[:, :, -1]
    return frozenset(
        code
        for code, now in zip(table.panel.areas, last, strict=True)
        if code in before and np.isnan(now).all()
    )


CHARTS = {
    "trend": lambda shelf, found: trend(found) if found.available else None,
    "vergelijking": comparison,
    "buren": beside_neighbours,
    "kaart": lambda shelf, found: neighbourhood_map(shelf, found.area.code, found.indicator.id),
}
