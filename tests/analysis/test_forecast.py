"""The chance that a target is met."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koers.analysis.forecast import chance_of_target, forecast_fan

YEARS = np.array([185.0, 160, 150, 120, 90, 80, 60, 40])
series = st.lists(st.integers(5, 500), min_size=4, max_size=14).map(lambda v: np.array(v, dtype=float))


@given(series, st.floats(0, 1000), st.floats(0, 1000), st.floats(0.1, 4))
def test_a_lighter_target_is_never_less_likely(years, one, other, ahead):
    low, high = sorted((one, other))
    hard, light = (chance_of_target(years, ahead, target, "down").chance for target in (low, high))
    assert hard <= light + 1e-12
    hard, light = (chance_of_target(years, ahead, target, "up").chance for target in (high, low))
    assert hard <= light + 1e-12


@given(series, st.floats(0, 1000))
def test_at_most_and_at_least_are_each_others_rest(years, target):
    down, up = (chance_of_target(years, 1, target, direction).chance for direction in ("down", "up"))
    assert math.isclose(down + up, 1, abs_tol=1e-12)


@given(series, st.floats(0.1, 5))
def test_the_expected_value_lies_within_its_interval_and_nothing_is_negative(years, ahead):
    found = chance_of_target(years, ahead, 10, "down")
    assert 0 <= found.lower <= found.upper
    assert found.lower <= max(found.expected, 0) <= found.upper


@given(series)
def test_further_ahead_is_less_sure(years):
    near, far = (chance_of_target(years, ahead, 10, "down") for ahead in (1, 4))
    # On the log scale the middle moves; it is the ratio that widens.
    assert (near.upper + 0.5) / (near.lower + 0.5) <= (far.upper + 0.5) / (far.lower + 0.5) + 1e-9


def test_a_falling_series_is_expected_to_fall_on_at_half_its_pace():
    found = chance_of_target(YEARS, 1, 40, "down")
    pace = np.diff(np.log(YEARS + 0.5)).mean() / 2
    assert math.isclose(found.expected + 0.5, (YEARS[-1] + 0.5) * math.exp(pace), rel_tol=1e-12)
    assert found.chance > 0.5


def test_a_target_far_below_is_unlikely_and_one_far_above_is_nearly_sure():
    assert chance_of_target(YEARS, 1, 1, "down").chance < 0.05
    assert chance_of_target(YEARS, 1, 400, "down").chance > 0.99


def test_a_target_of_nothing_is_not_impossible_to_ask():
    assert 0 <= chance_of_target(YEARS, 1, 0, "down").chance < 0.01


@pytest.mark.parametrize(
    "years",
    [YEARS[:3], np.array([3.0, 2, 4, 3, 2]), np.array([50.0, 40, np.nan, np.nan, 30]), np.array([])],
    ids=["three years", "few cases", "three known", "none"],
)
def test_too_few_data_give_no_chance(years):
    found = chance_of_target(years, 1, 10, "down")
    assert not found.enough
    assert math.isnan(found.chance)


def test_a_year_that_is_not_published_is_left_out_and_is_no_zero():
    holes = np.insert(YEARS, 0, np.nan)
    assert chance_of_target(holes, 1, 40, "down") == chance_of_target(YEARS, 1, 40, "down")


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
    fan = forecast_fan(years, np.array([0.5, 1.0, 2.0, 3.0]))
    if fan is None:
        return
    width = np.log(fan.upper + 0.5) - np.log(fan.lower + 0.5)
    assert (np.diff(width, axis=0) >= -1e-9).all()
    unclipped = (fan.lower > 0).all(axis=1)
    assert (np.diff(width[unclipped], axis=1) > 0).all()
    assert ((fan.lower <= np.maximum(fan.median, 0)) & (fan.median <= fan.upper)).all()


def test_there_is_no_fan_of_too_few_cases():
    assert forecast_fan(np.array([3.0, 4, 2, 5, 4]), np.array([1.0])) is None
