"""Every number in what a command says of its outcome, counted again from the file that went in and
what came out."""

import csv
import json
import re

import numpy as np
import pytest

from tests.claims import unexplained
from tests.cli import test_evaluate, test_near_repeat, test_scan, test_screen


@pytest.fixture
def said(command, tmp_path):
    """Runs a command; gives its file of outcome and the sentences that it says."""

    def run(name, file, *options, end=".json"):
        out = tmp_path / f"uit{end}"
        done = command(name, file, *options, "--out", out)
        assert done.returncode == 0, done.stderr
        # The bar that tells how far it is aside.
        lines = [line.strip() for line in done.stderr.splitlines() if "━" not in line]
        return out, [line for line in lines if line]

    return run


def the_line(lines, words):
    (line,) = [line for line in lines if words in line]
    return line


def numbers(line):
    return [int(n.replace(".", "")) for n in re.findall(r"\d[\d.]*(?![\d,])", line)]


def test_screen_says_how_many_counts_it_judged_and_how_many_stood_out(said, tmp_path):
    file = test_screen.written(tmp_path, test_screen.rows())
    out, lines = said("screen", file, end=".csv")
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    signals = sum(row["signal"] != "" for row in rows)
    line = the_line(lines, "beoordeeld,")
    assert numbers(line) == [len(rows), signals]
    assert signals and unexplained(line, {str(len(rows)), str(signals)}) == []


def test_screen_says_how_many_combinations_are_missing(said, tmp_path):
    kept = [row for k, row in enumerate(test_screen.rows()) if k % 97 != 50]
    gone = len(list(test_screen.rows())) - len(kept)
    file = test_screen.written(tmp_path, kept)
    _, lines = said("screen", file, "--missing", "unknown", end=".csv")
    line = the_line(lines, "combinaties van gebied, onderwerp en periode")
    assert numbers(line)[0] == gone
    assert unexplained(line, {str(gone)}) == []


def test_scan_says_how_much_it_looked_at_and_what_it_found(said, tmp_path):
    lines_in = list(test_scan.spatial())
    out, lines = said("scan", test_scan.written(tmp_path, lines_in), "--replicates", "99")
    found = json.loads(out.read_text())
    cases = sum(int(row[-2]) for row in lines_in)
    areas = len({row[0] for row in lines_in})
    line = the_line(lines, "cirkels")
    told = numbers(line)
    assert told[:2] == [areas, cases]
    assert told[3:5] == [len(found), sum(c["p_value"] <= 0.05 for c in found)]
    assert unexplained(line.partition(", waarvan")[0], {*map(str, told)}) == []


def test_near_repeat_says_how_many_cases_and_in_how_many_cells(said, tmp_path):
    file = test_near_repeat.written(tmp_path, test_near_repeat.cases())
    options = ("--distance", "100,200", "--days", "7,14", "--replicates", "99", "--seed", "1")
    out, lines = said("near-repeat", file, *options)
    cells = json.loads(out.read_text())
    sure = sum(cell["p_value"] <= 0.05 for cell in cells)
    line = the_line(lines, "vakken")
    assert numbers(line)[:3] == [len(list(test_near_repeat.cases())), sure, len(cells)]


def test_evaluate_says_the_difference_that_it_wrote_and_names_every_other_number(said, tmp_path):
    rows = [row[:4] for row in test_evaluate.monthly()]
    file = test_evaluate.written(tmp_path, rows)
    for method in ("wdd", "synthetic"):
        out, lines = said(
            "evaluate", file, "--treated", "A0,A1", "--start", "2023-01", "--method", method
        )
        found = json.loads(out.read_text())
        line = the_line(lines, "verwacht")
        effect = str(round(abs(found["effect"])))
        percent = f"−{round(abs(100 * found['relative_effect']))} %"
        assert effect in re.findall(r"\d+", line) and percent.replace("−", "") in line
        assert ("minder" in line) == (found["effect"] < 0)
        assert unexplained(line, {effect}) == [], line
        for note in lines:
            counted = {str(np.unique([row[0] for row in rows]).size), effect}
            assert unexplained(note, counted) == [], note
