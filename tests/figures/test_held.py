"""Doubtful figures are kept whole and stay out of use until a person decides."""

import json
from datetime import UTC, datetime

import pytest

from koers.figures.doubts.doubt import Doubt, Oddity
from koers.figures.health import problem_in
from koers.figures.held import DECISION, HeldState
from koers.figures.store import FigureStore
from koers.figures.thinning import thin
from koers.figures.verification import verify
from tests.figures.rows import columns, draft

ODD = (Doubt(Oddity.TOTAL, "BU", before=12.0, after=3.0),)


def put(store, value, odd=False):
    rows = [("BU00010001", "a", "2025-10", float(value))]
    return store.write(draft(rows), columns(rows), look=lambda *_: ODD if odd else ())


@pytest.fixture
def store(tmp_path):
    return FigureStore(tmp_path, clock=lambda: datetime(2026, 1, 15, tzinfo=UTC))


@pytest.fixture
def good(store):
    return put(store, 12)


@pytest.fixture
def odd(store, good):
    return put(store, 3, odd=True)


def used(store):
    (snapshot,) = store.current()
    return snapshot


def test_what_is_odd_is_kept_whole_and_what_was_in_use_stays_it(store, good, odd):
    assert used(store) == good == store.newest("bron", "t")
    assert store.snapshots() == store.of_table("t") == (good,)
    assert store.get(odd.manifest.id) == odd and not problem_in(odd.path)
    assert store.everything() == (good, odd)
    (held,) = store.held.waiting()
    assert (held.id, held.doubts, held.instead) == (odd.manifest.id, ODD, good)
    assert not [v for v in verify(store) if v.problem] and not store.damaged()


def test_the_first_figures_of_a_table_may_be_held_too(store):
    odd = put(store, 0, odd=True)
    assert store.current() == () and store.held.holds(odd)
    assert store.held.waiting()[0].instead is None


def test_what_a_person_uses_is_in_use_after_all_and_can_be_taken_back(store, good, odd):
    store.held.decide(odd.manifest.id, HeldState.ACCEPTED)
    assert used(store) == used(FigureStore(store.root.parent)) == odd
    assert not store.held.waiting() and store.snapshots() == (good, odd)
    store.held.decide(odd.manifest.id, HeldState.WAITING)
    assert used(store) == used(FigureStore(store.root.parent)) == good
    assert store.held.waiting()[0].id == odd.manifest.id


def test_what_a_person_rejects_stays_out_and_may_still_be_used(store, good, odd):
    store.held.decide(odd.manifest.id, HeldState.REJECTED)
    assert used(store) == good and not store.held.waiting()
    # The same figures once more.
    assert put(store, 3, odd=True) == odd and not store.held.waiting()
    store.held.decide(odd.manifest.id, HeldState.ACCEPTED)
    assert used(store) == odd


def test_good_figures_that_come_later_are_used_and_nobody_need_decide(store, odd):
    better = put(store, 13)
    assert used(store) == better and not store.held.waiting()
    assert put(store, 3, odd=True) == odd
    # They are what the source says now, so again somebody has to look.
    assert [h.id for h in store.held.waiting()] == [odd.manifest.id]
    assert used(store) == better and len(store.everything()) == 3


def test_what_is_used_in_spite_of_newer_figures_is_the_newest(store, odd):
    put(store, 13)
    store.held.decide(odd.manifest.id, HeldState.ACCEPTED)
    assert used(store) == odd
    last = put(store, 14)
    assert used(store) == last
    orders = [s.manifest.order for s in store.snapshots()]
    assert last.manifest.order == max(orders) and len(set(orders)) == len(orders)


def test_another_store_sees_what_was_decided(store, good, odd):
    other = FigureStore(store.root.parent)
    assert used(other) == good
    store.held.decide(odd.manifest.id, HeldState.ACCEPTED)
    assert used(other) == odd


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"state": "used", "order": 3}'])
def test_a_decision_that_cannot_be_read_puts_nothing_in_use(store, good, odd, broken):
    store.held.decide(odd.manifest.id, HeldState.ACCEPTED)
    (odd.path / DECISION).write_text(broken)
    assert used(FigureStore(store.root.parent)) == good


def test_doubts_cannot_be_taken_out_of_a_manifest(store, good, odd):
    file = odd.path / "manifest.json"
    said = json.loads(file.read_text())
    file.write_text(json.dumps(said | {"doubts": []}))
    fresh = FigureStore(store.root.parent)
    assert used(fresh) == good
    assert [v.id for v in verify(fresh) if v.problem] == [odd.manifest.id]


@pytest.mark.parametrize("state", list(HeldState))
def test_figures_that_are_repaired_keep_what_was_decided(store, good, odd, state):
    store.held.decide(odd.manifest.id, state)
    (odd.path / "data.parquet").write_bytes(b"")
    store = FigureStore(store.root.parent)
    # Nobody looks anew: these very figures were looked at.
    again = put(store, 3)
    assert again.path == odd.path and not problem_in(again.path)
    assert store.held.get(odd.manifest.id).state is state
    assert used(store).path == (odd if state is HeldState.ACCEPTED else good).path


def test_what_nobody_wants_goes_in_the_end_and_what_waits_stays(store, good, odd):
    late = datetime(2029, 1, 15, tzinfo=UTC)
    assert thin(store, (), late).removed == ()
    store.held.decide(odd.manifest.id, HeldState.REJECTED)
    assert thin(store, (odd.manifest.id,), late).removed == ()
    assert thin(store, (), datetime(2027, 1, 15, tzinfo=UTC)).removed == ()
    assert thin(store, (), late).removed == (odd,)
    assert used(store) == good


def test_there_is_nothing_to_decide_on_figures_without_doubts(store, good):
    with pytest.raises(KeyError):
        store.held.decide(good.manifest.id, HeldState.REJECTED)
