"""Which area of one year became which of the next, so that a series can run on over a renumbering.

CBS publishes no machine-readable table of neighbourhoods that changed their code; codes, names and
the overlap of the boundaries tell it. Where less than nine tenths of an area is found again, its
series cannot run on, and that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from koers.figures.manifest import Draft
from koers.sources.delivery import Delivery, digest, one_batch
from koers.sources.pdok import LICENCE, Boundary

# Boundaries are drawn anew each year: slivers are no change.
SLIVER, SAME, FOUND_AGAIN = 0.02, 0.9, 0.9
Kind = Literal["same", "renamed", "split", "merged"]


@dataclass(frozen=True)
class SurfaceChange:
    """``share`` of the surface of ``old`` that lies in ``new``, from ``year`` on."""

    old: str
    new: str
    year: int
    kind: Kind
    share: float


@dataclass(frozen=True)
class Changes:
    """The changes between two years, and the areas of the first whose series cannot run on."""

    changes: tuple[SurfaceChange, ...]
    lost: tuple[str, ...]


def changes_between(old: Sequence[Boundary], new: Sequence[Boundary], year: int) -> Changes:
    """What became of each area of the year before; only areas that changed (code, or a tenth of
    their surface).

    Areas are compared level by level. A code that is used again for another place counts as a
    change of both.
    """
    found: list[SurfaceChange] = []
    lost: list[str] = []
    for prefix in ("GM", "WK", "BU"):
        before = [b for b in old if b.code.startswith(prefix)]
        after = [b for b in new if b.code.startswith(prefix)]
        if before and after:
            these, gone = _of_level(before, after, year)
            found += these
            lost += gone
    return Changes(tuple(sorted(found, key=lambda c: (c.old, c.new))), tuple(sorted(lost)))


def _of_level(
    old: Sequence[Boundary], new: Sequence[Boundary], year: int
) -> tuple[list[SurfaceChange], list[str]]:
    before, after = [_metres(b.geometry) for b in old], [_metres(b.geometry) for b in new]
    tree = shapely.STRtree(after)
    pairs = tree.query(before, predicate="intersects")
    shared = shapely.area(
        shapely.intersection(np.array(before)[pairs[0]], np.array(after)[pairs[1]])
    )
    surface_before, surface_after = shapely.area(before), shapely.area(after)
    found: list[SurfaceChange] = []
    lost: list[str] = []
    for i, area in enumerate(old):
        mine = pairs[0] == i
        if surface_before[i] == 0:
            continue
        of_old = shared[mine] / surface_before[i]
        of_new = shared[mine] / np.maximum(surface_after[pairs[1][mine]], 1e-9)
        parts = [
            (new[j].code, float(part), float(whole))
            for j, part, whole in zip(pairs[1][mine], of_old, of_new, strict=True)
            if part >= SLIVER
        ]
        if _unchanged(area.code, parts):
            continue
        if sum(part for _, part, _ in parts) < FOUND_AGAIN:
            lost.append(area.code)
        found += [
            SurfaceChange(
                area.code, code, year, _kind(area.code, code, part, whole), round(min(part, 1.0), 4)
            )
            for code, part, whole in parts
        ]
    return found, lost


def _unchanged(code: str, parts: Sequence[tuple[str, float, float]]) -> bool:
    return any(c == code and part >= SAME and whole >= SAME for c, part, whole in parts)


def _kind(old: str, new: str, part: float, whole: float) -> Kind:
    if part >= SAME and whole >= SAME:
        return "same" if old == new else "renamed"
    return "merged" if part >= SAME else "split"


_TO_RD = Transformer.from_crs("EPSG:4326", "EPSG:28992", always_xy=True)


def _metres(geometry: BaseGeometry) -> BaseGeometry:
    """In the Dutch grid, where surfaces can be compared."""

    def moved(points: np.ndarray) -> np.ndarray:
        return np.column_stack(_TO_RD.transform(points[:, 0], points[:, 1]))

    return shapely.make_valid(shapely.transform(geometry, moved))


def delivery(changes: Sequence[SurfaceChange], lost: Sequence[str], address: str) -> Delivery:
    """The change table for the archive."""
    columns = {
        "old": np.array([c.old for c in changes], dtype=object),
        "new": np.array([c.new for c in changes], dtype=object),
        "year": np.array([c.year for c in changes], dtype=np.int64),
        "kind": np.array([c.kind for c in changes], dtype=object),
        "share": np.array([c.share for c in changes], dtype=np.float64),
    }
    note = (
        "Afgeleid uit codes en de overlap van grenzen; aandelen zijn naar oppervlakte, niet naar"
        " inwoners."
    )
    if lost:
        shown = ", ".join(lost[:10]) + (f" en nog {len(lost) - 10}" if len(lost) > 10 else "")
        note += f" Deze reeksen kunnen niet doorlopen: {shown}."
    made = Draft(
        source="pdok",
        table="gebieden-wijzigingen",
        title="Gebieden die van code of grens veranderden",
        content="changes",
        sha256=digest(columns),
        address=address,
        licence=LICENCE,
        attribution="CBS, Kadaster (PDOK)",
        note=note,
    )
    return Delivery(made, one_batch(columns), len(changes))
