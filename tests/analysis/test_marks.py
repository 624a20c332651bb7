"""Percentages and marks: what a round is off is told from what changes, and chances hold."""

import math

import numpy as np
import pytest

from koers.analysis.marks import MarkSpread, chance_of_mark, mark_fan, mark_spread


def table(seed, margin, walk, areas=40, every=2, years=13, start=20.0):
    """(areas, years) marks of which every other year has a round, and the levels."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0, math.sqrt(walk), (areas, years))
    level = start + np.cumsum(steps, axis=1)
    seen = level + rng.normal(0, math.sqrt(margin), level.shape)
    seen[:, [y for y in range(years) if (years - 1 - y) % every]] = np.nan
    return seen, level


@pytest.mark.parametrize(("margin", "walk"), [(4.0, 0.5), (1.0, 1.0), (2.0, 0.0)])
def test_what_a_round_is_off_is_told_from_what_changes(margin, walk):
    found = [mark_spread(table(seed, margin, walk)[0]) for seed in range(20)]
    assert np.mean([f.margin for f in found]) == pytest.approx(margin, rel=0.1, abs=0.1)
    assert np.mean([f.walk for f in found]) == pytest.approx(walk, abs=0.15)


@pytest.mark.parametrize("ahead", [2, 4])
def test_chances_come_true_as_often_as_is_said(ahead):
    said, true = [], []
    for seed in range(60):
        seen, level = table(seed, 3.0, 0.6, years=13 + ahead)
        past, later = seen[:, :13], seen[:, 12 + ahead]
        spread = mark_spread(past)
        for a in range(len(past)):
            for off in (-3, -1, 0, 1, 3):
                target = past[a, -1] + off
                said.append(chance_of_mark(past[a], ahead, target, "down", spread).chance)
                true.append(later[a] <= target)
    chances, met = np.array(said), np.array(true)
    for low in np.arange(0, 1, 0.2):
        use = (chances >= low) & (chances < low + 0.2)
        assert met[use].mean() == pytest.approx(chances[use].mean(), abs=0.05)
    assert met[chances >= 0.8].mean() >= 0.8


def test_at_least_is_the_rest_and_further_ahead_is_less_sure():
    rounds, spread = np.array([20.0, np.nan, 18, np.nan, 17]), MarkSpread(2.0, 0.5, 60)
    down, up = (chance_of_mark(rounds, 2, 16, d, spread).chance for d in ("down", "up"))
    assert down + up == pytest.approx(1)
    near, far = (chance_of_mark(rounds, a, 16, "down", spread) for a in (2, 6))
    assert far.upper - far.lower > near.upper - near.lower


def test_the_fan_ends_where_the_chance_is_and_widens():
    rounds, spread = np.array([20.0, np.nan, 18, np.nan, 17]), MarkSpread(2.0, 0.5, 60)
    fan, goal = (
        mark_fan(rounds, np.array([2.0, 4]), spread),
        chance_of_mark(rounds, 4, 16, "down", spread),
    )
    assert (fan.lower[1, 1], fan.upper[1, 1]) == pytest.approx((goal.lower, goal.upper))
    assert (np.diff(fan.upper - fan.lower, axis=0) > 0).all()
    assert (np.diff(fan.upper - fan.lower, axis=1) > 0).all()
    assert mark_fan(rounds[:2], np.array([2.0]), spread) is None


@pytest.mark.parametrize(
    ("rounds", "spread"),
    [
        ([20.0, np.nan, 18], MarkSpread(2.0, 0.5, 60)),
        ([20.0, 19, 18], MarkSpread(2.0, 0.5, 19)),
        ([20.0, 19, 18], MarkSpread(np.nan, np.nan, 60)),
    ],
)
def test_too_few_rounds_or_areas_give_no_chance(rounds, spread):
    assert not chance_of_mark(np.array(rounds), 2, 16, "down", spread).enough
    assert mark_spread(np.full((3, 5), np.nan)).steps == 0
