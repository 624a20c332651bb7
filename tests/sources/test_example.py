"""The invented municipality: the same each time, complete, and never to be taken for a real one."""

from __future__ import annotations

import json
import re

import pytest

from koers.figures.queries.area_list import list_areas
from koers.figures.queries.coverage import coverage
from koers.figures.store import FigureStore
from koers.indicators import load_indicators
from koers.sources.example import write_example
from koers.sources.example.write import LAST, PROVISIONAL, RISES


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = FigureStore(tmp_path_factory.mktemp("voorbeeld"))
    write_example(store)
    return store


def test_every_snapshot_says_that_it_is_invented(store):
    assert store.current()
    assert all(
        s.manifest.fictitious and "verzonnen" in s.manifest.attribution for s in store.current()
    )


def test_no_code_is_one_of_cbs_and_no_place_is_on_land(store):
    areas = list_areas(store)
    assert not [a.code for a in areas if re.match(r"(GM|WK|BU|NL)", a.code)]
    placed = [a for a in areas if a.latitude is not None]
    assert len(placed) == 48
    # The North Sea, north of the islands and west of them.
    assert all(53.4 < a.latitude < 53.6 and 3 < a.longitude < 3.5 for a in placed)


def test_neighbourhoods_lie_in_districts_and_districts_in_municipalities(store):
    parents = {a.code: (a.level, a.parent) for a in list_areas(store)}
    for level, parent in parents.values():
        if level == "neighbourhood":
            assert parents[parent][0] == "district"
        if level == "district":
            assert parents[parent][0] == "municipality"


def test_boundaries_are_closed_and_meet_without_overlap(store):
    from shapely.geometry import shape

    drawn = [shape(json.loads(a.geometry)) for a in list_areas(store, level="neighbourhood")]
    assert all(one.is_valid and one.area > 0 for one in drawn)
    overlap = sum(a.intersection(b).area for i, a in enumerate(drawn) for b in drawn[i + 1 :])
    assert overlap < 1e-6 * sum(one.area for one in drawn)


def test_every_theme_has_monthly_figures_by_neighbourhood(store):
    there = {
        (c.scheme, topic)
        for c in coverage(store)
        if c.level == "neighbourhood" and c.frequency == "month"
        for topic in c.topics
    }
    fills = [
        i
        for i in load_indicators().values()
        if {(i.numerator.scheme, t) for t in i.topics} <= there
    ]
    assert {i.theme for i in fills} == {i.theme for i in load_indicators().values()}


def test_the_same_figures_come_out_each_time(store, tmp_path):
    again = FigureStore(tmp_path)
    write_example(again)
    first, second = (
        {(s.manifest.id, s.manifest.parquet_sha256) for s in each.current()}
        for each in (store, again)
    )
    assert first == second


def test_the_last_months_are_provisional(store):
    query = "SELECT DISTINCT period FROM observations WHERE status = 'provisional' ORDER BY 1"
    late = [period for (period,) in store.connect().execute(query).fetchall()]
    assert late == [str(LAST.shift(k)) for k in range(1 - PROVISIONAL, 1)]


@pytest.mark.parametrize(("area", "topic", "months", "factor"), RISES)
def test_each_planted_rise_stands_out_from_the_year_before(store, area, topic, months, factor):
    rows = store.connect().execute(
        "SELECT value FROM observations WHERE scheme = 'crime' AND area = ? AND topic = ? AND"
        " status = 'final' ORDER BY period",
        [area, topic],
    )
    values = [value for (value,) in rows.fetchall()]
    before = values[-12 - months : -months]
    assert sum(values[-months:]) / months > 3 * sum(before) / len(before)
