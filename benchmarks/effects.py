"""Are verdicts on measures honest on real figures, and how long does a synthetic control take?

python -m benchmarks.effects calibration [--measures 1000] [--methods wdd its synthetic] | seattle
"""

from __future__ import annotations

import argparse
import csv
import gzip
import time
from pathlib import Path

import numpy as np

from koers.analysis.effects.design import Design, simple_design
from koers.analysis.effects.its import its
from koers.analysis.effects.outcome import Effect
from koers.analysis.effects.synthetic import synthetic_control
from koers.analysis.effects.wdd import wdd

SHARED = Path(__file__).resolve().parents[2] / "shared"
DROPS = (0.2, 0.4, 0.6)
OUTCOMES = ("i_felony", "i_misdemea", "i_drugs", "any_crime")
COVARIATES = (
    "TotalPop",
    "BLACK",
    "HISPANIC",
    "Males_1521",
    "HOUSEHOLDS",
    "FAMILYHOUS",
    "FEMALE_HOU",
    "RENTER_HOU",
    "VACANT_HOU",
)
EVERY = 3
"""Drops are put into one in so many of the fictitious measures."""


def real_counts() -> np.ndarray:
    """(areas, topics, months) registered crime around The Hague."""
    with gzip.open(SHARED / "data/crime/haaglanden_buurt_month_2011_2016.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    axes = [
        sorted({row[name] for row in rows}) for name in ("WijkenEnBuurten", "Delict", "Perioden")
    ]
    place = [{label: i for i, label in enumerate(axis)} for axis in axes]
    counts = np.zeros([len(axis) for axis in axes])
    for row in rows:
        counts[
            place[0][row["WijkenEnBuurten"]], place[1][row["Delict"]], place[2][row["Perioden"]]
        ] = float(row["Aantal"])
    return counts


def fictitious(
    counts: np.ndarray, method: str, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, int]:
    """Areas, topic and dates at random, with ten cases or more before; of wdd the comparison is
    like the treated in level."""
    while True:
        size = int(rng.choice([1, 2, 5, 10]))
        topic = rng.integers(counts.shape[1])
        series = counts.sum(axis=1) if rng.random() < 0.4 else counts[:, topic]
        start = int(rng.integers(24, 61))
        after = int(rng.integers(6, min(24, series.shape[1] - start, start) + 1))
        order = rng.permutation(len(series))
        before = series[:, :start].sum(axis=1)
        if before[order[:size]].sum() < 10:
            continue
        keep = list(order)
        if method == "wdd":
            left, keep = keep[size:], keep[:size]
            for area in order[:size]:
                keep.append(left.pop(int(np.argmin(np.abs(before[left] - before[area])))))
        treated = np.zeros(len(keep), dtype=bool)
        treated[:size] = True
        return series[keep][:, : start + after], treated, start


def judged(method: str, outcome: np.ndarray, treated: np.ndarray, start: int, seed: int) -> Effect:
    design = simple_design(outcome, treated, start)
    if method == "synthetic":
        return synthetic_control(design, 100, seed)
    return wdd(design) if method == "wdd" else its(design)


def calibration(methods: list[str], measures: int) -> None:
    counts = real_counts()
    for method in methods:
        rng = np.random.default_rng(2026)
        called, promised, shown = 0, [], []
        for i in range(measures):
            outcome, treated, start = fictitious(counts, method, rng)
            found = judged(method, outcome, treated, start, i)
            called += found.interval[0] > 0 or found.interval[1] < 0
            if i % EVERY:
                continue
            promised.append([found.power.at(-drop) for drop in DROPS])
            shown.append([])
            for drop in DROPS:
                fallen = outcome.copy()
                fallen[treated, start:] = rng.binomial(
                    outcome[treated, start:].astype(int), 1 - drop
                )
                shown[-1].append(judged(method, fallen, treated, start, i).interval[1] < 0)
        print(
            f"{method}: called (counter-)effective {called / measures:.1%} of {measures}; promised"
            f" {np.round(np.mean(promised, axis=0), 3)}, shown"
            f" {np.round(np.mean(shown, axis=0), 3)} of {len(shown)}",
            flush=True,
        )


def seattle() -> list[tuple[str, Effect, float]]:
    """Each outcome of the drug-market evaluation with its time in seconds."""
    with gzip.open(SHARED / "reference/effect/seattledmi_input.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    areas = {name: i for i, name in enumerate(sorted({row["ID"] for row in rows}))}
    counts = np.zeros((len(areas), len(OUTCOMES), 16))
    covariates = np.zeros((len(areas), len(COVARIATES)))
    treated = np.zeros(len(areas), dtype=bool)
    for row in rows:
        i = areas[row["ID"]]
        counts[i, :, int(row["time"]) - 1] = [float(row[name]) for name in OUTCOMES]
        covariates[i] = [float(row[name]) for name in COVARIATES]
        treated[i] |= row["Intervention"] == "1"
    results = []
    for k, name in enumerate(OUTCOMES):
        design = Design(
            counts[:, k],
            counts,
            treated,
            np.zeros(len(areas), dtype=bool),
            12,
            12,
            np.arange(16.0),
            covariates,
            COVARIATES,
            OUTCOMES,
        )
        began = time.perf_counter()
        results.append((name, synthetic_control(design, 250, 1), time.perf_counter() - began))
    return results


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["calibration", "seattle"])
    parser.add_argument("--measures", type=int, default=1000)
    parser.add_argument("--methods", nargs="+", default=["wdd", "its", "synthetic"])
    given = parser.parse_args()
    if given.what == "calibration":
        calibration(given.methods, given.measures)
        return
    for name, found, seconds in seattle():
        off = max(abs(t.treated - t.weighted) for t in found.balance)
        print(
            f"{name}: {found.relative:.1%}, p {found.p_value:.3f}, largest difference {off:.1e},"
            f" {seconds:.1f} s"
        )


if __name__ == "__main__":
    main()
