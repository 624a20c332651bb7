"""The live sources against a server on this machine that speaks the recorded protocol."""

from __future__ import annotations

import json
import time

import pytest

from koers.analysis.period import Period
from koers.figures.store import FigureStore
from koers.sources.live import Addresses, load_live, reachable
from koers.sources.web import Patience
from tests.sources import country
from tests.sources.odata_server import Table, serve

TOPICS = {
    "crime": ["0.0.0", "1.1.1", "2.2.1", "9.9.9"],
    "nuisance": ["E35"],
    "local": ["hours-in-neighbourhood"],
}
HOME, REGION = "GM9001", ["GM9001", "GM9002"]
CORE = ["wijken-en-buurten", "85984NED", "47018NED", "47013NED", "47022NED", "47021NED", "47024NED"]
QUICK = Patience(attempts=6, timeout=5.0, first_wait=0.002, longest_wait=0.01)


def at(address):
    """Every source on one server."""
    return Addresses(
        address, address, f"{address}/v4", f"{address}/pdok", f"{address}/wfs", f"{address}/bron"
    )


@pytest.fixture
def source():
    with serve(country.police_tables() | country.statline_tables(), page=500) as running:
        yield running


def load(source, store, municipalities=REGION, **more):
    sources = more.pop("sources", CORE)
    return load_live(
        store,
        municipalities,
        TOPICS,
        2026,
        at(source.address),
        sources=sources,
        patience=QUICK,
        **more,
    )


def observed(store, table):
    query = "SELECT area, topic, period, value, status FROM observations WHERE table_name = ?"
    return {
        (a, t, p): (v, s) for a, t, p, v, s in store.connect().execute(query, [table]).fetchall()
    }


def test_every_figure_of_the_region_arrives_once_and_equals_the_source(source, tmp_path):
    store = FigureStore(tmp_path)
    report = load(source, store)
    assert report.refused == []
    assert {s.manifest.table for s in report.loaded} == {
        "wijken-en-buurten",
        "85984NED",
        "47018NED",
        "47013NED",
        "47022NED",
        "47021NED",
        "47024NED",
    }
    months = observed(store, "47022NED")
    inside = [a for a in country.NEIGHBOURHOODS | country.DISTRICTS if a[2:6] in ("9001", "9002")]
    assert {a for a, _, _ in months} == {*inside, "GM9001", "GM9002", "NL"}
    for (area, topic, period), (value, _) in months.items():
        code = "NL00" if area == "NL" else area
        assert value == country.count(topic, code, period.replace("-", "MM")), (area, topic, period)
    assert {t for _, t, _ in months} == {"0.0.0", "1.1.1", "2.2.1"}
    assert {p for _, _, p in months} == {p.replace("MM", "-") for p in country.MONTHS}


def test_not_published_stays_unknown_and_the_last_two_months_are_provisional(source, tmp_path):
    store = FigureStore(tmp_path)
    load(source, store)
    months = observed(store, "47022NED")
    assert months[("GM9001", "2.2.1", "2026-03")] == (None, "final")
    assert {p for (_, _, p), (_, status) in months.items() if status == "provisional"} == {
        "2026-09",
        "2026-10",
    }
    years = observed(store, "47018NED")
    assert {p for (_, _, p), (_, status) in years.items() if status == "provisional"} == {
        "2025",
        "2026",
    }


def test_years_and_months_that_share_a_column_stay_apart_and_all_municipalities_have_years(
    source, tmp_path
):
    store = FigureStore(tmp_path)
    load(source, store)
    years = observed(store, "47018NED")
    assert all(len(period) == 4 for _, _, period in years)
    assert {a for a, _, _ in years if a.startswith("GM")} == set(country.MUNICIPALITIES)
    assert not any(a[2:6] == "9003" for a, _, _ in years if a.startswith("BU"))
    assert {a for a, _, _ in observed(store, "47013NED")} == {"NL", "GM9001", "GM9002"}


def test_loading_twice_gives_the_same_snapshots_whatever_the_page_size(source, tmp_path):
    store = FigureStore(tmp_path)
    first = load(source, store)
    source.page = 77
    second = load(source, store, fresh=True)
    assert second.loaded == []
    assert {s.manifest.id for s in second.unchanged} == {s.manifest.id for s in first.loaded}


def test_a_filter_on_a_code_is_padded_and_names_its_years(source, tmp_path):
    load(source, FigureStore(tmp_path))
    asked = [path for path in source.asked if "47022NED/TypedDataSet?" in path]
    assert asked
    assert all(
        "%27E35%20%20%20%27" in p or "%27E35+++%27" in p
        for p in source.asked
        if "47024NED/TypedDataSet?" in p
    )
    assert all("+ge+" not in p and "%20ge%20" not in p for p in asked)


def test_of_a_table_that_is_refused_no_other_remark_is_made(source, tmp_path):
    store = FigureStore(tmp_path)
    load(source, store, sources=["85984NED"])
    entities = source.tables["85984NED"].entities
    entities["DataProperties"].append(
        {"Key": "Woningvoorraad_35", "Type": "Topic", "Title": "Woningvoorraad", "Unit": "aantal"}
    )
    for row in entities["TypedDataSet"]:
        row["Woningvoorraad_35"] = 5
    report = load(source, store, sources=["85984NED"], fresh=True)
    assert "Woningvoorraad" in str(report.refused[0])
    assert report.notes == []


@pytest.mark.parametrize("since", ["2026-11", "2027"])
def test_a_table_that_is_not_yet_that_far_is_passed_over_and_not_called_changed(
    source, tmp_path, since
):
    store = FigureStore(tmp_path)
    former = {s.manifest.id for s in load(source, store, sources=["47022NED"]).loaded}
    report = load(source, store, sources=["47022NED"], since=Period.parse(since))
    assert (report.loaded, report.refused) == ([], [])
    assert any("2026-10" in note and since in note for note in report.notes)
    assert {s.manifest.id for s in store.current()} == former


def test_a_table_older_than_what_is_asked_is_loaded_where_it_is_named(source, tmp_path):
    store = FigureStore(tmp_path)
    named = load(source, store, sources=["85984NED"], since=Period.parse("2026"))
    assert [s.manifest.table for s in named.loaded] == ["85984NED"]
    source.asked.clear()
    load(source, store, sources=["cbs"], since=Period.parse("2026"), fresh=True)
    assert not any("85984NED" in path for path in source.asked)


def busy(number, path):
    return (429, "text/plain", b"") if number % 3 == 0 else None


def broken(number, path):
    return (500, "text/html", b"<h1>Server Error</h1>") if number % 4 == 0 else None


def cut_off(number, path):
    return (200, "application/json", b'{"value": [{"SoortMisd') if number % 5 == 0 else None


def outage_page(number, path):
    return (200, "text/html", b"<html>Onderhoud</html>") if number % 5 == 1 else None


@pytest.mark.parametrize("fault", [busy, broken, cut_off, outage_page])
def test_a_source_that_stumbles_gives_exactly_the_right_figures_in_the_end(source, tmp_path, fault):
    whole = FigureStore(tmp_path / "whole")
    load(source, whole)
    source.fault = fault
    store = FigureStore(tmp_path / "stumbled")
    report = load(source, store)
    assert report.refused == []
    assert {s.manifest.id for s in store.current()} == {s.manifest.id for s in whole.current()}


def test_a_page_that_is_lost_or_repeated_is_never_taken_for_the_whole(source, tmp_path):
    store = FigureStore(tmp_path)
    former = {s.manifest.id for s in load(source, store).loaded}

    def lost(number, path):
        if "47022NED/TypedDataSet?" in path and "skip" in path:
            return 200, "application/json", json.dumps({"value": []}).encode()
        return None

    source.fault = lost
    report = load(source, store, fresh=True)
    assert [e.file for e in report.refused] == ["47022NED"]
    assert "ontvangen" in str(report.refused[0])
    assert {s.manifest.id for s in store.current()} == former


def test_one_table_that_is_gone_does_not_stop_the_others(source, tmp_path):
    del source.tables["47024NED"]
    report = load(source, FigureStore(tmp_path))
    assert [e.file for e in report.refused] == ["47024NED"]
    assert "404" in str(report.refused[0])
    assert len(report.loaded) == 6


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda e: e["DataProperties"].pop(0), "andere kolommen"),
        (
            lambda e: e["DataProperties"].__setitem__(-1, {"Key": "Aangiften_2", "Type": "Topic"}),
            "aantallen ontbreekt",
        ),
        (lambda e: e["TypedDataSet"][0].__setitem__("GeregistreerdeMisdrijven_1", -4), "-4"),
        (lambda e: e["TypedDataSet"].append(dict(e["TypedDataSet"][0])), "twee keer"),
    ],
)
def test_a_source_that_changed_is_refused_and_the_former_snapshot_stays(
    source, tmp_path, change, says
):
    store = FigureStore(tmp_path)
    former = {s.manifest.id for s in load(source, store).loaded}
    entities = {
        name: [dict(row) for row in rows]
        for name, rows in source.tables["47013NED"].entities.items()
    }
    change(entities)
    entities["TableInfos"] = [{**entities["TableInfos"][0], "Modified": "2026-12-15T02:00:00"}]
    source.tables["47013NED"] = Table(entities)
    report = load(source, store)
    assert [e.file for e in report.refused] == ["47013NED"]
    assert says in str(report.refused[0])
    assert {s.manifest.id for s in store.current()} == former


def test_a_source_that_keeps_failing_is_named_after_six_attempts(source, tmp_path):
    source.fault = lambda number, path: (503, "text/plain", b"") if "47021NED" in path else None
    report = load(source, FigureStore(tmp_path))
    assert [e.file for e in report.refused] == ["47021NED"]
    assert "6 pogingen" in str(report.refused[0])


def test_reachable_tells_within_its_time_whether_figures_answer(source):
    assert reachable(Addresses(police=source.address))
    begin = time.perf_counter()
    # 192.0.2.0/24 is reserved for documentation: nothing answers there.
    assert not reachable(Addresses(police="http://192.0.2.1"), timeout=1.0)
    assert not reachable(Addresses(police="http://nergens.invalid"), timeout=1.0)
    assert time.perf_counter() - begin < 5
    source.fault = lambda number, path: (200, "text/html", b"<html>Welkom bij wifi</html>")
    assert not reachable(Addresses(police=source.address))


@pytest.mark.shared
def test_the_recorded_table_of_heemstede_is_read_to_the_figure(shared, tmp_path):
    folder = shared / "data" / "protocol" / "v3_47018NED"

    def rows(name):
        return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["value"]

    names = {
        "TableInfos": "TableInfos",
        "DataProperties": "DataProperties",
        "SoortMisdrijf": "SoortMisdrijf",
        "WijkenEnBuurten": "WijkenEnBuurten_subset",
        "Perioden": "Perioden",
        "TypedDataSet": "TypedDataSet_heemstede_2023_totaal",
    }
    recorded = Table({entity: rows(file) for entity, file in names.items()})
    with serve({"47018NED": recorded}) as source:
        store = FigureStore(tmp_path)
        report = load_live(
            store, ["GM0397"], {"crime": ["0.0.0"]}, 2026, at(source.address), patience=QUICK
        )
    assert "47018NED" in {s.manifest.table for s in report.loaded}
    found = observed(store, "47018NED")
    assert found[("BU03970000", "0.0.0", "2023")][0] == 227
    assert {area: value for (area, _, _), (value, _) in found.items()} == {
        row["WijkenEnBuurten"].strip(): row["GeregistreerdeMisdrijven_1"]
        for row in recorded.entities["TypedDataSet"]
        if row["WijkenEnBuurten"][2:6] == "0397"
    }
