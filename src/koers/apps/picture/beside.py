"""Readings to charts: an area beside neighbouring and like ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from koers.analysis.comparison import places, shrunken_rates
from koers.analysis.panel import Floats
from koers.apps.picture import peers
from koers.apps.picture.figures import divided_by, inhabitants
from koers.apps.picture.origin import source_line
from koers.apps.picture.people_words import divisor_of, remarks_of
from koers.apps.picture.reading import Reading
from koers.charts import (
    Chart,
    Line,
    Strip,
    comparison_chart,
    lines_chart,
)
from koers.figures.areas import Area
from koers.figures.queries.bordering import list_bordering
from koers.figures.queries.coverage import Coverage
from koers.figures.shelf import CountTable, Shelf
from koers.indicators import Indicator

# From so many others on it is worth showing where most of them lie.
FOR_A_BAND = 20


def comparison(shelf: Shelf, found: Reading) -> Chart | None:
    """Rates of the neighbourhoods of the municipality, or of neighbouring and like municipalities,
    with intervals."""
    if not found.is_own or found.area.level == "country" or not found.indicator.adds_up:
        return None
    table = shelf.find_table(found.indicator.numerator.scheme, found.indicator.topic, found.area)
    if table is None:
        return None
    own = table.panel.areas.index(found.area.code)
    base = _base(shelf, found.indicator, table, own)
    if np.isnan(base.per).all():
        return None
    k = table.panel.topics.index(found.indicator.topic)
    counts, per = _recent(table, k, base.per)
    rates = shrunken_rates(counts, per)
    chosen = _beside(shelf, table, found.area, own)
    best, worst = places(rates)
    known = shelf.areas
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
        unit=f"{base.label} (geschat)",
    )
    words = (
        f"Van alle {total} gebieden met cijfers ligt {found.area.name} waarschijnlijk op plaats"
        f" {best[own]} tot {worst[own]} (1 = hoogste). "
    )
    return replace(
        chart,
        description=words + chart.description,
        source=source_line(shelf.manifest(table.snapshot), table.summed),
        remarks=base.remarks_of(shelf, table, found.indicator, chosen, last_only=True),
    )


@dataclass(frozen=True)
class _Base:
    """What areas are compared by: (areas, periods) of the denominator, and how that is said;
    ``other``: by inhabitants, because the denominator is not loaded."""

    per: Floats
    label: str
    other: bool = False

    def remarks_of(
        self,
        shelf: Shelf,
        table: CountTable,
        indicator: Indicator,
        rows: Sequence[int],
        last_only: bool = False,
    ) -> tuple[str, ...]:
        """What has to be said of the rates of these rows; ``last_only``: of the latest alone."""
        areas, periods = table.panel.areas, table.panel.periods
        chosen = [i for i in rows if not last_only or np.isnan(self.per[i, -1])]
        divisor = divisor_of(indicator, self.other)
        return remarks_of(shelf, areas, periods, [areas[i] for i in chosen], divisor)


def _base(shelf: Shelf, indicator: Indicator, table: CountTable, own: int) -> _Base:
    """The denominator of the indicator; of one that is not loaded inhabitants, and the chart says
    so."""
    per = divided_by(shelf, indicator, table.panel)
    if np.isfinite(per[own]).any():
        return _Base(per, indicator.unit_label)
    label = "per 1.000 inwoners"
    if indicator.denominator is not None and indicator.denominator.of != "inhabitants":
        label += f" (aantal {indicator.denominator.title.split(' op ')[0]} niet geladen)"
    people = shelf.people(table.panel.areas, table.panel.periods)
    return _Base(inhabitants(people, table.panel), label, other=True)


def _recent(table: CountTable, k: int, per: Floats) -> tuple[np.ndarray, np.ndarray]:
    complete = [
        t for t, late in enumerate(table.provisional) if not late or table.panel.frequency == "year"
    ]
    end = complete[-1] + 1
    start = end - 1 if table.panel.frequency == "year" else max(0, end - 12)
    return table.panel.counts[:, k, start:end].sum(axis=1), per[:, end - 1]


def _beside(shelf: Shelf, table: CountTable, area: Area, own: int) -> list[int]:
    codes = table.panel.areas
    if area.level == "neighbourhood":
        home = shelf.municipality_of(area)
        return [i for i, code in enumerate(codes) if home in table.panel.groups.get(code, ())]
    if len(codes) <= 20:
        return list(range(len(codes)))
    near = {codes.index(c) for c in list_bordering(shelf.store, area.code, shelf.ids) if c in codes}
    like = {codes.index(c) for c in peers.peers_of(shelf, area.code).codes if c in codes}
    return sorted({own, *near, *like})


@dataclass(frozen=True)
class _Yearly:
    """What municipalities are set side by side by: (areas, years) of one indicator, and its
    unit."""

    areas: tuple[str, ...]
    labels: tuple[str, ...]
    values: Floats
    unit: str
    source: str
    remarks: Callable[[Sequence[str]], tuple[str, ...]] = lambda codes: ()


def beside_neighbours(shelf: Shelf, found: Reading) -> Chart | None:
    """A yearly figure beside neighbouring municipalities (else those that are most like it) and the
    middle 80 % of all."""
    entry = next(
        (
            c
            for c in shelf.coverage
            if c.scheme == found.indicator.numerator.scheme
            and c.level == "municipality"
            and c.frequency == "year"
            and found.indicator.topic in c.topics
            and found.area.code in c.municipalities
        ),
        None,
    )
    if entry is None or found.area.level != "municipality" or len(found.indicator.topics) > 1:
        return None
    yearly = (
        _rates(shelf, found, entry)
        if found.indicator.adds_up
        else _as_published(shelf, found, entry)
    )
    if yearly is None or found.area.code not in yearly.areas:
        return None
    known = shelf.areas
    own = yearly.areas.index(found.area.code)
    codes = [
        c for c in list_bordering(shelf.store, found.area.code, shelf.ids) if c in yearly.areas
    ]
    beside = "buurgemeenten" if codes else "gemeenten die erop lijken"
    codes = codes or [c for c in peers.peers_of(shelf, found.area.code).codes if c in yearly.areas]
    lines = [Line(found.area.name, yearly.values[own], own=True)]
    lines += [
        Line(known[c].name, yearly.values[yearly.areas.index(c)]) for c in codes if c in known
    ]
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
    return replace(chart, source=yearly.source, remarks=yearly.remarks((found.area.code, *codes)))


def _middle(others: Floats) -> tuple[str, Floats, Floats]:
    """Where most others lie; a year without figures has no middle."""
    known = np.isfinite(others).any(axis=0)
    low, high = np.full(others.shape[1], np.nan), np.full(others.shape[1], np.nan)
    low[known], high[known] = np.nanquantile(others[:, known], [0.1, 0.9], axis=0)
    return "middelste 80 % van de andere gemeenten", low, high


def _rates(shelf: Shelf, found: Reading, entry: Coverage) -> _Yearly | None:
    """Counts per 1,000 of the indicator's denominator."""
    table = shelf.table(entry.table, "municipality", "year", tuple(sorted(entry.topics)))
    if table is None or found.area.code not in table.panel.areas:
        return None
    base = _base(shelf, found.indicator, table, table.panel.areas.index(found.area.code))
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = (
            1000 * table.panel.counts[:, table.panel.topics.index(found.indicator.topic)] / base.per
        )
    source = source_line(shelf.manifest(table.snapshot), table.summed)
    place = {code: i for i, code in enumerate(table.panel.areas)}

    def remarks(codes: Sequence[str]) -> tuple[str, ...]:
        return base.remarks_of(shelf, table, found.indicator, [place[code] for code in codes])

    labels = tuple(str(p) for p in table.panel.periods)
    return _Yearly(table.panel.areas, labels, rates, base.label, source, remarks)


def _as_published(shelf: Shelf, found: Reading, entry: Coverage) -> _Yearly | None:
    """Percentages, marks and minutes as the source gives them: those are divided by nothing."""
    if found.indicator.denominator is not None and found.indicator.denominator.topics:
        return None
    labelled = shelf.published(entry.table, "municipality", "year", found.indicator.topics)
    if labelled is None:
        return None
    panel = labelled.panel
    labels = tuple(str(p) for p in panel.periods)
    return _Yearly(
        panel.areas,
        labels,
        panel.counts[:, 0],
        found.indicator.unit_label,
        source_line(shelf.manifest(labelled.snapshot)),
    )
