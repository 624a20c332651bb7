from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from koers.analysis.fdr import q_values
from tests.analysis.fdr_oracle import naive

chance = st.one_of(st.floats(0.0, 1.0), st.sampled_from([0.0, 0.01, 0.05, 1.0]))


@given(st.lists(chance, min_size=1, max_size=30))
def test_q_is_what_the_rule_of_benjamini_and_hochberg_says(p):
    np.testing.assert_allclose(q_values(np.array(p)), naive(p), rtol=1e-12)


@given(st.lists(st.tuples(chance, st.integers(0, 3)), min_size=1, max_size=30))
def test_each_family_is_judged_on_its_own(tests):
    p, family = np.array([x for x, _ in tests]), np.array([f for _, f in tests])
    found = q_values(p, family)
    for number in set(family.tolist()):
        np.testing.assert_array_equal(found[family == number], q_values(p[family == number]))


@given(st.lists(chance, min_size=1, max_size=20), st.integers(1, 5))
def test_what_could_not_be_tested_does_not_count(p, absent):
    found = q_values(np.array([*p, *[np.nan] * absent]))
    np.testing.assert_array_equal(found[: len(p)], q_values(np.array(p)))
    assert np.isnan(found[len(p) :]).all()


def test_the_shape_is_kept_even_without_any_test():
    assert q_values(np.full((2, 3), np.nan)).shape == (2, 3)
    assert q_values(np.empty((0, 4))).shape == (0, 4)


def test_three_by_hand():
    # 0.01 · 3 / 1, 0.03 · 3 / 2 = 0.045 but not above the next, 0.04 · 3 / 3.
    np.testing.assert_allclose(q_values(np.array([0.04, 0.01, 0.03])), [0.04, 0.03, 0.04])
