"""Goals per so many people, against the year before, and against others."""

import numpy as np
import pytest

from koers.analysis.forecast import (
    Rest,
    TableCourse,
    chance_of_target,
    goes_on,
    spread_at,
    start_of,
)
from koers.analysis.marks import MarkSpread, chance_of_beating_marks
from koers.analysis.relative import (
    Ahead,
    as_now,
    chance_of_beating,
    chance_of_earlier,
    growth_of,
)

COURSE = TableCourse()
LEVEL = np.array([60.0, 62, 58, 61, 60, 59, 60])


def test_counts_are_as_if_there_had_always_been_as_many_people():
    years, people = np.array([10.0, np.nan, 20.0]), np.array([1000.0, 1500.0, 2000.0])
    assert as_now(years, people)[[0, 2]].tolist() == [20.0, 20.0]
    table = as_now(np.array([[10.0, 20.0], [5.0, np.nan]]), np.array([[1.0, 2.0], [0.0, 2.0]]))
    assert table[0].tolist() == [20.0, 20.0] and np.isnan(table[1]).all()
    assert np.isnan(as_now(np.array([np.nan]), np.array([1.0]))).all()


def test_people_grow_on_as_fast_as_in_the_last_years():
    people = 1000 * 1.02 ** np.arange(8)
    assert growth_of(people, 2) == pytest.approx(1.02**2)
    fast_long_ago = np.array([100.0, 500, 1000, 1000, 1000, 1000, 1000, 1000])
    assert growth_of(fast_long_ago, 3) == pytest.approx(1.0)
    not_yet_known = np.append(people, np.nan)
    assert growth_of(not_yet_known, 1) == pytest.approx(1.02**2)
    assert growth_of(np.array([np.nan, 900.0]), 3) == 1.0
    assert growth_of(np.array([np.nan]), 3) == 1.0


def test_a_town_that_grows_expects_more_counts_at_the_same_rate():
    same = chance_of_target(LEVEL, 2, 60, "down", COURSE)
    grown = chance_of_target(LEVEL, 2, 60 * 1.1, "down", COURSE, None, 1.1)
    assert grown.expected == pytest.approx(1.1 * same.expected, rel=0.02)
    assert grown.chance == pytest.approx(same.chance, abs=0.03)


def drawn(before, then, many=200_000):
    """Both counts by drawing the level, a year of wandering, and chance around each."""
    rng = np.random.default_rng(5)
    start = start_of(LEVEL, COURSE)
    first = spread_at(start, before.far, None, before.growth)
    at = rng.integers(0, len(first.means), many)
    mean, extra = first.means[at], first.extra[at]
    one = rng.negative_binomial(mean / extra, 1 / (1 + extra))
    step = goes_on(start, then.far) - goes_on(start, before.far)
    nodes = rng.standard_t(6, many) / np.sqrt(1.5)
    later = mean * then.growth / before.growth
    later = later * np.exp(step + np.sqrt(start.course.wander) * nodes)
    extra = start.course.dispersion.slope * np.sqrt(later) + 1e-9
    two = rng.negative_binomial(later / extra, 1 / (1 + extra))
    return one / before.per, two / then.per


@pytest.mark.parametrize("growth", [1.0, 1.05])
def test_against_the_year_before_agrees_with_drawing_both_years(growth):
    before, then = Ahead(1.0, 20.0), Ahead(2.0, 20.0 * growth, None, growth)
    one, two = drawn(before, then)
    for direction, true in (("down", two < one), ("up", two > one)):
        chance = chance_of_earlier(LEVEL, before, then, direction, COURSE)
        assert chance == pytest.approx(true.mean(), abs=0.02)


def test_where_most_of_the_year_before_is_known_the_chance_follows_what_is_known():
    then = Ahead(1.25, 20.0)
    chances = [
        chance_of_earlier(LEVEL, Ahead(0.25, 20.0, Rest(known, 0.25)), then, "down", COURSE)
        for known in (30.0, 45.0, 65.0)
    ]
    assert chances == sorted(chances) and chances[2] - chances[0] > 0.3


def test_without_enough_years_there_is_no_chance():
    at = Ahead(1.0, 1.0)
    assert np.isnan(chance_of_earlier(LEVEL[:2], at, Ahead(2.0, 1.0), "down", COURSE))
    assert np.isnan(chance_of_beating(LEVEL[:2], [LEVEL], at, at, "down", COURSE))
    assert np.isnan(chance_of_beating(LEVEL, [], at, at, "down", COURSE))


def test_who_has_less_than_its_peers_beats_them_more_often():
    at, theirs = Ahead(1.0, 20.0), Ahead(1.0, 80.0)
    peers = [LEVEL + k for k in range(4)]
    chances = [
        chance_of_beating(LEVEL * part, peers, at, theirs, "down", COURSE)
        for part in (0.6, 0.8, 1.0, 1.2, 1.6)
    ]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.9 and chances[-1] < 0.1 and 0.4 < chances[2] < 0.7
    up = chance_of_beating(LEVEL, peers, at, theirs, "up", COURSE)
    assert up == pytest.approx(1 - chances[2], abs=0.01)


def test_a_mark_against_those_of_others():
    spread = MarkSpread(0.01, 0.01, 100)
    own, low, high = (np.full(5, mark) for mark in (7.2, 6.9, 7.5))
    assert chance_of_beating_marks(own, [low, low], 1, "up", spread) > 0.8
    assert chance_of_beating_marks(own, [high], 1, "up", spread) < 0.2
    assert chance_of_beating_marks(own, [own], 1, "down", spread) == pytest.approx(0.5)
    assert np.isnan(chance_of_beating_marks(own, [low[:2]], 1, "up", spread))
    assert np.isnan(chance_of_beating_marks(own[:2], [low], 1, "up", spread))
