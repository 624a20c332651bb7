"""Are verdicts on measures honest on real figures, and how long does a synthetic control take?

python -m benchmarks.effects calibration [--measures 400] [--synthetic 40] [--methods eb wdd its
synthetic] [--parts development "other region" "other year"] [--write] | seattle

``--write`` keeps what each method called of nothing where the pages read it
(``koers.analysis.effects.called``).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import time
from pathlib import Path

import numpy as np

from benchmarks.calling import calibration
from benchmarks.measures import PARTS
from koers.analysis.effects.design import Design
from koers.analysis.effects.outcome import Effect
from koers.analysis.effects.preparing import METHODS
from koers.analysis.effects.synthetic import synthetic_control

SHARED = Path(__file__).resolve().parents[2] / "shared"
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
    parser.add_argument("--measures", type=int, default=400)
    parser.add_argument("--synthetic", type=int, default=40, help="as many of the slowest method")
    parser.add_argument("--methods", nargs="+", default=list(METHODS))
    parser.add_argument("--parts", nargs="+", default=list(PARTS))
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    if given.what == "calibration":
        numbers = {m: given.synthetic if m == "synthetic" else given.measures for m in METHODS}
        calibration({m: numbers[m] for m in given.methods}, given.parts, given.write)
        return
    for name, found, seconds in seattle():
        off = max(abs(t.treated - t.weighted) for t in found.balance)
        print(
            f"{name}: {found.relative:.1%}, p {found.p_value:.3f}, largest difference {off:.1e},"
            f" {seconds:.1f} s"
        )


if __name__ == "__main__":
    main()
