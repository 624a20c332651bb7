"""The chance that a target is met."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koers.analysis.dispersion import Dispersion
from koers.analysis.forecast import (
    LASTS,
    OWN_PART,
    WANDER,
    Rest,
    TableCourse,
    chance_of_target,
    chances_of_targets,
    forecast_fan,
    rest_of_year,
    start_of,
    table_course,
)

YEARS = np.array([185.0, 160, 150, 120, 90, 80, 60, 40])
series = st.lists(st.integers(5, 500), min_size=4, max_size=14).map(
    lambda v: np.array(v, dtype=float)
)


@given(series, st.floats(0, 1000), st.floats(0, 1000), st.floats(0.1, 4))
def test_a_lighter_target_is_never_less_likely(years, one, other, ahead):
    low, high = sorted((one, other))
    hard, light = (chance_of_target(years, ahead, target, "down").chance for target in (low, high))
    assert hard <= light + 1e-12
    hard, light = (chance_of_target(years, ahead, target, "up").chance for target in (high, low))
    assert hard <= light + 1e-12


@given(series, st.integers(0, 1000))
def test_at_most_so_much_and_at_least_one_more_are_each_others_rest(years, target):
    down = chance_of_target(years, 1, target, "down").chance
    up = chance_of_target(years, 1, target + 1, "up").chance
    assert math.isclose(down + up, 1, abs_tol=1e-12)


@given(series, st.floats(0.1, 5))
def test_the_expected_value_lies_within_its_interval_and_nothing_is_negative(years, ahead):
    found = chance_of_target(years, ahead, 10, "down")
    assert 0 <= found.lower <= found.expected <= found.upper


@given(series)
def test_further_ahead_is_less_sure(years):
    near, far = (chance_of_target(years, ahead, 10, "down") for ahead in (1, 4))
    # It is the ratio that widens; a few cases are not to be had in parts.
    assert (near.upper + 0.5) / (near.lower + 0.5) <= (far.upper + 2) / max(far.lower - 1, 0.5)


def test_a_falling_series_falls_on_with_part_of_the_pace_of_its_table():
    course = TableCourse(Dispersion(0.1), pace=-0.1)
    flat = TableCourse(Dispersion(0.1))
    years = 200 * np.exp(-0.1 * np.arange(8))
    near, far = (chance_of_target(years, a, 40, "down", course).expected for a in (1, 3))
    assert near == pytest.approx(years[-1] * math.exp(-0.1 * LASTS), rel=0.03)
    assert far == pytest.approx(
        years[-1] * math.exp(-0.1 * (LASTS + LASTS**2 + LASTS**3)), rel=0.04
    )
    assert chance_of_target(years, 1, 40, "down", flat).expected > near


def test_the_level_is_that_of_recent_years_and_not_of_the_last():
    once = np.array([100.0, 100, 100, 100, 100, 100, 60])
    found = chance_of_target(once, 1, 60, "down", TableCourse(Dispersion(0.3)))
    assert 70 < found.expected < 95
    assert found.chance < 0.3


@pytest.mark.parametrize("wander", [0.001, 0.02, 0.3])
def test_a_year_weighs_as_much_as_the_filter_that_follows_a_wandering_level_gives_it(wander):
    """Kalman's, step by step until its gain stays the same, is the oracle; what is left unsure of
    the level is that gain of the noise."""
    course = TableCourse(Dispersion(0.3), wander=wander)
    start = start_of(np.full(12, 80.0), course)
    noise = course.dispersion.at(80.0) / 80.0
    vague = noise
    for _ in range(500):
        foreseen = vague + OWN_PART * wander
        gain = foreseen / (foreseen + noise)
        vague = (1 - gain) * foreseen
    assert start.vague == pytest.approx(vague)


def test_a_target_far_below_is_unlikely_and_one_far_above_is_nearly_sure():
    assert chance_of_target(YEARS, 1, 1, "down").chance < 0.05
    assert chance_of_target(YEARS, 1, 400, "down").chance > 0.99


def test_a_target_of_nothing_is_not_impossible_to_ask():
    assert 0 <= chance_of_target(YEARS, 1, 0, "down").chance < 0.01


@pytest.mark.parametrize(
    "years",
    [
        YEARS[:3],
        np.array([3.0, 2, 4, 3, 2]),
        np.array([50.0, 40, np.nan, np.nan, 30]),
        np.array([]),
    ],
    ids=["three years", "few cases", "three known", "none"],
)
def test_too_few_data_give_no_chance(years):
    found = chance_of_target(years, 1, 10, "down")
    assert not found.enough
    assert math.isnan(found.chance)
    assert np.isnan(chances_of_targets(years, 1, np.array([10.0]), "down", TableCourse())).all()


def test_a_year_that_is_not_published_is_left_out_and_is_no_zero():
    holes = np.insert(YEARS, 0, np.nan)
    assert chance_of_target(holes, 1, 40, "down") == chance_of_target(YEARS, 1, 40, "down")


def test_a_gap_keeps_its_place_in_time():
    """Years that are further ago count for less than years that follow on each other."""
    course = TableCourse(Dispersion(0.1))
    close = np.array([200.0, 200, 200, 200, 100])
    apart = np.array([200.0, 200, 200, 200, *[np.nan] * 4, 100])
    near, far = (chance_of_target(y, 1, 100, "down", course) for y in (close, apart))
    assert far.expected < near.expected


def test_many_targets_at_once_are_those_one_by_one():
    targets = np.array([10.0, 38.5, 60])
    course = table_course(YEARS[None, :])
    found = chances_of_targets(YEARS, 2, targets, "up", course)
    assert found.tolist() == [chance_of_target(YEARS, 2, t, "up", course).chance for t in targets]


def test_of_a_year_that_is_nearly_over_most_is_known():
    course, years = TableCourse(Dispersion(0.1)), np.full(8, 60.0)
    nearly = chance_of_target(years, 1 / 12, 60, "down", course, Rest(50.0, 1 / 12))
    whole = chance_of_target(years, 1, 60, "down", course)
    assert nearly.expected == pytest.approx(55, abs=1)
    assert nearly.upper - nearly.lower < (whole.upper - whole.lower) / 2
    assert nearly.chance > 0.9
    assert chance_of_target(years, 1 / 12, 49, "down", course, Rest(50.0, 1 / 12)).chance == 0
    winter = chance_of_target(years, 1 / 12, 60, "down", course, Rest(50.0, 0.25))
    assert winter.chance < 0.3


def test_a_whole_year_has_all_seasons_and_is_no_less_sure_for_them():
    """Of many cases that never wandered a year is known within a few per cent."""
    steady = chance_of_target(
        np.full(8, 1e6), 1, 1e6, "down", TableCourse(Dispersion(0.0), wander=0.0)
    )
    assert steady.upper - steady.lower < 0.1 * steady.expected


def test_the_rest_of_a_year_goes_by_what_its_months_usually_are():
    """Of the three months to come, October to December, each is twice another."""
    year = np.array([2.0, 2, 2, *[1] * 9])  # a year that ends in September
    rest = rest_of_year(np.tile(year, 6)[5:] * 10, 3)
    assert rest.known == 90
    assert rest.share == pytest.approx((6 * 5 + 3 * 1.25) / (15 * 5 + 15), abs=1e-9)
    assert rest_of_year(np.zeros(24), 4) == Rest(0.0, 4 / 12)


def test_the_pace_of_a_table_is_that_of_all_its_areas_together():
    rng = np.random.default_rng(1)
    falling = rng.poisson(100 * np.exp(-0.1 * np.arange(10)) * np.ones((200, 1))).astype(float)
    assert table_course(falling).pace == pytest.approx(-0.1, abs=0.02)
    assert abs(table_course(falling[:1]).pace) < 0.1  # of one area less is known
    holes = falling.copy()
    holes[:50, -1] = np.nan
    assert table_course(holes).pace == pytest.approx(-0.1, abs=0.02)
    assert table_course(np.zeros((5, 8))).pace == 0


@pytest.mark.parametrize("wander", [0.01, 0.06])
def test_how_levels_wander_is_learnt_from_the_table(wander):
    rng = np.random.default_rng(3)
    steps = rng.normal(0, math.sqrt(wander), (200, 12))
    years = rng.poisson(150 * np.exp(np.cumsum(steps, axis=1))).astype(float)
    assert table_course(years).wander == pytest.approx(wander, rel=0.25)
    assert table_course(years[:1, :3]).wander == pytest.approx(WANDER, abs=0.02)


def test_what_is_called_comes_true_where_the_world_is_as_supposed():
    """Levels that walk with the variance that is supposed: in each fifth of the chances as many
    come true as was said, and of what is called on course at least four in five."""
    rng, said, true = np.random.default_rng(2), [], []
    for ahead in (1, 3):
        steps = rng.normal(0, math.sqrt(WANDER), (1500, 9 + ahead))
        mean = 80 * np.exp(np.cumsum(steps, axis=1))
        counts = rng.poisson(mean).astype(float)
        for row in counts:
            course = TableCourse(Dispersion(0.0))
            targets = np.floor(row[8] * np.array([0.7, 0.9, 1.0, 1.2]))
            said.append(chances_of_targets(row[:9], ahead, targets, "down", course))
            true.append(row[-1] <= targets)
    chances = np.concatenate(said)
    met = np.concatenate(true)[np.isfinite(chances)]
    chances = chances[np.isfinite(chances)]
    for low in np.arange(0, 1, 0.2):
        use = (chances >= low) & (chances < low + 0.2)
        assert met[use].mean() == pytest.approx(chances[use].mean(), abs=0.05)
    assert met[chances >= 0.8].mean() >= 0.8


@given(series, st.floats(0.1, 4))
def test_the_fan_ends_where_the_forecast_of_the_target_is(years, ahead):
    fan, goal = forecast_fan(years, np.array([ahead])), chance_of_target(years, ahead, 10, "down")
    if fan is None:
        assert not goal.enough
        return
    at = fan.levels.index(0.8)
    assert math.isclose(fan.lower[at, 0], goal.lower, abs_tol=1e-9)
    assert math.isclose(fan.upper[at, 0], goal.upper, abs_tol=1e-9)


@given(series)
def test_the_fan_widens_with_time_and_with_what_must_be_in_it(years):
    fan = forecast_fan(years, np.array([1.0, 2.0, 3.0]))
    if fan is None:
        return
    assert (np.diff(fan.upper - fan.lower, axis=0) >= -1e-9).all()
    width = np.log(fan.upper + 0.5) - np.log(fan.lower + 0.5)
    large = (fan.lower > 20).all(axis=1)
    assert (np.diff(width[large], axis=1) > -0.02).all()
    assert ((fan.lower <= fan.median) & (fan.median <= fan.upper)).all()


def test_there_is_no_fan_of_too_few_cases():
    assert forecast_fan(np.array([3.0, 4, 2, 5, 4]), np.array([1.0])) is None


def test_a_table_of_one_year_has_no_pace_and_wanders_as_tables_usually_do():
    found = table_course(np.array([[40.0], [60.0], [np.nan]]))
    assert (found.pace, found.wander) == (0.0, WANDER)
    apart = np.array([[40.0, np.nan, 50.0, np.nan, 60.0]] * 5)
    assert table_course(apart).wander == WANDER, "no two years follow on each other"


def test_a_series_without_years_of_late_follows_the_pace_of_its_table():
    years = np.array([100.0, 100, 100, 100, *[np.nan] * 6, 100])

    def expected(pace):
        return chance_of_target(years, 1, 90, "down", TableCourse(Dispersion(0.1), pace)).expected

    level = expected(0.0)
    assert expected(0.1) > level > expected(-0.1)
    longer = np.array([400.0, *years])
    course = TableCourse(Dispersion(0.1), 0.1)
    ratio = chance_of_target(longer, 1, 90, "down", course).expected / expected(0.1)
    assert ratio == pytest.approx(1, abs=0.15), "what was long ago tells little of the pace"
