from __future__ import annotations

import csv
import io

import duckdb
import numpy as np
import pytest

from tests.cli.rows import changed

HEADER = "area,topic,period,count,population"
OUT = [
    "area",
    "topic",
    "period",
    "observed",
    "expected",
    "lower",
    "upper",
    "score",
    "p_value",
    "q_value",
    "signal",
]


def rows(months=48, areas=12, rise=("BU90010003", "2023-12", 30)):
    rng = np.random.default_rng(7)
    for a in range(areas):
        for m in range(months):
            period = f"{2020 + m // 12}-{m % 12 + 1:02d}"
            area = f"BU9001{a:04d}"
            count = rise[2] if (area, period) == rise[:2] else rng.poisson(3)
            yield [area, "1.1.1", period, str(count), "1200"]


def written(tmp_path, lines, header=HEADER, encoding="utf-8", delimiter=","):
    file = tmp_path / "tellingen.csv"
    text = "\n".join(delimiter.join(line) for line in [header.split(","), *lines]) + "\n"
    file.write_bytes(text.encode(encoding))
    return file


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_planted_rise_is_found_and_the_columns_are_those_of_the_contract(koers, tmp_path):
    out = tmp_path / "signalen.csv"
    done = koers("screen", written(tmp_path, rows()), "--out", out)
    assert done.returncode == 0, done.stderr
    table = read(out.read_text())
    assert list(table[0]) == OUT
    assert {row["period"] for row in table} == {
        f"{y}-{m:02d}" for y in (2022, 2023) for m in range(1, 13)
    }
    found = [row for row in table if row["area"] == "BU90010003" and row["period"] == "2023-12"]
    assert [row["signal"] for row in found] == ["rise"]
    assert float(found[0]["q_value"]) < 0.001
    assert float(found[0]["observed"]) == 30 > float(found[0]["upper"])
    assert sum(row["signal"] != "" for row in table) < 0.02 * len(table)


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8-sig", ";"), ("latin-1", ";"), ("utf-8", ","), ("utf-8-sig", ",")],
)
def test_dutch_excel_and_others_give_the_same(command, tmp_path, encoding, delimiter):
    lines = [[a.replace("BU9001", "Café "), *rest] for a, *rest in rows(rise=("", "", 0))]
    done = command("screen", written(tmp_path, lines, encoding=encoding, delimiter=delimiter))
    assert done.returncode == 0, done.stderr
    table = read(done.stdout)
    assert table[0]["area"] == "Café 0000"
    assert len(table) == 12 * 24


def test_parquet_from_and_until(command, tmp_path):
    out = tmp_path / "signalen.parquet"
    done = command(
        "screen", written(tmp_path, rows()), "--out", out, "--from", "2023-03", "--until", "2023-05"
    )
    assert done.returncode == 0, done.stderr
    table = duckdb.sql(f"SELECT * FROM '{out}'")
    assert table.columns == OUT
    assert duckdb.execute(f"SELECT min(period), max(period), count(*) FROM '{out}'").fetchone() == (
        "2023-03",
        "2023-05",
        36,
    )


def test_a_family_column_makes_families_apart(command, tmp_path):
    lines = [[*line, line[0][-1]] for line in rows()]
    file = written(tmp_path, lines, header=HEADER + ",wijk")
    apart, together = command("screen", file, "--family", "wijk"), command("screen", file)
    p = {(r["area"], r["period"]): (r["p_value"], r["q_value"]) for r in read(apart.stdout)}
    assert any(float(r["q_value"]) > float(r["p_value"]) for r in read(together.stdout))
    # Ten last digits: eight families of one count, two of two.
    alone = [key for key in p if key[0][-1] in "23456789"]
    assert all(p[key][0] == p[key][1] for key in alone)


def test_missing_periods_are_said_and_empty_counts_are_not_zero(command, tmp_path):
    lines = [line for line in rows() if line[2] != "2021-07"]
    lines[5] = [*lines[5][:3], "", lines[5][4]]
    done = command("screen", written(tmp_path, lines), "--missing", "unknown")
    assert done.returncode == 0
    assert "2021-07" in done.stderr
    assert "2021-07" not in done.stdout


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (changed(9, 3, "-1"), ["rij 9", "kolom count"]),
        (changed(9, 3, "2.5"), ["rij 9", "kolom count", "heel getal"]),
        (changed(9, 3, "veel"), ["rij 9", "kolom count", "geen getal"]),
        (changed(9, 2, "lente 2020"), ["rij 9", "kolom period", "lente 2020"]),
        (changed(9, 2, "2020-13"), ["rij 9", "kolom period"]),
        (changed(9, 2, "2020"), ["rij 9", "kolom period", "ander soort"]),
        (changed(9, 0, ""), ["rij 9", "kolom area"]),
        (lambda lines: [*lines, lines[3]], ["rij 578", "twee keer", "rij 5"]),
        (lambda lines: [], ["geen rijen"]),
        (lambda lines: [*lines[:20], lines[20][:3]], ["rij 22", "3 kolommen"]),
    ],
)
def test_bad_input_gives_one_message_with_row_and_column_and_no_output(
    command, tmp_path, change, says
):
    out = tmp_path / "signalen.csv"
    done = command("screen", written(tmp_path, change(list(rows()))), "--out", out)
    assert done.returncode == 2
    for part in ["tellingen.csv", *says]:
        assert part in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()


def test_a_missing_column_an_empty_file_and_a_missing_file(command, tmp_path):
    done = command(
        "screen", written(tmp_path, rows(), header="area,topic,period,aantal,population")
    )
    assert (done.returncode, "kolom count" in done.stderr) == (2, True)
    empty = tmp_path / "leeg.csv"
    empty.touch()
    done = command("screen", empty)
    assert (done.returncode, "leeg" in done.stderr) == (2, True)
    assert command("screen", tmp_path / "er-niet.csv").returncode == 2


def test_too_short_a_history_is_a_result_and_not_an_error(command, tmp_path):
    done = command("screen", written(tmp_path, rows(months=12)))
    assert done.returncode == 0
    assert "Te weinig gegevens" in done.stderr
    assert done.stdout.strip() == ",".join(OUT)


def test_farrington_writes_a_threshold_and_no_lower_limit(command, tmp_path):
    done = command(
        "screen",
        written(tmp_path, rows()),
        "--method",
        "farrington",
        "--b",
        "3",
        "--w",
        "1",
        "--no-periods",
        "10",
    )
    assert done.returncode == 0, done.stderr
    table = read(done.stdout)
    assert {row["lower"] for row in table} == {""}
    assert {row["signal"] for row in table} <= {"", "rise"}
    assert [
        r["signal"] for r in table if r["area"] == "BU90010003" and r["period"] == "2023-12"
    ] == ["rise"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--method", "farrington", "--no-periods", "10"], "--no-periods 10"),
        (["--b", "3"], "--b"),
        (["--method", "farrington", "--limit54", "5"], "5"),
    ],
)
def test_options_that_do_not_go_together_are_refused(command, tmp_path, arguments, says):
    out = tmp_path / "uit.csv"
    done = command("screen", written(tmp_path, rows()), "--out", out, *arguments)
    assert (done.returncode, says in done.stderr, out.exists()) == (2, True, False)


def test_people_who_step_from_one_month_to_the_next_are_pointed_out(koers, tmp_path):
    """The sign of a merger: a rate over it is by the people of other boundaries."""

    def with_step(size):
        for line in rows():
            area, period = line[0], line[2]
            grown = area == "BU90010003" and period >= "2022-01"
            yield [*line[:4], str(size if grown else 1200)]

    quiet = koers("screen", written(tmp_path, with_step(1230)))
    assert quiet.returncode == 0 and "het inwonertal springt" not in quiet.stderr
    said = koers("screen", written(tmp_path, with_step(1800))).stderr
    assert "het inwonertal springt bij BU90010003 in 2022-01 (+50 %)" in said
