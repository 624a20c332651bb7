from __future__ import annotations

import numpy as np
import pytest

from koers.analysis.period import Period, span
from koers.analysis.revisions import UNKNOWN, completeness

MONTHS = span(Period(2023, 1, "month"), Period(2024, 12, "month"))


def triangle(known: dict[int, float], taken, total: float = 1000.0) -> np.ndarray:
    """Of each month the share ``known`` at each age, all of it later; NaN before it was there."""
    return np.array(
        [
            [total * known.get(t.ordinal - m.ordinal, 1.0) if m <= t else np.nan for m in MONTHS]
            for t in taken
        ]
    )


def test_the_shares_of_a_small_triangle_are_those_by_hand():
    jan, feb, march = months = span(Period(2024, 1, "month"), Period(2024, 3, "month"))
    counts = np.array([[80.0, np.nan, np.nan], [90.0, 120.0, np.nan], [99.0, 150.0, 100.0]])
    found = completeness(counts, (jan, feb, march), months)
    # From age 0 to 1: (90 + 150) / (80 + 120) = 1.2; from 1 to 2: 99 / 90 = 1.1; after that nothing
    # is seen to grow.
    assert found.share[:4] == pytest.approx([1 / (1.2 * 1.1), 1 / 1.1, 1.0, 1.0])
    assert (found.snapshots, found.enough) == (3, False)
    # Of a new month: between months and of the estimate, one month that varies as a count beside.
    first, second = (0.75 + 0.2) / 2 * (1 / 100 + 1 / 200), 0.1 * (1 / 90 + 1 / 90)
    width = 1.959964 * np.sqrt(first / 1.2**2 + second / 1.1**2)
    assert found.lower[0] == pytest.approx(found.share[0] * np.exp(-width))
    assert found.upper[0] == pytest.approx(found.share[0] * np.exp(width))


def test_with_under_twelve_snapshots_the_last_two_months_are_provisional_their_share_unknown():
    taken = MONTHS[13:]
    found = completeness(triangle({0: 0.8, 1: 0.95}, taken), taken, MONTHS)
    assert len(taken) == 11 and not found.enough
    assert found.provisional(MONTHS, MONTHS[-1]).tolist() == [False] * 22 + [True] * 2
    assert found.offset(MONTHS, MONTHS[-1]).tolist() == [1.0] * 24


def test_with_twelve_snapshots_the_measured_shares_decide():
    taken = MONTHS[12:]
    found = completeness(triangle({0: 0.7, 1: 0.9, 2: 0.95}, taken), taken, MONTHS)
    assert found.enough
    assert found.offset(MONTHS[-4:], MONTHS[-1]) == pytest.approx([1.0, 0.95, 0.9, 0.7])
    assert found.provisional(MONTHS[-4:], MONTHS[-1]).tolist() == [False, True, True, True]


def test_where_nothing_is_revised_twelve_snapshots_leave_no_month_provisional():
    taken = MONTHS[12:]
    found = completeness(triangle({}, taken), taken, MONTHS)
    assert not found.provisional(MONTHS, MONTHS[-1]).any()


def test_a_month_left_out_starts_the_counting_again():
    taken = (*MONTHS[8:15], *MONTHS[16:])
    found = completeness(triangle({0: 0.8}, taken), taken, MONTHS)
    assert found.snapshots == 15
    assert not found.enough


def test_corrections_downward_give_a_share_above_one():
    taken = MONTHS[12:]
    assert completeness(triangle({0: 1.25}, taken), taken, MONTHS).share[0] == pytest.approx(1.25)


def test_the_interval_holds_the_share_and_is_wider_where_months_differ():
    taken = MONTHS[12:]
    steady = triangle({0: 0.8}, taken)
    restless = steady.copy()
    for row, month in zip(restless, range(12, 24), strict=True):
        row[month] = 700.0 if month % 2 else 900.0
    one, other = (completeness(counts, taken, MONTHS) for counts in (steady, restless))
    assert one.lower[0] <= one.share[0] <= one.upper[0]
    assert other.upper[0] - other.lower[0] > 2.0 * (one.upper[0] - one.lower[0])


def test_a_handful_of_cases_teaches_nothing():
    taken = MONTHS[12:]
    assert completeness(triangle({0: 0.5}, taken, total=2.0), taken, MONTHS).share[0] == 1.0


def test_without_snapshots_the_last_two_months_are_provisional():
    assert UNKNOWN.provisional(MONTHS[:4], MONTHS[3]).tolist() == [False, False, True, True]


def test_labels_that_do_not_fit_the_counts_are_refused():
    with pytest.raises(ValueError, match="its labels"):
        completeness(np.ones((2, 3)), MONTHS[:2], MONTHS[:2])
