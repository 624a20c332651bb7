"""The totals by which figures are judged, against a loop over the rows."""

from dataclasses import replace

import pytest

from koers.figures.queries.area_tally import area_tally
from koers.figures.queries.tally import tally
from tests.figures.doubts.test_judging import AREAS, rows, tallied
from tests.figures.rows import kept


@pytest.fixture
def written(tmp_path):
    cells = {**rows(), ("GM0001", "1.1.1", "2025-01"): None, (AREAS[0], "1.1.1", "2025-02"): -2.0}
    return cells, kept(tmp_path, [(*key, value) for key, value in cells.items()]).data


def plain(found):
    return {key: replace(total, mark=0) for key, total in found.totals.items()}, dict(found.areas)


def test_the_query_gives_what_a_loop_gives(written):
    cells, file = written
    assert plain(tally(file)) == plain(tallied(cells))


def test_of_some_areas_only_those_are_added_up(written):
    cells, file = written
    some = {key: value for key, value in cells.items() if key[0] in AREAS[:3]}
    assert plain(tally(file, AREAS[:3])) == plain(tallied(some))


def test_the_mark_is_the_same_for_the_same_values_alone(written):
    cells, file = written
    marks = [tally(file).at("BU")[month].mark for month in ("2025-11", "2025-12")]
    assert marks[0] != marks[1]
    assert tally(file).at("BU")["2025-11"].mark == marks[0]


def test_areas_are_told_by_their_codes(home_of_areas):
    found = area_tally(home_of_areas)
    assert set(found.areas) == {"GM0001", "BU00010001"} and found.levels == ("BU", "GM")


@pytest.fixture
def home_of_areas(tmp_path):
    import numpy as np

    from koers.figures.store import FigureStore
    from tests.figures.rows import draft

    codes = ["GM0001", "BU00010001"]
    text = np.array(["", ""], dtype=object)
    columns = {
        "code": np.array(codes, dtype=object),
        "latitude": np.array([np.nan, np.nan]),
        "longitude": np.array([np.nan, np.nan]),
    } | dict.fromkeys(("name", "level", "parent", "geometry"), text)
    made = draft(codes, "gebieden", content="areas", scheme="")
    return FigureStore(tmp_path).write(made, columns).data
