"""`koers near-repeat`: the table of the contract, and what it refuses."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from koers.cli.near_repeat import near_repeat as command
from tests.cli.rows import changed

KEYS = [
    "distance_from",
    "distance_to",
    "days_from",
    "days_to",
    "pairs",
    "expected",
    "ratio",
    "p_value",
]


def cases(dates=True):
    """Sixty cases over three kilometres and a year, twenty of them followed the next day."""
    rng = np.random.default_rng(3)
    days = np.datetime64("2024-01-01") + rng.integers(0, 365, 60)
    for k, (x, y) in enumerate(rng.integers(120_000, 123_000, (60, 2)).tolist()):
        for late in range(2 if k < 20 else 1):
            day = days[k] + late
            yield [f"{x + 20 * late}.5", f"{y}", str(day if dates else day.astype(int))]


def written(tmp_path, lines, header="x,y,date", encoding="utf-8", delimiter=","):
    file = tmp_path / "inbraken.csv"
    text = "\n".join(delimiter.join(line) for line in [header.split(","), *lines]) + "\n"
    file.write_bytes(text.encode(encoding))
    return file


def run(*arguments):
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def table(*arguments):
    done = run(*arguments)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_the_table_has_the_keys_and_cells_of_the_contract(koers, tmp_path):
    out = tmp_path / "paren.json"
    options = ["--distance", "100,200,400", "--days", "7,14,28", "--replicates", "999"]
    file = written(tmp_path, cases())
    done = koers("near-repeat", file, *options, "--seed", "1", "--out", out)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    cells = json.loads(out.read_text())
    assert all(list(cell) == KEYS for cell in cells)
    assert [(c["distance_from"], c["distance_to"]) for c in cells[::4]] == [
        (0, 0),
        (0, 100),
        (100, 200),
        (200, 400),
    ]
    assert [(c["days_from"], c["days_to"]) for c in cells[:4]] == [
        (0, 0),
        (0, 7),
        (7, 14),
        (14, 28),
    ]
    near = cells[5]
    assert near["pairs"] >= 20
    assert near["ratio"] == pytest.approx(near["pairs"] / near["expected"])
    assert near["p_value"] == 0.001
    assert cells == table(file)


def test_on_the_same_point_nothing_expected_has_no_ratio(tmp_path):
    same = table(written(tmp_path, cases()))[0]
    assert (same["pairs"], same["expected"], same["ratio"], same["p_value"]) == (0, 0.0, None, 1.0)


def test_bounds_seed_and_replicates_are_as_asked(tmp_path):
    file = written(tmp_path, cases())
    few = ["--distance", "50.5", "--days", "3,5", "--replicates", "19"]
    cells = table(file, *few)
    assert [c["distance_to"] for c in cells] == [0, 0, 0, 50.5, 50.5, 50.5]
    assert [c["days_to"] for c in cells] == [0, 3, 5, 0, 3, 5]
    assert {round(c["p_value"] * 20, 9) for c in cells} <= set(range(1, 21))
    wide = ["--distance", "1500", "--days", "90"]
    assert table(file, *wide, "--seed", "2") != table(file, *wide, "--seed", "1")


def test_day_numbers_semicolons_decimal_commas_and_other_columns_give_the_same(tmp_path):
    plain = table(written(tmp_path, cases()))
    assert table(written(tmp_path, cases(dates=False))) == plain
    lines = [["Café", d, y, x.replace(".", ",")] for x, y, d in cases()]
    dutch = written(tmp_path, lines, "wat,date,y,x", encoding="latin-1", delimiter=";")
    assert table(dutch) == plain


def test_one_case_has_no_pairs_and_is_said(tmp_path):
    done = run(written(tmp_path, list(cases())[:1]))
    assert done.exit_code == 0
    assert {c["pairs"] for c in json.loads(done.stdout)} == {0}
    assert "geen paren" in done.stderr


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (changed(9, 0, "oost"), ["rij 9", "kolom x", "geen getal"]),
        (changed(9, 1, ""), ["rij 9", "kolom y", "leeg"]),
        (changed(9, 1, "1e999"), ["rij 9", "kolom y", "geen coördinaat"]),
        (changed(9, 2, ""), ["rij 9", "kolom date", "leeg"]),
        (changed(9, 2, "2024-02-30"), ["rij 9", "kolom date", "geen bestaande datum"]),
        (changed(9, 2, "25-03-2024"), ["rij 9", "kolom date", "geen datum"]),
        (changed(9, 2, "12.5"), ["rij 9", "kolom date", "geen datum"]),
        (changed(9, 2, "19000"), ["rij 9", "kolom date", "dagnummer"]),
        (lambda lines: [[x, y, "9999999"] for x, y, _ in lines], ["rij 2", "te groot"]),
        (lambda lines: [], ["geen rijen"]),
        (lambda lines: [*lines[:20], lines[20][:2]], ["rij 22", "2 kolommen"]),
        (
            lambda lines: [[f"4.{k}", f"52.{k}", d] for k, (_, _, d) in enumerate(lines, 100)],
            ["kolom x,y", "graden", "meters"],
        ),
        (
            lambda lines: [[f"52.{k}", f"4.{k}", d] for k, (_, _, d) in enumerate(lines, 100)],
            ["kolom x,y", "graden", "meters"],
        ),
    ],
)
def test_bad_input_gives_one_message_with_row_and_column_and_no_output(tmp_path, change, says):
    out = tmp_path / "paren.json"
    done = run(written(tmp_path, change(list(cases()))), "--out", out)
    assert done.exit_code == 2
    for part in ["inbraken.csv", *says]:
        assert part in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()


@pytest.mark.parametrize("name", ["x", "y", "date"])
def test_a_missing_column_is_named(tmp_path, name):
    header = "x,y,date".replace(name, "anders")
    done = run(written(tmp_path, cases(), header=header))
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"rij 1, kolom {name}" in done.stderr and "ontbreekt" in done.stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--distance", "200,100"],
        ["--distance", "0,100"],
        ["--distance", "100,,200"],
        ["--distance", "nan"],
        ["--distance", "100,inf"],
        ["--days", "7,7"],
        ["--days", "1.5"],
        ["--days", "0"],
        ["--replicates", "0"],
        ["--out", "paren.txt"],
    ],
)
def test_bounds_that_do_not_rise_and_other_wrong_options_are_refused(tmp_path, options):
    done = run(written(tmp_path, cases()), *options)
    assert (done.exit_code, done.stdout) == (2, "")
