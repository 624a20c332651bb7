"""Months, weeks and years: read, counted and written back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koers.analysis.period import STEPS_PER_YEAR, Period, span

frequencies = st.sampled_from(sorted(STEPS_PER_YEAR))


@st.composite
def periods(draw, frequency=None):
    kind = frequency or draw(frequencies)
    return Period(draw(st.integers(1000, 9999)), draw(st.integers(1, STEPS_PER_YEAR[kind])), kind)


@given(periods())
def test_what_is_written_is_read_back_as_the_same(period):
    assert Period.parse(str(period)) == period


@given(periods(), st.integers(-500, 500))
def test_shifting_there_and_back_is_where_one_was(period, steps):
    try:
        there = period.shift(steps)
    except ValueError:
        return
    assert there.shift(-steps) == period
    assert there.ordinal - period.ordinal == steps


@given(frequencies.flatmap(lambda f: st.tuples(periods(f), periods(f))))
def test_order_is_that_of_time(pair):
    first, second = pair
    assert (first < second) == (first.ordinal < second.ordinal)


@given(periods(), st.integers(0, 40))
def test_a_span_has_every_step_once(first, steps):
    whole = span(first, first.shift(steps))
    assert len(whole) == steps + 1
    assert all(b.ordinal - a.ordinal == 1 for a, b in zip(whole, whole[1:], strict=False))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2024", Period(2024, 1, "year")),
        ("2024JJ00", Period(2024, 1, "year")),
        ("2024-03", Period(2024, 3, "month")),
        ("2024MM03", Period(2024, 3, "month")),
        ("2024-W07", Period(2024, 7, "week")),
        ("2024KW07", Period(2024, 7, "week")),
        (" 2024-12 ", Period(2024, 12, "month")),
    ],
)
def test_the_ways_in_which_sources_write_periods(text, period):
    assert Period.parse(text) == period


@pytest.mark.parametrize(
    "text", ["", "24-03", "2024-13", "2024-00", "2024-W53", "2024-3", "maart 2024", "2024-03-01"]
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError):
        Period.parse(text)


def test_december_is_followed_by_january():
    assert str(Period(2024, 12, "month").shift(1)) == "2025-01"
    assert str(Period(2024, 1, "month").shift(-1)) == "2023-12"


def test_a_span_of_two_frequencies_is_refused():
    with pytest.raises(ValueError, match="not of one frequency"):
        span(Period(2024, 1, "month"), Period(2024, 1, "year"))


def test_a_span_that_ends_before_it_begins_is_empty():
    assert span(Period(2024, 2, "month"), Period(2024, 1, "month")) == ()
