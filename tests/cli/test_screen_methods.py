"""`koers screen` with each method and kind of period, in this process."""

from __future__ import annotations

import csv
import gzip
import io
import json

import numpy as np
import pytest
from click.testing import CliRunner

from koers.cli.main import main
from tests.analysis.screening.farrington.reference import differences, number


def write(tmp_path, lines, header="area,topic,period,count,population"):
    file = tmp_path / "tellingen.csv"
    file.write_text(
        "\n".join([header, *(",".join(map(str, line)) for line in lines)]) + "\n", encoding="utf-8"
    )
    return file


def screen(*arguments):
    done = CliRunner().invoke(main, ["screen", *map(str, arguments)])
    return done, list(csv.DictReader(io.StringIO(done.stdout))) if done.exit_code == 0 else []


def monthly(count, areas=4, months=48):
    rng = np.random.default_rng(3)
    for a in range(areas):
        for m in range(months):
            yield (
                f"BU9001{a:04d}",
                "1.1.1",
                f"{2020 + m // 12}-{m % 12 + 1:02d}",
                count(rng, a, m),
                1000 + 500 * (m >= 36),
            )


def test_glr_says_drift_where_the_level_stays_higher(tmp_path):
    file = write(tmp_path, monthly(lambda rng, a, m: rng.poisson(4 + 5 * (a == 2 and m >= 36))))
    done, rows = screen(file, "--method", "glr")
    assert done.exit_code == 0, done.output
    assert {row["signal"] for row in rows} <= {"", "drift"}
    assert "drift" in {
        row["signal"] for row in rows if row["area"] == "BU90010002" and row["period"] >= "2023"
    }
    assert {row["lower"] + row["upper"] + row["p_value"] + row["q_value"] for row in rows} == {""}
    assert min(row["period"] for row in rows) == "2022-01"


@pytest.mark.parametrize(
    ("method", "first", "seen"),
    # C3, as in R, hears of a count when it is one of the two before.
    [
        ("ears-c1", "2020-08", "2023-05"),
        ("ears-c2", "2020-10", "2023-05"),
        ("ears-c3", "2020-12", "2023-06"),
    ],
)
def test_ears_says_rise_from_the_first_month_with_a_baseline(tmp_path, method, first, seen):
    file = write(tmp_path, monthly(lambda rng, a, m: 60 if (a, m) == (1, 40) else rng.poisson(4)))
    done, rows = screen(file, "--method", method, "--alpha", "0.01")
    assert done.exit_code == 0, done.output
    assert min(row["period"] for row in rows) == first
    assert [r["signal"] for r in rows if (r["area"], r["period"]) == ("BU90010001", seen)] == [
        "rise"
    ]
    assert {row["p_value"] for row in rows} == {""}


def test_counts_in_proportion_to_the_population_expect_more_of_more_people(tmp_path):
    file = write(tmp_path, monthly(lambda rng, a, m: 12 + m % 3))
    options = ("--method", "farrington", "--b", "3", "--from", "2023-06", "--no-trend")
    with_people, without = (
        screen(file, *options, "--population-offset")[1],
        screen(file, *options)[1],
    )
    assert float(with_people[0]["expected"]) == pytest.approx(
        1.5 * float(without[0]["expected"]), rel=1e-3
    )
    bare = write(
        tmp_path, (line[:4] for line in monthly(lambda rng, a, m: 3)), "area,topic,period,count"
    )
    done, _ = screen(bare, *options, "--population-offset")
    assert (done.exit_code, "--population-offset" in done.output) == (2, True)


def test_weeks_by_date_are_judged_by_date(tmp_path):
    days = np.arange(np.datetime64("2018-01-01"), np.datetime64("2024-06-03"), 7)
    rng = np.random.default_rng(5)
    lines = [
        ("a", "x", day, 40 if i == len(days) - 1 else rng.poisson(5), 1)
        for i, day in enumerate(days)
    ]
    for method in ("farrington", "pooled"):
        done, rows = screen(write(tmp_path, lines), "--method", method, "--from", "2024-05-27")
        assert done.exit_code == 0, done.output
        assert [(row["period"], row["signal"]) for row in rows] == [(str(days[-1]), "rise")]


@pytest.mark.parametrize("period", ["{}", "{}-01-01"])
def test_a_yearly_file_works_without_options_and_by_date_too(tmp_path, period):
    lines = [
        ("a", "x", period.format(y), 90 if y == 2024 else 30 + y % 3, 1) for y in range(2010, 2025)
    ]
    for method in ("farrington", "pooled"):
        done, rows = screen(write(tmp_path, lines), "--method", method)
        assert done.exit_code == 0, done.output
        assert "ontbreken" not in done.stderr
        assert [row["period"] for row in rows if row["signal"] == "rise"] == [period.format(2024)]
    done, _ = screen(write(tmp_path, lines), "--method", "farrington", "--w", "3")
    assert (done.exit_code, "--w 3 kan niet bij tellingen in jaren" in done.output) == (2, True)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--from", "2023-05", "--until", "2023-01"), "geen periode over"),
        (("--from", "2031-01"), "van 2020-01 tot en met 2023-12"),
        (("--until", "2019-12"), "--until 2019-12"),
        (("--from", "2023-W05"), "ander soort periode"),
        (("--from", "2023-05-01"), "ander soort periode"),
        (("--from", "eergisteren"), "is geen periode"),
        (("--fdr", "nan"), "geen getal"),
        (("--fdr", "1"), "--fdr"),
        (("--method", "farrington", "--weights-threshold", "nan"), "geen getal"),
        (("--method", "farrington", "--alpha", "0"), "--alpha"),
        (("--method", "farrington", "--limit54", "5,0"), "5,0"),
        (("--method", "farrington", "--population-offset"), "--population-offset"),
        (("--method", "glr", "--alpha", "0.01"), "--alpha"),
        (("--family", "wijk"), "kolom wijk"),
    ],
)
def test_options_that_cannot_be_are_refused_and_nothing_is_written(tmp_path, options, says):
    out = tmp_path / "uit.csv"
    lines = (line[:4] for line in monthly(lambda rng, a, m: 3))
    done, _ = screen(write(tmp_path, lines, "area,topic,period,count"), "--out", out, *options)
    assert (done.exit_code, says in done.stderr, out.exists()) == (2, True, False), done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["tellingen.csv"]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2024-02", "2024-03", 8),
        ("2024-W06", "2024-W07", 2),
        ("2024", "2024", 23),
        ("2024-02-12", "2024-02-19", 2),
    ],
)
def test_of_weeks_by_date_a_month_a_week_a_year_or_days_may_be_asked(
    tmp_path, first, last, expected
):
    days = np.arange(np.datetime64("2020-01-06"), np.datetime64("2024-06-04"), 7)
    lines = [("a", "x", day, k % 5, 1) for k, day in enumerate(days)]
    done, rows = screen(write(tmp_path, lines), "--from", first, "--until", last)
    assert (done.exit_code, len(rows)) == (0, expected), done.output


def test_one_bad_row_at_the_end_of_a_long_file_is_named(tmp_path):
    file, out = tmp_path / "lang.csv", tmp_path / "uit.csv"
    months = [f"{2015 + k // 12}-{k % 12 + 1:02d}" for k in range(100)]
    rows = [f"gebied {a},x,{month},{a % 4}" for a in range(1000) for month in months]
    file.write_text("\n".join(["area,topic,period,count", *rows, "gebied 0,y,2015-01,-3"]))
    done, _ = screen(file, "--out", out)
    assert done.exit_code == 2
    assert "lang.csv, rij 100002, kolom count: -3" in done.stderr
    assert not out.exists()


@pytest.mark.parametrize("text", ["1.000", "12,000", "10000000000000000"])
def test_a_count_that_may_be_another_number_is_refused(tmp_path, text):
    lines = [["a", "x", f"20{k:02d}", f'"{text}"' if k == 7 else 1000] for k in range(20)]
    done, _ = screen(write(tmp_path, lines, "area,topic,period,count"))
    assert done.exit_code == 2
    assert "rij 9, kolom count" in done.stderr


@pytest.mark.shared
@pytest.mark.parametrize(
    ("data", "config", "options"),
    [
        ("meningo.age", "default_b3", ("--b", "3")),
        ("salmonella.agona", "noufaily_nbPlugin", None),
    ],
)
def test_the_command_gives_the_numbers_of_r(shared, tmp_path, data, config, options):
    folder = shared / "reference" / "farrington"
    about = json.loads((folder / "inputs.json").read_text())[data]
    with (folder / f"input_{data}.csv").open() as file:
        cells = list(csv.DictReader(file))
    unit = cells[0]["unit"]
    year, steps = about["start"][0], about["freq"]
    name = "{}-W{:02d}" if steps == 52 else "{}-{:02d}"
    periods = [name.format(year + k // steps, k % steps + 1) for k in range(about["n_time"])]
    counts = [row["observed"] for row in cells if row["unit"] == unit]
    with gzip.open(folder / "out_farringtonFlexible.csv.gz", "rt") as file:
        reference = [
            r
            for r in csv.DictReader(file)
            if (r["dataset"], r["config"], r["unit"]) == (data, config, unit)
        ]
    control = json.loads((folder / "configs.json").read_text())[
        "weekly" if steps == 52 else "monthly"
    ][config]
    given = options or list(_options(control))
    lines = [(unit.replace(",", ""), "x", p, c, 1) for p, c in zip(periods, counts, strict=True)]
    done, rows = screen(write(tmp_path, lines), "--method", "farrington", *given)
    assert done.exit_code == 0, done.output
    found = {row["period"]: row for row in rows}
    compared = 0
    for row in reference:
        ours = found.get(periods[int(row["k"]) - 1])
        if ours is None:
            continue
        compared += 1
        assert (ours["signal"] == "rise") == (row["alarm"] == "1")
        for mine, theirs in (
            ("upper", "upperbound"),
            ("expected", "expected"),
            ("p_value", "pvalue"),
        ):
            values = np.array([number(ours[mine])]), np.array([number(row[theirs])])
            assert (differences(*values) <= 1).all(), (row["k"], mine)
    assert compared > 30


def _options(control):
    flags = {
        "b": "--b",
        "w": "--w",
        "noPeriods": "--no-periods",
        "pastWeeksNotIncluded": "--past-weeks-not-included",
        "weightsThreshold": "--weights-threshold",
        "pThresholdTrend": "--p-threshold-trend",
        "alpha": "--alpha",
        "thresholdMethod": "--threshold-method",
        "powertrans": "--powertrans",
    }
    for name, value in control.items():
        if name == "limit54":
            yield from ("--limit54", ",".join(map(str, value)))
        elif name in ("reweight", "trend", "populationOffset"):
            option = {"populationOffset": "population-offset"}.get(name, name)
            yield f"--{'' if value else 'no-'}{option}"
        else:
            yield from (flags[name], value)
