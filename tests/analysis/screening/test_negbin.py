"""The compiled negative binomial beside scipy's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from koers.analysis.screening.negbin import at_least, log_pmf, quantile, upper_tail
from koers.analysis.screening.predictive import Predictive, two_sided
from tests.examples import examples

MEANS = (1e-6, 0.01, 0.3, 1.0, 7.5, 63.0, 65.0, 500.0, 2e4)
FACTORS = (1.0, 1.05, 2.0, 20.0)


def truth(mean: float, factor: float):
    if factor == 1.0:
        return stats.poisson(mean)
    r = mean / (factor - 1.0)
    return stats.nbinom(r, r / (r + mean))


def some_counts(mean: float, factor: float) -> list[float]:
    sd = math.sqrt(mean * factor)
    return sorted(
        {float(max(0, round(mean + k * sd))) for k in (-3, -1, 0, 1, 3, 8)} | {0.0, 1.0, 2.0}
    )


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("mean", MEANS)
def test_chances_and_tails_are_those_of_scipy(mean, factor):
    law = truth(mean, factor)
    for y in some_counts(mean, factor):
        assert log_pmf(y, mean, mean * factor) == pytest.approx(law.logpmf(y), rel=1e-7, abs=1e-7)
        assert at_least(y, mean, mean * factor) == pytest.approx(law.sf(y - 1), rel=1e-6, abs=1e-14)
        for share in (0.0, 0.5, 1.0):
            expected = law.sf(y) + share * law.pmf(y)
            assert upper_tail(y, mean, mean * factor, share) == pytest.approx(
                expected, rel=1e-6, abs=1e-14
            )


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("mean", MEANS)
def test_a_quantile_is_the_smallest_count_that_reaches_its_level(mean, factor):
    law = truth(mean, factor)
    for level in (0.001, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975, 0.999):
        y = quantile(level, mean, mean * factor)
        # With a factor of 2 half of the chance lies exactly below the mean: rounding may decide
        # such a tie either way.
        assert law.cdf(y - 1) - 1e-9 < level <= law.cdf(y) + 1e-9


def test_a_variance_below_the_mean_is_poisson():
    assert upper_tail(3.0, 2.0, 1.0, 0.5) == upper_tail(3.0, 2.0, 2.0, 0.5)


def test_where_nothing_is_expected_any_count_is_a_rise():
    assert upper_tail(0.0, 0.0, 0.0, 0.5) == 0.5
    assert upper_tail(1.0, 0.0, 0.0, 0.5) == 0.0
    assert quantile(0.975, 0.0, 0.0) == 0.0


def test_what_is_not_known_stays_unknown():
    assert math.isnan(upper_tail(math.nan, 1.0, 1.0, 0.5))
    assert math.isnan(upper_tail(1.0, math.nan, math.nan, 0.5))
    assert math.isnan(quantile(0.5, math.nan, math.nan))


@settings(max_examples=examples(60))
@given(mean=st.floats(1e-6, 1e4), factor=st.floats(1.0, 50.0), y=st.integers(0, 20_000))
def test_the_tail_never_rises_with_the_count(mean, factor, y):
    here, higher = (upper_tail(float(k), mean, mean * factor, 0.5) for k in (y, y + 1))
    assert 0.0 <= higher <= here + 1e-12 <= 1.0 + 1e-9


@settings(max_examples=examples(60))
@given(mean=st.floats(1e-6, 1e4), factor=st.floats(1.0, 50.0))
def test_wider_intervals_hold_narrower_ones(mean, factor):
    law = Predictive(np.array([mean]), np.array([mean * factor]))
    (low50, high50), (low80, high80), (low95, high95) = (
        law.limits(level) for level in (0.5, 0.8, 0.95)
    )
    assert low95 <= low80 <= low50 <= high50 <= high80 <= high95


def test_an_interval_holds_at_least_its_probability():
    for mean in MEANS:
        law = truth(mean, 2.0)
        low, high = Predictive(np.array([mean]), np.array([2.0 * mean])).limits(0.95)
        assert law.cdf(high[0]) - law.cdf(low[0] - 1) >= 0.95 - 1e-9


def test_the_two_sided_p_is_twice_the_smaller_tail_and_at_most_one():
    assert two_sided(np.array([0.01, 0.99, 0.5, 0.3])) == pytest.approx([0.02, 0.02, 1.0, 0.6])


def test_the_evidence_has_the_sign_of_the_change_and_grows_with_it():
    law = Predictive(np.full(4, 10.0), np.full(4, 12.0))
    fall, as_expected, rise, higher = law.evidence(np.array([1.0, 10.0, 25.0, 40.0]))
    assert fall < -0.3 < 0.0 < as_expected < 0.3 < rise < higher
