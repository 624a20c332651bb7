"""The panel keeps labels and counts together."""

import numpy as np
import pytest

from koers.analysis.panel import Panel
from koers.analysis.period import Period, span

MONTHS = span(Period(2024, 11, "month"), Period(2025, 2, "month"))


def panel(**changes):
    given = {
        "counts": np.arange(24, dtype=float).reshape(2, 3, 4),
        "areas": ("BU1", "BU2"),
        "topics": ("1.1.1", "1.2.3", "2.2.1"),
        "periods": MONTHS,
        "population": np.array([[100.0, 101, 102, 103], [200, 201, 202, 203]]),
        "groups": {"BU1": ("WK1", "GM1"), "BU2": ("WK1", "GM1")},
    }
    return Panel(**{**given, **changes})


def test_a_series_is_that_of_its_labels():
    assert panel().series("BU2", "1.2.3").tolist() == [16, 17, 18, 19]


def test_an_unknown_label_is_an_error_and_not_another_series():
    with pytest.raises(ValueError, match="not in tuple"):
        panel().series("BU3", "1.2.3")


def test_a_selection_keeps_counts_population_and_labels_together_in_the_order_asked():
    part = panel().select(areas=["BU2", "BU1"], topics=["2.2.1"], until=Period(2024, 12, "month"))
    assert (part.areas, part.topics) == (("BU2", "BU1"), ("2.2.1",))
    assert [str(p) for p in part.periods] == ["2024-11", "2024-12"]
    assert part.counts.tolist() == [[[20, 21]], [[8, 9]]]
    assert part.population.tolist() == [[200, 201], [100, 101]]
    assert part.series("BU1", "2.2.1").tolist() == panel().series("BU1", "2.2.1")[:2].tolist()


def test_a_selection_of_everything_changes_nothing():
    whole, same = panel(), panel().select()
    assert np.array_equal(whole.counts, same.counts)
    assert (whole.areas, whole.topics, whole.periods, whole.groups) == (
        same.areas,
        same.topics,
        same.periods,
        same.groups,
    )


def test_not_published_stays_unknown_in_a_selection():
    counts = np.zeros((2, 3, 4))
    counts[1, 2, 1] = np.nan
    part = panel(counts=counts).select(areas=["BU2"])
    assert np.isnan(part.series("BU2", "2.2.1")).tolist() == [False, True, False, False]


def test_frequency_is_that_of_the_periods():
    assert panel().frequency == "month"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"counts": np.zeros((2, 3, 5))}, "counts has shape"),
        ({"population": np.zeros((2, 3))}, "population has shape"),
        ({"periods": (*MONTHS[:3], MONTHS[3].shift(1))}, "not consecutive"),
        ({"periods": MONTHS[::-1]}, "not consecutive"),
    ],
)
def test_labels_that_do_not_fit_are_refused(changes, says):
    with pytest.raises(ValueError, match=says):
        panel(**changes)
