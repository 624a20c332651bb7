"""Goals that are relative: per so many people, lower than the year before, better than others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from koers.analysis.forecast import (
    Rest,
    Spread,
    Start,
    TableCourse,
    goes_on,
    spread_at,
    start_of,
    unit_nodes,
)
from koers.analysis.panel import Floats

GROWTH_YEARS = 5
"""Over so many years it is looked at how fast people become more or fewer."""
STEPS = 24


@dataclass(frozen=True)
class Ahead:
    """A count so many years ``far``, what is known of it, and by what it is divided then (``per``)
    against what it was divided by in the last year."""

    far: float
    per: float
    rest: Rest | None = None
    growth: float = 1.0


def as_now(years: Floats, per: Floats) -> Floats:
    """Counts as if there had always been as many people as in the last year that has a count;
    (n,) or (areas, n). NaN where it is not known how many there were."""
    known = np.flatnonzero(np.isfinite(np.atleast_2d(years)).any(axis=0))
    if not known.size:
        return years
    last = per[..., known[-1]][..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(per > 0, years * last / per, np.nan))


def growth_of(people: Floats, ahead: float) -> float:
    """By how much people will have grown ``ahead`` years after the last that is known: as fast as
    in the last five. (n,) a place a year, oldest first; NaN is not known."""
    at = np.flatnonzero(np.isfinite(people) & (people > 0))
    at = at[at >= at[-1] - GROWTH_YEARS] if at.size else at
    if at.size < 2:
        return 1.0
    pace = float(np.log(people[at[-1]] / people[at[0]])) / float(at[-1] - at[0])
    late = len(people) - 1 - at[-1]
    return float(np.exp(pace * (ahead + float(late))))


def chance_of_earlier(
    years: Floats, before: Ahead, then: Ahead, direction: str, course: TableCourse | None = None
) -> float:
    """The chance that a count, divided by its people, is lower ("down") or higher than that of the
    year before it, which is not known either; NaN where the figures are too few.

    The level of the year before is drawn, and from there on it wanders a year: what is not known of
    the level takes no part in the difference, the chance in both counts does.

    Parameters
    ----------
    years, course : as in :func:`koers.analysis.forecast.chance_of_target`
    before, then : the two twelve months, a year apart.
    """
    start = start_of(years, course)
    if start is None:
        return float("nan")
    first = spread_at(start, before.far, before.rest, before.growth)
    step = goes_on(start, then.far) - goes_on(start, max(before.far, 1 / 12))
    levels = _levels(start, before) * np.exp(step) * then.growth / before.growth
    walk = np.exp(np.sqrt(start.course.wander) * unit_nodes())
    parts = (np.arange(STEPS) + 0.5) / STEPS
    found = []
    for i, mean in enumerate(first.means):
        one = Spread(first.known, np.array([mean]), np.array([first.extra[i]]))
        limits = np.round(one.quantiles(parts)) * then.per / before.per
        means = levels[i] * walk
        second = Spread(0.0, means, start.course.dispersion.slope * np.sqrt(means) + 1e-9)
        found.append(_beyond(second, limits, direction).mean())
    return float(np.mean(found))


def _levels(start: Start, at: Ahead) -> Floats:
    """Of a whole year at each node, where a part of that year is known already."""
    if at.far >= 1:
        return spread_at(start, at.far, None, at.growth).means
    middle = np.log(start.level) + goes_on(start, max(at.far, 1 / 12)) + np.log(at.growth)
    variance = start.vague + start.course.wander * at.far
    return np.asarray(np.exp(middle + np.sqrt(variance) * unit_nodes()))


def chance_of_beating(
    own: Floats,
    others: Sequence[Floats],
    at: Ahead,
    theirs: Ahead,
    direction: str,
    course: TableCourse | None = None,
) -> float:
    """The chance that a rate is below ("down") or above that of others together, in the same year;
    NaN where the figures of one of the two are too few.

    Parameters
    ----------
    own : (n,)
        Counts as of the people of now, oldest first; ``others`` each the same of one of them.
    at, theirs : the twelve months of the target, of this one and of the others together.
    course : what all areas of the table say of such counts.

    Notes
    -----
    Each level is taken to wander by itself, so that of the others together it averages out. A part
    that they would share was tried (0.2 and 0.4 of the variance): it made chances too sure.
    """
    shared = course or TableCourse()
    many = max(1, len(others))
    # Of so many together chance is that of each, which is less in proportion than of one as large.
    less = replace(shared.dispersion, slope=shared.dispersion.slope / many**0.5)
    together = replace(shared, dispersion=less, wander=shared.wander / many)
    start = start_of(own, shared)
    beside = start_of(np.sum(others, axis=0), together) if len(others) else None
    if start is None or beside is None:
        return float("nan")
    mine = spread_at(start, at.far, at.rest, at.growth)
    spread = spread_at(beside, theirs.far, theirs.rest, theirs.growth)
    parts = (np.arange(STEPS) + 0.5) / STEPS
    limits = spread.quantiles(parts) * at.per / theirs.per
    return float(_beyond(mine, limits, direction).mean())


def _beyond(spread: Spread, limits: Floats, direction: str) -> Floats:
    """(limits,) the chance of a count that is strictly below each, or above."""
    if direction == "down":
        return spread.chances(np.nextafter(limits, -np.inf), "down")
    return spread.chances(np.nextafter(limits, np.inf), "up")
