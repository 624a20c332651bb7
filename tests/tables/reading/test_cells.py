"""Cells as people write them."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koers.dutch import MONTHS, number
from koers.tables.reading.cells import CellError, degrees_of, number_of, period_of


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        (dt.date(2026, 3, 9), "2026-03"),
        (dt.datetime(2026, 3, 9, 14, 5), "2026-03"),
        ("2026-03", "2026-03"),
        ("2026-3-9", "2026-03"),
        ("2026-03-09T14:05:00+01:00", "2026-03"),
        ("9-3-2026", "2026-03"),
        ("09/03/2026", "2026-03"),
        ("9-3-2026 14:05", "2026-03"),
        ("03-2026", "2026-03"),
        ("maart 2026", "2026-03"),
        ("mrt 2026", "2026-03"),
        ("9 maart 2026", "2026-03"),
        ("202603", "2026-03"),
        (202603.0, "2026-03"),
        ("2026MM03", "2026-03"),
        ("2026", "2026"),
        (2026.0, "2026"),
        ("2026JJ00", "2026"),
    ],
)
def test_a_date_a_month_or_a_year_is_a_period(cell, period):
    assert period_of(cell) == period


@pytest.mark.parametrize(
    "cell", ["", "gisteren", "2026-13", "32-1-2026", "1026-01", 12.5, "maandag 2026", "99999999"]
)
def test_what_is_no_period_is_refused(cell):
    with pytest.raises(CellError):
        period_of(cell)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)))
def test_every_way_of_writing_a_day_gives_its_month(day):
    wanted = day.isoformat()[:7]
    written = (
        day,
        day.isoformat(),
        f"{day.day}-{day.month}-{day.year}",
        f"{day.day:02d}/{day.month:02d}/{day.year}",
        f"{day.day} {MONTHS[day.month - 1]} {day.year}",
        f"{day.year}MM{day.month:02d}",
    )
    assert {period_of(cell) for cell in written} == {wanted}


@given(st.integers(0, 10**9))
def test_a_whole_number_is_read_back_however_it_is_written(value):
    assert {
        number_of(cell) for cell in (value, float(value), str(value), number(value), f" {value} ")
    } == {float(value)}


@given(st.decimals(0, 10**6, places=2))
def test_a_decimal_comma_is_read(value):
    assert number_of(number(float(value), 2)) == pytest.approx(float(value))


@pytest.mark.parametrize("cell", ["", ".", "-", "onbekend"])
def test_what_is_not_known_is_no_zero(cell):
    assert math.isnan(number_of(cell))


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("<5", "geen getal"),
        ("vijf", "geen getal"),
        (-1, "niet negatief"),
        ("#DIV/0!", "formule met een fout"),
        (True, "geen getal"),
    ],
)
def test_what_is_no_count_is_refused_with_the_reason(cell, reason):
    with pytest.raises(CellError, match=reason):
        number_of(cell)


def test_a_coordinate_may_have_a_decimal_comma():
    assert degrees_of("52,35") == degrees_of(52.35) == 52.35
    with pytest.raises(CellError):
        degrees_of("noord")
