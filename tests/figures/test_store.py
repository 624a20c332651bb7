"""The store keeps what it gets, whole or not at all."""

import json
import resource
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koers.figures.folders import NEW, StorageError
from koers.figures.manifest import Manifest
from koers.figures.queries.writes import writing
from koers.figures.queries.writes.writing import Coded, DuplicateRowError
from koers.figures.schema import SchemaChangedError
from koers.figures.store import FigureStore
from koers.figures.verification import verify
from tests.examples import examples
from tests.figures.rows import columns, draft, kept

ROWS = [
    ("BU00010001", "1.1.1", "2024-01", 3.0),
    ("BU00010001", "1.1.1", "2024-02", np.nan),
    ("GM0001", "1.1.1", "2024", 7.5),
]
texts = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), min_size=1, max_size=8
)
values = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))


def read(store, snapshot):
    query = "SELECT area, topic, period, value, status FROM observations ORDER BY ALL"
    return store.connect([snapshot.manifest.id]).execute(query).fetchall()


@settings(max_examples=examples(20), deadline=None)
@given(
    st.dictionaries(
        st.tuples(texts, texts, st.sampled_from(["2024", "2024-01", "2024-02"])),
        values,
        min_size=1,
        max_size=20,
    ),
    st.integers(1, 7),
)
def test_whatever_comes_in_batches_comes_out(tmp_path_factory, cells, size):
    store = FigureStore(tmp_path_factory.mktemp("home"))
    rows = [(*key, np.nan if value is None else value) for key, value in cells.items()]
    batches = [columns(rows[i : i + size]) for i in range(0, len(rows), size)]
    snapshot = store.write_stream(draft(rows), batches)
    expected = sorted((*key, value, "final") for key, value in cells.items())
    assert sorted(read(store, snapshot)) == expected
    assert snapshot.manifest.rows == len(rows)
    assert not [v for v in verify(store) if v.problem]


def test_many_rows_go_by_the_disk_and_come_out_alike(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "IN_MEMORY_ROWS", 50)
    monkeypatch.setattr(writing, "LARGE_ROWS", 50)
    rows = [
        (f"BU{a:08d}", t, f"2024-{m:02d}", float(a * m))
        for a in range(9)
        for t in ("x", "y")
        for m in range(1, 13)
    ]
    store = FigureStore(tmp_path)
    snapshot = store.write_stream(draft(rows), [columns(rows[i::5]) for i in range(5)])
    assert read(store, snapshot) == sorted((*row, "final") for row in rows)
    assert snapshot.by_period.is_file()
    assert {p.name for p in snapshot.path.iterdir()} == {
        "data.parquet",
        "by-period.parquet",
        "series.parquet",
        "kinds.parquet",
        "counts.parquet",
        "manifest.json",
    }


def test_a_coded_column_is_the_same_as_its_texts(tmp_path):
    plain, coded = columns(ROWS), columns(ROWS)
    coded["area"] = Coded(("GM0001", "BU00010001"), np.array([1, 1, 0]))
    one = FigureStore(tmp_path / "a").write(draft(ROWS), plain)
    two = FigureStore(tmp_path / "b").write(draft(ROWS), coded)
    assert one.data.read_bytes() == two.data.read_bytes()


def test_a_row_that_comes_twice_is_refused_and_nothing_is_kept(tmp_path):
    store = FigureStore(tmp_path)
    with pytest.raises(DuplicateRowError, match="BU00010001, 1.1.1, 2024-01"):
        store.write_stream(draft(ROWS), [columns(ROWS), columns(ROWS[:1])])
    assert store.snapshots() == ()
    assert not list(store.root.rglob(f"{NEW}*"))


def test_the_same_figures_are_the_same_snapshot_and_what_returns_is_a_new_one(tmp_path):
    other = [*ROWS[1:], ("GM0002", "1.1.1", "2024", 1.0)]
    first = kept(tmp_path, ROWS, "2026-01-01")
    assert kept(tmp_path, ROWS, "2026-01-02").manifest == first.manifest
    second = kept(tmp_path, other, "2026-01-03")
    third = kept(tmp_path, ROWS, "2026-01-04")
    assert len({first.manifest.id, second.manifest.id, third.manifest.id}) == 3
    assert [s.manifest.id for s in FigureStore(tmp_path).current()] == [third.manifest.id]


def test_an_error_of_the_source_is_not_called_one_of_the_disk(tmp_path):
    def broken():
        yield columns(ROWS)
        raise ConnectionResetError("weg")

    with pytest.raises(ConnectionResetError):
        FigureStore(tmp_path).write_stream(draft(ROWS), broken())
    assert FigureStore(tmp_path).snapshots() == ()


def test_damage_is_found_and_named(tmp_path):
    whole, hurt = kept(tmp_path, ROWS, table="heel"), kept(tmp_path, ROWS, table="stuk")
    resealed = kept(tmp_path, ROWS, table="anders")
    hurt.data.write_bytes(hurt.data.read_bytes()[:-1])
    file = resealed.path / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "licence": "geheim"}))
    found = {v.table: v.problem for v in verify(FigureStore(tmp_path))}
    assert found["heel"] == ""
    assert "veranderd" in found["stuk"]
    assert "manifest.json" in found["anders"]
    # The same figures come in the place of the damaged ones.
    assert kept(tmp_path, ROWS, table="stuk").path == hurt.path
    assert FigureStore(tmp_path).problem_with(hurt) == ""
    assert whole.manifest.seal


def test_a_manifest_of_an_older_and_of_a_newer_koers_is_read(tmp_path):
    snapshot = kept(tmp_path, ROWS)
    said = json.loads((snapshot.path / "manifest.json").read_text())
    for name in ("fingerprint", "size", "files", "units", "fields", "published_at", "seal"):
        del said[name]
    said["of_later"] = 1
    old = tmp_path / "manifest.json"
    old.write_text(json.dumps(said))
    assert Manifest.read(old).rows == 3
    (snapshot.path / "series.parquet").unlink()
    assert len(read(FigureStore(tmp_path), snapshot)) == 3


WRITER = """
import sys, time
from pathlib import Path
from koers.figures.store import FigureStore
from tests.figures.rows import columns, draft
rows = [(f"BU{a:08d}", "x", f"2024-{m:02d}", float(a)) for a in range(400) for m in range(1, 13)]
def batches():
    for i in range(0, len(rows), 400):
        yield columns(rows[i : i + 400])
        print("batch", flush=True)
        time.sleep(float(sys.argv[2]))
print(FigureStore(Path(sys.argv[1])).write_stream(draft(rows), batches()).manifest.id, flush=True)
"""


def start(home, pause=0.0):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(home), str(pause)], stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("batches", [1, 6, 12])
def test_a_writer_killed_at_any_moment_leaves_nothing_and_its_leftovers_are_swept(
    tmp_path, batches
):
    former = kept(tmp_path, ROWS)
    process = start(tmp_path, 0.02)
    for _ in range(batches):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    store = FigureStore(tmp_path)
    assert [s.manifest.id for s in store.snapshots()] == [former.manifest.id]
    store.sweep()
    assert not list(store.root.rglob(f"{NEW}*"))
    assert start(tmp_path).wait() == 0
    assert not [v for v in verify(store) if v.problem]


def test_the_sweep_leaves_a_living_writer_alone(tmp_path):
    process = start(tmp_path, 0.1)
    process.stdout.readline()
    assert FigureStore(tmp_path).sweep() == []
    assert process.wait() == 0
    assert len(FigureStore(tmp_path).snapshots()) == 1


def test_two_processes_that_write_the_same_make_one_snapshot(tmp_path):
    writers = [start(tmp_path, 0.02) for _ in range(2)]
    said = [w.communicate(timeout=60)[0].split()[-1] for w in writers]
    assert said[0] == said[1]
    assert [s.manifest.id for s in FigureStore(tmp_path).snapshots()] == [said[0]]


def test_a_full_disk_is_said_in_plain_words_and_nothing_is_half_written(tmp_path):
    kept(tmp_path, ROWS)
    rng = np.random.default_rng(1)
    rows = [
        (f"BU{a:08d}", f"t{t}", f"2024-{m:02d}", float(v))
        for a in range(60)
        for t in range(20)
        for m, v in enumerate(rng.random(12), 1)
    ]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(StorageError, match="Maak ruimte"):
            FigureStore(tmp_path).write(draft(rows, "groot"), columns(rows))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [s.manifest.table for s in FigureStore(tmp_path).snapshots()] == ["t"]
    assert not list((tmp_path / "figures").rglob(f"{NEW}*"))


def test_a_reader_sees_a_new_snapshot_of_another_process(tmp_path):
    store = FigureStore(tmp_path)
    kept(tmp_path, ROWS)
    assert len(store.current()) == 1
    time.sleep(0.15)
    assert len(store.current()) == 1
    kept(tmp_path, ROWS, table="ander")
    assert len(store.current()) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"topics": {"1": "Diefstal"}}, "Verdwenen codes: 2 (Inbraak)"),
        ({"topics": {"1": "Diefstal", "2": "Vernieling"}}, "2 was 'Inbraak' en is 'Vernieling'"),
        ({"units": {"1": "euro"}}, "1 was 'aantal' en is 'euro'"),
        ({"fields": {"Aantal_2": "Long"}}, "Verdwenen kolommen bij de bron: Aantal_1"),
    ],
)
def test_a_source_that_changed_is_refused_with_what_changed(tmp_path, change, said):
    base = {
        "topics": {"1": "Diefstal", "2": "Inbraak"},
        "units": {"1": "aantal"},
        "fields": {"Aantal_1": "Long"},
    }
    former = kept(tmp_path, ROWS, **base)
    store = FigureStore(tmp_path)
    with pytest.raises(SchemaChangedError, match="blijven in gebruik") as refused:
        store.refuse_if_changed(draft(ROWS, **{**base, **change}))
    assert said in str(refused.value)
    assert store.current()[0].manifest.id == former.manifest.id


def test_new_codes_and_another_licence_are_remarks(tmp_path):
    kept(tmp_path, ROWS, topics={"1": "Diefstal"})
    changes = FigureStore(tmp_path).refuse_if_changed(
        draft(ROWS, topics={"1": "Diefstal ", "2": "Inbraak"}, licence="CC0")
    )
    assert len(changes.remarks) == 2
    assert "2 (Inbraak)" in changes.remarks[0]
