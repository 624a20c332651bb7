"""Readings to charts: what the pages of the picture show, and what can be downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from koers import dutch
from koers.analysis.comparison import places, shrunken_rates
from koers.analysis.panel import Floats
from koers.apps.picture import figures, peers
from koers.apps.picture.readings import Reading, reading
from koers.charts import (
    AreaFigure,
    Chart,
    Line,
    Strip,
    area_map,
    comparison_chart,
    lines_chart,
    small_trend,
    trend_chart,
)
from koers.figures.areas import Area
from koers.indicators import Indicator, load_indicators

MONTHS_SHOWN = 48
WIDTH = 620
RATES_FOR_A_MAP = 0.75
FEWEST_FOR_BAND = 20


def trend(found: Reading, name: str = "") -> Chart:
    """The series of a reading with what was expected."""
    shown = found.shown
    assert shown is not None
    first = max(0, len(found.labels) - MONTHS_SHOWN) if found.frequency == "month" else 0
    part = slice(first, None)
    return trend_chart(
        name or f"trend-{found.area.code}-{found.indicator.id}",
        f"{found.indicator.title}, {shown.name}",
        found.labels[part],
        found.observed[part],
        found.expected[part],
        found.lower[part],
        found.upper[part],
        provisional=(found.open_months or found.provisional)[part],
        unit="geregistreerd" if found.indicator.adds_up else found.indicator.unit_label,
        width=WIDTH,
        height=260,
    )


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
    municipality: str, indicator_id: str, marked: frozenset[str] = NONE, clustered: frozenset[str] = NONE
) -> Chart | None:
    """The neighbourhoods of a municipality by the last twelve months (or year) of an indicator.

    Shaded by rate where inhabitants are known, shrunk towards the mean so that a hamlet with one case does not stand
    out; else by count. The count stands in the area, and the table has all of it.
    """
    ids = figures.current_ids()
    indicator = load_indicators()[indicator_id]
    home = figures.areas_by_code(ids).get(municipality)
    areas = neighbourhoods(municipality, indicator_id)
    if home is None or not areas:
        return None
    found = [reading(area.code, indicator_id) for area in areas]
    counts = np.array([r.recent if r.is_own else np.nan for r in found])
    raw = np.array([r.rate if r.is_own else np.nan for r in found])
    by_rate = bool(np.isfinite(raw).sum() >= RATES_FOR_A_MAP * len(areas))
    shade = 1000 * shrunken_rates(counts, 1000 * counts / np.where(raw > 0, raw, np.nan)).rate if by_rate else counts
    label = next((r.recent_label for r in found if r.is_own), "")
    rows = [
        AreaFigure(
            area.code, area.name, shade[i], area.geometry, area.latitude, area.longitude, size=counts[i],
            label=dutch.number(counts[i]), marked=area.code in marked, clustered=area.code in clustered,
            extra=(*((_whole(counts[i]),) if by_rate else ()), None if np.isnan(raw[i]) else round(raw[i], 1),
                   r.verdict if r.is_own else "geen cijfers"),
        )
        for i, (area, r) in enumerate(zip(areas, found, strict=True))
    ]  # fmt: skip
    return area_map(
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


def _whole(count: float) -> int | None:
    return None if np.isnan(count) else int(count)


def neighbourhoods(municipality: str, indicator_id: str) -> list[Area]:
    """The neighbourhoods of a municipality that the figures of this indicator know."""
    return list(_neighbourhoods(municipality, indicator_id, figures.current_ids()))


@lru_cache(maxsize=1024)
def _neighbourhoods(municipality: str, indicator_id: str, ids: figures.Ids) -> tuple[Area, ...]:
    indicator = load_indicators()[indicator_id]
    known = figures.areas_by_code(ids)
    entries = [
        c for c in figures.covered(ids)
        if c.scheme == indicator.numerator.scheme and c.level == "neighbourhood" and set(indicator.topics) <= c.topics
        and municipality in c.municipalities and indicator.adds_up
    ]  # fmt: skip
    for entry in sorted(entries, key=lambda c: c.frequency != "month"):
        table = figures.table(entry.table, entry.level, entry.frequency, tuple(sorted(entry.topics)), ids)
        if table is not None:
            return tuple(known[a] for a in table.panel.areas if municipality in table.panel.groups.get(a, ()))
    return ()


def comparison(found: Reading) -> Chart | None:
    """Rates of the neighbourhoods of the municipality, or of neighbouring and like municipalities, with intervals."""
    ids = figures.current_ids()
    if not found.is_own or found.area.level == "country" or not found.indicator.adds_up:
        return None
    table = figures.find_table(found.indicator.numerator.scheme, found.indicator.topic, found.area, ids)
    if table is None:
        return None
    own = table.panel.areas.index(found.area.code)
    base = _base(found.indicator, table, own, ids)
    if np.isnan(base.per).all():
        return None
    k = table.panel.topics.index(found.indicator.topic)
    counts, per = _recent(table, k, base.per)
    rates = shrunken_rates(counts, per)
    chosen = _beside(table, found.area, own, ids)
    best, worst = places(rates)
    known = figures.areas_by_code(ids)
    strips = [
        Strip(
            known[table.panel.areas[i]].name,
            1000 * rates.rate[i],
            1000 * rates.lower[i],
            1000 * rates.upper[i],
            i == own,
        )
        for i in chosen
    ]
    if np.isnan(rates.rate[own]):
        return None
    total = int((best > 0).sum())
    chart = comparison_chart(
        f"vergelijking-{found.area.code}-{found.indicator.id}",
        f"{found.indicator.title} {found.recent_label}: {found.area.name} naast andere gebieden",
        strips,
        unit=base.label,
    )
    words = f"Van alle {total} gebieden met cijfers ligt {found.area.name} op plaats {best[own]} tot {worst[own]} (1 = hoogste). "
    return Chart(chart.svg, chart.title, words + chart.description, chart.columns, chart.rows, chart.missing)


@dataclass(frozen=True)
class _Base:
    """What areas are compared by: (areas, periods) of the denominator, and how that is said."""

    per: Floats
    label: str


def _base(indicator: Indicator, table: figures.Table, own: int, ids: figures.Ids) -> _Base:
    """The denominator of the indicator; of one that is not loaded inhabitants, and the chart says so."""
    per = figures.divided_by(indicator, table.panel, ids)
    if np.isfinite(per[own]).any():
        return _Base(per, indicator.unit_label)
    label = "per 1.000 inwoners"
    if indicator.denominator is not None and indicator.denominator.of != "inhabitants":
        label += f" (aantal {indicator.denominator.title.split(' op ')[0]} niet geladen)"
    return _Base(table.panel.population, label)


def _recent(table: figures.Table, k: int, per: Floats) -> tuple[np.ndarray, np.ndarray]:
    complete = [t for t, late in enumerate(table.provisional) if not late or table.panel.frequency == "year"]
    end = complete[-1] + 1
    start = end - 1 if table.panel.frequency == "year" else max(0, end - 12)
    return table.panel.counts[:, k, start:end].sum(axis=1), per[:, end - 1]


def _beside(table: figures.Table, area: Area, own: int, ids: figures.Ids) -> list[int]:
    codes = table.panel.areas
    if area.level == "neighbourhood":
        home = figures.municipality_of(area, ids)
        return [i for i, code in enumerate(codes) if home in table.panel.groups.get(code, ())]
    if len(codes) <= 20:
        return list(range(len(codes)))
    near = {codes.index(c) for c in neighbours_of(area.code, ids) if c in codes}
    like = {codes.index(c) for c in peers.peers_of(area.code, ids).codes if c in codes}
    return sorted({own, *near, *like})


def neighbours_of(municipality: str, ids: figures.Ids | None = None) -> list[str]:
    """The municipalities that border this one."""
    rows = (
        figures.store()
        .connect(ids or figures.current_ids())
        .execute(
            "SELECT topic FROM observations WHERE scheme = 'neighbours' AND area = ? ORDER BY topic", [municipality]
        )
    )
    return [code for (code,) in rows.fetchall()]


def beside_neighbours(found: Reading) -> Chart | None:
    """A yearly rate beside the neighbouring municipalities and the middle 80 % of all others."""
    ids = figures.current_ids()
    entry = next(
        (c for c in figures.covered(ids) if c.scheme == found.indicator.numerator.scheme and c.level == "municipality"
         and c.frequency == "year" and found.indicator.topic in c.topics and found.area.code in c.municipalities), None,
    )  # fmt: skip
    if entry is None or found.area.level != "municipality" or len(found.indicator.topics) > 1:
        return None
    table = figures.table(entry.table, "municipality", "year", tuple(sorted(entry.topics)), ids)
    if table is None:
        return None
    k = table.panel.topics.index(found.indicator.topic)
    own = table.panel.areas.index(found.area.code)
    base = _base(found.indicator, table, own, ids)
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = 1000 * table.panel.counts[:, k] / base.per
    known = figures.areas_by_code(ids)
    codes = [c for c in neighbours_of(found.area.code, ids) if c in table.panel.areas]
    lines = [Line(found.area.name, rates[own], own=True)]
    lines += [Line(known[c].name, rates[table.panel.areas.index(c)]) for c in codes]
    others = np.delete(rates, own, axis=0)
    band = None
    if len(others) >= FEWEST_FOR_BAND:
        name = "middelste 80 % van de andere gemeenten"
        band = (name, *np.nanquantile(others, [0.1, 0.9], axis=0))
    beside = "buurgemeenten en " if codes else ""
    return lines_chart(
        f"buren-{found.area.code}-{found.indicator.id}",
        f"{found.indicator.title}: {found.area.name} naast {beside}alle andere gemeenten",
        [str(p) for p in table.panel.periods],
        lines,
        band=band,
        unit=base.label,
    )


CHARTS = {
    "trend": lambda found: trend(found) if found.available else None,
    "vergelijking": comparison,
    "buren": beside_neighbours,
    "kaart": lambda found: neighbourhood_map(found.area.code, found.indicator.id),
}
