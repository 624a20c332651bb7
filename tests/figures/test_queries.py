"""Questions give what a plain loop over the rows gives."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koers.analysis.period import Period, span
from koers.figures.completeness import completeness_of
from koers.figures.queries.changed_cells import changed_cells
from koers.figures.queries.cross_section import get_cross_section
from koers.figures.queries.differences import differences
from koers.figures.queries.panel import get_panel
from koers.figures.queries.revisions import revision_triangle
from koers.figures.queries.writes import indexing, writing
from koers.figures.store import FigureStore
from koers.figures.thinning import thin
from tests.examples import examples
from tests.figures.rows import changes, columns, draft, kept

AREAS = ("BU00010001", "BU00010002", "BU00020001", "WK000100", "GM0001")
MONTHS = ("2023-11", "2023-12", "2024-01", "2024-02")
cells = st.dictionaries(
    st.tuples(
        st.sampled_from(AREAS),
        st.sampled_from(["0.0.0", "a", "b"]),
        st.sampled_from((*MONTHS, "2023")),
    ),
    st.one_of(st.none(), st.integers(0, 9)),
    min_size=1,
    max_size=60,
)


def rows_of(found):
    return [(*key, np.nan if value is None else float(value)) for key, value in found.items()]


@pytest.mark.parametrize("size", ["small", "large", "large and mostly zero", "large and full"])
@settings(max_examples=examples(20), deadline=None)
@given(
    found=cells,
    dense=st.booleans(),
    begins=st.lists(st.integers(0, 2), min_size=5, max_size=5),
    within=st.sampled_from([None, ["GM0001"], ["BU00020001"], ["WK000100"]]),
    topics=st.sampled_from([["a"], ["b", "a"], ["0.0.0", "a", "b"]]),
)
def test_a_panel_is_what_a_loop_over_the_rows_makes(
    tmp_path_factory, size, found, dense, begins, within, topics
):
    if dense:
        found = {
            (a, t, m): found.get((a, t, m), 0)
            for a, begin in zip(AREAS, begins, strict=True)
            for t in ("a", "b")
            for m in MONTHS[begin:]
        }
    with pytest.MonkeyPatch.context() as patch:
        if size != "small":
            patch.setattr(writing, "LARGE_ROWS", 0)
        if "zero" in size:
            patch.setattr(indexing, "MOSTLY_ZERO", 1.0)
        if "full" in size:
            patch.setattr(indexing, "MOSTLY_ZERO", -1.0)
        home = tmp_path_factory.mktemp("home")
        kept(home, rows_of(found))
    store = FigureStore(home)
    inside = [
        a
        for a in AREAS
        if a[:2] == "BU"
        and (within is None or a in within or f"WK{a[2:8]}" in within or f"GM{a[2:6]}" in within)
    ]
    wanted = {
        k: v for k, v in found.items() if k[0] in inside and k[1] in topics and len(k[2]) == 7
    }
    panel = get_panel(store, table="t", level="neighbourhood", topics=topics, within=within)
    if not wanted:
        assert panel is None
        return
    assert panel.panel.areas == tuple(sorted({a for a, _, _ in wanted}))
    assert panel.panel.topics == tuple(t for t in topics if t in {k[1] for k in wanted})
    months = [str(p) for p in panel.panel.periods]
    assert (months[0], months[-1]) == (min(k[2] for k in wanted), max(k[2] for k in wanted))
    expected = np.array(
        [
            [
                [np.nan if wanted.get((a, t, m)) is None else wanted[a, t, m] for m in months]
                for t in panel.panel.topics
            ]
            for a in panel.panel.areas
        ],
        dtype=float,
    )
    np.testing.assert_array_equal(panel.panel.counts, expected)


@pytest.mark.parametrize(
    ("value", "kept_so"), [(65535.0, True), (65536.0, False), (1.5, False), (-1.0, False)]
)
def test_what_is_no_count_of_two_bytes_is_not_kept_as_one(tmp_path, monkeypatch, value, kept_so):
    monkeypatch.setattr(writing, "LARGE_ROWS", 0)
    rows = [
        ("BU00010001", "a", month, known)
        for month, known in zip(MONTHS, (value, 1.0, np.nan, 2.0), strict=True)
    ]
    snapshot = kept(tmp_path, rows)
    assert snapshot.counts.is_file() == kept_so
    found = get_panel(FigureStore(tmp_path), table="t", level="neighbourhood", topics=["a"])
    np.testing.assert_array_equal(found.panel.counts.ravel(), [value, 1.0, np.nan, 2.0])


@pytest.mark.parametrize("large", [False, True])
@settings(max_examples=examples(20), deadline=None)
@given(found=cells, dense=st.booleans(), month=st.sampled_from(MONTHS))
def test_a_cross_section_is_what_a_loop_over_the_rows_makes(
    tmp_path_factory, large, found, dense, month
):
    if dense:
        found = {
            (a, t, m): found.get((a, t, m), 1) for a in AREAS for t in ("a", "b") for m in MONTHS
        }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "LARGE_ROWS", 0 if large else 10**6)
        home = tmp_path_factory.mktemp("home")
        kept(home, rows_of(found))
    section = get_cross_section(FigureStore(home), table="t", period=month, level="neighbourhood")
    known = (
        {}
        if section is None
        else {
            (a, t): section.counts[i, k]
            for i, a in enumerate(section.areas)
            for k, t in enumerate(section.topics)
        }
    )
    for (area, topic, period), value in found.items():
        if area[:2] == "BU" and period == month and value is not None:
            assert known.pop((area, topic)) == value
    assert all(np.isnan(value) for value in known.values())


@settings(max_examples=examples(20), deadline=None)
@given(before=cells, after=cells)
def test_differences_are_what_a_loop_over_both_finds(tmp_path_factory, before, after):
    home = tmp_path_factory.mktemp("home")
    one, two = kept(home, rows_of(before), "2026-01-01"), kept(home, rows_of(after), "2026-02-01")
    store = FigureStore(home)
    found = differences(store, one.manifest.id, two.manifest.id)
    both = before.keys() & after.keys()
    assert found.rows_added == len(after.keys() - both)
    assert found.rows_removed == len(before.keys() - both)
    assert found.rows_revised == sum(before[k] != after[k] for k in both)
    assert found.rows_same == sum(before[k] == after[k] for k in both)
    listed = {
        (c.area, c.topic, c.period): (c.before, c.after)
        for c in changed_cells(store, one.manifest.id, two.manifest.id)
    }
    expected = {
        k: (before.get(k), after.get(k))
        for k in before.keys() | after.keys()
        if k not in both or before[k] != after[k]
    }
    assert listed == expected


def test_a_revision_shows_by_how_much_a_month_changed_and_kinds_are_not_added_to_their_total(
    tmp_path,
):
    def rows(total, a):
        return [
            ("BU00010001", "0.0.0", "2024-01", total),
            ("BU00010001", "a", "2024-01", a),
            ("BU00010001", "a", "2024-02", 1.0),
        ]

    one = kept(tmp_path, rows(10.0, 4.0), "2026-01-01", topics={"a": "Oud"})
    two = kept(tmp_path, rows(13.0, 5.0), "2026-02-01", topics={"a": "Nieuw"})
    found = differences(FigureStore(tmp_path), one.manifest.id, two.manifest.id)
    (month,) = found.periods
    assert (month.level, month.period, month.before, month.after, month.revised) == (
        "neighbourhood",
        "2024-01",
        10,
        13,
        2,
    )
    assert found.topics_renamed == (("a", "Oud", "Nieuw"),)


def test_the_revision_triangle_holds_each_total_at_the_age_at_which_it_was_known(tmp_path):
    kept(
        tmp_path,
        [("BU00010001", "a", "2024-01", 5.0), ("BU00010009", "a", "2024-01", 99.0)],
        "2024-02-15",
    )
    kept(
        tmp_path,
        [("BU00010001", "a", "2024-01", 7.0), ("BU00010001", "a", "2024-02", 2.0)],
        "2024-03-15",
    )
    kept(
        tmp_path,
        [("BU00010001", "a", "2024-01", 8.0), ("BU00010001", "a", "2024-02", 3.0)],
        "2024-05-15",
    )
    found = revision_triangle(FigureStore(tmp_path), "t")
    assert found.areas == ("BU00010001",)
    assert [str(p) for p in found.periods] == ["2024-01", "2024-02"]
    np.testing.assert_array_equal(
        found.totals[0], [[np.nan, 5, 7, np.nan, 8], [np.nan, 2, np.nan, 3, np.nan]]
    )


def test_a_series_runs_on_over_a_renumbering_and_not_over_a_split(tmp_path):
    rows = [
        ("BU00010001", "a", "2023-12", 1.0),
        ("BU00010002", "a", "2023-12", 5.0),
        ("BU00010011", "a", "2024-01", 2.0),
        ("BU00010012", "a", "2024-01", 3.0),
        ("BU00010013", "a", "2024-01", 4.0),
    ]
    kept(tmp_path, rows)
    changes(
        tmp_path,
        [
            ("BU00010001", "BU00010011", 2024, "renamed", 1.0),
            ("BU00010002", "BU00010012", 2024, "split", 0.5),
            ("BU00010002", "BU00010013", 2024, "split", 0.5),
        ],
    )
    found = get_panel(FigureStore(tmp_path), table="t", level="neighbourhood", topics=["a"])
    assert found.panel.areas == ("BU00010002", "BU00010011", "BU00010012", "BU00010013")
    assert set(found.panel.groups) <= set(found.panel.areas)
    np.testing.assert_array_equal(found.panel.series("BU00010011", "a"), [1, 2])
    np.testing.assert_array_equal(found.panel.series("BU00010012", "a"), [np.nan, 3])
    assert [(j.old, j.new, j.year) for j in found.joined] == [("BU00010001", "BU00010011", 2024)]
    assert {(b.area, b.reason, b.others) for b in found.broken} == {
        ("BU00010012", "split", ("BU00010002",)),
        ("BU00010013", "split", ("BU00010002",)),
    }


def test_codes_that_overlap_in_time_are_not_joined(tmp_path):
    rows = [("BU00010001", "a", m, 1.0) for m in MONTHS] + [
        ("BU00010011", "a", m, 2.0) for m in MONTHS
    ]
    kept(tmp_path, rows)
    changes(tmp_path, [("BU00010001", "BU00010011", 2024, "renamed", 1.0)])
    found = get_panel(FigureStore(tmp_path), table="t", level="neighbourhood", topics=["a"])
    assert found.panel.areas == ("BU00010001", "BU00010011")
    assert [b.reason for b in found.broken] == ["overlap"]


def test_old_snapshots_are_thinned_by_the_rule_and_never_one_that_is_cited(tmp_path):
    days = [
        "2010-03-01",
        "2010-09-01",
        "2020-01-10",
        "2020-02-10",
        "2020-05-10",
        "2025-01-10",
        "2025-01-20",
        "2026-11-01",
    ]
    ids = {
        day: kept(tmp_path, [("GM0001", "a", "2009", float(i))], day).manifest.id
        for i, day in enumerate(days)
    }
    store, now = FigureStore(tmp_path), datetime(2026, 11, 24, tzinfo=UTC)
    plan = thin(store, {ids["2020-01-10"]}, now, dry_run=True)
    assert {s.manifest.id for s in plan.removed} == {ids["2010-03-01"]}
    assert len(store.snapshots()) == len(days)
    done = thin(store, set(), now)
    assert {s.manifest.id for s in done.removed} == {ids["2010-03-01"], ids["2020-01-10"]}
    assert len(store.snapshots()) == len(days) - 2
    assert thin(store, set(), now).removed == ()


def test_a_batch_of_columns_of_unequal_length_is_refused(tmp_path):
    bad = {**columns(rows_of({("GM0001", "a", "2024"): 1})), "value": np.array([1.0, 2.0])}
    with pytest.raises(ValueError, match="different lengths"):
        FigureStore(tmp_path).write(draft([]), bad)


def test_twelve_snapshots_teach_what_share_of_a_month_is_known(tmp_path):
    months = span(Period(2023, 1, "month"), Period(2024, 12, "month"))
    taken = months[10:]
    for now in taken:
        # The newest month holds 60 of its 100 counts, the one before 90; a second kind came with
        # the last snapshot.
        rows = [
            ("GM0001", "a", str(m), {0: 60.0, 1: 90.0}.get(now.ordinal - m.ordinal, 100.0))
            for m in months
            if m <= now
        ]
        rows += [("GM0001", "b", str(m), 500.0) for m in months if now == taken[-1]]
        kept(tmp_path, rows, f"{now}-28")
    store = FigureStore(tmp_path)
    found = completeness_of(revision_triangle(store, "t"))
    assert found.enough
    assert found.share[:3] == pytest.approx([0.6, 0.9, 1.0])
    early = store.of_table("t")[5]
    assert not completeness_of(revision_triangle(store, "t", until=early)).enough
    assert completeness_of(None).snapshots == 0
