"""Areas without the measure that stand in for it: what its estimate would be where there was
nothing.

They have the shape of the measure: as many areas, with about as many cases before, lying together
within one municipality. Areas that lie together rise and fall together, so that groups from here
and there would err less than the measure does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from koers.analysis.effects.design import Bools, Design

LIKE, LIKE_SHARE = 60, 0.05
"""A placebo takes the place of each treated area by one of this many, or this share, nearest in
cases before."""
FEWEST = 40
"""With fewer groups that lie together nothing could be told at 95 %: then areas from anywhere."""


def placebo_groups(design: Design, permutations: int, seed: int) -> Bools:
    """(placebos, areas) groups of comparison areas, each as many as are treated and with about as
    many cases before."""
    if design.treated.sum() > 1:
        together = _together(design, permutations)
        if len(together) >= min(FEWEST, permutations):
            return together
    return _from_anywhere(design, permutations, seed)


def _together(design: Design, permutations: int) -> Bools:
    """From each comparison area on the nearest ones of its municipality; of groups that are alike
    one, those with the number of cases nearest to that of the measure first."""
    size, where = int(design.treated.sum()), design.lying
    pool = np.flatnonzero(design.comparison & np.isfinite(where.points).all(axis=1))
    home = np.array([chain[-1] if chain else "" for chain in where.groups])
    found: dict[tuple[int, ...], Bools] = {}
    for seed in pool:
        beside = pool[home[pool] == home[seed]]
        if len(beside) < size:
            continue
        away = np.hypot(*(where.points[beside] - where.points[seed]).T)
        chosen = np.sort(beside[np.argsort(away, kind="stable")[:size]])
        found.setdefault(tuple(chosen.tolist()), _marked(chosen, len(home)))
    if not found:
        return np.zeros((0, len(home)), dtype=np.bool_)
    groups = np.array(list(found.values()))
    before = design.outcome[:, : design.start].sum(axis=1)
    wanted = float(before[design.treated].sum())
    unlike = np.abs(np.log1p(groups @ before) - np.log1p(wanted))
    nearest: Bools = groups[np.argsort(unlike, kind="stable")[:permutations]]
    return nearest


def _marked(chosen: npt.NDArray[np.intp], areas: int) -> Bools:
    group = np.zeros(areas, dtype=np.bool_)
    group[chosen] = True
    return group


def _from_anywhere(design: Design, permutations: int, seed: int) -> Bools:
    """(placebos, areas) groups of comparison areas with about as many cases before as the treated
    ones, one for each.

    With one treated area every area like it is a placebo once.
    """
    pool = np.flatnonzero(design.comparison)
    if len(pool) < 2:
        return np.zeros((0, len(design.treated)), dtype=np.bool_)
    before = design.outcome[:, : design.start].sum(axis=1)
    treated = np.flatnonzero(design.treated)[: max(len(pool) // 2, 1)]
    rng = np.random.default_rng(seed)
    wide = min(max(LIKE, int(LIKE_SHARE * len(pool)), 3 * len(treated)), len(pool))
    like = [
        pool[np.argsort(np.abs(before[pool] - before[i]), kind="stable")[:wide]] for i in treated
    ]
    groups = np.zeros((permutations, len(design.treated)), dtype=np.bool_)
    if len(treated) == 1:
        chosen = (
            like[0] if wide <= permutations else rng.choice(like[0], permutations, replace=False)
        )
        groups = groups[: len(chosen)]
        groups[np.arange(len(chosen)), chosen] = True
        return groups
    for group in groups:
        for candidates in like:
            group[rng.choice(candidates[~group[candidates]])] = True
    return groups
