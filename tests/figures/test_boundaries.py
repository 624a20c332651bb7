"""By whose people a count is divided, when a merger or a split moved the boundaries."""

import numpy as np
import pytest

from koers.analysis.period import Period, span
from koers.figures.boundaries import redrawn_areas
from koers.figures.mergers import recorded
from koers.figures.queries.panel import get_panel
from koers.figures.renumbering import AreaChange
from koers.figures.shelf import Shelf
from koers.figures.store import FigureStore
from tests.figures.rows import changes, kept

YEARS = span(Period.parse("2020"), Period.parse("2025"))
GREW, GONE, ALONE = "GM9001", "GM9003", "GM9004"
BEFORE, AFTER = ("2020", "2021", "2022"), ("2023", "2024", "2025")


def people(home, rows):
    kept(
        home,
        [(area, "inhabitants", year, float(value)) for area, year, value in rows],
        table="mensen",
        scheme="key-figures",
    )


def counts(home, rows, **more):
    kept(home, [(area, "a", year, float(value)) for area, year, value in rows], **more)


def shelf_of(home):
    store = FigureStore(home)
    return Shelf(store, [s.manifest.id for s in store.current()])


def people_of(home, *areas):
    return shelf_of(home).people(areas, YEARS)


@pytest.fixture
def merged(tmp_path):
    """GM9003 went into GM9001 in 2023."""
    changes(tmp_path, [(GONE, GREW, 2023, "merged", 1.0)])
    people(
        tmp_path,
        [(GREW, y, 1000) for y in BEFORE]
        + [(GREW, y, 1500) for y in AFTER]
        + [(ALONE, y, 700) for y in (*BEFORE, *AFTER)],
    )
    return tmp_path


def test_counts_made_anew_are_not_divided_by_the_people_of_a_smaller_area(merged):
    found = people_of(merged, GREW, ALONE)
    np.testing.assert_array_equal(found.same[0], [np.nan] * 3 + [1500] * 3)
    np.testing.assert_array_equal(found.at_risk[0], [1500] * 6)
    np.testing.assert_array_equal(found.same[1], [700] * 6)
    assert [(n.kind, n.year, n.others) for n in found.notes_of(GREW)] == [("none", 2023, (GONE,))]
    assert found.notes_of(ALONE) == ()


def test_where_the_people_of_all_parts_are_known_they_are_added(merged):
    people_too = [(GONE, y, 400) for y in BEFORE]
    kept(
        merged,
        [(a, "inhabitants", y, float(v)) for a, y, v in people_too],
        table="mensen-toen",
        scheme="key-figures",
    )
    found = people_of(merged, GREW, ALONE)
    np.testing.assert_array_equal(found.same[0], [1400] * 3 + [1500] * 3)
    assert [n.kind for n in found.notes_of(GREW)] == ["sum"]


def test_old_counts_stand_beside_the_people_of_their_own_boundaries_and_the_series_breaks(merged):
    counts(
        merged,
        [(GREW, y, 10) for y in BEFORE]
        + [(GONE, y, 5) for y in BEFORE]
        + [(GREW, y, 15) for y in AFTER],
    )
    found = people_of(merged, GREW, GONE)
    np.testing.assert_array_equal(found.same[0], [1000] * 3 + [1500] * 3)
    panel = get_panel(
        FigureStore(merged), table="t", level="municipality", topics=["a"], frequency="year"
    )
    assert [(b.area, b.year, b.reason) for b in panel.broken] == [(GREW, 2023, "redrawn")]


def test_the_part_of_a_municipality_that_is_not_loaded_breaks_the_series_too(tmp_path):
    changes(tmp_path, [(GREW, GREW, 2023, "merged", 0.9998)])
    people(tmp_path, [(GREW, y, 1000) for y in BEFORE] + [(GREW, y, 1500) for y in AFTER])
    counts(tmp_path, [(GREW, y, 10) for y in (*BEFORE, *AFTER)])
    panel = get_panel(
        FigureStore(tmp_path), table="t", level="municipality", topics=["a"], frequency="year"
    )
    assert [(b.area, b.year, b.reason, b.others) for b in panel.broken] == [
        (GREW, 2023, "redrawn", ())
    ]
    found = people_of(tmp_path, GREW)
    np.testing.assert_array_equal(found.same[0], [np.nan] * 3 + [1500] * 3)


def test_of_a_municipality_that_was_divided_the_parts_have_no_rate_before(tmp_path):
    changes(tmp_path, [(GONE, GREW, 2023, "split", 0.5), (GONE, ALONE, 2023, "split", 0.5)])
    people(
        tmp_path,
        [(GREW, y, 1000) for y in BEFORE]
        + [(GONE, y, 400) for y in BEFORE]
        + [(a, y, 1200) for a in (GREW, ALONE) for y in AFTER],
    )
    found = people_of(tmp_path, GREW, ALONE)
    assert np.isnan(found.same[:, :3]).all() and np.isfinite(found.same[:, 3:]).all()


def test_own_figures_break_at_every_change_on_record(tmp_path):
    """Nobody makes them anew; a publisher does, and then has nothing under the former code."""
    rows = [("GM0439", y, 10) for y in (*BEFORE, *AFTER)]
    counts(tmp_path, rows, table="eigen", scheme="local")
    counts(tmp_path, rows, table="politie")
    broken = {
        name: get_panel(
            FigureStore(tmp_path),
            table=name,
            level="municipality",
            topics=["a"],
            frequency="year",
        ).broken
        for name in ("eigen", "politie")
    }
    assert [(b.year, b.reason) for b in broken["eigen"]] == [(2022, "redrawn")]
    assert broken["politie"] == ()


def test_a_new_code_for_the_same_place_changes_nothing(tmp_path):
    changes(tmp_path, [(GONE, GREW, 2023, "renamed", 1.0)])
    people(tmp_path, [(GONE, y, 980) for y in BEFORE] + [(GREW, y, 1000) for y in AFTER])
    found = people_of(tmp_path, GREW)
    np.testing.assert_array_equal(found.same[0], [980] * 3 + [1000] * 3)
    assert found.notes_of(GREW) == ()


def test_a_step_that_nothing_explains_is_marked_and_growth_is_not(tmp_path):
    people(
        tmp_path,
        [(ALONE, str(2020 + i), v) for i, v in enumerate((700, 710, 720, 800, 810, 790))],
    )
    (note,) = people_of(tmp_path, ALONE).notes_of(ALONE)
    assert (note.kind, note.year, round(note.ratio, 2)) == ("step", 2023, 1.11)


def test_people_of_another_year_are_named_as_such(tmp_path):
    people(tmp_path, [(ALONE, "2025", 700)])
    found = people_of(tmp_path, ALONE)
    np.testing.assert_array_equal(found.same[0], [700] * 6)
    assert [(n.kind, n.year) for n in found.notes_of(ALONE)] == [("nearest", 2025)]


def test_the_record_knows_the_mergers_of_these_years_once():
    redrawn = redrawn_areas(recorded())
    assert [r.year for r in redrawn["GM0439"]] == [2022]
    assert [(r.year, r.whole) for r in redrawn["GM0080"]] == [(2014, False), (2018, False)]
    measured = redrawn_areas([*recorded(), AreaChange("GM0788", "GM0855", 2021, "split", 0.03)])
    assert "GM0855" not in measured, "the measured share holds: a sliver is no merger"
    wholes = [(c.old, c.year) for c in recorded() if c.share == 1.0 and c.new != "GM1945"]
    assert len(set(wholes)) == len(wholes), "an area goes wholly into one other"
