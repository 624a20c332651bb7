"""Rises put into real counts, and how many of them a detector finds at a fixed share of false
alarms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np

from koers.analysis.panel import Panel
from koers.analysis.period import Period

SHARED = Path(__file__).resolve().parents[2] / "shared"
FIRST, BASE, FALSE_ALARMS = 37, 36, 0.005
CLASSES = (0.1, 0.3, 1.0, 3.0)

# From a panel to how alarming each count is in one or more orders, the lower the more: arrays
# (areas, topics, periods) by name; NaN = cannot be judged.
Detector = Callable[[Panel], dict[str, np.ndarray]]


@dataclass(frozen=True)
class Power:
    """``found`` share of the rises and mean ``delay`` in months of those found, by (times,
    months)."""

    rises: tuple[tuple[float, int], ...]
    found: np.ndarray
    delay: np.ndarray


def haaglanden() -> Panel:
    """Registered crime by neighbourhood and month around The Hague, 2011-2016: 319 areas, 11
    kinds."""
    rows = duckdb.execute(
        "SELECT WijkenEnBuurten, Delict, Perioden, Aantal FROM read_csv(?, types={'Delict':"
        " 'VARCHAR'})",
        [str(SHARED / "data/crime/haaglanden_buurt_month_2011_2016.csv.gz")],
    ).fetchnumpy()
    areas, a = np.unique(rows["WijkenEnBuurten"].astype(str), return_inverse=True)
    topics, k = np.unique(rows["Delict"].astype(str), return_inverse=True)
    names, t = np.unique(rows["Perioden"].astype(str), return_inverse=True)
    counts = np.full((len(areas), len(topics), len(names)), np.nan)
    counts[a, k, t] = rows["Aantal"]
    people = dict(
        duckdb.execute(
            "SELECT nhood_id, try_cast(population AS DOUBLE) FROM read_csv(?)",
            [str(SHARED / "data/population/buurten_2024.csv")],
        ).fetchall()
    )
    population = np.array([people.get(code) or np.nan for code in areas])[:, None].repeat(
        len(names), 1
    )
    codes = tuple(str(code) for code in areas)
    groups = {code: (f"WK{code[2:8]}", f"GM{code[2:6]}") for code in codes}
    periods = tuple(Period.parse(str(name)) for name in names)
    return Panel(counts, codes, tuple(str(x) for x in topics), periods, population, groups)


def threshold(null: np.ndarray) -> float:
    """What ``FALSE_ALARMS`` of the counts without a rise pass."""
    values = null[:, :, FIRST:]
    return float(
        np.quantile(np.where(np.isnan(values), np.inf, values), FALSE_ALARMS, method="lower")
    )


def thresholds_by_class(null: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """The same within each class of series (areas, topics), so that no detector gains by moving
    false alarms about."""
    values = np.where(np.isnan(null), np.inf, null)[:, :, FIRST:]
    result = np.empty(classes.shape)
    for c in np.unique(classes):
        result[classes == c] = np.quantile(values[classes == c], FALSE_ALARMS, method="lower")
    return result


def classes_of(panel: Panel) -> np.ndarray:
    """Series by their mean in the first 36 months, before any rise is put in."""
    return np.digitize(panel.counts[:, :, :BASE].mean(axis=2), CLASSES)


def rises(
    panel: Panel, times: float, months: int, parts: int, seed: int
) -> Iterator[tuple[Panel, np.ndarray, np.ndarray]]:
    """Panels with a rise in one in ``parts`` of the series: the panel, the series with a rise, and
    where each starts.

    The rise adds Poisson((times - 1) × the mean of the 36 months before it); of a series without
    cases there is none.
    """
    areas, topics, periods = panel.counts.shape
    rng = np.random.default_rng([seed, int(10 * times), months])
    start = rng.integers(FIRST, periods - months + 1, size=(areas, topics))
    part = rng.permuted(np.arange(areas * topics) % parts).reshape(areas, topics)
    sums = np.concatenate([np.zeros((areas, topics, 1)), np.cumsum(panel.counts, axis=2)], axis=2)
    a, k = np.indices((areas, topics))
    mean = (sums[a, k, start] - sums[a, k, start - BASE]) / BASE
    extra = np.zeros(panel.counts.shape)
    for n in range(months):
        extra[a, k, start + n] = rng.poisson((times - 1) * mean)
    for j in range(parts):
        here = (part == j) & (mean > 0)
        yield (
            replace(panel, counts=panel.counts + np.where(here[:, :, None], extra, 0.0)),
            here,
            start,
        )


def power(
    panel: Panel,
    detector: Detector,
    parts: int = 24,
    seed: int = 1,
    times: tuple[float, ...] = (1.5, 2.0, 3.0),
    months: tuple[int, ...] = (1, 3, 6),
) -> dict[tuple[str, str], Power]:
    """By order and threshold ("one" for all counts, or "by class" of mean) the share of rises
    found.

    Found is an alarm in one of its months. ``parts`` = 1 suits a detector that sees single series;
    the more parts, the fewer series have a rise at the same time.
    """
    classes = classes_of(panel)
    limits = {}
    for name, null in detector(panel).items():
        limits[name, "one"] = np.full(null.shape[:2], threshold(null))
        limits[name, "by class"] = thresholds_by_class(null, classes)
    cases = tuple((x, d) for x in times for d in months)
    found = {key: np.zeros(len(cases)) for key in limits}
    delay = {key: np.zeros(len(cases)) for key in limits}
    for n, (x, d) in enumerate(cases):
        number = 0
        for injected, here, start in rises(panel, x, d, parts, seed):
            a, k = np.nonzero(here)
            when = start[a, k][:, None] + np.arange(d)
            number += len(a)
            values = detector(injected)
            for name, threshold_name in limits:
                with np.errstate(invalid="ignore"):
                    limit = limits[name, threshold_name][a, k][:, None]
                    alarm = values[name][a[:, None], k[:, None], when] <= limit
                found[name, threshold_name][n] += alarm.any(axis=1).sum()
                delay[name, threshold_name][n] += alarm.argmax(axis=1)[alarm.any(axis=1)].sum()
        for key in limits:
            delay[key][n] /= max(found[key][n], 1)
            found[key][n] /= number
    return {key: Power(cases, found[key], delay[key]) for key in limits}
