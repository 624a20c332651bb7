"""What the commands write, read back by another program, is what the archive and the results hold;
Koers reads it again."""

from __future__ import annotations

import csv
import json
import math
from types import SimpleNamespace

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from koers.cli.figures import figures
from koers.cli.screen import output, screen
from koers.cli.target import write_text
from koers.figures.counts_csv import read_counts
from koers.tables.reading.book import open_book
from koers.tables.reading.cells import number_of, period_of
from tests.examples import examples
from tests.figures.rows import kept

ROWS = [
    ("GM0397", "1.1.1", "2024-01", 5.0),
    ("GM0397", "1.1.1", "2024-02", math.nan),
    ("GM0397", "1.1.1", "2024-03", 0.0),
    ("BU0397AA01", "1.1.1", "2024-01", 1234567.0),
    ("BU0397AA01", 'Noord; "Oud", é', "2024-02", 2.0),
    ("0397", "=1+1", "2024-03", 7.0),
]


@pytest.fixture
def koers(db, tmp_path, monkeypatch):
    """Runs a command within this process, which is a matter of milliseconds. Each first asks the
    database whether this Koers may open it."""
    monkeypatch.setattr(settings, "HOME", tmp_path / "home")

    def run(name, *arguments):
        return CliRunner().invoke(
            {"figures": figures, "screen": screen}[name], [str(argument) for argument in arguments]
        )

    return run


def rows_of(file):
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, strict=True))


def value(cell: str) -> float:
    return float(cell) if cell else math.nan


def pairs(rows):
    """Comparable: NaN is not itself."""
    return sorted(
        (a, t, p, "unknown" if v is None or math.isnan(v) else float(v)) for a, t, p, v in rows
    )


def test_every_row_of_a_snapshot_is_taken_along_and_comes_in_again(koers, tmp_path):
    kept(tmp_path / "home", ROWS)
    out, packed = tmp_path / "tellingen.csv", tmp_path / "tellingen.parquet"
    done = koers("figures", "show", "t", "--out", out, "--csv", "--rows", "2")
    assert done.exit_code == 0, done.stderr
    assert "6 rijen" in done.stderr and len(done.stdout.splitlines()) == 3
    # The csv module of Python reads the same rows, and so does each reader of Koers.
    table = rows_of(out)
    assert list(table[0]) == ["area", "topic", "period", "count", "status"]
    assert {row["count"] for row in table} == {"5", "", "0", "1234567", "2", "7"}
    assert pairs((r["area"], r["topic"], r["period"], value(r["count"])) for r in table) == pairs(
        ROWS
    )
    panel = read_counts(out, missing="unknown").panel
    found = {
        (a, t, str(p)): panel.counts[i, j, k]
        for i, a in enumerate(panel.areas)
        for j, t in enumerate(panel.topics)
        for k, p in enumerate(panel.periods)
    }
    assert pairs((*key, found[key]) for key in ((a, t, p) for a, t, p, _ in ROWS)) == pairs(ROWS)
    sheet = open_book(out, ".csv").sheets[0]
    assert pairs((a, t, period_of(p), number_of(v)) for a, t, p, v, _ in sheet.rows[1:]) == pairs(
        ROWS
    )
    assert koers("figures", "show", "t", "--out", packed).exit_code == 0
    with duckdb.connect() as db:
        stored = db.execute(
            "SELECT area, topic, period, count FROM read_parquet(?)", [str(packed)]
        ).fetchall()
    assert pairs(stored) == pairs(ROWS)


def test_a_part_of_an_hour_is_written_in_full_and_a_wrong_name_or_folder_is_refused(
    koers, tmp_path
):
    kept(
        tmp_path / "home",
        [("GM0397", "uren", "2024-01", 1 / 3), ("GM0397", "uren", "2024-02", 2.0)],
    )
    out = tmp_path / "uren.csv"
    assert koers("figures", "show", "t", "--out", out).exit_code == 0
    assert [float(row["count"]) for row in rows_of(out)] == [1 / 3, 2.0]
    for wrong in (tmp_path / "uren.xlsx", tmp_path / "nergens" / "uren.csv"):
        assert koers("figures", "show", "t", "--out", wrong).exit_code == 2
        assert not wrong.exists()


def test_what_a_snapshot_of_this_table_holds_is_screened_as_the_file_says(koers, tmp_path):
    rng = np.random.default_rng(3)
    months = [f"{2020 + m // 12}-{m % 12 + 1:02d}" for m in range(48)]
    rows = [(f"BU9001000{a}", "1.1.1", m, float(rng.poisson(4))) for a in range(5) for m in months]
    kept(tmp_path / "home", rows)
    assert koers("figures", "show", "t", "--out", tmp_path / "t.csv").exit_code == 0
    done = koers("screen", tmp_path / "t.csv", "--out", tmp_path / "s.csv", "--from", "2023-12")
    assert done.exit_code == 0, done.stderr
    held = {(a, p): v for a, _, p, v in rows}
    assert {
        (r["area"], r["period"]): float(r["observed"]) for r in rows_of(tmp_path / "s.csv")
    } == {key: v for key, v in held.items() if key[1] == "2023-12"}


def test_every_revised_count_is_taken_along_with_nothing_known_apart_from_zero(koers, tmp_path):
    before = {
        ("0397", "a,b", "2024-01"): 5.0,
        ("0397", "a,b", "2024-02"): math.nan,
        ("GM0397", '"é"', "2024-01"): 0.1,
    }
    after = {
        ("0397", "a,b", "2024-01"): 0.0,
        ("0397", "a,b", "2024-02"): 0.0,
        ("GM0397", '"é"', "2024-01"): 0.30000000000000004,
        ("GM0397", '"é"', "2024-02"): 1.0,
    }
    for when, rows in (("2024-03-01", before), ("2024-04-01", after)):
        kept(tmp_path / "home", [(*key, v) for key, v in rows.items()], when)
    out = tmp_path / "verschil.csv"
    done = koers("figures", "diff", "t", "--out", out)
    assert done.exit_code == 0, done.stderr
    found = {(r["area"], r["topic"], r["period"]): (r["before"], r["after"]) for r in rows_of(out)}
    assert set(found) == set(after)
    for key, cells in found.items():
        for cell, rows in zip(cells, (before, after), strict=True):
            held = rows.get(key, math.nan)
            assert value(cell) == held or (cell == "" and math.isnan(held)), key


texts = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6
) | st.sampled_from(["0397", "=1+1", 'x"y', "a;b", "a,b", "Één", " x ", "1e5"])
numbers = st.floats()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("signalen")


@hypothesis_settings(max_examples=examples(10))
@given(
    st.lists(
        st.tuples(
            texts,
            texts,
            st.sampled_from(["2024-01", "2024"]),
            st.none() | st.integers(0, 10**6),
            numbers,
            st.sampled_from(["", "rise", "fall"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_signals_come_back_from_csv_and_parquet_to_the_last_digit(folder, rows):
    def column(n, kind=np.float64):
        return np.array([math.nan if row[n] is None else row[n] for row in rows], dtype=kind)

    columns = {
        "area": column(0, object),
        "topic": column(1, object),
        "period": column(2, object),
        "observed": column(3),
        **dict.fromkeys(("expected", "lower", "upper", "score", "p_value", "q_value"), column(4)),
        "signal": column(5, object),
    }
    output.write(columns, folder / "s.csv")
    output.write(columns, folder / "s.parquet")
    with duckdb.connect() as db:
        packed = db.execute("SELECT * FROM read_parquet(?)", [str(folder / "s.parquet")]).fetchall()
    for row, cells, held in zip(rows, rows_of(folder / "s.csv"), packed, strict=True):
        assert (cells["area"], cells["topic"], cells["period"], cells["signal"]) == (
            *row[:3],
            row[5],
        )
        assert (held[0], held[1], held[2], held[10]) == (*row[:3], row[5])
        assert cells["observed"] == ("" if row[3] is None else str(row[3])) and held[3] == row[3]
        known = row[4] if math.isfinite(row[4]) else None
        assert held[4] == known
        assert (float(cells["expected"]) if cells["expected"] else None) == known


@hypothesis_settings(max_examples=examples(50))
@given(
    st.lists(texts, min_size=1, max_size=4),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(),
)
def test_clusters_come_back_from_json_with_codes_and_numbers_as_they_were(
    folder, areas, number, perhaps
):
    from koers.cli.scan import _described

    cluster = SimpleNamespace(
        areas=range(len(areas)),
        centre=0,
        radius=number,
        first=0,
        last=0,
        cases=3,
        expected=number,
        relative_risk=perhaps,
        llr=number,
        p_value=0.001,
        gumbel_p_value=perhaps,
    )
    places = SimpleNamespace(labels=("2024-01",), areas=areas)
    write_text(json.dumps([_described(cluster, places)], ensure_ascii=False), folder / "c.json")
    (found,) = json.loads(
        (folder / "c.json").read_text(encoding="utf-8"),
        parse_constant=lambda name: pytest.fail(name),
    )
    assert (found["areas"], found["centre"], found["from"]) == (areas, areas[0], "2024-01")
    assert found["radius"] == found["expected"] == found["llr"] == number
    assert (
        found["relative_risk"]
        == found["gumbel_p_value"]
        == (perhaps if math.isfinite(perhaps) else None)
    )
