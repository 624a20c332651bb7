"""Snapshots: written once, read back as they were, and named when something is wrong with them."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import duckdb
import numpy as np
import pytest

from koers.figures.areas import cbs_level, cbs_parent
from koers.figures.manifest import Draft
from koers.figures.queries.area_list import list_areas
from koers.figures.queries.coverage import coverage
from koers.figures.queries.panel import get_panel
from koers.figures.store import FigureStore

NAN = float("nan")
DRAFT = Draft(
    source="politie",
    table="proef",
    title="Een proef",
    content="observations",
    scheme="crime",
    sha256="a" * 64,
    address="proef.csv",
    licence="open data",
    attribution="Politie",
)
ROWS = [
    ("BU90010001", "1.1.1", "2024-01", 3.0, "final"),
    ("BU90010001", "1.1.1", "2024-02", NAN, "final"),
    ("BU90010001", "1.1.1", "2024-03", 0.0, "provisional"),
    ("BU90010002", "1.1.1", "2024-01", 5.0, "final"),
    ("BU90010002", "1.1.1", "2024-03", 7.0, "provisional"),
]


def observations(rows=ROWS):
    names = ("area", "topic", "period", "value", "status")
    kinds = (object, object, object, np.float64, object)
    return {
        name: np.array([r[i] for r in rows], dtype=k)
        for i, (name, k) in enumerate(zip(names, kinds, strict=True))
    }


def areas(rows):
    names = ("code", "name", "level", "parent", "latitude", "longitude", "geometry")
    kinds = (object, object, object, object, np.float64, np.float64, object)
    return {
        name: np.array([r[i] for r in rows], dtype=k)
        for i, (name, k) in enumerate(zip(names, kinds, strict=True))
    }


@pytest.fixture
def store(tmp_path):
    return FigureStore(tmp_path)


def test_what_is_written_is_read_back_with_null_for_what_is_not_published(store):
    snapshot = store.write(DRAFT, observations())
    rows = (
        store.connect()
        .execute("SELECT area, topic, period, value, status FROM observations ORDER BY ALL")
        .fetchall()
    )
    assert rows == sorted((*r[:3], None if r[3] != r[3] else r[3], r[4]) for r in ROWS)
    assert snapshot.manifest.rows == len(ROWS)


def test_the_manifest_says_where_the_figures_come_from(store):
    manifest = store.write(DRAFT, observations()).manifest
    assert (manifest.source, manifest.table, manifest.licence, manifest.last_period) == (
        "politie",
        "proef",
        "open data",
        "2024-03",
    )
    assert manifest.retrieved.tzinfo is not None
    assert manifest.schema["value"] == "DOUBLE"


def test_writing_twice_gives_the_same_snapshot_and_one_folder(store):
    one, two = store.write(DRAFT, observations()), store.write(DRAFT, observations())
    assert one == two
    assert len(store.snapshots()) == 1


def test_the_order_of_the_rows_does_not_show_in_the_file(store, tmp_path):
    one = store.write(DRAFT, observations())
    two = FigureStore(tmp_path / "b").write(DRAFT, observations(ROWS[::-1]))
    assert one.manifest.parquet_sha256 == two.manifest.parquet_sha256


def test_other_bytes_or_another_mapping_give_another_snapshot_and_the_newest_is_current(store):
    old = store.write(DRAFT, observations())
    new = store.write(replace(DRAFT, sha256="b" * 64), observations(ROWS[:3]))
    mapped = store.write(replace(DRAFT, description="c" * 64), observations(ROWS[:2]))
    assert len({s.manifest.id for s in (old, new, mapped)}) == 3
    assert [s.manifest.id for s in store.current()] == [mapped.manifest.id]
    assert {s.manifest.id for s in store.snapshots()} == {s.manifest.id for s in (old, new, mapped)}


def test_an_older_snapshot_can_still_be_asked(store):
    old = store.write(DRAFT, observations())
    store.write(replace(DRAFT, sha256="b" * 64), observations(ROWS[:1]))
    count = "SELECT count(*) FROM observations"
    assert store.connect().execute(count).fetchone() == (1,)
    assert store.connect([old.manifest.id]).execute(count).fetchone() == (5,)


def test_a_snapshot_that_is_not_here_is_an_error(store):
    with pytest.raises(KeyError):
        store.get("0" * 12)


def test_a_damaged_or_missing_file_is_named(store):
    snapshot = store.write(DRAFT, observations())
    assert store.problem_with(snapshot) == ""
    snapshot.data.write_bytes(snapshot.data.read_bytes()[:-10])
    assert (
        store.problem_with(snapshot) == "het gegevensbestand is veranderd sinds het is geschreven"
    )
    snapshot.data.unlink()
    assert store.problem_with(snapshot) == "het gegevensbestand ontbreekt"


def test_a_damaged_manifest_is_left_out_with_a_warning_and_the_others_stay(store, caplog):
    good = store.write(replace(DRAFT, table="heel"), observations())
    bad = store.write(DRAFT, observations())
    other = FigureStore(store.root.parent)
    file = bad.path / "manifest.json"
    file.write_text(file.read_text()[:40])
    from koers.figures.manifest import _read

    _read.cache_clear()
    with caplog.at_level(logging.WARNING):
        assert [s.manifest.id for s in other.current()] == [good.manifest.id]
    assert "manifest.json" in caplog.text


def test_a_write_that_fails_leaves_nothing_behind(store):
    broken = observations() | {"value": np.array(["veel"] * len(ROWS), dtype=object)}
    with pytest.raises(duckdb.Error):
        store.write(DRAFT, broken)
    assert [p for p in store.root.rglob("*") if p.suffix in (".parquet", ".json")] == []
    assert store.snapshots() == ()


def test_the_manifest_is_json_that_one_can_read(store):
    snapshot = store.write(
        replace(DRAFT, topics={"1.1.1": "Diefstal/inbraak woning"}), observations()
    )
    data = json.loads((snapshot.path / "manifest.json").read_text(encoding="utf-8"))
    assert data["topics"] == {"1.1.1": "Diefstal/inbraak woning"}


def test_a_panel_has_every_cell_and_a_hole_is_unknown(store):
    snapshot = store.write(DRAFT, observations())
    found = get_panel(store, table="proef", level="neighbourhood", topics=["1.1.1", "9.9.9"])
    assert found is not None
    panel = found.panel
    assert (panel.areas, panel.topics) == (("BU90010001", "BU90010002"), ("1.1.1",))
    assert [str(p) for p in panel.periods] == ["2024-01", "2024-02", "2024-03"]
    np.testing.assert_array_equal(panel.counts[:, 0], [[3, NAN, 0], [5, NAN, 7]])
    assert found.provisional == (False, False, True)
    assert found.snapshot == snapshot.manifest.id
    assert panel.groups["BU90010001"] == ("WK900100", "GM9001")
    assert np.isnan(panel.population).all()


def test_population_is_that_of_the_year_else_of_the_nearest(store):
    people = [
        ("BU90010001", "inhabitants", "2022", 100.0, "final"),
        ("BU90010001", "inhabitants", "2024", 120.0, "final"),
        ("BU90010002", "inhabitants", "2020", 50.0, "final"),
    ]
    store.write(DRAFT, observations())
    store.write(replace(DRAFT, table="mensen", scheme="key-figures"), observations(people))
    found = get_panel(store, table="proef", level="neighbourhood", topics=["1.1.1"])
    assert found is not None
    assert found.panel.population.tolist() == [[120] * 3, [50] * 3]


def test_a_panel_of_one_municipality_leaves_the_others_out(store):
    store.write(DRAFT, observations([*ROWS, ("BU90020001", "1.1.1", "2024-01", 9.0, "final")]))
    found = get_panel(
        store, table="proef", level="neighbourhood", topics=["1.1.1"], within=["GM9002"]
    )
    assert found is not None
    assert found.panel.areas == ("BU90020001",)


def test_what_a_table_does_not_hold_gives_no_panel(store):
    store.write(DRAFT, observations())
    assert get_panel(store, table="proef", level="municipality", topics=["1.1.1"]) is None
    assert (
        get_panel(store, table="proef", level="neighbourhood", topics=["1.1.1"], frequency="year")
        is None
    )


def test_coverage_tells_what_a_table_holds_and_for_whom(store):
    store.write(DRAFT, observations())
    (found,) = coverage(store)
    assert (found.table, found.level, found.frequency) == ("proef", "neighbourhood", "month")
    assert (found.first, found.last, found.topics) == ("2024-01", "2024-03", frozenset({"1.1.1"}))
    assert found.municipalities == frozenset({"GM9001"})


def test_areas_are_known_by_name_where_one_is_given_and_by_code_where_not(store):
    store.write(DRAFT, observations())
    named = [
        ("GM9001", "Ergens", "municipality", "NL", NAN, NAN, ""),
        ("BU90010001", "Oost", "neighbourhood", "WK900100", 52.3, 4.6, ""),
    ]
    store.write(replace(DRAFT, table="namen", content="areas", scheme=""), areas(named))
    inside = {a.code: (a.name, a.level) for a in list_areas(store, within="GM9001")}
    assert list_areas(store, level="municipality")[0].name == "Ergens"
    assert inside == {
        "WK900100": ("WK900100", "district"),
        "BU90010001": ("Oost", "neighbourhood"),
        "BU90010002": ("BU90010002", "neighbourhood"),
    }
    assert [a.latitude for a in list_areas(store, codes=["BU90010001", "BU90010002"])] == [
        52.3,
        None,
    ]


CODES = [
    ("BU03970001", "neighbourhood", "WK039700"),
    ("WK039700", "district", "GM0397"),
    ("GM0397", "municipality", "NL"),
    ("NL", "country", ""),
]


@pytest.mark.parametrize(("code", "level", "parent"), CODES)
def test_a_code_tells_its_level_and_what_it_lies_in(code, level, parent):
    assert (cbs_level(code), cbs_parent(code)) == (level, parent)


def test_a_code_of_nothing_is_refused():
    with pytest.raises(ValueError, match="XX1"):
        cbs_level("XX1")
