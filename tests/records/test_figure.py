"""The figure of a decision: the form from before records, and what does not fit."""

import math

import pytest
from pydantic import ValidationError

from koers.records.figure import DecisionFigure

BEFORE = {
    "indicator": "woninginbraak",
    "title": "Woninginbraak in Voorbeeldrecht",
    "labels": ["2026-01", "2026-02"],
    "provisional": [False, True],
    "observed": [3.0, None],
    "expected": [2.5, 2.6],
    "lower": [0.0, 0.0],
    "upper": [6.0, 6.0],
    "verdict": "3 in 12 maanden; te weinig gegevens.",
    "source": "Bron: voorbeeld.",
    "snapshots": ["abc123"],
}


def test_a_figure_from_before_records_is_read_and_kept_with_its_schema():
    found = DecisionFigure.read(BEFORE)
    assert found.snapshots == ("abc123",)
    assert found.observed == (3.0, None)
    assert found.kept() == {"schema": 1, **BEFORE}
    assert DecisionFigure.read(found.kept()) == found


def test_what_is_not_published_is_no_number_in_the_chart():
    first, second = DecisionFigure.read(BEFORE).numbers("observed")
    assert first == 3.0 and math.isnan(second)


@pytest.mark.parametrize("name", ["provisional", "observed", "expected", "lower", "upper"])
def test_a_series_has_a_value_for_each_period(name):
    with pytest.raises(ValidationError, match=f"{name} has 1 values for 2 periods"):
        DecisionFigure.read({**BEFORE, name: BEFORE[name][:1]})
