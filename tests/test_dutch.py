"""Numbers, months and dates as they are written in Dutch."""

import math
from datetime import date

import pytest

from koers import dutch


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234.5, 1, "1.234,5"),
        (1234567, 0, "1.234.567"),
        (0, 0, "0"),
        (-3.25, 2, "-3,25"),
        (math.nan, 0, "–"),
        (None, 0, "–"),
        (math.inf, 0, "oneindig"),
    ],
)
def test_numbers(value, decimals, text):
    assert dutch.number(value, decimals) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (1.12, "+12 %"),
        (0.9, "−10 %"),
        (1.0, "0 %"),
        (1.001, "0 %"),
        (math.inf, "–"),
        (math.nan, "–"),
    ],
)
def test_a_ratio_as_a_change(ratio, text):
    assert dutch.percent(ratio) == text


def test_months_years_and_days():
    assert (dutch.period("2016-03"), dutch.period("2016")) == ("maart 2016", "2016")
    assert dutch.day(date(2025, 3, 11)) == "11 maart 2025"


def test_a_small_chance_is_never_called_nought():
    assert [dutch.chance(x) for x in (0.0123, 0.001, 0.0004, 0.0)] == [
        "= 0,012",
        "= 0,001",
        "< 0,001",
        "< 0,001",
    ]
