import math

import numpy as np
import pytest

from koers.analysis.power import planned_power

TREATED = np.arange(20) < 4
NOBODY = np.zeros(20, dtype=bool)


def counts(mean, periods=72):
    return np.random.default_rng(1).poisson(mean, (20, periods)).astype(float)


@pytest.mark.parametrize("method", ["eb", "wdd", "its", "synthetic"])
def test_more_cases_show_smaller_changes(method):
    few, many = (
        planned_power(counts(mean), TREATED, NOBODY, -0.2, method)[1].smallest
        for mean in (1.0, 40.0)
    )
    assert -1 < many < 0
    assert math.isnan(few) or few < many


def test_a_history_too_short_for_a_horizon_says_nothing_of_it():
    six, twelve, two_years = planned_power(counts(20.0, 24), TREATED, NOBODY, -0.2, "wdd")
    assert not math.isnan(six.smallest) and not math.isnan(twelve.chance)
    assert math.isnan(two_years.smallest) and two_years.curve is None
    assert [found.months for found in (six, twelve, two_years)] == [6, 12, 24]
