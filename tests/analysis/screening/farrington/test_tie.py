"""The slope that rounding leaves of a history without a trend."""

from __future__ import annotations

import math

import numpy as np
import pytest

from koers.analysis.screening.farrington.tie import rounded_slope


def slope(counts, levels=None, weight=None, share=None):
    counts = np.asarray(counts, dtype=float)
    level = np.zeros(len(counts), dtype=np.int64) if levels is None else np.asarray(levels)
    ones = np.ones(len(counts))
    return rounded_slope(
        counts,
        ones if weight is None else weight,
        ones if share is None else share,
        np.arange(1.0, len(counts) + 1),
        level,
        int(level.max()) + 1,
    )


def test_a_symmetric_history_has_a_slope_of_rounding_only():
    assert abs(slope([0, 1, 0, 0, 0, 0, 1, 0])) < 1e-12


@pytest.mark.parametrize("rate", [0.02, -0.05])
def test_a_real_trend_comes_out_as_that_of_the_regression(rate):
    counts = np.round(1e6 * np.exp(rate * np.arange(1, 21)))
    assert slope(counts) == pytest.approx(rate, rel=1e-4)


def test_a_level_takes_the_difference_that_else_would_be_a_trend():
    counts = [10.0] * 6 + [30.0] * 6
    apart = slope(counts, [0] * 6 + [1] * 6)
    assert abs(apart) < 1e-9 < 0.05 < slope(counts)


def test_a_growing_population_with_counts_in_proportion_has_no_trend():
    share = np.arange(1.0, 13.0)
    assert abs(slope(1000 * share, share=share)) < 1e-9


def test_time_that_is_known_from_the_levels_has_no_slope():
    assert math.isnan(slope([3, 4], [0, 1]))
