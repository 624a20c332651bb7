"""A load that is broken off goes on where it was; what has not changed is not asked again; a full
disk leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from koers.figures.store import FigureStore
from koers.sources.live import load_live
from koers.sources.pieces import Pieces, Workshop
from koers.sources.report import FigureFileError
from tests.sources import country
from tests.sources.odata_server import serve
from tests.sources.test_live import QUICK, REGION, at, observed

TABLE = "47022NED"
SCRIPT = """
import resource, sys
from pathlib import Path
from koers.figures.store import FigureStore
from koers.sources.live import Addresses, load_live
from koers.sources.web import Patience
home, address, limit = sys.argv[1:]
if limit != "0":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
report = load_live(FigureStore(Path(home)), ["GM9001", "GM9002"], None, 2026, Addresses(*[address] *
6),
                   sources=["47022NED"], patience=Patience(attempts=2, first_wait=0.01, at_once=2))
print("; ".join(map(str, report.refused)) or "goed")
"""


@pytest.fixture
def source():
    with serve(country.police_tables(), page=61) as running:
        yield running


def load(source, store, **more):
    return load_live(
        store, REGION, None, 2026, at(source.address), sources=[TABLE], patience=QUICK, **more
    )


def in_a_process(home: Path, source, limit: int = 0) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(home), source.address, str(limit)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def pages(source) -> int:
    return sum("TypedDataSet?" in path for path in source.asked)


def test_a_load_that_is_killed_leaves_nothing_half_and_the_next_one_goes_on(source, tmp_path):
    whole = FigureStore(tmp_path / "whole")
    load(source, whole)
    all_pages = pages(source)
    home = tmp_path / "killed"
    asked_in_the_end = 0
    for kill_after in (6, 14):
        source.asked.clear()
        source.wait = 0.05
        process = in_a_process(home, source)
        end = time.monotonic() + 60
        while pages(source) < kill_after and time.monotonic() < end and process.poll() is None:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        assert process.returncode == -signal.SIGKILL
        assert FigureStore(home).snapshots() == ()
        asked_in_the_end += pages(source)
    source.wait = 0.0
    source.asked.clear()
    report = load(source, FigureStore(home))
    assert report.refused == []
    assert pages(source) < all_pages
    assert observed(FigureStore(home), TABLE) == observed(whole, TABLE)
    assert not list(home.rglob(".new-*"))
    assert not list((home / "loading" / "pieces").rglob("*.piece"))


def test_a_full_disk_is_said_and_the_next_load_goes_on(source, tmp_path):
    process = in_a_process(tmp_path, source, limit=300)
    said, trouble = process.communicate(timeout=60)
    assert "schijf" in said, trouble
    store = FigureStore(tmp_path)
    assert store.snapshots() == ()
    assert load(source, store).refused == []
    assert len(store.current()) == 1


def test_a_table_that_has_not_changed_costs_no_figures(source, tmp_path):
    store = FigureStore(tmp_path)
    first = load(source, store)
    source.asked.clear()
    second = load(source, store)
    assert [s.manifest.id for s in second.unchanged] == [s.manifest.id for s in first.loaded]
    assert pages(source) == 0
    source.asked.clear()
    other = load_live(
        store, ["GM9001"], None, 2026, at(source.address), sources=[TABLE], patience=QUICK
    )
    assert other.refused == []
    assert pages(source) > 0


def test_a_page_that_has_not_changed_is_not_sent_again(source, tmp_path):
    source.etags = True
    store = FigureStore(tmp_path)
    first = load(source, store)
    sent = source.sent
    table = source.tables[TABLE]
    table.entities["TableInfos"][0]["Modified"] = "2026-12-15T02:00:00"
    row = table.entities["TypedDataSet"][100]
    row["GeregistreerdeMisdrijven_1"] += 10
    second = load(source, store)
    assert source.unchanged > 10
    assert source.sent - sent < sent / 2
    assert len(second.loaded) == 1
    before = observed_by(store, first.loaded[0].manifest.id)
    after = observed_by(store, second.loaded[0].manifest.id)
    changed = {key for key in before if before[key] != after[key]}
    assert len(changed) <= 1 and before.keys() == after.keys()


def observed_by(store, identity):
    rows = (
        store.connect([identity])
        .execute("SELECT area, topic, period, value FROM observations")
        .fetchall()
    )
    return {(a, t, p): v for a, t, p, v in rows}


def test_a_damaged_piece_is_fetched_again(source, tmp_path):
    source.fault = lambda number, path: (503, "text/plain", b"") if "skip=427" in path else None
    store = FigureStore(tmp_path)
    assert load(source, store).refused
    kept = sorted((tmp_path / "loading" / "pieces").rglob("*.piece"))
    assert kept
    kept[0].write_bytes(kept[0].read_bytes()[:-3])
    source.fault = None
    report = load(source, store)
    assert report.refused == []
    whole = FigureStore(tmp_path / "whole")
    load(source, whole)
    assert observed(store, TABLE) == observed(whole, TABLE)


def test_two_loads_at_the_same_time_do_not_mix(source, tmp_path):
    with Workshop(tmp_path).alone(), pytest.raises(FigureFileError, match="al geladen"):
        load(source, FigureStore(tmp_path))


def test_a_source_that_is_busy_is_left_alone_as_long_as_it_asks(source, tmp_path):
    from tests.sources.server import Answer

    moments = []

    def busy(number, path):
        moments.append((time.monotonic(), path))
        return Answer(429, "text/plain", b"", {"Retry-After": "1"}) if len(moments) == 3 else None

    source.fault = busy
    assert load(source, FigureStore(tmp_path)).refused == []
    at_refusal = moments[2]
    again = next(moment for moment, path in moments[3:] if path == at_refusal[1])
    assert again - at_refusal[0] >= 0.95
    assert source.most_at_once <= QUICK.at_once


def test_pieces_without_a_folder_are_kept_in_memory():
    assert Pieces(None).read("x") is None
