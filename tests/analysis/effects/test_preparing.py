"""Counts with gaps become a design: what is unknown is left out of the judgement, and nothing
else."""

import numpy as np
import pytest

from koers.analysis.effects.design import DesignError
from koers.analysis.effects.preparing import METHODS, Gathered, complete, design_of, judge

NAN = np.nan
# Areas: with the measure, its ring, and three to compare with; the measure is there from period 3.
COUNTS = np.array(
    [
        [5.0, 6, 4, 2, 1],
        [3.0, 3, NAN, 3, 4],
        [9.0, 8, 9, 9, 8],
        [7.0, 7, NAN, 6, 7],
        [NAN, 4, 4, 5, 4],
    ]
)
WATCHED = np.array([True, True, False, False, False])


def gathered(counts=COUNTS):
    return Gathered(
        counts,
        counts[:, None, :],
        np.array([True, False, False, False, False]),
        np.array([False, True, False, False, False]),
        np.array([False, False, False, True, True]),
        np.arange(5.0),
        12,
    )


def test_a_period_counts_where_the_watched_areas_are_known_and_an_area_where_those_periods_are():
    areas, periods = complete(COUNTS, WATCHED)
    assert periods.tolist() == [True, True, False, True, True]
    assert areas.tolist() == [True, True, True, True, False]


def test_only_the_periods_that_are_needed_keep_an_area_out():
    areas, periods = complete(COUNTS, WATCHED, np.array([False, True, True, True, True]))
    assert periods.tolist() == [True, True, False, True, True]
    assert areas.tolist() == [True] * 5


def test_a_design_holds_what_is_complete_and_counts_its_start_in_what_is_left():
    found = design_of(gathered(), *complete(COUNTS, WATCHED))
    assert found.outcome.tolist() == COUNTS[:4][:, [0, 1, 3, 4]].tolist()
    assert (found.start, found.after) == (2, 2)
    assert found.time.tolist() == [0, 1, 3, 4]
    assert found.comparison.tolist() == [False, False, True, True]


def test_a_period_that_a_method_does_not_use_may_be_unknown_in_an_area_to_compare_with():
    needed = np.array([False, True, True, True, True])
    found = design_of(gathered(), *complete(COUNTS, WATCHED, needed))
    assert found.outcome[4].tolist() == [0, 4, 5, 4]
    assert found.history.tolist() == found.outcome[:, None, :].tolist(), "no topic is whole"


def test_nothing_before_or_after_the_start_is_no_design():
    counts = COUNTS.copy()
    counts[0, 3:] = NAN
    with pytest.raises(DesignError, match="no after"):
        design_of(gathered(counts), *complete(counts, WATCHED))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_judges_what_was_prepared(method):
    rng = np.random.default_rng(5)
    counts = rng.poisson(40, (9, 36)).astype(float)
    made = Gathered(
        counts,
        counts[:, None, :],
        np.arange(9) == 0,
        np.arange(9) == 1,
        np.arange(36) >= 24,
        np.arange(36.0),
        12,
    )
    found = judge(method, design_of(made, *complete(counts, made.watched)), placebos=19)
    assert found.interval[0] < found.effect < found.interval[1]
    assert found.observed == counts[0, 24:].sum()
