"""A source that gives figures which cannot be right: they are kept apart, what was in use stays it.
The server on this machine speaks the protocol of the real one."""

import pytest

from koers.figures.doubts.doubt import Oddity
from koers.figures.held import HeldState
from koers.figures.store import FigureStore
from tests.sources import country
from tests.sources.odata_server import serve
from tests.sources.test_live import load

TABLE = "47022NED"
VALUE = "GeregistreerdeMisdrijven_1"
LAST, MIDDLE = "2026MM10", "2025MM04"


@pytest.fixture
def source():
    with serve(country.police_tables(), page=500) as running:
        yield running


@pytest.fixture
def store(tmp_path):
    return FigureStore(tmp_path)


@pytest.fixture
def good(source, store):
    report = load(source, store, sources=[TABLE])
    assert (len(report.loaded), report.held, report.refused) == (1, [], [])
    return report.loaded[0].manifest.id


def change(source, value=lambda row: row[VALUE], stays=lambda row: True):
    """The source publishes something else, at another moment."""
    entities = source.tables[TABLE].entities
    info = entities["TableInfos"][0]
    info["Modified"] = f"{int(info['Modified'][:4]) + 1}{info['Modified'][4:]}"
    rows = [row | {VALUE: value(row)} for row in entities["TypedDataSet"] if stays(row)]
    entities["TypedDataSet"][:] = rows


def times(factor):
    return lambda row: None if row[VALUE] is None else int(row[VALUE] * factor)


def period(row):
    return row["Perioden"].strip()


ODD = {
    "all zero": (Oddity.ALL_ZERO, {"value": times(0)}),
    "halved": (Oddity.TOTAL, {"value": times(0.4)}),
    "doubled": (Oddity.TOTAL, {"value": times(2)}),
    "no end": (Oddity.PERIOD_GONE, {"stays": lambda row: period(row) != LAST}),
    "no middle": (Oddity.PERIOD_GONE, {"stays": lambda row: period(row) != MIDDLE}),
    "no neighbourhoods": (
        Oddity.LEVEL_GONE,
        {"stays": lambda row: not row["WijkenEnBuurten"].startswith("BU")},
    ),
}


@pytest.mark.parametrize("planted", ODD)
def test_figures_that_cannot_be_right_are_held_and_nothing_else_changes(
    source, store, good, planted
):
    oddity, how = ODD[planted]
    change(source, **how)
    report = load(source, store, sources=[TABLE])
    assert (report.loaded, report.refused) == ([], [])
    (held,) = store.held.waiting()
    assert report.held == report.newly_held == [held.snapshot]
    assert oddity in {doubt.oddity for doubt in held.doubts}
    assert [s.manifest.id for s in store.current()] == [good]


def test_what_is_held_is_not_fetched_again_and_told_once(source, store, good):
    change(source, value=times(0))
    first = load(source, store, sources=[TABLE])
    source.asked.clear()
    again = load(source, store, sources=[TABLE])
    assert again.held == first.held and again.newly_held == []
    assert not [path for path in source.asked if "TypedDataSet" in path]
    store.held.decide(first.held[0].manifest.id, HeldState.REJECTED)
    third = load(source, store, sources=[TABLE], fresh=True)
    assert (third.held, third.loaded) == ([], []) and "niet te gebruiken" in third.notes[0]
    store.held.decide(first.held[0].manifest.id, HeldState.ACCEPTED)
    fourth = load(source, store, sources=[TABLE], fresh=True)
    assert [s.manifest.id for s in fourth.unchanged] == [first.held[0].manifest.id]


def test_a_source_that_is_right_again_needs_nobody(source, store, good):
    right = [dict(row) for row in source.tables[TABLE].entities["TypedDataSet"]]
    change(source, value=times(0))
    load(source, store, sources=[TABLE])
    source.tables[TABLE].entities["TypedDataSet"][:] = right
    change(source, value=lambda row: row[VALUE])
    report = load(source, store, sources=[TABLE])
    assert report.held == [] and not store.held.waiting()
    assert [s.manifest.table for s in store.current()] == [TABLE]


def test_counts_below_zero_are_refused_before_that(source, store, good):
    change(source, value=lambda row: -4 if period(row) == MIDDLE else row[VALUE])
    report = load(source, store, sources=[TABLE])
    assert len(report.refused) == 1 and [s.manifest.id for s in store.current()] == [good]


def test_rows_that_come_twice_have_no_place_and_are_refused(source, store, good):
    rows = source.tables[TABLE].entities["TypedDataSet"]
    change(source)
    rows += [dict(row) | {"ID": len(rows) + n} for n, row in enumerate(rows[:5])]
    report = load(source, store, sources=[TABLE])
    assert len(report.refused) == 1 and report.held == []
    assert [s.manifest.id for s in store.current()] == [good]


def test_fewer_municipalities_are_no_doubt_and_one_that_is_left_out_is(source, store, good):
    report = load(source, store, ["GM9001"], sources=[TABLE])
    assert (len(report.loaded), report.held) == (1, [])
    load(source, store, sources=[TABLE])
    change(source, stays=lambda row: row["WijkenEnBuurten"][2:6] != "9002")
    report = load(source, store, sources=[TABLE])
    assert report.loaded == [] and len(report.held) + len(report.refused) == 1
