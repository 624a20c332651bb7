"""What came in last is the newest, whatever the clock said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from koers.figures.manifest import Manifest
from koers.figures.store import FigureStore
from tests.figures.rows import kept

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def row(value):
    return [("BU00010001", "a", "2026-10", float(value))]


@pytest.mark.parametrize(
    "moments",
    [
        ("2026-12-02T12:00", "2026-12-01T12:00", "2026-12-01T12:05"),
        ("2099-01-01T00:00", "2026-12-01T12:00", "2026-12-01T12:00"),
        # The hour that comes twice in the night of 25 October.
        ("2026-10-25T00:59", "2026-10-25T00:30", "2026-10-25T00:31"),
    ],
)
def test_the_last_that_came_in_is_in_use_after_a_clock_that_was_ahead(tmp_path, moments):
    for value, moment in enumerate(moments, 1):
        came = kept(tmp_path, row(value), moment)
        (used,) = FigureStore(tmp_path).current()
        assert used.manifest.id == came.manifest.id
    orders = [s.manifest.order for s in FigureStore(tmp_path).snapshots()]
    assert orders == [1, 2, 3]


def test_what_an_older_koers_wrote_stands_before_what_is_counted(tmp_path):
    old = kept(tmp_path, row(1), "2027-06-01T00:00")
    replace(old.manifest, order=0).write(old.path / "manifest.json")
    new = kept(tmp_path, row(2), "2026-12-01T12:00")
    assert [s.manifest.id for s in FigureStore(tmp_path).snapshots()] == [
        old.manifest.id,
        new.manifest.id,
    ]


def test_no_figures_are_known_from_before_they_were_retrieved(tmp_path):
    """A source that dates itself in the future is no newer for that."""
    found = kept(tmp_path, row(1), "2026-12-01T12:00").manifest
    later = replace(found, published_at="2031-01-01T00:00:00+00:00")
    assert later.known_since <= later.retrieved + timedelta(days=1)
    assert replace(found, published_at="2026-11-15T02:00:00+00:00").known_since < NOW
    assert later.is_ahead(NOW - timedelta(days=1)) and not later.is_ahead(NOW)


def test_figures_are_old_after_two_months_and_invented_ones_never(tmp_path):
    found = kept(tmp_path, row(1), "2026-12-01T12:00").manifest
    assert not found.is_old(NOW + timedelta(days=62))
    assert found.is_old(NOW + timedelta(days=63, hours=12))
    assert not replace(found, fictitious=True).is_old(NOW + timedelta(days=90))


def test_a_manifest_that_changed_is_none(tmp_path):
    found = kept(tmp_path, row(1), "2026-12-01T12:00")
    file = found.path / "manifest.json"
    file.write_text(file.read_text().replace('"rows": 1', '"rows": 2'))
    with pytest.raises(ValueError, match="changed"):
        Manifest.read(file)
    store = FigureStore(tmp_path)
    assert store.current() == ()
    ((damage),) = store.damaged()
    assert (damage.table, damage.instead) == (found.manifest.table, None)
