"""The clusters of SaTScan, SpatialEpi and smerc on their own data."""

from __future__ import annotations

import calendar
import csv
import json

import numpy as np
import pytest

from koers.analysis.clusters import Places, ScanOptions, scan_permutation, scan_poisson

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def reference(shared):
    return shared / "reference" / "scan"


def table(file):
    with file.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def column(rows, name):
    return np.array([float(row[name]) for row in rows])


def satscan(file):
    """Of each cluster its number of areas, ratio and p: the ninth to eleventh column."""
    for line in file.read_text().splitlines():
        fields = line.split()
        number, ratio, p = int(fields[8]), float(fields[9]), float(fields[10])
        yield number, ratio, p


def agrees(clusters, file):
    """Each of SaTScan's clusters that says something is ours, with its ratio and its p by
    chance."""
    for number, ratio, p in satscan(file):
        if p > 0.9:
            continue
        (same,) = [c for c in clusters if abs(c.llr - ratio) < 1e-6]
        assert len(same.areas) == number
        assert abs(same.p_value - p) < 0.001 + 4.5 * (p * (1 - p) / 999) ** 0.5


@pytest.mark.parametrize("share", [0.15, 0.5])
def test_new_york_leukemia(reference, share):
    rows = table(reference / "NYleukemia_input.csv")
    cases = np.ceil(column(rows, "cases")).astype(np.int64)[:, None]
    places = Places(column(rows, "x_km"), column(rows, "y_km"))
    people = column(rows, "population")[:, None]
    found = scan_poisson(
        places, cases, people, ScanOptions(max_population=share), prospective=False
    )
    agrees(found.clusters, reference / "satscan" / f"nyleuk_spatial_ub{100 * share:.0f}.col.txt")
    if share == 0.15:
        wanted = json.loads((reference / "results_R.json").read_text())[
            "NYleukemia_ceil_ub15_poisson"
        ]
        assert found.circles == wanted["n_zones"]
        for cluster, other in zip(
            found.clusters, [wanted["most_likely"], *wanted["secondary"]], strict=False
        ):
            assert [a + 1 for a in cluster.areas] == other["ids"]
            assert cluster.expected == pytest.approx(other["expected"])


def test_pennsylvania_lung_cancer(reference):
    rows = table(reference / "pennLC_input.csv")
    places = Places(column(rows, "x_km"), column(rows, "y_km"))
    cases, people = (
        column(rows, "cases").astype(np.int64)[:, None],
        column(rows, "population")[:, None],
    )
    found = scan_poisson(places, cases, people, ScanOptions(), prospective=False)
    agrees(found.clusters, reference / "satscan" / "pennlc_spatial_crude.col.txt")
    # By age and the like: expected as R gives it.
    wanted = json.loads((reference / "results_R.json").read_text())["pennLC_poisson"]
    found = scan_poisson(
        places, cases, column(rows, "expected")[:, None], ScanOptions(), prospective=False
    )
    for cluster, other in zip(
        found.clusters, [wanted["most_likely"], *wanted["secondary"]], strict=False
    ):
        assert [a + 1 for a in cluster.areas] == other["ids"]
        assert (cluster.cases, cluster.expected) == (
            other["cases"],
            pytest.approx(other["expected"]),
        )
        assert cluster.llr == pytest.approx(other["llr"], abs=0.01)


def test_smerc_on_degrees(reference):
    rows = table(reference / "smerc_nydf_input.csv")
    places = Places(column(rows, "x"), column(rows, "y"), geographic=True)
    cases, people = (
        column(rows, "cases_floor").astype(np.int64)[:, None],
        column(rows, "population")[:, None],
    )
    results = json.loads((reference / "results_R.json").read_text())
    for share, name in ((0.5, "smerc_scan_nydf_ub50"), (0.1, "smerc_scan_nydf_ub10")):
        found = scan_poisson(
            places,
            cases,
            people,
            ScanOptions(max_population=share, replicates=99),
            prospective=False,
        )
        for cluster, other in zip(found.clusters, results[name], strict=False):
            assert {a + 1 for a in cluster.areas} == set(other["ids"])
            assert cluster.llr == pytest.approx(other["llr"], abs=1e-6)


@pytest.fixture(scope="module")
def synthetic(reference):
    rows = table(reference / "synth480_input.csv")
    x, y, people, cases = (
        column(rows, name).reshape(480, 60) for name in ("x_km", "y_km", "population", "count")
    )
    days = np.array([calendar.monthrange(2019 + m // 12, m % 12 + 1)[1] for m in range(60)])
    return Places(x[:, 0], y[:, 0]), cases.astype(np.int64), people * days


def test_the_prospective_permutation_scan_of_satscan(reference, synthetic):
    places, cases, _ = synthetic
    found = scan_permutation(places, cases, ScanOptions())
    agrees(found.clusters, reference / "satscan" / "syn_prosp_stp.col.txt")
    assert (found.clusters[0].first, found.clusters[0].last, found.clusters[0].cases) == (
        57,
        59,
        41,
    )


@pytest.mark.slow
def test_the_prospective_poisson_scan_of_satscan(reference, synthetic):
    places, cases, expected = synthetic
    found = scan_poisson(places, cases, expected, ScanOptions(), prospective=True)
    agrees(found.clusters, reference / "satscan" / "syn_prosp_poisson.col.txt")
