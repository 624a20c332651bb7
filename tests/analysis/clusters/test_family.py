"""The share of the clusters shown that is chance, over kinds that were searched together."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from koers.analysis.clusters import shares_of_chance
from koers.analysis.fdr import q_values

CHANCES = st.lists(st.integers(1, 1000).map(lambda n: n / 1000), max_size=4)


@given(st.lists(CHANCES, min_size=1, max_size=8))
def test_the_strongest_of_each_kind_has_the_q_of_benjamini_and_hochberg(kinds):
    found = shares_of_chance([np.array(p) for p in kinds])
    plain = q_values(np.array([min(p, default=1.0) for p in kinds]))
    for p, q, expected in zip(kinds, found, plain, strict=True):
        assert len(q) == len(p)
        if p:
            assert np.isclose(q[int(np.argmin(p))], expected)


@given(st.lists(CHANCES, min_size=1, max_size=8))
def test_a_weaker_cluster_has_no_smaller_q_and_hides_no_other_kind(kinds):
    found = shares_of_chance([np.array(p) for p in kinds])
    for p, q in zip(kinds, found, strict=True):
        assert (np.diff(q[np.argsort(p, kind="stable")]) >= -1e-12).all()
        assert (q <= 1.0).all()
    more = shares_of_chance([np.array([*p, 1.0]) for p in kinds])
    for before, after in zip(found, more, strict=True):
        np.testing.assert_allclose(after[:-1], before)
