from __future__ import annotations

import json

import numpy as np
import pytest

KEYS = ["effect", "relative_effect", "lower", "upper", "p_value", "verdict", "power", "balance"]


def written(tmp_path, lines, header="area,topic,period,count", encoding="utf-8", delimiter=","):
    file = tmp_path / "tellingen.csv"
    text = "\n".join(delimiter.join(map(str, line)) for line in [header.split(","), *lines]) + "\n"
    file.write_bytes(text.encode(encoding))
    return file


def monthly(areas=12, months=48, drop=0.7):
    rng = np.random.default_rng(3)
    for a in range(areas):
        for m in range(months):
            fallen = a < 2 and m >= 36
            count = rng.poisson(20 * (1 - drop if fallen else 1))
            yield [
                f"A{a}",
                "inbraak",
                f"{2020 + m // 12}-{m % 12 + 1:02d}",
                count,
                1000 + 10 * a,
                "2,5",
                f"Wijk {a}",
            ]


HEADER = "area,topic,period,count,population,dichtheid,naam"
SMALL = [
    ["A", "x", 2023, 20],
    ["A", "x", 2024, 10],
    ["B", "x", 2023, 20],
    ["B", "x", 2024, 20],
    ["C", "x", 2023, 30],
    ["C", "x", 2024, 20],
]


def test_the_difference_is_that_of_the_paper_and_the_keys_are_those_of_the_contract(
    koers, tmp_path
):
    out = tmp_path / "effect.json"
    done = koers(
        "evaluate",
        written(tmp_path, SMALL),
        "--treated",
        "A",
        "--displacement",
        "C",
        "--start",
        "2024",
        "--out",
        out,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(out.read_text())
    assert list(found) == KEYS
    assert found["effect"] == -20 and found["lower"] < -20 < found["upper"]
    assert (
        "Werkt waarschijnlijk: 20 minder" in done.stderr and "in de ring 10 minder" in done.stderr
    )


@pytest.mark.parametrize("method", ["wdd", "synthetic", "its"])
def test_a_large_fall_works_by_every_method_also_from_dutch_excel(command, tmp_path, method):
    # Of all ten other areas the sum wavers as that of ten areas does; the difference is told by
    # two.
    lines = [line for line in monthly() if method != "wdd" or line[0] in ("A0", "A1", "A2", "A3")]
    if method == "synthetic":
        lines += [[f"B{line[0]}", *line[1:]] for line in lines if line[0] not in ("A0", "A1")] * 1
        lines += [[f"C{line[0]}", *line[1:]] for line in lines if line[0] not in ("A0", "A1")]
    file = written(tmp_path, lines, HEADER, "utf-8-sig", ";" if method != "its" else ";")
    done = command(
        "evaluate",
        file,
        "--treated",
        "A0,A1",
        "--start",
        "2023-01",
        "--method",
        method,
        "--topic",
        "inbraak",
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["verdict"] == "werkt" and found["relative_effect"] == pytest.approx(-0.7, abs=0.15)
    assert found["power"]["changes"][2]["power"] > 0.5
    if method == "synthetic":
        assert "naam" in done.stderr
        assert {"areas", "population", "dichtheid"} <= {
            term["name"] for term in found["balance"]["terms"]
        }


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--treated", "Q", "--start", "2024"], "Q staat niet in de kolom area"),
        (["--treated", "A", "--displacement", "A", "--start", "2024"], "een van de twee"),
        (["--treated", "A,B,C", "--start", "2024"], "geen gebied over om mee te vergelijken"),
        (["--treated", "A", "--start", "2023"], "geen telling ervoor"),
        (["--treated", "A", "--start", "2025"], "geen telling erna"),
        (["--treated", "A", "--start", "2024-03"], "ander soort periode"),
        (["--treated", "A", "--start", "2024", "--topic", "y"], "onderwerp 'y' staat er niet in"),
        (["--treated", "A", "--start", "2024", "--method", "its"], "ten minste vier"),
        (["--treated", ",", "--start", "2024"], "noemt geen gebied"),
        (["--treated", "A", "--start", "gisteren"], "geen periode"),
    ],
)
def test_what_cannot_be_judged_is_said_and_nothing_comes_out(command, tmp_path, options, says):
    done = command("evaluate", written(tmp_path, SMALL), *options)
    assert done.returncode == 2 and done.stdout == ""
    assert says in done.stderr.replace("één", "een")


def test_a_key_figure_that_is_no_number_names_its_row(command, tmp_path):
    lines = [[*line, "veel" if i == 3 else 5] for i, line in enumerate(SMALL)]
    done = command(
        "evaluate",
        written(tmp_path, lines, "area,topic,period,count,woningen"),
        "--treated",
        "A",
        "--start",
        "2024",
        "--method",
        "synthetic",
    )
    assert done.returncode == 2 and "rij 5, kolom woningen" in done.stderr


def test_comparison_areas_with_gaps_are_left_out_and_said(command, tmp_path):
    lines = [*SMALL, ["D", "x", 2023, 5], ["E", "x", 2023, 5], ["E", "x", 2024, ""]]
    done = command(
        "evaluate",
        written(tmp_path, lines),
        "--treated",
        "A",
        "--displacement",
        "C",
        "--start",
        "2024",
    )
    assert json.loads(done.stdout)["effect"] == -20
    assert "2 vergelijkingsgebieden" in done.stderr and "D, E" in done.stderr
