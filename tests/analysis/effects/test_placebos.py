"""Placebos have the shape of the measure: they lie together within one municipality."""

from dataclasses import replace

import numpy as np
import pytest

from koers.analysis.effects.design import Where, simple_design
from koers.analysis.effects.placebos import FEWEST, placebo_groups
from koers.analysis.effects.synthetic import synthetic_control

SIDE = 12


def squares(counts, treated):
    """Areas on a grid of 12 × 12; the left half is one municipality, the right another."""
    x, y = np.divmod(np.arange(SIDE * SIDE), SIDE)
    groups = tuple(("G0" if i < SIDE // 2 else "G1",) for i in x)
    where = Where(groups, np.column_stack([x, y]).astype(float), np.full(SIDE * SIDE, np.nan))
    return simple_design(counts, treated, 24, where=where)


def made(treated_number=4):
    rng = np.random.default_rng(1)
    counts = rng.poisson(4.0, (SIDE * SIDE, 36)).astype(float)
    treated = np.zeros(SIDE * SIDE, dtype=bool)
    treated[:treated_number] = True
    return counts, treated


def test_they_are_as_many_areas_next_to_each_other_in_one_municipality():
    design = squares(*made())
    groups = placebo_groups(design, 100, 1)
    assert len(groups) == 100 and (groups.sum(axis=1) == 4).all()
    assert not (groups & design.treated).any()
    assert len({tuple(g) for g in groups.tolist()}) == 100, "each is one of its own"
    home = np.array([chain[-1] for chain in design.lying.groups])
    for group in groups:
        assert len(set(home[group])) == 1
        points = design.lying.points[group]
        assert np.hypot(*(points - points.mean(axis=0)).T).max() < 2


def test_those_with_about_as_many_cases_come_first():
    counts, treated = made()
    counts[: SIDE * SIDE // 2] *= 3
    groups = placebo_groups(squares(counts, treated), 60, 1)
    cases = groups @ counts[:, :24].sum(axis=1)
    assert cases.min() > 0.7 * counts[treated, :24].sum()


def test_where_it_is_not_known_what_lies_where_they_come_from_anywhere():
    counts, treated = made()
    design = replace(squares(counts, treated), where=None)
    groups = placebo_groups(design, 50, 1)
    assert len(groups) == 50 and (groups.sum(axis=1) == 4).all()
    x, y = np.divmod(np.arange(SIDE * SIDE), SIDE)
    spread = [np.hypot(np.ptp(x[g]), np.ptp(y[g])) for g in groups]
    assert np.median(spread) > 5


def test_with_too_few_groups_that_lie_together_they_come_from_anywhere():
    counts, treated = made()
    design = squares(counts, treated)
    near = np.arange(SIDE * SIDE) < 24
    few = replace(
        design,
        outcome=design.outcome[near],
        history=design.history[near],
        treated=treated[near],
        ring=design.ring[near],
        covariates=design.covariates[near],
        where=design.lying.of(near),
    )
    assert len(placebo_groups(few, 100, 1)) == 100 > FEWEST


@pytest.mark.parametrize(("areas", "together"), [(41, True), (40, False)])
def test_forty_groups_that_lie_together_are_enough(areas, together):
    """On a road each area is nearest to the one before it, so there is one pair fewer than there
    are areas; the measure is in two areas of another municipality."""
    counts = np.random.default_rng(1).poisson(4.0, (areas + 2, 36)).astype(float)
    place = np.cumsum(np.arange(areas + 2.0))
    groups = tuple(("G0" if i < areas else "G1",) for i in range(areas + 2))
    where = Where(groups, np.column_stack([place, 0 * place]), np.full(areas + 2, np.nan))
    found = placebo_groups(
        simple_design(counts, np.arange(areas + 2) >= areas, 24, where=where), 100, 1
    )
    beside = {tuple(np.diff(np.flatnonzero(group))) for group in found} == {(1,)}
    assert (len(found), beside) == ((40, True) if together else (100, False))


def test_what_moves_together_is_in_the_margin():
    """Neighbourhoods that lie together rise and fall together: the margin of a group of them is
    wider than groups from here and there would say."""
    rng = np.random.default_rng(2)
    x, y = np.divmod(np.arange(SIDE * SIDE), SIDE)
    block = (x // 3) * 4 + y // 3
    moved = np.where(np.arange(36) >= 24, rng.gamma(4, 0.25, (16, 1)), 1.0)
    counts = rng.poisson(10.0 * moved[block]).astype(float)
    treated = block == 0
    together = synthetic_control(squares(counts, treated), 100)
    anywhere = synthetic_control(replace(squares(counts, treated), where=None), 100)
    assert np.ptp(together.interval) > 1.3 * np.ptp(anywhere.interval)


def test_the_margin_in_cases_does_not_shrink_with_the_fall():
    counts, treated = made()
    plain = synthetic_control(squares(counts, treated), 60)
    fallen = counts.copy()
    fallen[treated, 24:] = np.floor(0.2 * fallen[treated, 24:])
    found = synthetic_control(squares(fallen, treated), 60)
    assert np.ptp(found.interval) == np.ptp(plain.interval)
    low, high = found.ratio_interval
    assert -1 <= low < found.relative < high < -0.3
    taken = fallen[treated, 24:].sum() - counts[treated, 24:].sum()
    assert found.interval[0] <= taken <= found.interval[1]
