"""What comes and goes is told from what lasts, on tables of which the truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from koers.analysis.comparison import change_limits
from koers.analysis.dispersion import USUAL, Dispersion, pooled_dispersion


def drawn(mean, slope, rng):
    """Counts with variance (1 + slope √mean) × mean."""
    extra = slope * np.sqrt(mean)
    rate = rng.gamma(mean / extra) * extra if slope else mean
    return rng.poisson(rate).astype(float)


def table(seed, level, slope=0.0, lasts=0.0, years=14, areas=342, course=1.0):
    """(areas, years): levels that walk with steps of ``lasts``, times the course."""
    rng = np.random.default_rng(seed)
    walk = np.cumsum(rng.normal(0, lasts, (areas, years)), axis=1)
    return drawn(level * np.exp(walk - walk.mean(axis=1, keepdims=True)) * course, slope, rng)


@pytest.mark.parametrize("mean", [0.3, 1, 3, 10, 30, 100, 200])
def test_on_poisson_counts_it_is_one_at_every_mean(mean):
    found = [pooled_dispersion(table(seed, mean)).at(mean) for seed in range(5)]
    assert np.mean(found) == pytest.approx(1, abs=0.06)
    assert max(found) < 1.15


@pytest.mark.parametrize("mean", [10.0, 100.0])
def test_what_comes_and_goes_is_found_again(mean):
    found = pooled_dispersion(table(1, mean, slope=0.2)).at(mean)
    assert found == pytest.approx(1 + 0.2 * np.sqrt(mean), rel=0.15)


def test_what_lasts_and_the_course_of_all_are_no_chance():
    course = np.exp(-0.08 * np.arange(14)) * np.where(np.arange(14) >= 9, 0.7, 1.0)
    lasting = table(2, 100.0, lasts=0.1, course=course)
    assert pooled_dispersion(lasting).at(100) == pytest.approx(1, abs=0.25)
    both = table(3, 100.0, slope=0.2, lasts=0.1, course=course)
    assert pooled_dispersion(both).at(100) == pytest.approx(3, rel=0.2)


def test_a_year_that_is_high_for_all_is_no_chance_of_each():
    up_and_down = np.where(np.arange(14) % 2, 1.2, 0.8)
    found = pooled_dispersion(table(11, 100.0, slope=0.2, course=up_and_down)).at(100)
    assert found == pytest.approx(3, rel=0.2)


def test_an_area_that_is_half_of_its_table_hides_no_part_of_its_own_noise():
    rng = np.random.default_rng(4)
    level = np.array([300.0, *[30.0] * 10])[:, None]
    slopes = [
        pooled_dispersion(drawn(level + np.zeros((11, 14)), 0.2, rng)).slope for _ in range(60)
    ]
    assert np.mean(slopes) == pytest.approx(0.17, abs=0.04)  # drawn towards the usual


def test_areas_of_every_size_share_one_slope():
    level = np.geomspace(0.3, 500, 342)[:, None]
    assert pooled_dispersion(table(5, level, slope=0.15)).slope == pytest.approx(0.15, abs=0.03)


@pytest.mark.parametrize(
    "years",
    [
        np.zeros((0, 5)),
        np.ones((1, 14)),
        np.ones((5, 2)),
        np.zeros((5, 14)),
        np.full((5, 14), np.nan),
    ],
)
def test_where_nothing_can_be_learnt_the_usual_slope_holds(years):
    assert pooled_dispersion(years) == Dispersion(USUAL)


def test_few_areas_lie_between_the_usual_and_their_own():
    found = pooled_dispersion(table(6, 5.0, slope=0.5, areas=6, years=6)).slope
    assert USUAL < found < 0.5 or found == pytest.approx(USUAL, abs=0.05)


def test_a_year_that_is_not_published_leaves_the_others():
    years = table(7, 50.0, slope=0.2)
    years[:170, 3] = np.nan
    assert pooled_dispersion(years).at(50) == pytest.approx(1 + 0.2 * np.sqrt(50), rel=0.2)


def test_where_nothing_changed_a_twentieth_is_called():
    """Levels from 6 to 600, three slopes; called 5 ± 1.5 %."""
    called, rng = [], np.random.default_rng(8)
    for slope in (0.0, 0.1, 0.3):
        level = np.geomspace(6, 600, 342)
        for seed in range(8):
            years = table(seed, level[:, None], slope=slope, lasts=0.05)
            before, after = drawn(level, slope, rng), drawn(level, slope, rng)
            pooled = pooled_dispersion(years)
            spread = np.array([pooled.at(m) for m in (before + after) / 2])
            lower, upper = change_limits(after, before, spread)
            called.append(((lower > 1) | (upper < 1))[before + after >= 10].mean())
    assert np.mean(called) == pytest.approx(0.05, abs=0.015)


def test_a_change_of_a_third_at_a_level_of_a_hundred_is_mostly_found():
    rng = np.random.default_rng(9)
    years = table(10, 100.0, slope=0.15, lasts=0.05)
    spread = pooled_dispersion(years).at(85)
    before, after = drawn(np.full(2000, 100.0), 0.15, rng), drawn(np.full(2000, 66.0), 0.15, rng)
    _, upper = change_limits(after, before, np.full(2000, spread))
    assert (upper < 1).mean() > 0.35
