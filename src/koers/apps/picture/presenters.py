"""Readings to charts: what the pages of the picture show, and what can be downloaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from koers import dutch
from koers.analysis.comparison import places, shrunken_rates
from koers.analysis.panel import Floats
from koers.apps.picture import figures, peers
from koers.apps.picture.readings import Reading, reading, source_line
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
from koers.figures.queries.coverage import Coverage
from koers.indicators import Indicator, load_indicators

MONTHS_SHOWN = 48
WIDTH = 620
RATES_FOR_A_MAP = 0.75
# From so many others on it is worth showing where most of them lie.
FOR_A_BAND = 20


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
        found.expected[part],
        found.lower[part],
        found.upper[part],
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
            gone = _gone(table)
            inside = (a for a in table.panel.areas if municipality in table.panel.groups.get(a, ()))
            return tuple(known[a] for a in inside if a not in gone)
    return ()


def _gone(table: figures.Table) -> frozenset[str]:
    """Areas that were split or merged away: others lie where they lay, and nothing is counted in them any more."""
    before = {code for gap in table.broken if gap.reason != "overlap" for code in gap.others}
    last = table.panel.counts[:, :, -1]
    return frozenset(
        code for code, now in zip(table.panel.areas, last, strict=True) if code in before and np.isnan(now).all()
    )


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
    if len(chosen) < 2:
        return None
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
    return replace(chart, description=words + chart.description, source=source_line(table.snapshot, table.summed))


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


@dataclass(frozen=True)
class _Yearly:
    """What municipalities are set side by side by: (areas, years) of one indicator, and its unit."""

    areas: tuple[str, ...]
    labels: tuple[str, ...]
    values: Floats
    unit: str
    source: str


def beside_neighbours(found: Reading) -> Chart | None:
    """A yearly figure beside neighbouring municipalities (else those that are most like it) and the middle 80 % of all."""
    ids = figures.current_ids()
    entry = next(
        (c for c in figures.covered(ids) if c.scheme == found.indicator.numerator.scheme and c.level == "municipality"
         and c.frequency == "year" and found.indicator.topic in c.topics and found.area.code in c.municipalities), None,
    )  # fmt: skip
    if entry is None or found.area.level != "municipality" or len(found.indicator.topics) > 1:
        return None
    yearly = _rates(found, entry, ids) if found.indicator.adds_up else _as_published(found, entry, ids)
    if yearly is None or found.area.code not in yearly.areas:
        return None
    known = figures.areas_by_code(ids)
    own = yearly.areas.index(found.area.code)
    codes = [c for c in neighbours_of(found.area.code, ids) if c in yearly.areas]
    beside = "buurgemeenten" if codes else "gemeenten die erop lijken"
    codes = codes or [c for c in peers.peers_of(found.area.code, ids).codes if c in yearly.areas]
    lines = [Line(found.area.name, yearly.values[own], own=True)]
    lines += [Line(known[c].name, yearly.values[yearly.areas.index(c)]) for c in codes if c in known]
    others = np.delete(yearly.values, own, axis=0)
    band = _middle(others) if len(others) >= FOR_A_BAND else None
    named = [*([beside] if codes else []), *(["alle andere gemeenten"] if band else [])]
    if not named:
        return None
    chart = lines_chart(
        f"buren-{found.area.code}-{found.indicator.id}",
        f"{found.indicator.title}: {found.area.name} naast {' en '.join(named)}",
        yearly.labels,
        lines,
        band=band,
        unit=yearly.unit,
    )
    return replace(chart, source=yearly.source)


def _middle(others: Floats) -> tuple[str, Floats, Floats]:
    """Where most others lie; a year without figures has no middle."""
    known = np.isfinite(others).any(axis=0)
    low, high = np.full(others.shape[1], np.nan), np.full(others.shape[1], np.nan)
    low[known], high[known] = np.nanquantile(others[:, known], [0.1, 0.9], axis=0)
    return "middelste 80 % van de andere gemeenten", low, high


def _rates(found: Reading, entry: Coverage, ids: figures.Ids) -> _Yearly | None:
    """Counts per 1,000 of the indicator's denominator."""
    table = figures.table(entry.table, "municipality", "year", tuple(sorted(entry.topics)), ids)
    if table is None or found.area.code not in table.panel.areas:
        return None
    base = _base(found.indicator, table, table.panel.areas.index(found.area.code), ids)
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = 1000 * table.panel.counts[:, table.panel.topics.index(found.indicator.topic)] / base.per
    source = source_line(table.snapshot, table.summed)
    return _Yearly(table.panel.areas, tuple(str(p) for p in table.panel.periods), rates, base.label, source)


def _as_published(found: Reading, entry: Coverage, ids: figures.Ids) -> _Yearly | None:
    """Percentages, marks and minutes as the source gives them: those are divided by nothing."""
    if found.indicator.denominator is not None and found.indicator.denominator.topics:
        return None
    labelled = figures.published(entry.table, "municipality", "year", found.indicator.topics, ids)
    if labelled is None:
        return None
    panel = labelled.panel
    labels = tuple(str(p) for p in panel.periods)
    return _Yearly(panel.areas, labels, panel.counts[:, 0], found.indicator.unit_label, source_line(labelled.snapshot))


CHARTS = {
    "trend": lambda found: trend(found) if found.available else None,
    "vergelijking": comparison,
    "buren": beside_neighbours,
    "kaart": lambda found: neighbourhood_map(found.area.code, found.indicator.id),
}
