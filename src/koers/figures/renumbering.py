"""Areas that got another code: which series run on under a new code, and where they cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

ChangeKind = Literal["same", "renamed", "split", "merged"]


@dataclass(frozen=True)
class AreaChange:
    """From ``year`` on, ``share`` (0-1, of the people) of the area that was ``old`` is part of
    ``new``."""

    old: str
    new: str
    year: int
    kind: ChangeKind
    share: float


@dataclass(frozen=True)
class Join:
    """A series that runs on: what was counted under ``old`` before ``year`` stands under
    ``new``."""

    old: str
    new: str
    year: int


@dataclass(frozen=True)
class Break:
    """A series that does not run on. ``others`` are the areas with which ``area`` was mixed,
    ``reason`` why.

    Reasons: split, merged, overlap (both codes have figures of the same time, so it is not known
    which holds), or redrawn (the code stayed and its boundaries changed; the figures of before may
    be of the former ones).
    """

    area: str
    year: int
    reason: Literal["split", "merged", "overlap", "redrawn"]
    others: tuple[str, ...]


@dataclass(frozen=True)
class Extent:
    """The years of the first and last figures under a code."""

    first: int
    last: int


@dataclass(frozen=True)
class Renumbering:
    """What became of the codes of one table: ``target`` gives the code under which each joined one
    goes on."""

    joins: tuple[Join, ...] = ()
    breaks: tuple[Break, ...] = ()

    @property
    def target(self) -> Mapping[str, str]:
        onward = {join.old: join.new for join in self.joins}
        return {old: _end_of(old, onward) for old in onward}


def renumber(
    changes: Sequence[AreaChange], extents: Mapping[str, Extent], own: bool = False
) -> Renumbering:
    """Decide by the figures themselves which codes go on under another one.

    Only a change of one area into one area joins a series, and only where the old code has figures
    before that year and none from it on, and the new code the reverse: a table that was recast to
    new codes, or that keeps old ones, is left as it is. ``own``: figures that nobody makes anew for
    new boundaries, as publishers do.
    """
    held = dict(extents)
    joins: list[Join] = []
    breaks: list[Break] = []
    for year in sorted({change.year for change in changes}):
        of_year = [c for c in changes if c.year == year and c.old != c.new]
        for change in _one_to_one(changes, year):
            before, after = held.get(change.old), held.get(change.new)
            if before is None or before.first >= year or after is None:
                continue
            if before.last < year <= after.first:
                joins.append(Join(change.old, change.new, year))
                held[change.new] = Extent(before.first, after.last)
            elif after.first <= before.last:
                breaks.append(Break(change.new, year, "overlap", (change.old,)))
        breaks += _broken(of_year, changes, year, held)
        breaks += _redrawn([c for c in changes if c.year == year], year, held, own)
    return Renumbering(tuple(joins), tuple(dict.fromkeys(breaks)))


def _one_to_one(changes: Iterable[AreaChange], year: int) -> list[AreaChange]:
    """Renumbered whole: neither code has another counterpart in that year."""
    of_year = [c for c in changes if c.year == year]
    olds, news = Counter(c.old for c in of_year), Counter(c.new for c in of_year)
    return [
        c
        for c in of_year
        if c.kind in ("renamed", "same")
        and c.old != c.new
        and olds[c.old] == 1
        and news[c.new] == 1
    ]


def _broken(
    of_year: Sequence[AreaChange],
    changes: Iterable[AreaChange],
    year: int,
    held: Mapping[str, Extent],
) -> list[Break]:
    """New codes whose figures begin with a split or a merger, although there are figures of what
    they were before."""
    whole = {(c.old, c.new) for c in _one_to_one(changes, year)}
    breaks = []
    for new in dict.fromkeys(c.new for c in of_year):
        parts = [c for c in changes if c.year == year and c.new == new]
        if all((c.old, c.new) in whole for c in parts):
            continue
        before = [c.old for c in parts if c.old in held and held[c.old].first < year]
        if new in held and held[new].first >= year and before:
            reason: Literal["split", "merged"] = "merged" if len(parts) > 1 else "split"
            breaks.append(Break(new, year, reason, tuple(before)))
    return breaks


def _redrawn(
    of_year: Sequence[AreaChange], year: int, held: Mapping[str, Extent], own: bool
) -> list[Break]:
    """Codes that stayed with other boundaries, where the figures of before are of the former ones,
    or nobody can tell.

    A publisher that makes its figures anew has nothing any more under the codes that went into
    another.
    """
    breaks = []
    for area in dict.fromkeys(c.new for c in of_year):
        if area not in held or held[area].first >= year:
            continue
        parts = [c for c in of_year if c.new == area]
        moved = any(c.old == area and c.kind in ("merged", "split") for c in parts)
        others = tuple(c.old for c in parts if c.old != area and c.kind in ("merged", "split"))
        counted = any(o in held and held[o].first < year for o in others)
        if counted or (moved and not others) or (own and (moved or others)):
            breaks.append(Break(area, year, "redrawn", others))
    return breaks


def _end_of(code: str, onward: Mapping[str, str]) -> str:
    seen = {code}
    while code in onward and onward[code] not in seen:
        code = onward[code]
        seen.add(code)
    return code
