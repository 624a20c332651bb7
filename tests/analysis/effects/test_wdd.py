import csv
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koers.analysis.effects.design import DesignError, simple_design
from koers.analysis.effects.wdd import displacement_difference, harm_difference, spread_before, wdd


@pytest.fixture
def reference(shared):
    return json.loads((shared / "reference/effect/wdd.json").read_text())


@pytest.mark.shared
@pytest.mark.parametrize(
    ("case", "arguments"),
    [
        ("nodisp", {}),
        ("disp", {"ring_control": (30, 30), "ring": (30, 20)}),
        ("timew", {"time_weights": (2, 1)}),
        ("areaw", {"ring_control": (30, 30), "ring": (30, 20), "area_weights": (2, 1.5, 3, 3.2)}),
    ],
)
def test_estimates_and_errors_are_those_of_the_reference(reference, case, arguments):
    found, wanted = displacement_difference((20, 20), (20, 10), **arguments), reference[case]
    assert found.local == pytest.approx(wanted["Est_Local"], abs=1e-9)
    assert found.local_error == pytest.approx(wanted["SE_Local"], abs=1e-9)
    assert found.displaced == pytest.approx(wanted["Est_Displace"], abs=1e-9)
    assert found.total == pytest.approx(wanted["Est_Total"], abs=1e-9)
    assert found.error == pytest.approx(wanted["SE_Total"], abs=1e-9)


@pytest.mark.shared
def test_the_grid_of_the_reference(shared):
    with (shared / "reference/effect/wdd_grid.csv").open() as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    assert len(rows) == 81
    for row in rows:
        found = displacement_difference((row["ct0"], row["ct1"]), (row["tr0"], row["tr1"]))
        assert (found.total, found.error) == pytest.approx(
            (row["Est_Total"], row["SE_Total"]), abs=1e-9
        )


@pytest.mark.shared
def test_harm_weights(reference):
    kinds = (((20, 20), (20, 10)), ((30, 30), (25, 20)), ((80, 60), (70, 20)))
    parts = tuple(displacement_difference(control, treated) for control, treated in kinds)
    found = harm_difference(parts, (10, 5, 1))
    assert found == pytest.approx((reference["harm"]["HarmEst"], reference["harm"]["SE_HarmEst"]))


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 200))
def test_no_difference_when_both_change_alike(control, treated, change):
    found = displacement_difference((control, control + change), (treated, treated + change))
    assert found.total == 0


def test_the_interval_is_wider_where_the_years_before_were_wilder():
    rng = np.random.default_rng(1)
    calm = rng.poisson(10, (12, 60)).astype(float)
    wild = rng.poisson(10 * np.repeat(rng.gamma(2, 0.5, (12, 10)), 6, axis=1)).astype(float)
    labels = np.where(np.arange(12) < 3, 1.0, -1.0)
    assert spread_before(wild, labels, 6).scale > 1.5 * spread_before(calm, labels, 6).scale
    assert spread_before(calm, labels, 6).scale >= 1


def test_areas_that_rise_and_fall_together_lend_no_more_than_they_say_themselves():
    """However the labels are dealt, the difference is the same one: nine windows, and no more."""
    wild = np.random.default_rng(1).poisson(10 * np.repeat([1.0, 3, 1, 2, 1, 4], 10)).astype(float)
    together = np.tile(wild, (12, 1))
    labels = np.where(np.arange(12) < 3, 1.0, -1.0)
    assert spread_before(together, labels, 6).df == pytest.approx(60 / 6 - 1)
    apart = np.array([np.roll(wild, 5 * k) for k in range(12)])
    assert spread_before(apart, labels, 6).df > 60 / 6


def test_the_ring_has_the_comparison_area_that_is_nearest_in_cases_for_itself():
    """Of the areas to compare with the first counts as much as the ring, the second as much as the
    area with the measure; each falls by a tenth on its own."""
    counts = np.array([[20.0, 18], [300, 270], [310, 279], [21, 19]])
    treated, ring = np.arange(4) == 0, np.arange(4) == 1
    found = wdd(simple_design(counts, treated, 1, ring))
    assert (found.effect, found.displacement) == (1, 1)
    alone = wdd(simple_design(counts[[0, 1, 3]], treated[[0, 1, 3]], 1, ring[[0, 1, 3]]))
    assert alone.displacement == pytest.approx(-30 + 2 * 300 / 21), (
        "brought to the size of the ring"
    )


def test_the_ups_and_downs_of_a_small_comparison_are_not_those_of_a_larger_ring():
    """A common rise of half: with the comparison of the measure as it is, the ring would seem to
    have gained what its size brings."""
    rng = np.random.default_rng(8)
    before = np.array([20.0, *[20.0] * 6, *[20.0] * 7])
    effects = []
    for _ in range(60):
        counts = np.column_stack([rng.poisson(before * 12), rng.poisson(before * 18)])
        ring = (np.arange(14) > 0) & (np.arange(14) < 7)
        found = wdd(simple_design(counts.astype(float), np.arange(14) == 0, 1, ring))
        effects.append(found.effect / (7 * 240))
    assert abs(np.mean(effects)) < 0.02


def test_the_ring_counts_against_the_same_comparison_where_there_is_one():
    counts = np.array([[20.0, 10], [30, 20], [20, 20]])
    found = wdd(
        simple_design(counts, np.array([True, False, False]), 1, np.array([False, True, False]))
    )
    assert (found.effect, found.displacement) == (-20, -10)


def test_more_periods_after_than_before_is_refused():
    with pytest.raises(DesignError, match="too few before"):
        wdd(simple_design(np.ones((2, 5)), np.array([True, False]), 2))


def test_a_measure_without_other_areas_is_not_judged():
    counts = np.full((3, 24), 5.0)
    ring = np.array([False, True, True])
    with pytest.raises(DesignError, match="no comparison"):
        wdd(simple_design(counts, np.array([True, False, False]), 12, ring=ring))
    alone = np.array([True, True, True])
    with pytest.raises(DesignError, match="no comparison"):
        wdd(simple_design(counts, alone, 12))


def test_what_would_have_been_is_what_was_less_the_effect():
    """The treated area halves, the other stays as it was: half of what was to be expected."""
    counts = np.array([[20.0] * 12 + [10.0] * 12, [30.0] * 24])
    found = wdd(simple_design(counts, np.array([True, False]), 12))
    assert (found.observed, found.expected, found.effect) == (120, 240, -120)
    assert found.relative == -0.5
    risen = np.array([[20.0] * 24, [30.0] * 12 + [40.0] * 12])
    found = wdd(simple_design(risen, np.array([True, False]), 12))
    assert (found.observed, found.expected, found.relative) == (240, 360, pytest.approx(-1 / 3))
