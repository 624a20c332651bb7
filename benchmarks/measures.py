"""Fictitious measures on real monthly figures around The Hague: adjacent areas of one municipality,
begun at random or after a bad half year, with or without a ring; where nothing was done.

The figures are in three parts: constants are chosen on "development" alone. "Other region" are the
three municipalities of which no figure was used for that, "other year" is 2016 in the first.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy

from benchmarks.halves import SHARED, by_month
from koers.analysis.effects.design import Design, Where
from koers.analysis.effects.eb import Forecasts
from koers.analysis.panel import Panel
from koers.analysis.period import Period, span
from koers.analysis.screening.pooled import pooled_windows

DEVELOPMENT, REGION, YEAR = "development", "other region", "other year"
PARTS = (DEVELOPMENT, REGION, YEAR)
SIZES = (1, 2, 5, 10)
TERMS = (6, 12)
FIRST, LAST, END = 30, 60, 72
"""Starts are from month 30 on; what comes after month 60 (2016) is the other year."""
YEARLY = max(TERMS)
LEAST_BEFORE, BAD, NEIGHBOUR_KM = 10, 1.5, 5.0
KM = (68.2, 111.2)
"""A degree of longitude and latitude around The Hague."""


@dataclass(frozen=True)
class Setting:
    """How many adjacent areas; begun after a bad half year or at random; with a ring or not."""

    size: int
    after_peak: bool
    ring: bool


SETTINGS = tuple(Setting(k, p, r) for k in SIZES for p in (False, True) for r in (False, True))


@dataclass(frozen=True)
class Part:
    """Counts (areas, topics, months), who borders on whom, where areas lie, and what was forecast
    of each area's first 1, 2, … months after each month: (windows, areas, topics, months)."""

    counts: np.ndarray
    beside: np.ndarray
    where: Where
    mean: np.ndarray
    variance: np.ndarray
    months: tuple[int, int]

    def forecasts(self, topic: int, start: int, term: int) -> Forecasts:
        w = np.arange(term)
        mean, variance = (x[w, :, topic, start + w] for x in (self.mean, self.variance))
        before = self.counts[:, topic, start - YEARLY : start].sum(axis=1)
        former = np.array([before, self.mean[YEARLY - 1, :, topic, start - 1]])
        return Forecasts(
            mean,
            variance,
            self.counts[:, topic, start : start + term].T.cumsum(0),
            former if np.isfinite(former).all() else None,
            tuple(chain[-1] for chain in self.where.groups),
            self.where.points,
        )


@dataclass(frozen=True)
class Measure:
    """Of one topic, for ``term`` months from ``start`` on."""

    topic: int
    treated: np.ndarray
    ring: np.ndarray
    start: int
    term: int


@cache
def part(name: str) -> Part:
    """One of ``PARTS``."""
    small = _halves()["held aside" if name == REGION else "development"][0]
    counts = np.concatenate([small.counts, small.counts.sum(axis=1, keepdims=True)], axis=1)
    months = (LAST, END) if name == YEAR else (FIRST, LAST)
    counts = counts[:, :, : months[1]]
    points = _points(small.areas)
    groups = tuple((f"WK{a[2:8]}", f"GM{a[2:6]}") for a in small.areas)
    where = Where(groups, points, np.full(len(points), np.nan))
    panel = Panel(
        counts,
        small.areas,
        tuple(map(str, range(counts.shape[1]))),
        span(Period(2011, 1, "month"), Period(2011, 1, "month").shift(counts.shape[2] - 1)),
        np.full((len(points), counts.shape[2]), np.nan),
        dict(zip(small.areas, groups, strict=True)),
    )
    found = pooled_windows(panel, tuple(range(1, max(TERMS) + 1)), guard=0)
    mean, variance = (
        np.array([getattr(x.predictive, n) for x in found]) for n in ("mean", "variance")
    )
    return Part(counts, _beside(points), where, mean, variance, months)


_halves = cache(by_month)


def _points(areas: tuple[str, ...]) -> np.ndarray:
    with (SHARED / "data/geo/haaglanden_buurten_centroids.csv").open() as file:
        at = {r["buurtcode"]: (float(r["lon"]), float(r["lat"])) for r in csv.DictReader(file)}
    return np.array([at[area] for area in areas]) * KM


def _beside(points: np.ndarray) -> np.ndarray:
    corners = scipy.spatial.Delaunay(points, qhull_options="QJ").simplices
    beside = np.zeros((len(points), len(points)), dtype=bool)
    for a, b in ((0, 1), (1, 2), (0, 2)):
        beside[corners[:, a], corners[:, b]] = beside[corners[:, b], corners[:, a]] = True
    away = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    return beside & (away <= NEIGHBOUR_KM)


def fictitious(name: str, setting: Setting, number: int, seed: int = 2026) -> Iterator[Measure]:
    """So many measures of a setting, always the same."""
    figures = part(name)
    rng = np.random.default_rng([seed, PARTS.index(name), SETTINGS.index(setting)])
    first, end = figures.months
    topics = figures.counts.shape[1]
    found = 0
    while found < number:
        topic = topics - 1 if rng.random() < 0.4 else int(rng.integers(topics - 1))
        term = int(rng.choice(TERMS))
        start = int(rng.integers(first, end - term + 1))
        areas = _adjacent(figures, setting.size, rng)
        if areas is None or not _counted(figures.counts[areas, topic, :start], setting.after_peak):
            continue
        treated = np.zeros(len(figures.counts), dtype=bool)
        treated[areas] = True
        around = figures.beside[areas].any(axis=0) & ~treated
        found += 1
        yield Measure(topic, treated, around & setting.ring, start, term)


def _adjacent(figures: Part, size: int, rng: np.random.Generator) -> list[int] | None:
    """Areas of one municipality that hang together, grown from one; None where there are too
    few."""
    home = [chain[-1] for chain in figures.where.groups]
    areas = [int(rng.integers(len(home)))]
    while len(areas) < size:
        near = np.flatnonzero(figures.beside[areas].any(axis=0))
        left = [int(i) for i in near if i not in areas and home[i] == home[areas[0]]]
        if not left:
            return None
        areas.append(left[int(rng.integers(len(left)))])
    return areas


def _counted(before: np.ndarray, after_peak: bool) -> bool:
    """Ten cases at least; and where that is asked, a half year of 1.5 times what came before."""
    months = before.sum(axis=0)
    if months.sum() < LEAST_BEFORE:
        return False
    return not after_peak or months[-6:].sum() >= max(BAD * 6 * months[:-6].mean(), 3)


def design_of(figures: Part, measure: Measure, method: str) -> Design:
    """As the pages make it: the comparison areas as they choose them for the method, all months
    before; for the forecast all other areas."""
    outcome = figures.counts[:, measure.topic, : measure.start + measure.term]
    watched = measure.treated | measure.ring
    keep = np.ones(len(outcome), dtype=bool)
    if method == "wdd":
        keep = watched | _nearest(outcome[:, : measure.start].sum(axis=1), watched)
    elif method == "its":
        keep = watched
    return Design(
        outcome[keep],
        outcome[keep][:, None, :],
        measure.treated[keep],
        measure.ring[keep],
        measure.start,
        12,
        np.arange(outcome.shape[1], dtype=float),
        np.zeros((int(keep.sum()), 0)),
        where=figures.where.of(keep),
    )


def _nearest(before: np.ndarray, watched: np.ndarray) -> np.ndarray:
    left = [int(i) for i in np.flatnonzero(~watched)]
    chosen = np.zeros(len(before), dtype=bool)
    for i in sorted(np.flatnonzero(watched), key=lambda i: -before[i]):
        if left:
            chosen[left.pop(int(np.argmin(np.abs(before[left] - before[i]))))] = True
    return chosen
