"""Rows that a file of counts does not have, and weeks that years do not all have."""

import csv
import io

import numpy as np
import pytest

HEADER = "area,topic,period,count"


@pytest.fixture
def said(koers, tmp_path):
    """Runs a command on rows; gives code, what it said, and the rows that it wrote."""

    def run(command, rows, *arguments):
        file = tmp_path / "tellingen.csv"
        file.write_text("\n".join([HEADER, *(",".join(map(str, row)) for row in rows)]))
        done = koers(command, file, *arguments)
        return done.returncode, done.stderr, list(csv.DictReader(io.StringIO(done.stdout)))

    return run


def months(number=60):
    return [f"{2021 + m // 12}-{m % 12 + 1:02d}" for m in range(number)]


def noise(periods, mean, seed=3, areas=("A", "B", "C", "D")):
    chance = np.random.default_rng(seed)
    return [(a, "t", p, int(chance.poisson(mean))) for a in areas for p in periods]


def test_a_table_without_its_zeros_is_refused_and_means_what_the_caller_says(said):
    # Every area has a case in the first and in the last month.
    ends = (months()[0], months()[-1])
    full = [(a, t, p, max(n, 1) if p in ends else n) for a, t, p, n in noise(months(), 0.6)]
    full[59] = ("A", "t", "2025-12", 5)
    sparse = [row for row in full if row[3]]
    code, error, _ = said("screen", sparse)
    assert code == 2 and f"{len(full) - len(sparse)} combinaties" in error
    assert "--missing zero" in error and "--missing unknown" in error and "A, t, 2021-" in error
    as_zero, whole = said("screen", sparse, "--missing", "zero"), said("screen", full)
    assert as_zero[0] == whole[0] == 0
    of = {(r["area"], r["period"]): r for r in whole[2]}
    assert as_zero[2] and all(r == of[r["area"], r["period"]] for r in as_zero[2])
    code, error, unknown = said("screen", sparse, "--missing", "unknown")
    assert code == 0 and "ze zijn onbekend" in error
    assert {(r["area"], r["period"]) for r in unknown} <= {(r[0], r[2]) for r in sparse}


def test_evaluate_has_the_same_rule(said):
    sparse = [row for row in noise(months(), 0.6) if row[3]]
    code, error, _ = said("evaluate", sparse, "--treated", "A", "--start", "2024-01")
    assert code == 2 and "--missing zero" in error
    code, _, _ = said(
        "evaluate", sparse, "--treated", "A", "--start", "2024-01", "--missing", "zero"
    )
    assert code == 0


def test_months_are_read_as_people_write_them(said):
    """As an own file on the site: also several ways in one file."""
    names = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
    rows = noise(months(), 9.0)
    ways = (
        lambda y, m: f"{names[m - 1]}-{y % 100}",
        lambda y, m: f"{names[m - 1]}. {y}",
        lambda y, m: f"{m:02d}-{y}",
        lambda y, m: f"{y}-{m:02d}",
    )
    other = [(a, t, ways[n % 4](int(p[:4]), int(p[5:])), c) for n, (a, t, p, c) in enumerate(rows)]
    code, error, found = said("screen", other)
    assert code == 0, error
    whole = said("screen", rows)[2]
    assert [(r["area"], r["p_value"]) for r in found] == [(r["area"], r["p_value"]) for r in whole]
    code, error, _ = said("screen", [*other, ("A", "t", "januari 2021", 3)])
    assert code == 2 and "staat er twee keer in" in error
    code, error, _ = said("screen", [("A", "t", "janner 2021", 3)])
    assert code == 2 and "geen periode" in error


def test_an_area_that_begins_later_has_no_gap_before_it(said):
    rows = [r for r in noise(months(), 9.0) if r[0] != "A" or r[2] >= "2023-05"]
    code, error, _ = said("screen", rows)
    assert code == 0 and "combinaties" not in error


def weeks():
    """2018-W01 to 2026-W53: 2020 and 2026 have 53 weeks."""
    return [
        f"{year}-W{week:02d}"
        for year in range(2018, 2027)
        for week in range(1, 54 if year in (2020, 2026) else 53)
    ]


def test_week_53_is_a_week_like_any_other(said):
    code, error, found = said("screen", noise(weeks(), 10.0), "--from", "2026-W50")
    assert code == 0, error
    assert {row["period"] for row in found} == {f"2026-W{n}" for n in (50, 51, 52, 53)}
    assert [row for row in found if row["signal"]] == []


def test_a_week_53_that_was_added_to_week_52_makes_no_signal(said):
    """Whoever followed the advice of before has two weeks in week 52."""
    counted = {}
    for area, topic, week, n in noise(weeks() + ["2027-W01"], 10.0):
        key = (area, topic, week.replace("W53", "W52"))
        counted[key] = counted.get(key, 0) + n
    rows = [(*key, n) for key, n in counted.items()]
    code, error, found = said("screen", rows, "--from", "2026-W50")
    assert code == 0
    assert "niet in het bestand staat: 2020, 2026" in error and "eigen rij" in error
    assert [row for row in found if row["period"] == "2026-W52"] == []
    assert [row for row in found if row["signal"]] == []


def test_a_week_53_of_a_year_without_one_is_refused(said):
    code, error, _ = said(
        "screen", [*noise(["2024-W51", "2024-W52"], 5), ("A", "t", "2024-W53", 1)]
    )
    assert code == 2 and "2024 had 52 weken" in error


@pytest.mark.parametrize("year", [2020, 2026, 2032])
def test_a_file_that_ends_at_week_52_of_a_year_with_53_says_so(said, year):
    """No earlier year with 53 weeks tells what its maker did with the last one."""
    periods = [f"{y}-W{n:02d}" for y in range(year - 3, year + 1) for n in range(1, 53)]
    code, error, _ = said("screen", noise(periods, 10.0), "--from", f"{year}-W51")
    assert code == 0 and f"{year} heeft 53 weken en het bestand houdt op bij week 52" in error
    code, error, _ = said("screen", noise(periods[:-1], 10.0), "--from", f"{year}-W51")
    assert code == 0 and "53 weken" not in error
