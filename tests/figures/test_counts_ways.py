"""A file of counts means the same however it was written: encoding, line ends, separators,
spellings of numbers and periods."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from koers.analysis.period import STEPS_PER_YEAR, Period
from koers.figures.counts_cells import count, number
from koers.figures.counts_csv import read_counts
from koers.figures.counts_dates import PeriodTextError, axis, has_53, moment
from koers.figures.covariates_csv import read_key_figures
from koers.figures.places_csv import read_places
from tests.examples import examples

ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "latin-1"])
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])
PADDING = st.sampled_from(["", " ", "   ", "\u00a0"])
AREAS = st.sampled_from(
    [
        "BU03970001",
        "BU0397AA01",
        "WK039700",
        "GM0397",
        "0397",
        "Café Zuid",
        "Noord, Oost",
        "O'Dorp; Één",
    ]
)
SPELLINGS = {
    "month": (lambda p: f"{p.year}-{p.number:02d}", lambda p: f"{p.year}MM{p.number:02d}"),
    "week": (lambda p: f"{p.year}-W{p.number:02d}", lambda p: f"{p.year}KW{p.number:02d}"),
    "year": (lambda p: str(p.year), lambda p: f"{p.year}JJ00"),
}


@st.composite
def periods(draw, frequency=None):
    frequency = frequency or draw(st.sampled_from(list(SPELLINGS)))
    return Period(
        draw(st.integers(2019, 2024)), draw(st.integers(1, STEPS_PER_YEAR[frequency])), frequency
    )


@st.composite
def tables(draw):
    """Counts by (area, period) of one frequency, inhabitants of some; None is not published."""
    frequency = draw(st.sampled_from(list(SPELLINGS)))
    keys = st.tuples(AREAS, periods(frequency))
    return draw(st.dictionaries(keys, st.none() | st.integers(0, 10**6), min_size=1, max_size=8))


@st.composite
def ways(draw):
    """How a program writes a table: encoding, line end, separator, which spelling of a period,
    spaces around cells."""
    return (
        draw(ENCODINGS),
        draw(LINE_ENDS),
        draw(st.sampled_from([",", ";"])),
        draw(st.integers(0, 1)),
        draw(PADDING),
    )


def written(file, header, rows, way):
    encoding, line_end, separator, _, padding = way
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=line_end)
    writer.writerow(header)
    writer.writerows([f"{cell}{padding}" for cell in row] for row in rows)
    file.write_bytes(out.getvalue().encode(encoding))
    return file


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("tellingen") / "tellingen.csv"


@settings(max_examples=examples(8))
@given(tables(), ways())
def test_counts_are_read_alike_whatever_wrote_them(file, table, way):
    spell = SPELLINGS[next(iter(table))[1].frequency][way[3]]
    rows = [
        (area, "1.1.1", spell(period), "" if value is None else value)
        for (area, period), value in table.items()
    ]
    wrote = written(file, ("area", "topic", "period", "count"), rows, way)
    panel = read_counts(wrote, missing="unknown").panel
    found = {
        (area, period): panel.counts[a, 0, t]
        for a, area in enumerate(panel.areas)
        for t, period in enumerate(panel.periods)
        if (area, period) in table
    }
    assert set(found) == set(table)
    assert panel.topics == ("1.1.1",)
    for key, value in table.items():
        assert found[key] == value if value is not None else math.isnan(found[key]), key


@settings(max_examples=examples(8))
@given(
    st.lists(
        st.tuples(st.decimals(-999, 999, places=3), st.integers(0, 99)), min_size=1, max_size=5
    ),
    ways(),
)
def test_places_have_a_decimal_comma_or_a_point(file, rows, way):
    comma = way[2] == ";"
    lines = [
        (
            f"buurt {n}",
            str(x).replace(".", ",") if comma else x,
            str(x),
            cases,
            "1,5" if comma else "1.5",
        )
        for n, (x, cases) in enumerate(rows)
    ]
    header = ("area", "x", "y", "cases", "expected")
    found = read_places(written(file, header, lines, way), by_period=False, with_expected=True)
    assert found.x.tolist() == found.y.tolist() == [float(x) for x, _ in rows]
    assert found.cases[:, 0].tolist() == [cases for _, cases in rows]
    assert found.expected[:, 0].tolist() == [1.5] * len(rows)


@settings(max_examples=examples(8))
@given(st.decimals(0, 10**6, places=2), ways())
def test_key_figures_have_a_decimal_comma_or_a_point(file, value, way):
    text = str(value).replace(".", ",") if way[2] == ";" else str(value)
    rows = [("GM0397", "1.1.1", "2024-01", 1, text)]
    read = read_key_figures(
        written(file, ("area", "topic", "period", "count", "inkomen"), rows, way),
        ["GM0397"],
        ["2024-01"],
    )
    assert read.names == ("inkomen",)
    assert read.values.tolist() == [[float(value)]]


@given(st.integers(0, 10**9))
def test_a_whole_number_may_have_a_decimal_comma_and_zeros(value):
    assert {
        count(text) for text in (str(value), f"{value},0", f"{value}.0", f"0{value}", f"+{value}")
    } == {value}


@given(st.integers(1, 999), st.integers(0, 999))
def test_a_dot_before_three_digits_is_a_decimal_point_here_and_so_no_count(thousands, rest):
    text = f"{thousands}.{rest:03d}"
    if rest:
        with pytest.raises(ValueError, match="geen heel getal"):
            count(text)
    assert number(text) == number(text.replace(".", ",")) == float(text)


@given(
    st.integers(0, 10**6).map(str) | st.just("1"),
    st.sampled_from(["<{}", "{} st", "{}-", "1.{}.000", "{},{}.5", "€ {}"]),
)
def test_what_is_not_quite_a_number_is_refused_and_not_guessed(digits, shape):
    with pytest.raises(ValueError, match="geen getal"):
        number(shape.format(digits, digits))


@given(
    st.lists(
        periods("month") | periods("year") | periods("week"), min_size=2, max_size=6, unique=True
    ),
    st.integers(0, 1),
)
def test_periods_of_one_kind_make_an_axis_and_kinds_are_not_mixed(found, spelling):
    texts = [SPELLINGS[p.frequency][spelling](p) for p in found]
    if len({p.frequency for p in found}) > 1:
        with pytest.raises(PeriodTextError, match="ander soort periode"):
            axis(texts)
        return
    made = axis(texts)
    assert [made.periods[made.position[text]] for text in texts] == found
    assert (made.periods[0], made.periods[-1]) == (min(found), max(found))


@given(periods())
def test_both_spellings_of_a_period_are_the_same_period(period):
    assert {moment(spell(period)).period for spell in SPELLINGS[period.frequency]} == {period}


@given(
    st.integers(0, 9999), st.integers(0, 99), st.sampled_from(["{:04d}MM{:02d}", "{:04d}-{:02d}"])
)
def test_a_month_that_does_not_exist_is_refused(year, month, shape):
    text = shape.format(year, month)
    if 1 <= month <= 12:
        assert moment(text).period == Period(year, month, "month")
    else:
        with pytest.raises(PeriodTextError):
            moment(text)


@given(st.integers(1000, 9999), st.integers(0, 99))
@example(2020, 53)
@example(2021, 53)
def test_a_week_that_does_not_exist_is_refused_and_week_53_is_explained(year, week):
    if 1 <= week <= 52:
        wanted = Period(year, week, "week")
        assert (
            moment(f"{year}KW{week:02d}").period == moment(f"{year}-W{week:02d}").period == wanted
        )
    elif week == 53 and has_53(year):
        monday = dt.date.fromisocalendar(year, 53, 1)
        assert (moment(f"{year}KW53").date, moment(f"{year}-W53").date) == (monday, monday)
    else:
        with pytest.raises(PeriodTextError, match="52 weken" if week == 53 else "geen periode"):
            moment(f"{year}-W{week:02d}")
