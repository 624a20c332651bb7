"""What a panel tells of its areas apart from their counts: who lives there, and what lies in
what."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats, Panel
from koers.analysis.screening.layers import Groups, Ints

LEAST_SHARE_OF_MEAN_POPULATION = 0.05
PEER_LIMITS = (20_000, 50_000, 100_000, 250_000)
LEAST_FOR_PEERS = 30
SAMPLE = 300


@dataclass(frozen=True)
class Setting:
    """``order`` sorts the areas by code; all else is in that order: ``exposure`` (T, A), the
    ``groups`` in which each area lies; ``kinds`` says what each layer of them is (all, peers,
    municipality, district); ``sample`` are the areas that stand for the rest.
    """

    order: npt.NDArray[np.intp]
    exposure: Floats
    groups: Groups
    kinds: tuple[str, ...]
    sample: Ints

    def offset(self, complete: Floats) -> Setting:
        """The same with only the share ``complete`` (T,) of each period's counts to be expected by
        now."""
        return replace(self, exposure=np.ascontiguousarray(self.exposure * complete[:, None]))


def setting_of(panel: Panel) -> Setting:
    order = np.argsort(np.array(panel.areas))
    areas = [panel.areas[i] for i in order]
    exposure = exposure_of(panel)[order]
    names, kinds = _chains(panel, areas, exposure)
    numbered = [np.unique(layer, return_inverse=True) for layer in names]
    size = np.array([len(unique) for unique, _ in numbered], dtype=np.int64)
    group = np.array([index for _, index in numbered], dtype=np.int64).reshape(
        len(names), len(areas)
    )
    parent = np.zeros((len(names), int(size.max())), dtype=np.int64)
    for layer in range(1, len(names)):
        parent[layer, group[layer]] = group[layer - 1]
    alive = _any_known(panel.counts)[order]
    ranked = sorted(np.flatnonzero(alive), key=lambda i: zlib.crc32(areas[i].encode()))
    return Setting(
        order=order,
        exposure=np.ascontiguousarray(exposure.T),
        groups=Groups(group, parent, size),
        kinds=tuple(kinds),
        sample=np.array(sorted(ranked[:SAMPLE]), dtype=np.int64),
    )


@compiled
def _any_known(counts: Floats) -> npt.NDArray[np.bool_]:
    """Of each area whether anything at all is published of it; most are known by their first
    count."""
    known = np.zeros(counts.shape[0], dtype=np.bool_)
    for i in range(counts.shape[0]):
        for k in range(counts.shape[1]):
            for t in range(counts.shape[2]):
                if counts[i, k, t] == counts[i, k, t]:
                    known[i] = True
                    break
            if known[i]:
                break
    return known


def exposure_of(panel: Panel) -> Floats:
    """(areas, T): population; the mean where it is unknown, and never less than a twentieth of it.

    Nobody lives on a business estate, and still something is stolen there: the area's own rate
    makes up for it.
    """
    population = panel.population
    known = np.isfinite(population) & (population > 0)
    if not known.any():
        return np.ones_like(population)
    sums, number = np.where(known, population, 0.0).sum(axis=0), known.sum(axis=0)
    mean = np.where(number > 0, sums / np.maximum(number, 1), population[known].mean())
    filled = np.where(np.isnan(population), mean[None, :], population)
    exposure: Floats = np.maximum(filled, LEAST_SHARE_OF_MEAN_POPULATION * mean[None, :])
    return exposure


def _chains(panel: Panel, areas: list[str], exposure: Floats) -> tuple[list[list[str]], list[str]]:
    """The name of the group of each area in each layer, far to near."""
    chains = [panel.groups.get(area, ()) for area in areas]
    depth = max((len(chain) for chain in chains), default=0)
    # An area without a municipality is its own; one without a district has its municipality's.
    tops = [chain[-1] if chain else area for chain, area in zip(chains, areas, strict=True)]
    names, kinds = [["all"] * len(areas)], ["all"]
    peers = _peers(tops, exposure)
    if len(set(peers)) > 1:
        names.append(peers)
        kinds.append("peers")
    if depth:
        names.append(tops)
        kinds.append("municipality")
    for back in range(2, depth + 1):
        names.append(
            [chain[-back] if len(chain) >= back else names[-1][i] for i, chain in enumerate(chains)]
        )
        kinds.append("district")
    return names, kinds


def _peers(tops: list[str], exposure: Floats) -> list[str]:
    """Municipalities of about the same size, where there are enough of them to be compared."""
    unique, inverse = np.unique(tops, return_inverse=True)
    if len(unique) < LEAST_FOR_PEERS or exposure.max() <= 1.0:
        return [""] * len(tops)
    people = np.bincount(inverse, weights=exposure[:, -1])
    return [f"peers-{k}" for k in np.digitize(people, PEER_LIMITS)[inverse]]
