"""Files from practice with their right answer, as `koers screen` and `koers scan` read them."""

import csv
import io
import json

import pytest

pytestmark = pytest.mark.shared


@pytest.fixture
def on(koers, shared):
    """Runs a command on a file of a case; gives code, what was said, and what was written."""

    def run(command, case, *arguments):
        (folder,) = (shared / "cases").glob(f"{case[:2]}-*")
        done = koers(command, folder / case[3:], *arguments)
        return done.returncode, done.stderr, done.stdout

    return run


def rows(written):
    return list(csv.DictReader(io.StringIO(written)))


def test_a_week_53_added_to_the_week_before_is_no_rise(on):
    code, said, written = on("screen", "01/w53_merged.csv", "--from", "2026-W50")
    assert code == 0 and "2020, 2026. Is die bij week 52 opgeteld?" in said
    found = rows(written)
    assert len(found) == 8 and not any(row["signal"] for row in found)
    _, _, written = on("screen", "01/w53_monday.csv", "--from", "2026-12-07")
    assert len(rows(written)) == 16 and not any(row["signal"] for row in rows(written))


def test_rows_that_are_missing_are_asked_for_and_the_rise_stands(on):
    code, said, written = on("screen", "02/pivot_rise.csv")
    assert code == 2 and "--missing zero" in said and not written
    _, _, written = on("screen", "02/pivot_rise.csv", "--missing", "zero", "--from", "2026-10")
    (rise,) = [row for row in rows(written) if row["signal"]]
    assert rise["area"] == "B3" and float(rise["expected"]) == pytest.approx(0.64, abs=0.03)


def test_a_map_is_read_in_metres_and_in_degrees_and_nothing_between(on):
    for file in ("03/scan_ll.csv", "03/scan_swapped.csv"):
        assert on("scan", file)[0] == 2
    assert on("scan", "03/scan_swapped.csv", "--geographic")[0] == 2
    for file, arguments in (("03/scan_rd.csv", ()), ("03/scan_ll.csv", ("--geographic",))):
        code, _, written = on("scan", file, *arguments, "--replicates", "99")
        (first, *_) = json.loads(written)
        assert code == 0 and len(first["areas"]) == 11
        assert first["radius"] / (1000 if not arguments else 1) == pytest.approx(1.36, abs=0.02)


@pytest.mark.parametrize("file", ["09/thousand.csv", "09/space.csv"])
def test_a_dutch_file_groups_its_thousands(on, file):
    code, said, written = on("screen", file, "--from", "2026-10")
    assert code == 0, said
    assert {row["observed"] for row in rows(written) if row["area"] == "B3"} == {"1355"}
