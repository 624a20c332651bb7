"""What the benchmark measured decides what may be said of a method."""

import pytest

from koers.analysis.effects import called
from koers.analysis.effects.called import called_of_nothing, holds

MEASURED = {
    ("its", 1, True, False, "development"): (20, 400),
    ("its", 1, True, False, "other region"): (36, 400),
    ("its", 10, True, False, "development"): (8, 400),
    ("synthetic", 1, True, False, "development"): (3, 40),
    ("synthetic", 1, True, False, "other region"): (1, 40),
}


@pytest.fixture
def measured(monkeypatch):
    monkeypatch.setattr(called, "CALLED", MEASURED)


def test_the_worst_part_decides_where_it_was_tried_enough(measured):
    assert called_of_nothing("its", 1, True, False) == 0.09
    assert not holds("its", 1, True, False)
    assert called_of_nothing("synthetic", 1, True, False) == 0.05
    assert holds("synthetic", 1, True, False)


def test_a_measure_of_another_size_is_as_the_nearest_that_was_measured(measured):
    assert not holds("its", 2, True, False) and not holds("its", 3, True, False)
    assert holds("its", 4, True, False) and holds("its", 300, True, False)


def test_of_what_was_not_measured_nothing_is_said(measured):
    assert called_of_nothing("wdd", 1, True, False) is None and holds("wdd", 1, True, False)
    assert called_of_nothing("its", 1, False, False) is None
