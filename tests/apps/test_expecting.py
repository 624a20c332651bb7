"""What is expected is worked out by the worker; a page reads it, and says so where it has to
wait."""

from __future__ import annotations

import math
import shutil

import pytest
from django.conf import settings

from koers.apps.decisions.services.figures import figure_data
from koers.apps.intake.archive import public_shelf
from koers.apps.picture.presenters import CHARTS
from koers.apps.picture.reading import PENDING
from koers.apps.picture.readings import reading
from koers.apps.picture.services.expecting import prepare_expectations, wanted
from koers.figures.shelf import Shelf, derived
from koers.figures.shelf import shelf as shelves
from koers.figures.store import FigureStore


@pytest.fixture
def home(example_home, plan, tmp_path, monkeypatch):
    """The invented figures in a home of their own, of which nothing has been worked out.

    After the plan, which looks at the home that all tests share.
    """
    shutil.copytree(example_home, tmp_path / "home")
    shutil.rmtree(tmp_path / "home" / "figures" / "derived", ignore_errors=True)
    monkeypatch.setattr(settings, "HOME", tmp_path / "home")
    return FigureStore(tmp_path / "home")


@pytest.fixture
def slow(monkeypatch):
    monkeypatch.setattr(shelves, "AT_ONCE", 0)


def test_while_the_worker_is_busy_a_page_shows_counts_and_says_that_the_rest_is_to_come(
    home, slow, adviser, municipality
):
    found = reading(public_shelf(), "VB01", "woninginbraak")
    assert found.is_own and found.recent > 0
    assert all(math.isnan(v) for v in found.expected)
    assert found.change is None and found.verdict == PENDING
    for page in ("", "woninginbraak/", "woninginbraak/trend.svg"):
        response = adviser.get(f"/beeld/VB01/{page}")
        assert response.status_code == 200, page
    assert PENDING in adviser.get("/beeld/VB01/woninginbraak/").content.decode()
    for chart in CHARTS.values():
        chart(public_shelf(), found)


def test_once_the_worker_is_done_pages_read_what_it_made(home, slow):
    before = reading(public_shelf(), "VB01", "woninginbraak")
    assert prepare_expectations() > 0
    after = reading(public_shelf(), "VB01", "woninginbraak")
    assert before.pending and not after.pending
    assert after.observed == before.observed and after.change is not None


def test_what_is_kept_gives_the_very_reading_that_is_worked_out_at_once(home):
    at_once = reading(public_shelf(), "VB01", "woninginbraak")
    prepare_expectations()
    current = public_shelf()
    again = reading(Shelf(current.store, current.ids), "VB01", "woninginbraak")
    # By their texts: a value that is not known equals none.
    assert repr(again) == repr(at_once)


def test_every_table_that_a_page_may_ask_for_is_there_afterwards(home, slow):
    prepare_expectations()
    shelf = public_shelf()
    assert {r.kind for r in wanted(shelf)} == {"table", "summed", "together"}
    assert not any(shelf.make(r).pending for r in wanted(shelf) if shelf.make(r) is not None)


def test_preparing_twice_makes_nothing_and_what_is_former_is_let_go(home):
    prepare_expectations()
    kept = list(derived.all_kept(home.root))
    former = kept[0].with_name("0" * 16)
    shutil.copytree(kept[0], former)
    assert prepare_expectations() == 0
    assert list(derived.all_kept(home.root)) == kept and not former.exists()


def test_what_was_damaged_is_made_again(home):
    prepare_expectations()
    place = next(derived.all_kept(home.root))
    (place / "mean.npy").write_bytes(b"niets")
    assert prepare_expectations() == 0
    assert prepare_expectations(verify=True) == 1
    assert derived.problem_at(place) == ""


def test_a_document_waits_until_it_is_whole(home, slow, plan):
    data = figure_data(plan)
    assert any(value is not None for value in data.expected)
