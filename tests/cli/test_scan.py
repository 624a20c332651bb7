from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from koers.cli.scan import scan as command
from tests.cli.rows import changed

KEYS = [
    "areas",
    "centre",
    "radius",
    "from",
    "to",
    "cases",
    "expected",
    "relative_risk",
    "llr",
    "p_value",
    "gumbel_p_value",
]
HEADER = "area,x,y,cases,population"
BY_PERIOD = "area,x,y,period,cases,population"


def spatial(high=("007", "008", "013")):
    """A grid of 6 by 6; the codes keep their noughts."""
    rng = np.random.default_rng(3)
    for a in range(36):
        code = f"{a:03d}"
        yield [code, f"{a % 6}.5", f"{a // 6}", str(30 if code in high else rng.poisson(5)), "1000"]


def by_period(periods=("2023-10", "2023-11", "2023-12")):
    rng = np.random.default_rng(4)
    for a in range(36):
        x = [0, 1, 1.8, 3, 4, 5][a % 6]  # 007 and 008 lie closer to each other than to others
        for period in periods:
            cases = 25 if a in (7, 8) and period == periods[-1] else rng.poisson(4)
            yield [f"{a:03d}", f"{x}", f"{a // 6}", period, str(cases), "1000"]


def written(tmp_path, lines, header=HEADER, encoding="utf-8", delimiter=","):
    file = tmp_path / "gevallen.csv"
    text = "\n".join(delimiter.join(line) for line in [header.split(","), *lines]) + "\n"
    file.write_bytes(text.encode(encoding))
    return file


def run(*arguments):
    """In this process, so that the compiled code is read once."""
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def scan(*arguments):
    done = run(*arguments, "--replicates", "99")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def test_a_planted_cluster_is_found_with_the_keys_of_the_contract(koers, tmp_path):
    out = tmp_path / "clusters.json"
    options = [
        "--method",
        "spatial",
        "--max-population",
        "0.5",
        "--max-duration",
        "12",
        "--seed",
        "1",
    ]
    done = koers(
        "scan", written(tmp_path, spatial()), *options, "--replicates", "999", "--out", out
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    clusters = json.loads(out.read_text())
    assert all(list(cluster) == KEYS for cluster in clusters)
    first = clusters[0]
    assert (
        {"007", "008", "013"}
        <= set(first["areas"])
        <= {"007", "008", "013", "001", "006", "014", "002", "012"}
    )
    assert (first["p_value"], first["from"], first["to"]) == (0.001, None, None)
    assert first["centre"] in first["areas"]
    assert first["relative_risk"] > 3


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8-sig", ";"), ("latin-1", ";"), ("utf-8", ","), ("utf-8-sig", ",")],
)
def test_dutch_excel_and_others_give_the_same(tmp_path, encoding, delimiter):
    lines = [
        ["Café " + a, x.replace(".", ",") if delimiter == ";" else x, *rest]
        for a, x, *rest in spatial()
    ]
    clusters, _ = scan(written(tmp_path, lines, encoding=encoding, delimiter=delimiter))
    plain, _ = scan(written(tmp_path, spatial()))
    assert [c["llr"] for c in clusters] == [c["llr"] for c in plain]
    assert clusters[0]["areas"] == ["Café " + a for a in plain[0]["areas"]]


@pytest.mark.parametrize("method", ["space-time", "permutation"])
@pytest.mark.parametrize(
    "periods",
    [
        ("2023-10", "2023-11", "2023-12"),
        ("2024-W07", "2024-W08", "2024-W09"),
        ("2021", "2022", "2023"),
        ("2024-01-01", "2024-02-01", "2024-03-01"),
        ("2024-03-04", "2024-03-11", "2024-03-18"),
        ("2024-03-04", "2024-03-05", "2024-03-06"),
    ],
)
def test_a_cluster_that_lasts_until_now_is_found_in_every_kind_of_period(tmp_path, method, periods):
    file = written(tmp_path, by_period(periods), header=BY_PERIOD)
    clusters, said = scan(file, "--method", method, "--max-duration", "2")
    assert set(clusters[0]["areas"]) == {"007", "008"}
    chance = "geschud" if method == "permutation" else "Poisson"
    assert "Toeval is hier" in said and chance in said and "in series" in said
    assert (clusters[0]["from"], clusters[0]["to"]) == (periods[-1], periods[-1])
    assert all(c["to"] == periods[-1] and c["from"] >= periods[1] for c in clusters)


def test_expected_goes_by_people_and_days_of_each_period(tmp_path):
    lines = []
    for a, x, y, period, cases, _ in by_period(("2024-01", "2024-02")):
        lines.append(
            [a, x, y, period, cases, "3000" if period == "2024-02" and a == "007" else "1000"]
        )
    clusters, _ = scan(
        written(tmp_path, lines, header=BY_PERIOD), "--method", "space-time", "--max-duration", "1"
    )
    total = sum(int(line[4]) for line in lines)
    days = 36 * 31 * 1000 + 37 * 29 * 1000 + 1000 * 29
    inside = [c for c in clusters if c["areas"] == ["008"] or set(c["areas"]) == {"007", "008"}]
    people = 4000 if "007" in inside[0]["areas"] else 1000
    assert inside[0]["expected"] == pytest.approx(total * people * 29 / days)


def test_permutation_needs_no_population_and_absent_rows_are_no_cases(tmp_path):
    header = "area,x,y,period,cases"
    full = [line[:5] for line in by_period()]
    full[3 * 20 + 1][4] = full[3 * 21][4] = "0"
    sparse = [line for line in full if line[4] != "0"]
    assert len(sparse) < len(full)
    clusters, said = scan(written(tmp_path, sparse, header), "--method", "permutation")
    whole, quiet = scan(written(tmp_path, full, header), "--method", "permutation")
    assert clusters == whole
    assert (f"{len(full) - len(sparse)} combinaties" in said, "combinaties" in quiet) == (
        True,
        False,
    )


def test_spatial_adds_up_the_periods_and_says_from_when_to_when(tmp_path):
    clusters, _ = scan(written(tmp_path, by_period(), header=BY_PERIOD))
    assert {(c["from"], c["to"]) for c in clusters} == {("2023-10", "2023-12")}


def test_expected_stands_in_for_population_and_is_scaled(tmp_path):
    people, _ = scan(written(tmp_path, spatial()))
    lines = [[*line[:4], "0,5"] for line in spatial()]
    expected, _ = scan(written(tmp_path, lines, header="area,x,y,cases,expected", delimiter=";"))
    assert [c["expected"] for c in expected] == pytest.approx([c["expected"] for c in people])
    assert [c["areas"] for c in expected] == [c["areas"] for c in people]


def test_degrees_give_kilometres(tmp_path):
    lines = [
        [a, f"{4 + float(x) / 100}", f"{52 + float(y) / 100}", *rest]
        for a, x, y, *rest in spatial()
    ]
    clusters, _ = scan(written(tmp_path, lines), "--geographic")
    # One hundredth of a degree: 1.1 km to the north, 0.7 km to the east.
    assert 0 < clusters[0]["radius"] < 3


def test_places_where_nobody_lives_areas_on_one_spot_and_unpublished_counts(tmp_path):
    lines = [*spatial(), ["leeg", "1.5", "1", "0", "0"], ["geheim", "0", "0", "", "1000"]]
    clusters, said = scan(written(tmp_path, lines))
    plain, _ = scan(written(tmp_path, spatial()))
    assert clusters[0]["llr"] == pytest.approx(plain[0]["llr"])
    # On the same spot as 007: no circle has the one without the other.
    assert "leeg" in clusters[0]["areas"]
    assert "1 lege cellen" in said


def test_no_cases_is_an_empty_list_and_is_said(tmp_path):
    clusters, said = scan(written(tmp_path, [[*line[:3], "0", "1000"] for line in spatial()]))
    assert clusters == []
    assert "zijn geen gevallen" in said


@pytest.mark.parametrize(
    ("change", "arguments", "says"),
    [
        (changed(9, 3, "-1"), [], ["rij 9", "kolom cases"]),
        (changed(9, 3, "2.5"), [], ["rij 9", "kolom cases", "heel getal"]),
        (changed(9, 3, "veel"), [], ["rij 9", "kolom cases", "geen getal"]),
        (changed(9, 1, "oost"), [], ["rij 9", "kolom x", "geen getal"]),
        (changed(9, 2, ""), [], ["rij 9", "kolom y", "nergens"]),
        (changed(9, 0, ""), [], ["rij 9", "kolom area"]),
        (changed(9, 4, "0"), [], ["rij 9", "kolom cases", "population is 0"]),
        (changed(9, 4, ""), [], ["rij 9", "kolom population", "niets ingevuld"]),
        (changed(9, 4, "-5"), [], ["rij 9", "kolom population"]),
        (changed(9, 1, "155000"), ["--geographic"], ["rij 9", "kolom x", "lengtegraad"]),
        (changed(9, 0, "003"), [], ["rij 9", "003", "andere plaats"]),
        (lambda lines: [*lines, lines[3]], [], ["rij 38", "twee keer", "rij 5"]),
        (lambda lines: [], [], ["geen rijen"]),
        (lambda lines: [*lines[:20], lines[20][:3]], [], ["rij 22", "3 kolommen"]),
        (lambda lines: lines, ["--method", "space-time"], ["kolom period", "ontbreekt"]),
        (lambda lines: lines, ["--max-population", "0.01"], ["geen cirkel", "0.0278"]),
    ],
)
def test_bad_input_gives_one_message_with_row_and_column_and_no_output(
    tmp_path, change, arguments, says
):
    out = tmp_path / "clusters.json"
    done = run(written(tmp_path, change(list(spatial()))), *arguments, "--out", out)
    assert done.exit_code == 2
    for part in ["gevallen.csv", *says]:
        assert part in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("change", "header", "method", "says"),
    [
        (
            changed(9, 3, "lente 2023"),
            BY_PERIOD,
            "space-time",
            ["rij 9", "kolom period", "lente 2023"],
        ),
        (changed(9, 3, "2023"), BY_PERIOD, "permutation", ["rij 9", "kolom period", "ander soort"]),
        (changed(9, 4, ""), BY_PERIOD, "permutation", ["rij 9", "kolom cases", "leeg"]),
        (
            lambda lines: lines,
            BY_PERIOD.replace("population", "mensen"),
            "space-time",
            ["kolom population", "ontbreekt"],
        ),
    ],
)
def test_bad_periods_are_refused(tmp_path, change, header, method, says):
    done = run(written(tmp_path, change(list(by_period())), header=header), "--method", method)
    assert (done.exit_code, done.stdout) == (2, "")
    for part in says:
        assert part in done.stderr
