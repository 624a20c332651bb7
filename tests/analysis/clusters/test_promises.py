"""What the pages promise of clusters, in a small version of ``benchmarks.clusters_null``."""

from __future__ import annotations

import pytest
from benchmarks.clusters_null import called, part_of, power, promise, run
from benchmarks.injected import haaglanden

COARSE = 0.1
"""A standard error of what is found of so few that are planted; the benchmark measures it."""


@pytest.mark.shared
def test_real_months_are_seldom_called_and_what_is_planted_is_found_about_as_often():
    panel, places = part_of(haaglanden(), True)
    found = run(panel, places, range(41, 48, 6), 1, 63)
    assert called(found["pooled"], 0.05) <= 0.1
    assert called(found["permutation"], 0.05) >= 0.4
    for times in (2, 3):
        ours, theirs = (power(found[m], times, 0.1, False) for m in ("pooled", "permutation"))
        assert ours >= theirs - COARSE


def test_of_the_clusters_that_are_shown_one_in_ten_is_chance():
    shown, wrong, _ = promise(worlds=3, replicates=199, share_planted=0.5)
    assert shown >= 5
    assert wrong <= 0.1 * shown
