"""How many rows a source says it has is not believed on its word alone."""

import json
from dataclasses import replace

import pytest

from koers.figures.store import FigureStore
from koers.sources.live import load_live
from tests.sources import country
from tests.sources.odata_server import answer, serve
from tests.sources.server import Answer
from tests.sources.test_live import QUICK, REGION, at, observed

TABLE = "47022NED"


@pytest.fixture
def source():
    with serve(country.police_tables(), page=61) as running:
        yield running


def load(source, store):
    return load_live(store, REGION, None, 2026, at(source.address), sources=[TABLE], patience=QUICK)


def counts_of_figures(source, count):
    return lambda number, path: (
        Answer(kind="text/plain", body=str(count).encode())
        if "TypedDataSet/$count" in path
        else None
    )


@pytest.mark.parametrize("count", [61, 122, 0])
def test_a_count_that_is_too_low_by_whole_pages_is_never_taken_for_the_truth(
    source, tmp_path, count
):
    store = FigureStore(tmp_path)
    source.fault = counts_of_figures(source, count)
    report = load(source, store)
    assert len(report.refused) == 1
    assert "rijen" in report.refused[0].problem
    assert store.snapshots() == ()


def test_a_source_that_links_on_behind_a_full_last_page_is_still_right(source, tmp_path):
    """WCF Data Services puts a link under every full page, also where nothing follows."""
    whole = FigureStore(tmp_path / "whole")
    load(source, whole)

    def always_links(number, path):
        good = answer(source, path)
        if "TypedDataSet?" not in path or not good.body:
            return None
        document = json.loads(good.body)
        if len(document["value"]) == source.page and "odata.nextLink" not in document:
            document["odata.nextLink"] = f"http://internal.invalid{path}&$skip=999999"
            return Answer(body=json.dumps(document).encode())
        return None

    for page in (57, 58, 66, 29):
        source.page = page
        source.fault = always_links
        store = FigureStore(tmp_path / str(page))
        assert load(source, store).refused == []
        assert observed(store, TABLE) == observed(whole, TABLE)


def test_a_source_that_sends_us_round_in_circles_is_an_error_and_no_crash(source, tmp_path):
    source.fault = lambda number, path: (
        Answer(302, "text/plain", b"", {"Location": path}) if path != "/" else None
    )
    report = load(source, FigureStore(tmp_path))
    assert len(report.refused) == 1


def test_a_source_that_drips_is_given_up_within_the_time_that_an_answer_may_take(source, tmp_path):
    source.fault = lambda number, path: (
        Answer(body=b" " * 400, drip=0.03) if "TypedDataSet?" in path else None
    )
    patience = replace(QUICK, attempts=1, whole=0.1)
    report = load_live(
        FigureStore(tmp_path),
        REGION,
        None,
        2026,
        at(source.address),
        sources=[TABLE],
        patience=patience,
    )
    assert "nog niet binnen" in report.refused[0].problem
