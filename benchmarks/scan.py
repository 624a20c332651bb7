"""The scan beside SaTScan and R's SpatialEpi, and over the neighbourhoods of the country.

    python -m benchmarks.scan ../shared [--only small|permutation|country] [--cores 2]

The times of the others are those of the reference, rescaled by its yardstick (see its README),
which runs here first.
"""

from __future__ import annotations

import argparse
import calendar
import csv
import json
import os
import resource
import time
import timeit
from pathlib import Path

import numpy as np

YARDSTICK = 0.96
RUNS = 15


def main() -> None:
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("shared", type=Path)
    ask.add_argument("--only", choices=["small", "permutation", "country"])
    ask.add_argument("--cores", type=int, default=2)
    given = ask.parse_args()
    os.environ["KOERS_CORES"] = str(given.cores)
    scale = yardstick() / YARDSTICK
    print(
        f"{given.cores} cores; this machine takes {scale:.2f} times as long over the yardstick as"
        " that of the reference"
    )
    for name, run in (("small", small), ("permutation", permutation), ("country", country)):
        if given.only in (None, name):
            run(given.shared, scale)


def yardstick() -> float:
    """Seconds; needs OPENBLAS_NUM_THREADS=1 in the environment."""
    a = np.random.default_rng(0).random((500, 500))
    return min(timeit.repeat(lambda: a @ a, number=200, repeat=3))


def small(shared: Path, scale: float) -> None:
    from koers.analysis.clusters import Places, ScanOptions, scan_poisson

    table = columns(shared / "reference" / "scan" / "NYleukemia_input.csv")
    places = Places(table["x_km"], table["y_km"])
    cases, people = np.ceil(table["cases"]).astype(np.int64)[:, None], table["population"][:, None]
    options = ScanOptions(max_population=0.15)
    times = timed(lambda: scan_poisson(places, cases, people, options, prospective=False))
    theirs = json.loads((shared / "reference" / "scan" / "timings_R.json").read_text())
    compare(
        "NYleukemia, 999 replicates",
        times,
        scale * theirs["SpatialEpi_NYleukemia_poisson_999"],
        "SpatialEpi",
    )


def permutation(shared: Path, scale: float) -> None:
    from koers.analysis.clusters import Places, ScanOptions, scan_permutation, scan_poisson

    table = columns(shared / "reference" / "scan" / "synth480_input.csv")
    x, y, people, cases = (
        table[name].reshape(480, 60) for name in ("x_km", "y_km", "population", "count")
    )
    days = np.array([calendar.monthrange(2019 + m // 12, m % 12 + 1)[1] for m in range(60)])
    places, cases = Places(x[:, 0], y[:, 0]), cases.astype(np.int64)
    theirs = json.loads((shared / "reference" / "scan" / "satscan" / "timings.json").read_text())
    times = timed(lambda: scan_permutation(places, cases, ScanOptions()), 5)
    compare(
        "480 areas x 60 months, permutation, 999 replicates",
        times,
        scale * theirs["syn_prosp_stp"],
        "SaTScan",
    )
    times = timed(
        lambda: scan_poisson(places, cases, people * days, ScanOptions(), prospective=True), 5
    )
    compare(
        "480 areas x 60 months, Poisson, 999 replicates",
        times,
        scale * theirs["syn_prosp_poisson"],
        "SaTScan",
    )


def country(shared: Path, scale: float) -> None:
    from koers.analysis.clusters import Places, ScanOptions, scan_poisson

    with (shared / "data" / "population" / "buurten_2024.csv").open(encoding="utf-8") as file:
        people = np.array([float(row["population"] or 0) for row in csv.DictReader(file)])[:14_500]
    # People live in towns: neighbourhoods scattered about 340 centres, in kilometres.
    rng = np.random.default_rng(1)
    towns = rng.uniform([0, 0], [200, 300], (340, 2))
    where = towns[np.arange(len(people)) * 340 // len(people)] + rng.normal(
        0, 2.5, (len(people), 2)
    )
    cases = rng.poisson(people * 1.3e-3)[:, None]
    begin = time.perf_counter()
    found = scan_poisson(
        Places(where[:, 0], where[:, 1]),
        cases,
        people[:, None],
        ScanOptions(max_population=0.05),
        prospective=False,
    )
    spent, peak = (
        time.perf_counter() - begin,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    )
    print(
        f"{len(people)} neighbourhoods, {int(cases.sum())} cases, {found.circles:,} windows up to 5"
        f" %, 999 replicates: {spent:.1f} s, {peak:.2f} GB, strongest {found.clusters[0].llr:.3f},"
        f" p {found.clusters[0].p_value}"
    )


def columns(file: Path) -> dict[str, np.ndarray]:
    """The columns of numbers of a table."""
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    found = {}
    for name in rows[0]:
        try:
            found[name] = np.array([float(row[name]) for row in rows])
        except ValueError:
            continue
    return found


def timed(work, runs: int = RUNS) -> list[float]:
    """Seconds of each run after a first, which compiles or reads the compiled code."""
    begin = time.perf_counter()
    work()
    print(f"first run in this process {time.perf_counter() - begin:.2f} s")
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return times


def compare(what: str, times: list[float], theirs: float, whose: str) -> None:
    median = float(np.median(times))
    print(
        f"{what}: median {median:.4f} s, fastest {min(times):.4f} s; {whose} {theirs:.3f} s"
        f" rescaled, {theirs / median:.1f} times as long"
    )


if __name__ == "__main__":
    main()
