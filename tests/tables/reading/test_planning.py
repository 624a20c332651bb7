"""When something happens, as people write it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koers.dutch import MONTHS
from koers.tables.reading.planning import Planning, Span, When, planning_of

Y = 2026


def days(*spans):
    return tuple(
        Span(first and dt.date.fromisoformat(first), last and dt.date.fromisoformat(last))
        for first, last in spans
    )


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Q2 en Q3 2026", [("2026-04-01", "2026-06-30"), ("2026-07-01", "2026-09-30")]),
        ("Q1/Q3", [("2026-01-01", "2026-03-31"), ("2026-07-01", "2026-09-30")]),
        ("1e en 2e kwartaal 2027", [("2027-01-01", "2027-03-31"), ("2027-04-01", "2027-06-30")]),
        ("Q1 t/m Q3 2026", [("2026-01-01", "2026-09-30")]),
        ("Q1-3 2026", [("2026-01-01", "2026-09-30")]),
        ("3e kwartaal", [("2026-07-01", "2026-09-30")]),
        ("vierde kwartaal 2026", [("2026-10-01", "2026-12-31")]),
        ("2026-Q3", [("2026-07-01", "2026-09-30")]),
        ("1e helft 2026", [("2026-01-01", "2026-06-30")]),
        ("T2 2026", [("2026-05-01", "2026-08-31")]),
        ("okt-dec 2026", [("2026-10-01", "2026-12-31")]),
        ("okt t/m mrt 2027", [("2026-10-01", "2027-03-31")]),
        ("jan t/m dec 2026", [("2026-01-01", "2026-12-31")]),
        ("okt-25", [("2025-10-01", "2025-10-31")]),
        ("mei/juni 2026", [("2026-05-01", "2026-05-31"), ("2026-06-01", "2026-06-30")]),
        ("1 mei - 30 juni 2026", [("2026-05-01", "2026-06-30")]),
        ("week 12", [("2026-03-16", "2026-03-22")]),
        ("week 12 t/m 14", [("2026-03-16", "2026-04-05")]),
        ("2025-2027", [("2025-01-01", "2027-12-31")]),
        ("winter 2025-2026", [("2025-12-01", "2026-02-28")]),
        ("voor de zomer", [(None, "2026-06-30")]),
        ("na de zomer 2026", [("2026-09-01", None)]),
        ("vanaf 1 maart 2026", [("2026-03-01", None)]),
        ("uiterlijk Q2 2026", [(None, "2026-06-30")]),
        ("voor 1 juli 2026", [(None, "2026-06-30")]),
        ("doorlopend vanaf 2026", [("2026-01-01", None)]),
        ("jaarlijks in december", [("2026-12-01", "2026-12-31")]),
        ("Q4 2026 (onder voorbehoud)", [("2026-10-01", "2026-12-31")]),
        (dt.datetime(2026, 3, 1), [("2026-03-01", "2026-03-01")]),
        (2026.0, [("2026-01-01", "2026-12-31")]),
    ],
)
def test_a_planning_is_the_days_that_it_says(text, spans):
    assert planning_of(text, Y).spans == days(*spans)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("doorlopend", When.ALWAYS),
        ("Het hele jaar door", When.ALWAYS),
        ("2x per jaar", When.REPEATED),
        ("maandelijks", When.REPEATED),
        ("elk kwartaal", When.REPEATED),
        ("n.t.b.", When.UNKNOWN),
        ("PM", When.UNKNOWN),
        ("n.v.t.", When.NOTHING),
        (None, When.NOTHING),
        ("31-2-2026", When.IMPOSSIBLE),
        ("week 60 2026", When.IMPOSSIBLE),
    ],
)
def test_what_is_no_period_is_called_by_its_name(text, when):
    found = planning_of(text, Y)
    assert (found.when, found.spans) == (when, ())


@pytest.mark.parametrize(
    "text",
    [
        "volgende week",
        "Q4 2026 (2e fase)",
        "na vaststelling van het plan in Q2 2026",
        "3",
        "Q5 2026",
        "Q4 2025 en Q1",
        "juni 2026 t/m maart 2026",
        "12 van de 14 weken",
        "Q2 of later",
    ],
)
def test_a_text_of_which_a_part_is_not_understood_gives_no_day(text):
    assert planning_of(text, Y).spans == ()


def test_a_year_that_is_not_said_is_asked_for_and_told():
    assert planning_of("3e kwartaal").when == When.NO_YEAR
    assert planning_of("3e kwartaal", Y).taken_year == Y
    assert planning_of("3e kwartaal 2025", Y).taken_year is None


@pytest.mark.parametrize(
    ("text", "vague", "exact"),
    [("voorjaar 2026", True, False), ("Q2 2026", False, False), ("3-4-2026", False, True)],
)
def test_how_sure_a_planning_is_is_kept(text, vague, exact):
    found = planning_of(text)
    assert (found.vague, found.exact) == (vague, exact)


some_days = st.dates(dt.date(1991, 1, 1), dt.date(2099, 12, 31))


@given(st.lists(st.tuples(some_days, some_days).map(sorted), min_size=1, max_size=3))
def test_what_is_understood_can_be_written_and_read_again(pairs):
    found = Planning("", When.DAYS, tuple(Span(*pair) for pair in pairs))
    assert planning_of(found.words).spans == found.spans


quarters = st.tuples(st.integers(1, 4), st.integers(2020, 2035))
WAYS = (
    "Q{n} {y}",
    "q{n}-{y}",
    "{n}e kwartaal {y}",
    "{n}e kwartaal van {y}",
    "kwartaal {n} {y}",
    "{y} Q{n}",
    "K{n} '{s}",
    "{a} t/m {b} {y}",
    "{c}-{d} {y}",
)


@given(quarters, st.sampled_from(WAYS))
def test_a_quarter_is_the_same_days_however_it_is_written(quarter, way):
    n, y = quarter
    first, last = MONTHS[3 * n - 3], MONTHS[3 * n - 1]
    text = way.format(n=n, y=y, s=y - 2000, a=first, b=last, c=first[:3], d=last[:3])
    found = planning_of(text)
    assert (found.start, found.end) == (
        dt.date(y, 3 * n - 2, 1),
        dt.date(y, 3 * n, 30 if n in (2, 3) else 31),
    )


WORDS = (
    "Q1 Q4 q2 kwartaal 1e 2e helft week 12 53 2026 2027 '26 jan mrt december doorlopend voor na de"
    " zomer vanaf t/m - / , en ( ) n.t.b. 2x per jaar 31 30-2-2026 1-1-2026 € € x ?"
)
words = st.sampled_from(WORDS.split())


@given(
    st.one_of(st.text(), st.lists(words, max_size=8).map(" ".join), st.floats(), st.none()),
    st.one_of(st.none(), st.integers(1990, 2100)),
)
def test_any_cell_gives_a_planning_whose_periods_end_after_they_begin(cell, year):
    found = planning_of(cell, year)
    for span in found.spans:
        assert span.first is None or span.last is None or span.first <= span.last
    assert found.spans == () or found.when not in (When.UNKNOWN, When.WORDS, When.NO_YEAR)
    if isinstance(cell, str):
        assert found.written == cell.replace("\r\n", "\n").replace("\r", "\n").strip()


@given(st.lists(words, min_size=1, max_size=5).map(" ".join), some_days)
def test_no_day_is_read_of_a_year_that_the_text_does_not_name(text, day):
    found = planning_of(text)
    years = {d.year for span in found.spans for d in (span.first, span.last) if d}
    for year in years:
        near = {str(y) for y in (year - 1, year, year + 1)}
        assert any(y in text or f"{int(y) % 100:02d}" in text for y in near), found
