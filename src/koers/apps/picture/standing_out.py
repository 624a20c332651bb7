"""What stands out in an area, in sentences: the few facts that its yearly figures carry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from koers import dutch
from koers.analysis.dispersion import pooled_dispersion
from koers.analysis.highlights import Fact, FactKind, YearSeries, highlights
from koers.analysis.panel import Floats
from koers.apps.picture.figures import people_by
from koers.apps.picture.readings import redrawn_between, sums_of_twelve
from koers.figures.areas import COUNTRY, Area
from koers.figures.shelf import CountTable, Shelf, kept
from koers.indicators import Indicator, load_indicators

MOST = 3
FEWEST_AREAS = 100
"""A table of so many municipalities is that of the country."""
FEWEST_YEARS = 3
MOST_TABLES = 512
LATE = 2
"""Series that end so many years before the newest are left out."""


@dataclass(frozen=True)
class Standing:
    """One fact: the sentence about it, and the indicator that it is of."""

    fact: Fact
    indicator: Indicator
    sentence: str


@dataclass(frozen=True)
class _Years:
    """Counts (areas, years) of one topic and the people (areas, years) by whom they are divided;
    ``labels`` says of each year which it is, ``provisional`` whether the last may still change."""

    counts: Floats
    people: Floats
    numbers: tuple[int, ...]
    labels: tuple[str, ...]
    provisional: bool


@kept(64)
def standing_out(shelf: Shelf, area_code: str) -> tuple[Standing, ...]:
    """At most three facts of an area, the one most worth saying first; of those that are said at
    most one in ten is chance (``analysis.highlights``)."""
    area = shelf.areas.get(area_code)
    if area is None or area.code == COUNTRY:
        return ()
    found = {key: (one, labels) for key, one, labels in _all_series(shelf, area)}
    newest = max((one.years[-1] for one, _ in found.values()), default=0)
    # What a table of years ago ended with is no news beside figures of last year.
    found = {key: pair for key, pair in found.items() if pair[0].years[-1] > newest - LATE}
    indicators = load_indicators()
    return tuple(
        Standing(fact, indicators[fact.key], sentence(fact, indicators[fact.key], labels))
        for fact in highlights([one for one, _ in found.values()], MOST)
        for labels in [found[fact.key][1]]
    )


def _all_series(shelf: Shelf, area: Area) -> Iterator[tuple[str, YearSeries, dict[int, str]]]:
    """Of each indicator that adds up; of those that count the same one."""
    seen: set[tuple[str, str]] = set()
    for key, indicator in load_indicators().items():
        topic = (indicator.numerator.scheme, indicator.topic)
        if not indicator.adds_up or topic in seen:
            continue
        seen.add(topic)
        table = shelf.find_table(*topic, area)
        if table is None or area.code not in table.panel.areas:
            continue
        if (one := _series(shelf, key, indicator, table, area)) is not None:
            yield key, *one


def _series(
    shelf: Shelf, key: str, indicator: Indicator, table: CountTable, area: Area
) -> tuple[YearSeries, dict[int, str]] | None:
    found = _years_of(shelf, indicator, table)
    own = table.panel.areas.index(area.code)
    if found is None or len(found.numbers) < FEWEST_YEARS or np.isnan(found.counts[own, -1]):
        return None
    # Of a year before the boundaries were drawn anew it is not known whether it was made anew.
    drawn = redrawn_between(table, area.code, found.numbers[0], found.numbers[-1])
    first = next((k for k, year in enumerate(found.numbers) if year >= drawn), 0)
    country, everyone = _country(found, area)
    others = np.arange(len(table.panel.areas)) != own
    if area.level != "municipality":
        home = shelf.municipality_of(area)
        groups = table.panel.groups
        others &= np.array([home in groups.get(code, ()) for code in table.panel.areas])
    # All areas of a table learn the same from it.
    of_it = (table.snapshot, table.summed, area.level, table.panel.frequency, indicator.topic)
    dispersion = shelf.answers.ask(
        _series, of_it, MOST_TABLES, lambda: pooled_dispersion(found.counts)
    )
    series = YearSeries(
        key,
        found.numbers[first:],
        found.counts[own, first:],
        found.people[own, first:],
        country[first:],
        everyone[first:],
        found.counts[others, -1],
        found.people[others, -1],
        dispersion,
    )
    labels = dict(zip(found.numbers, found.labels, strict=True))
    if found.provisional:
        labels[found.numbers[-1]] += " (voorlopig)"
    return series, labels


def _years_of(shelf: Shelf, indicator: Indicator, table: CountTable) -> _Years | None:
    panel = table.panel
    counts = panel.counts[:, panel.topics.index(indicator.topic)]
    people = people_by(shelf, "inhabitants", panel)
    if panel.frequency == "year":
        known = np.flatnonzero(np.isfinite(counts).any(axis=0))
        if not known.size:
            return None
        end = int(known[-1]) + 1
        numbers = tuple(int(str(period)[:4]) for period in panel.periods[:end])
        labels = tuple(map(str, numbers))
        return _Years(counts[:, :end], people[:, :end], numbers, labels, table.provisional[end - 1])
    complete = [k for k, late in enumerate(table.provisional) if not late]
    ends = list(range(complete[-1], 10, -12))[::-1] if complete else []
    if not ends:
        return None
    periods = [str(panel.periods[k]) for k in ends]
    calendar = periods[-1].endswith("-12")
    labels = tuple(
        p[:4] if calendar else f"de twaalf maanden t/m {dutch.period(p)}" for p in periods
    )
    numbers = tuple(int(p[:4]) for p in periods)
    return _Years(sums_of_twelve(counts)[:, ends], people[:, ends], numbers, labels, False)


def _country(found: _Years, area: Area) -> tuple[Floats, Floats]:
    """Counts and people of the country in the same years: all municipalities of a table that has
    them; NaN where it does not, and for a place that does not exist."""
    nothing = np.full(len(found.numbers), np.nan)
    if area.level != "municipality" or len(found.counts) < FEWEST_AREAS:
        return nothing, nothing
    both = np.isfinite(found.counts) & np.isfinite(found.people)
    return (
        np.where(both, found.counts, 0.0).sum(axis=0),
        np.where(both, found.people, 0.0).sum(axis=0),
    )


def sentence(fact: Fact, indicator: Indicator, labels: dict[int, str]) -> str:
    """A fact in Dutch: with its numbers, its years and its margin."""
    since, until = labels[fact.since], labels[fact.until]
    if fact.kind in (FactKind.ROSE, FactKind.FELL):
        return _change(fact, indicator.title, since, until, labels)
    if fact.kind in (FactKind.FASTER, FactKind.SLOWER):
        way = "meer" if fact.kind is FactKind.FASTER else "minder"
        return (
            f"{indicator.title} ging van {_count(fact.before)} in {since} naar"
            f" {_count(fact.after)} in {until}: {_share(fact, way)} dan wanneer het was gegaan"
            " zoals in het hele land."
        )
    own, other = dutch.number(fact.after, 1), dutch.number(fact.before, 1)
    if fact.kind in (FactKind.ABOVE, FactKind.BELOW):
        way = "meer" if fact.kind is FactKind.ABOVE else "minder"
        return (
            f"{indicator.title}: {own} per 1.000 inwoners in {until}, {_share(fact, way)} dan het"
            f" landelijke cijfer van {other}."
        )
    ends = "hoogste" if fact.kind is FactKind.HIGH_PLACE else "laagste"
    return (
        f"{indicator.title}: met {own} per 1.000 inwoners in {until} bij het tiende deel van de"
        f" gemeenten met de {ends} cijfers (plaats {fact.place} van {fact.places}, 1 is de"
        f" hoogste; de middelste gemeente heeft {other})."
    )


def _change(fact: Fact, title: str, since: str, until: str, labels: dict[int, str]) -> str:
    rose = fact.kind is FactKind.ROSE
    said = (
        f"{title} ging van {_count(fact.before)} in {since} naar {_count(fact.after)} in {until}:"
        f" {_share(fact, 'meer' if rose else 'minder')}."
    )
    last = max(labels)
    if fact.until != last:
        return f"{said} In {labels[last]} waren het er {_count(fact.now)}."
    if fact.extreme:
        return f"{said} Dat is het {'hoogste' if rose else 'laagste'} aantal sinds {fact.extreme}."
    return said


def _count(value: float) -> str:
    return dutch.number(value)


def _share(fact: Fact, way: str) -> str:
    """How much more or less, with its margin: '124 % meer (marge 58 tot 218 %)'."""
    low, high = sorted((fact.lower, fact.upper))
    if way == "meer":
        parts = (fact.ratio - 1, low - 1, high - 1)
    else:
        parts = (1 - fact.ratio, 1 - high, 1 - low)
    middle, least, most = (dutch.number(100 * part) for part in parts)
    return f"{middle} % {way} (marge {least} tot {most} %)"
