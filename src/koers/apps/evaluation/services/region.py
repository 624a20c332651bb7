"""What a measure is judged on: counts by neighbourhood and month of the whole region, and who lies
beside whom.

Only published figures: own figures are internal, and an effect is seen by everybody who works here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from koers.analysis.effects.design import Where
from koers.analysis.effects.preparing import PRIMARY
from koers.analysis.panel import Floats
from koers.analysis.screening.pooled import LEAST_HISTORY
from koers.apps.intake.archive import public_shelf
from koers.apps.picture.figures import counted_monthly
from koers.figures.areas import Area
from koers.figures.neighbours import kilometres, neighbours
from koers.figures.shelf import Shelf
from koers.indicators import Indicator, load_indicators

REACH = 0.3
"""Degrees: what lies further away is no neighbour of an area."""
POOL = 250
"""So many areas, the most alike, are weighed by the synthetic control."""
SURROUNDINGS = 400
"""So many areas, the nearest, tell what was to be expected of a measure."""


@dataclass(frozen=True)
class Region:
    """Counts of one outcome: (areas, months), NaN where not published; ``complete`` (months,) are
    those that no longer grow."""

    indicator: Indicator
    home: str
    codes: tuple[str, ...]
    counts: Floats
    people: Floats
    labels: tuple[str, ...]
    complete: tuple[bool, ...]
    shelf: Shelf
    groups: Mapping[str, tuple[str, ...]]

    @property
    def snapshots(self) -> tuple[str, ...]:
        """The counts and the areas: enough to make this evaluation again."""
        return self.shelf.ids

    @property
    def known(self) -> dict[str, Area]:
        return self.shelf.areas

    def places(self, codes: Iterable[str]) -> list[int]:
        """Where these areas stand; what has no counts is left out."""
        index = {code: i for i, code in enumerate(self.codes)}
        return [index[code] for code in codes if code in index]

    def where(self, places: Sequence[int]) -> Where:
        """Where the areas at these places lie."""
        codes = [self.codes[i] for i in places]
        groups = tuple(self.groups.get(code, ()) for code in codes)
        return Where(groups, self.points[list(places)], self.people[list(places)])

    @cached_property
    def points(self) -> Floats:
        """The centres of the areas (areas, 2) in kilometres; NaN is not known."""
        known = [self.known.get(code) for code in self.codes]
        here = [(np.nan, np.nan) if a is None else kilometres(a) for a in known]
        return np.array(here, dtype=np.float64).reshape(len(self.codes), 2)

    def name(self, code: str) -> str:
        return self.known[code].name if code in self.known else code

    def municipality(self, code: str) -> str:
        if code not in self.known:
            return ""
        home = self.shelf.municipality_of(self.known[code])
        return self.known[home].name if home in self.known else home

    @property
    def own(self) -> list[str]:
        """The neighbourhoods of the municipality itself, by name."""
        inside = [c for c in self.codes if c in self.known and self._lies_in(c)]
        return sorted(inside, key=self.name)

    def _lies_in(self, code: str) -> bool:
        return self.shelf.municipality_of(self.known[code]) == self.home

    def after(self, start: date) -> list[str]:
        """The complete months with the measure: whole months from its start on."""
        return [
            x
            for x, whole in zip(self.labels, self.complete, strict=True)
            if whole and x >= first_month(start)
        ]

    def before(self, start: date) -> list[str]:
        """The complete months before it."""
        return [
            x
            for x, whole in zip(self.labels, self.complete, strict=True)
            if whole and x < f"{start:%Y-%m}"
        ]

    def around(self, areas: Collection[str]) -> list[str]:
        """The ring: the neighbours of these areas that have counts, also across the municipal
        boundary."""
        there = [self.known[c] for c in self.codes if c in self.known]
        return list(neighbours(_near(there, areas), areas))


def first_month(start: date) -> str:
    """The first whole month with the measure."""
    if start.day == 1:
        return f"{start:%Y-%m}"
    return f"{start.year + start.month // 12}-{start.month % 12 + 1:02d}"


def _near(areas: list[Area], chosen: Collection[str]) -> list[Area]:
    """Without the areas that lie far from all of the chosen ones."""
    placed = [
        a for a in areas if a.code in chosen and a.latitude is not None and a.longitude is not None
    ]
    if not placed:
        return areas
    south, north = (
        min(a.latitude or 0 for a in placed) - REACH,
        max(a.latitude or 0 for a in placed) + REACH,
    )
    west, east = (
        min(a.longitude or 0 for a in placed) - REACH,
        max(a.longitude or 0 for a in placed) + REACH,
    )
    return [
        a
        for a in areas
        if a.latitude is None
        or a.longitude is None
        or (south <= a.latitude <= north and west <= a.longitude <= east)
    ]


def region_of(
    indicator_id: str, municipality: str, snapshots: Sequence[str] | None = None
) -> Region | None:
    """The counts of an outcome around a municipality, from the current figures or from these
    snapshots."""
    used = public_shelf(snapshots)
    indicator = load_indicators()[indicator_id]
    found = used.monthly_counts(indicator.numerator.scheme, indicator.topics, municipality)
    if found is None:
        return None
    needed = [
        m.id
        for m in used.manifests
        if m.id == found.snapshot or m.content == "areas" or m.scheme == "key-figures"
    ]
    return Region(
        indicator,
        municipality,
        found.panel.areas,
        found.panel.counts.sum(axis=1),
        found.panel.population[:, -1],
        tuple(str(p) for p in found.panel.periods),
        tuple(not late for late in found.open_months),
        public_shelf(needed),
        found.panel.groups,
    )


def outcomes(municipality: str) -> list[Indicator]:
    """The indicators on which a measure can be judged here: counts by neighbourhood and month of
    which fewer is better."""
    return [i for i in counted_monthly(public_shelf(), municipality) if i.direction == "down"]


def choose_comparison(
    region: Region,
    areas: Collection[str],
    ring: Collection[str],
    start: date,
    method: str,
    without: Collection[str] = (),
) -> list[str]:
    """The areas to compare with, by the history before the start alone; the whole region takes
    part.

    For the empirical-Bayes comparison the ``SURROUNDINGS`` that lie nearest. For the weighted
    difference (and beside a break in the series) as many as there are areas with the measure and in
    its ring, each the nearest in cases before; for the synthetic control the ``POOL`` most alike.
    """
    months = [region.labels.index(label) for label in region.before(start)]
    treated, out = region.places(areas), set(region.places([*areas, *ring, *without]))
    if not treated or not months:
        return []
    history = region.counts[:, months]
    used = ~np.isnan(history[treated]).any(axis=0)
    sums = history[:, used].sum(axis=1)
    # Inhabitants are matched as well, where they are known.
    needs_people = method == "synthetic" and bool(np.isfinite(region.people[treated]).all())
    left = [
        i
        for i in range(len(region.codes))
        if i not in out
        and np.isfinite(sums[i])
        and (not needs_people or np.isfinite(region.people[i]))
    ]
    if method == "eb":
        return _nearest(region, treated, left)
    if method == "synthetic":
        far = [float(np.abs(np.log1p(sums[treated]) - np.log1p(sums[i])).min()) for i in left]
        return [
            region.codes[left[k]] for k in sorted(np.argsort(far, kind="stable")[:POOL].tolist())
        ]
    chosen = []
    around = [i for i in region.places(ring) if np.isfinite(sums[i])]
    for i in sorted([*treated, *around], key=lambda i: -sums[i]):
        if left:
            chosen.append(left.pop(int(np.argmin([abs(sums[j] - sums[i]) for j in left]))))
    return [region.codes[i] for i in sorted(chosen)]


def _nearest(region: Region, treated: Sequence[int], left: Sequence[int]) -> list[str]:
    """The areas nearest to the middle of the measure; of which it is not known, last."""
    placed = [i for i in treated if np.isfinite(region.points[i]).all()]
    if not placed:
        return [region.codes[i] for i in left[:SURROUNDINGS]]
    away = region.points[list(left)] - region.points[placed].mean(axis=0)
    order = np.argsort(np.hypot(*away.T), kind="stable")[:SURROUNDINGS]
    return [region.codes[left[k]] for k in sorted(order.tolist())]


def suggested_method(region: Region, areas: Collection[str], start: date) -> str:
    """A break in the series where the measure is everywhere, a difference where there is too little
    history for a forecast, else the primary method."""
    inside = set(region.own)
    if inside and inside <= set(areas):
        return "its"
    return PRIMARY if len(region.before(start)) >= LEAST_HISTORY["month"] else "wdd"
