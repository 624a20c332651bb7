"""A year against the one before, and areas against each other."""

import csv
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from koers.analysis import shrinkage
from koers.analysis.comparison import (
    FEWEST,
    change,
    change_limits,
    nearest_peers,
    places,
    shrunken_rates,
)
from koers.analysis.shrinkage import rate_limits

counts = st.integers(0, 2000)


@given(counts, counts)
def test_the_interval_holds_the_ratio(after, before):
    found = change(after, before)
    if before:
        assert found.lower <= found.ratio <= found.upper
        assert found.ratio == after / before


@given(st.integers(1, 500), st.integers(1, 500), st.floats(1, 20))
def test_more_spread_widens_the_interval_and_never_narrows_it(after, before, dispersion):
    plain, wide = change(after, before), change(after, before, dispersion)
    assert wide.lower <= plain.lower * (1 + 1e-9)
    assert wide.upper >= plain.upper * (1 - 1e-9)


@given(st.integers(1, 500), st.integers(1, 500))
def test_the_other_way_round_is_the_reciprocal(after, before):
    there, back = change(after, before), change(before, after)
    assert math.isclose(there.lower, 1 / back.upper, rel_tol=1e-9)
    assert math.isclose(there.upper, 1 / back.lower, rel_tol=1e-9)


@pytest.mark.parametrize(("after", "before"), [(3, 12), (40, 185), (6, 30), (30, 31)])
def test_the_interval_is_about_where_the_mid_p_binomial_test_turns(after, before):
    """Naive oracle: a ratio is in the interval when neither one-sided binomial test, which counts
    what was seen for half, rejects it at 2.5 %."""
    found = change(after, before)
    for ratio, inside in (
        (found.upper * 1.25, False),
        (found.upper * 0.8, True),
        (found.lower * 0.8, False),
        (found.lower * 1.25, True),
    ):
        if ratio == 0:
            continue
        share = ratio / (1 + ratio)
        seen = stats.binom.pmf(after, after + before, share) / 2
        low = stats.binom.cdf(after, after + before, share) - seen
        high = stats.binom.sf(after - 1, after + before, share) - seen
        assert (min(low, high) >= 0.025) == inside


def test_intervals_are_wrong_as_often_as_they_say():
    rng = np.random.default_rng(1)
    for mean in (6, 15, 60, 400):
        after, before = rng.poisson(mean, (2, 20_000)).astype(float)
        lower, upper = change_limits(after, before, np.ones(20_000))
        assert ((lower > 1) | (upper < 1)).mean() == pytest.approx(0.05, abs=0.015)


def test_no_case_at_all_says_nothing():
    found = change(0, 0)
    assert not found.enough
    assert not found.certain


def test_from_none_to_some_is_infinitely_more_with_an_open_end():
    found = change(12, 0)
    assert (found.ratio, found.upper) == (math.inf, math.inf)
    assert found.lower > 1
    assert found.certain


def test_few_cases_are_never_certain():
    assert not change(FEWEST - 1, 0).enough
    assert not change(FEWEST - 1, 0).certain
    assert change(FEWEST, 0).enough


def test_not_published_is_no_comparison_and_no_zero():
    for after, before in ((np.nan, 20), (20, np.nan)):
        found = change(after, before)
        assert math.isnan(found.ratio)
        assert not found.enough


@pytest.mark.shared
def test_shrunken_rates_are_those_of_spdep(shared):
    folder = shared / "reference" / "smallarea"
    with (folder / "scotland_input.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (folder / "scotland_eb.csv").open(encoding="utf-8") as file:
        expected = list(csv.DictReader(file))
    cases = np.array([float(r["cases"]) for r in rows])
    people = np.array([float(r["expected"]) for r in rows])
    found = shrunken_rates(cases, people)
    np.testing.assert_allclose(found.raw, [float(r["EBest_raw"]) for r in expected], rtol=1e-12)
    np.testing.assert_allclose(found.rate, [float(r["EBest"]) for r in expected], rtol=1e-12)
    known = json.loads((folder / "results.json").read_text(encoding="utf-8"))["EBest_params"]
    # The mean towards which it shrinks, and how much: b is the mean, a the variance between areas.
    mean = cases.sum() / people.sum()
    assert math.isclose(mean, known["b"], rel_tol=1e-12)
    one = 0
    weight = (found.rate[one] - mean) / (found.raw[one] - mean)
    assert math.isclose(weight, known["a"] / (known["a"] + mean / people[one]), rel_tol=1e-12)


def test_a_shrunken_rate_lies_between_its_own_and_the_mean_and_within_its_interval():
    cases = np.array([0.0, 3, 40, 7, 90])
    people = np.array([300.0, 900, 5000, 400, 9000])
    found = shrunken_rates(cases, people)
    mean = cases.sum() / people.sum()
    low, high = np.minimum(found.raw, mean), np.maximum(found.raw, mean)
    assert ((found.rate >= low - 1e-12) & (found.rate <= high + 1e-12)).all()
    assert ((found.lower < found.rate) & (found.rate < found.upper)).all()


def test_without_a_count_or_people_there_is_no_rate_and_the_others_do_not_change():
    whole = shrunken_rates(np.array([3.0, 40, 7]), np.array([900.0, 5000, 400]))
    holes = shrunken_rates(np.array([3.0, np.nan, 40, 7, 5]), np.array([900.0, 800, 5000, 400, 0]))
    assert np.isnan(holes.rate[[1, 4]]).all()
    np.testing.assert_allclose(holes.rate[[0, 2, 3]], whole.rate)


@pytest.mark.parametrize("areas", [1, 3, 14, 342])
def test_no_case_anywhere_gives_rates_of_zero_and_how_high_they_may_be(areas):
    found = shrunken_rates(np.zeros(areas), np.full(areas, 1000.0))
    assert set(found.rate) == set(found.lower.round(9)) == {0}
    assert (found.upper > 0).all()
    # Of one area no more than three cases may have been missed; of more areas together less.
    assert (found.upper < 3.7 / 1000).all()
    best, worst = places(found)
    assert set(best) == {1} and set(worst) == {areas}


@pytest.mark.parametrize(("areas", "tables"), [(5, 120), (14, 40), (50, 12), (342, 2)])
@pytest.mark.parametrize(("spread", "per_area"), [(0.15, 30), (0.4, 4), (1.0, 0.5)])
def test_margins_hold_the_true_rates(areas, tables, spread, per_area):
    """With the spread plugged in: 65 to 80 % of 14 areas."""
    rng = np.random.default_rng(areas)
    held = 0.0
    for _ in range(tables):
        people = np.exp(rng.normal(0, 0.8, areas))
        people *= per_area / people.mean()
        rates = rng.gamma(spread**-2, spread**2, areas)
        found = shrunken_rates(rng.poisson(rates * people).astype(float), people)
        held += float(((found.lower <= rates) & (rates <= found.upper)).mean())
    # 93 % is asked; of so few tables the share is known to a point or two (docs/benchmarks.md).
    assert held / tables >= 0.92


def test_a_station_does_not_make_all_other_areas_look_alike():
    """One area has a hundred times the rate of nineteen that hardly differ."""
    rates, people = np.full(20, 0.01), np.full(20, 1000.0)
    counts = np.random.default_rng(4).poisson(rates * people).astype(float)
    plain = shrunken_rates(counts[1:], people[1:])
    counts[0] = 1000
    beside = shrunken_rates(counts, people)
    assert beside.lower[0] < 1.0 < beside.upper[0] < 1.1
    wider = (beside.upper - beside.lower)[1:] / (plain.upper - plain.lower)
    assert np.median(wider) < 1.25


def test_limits_are_where_the_naive_integral_puts_them():
    """Naive oracle: draws from the prior, weighted by how likely they find the counts."""
    rng = np.random.default_rng(2)
    counts, people = np.array([0.0, 3, 4, 30]), np.array([500.0, 800, 300, 900])
    draws = 200_000
    spread = rng.uniform(0.02, 2.0, draws)
    mean = np.exp(rng.uniform(np.log(1e-4), np.log(0.5), draws))
    chance = 0.5 * np.log(mean)
    parts = []
    for y, n in zip(counts, people, strict=True):
        kinds = (0.8, spread**-2, mean), (0.2, 0.3, 20 * mean)
        each = [
            np.log(share) + stats.nbinom.logpmf(y, shape, shape / (shape + n * middle))
            for share, shape, middle in kinds
        ]
        either = np.logaddexp(*each)
        chance = chance + either
        apart = rng.random(draws) > np.exp(each[0] - either)
        shape = np.where(apart, 0.3, spread**-2)
        middle = np.where(apart, 20 * mean, mean)
        parts.append(rng.gamma(shape + y) / (shape / middle + n))
    weight = np.exp(chance - chance.max())
    lower, upper = rate_limits(counts, people)
    for i, drawn in enumerate(parts):
        order = np.argsort(drawn)
        below = np.cumsum(weight[order]) / weight.sum()
        for limit, part in ((lower[i], 0.025), (upper[i], 0.975)):
            assert np.interp(limit, drawn[order], below) == pytest.approx(part, abs=0.015)


def test_one_round_of_looking_is_about_right_already(monkeypatch):
    """Where it would go on without end, it stops with an answer."""
    counts, people = np.array([0.0, 3, 4, 30]), np.array([500.0, 800, 300, 900])
    lower, upper = rate_limits(counts, people)
    monkeypatch.setattr(shrinkage, "ROUNDS", 1)
    once = rate_limits(counts, people)
    assert once[0] == pytest.approx(lower, rel=0.5, abs=1e-6)
    assert once[1] == pytest.approx(upper, rel=0.5)


def test_areas_that_differ_by_chance_only_get_one_rate():
    found = shrunken_rates(np.array([10.0, 20, 30]), np.array([1000.0, 2000, 3000]))
    np.testing.assert_allclose(found.rate, 0.01)


def test_places_leave_open_what_the_intervals_leave_open():
    cases = np.array([0.0, 1000, 1010, np.nan])
    best, worst = places(shrunken_rates(cases, np.array([1000.0, 1000, 1000, 1000])))
    assert (best.tolist(), worst.tolist()) == ([3, 1, 1, 0], [3, 2, 2, 0])


def test_peers_are_the_nearest_without_oneself_and_without_the_unknown():
    features = np.array([[10.0], [11], [50], [np.nan], [9.5]])
    assert nearest_peers(features, own=0, k=2) == (4, 1)
    assert set(nearest_peers(features, own=0, k=10)) == {1, 2, 4}


def test_peers_do_not_depend_on_the_unit_of_a_feature():
    rng = np.random.default_rng(3)
    features = rng.normal(size=(30, 2))
    assert nearest_peers(features, 4, 5) == nearest_peers(features * [1, 1000], 4, 5)


def test_where_nothing_is_known_there_is_no_rate_and_no_place():
    nothing = np.full(3, np.nan)
    found = shrunken_rates(nothing, np.array([100.0, 0.0, np.nan]))
    for values in (found.raw, found.rate, found.lower, found.upper):
        assert np.isnan(values).all()
    best, worst = places(found)
    assert best.tolist() == worst.tolist() == [0, 0, 0]


def test_an_area_of_which_a_feature_is_unknown_has_no_peers():
    features = np.array([[1.0, 2.0], [1.0, np.nan], [2.0, 2.0]])
    assert nearest_peers(features, 1, 2) == ()
    assert nearest_peers(features, 0, 2) == (2,)
