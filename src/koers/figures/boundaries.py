"""Whose people live within the boundaries that a count is of: a merger or a split moves them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Floats
from koers.figures.renumbering import AreaChange

SLIVER, WHOLE = 0.05, 0.98
"""A smaller share is no merger; from this share on an area is taken to be in another wholly."""
STEP = 0.03
"""A larger change of the people from one year to the next is marked, where nothing explains it."""

Years = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Redrawn:
    """From ``year`` on ``area`` has other boundaries. ``others`` went into it, as far as is known;
    ``whole``: it is the sum of them, and of itself where it was there before."""

    area: str
    year: int
    others: tuple[str, ...]
    whole: bool


def redrawn_areas(changes: Sequence[AreaChange]) -> dict[str, tuple[Redrawn, ...]]:
    """Of each area the years in which its boundaries changed, oldest first; another code for the
    same place is no change."""
    into: dict[tuple[str, int], dict[str, AreaChange]] = defaultdict(dict)
    for change in changes:
        # Of what is told twice the measured share holds.
        told = into[change.new, change.year].get(change.old)
        if told is None or math.isnan(told.share):
            into[change.new, change.year][change.old] = change
    found: dict[str, list[Redrawn]] = defaultdict(list)
    for (area, year), parts in sorted(into.items(), key=lambda entry: entry[0][1]):
        others = tuple(sorted(o for o, c in parts.items() if o != area and not c.share < SLIVER))
        itself = parts.get(area)
        moved = itself is not None and itself.kind in ("merged", "split")
        same_place = [c.kind for c in parts.values()] in (["renamed"], ["same"])
        if not same_place and (others or moved):
            whole = bool(others) and all(c.share >= WHOLE for c in parts.values())
            found[area].append(Redrawn(area, year, others, whole))
    return {area: tuple(each) for area, each in found.items()}


@dataclass(frozen=True)
class PeopleNote:
    """What has to be said of the people by whom the counts of an area are divided.

    ``none``: before ``year`` it had other boundaries, and there is no rate; ``after``: since
    ``year`` it has, and only its people of before are known; ``sum``: before
    ``year`` they are those of ``others`` together; ``step``: in ``year`` they became ``ratio``
    times as many and nothing explains it; ``nearest``: counts more than a year from ``year`` are
    divided by the people of that year, because no nearer ones are known.
    """

    area: str
    year: int
    kind: Literal["none", "after", "sum", "step", "nearest"]
    others: tuple[str, ...] = ()
    ratio: float = math.nan


@dataclass(frozen=True)
class Register:
    """People by code and year, (codes, years) with NaN where not known, and who was redrawn."""

    codes: Mapping[str, int]
    years: Years
    values: Floats
    redrawn: Mapping[str, tuple[Redrawn, ...]]

    def known(self, area: str) -> dict[int, float]:
        """The people of an area by year, oldest first."""
        if area not in self.codes:
            return {}
        row = self.values[self.codes[area]]
        return {int(y): float(v) for y, v in zip(self.years, row, strict=True) if not math.isnan(v)}

    def within(self, area: str, year: int) -> float:
        """People in a year, else in the nearest year with the same boundaries, else NaN."""
        known = self.known(area)
        for near in sorted(known, key=lambda k: (abs(k - year), k)):
            low, high = min(near, year), max(near, year)
            if not any(low < r.year <= high for r in self.redrawn.get(area, ())):
                return known[near]
        return math.nan

    def summed(self, area: str, year: int) -> float:
        """People in a year within the boundaries that an area has now, as the sum of what it was
        made of; NaN where that is not known."""
        parts = self.parts(area, year)
        return math.nan if parts is None else sum(self.within(part, year) for part in parts)

    def parts(self, area: str, year: int, deep: int = 8) -> set[str] | None:
        """The areas of a year of which an area is the sum; None where it is no sum of whole
        areas."""
        later = [r for r in self.redrawn.get(area, ()) if r.year > year]
        if not deep or not all(r.whole for r in later):
            return None
        was_there = not later or any(k < later[0].year for k in self.known(area))
        found = {area} if was_there else set()
        for other in (other for r in later for other in r.others):
            inside = self.parts(other, year, deep - 1)
            if inside is None:
                return None
            found |= inside
        return found


@dataclass(frozen=True)
class People:
    """By area and period: ``at_risk`` is the best number there is, for a statistic that needs one;
    ``same`` is that within the boundaries of the counts, NaN where it is not known."""

    areas: tuple[str, ...]
    years: Years
    at_risk: Floats
    same: Floats
    register: Register

    def notes_of(self, area: str) -> tuple[PeopleNote, ...]:
        """What has to be said of the rates of an area over these periods."""
        known = self.register.known(area)
        if area not in self.areas or not known:
            return ()
        return (
            *self._of_mergers(area),
            *_steps(area, known, self.register, self.years),
            *self._far(area, known),
        )

    def _of_mergers(self, area: str) -> list[PeopleNote]:
        recast = recast_of(area, self.register, self.areas)
        if not recast:
            return []
        last = recast[-1].year
        same = self.same[self.areas.index(area)]
        before, since = same[self.years < last], same[self.years >= last]
        others = tuple(dict.fromkeys(other for r in recast for other in r.others))
        found: dict[Literal["none", "sum", "after"], bool] = {
            "none": bool(np.isnan(before).any()),
            "sum": bool(np.isfinite(before).any()),
            "after": bool(np.isnan(since).any()),
        }
        return [PeopleNote(area, last, kind, others) for kind, there in found.items() if there]

    def _far(self, area: str, known: Mapping[int, float]) -> list[PeopleNote]:
        used = self.years[np.isfinite(self.same[self.areas.index(area)])]
        if not used.size:
            return []
        last = max((r.year for r in recast_of(area, self.register, self.areas)), default=0)
        first, newest = min(known), max(known)
        too_early = bool(((used < first - 1) & (used >= last)).any())
        return [
            *([PeopleNote(area, first, "nearest")] if too_early else []),
            *([PeopleNote(area, newest, "nearest")] if used.max() > newest + 1 else []),
        ]


def recast_of(area: str, register: Register, counted: Collection[str]) -> list[Redrawn]:
    """The changes of boundaries over which the counts were made anew: nothing is counted (any more)
    under the codes that went into the area."""
    redrawn = register.redrawn.get(area, ())
    return [r for r in redrawn if not any(other in counted for other in r.others)]


def people_of(areas: tuple[str, ...], years: Years, register: Register) -> People:
    """The people of these areas; ``years`` is the year of each period.

    A merger counts for what was counted before it only where the counts were made anew for the
    boundaries of now; else old counts stand beside the people of their own year.
    """
    at_risk = _nearest(areas, years, register)
    same = at_risk.copy()
    for i, area in enumerate(areas):
        if area not in register.redrawn or not (known := register.known(area)):
            continue
        last = max((r.year for r in recast_of(area, register, areas)), default=0)
        since = [k for k in known if k >= last] or list(known)
        for year in map(int, np.unique(years)):
            where = years == year
            value = register.summed(area, year) if year < last else register.within(area, year)
            same[i, where] = value
            nearest = known[min(since, key=lambda k: abs(k - year))]
            at_risk[i, where] = value if math.isfinite(value) else nearest
    return People(areas, years, at_risk, same, register)


def _nearest(areas: Sequence[str], years: Years, register: Register) -> Floats:
    """Of the year itself, else of the nearest year that is known, else NaN."""
    rows = [register.codes[area] for area in areas]
    by_year = register.values[rows] if rows else np.zeros((0, len(register.years)))
    result = np.full((len(areas), len(years)), np.nan)
    for year in np.unique(years):
        nearest = np.full(len(areas), np.nan)
        for k in np.argsort(np.abs(register.years - year), kind="stable"):
            nearest = np.where(np.isnan(nearest), by_year[:, k], nearest)
        result[:, years == year] = nearest[:, None]
    return result


def _steps(
    area: str, known: Mapping[int, float], register: Register, years: Years
) -> list[PeopleNote]:
    """Where people changed more from one known year to the next than they move."""
    found, ordered = [], sorted(known)
    for one, two in zip(ordered, ordered[1:], strict=False):
        ratio = known[two] / known[one]
        explained = any(one < r.year <= two for r in register.redrawn.get(area, ()))
        if explained or not years.min() < two <= years.max():
            continue
        if abs(ratio - 1) > STEP * (two - one):
            found.append(PeopleNote(area, two, "step", ratio=ratio))
    return found
