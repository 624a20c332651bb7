"""The figures as they are known at one moment, and what is worked out of them."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from koers.analysis.period import Period, span
from koers.figures.shelf import Recipe, Shelf, ShelfCache, derived, kept
from koers.figures.shelf import shelf as shelves
from koers.figures.store import FigureStore
from tests.figures import rows

MONTHS = [str(p) for p in span(Period(2019, 1, "month"), Period(2022, 12, "month"))]
AREAS = [f"BU000100{n:02d}" for n in range(1, 7)]
RECIPE = Recipe("table", "t", "neighbourhood", "month", ("1.1.1",))


def counts(seed=1):
    chance = np.random.default_rng(seed)
    return [(a, "1.1.1", m, float(chance.poisson(4))) for a in AREAS for m in MONTHS]


@pytest.fixture
def home(tmp_path):
    rows.kept(tmp_path, counts())
    return tmp_path


def shelf(home, **more):
    store = FigureStore(home)
    return Shelf(store, [s.manifest.id for s in store.current()], **more)


@pytest.fixture
def slow(monkeypatch):
    """Every table is so large that a page does not work it out itself."""
    monkeypatch.setattr(shelves, "AT_ONCE", 0)


def test_a_shelf_knows_its_own_snapshots_and_no_other(home):
    other = rows.kept(home, counts(2), table="andere")
    alone = Shelf(FigureStore(home), [i for i in shelf(home).ids if i != other.manifest.id])
    assert {c.table for c in alone.coverage} == {"t"}
    assert alone.table("andere", "neighbourhood", "month", ("1.1.1",)) is None
    with pytest.raises(KeyError):
        alone.manifest(other.manifest.id)


def test_an_earlier_snapshot_of_a_table_that_is_here_can_be_named(home):
    (before,) = shelf(home).ids
    rows.kept(home, counts(2), when="2026-02-15")
    assert before not in shelf(home).ids
    assert shelf(home).manifest(before).table == "t"


def test_what_was_asked_is_asked_once_on_each_shelf(home):
    asked = []

    @kept(2)
    def question(shelf, what):
        asked.append(what)
        return what

    one, two = shelf(home), shelf(home)
    assert [question(one, n) for n in (1, 1, 2, 1, 3, 1, 2)] == [1, 1, 2, 1, 3, 1, 2]
    assert asked == [1, 2, 3, 2]
    question(two, 1)
    assert asked[-1] == 1


def test_shelves_of_the_same_snapshots_share_their_answers_until_new_ones_come(home):
    cache, store = ShelfCache(), FigureStore(home)
    before = cache.shelf(store, [s.manifest.id for s in store.current()])
    found = before.table("t", "neighbourhood", "month", ("1.1.1",))
    again = cache.shelf(store, before.ids)
    assert again.table("t", "neighbourhood", "month", ("1.1.1",)) is found
    rows.kept(home, counts(2), when="2026-02-15")
    cache.shelf(store, [s.manifest.id for s in store.current()])
    assert len(cache) == 1


def test_a_process_keeps_the_answers_of_a_few_shelves_only(home):
    cache, store = ShelfCache(most=2), FigureStore(home)
    for n in range(4):
        rows.kept(home, counts(n), table=f"t{n}")
    for snapshot in store.current():
        cache.shelf(store, [snapshot.manifest.id])
    assert len(cache) == 2


def test_whoever_has_patience_works_an_expectation_out_and_others_read_it(home, slow):
    waiting = shelf(home).make(RECIPE)
    assert waiting.pending and waiting.panel.counts.shape == (6, 1, 48)
    made = shelf(home).with_patience().make(RECIPE)
    read = shelf(home).make(RECIPE)
    assert not read.pending
    for name in ("mean", "variance"):
        np.testing.assert_array_equal(
            getattr(read.expectation.predictive, name), getattr(made.expectation.predictive, name)
        )
    assert read.panel.areas == waiting.panel.areas and read.panel.groups == waiting.panel.groups
    assert read.panel.periods == waiting.panel.periods
    assert read.open_months == waiting.open_months


def test_what_is_kept_equals_what_would_be_worked_out_now(home):
    at_once = shelf(home).make(RECIPE)
    shelf(home).with_patience().make(RECIPE)
    read = shelf(home).make(RECIPE)
    np.testing.assert_array_equal(read.panel.counts, at_once.panel.counts)
    np.testing.assert_array_equal(read.panel.population, at_once.panel.population)
    np.testing.assert_array_equal(read.expectation.observed, at_once.expectation.observed)
    np.testing.assert_array_equal(read.expectation.expected, at_once.expectation.expected)


def test_an_answer_that_still_waits_is_asked_again(home, slow):
    asking = shelf(home)
    assert asking.make(RECIPE).pending
    asking.with_patience().make(RECIPE)
    assert not asking.make(RECIPE).pending


def test_new_figures_ask_for_a_new_expectation(home, slow):
    before = shelf(home).place_of(RECIPE)
    shelf(home).with_patience().make(RECIPE)
    rows.kept(home, counts(2), when="2026-02-15")
    assert shelf(home).place_of(RECIPE) != before
    assert shelf(home).make(RECIPE).pending


def test_key_figures_and_areas_are_part_of_what_an_expectation_rests_on(home):
    before = shelf(home).place_of(RECIPE)
    rows.kept(home, counts(2), table="andere")
    assert shelf(home).place_of(RECIPE) == before
    people = [("BU00010001", "inhabitants", "2022", 1000.0)]
    rows.kept(home, people, table="kern", scheme="key-figures")
    assert shelf(home).place_of(RECIPE) != before


def test_a_changed_or_half_written_file_is_noticed(home):
    asking = shelf(home).with_patience()
    asking.make(RECIPE)
    place = asking.place_of(RECIPE)
    assert derived.problem_at(place) == ""
    values = np.load(place / "mean.npy")
    np.save(place / "mean.npy", values + 1)
    assert "mean.npy is veranderd" in derived.problem_at(place)
    os.truncate(place / "mean.npy", 40)
    assert derived.kept_at(place) is None
    (place / "about.json").write_text("{")
    assert derived.kept_at(place) is None and "about.json" in derived.problem_at(place)


def test_a_damaged_file_never_breaks_a_page(home):
    shelf(home).with_patience().make(RECIPE)
    place = shelf(home).place_of(RECIPE)
    about = json.loads((place / "about.json").read_text())
    (place / "about.json").write_text(json.dumps({**about, "areas": about["areas"][1:]}))
    assert not shelf(home).make(RECIPE).pending


def test_a_full_disk_costs_only_what_would_have_been_kept(home, monkeypatch):
    def full(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr(derived, "keep", full)
    assert not shelf(home).with_patience().make(RECIPE).pending
    assert list(derived.all_kept(FigureStore(home).root)) == []


def test_what_was_worked_out_goes_with_its_snapshot(home):
    shelf(home).with_patience().make(RECIPE)
    store = FigureStore(home)
    (place,) = derived.all_kept(store.root)
    store.remove(store.current()[0])
    assert not place.exists()
