"""Boundaries by year, what became of each area, and accidents counted to neighbourhoods."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from koers.analysis.period import Period
from koers.figures.store import FigureStore
from koers.sources import bron, changes, pdok
from koers.sources.bron import number_in
from koers.sources.live import Addresses, load_live
from koers.sources.report import FigureFileError
from koers.sources.scope import Scope
from koers.sources.web import Patience
from tests.sources import geo_server as geo
from tests.sources.server import NOT_FOUND, Answer, Running, serving

QUICK = Patience(attempts=3, timeout=5.0, first_wait=0.002, longest_wait=0.01)
HERE = Scope(("GM9001",))
TO_RD = Transformer.from_crs("EPSG:4326", "EPSG:28992", always_xy=True)


def metres(column, row):
    return TO_RD.transform(geo.WEST + column * geo.STEP, geo.SOUTH + row * geo.STEP)


ACCIDENTS = [
    (1, "LET", ["1", "64"], *metres(0.5, 0.5)),
    (2, "DOD", ["1", "66"], *metres(0.5, 0.4)),
    (3, "UMS", ["1", "1"], *metres(1.5, 0.5)),
    (4, "LET", ["71"], None, None),
    (5, "LET", ["5"], *metres(20.5, 20.5)),
]


@pytest.fixture
def world():
    """PDOK, BRON and nothing else, on one server."""
    places = geo.pdok({2024: geo.year_2024(), 2025: geo.year_2025()})
    zips = {2025: geo.accident_zip(2025, ACCIDENTS)}

    def answer(path):
        if path.startswith("/bron/"):
            year = int(path[len("/bron/01-01-") :][:4])
            return Answer(kind="application/zip", body=zips[year]) if year in zips else NOT_FOUND
        return places(path)

    state = Running(answer=answer)
    state.zips = zips
    with serving(state):
        yield state


def load(world, store, *sources, **more):
    a = world.address
    addresses = Addresses(a, a, a, a, f"{a}/wfs", f"{a}/bron")
    return load_live(
        store,
        ["GM9001"],
        None,
        2026,
        addresses,
        sources=sources or ("pdok", "bron"),
        patience=QUICK,
        **more,
    )


def boundaries(world, year):
    with pdok.Boundaries(world.address, f"{world.address}/wfs", QUICK) as service:
        return service.of_year(year, HERE)[0]


def test_boundaries_of_each_year_are_kept_page_after_page_and_water_is_left_out(world, tmp_path):
    store = FigureStore(tmp_path)
    report = load(world, store, "gebieden-2024", "gebieden-2025")
    assert report.refused == []
    assert {s.manifest.table for s in report.loaded} == {"gebieden-2024", "gebieden-2025"}
    rows = (
        store.connect()
        .execute("SELECT code, latitude FROM areas WHERE table_name = 'gebieden-2024'")
        .fetchall()
    )
    assert {code for code, _ in rows} == {
        f["properties"].get("buurtcode")
        or f["properties"].get("wijkcode")
        or f["properties"]["gemeentecode"]
        for f in geo.year_2024()
    }
    assert all(52.30 < latitude < 52.31 for _, latitude in rows)


def test_a_year_that_is_over_is_not_asked_again(world, tmp_path):
    store = FigureStore(tmp_path)
    load(world, store, "gebieden-2024")
    world.asked.clear()
    report = load(world, store, "gebieden-2024")
    assert len(report.unchanged) == 1
    assert not [path for path in world.asked if "items" in path]


def test_the_change_table_is_made_again_only_where_boundaries_changed(world, tmp_path, monkeypatch):
    store = FigureStore(tmp_path)
    load(world, store, "pdok")
    made = []
    whole = changes.changes_between
    monkeypatch.setattr(changes, "changes_between", lambda *a: made.append(1) or whole(*a))
    load(world, store, "gebieden-wijzigingen")
    assert made == []
    load(world, store, "gebieden-wijzigingen", fresh=True)
    assert made


def test_accidents_of_a_year_that_is_not_over_are_passed_over(world, tmp_path):
    store = FigureStore(tmp_path)
    load(world, store, "pdok")
    report = load(world, store, "bron", since=Period.parse("2026"))
    assert report.refused == []
    assert any("tot en met 2025" in note for note in report.notes)


def test_the_change_table_tells_what_was_renumbered_and_split(world):
    found = changes.changes_between(boundaries(world, 2024), boundaries(world, 2025), 2025)
    assert [(c.old, c.new, c.kind) for c in found.changes] == [
        ("BU90010001", "BU90010009", "renamed"),
        ("BU90010002", "BU90010003", "split"),
        ("BU90010002", "BU90010004", "split"),
    ]
    assert [round(c.share, 1) for c in found.changes] == [1.0, 0.5, 0.5]
    assert found.lost == ()


def test_an_area_that_is_not_found_again_is_said(world):
    gone = [b for b in boundaries(world, 2025) if b.code != "BU90010004"]
    assert changes.changes_between(boundaries(world, 2024), gone, 2025).lost == ("BU90010002",)


def test_older_years_come_by_wfs_in_pages_that_are_counted():
    with serving(Running(answer=geo.wfs(geo.year_2024()))) as old:
        with pdok.Boundaries(old.address, old.address, QUICK) as service:
            found, address = service.of_year(2019, HERE)
        assert {b.code for b in found} == {
            "GM9001",
            "WK900100",
            "BU90010000",
            "BU90010001",
            "BU90010002",
        }
        assert "2019" in address
        old.fault = lambda number, path: (
            (200, "application/json", b'{"features": [], "numberMatched": 3}')
            if "startIndex=2" in path
            else None
        )
        with (
            pdok.Boundaries(old.address, old.address, QUICK) as service,
            pytest.raises(FigureFileError, match="2 van de 3"),
        ):
            service.of_year(2019, HERE)


def test_accidents_are_counted_to_neighbourhoods_by_severity_and_mode(world, tmp_path):
    store = FigureStore(tmp_path)
    report = load(world, store)
    assert [e for e in report.refused if e.file == "BRON"] == []
    query = (
        "SELECT area, topic, value FROM observations WHERE table_name = 'BRON' AND period = '2025'"
    )
    found = {(a, t): v for a, t, v in store.connect().execute(query).fetchall()}
    assert found["BU90010000", "injury"] == 2
    assert found["BU90010000", "fatal"] == 1
    assert found["BU90010000", "injury-cyclist"] == 2
    assert found["BU90010000", "fatal-cyclist"] == 1
    assert found["BU90010009", "damage"] == 1
    assert found["BU90010009", "injury"] == 0
    # One has no place and one lies in no neighbourhood that is known: both count for their
    # municipality only.
    assert found["GM9001", "injury"] == 4
    assert found["GM9001", "injury-pedestrian"] == 1
    assert found["GM9001", "injury-moped"] == 1


def test_points_are_dropped_and_an_unchanged_zip_is_not_sent_again(world, tmp_path):
    world.etags = True
    store = FigureStore(tmp_path)
    load(world, store)
    assert not list(tmp_path.rglob("*.zip"))
    unchanged = world.unchanged
    report = load(world, store, "bron")
    assert world.unchanged > unchanged
    assert [s.manifest.table for s in report.unchanged] == ["BRON"]


def test_files_that_say_nothing_else_were_published_when_their_headers_say(world, tmp_path):
    plain = world.answer
    world.answer = lambda path: replace(
        plain(path),
        headers={"Last-Modified": f"Wed, {15 if '/bron/' in path else 8} Apr 2026 06:00:00 GMT"},
    )
    store = FigureStore(tmp_path)
    load(world, store)
    said = {s.manifest.table: s.manifest.published_at[:10] for s in store.current()}
    assert said["BRON"] == "2026-04-15"
    assert said["gebieden-2025"] == "2026-04-08"


@pytest.mark.parametrize(
    "how", [{"delimiter": ";", "comma": True}, {"encoding": "utf-8-sig"}, {"encoding": "cp1252"}]
)
def test_a_zip_in_another_dress_gives_the_same_counts(world, tmp_path, how):
    plain, dressed = tmp_path / "a.zip", tmp_path / "b.zip"
    plain.write_bytes(geo.accident_zip(2025, ACCIDENTS))
    dressed.write_bytes(geo.accident_zip(2025, ACCIDENTS, **how))
    assert bron.read_zip(dressed) == bron.read_zip(plain)


def test_a_zip_that_is_cut_off_or_of_another_shape_is_refused(world, tmp_path):
    store = FigureStore(tmp_path)
    load(world, store, "pdok")
    whole = world.zips[2025]
    world.zips[2025] = whole[: len(whole) - 40]
    report = load(world, store, "bron")
    assert "zip-bestand" in str(report.refused[0])
    world.zips[2025] = geo.accident_zip(2025, [(1, "XXX", ["1"], *metres(0.5, 0.5))])
    refusal = load(world, store, "bron").refused[0]
    assert (refusal.file, refusal.row, refusal.column) == ("ongevallen.txt", 2, "AP3_CODE")
    assert not list(tmp_path.rglob("*.zip"))


@given(st.decimals(min_value=-999_999, max_value=999_999, places=3))
def test_numbers_are_read_with_a_comma_as_with_a_point(value):
    point = f"{value:.3f}"
    assert number_in(point) == float(value)
    assert number_in(point.replace(".", ",")) == float(value)
    assert number_in(
        f" {value:,.3f} ".replace(",", "_").replace(".", ",").replace("_", ".")
    ) == float(value)


@given(st.text(max_size=8))
def test_what_is_no_number_is_never_read_as_one(text):
    try:
        value = number_in(text)
    except ValueError:
        return
    assert value == value and abs(value) != float("inf")
