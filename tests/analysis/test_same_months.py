"""Months as calendar years, and how much counts over the same months come and go."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from koers.analysis.dispersion import Dispersion, pooled_dispersion
from koers.analysis.period import Period
from koers.analysis.same_months import by_year, dispersion_of

NAN = np.nan


@given(st.integers(1, 12), st.integers(1, 60))
def test_every_month_stands_in_its_year_and_what_is_not_there_is_not_zero(month, many):
    first = Period(2019, month, "month")
    values = np.arange(1.0, many + 1)
    found = by_year(values, first)
    expected = {}
    for step, value in enumerate(values):
        period = first.shift(step)
        expected[period.year - 2019, period.number - 1] = value
    for (year, at), value in np.ndenumerate(found):
        assert np.isnan(value) if (year, at) not in expected else value == expected[year, at]
    assert found.shape == (len({year for year, _ in expected}), 12)


def test_areas_keep_their_place():
    values = np.arange(48.0).reshape(2, 24)
    found = by_year(values, Period(2020, 1, "month"))
    assert found.shape == (2, 2, 12)
    assert found[1, 1, 0] == values[1, 12]


def test_chance_is_learnt_from_the_longest_run_of_whole_years():
    rng = np.random.default_rng(4)
    sums = rng.poisson(60.0, size=(40, 8)).astype(float)
    wild = sums * rng.choice([0.4, 1.6], size=sums.shape)
    wild[:, 2] = NAN
    found = dispersion_of(wild, 0)
    assert found == pooled_dispersion(wild[:, 3:])
    assert found.at(60) > dispersion_of(sums, 0).at(60) > 0.8


def test_without_any_whole_year_it_is_the_usual():
    assert dispersion_of(np.full((3, 4), NAN), 1) == Dispersion()
