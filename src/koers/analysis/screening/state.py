"""What is known before each period: the level and season of the whole panel, and each area's rate relative to it.

Gamma-Poisson throughout: a level with gamma shape A has relative variance 1/A; a period of drift adds ``q`` to that
(A becomes A / (1 + qA)); a count y with exposure e turns (A, B) into (A + y, B + e). Area rates are shrunk towards
district, municipality and the panel by empirical Bayes (Marshall, Biometrics 1991, 47:1399-1410).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Floats, Panel
from koers.analysis.period import STEPS_PER_YEAR

LEAST_SHARE_OF_MEAN_POPULATION = 0.05
SEASON_PSEUDO_COUNT = 30.0
OUTLIER = 2.58


@dataclass(frozen=True)
class Drift:
    """Variance that a year adds to a relative level: of the whole panel, and of an area against the panel."""

    panel: float = 0.02
    area: float = 0.02


@dataclass(frozen=True)
class State:
    """Before period t: ``level`` (topics, T) per exposure unit and its shape; ``season`` (topics, T, steps of a year);
    ``relative`` and ``shape`` (areas, topics, T) of an area; ``exposure`` (areas, T)."""

    level: Floats
    level_shape: Floats
    season: Floats
    relative: Floats
    shape: Floats
    exposure: Floats


def exposure_of(panel: Panel) -> Floats:
    """(areas, T): population; the mean where it is unknown, and never less than a twentieth of it.

    Nobody lives on a business estate, and still something is stolen there: the area's own rate makes up for it.
    """
    if np.isnan(panel.population).all():
        return np.ones_like(panel.population)
    mean = np.nanmean(np.where(panel.population > 0, panel.population, np.nan), axis=0)
    mean = np.where(np.isnan(mean), np.nanmean(panel.population), mean)
    filled = np.where(np.isnan(panel.population), mean[None, :], panel.population)
    return np.maximum(filled, LEAST_SHARE_OF_MEAN_POPULATION * mean[None, :])


def seasons(totals: Floats, covered: Floats, steps: int) -> Floats:
    """Season (topics, T, steps of a year) known before each period, from totals (topics, T) and the exposure covered.

    Each step's rate is held against the centred moving average of a year, once that lies wholly in the past, and counts
    for as many cases as the exposure of that year gives.
    """
    topics, periods = totals.shape
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = np.where(covered > 0, totals / covered, np.nan)
    result = np.ones((topics, periods, steps))
    if steps == 1 or periods <= steps:
        return result
    kernel = np.ones(steps + 1)
    kernel[[0, -1]] = 0.5
    kernel /= steps
    half = steps // 2
    above = np.full((topics, steps), SEASON_PSEUDO_COUNT)
    below = np.full((topics, steps), SEASON_PSEUDO_COUNT)
    for t in range(periods):
        centre = t - 1 - half
        if centre - half >= 0:
            year = slice(centre - half, centre + half + 1)
            whole = np.isfinite(rates[:, year]).all(axis=1)
            exposure = covered[:, year] @ kernel
            above[:, centre % steps] += np.where(whole, rates[:, centre] * exposure, 0.0)
            below[:, centre % steps] += np.where(whole, rates[:, year] @ kernel * exposure, 0.0)
        factor = above / below
        result[:, t] = factor / factor.mean(axis=1, keepdims=True)
    return result


def memberships(panel: Panel) -> list[npt.NDArray[np.intp]]:
    """For each level of grouping from near to far, the group number of each area."""
    depth = max((len(panel.groups.get(a, ())) for a in panel.areas), default=0)
    levels = []
    for d in range(depth):
        names = [panel.groups.get(a, ())[d] if len(panel.groups.get(a, ())) > d else a for a in panel.areas]
        levels.append(np.unique(names, return_inverse=True)[1])
    return levels


def run(panel: Panel, drift: Drift) -> State:
    """One pass over time; what is said of period t uses only periods before t."""
    counts, steps = panel.counts, STEPS_PER_YEAR[panel.frequency]
    areas, topics, periods = counts.shape
    exposure = exposure_of(panel)
    published = ~np.isnan(counts)
    total = np.where(published, counts, 0.0).sum(axis=0)
    covered = (published * exposure[:, None, :]).sum(axis=0)
    season = seasons(total, covered, steps)
    groups = memberships(panel)

    level, level_shape = np.full((topics, periods), np.nan), np.full((topics, periods), np.nan)
    relative, shape = np.full(counts.shape, np.nan), np.full(counts.shape, np.nan)
    a, b = np.zeros(topics), np.zeros(topics)
    seen_y, seen_e = np.zeros((areas, topics)), np.zeros((areas, topics))
    for t in range(periods):
        s = season[:, t, t % steps]
        a, b = _fade(a, b, drift.panel / steps)
        with np.errstate(invalid="ignore", divide="ignore"):
            level[:, t] = a / b
        level_shape[:, t] = a
        fade = 1.0 / (1.0 + drift.area / steps * seen_y)
        seen_y, seen_e = seen_y * fade, seen_e * fade
        if t > 0:
            relative[:, :, t], shape[:, :, t] = shrink(seen_y, seen_e, groups)
        y, e_level = total[:, t], covered[:, t] * s
        a, b = a + y, b + e_level
        now = np.where(b > 0, a / np.maximum(b, 1e-300), 0.0)
        e = np.where(published[:, :, t], exposure[:, t, None] * now[None, :] * s[None, :], 0.0)
        weight = _trust(counts[:, :, t], relative[:, :, t] * e)
        seen_y += weight * np.where(published[:, :, t], counts[:, :, t], 0.0)
        seen_e += weight * e
    return State(level, level_shape, season, relative, shape, exposure)


def _fade(a: Floats, b: Floats, q: float) -> tuple[Floats, Floats]:
    fade = 1.0 / (1.0 + q * a)
    return a * fade, b * fade


def _trust(y: Floats, mean: Floats) -> Floats:
    """Past outbreaks count for less: (2.58 / z)² beyond z = 2.58, as in Farrington et al. 1996."""
    with np.errstate(invalid="ignore", divide="ignore"):
        # Anscombe's residual for a Poisson count.
        z = 1.5 * (y ** (2 / 3) - mean ** (2 / 3)) / np.maximum(mean, 0.05) ** (1 / 6)
        weight = np.where(z > OUTLIER, (OUTLIER / z) ** 2, 1.0)
    return np.where(np.isfinite(weight), weight, 1.0)


def shrink(y: Floats, e: Floats, groups: list[npt.NDArray[np.intp]]) -> tuple[Floats, Floats]:
    """Relative rates (areas, topics) and their gamma shapes: from the panel down to the area, each towards the one above."""
    prior = np.ones((1, y.shape[1]))
    above = np.zeros(len(y), dtype=np.intp)
    for group in reversed(groups):
        size = group.max() + 1
        group_y, group_e = np.zeros((size, y.shape[1])), np.zeros((size, y.shape[1]))
        np.add.at(group_y, group, y)
        np.add.at(group_e, group, e)
        parent = np.zeros(size, dtype=np.intp)
        parent[group] = above
        mean = prior[parent]
        strength = _strength(group_y, group_e, mean)
        prior = (strength * mean + group_y) / (strength + group_e)
        above = group
    mean = prior[above]
    strength = _strength(y, e, mean)
    return (strength * mean + y) / (strength + e), strength * mean + y


def _strength(y: Floats, e: Floats, mean: Floats) -> Floats:
    """How many expected counts the group is worth (topics,): the between-area variance by the method of moments."""
    total = e.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = (np.where(e > 0, (y - e * mean) ** 2 / np.where(e > 0, e, 1.0), 0.0)).sum(axis=0)
        noise = np.where(e > 0, mean, 0.0).sum(axis=0)
        weight = total - np.where(total > 0, (e**2).sum(axis=0) / total, 0.0)
        # A group on its own says nothing of differences between groups: what rounding leaves of its weight is no weight.
        weight = np.where(weight > 1e-9 * total, weight, 0.0)
        variance = np.maximum(spread - noise, 0.0) / np.where(weight > 0, weight, np.inf)
        average = np.where(total > 0, (e * mean).sum(axis=0) / np.where(total > 0, total, 1.0), 1.0)
        strength = average / variance
    return np.clip(np.where(np.isfinite(strength), strength, 1e4), 0.25, 1e4)
