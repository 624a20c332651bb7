"""The reference evaluations of R's farringtonFlexible, as panels and as arrays to agree with."""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from koers.analysis.panel import Panel
from koers.analysis.period import Period
from koers.analysis.screening.farrington import FarringtonOptions

FREQUENCIES = {52: ("weekly", "week"), 12: ("monthly", "month"), 1: ("yearly", "year")}
NAMES = {
    "b": "b",
    "w": "w",
    "noPeriods": "no_periods",
    "reweight": "reweight",
    "weightsThreshold": "weights_threshold",
    "trend": "trend",
    "pThresholdTrend": "p_threshold_trend",
    "populationOffset": "population_offset",
    "alpha": "alpha",
    "powertrans": "powertrans",
    "limit54": "limit54",
    "pastWeeksNotIncluded": "past_weeks_not_included",
    "thresholdMethod": "threshold_method",
}


@dataclass(frozen=True)
class Source:
    """A data set of the reference: its series, dates where the years back are counted by date, and
    its frequency."""

    panel: Panel
    dates: np.ndarray | None
    frequency: str


def options_of(config) -> FarringtonOptions:
    chosen = {NAMES[name]: value for name, value in config.items()} if config else {}
    if "limit54" in chosen:
        chosen["limit54"] = tuple(chosen["limit54"])
    return FarringtonOptions(**chosen)


def sources(folder: Path) -> dict[str, Source]:
    return {
        name: _source(folder, name, about)
        for name, about in json.loads((folder / "inputs.json").read_text()).items()
    }


def _source(folder: Path, name: str, about) -> Source:
    units: dict[str, list[dict[str, str]]] = {}
    with (folder / f"input_{name}.csv").open() as file:
        for row in csv.DictReader(file):
            units.setdefault(row["unit"], []).append(row)
    first = next(iter(units.values()))
    frequency, step = FREQUENCIES[about["freq"]]
    start = Period(about["start"][0], about["start"][1], step)
    counts = np.array([[float(row["observed"]) for row in rows] for rows in units.values()])[
        :, None, :
    ]
    population = np.array([[float(row["population"]) for row in rows] for rows in units.values()])
    panel = Panel(
        counts,
        tuple(units),
        ("count",),
        tuple(start.shift(i) for i in range(len(first))),
        population,
    )
    dates = (
        np.array([row["date"] for row in first], dtype="datetime64[D]")
        if about["epochAsDate"]
        else None
    )
    return Source(panel, dates, frequency)


def number(text: str) -> float:
    return np.nan if text in ("NA", "") else float(text)


def evaluations(path: Path, *keys: str) -> dict[tuple[str, ...], list[dict[str, str]]]:
    """The rows of a file of results for each value of ``keys``."""
    found: dict[tuple[str, ...], list[dict[str, str]]] = {}
    with gzip.open(path, "rt") as file:
        for row in csv.DictReader(file):
            found.setdefault(tuple(row[key] for key in keys), []).append(row)
    return found


def column(rows: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([number(row[name]) for row in rows])


def differences(ours: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """|difference| as a share of what is allowed (1e-6 × max(|reference|, 1e-3)); infinite where
    one is missing."""
    with np.errstate(invalid="ignore"):
        share = np.abs(ours - reference) / (1e-6 * np.maximum(np.abs(reference), 1e-3))
    share[ours == reference] = 0.0
    share[np.isnan(ours) & np.isnan(reference)] = 0.0
    share[np.isnan(ours) != np.isnan(reference)] = np.inf
    return share
