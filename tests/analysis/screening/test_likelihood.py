"""Many numbers at once: logarithms, exponentials and likelihoods beside those one at a time, and
blocks beside the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from koers.analysis.screening.elementary import exp_each, log1p_each, log_each
from koers.analysis.screening.likelihood import counted_first, log_factorials, log_likelihood
from koers.analysis.screening.window import (
    BLOCK,
    SUMS,
    Counted,
    Errors,
    Known,
    Outlook,
    Task,
    judge_window,
)
from tests.examples import examples


def each(function, x):
    result = np.empty(len(x))
    function(np.asarray(x, dtype=float), result)
    return result


@given(st.lists(st.floats(-690.0, 690.0), min_size=1, max_size=9))
def test_exponentials_and_logarithms_are_right_to_the_last_digits(x):
    np.testing.assert_allclose(each(exp_each, x), np.exp(x), rtol=2e-15)
    np.testing.assert_allclose(each(log_each, np.exp(x)), np.log(np.exp(x)), rtol=1e-15, atol=1e-15)


@given(st.lists(st.floats(1e-300, 1e300), min_size=1, max_size=9))
def test_the_logarithm_of_one_and_a_little_keeps_the_digits_of_the_little(x):
    np.testing.assert_allclose(each(log1p_each, x), np.log1p(x), rtol=1e-15)


def test_an_exponential_that_does_not_fit_is_very_large_or_very_small():
    assert each(exp_each, [1e6])[0] > 1e300
    assert 0.0 < each(exp_each, [-1e6])[0] < 1e-300


@settings(max_examples=examples(30))
@given(
    st.integers(0, 1000),
    st.sampled_from([0.05, 1.0, 15.0, 400.0]),
    st.sampled_from([1e-7, 0.05, 1.0, 30.0]),
)
def test_the_likelihood_of_many_counts_is_the_sum_of_scipys(seed, mean, most_extra):
    rng = np.random.default_rng(seed)
    means = rng.gamma(1.0, mean, 40) + 1e-9
    extra = rng.uniform(0.0, most_extra, 40) + 1e-9
    counts = rng.poisson(rng.permutation(means)).astype(float)
    order = counted_first(counts)
    assert (np.diff((counts[order] > 0.0).astype(int)) <= 0).all()
    factorial = each(log_factorials, counts[order])
    found = log_likelihood(counts[order], factorial, means[order], extra[order], *np.empty((2, 40)))
    assert found == pytest.approx(
        stats.nbinom(means / extra, 1.0 / (1.0 + extra)).logpmf(counts).sum(), rel=1e-6
    )


def test_without_extra_variance_it_is_poisson():
    counts, means = np.array([30.0, 2.0, 0.0]), np.array([12.0, 1.5, 0.3])
    found = log_likelihood(
        counts, each(log_factorials, counts), means, np.zeros(3), *np.empty((2, 3))
    )
    assert found == pytest.approx(stats.poisson(means).logpmf(counts).sum(), rel=1e-9)


@pytest.mark.parametrize("size", [1, 7, 64])
def test_the_size_of_the_blocks_of_areas_makes_no_difference(size):
    rng = np.random.default_rng(5)
    areas = 64
    people, base, recent, foreseen, loose = rng.gamma(2.0, 1.0, (5, areas))
    counts = rng.poisson(people * base).astype(float)
    gaps = (rng.random(areas) < 0.1).astype(float)
    outlook = Outlook(
        rate=1.1, decay=0.5, decay2=0.3, stray=8.0, hazy=0.02, linear=0.1, quadratic=0.01
    )
    task = Task(window=1, step=1, lone=False, learn=True, compare=True, judged=True)

    def judge(step):
        wild, calm, trust = np.full(areas, 200.0), np.full(areas, 200.0), np.ones(areas)
        result, total, room = np.empty((2, areas)), np.zeros(SUMS), np.empty((6, BLOCK))
        for low in range(0, areas, step):
            part = slice(low, low + step)
            judge_window(
                Counted(people[part], counts[part], gaps[part]),
                Known(base[part], recent[part], foreseen[part], loose[part]),
                outlook,
                task,
                Errors(wild[part], calm[part], trust[part]),
                result[:, part],
                room,
                total,
            )
        return result, total, wild, calm, trust

    for found, expected in zip(judge(size), judge(areas), strict=True):
        np.testing.assert_array_equal(found, expected)
