"""The 42 scenarios of Noufaily et al. 2013: single series, weekly and summed to months, with past
and current outbreaks."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from koers.analysis.panel import Panel
from koers.analysis.period import Period, span

SHARED = Path(__file__).resolve().parents[2] / "shared"
WEEKS, CURRENT = 624, 575
FALSE_ALARMS = 0.005


@dataclass(frozen=True)
class Scenarios:
    """Series (n, T) without and with a current outbreak, judged from period ``first``; ``start``
    and ``end`` of the outbreak (-1: it has no cases) and the ``scenario`` of each."""

    base: np.ndarray
    injected: np.ndarray
    start: np.ndarray
    end: np.ndarray
    scenario: np.ndarray
    first: int
    frequency: str


def simulate(repeats: int, seed: int = 5) -> Scenarios:
    with (SHARED / "reference/farrington/noufaily_scenarios.csv").open() as file:
        scenarios = [
            {name: float(value) for name, value in row.items()} for row in csv.DictReader(file)
        ]
    rng = np.random.default_rng(seed)
    base, injected, start, end, which = [], [], [], [], []
    t = np.arange(1, WEEKS + 1)
    for s in scenarios:
        waves = range(1, int(s["m"]) + 1)
        log = s["theta"] + s["beta"] * t
        for j in waves:
            log = (
                log
                + s["gamma1"] * np.cos(2 * np.pi * j * t / 52)
                + s["gamma2"] * np.sin(2 * np.pi * j * t / 52)
            )
        mean, phi = np.exp(log), s["phi"]
        sd = np.sqrt(phi * mean)
        for _ in range(repeats):
            y = (
                rng.poisson(mean) if phi == 1 else rng.negative_binomial(mean / (phi - 1), 1 / phi)
            ).astype(float)
            for k in rng.choice([2, 3, 5, 10], 4):
                _add(rng, y, int(rng.integers(312, CURRENT)), k, sd)
            now = y.copy()
            first = int(rng.integers(CURRENT, WEEKS))
            last = _add(rng, now, first, int(rng.integers(1, 11)), sd)
            base.append(y)
            injected.append(now)
            start.append(first)
            end.append(last)
            which.append(int(s["scenario"]))
    return Scenarios(
        np.array(base),
        np.array(injected),
        np.array(start),
        np.array(end),
        np.array(which),
        CURRENT,
        "week",
    )


def _add(rng: np.random.Generator, y: np.ndarray, start: int, k: int, sd: np.ndarray) -> int:
    """Poisson(k sd) cases from ``start``, spread by a lognormal(0, 0.5) in weeks; returns the last
    week, -1 for none."""
    when = start + np.floor(rng.lognormal(0.0, 0.5, rng.poisson(k * sd[start]))).astype(int)
    when = when[when < WEEKS]
    np.add.at(y, when, 1.0)
    return int(when.max()) if len(when) else -1


def to_months(weekly: Scenarios) -> Scenarios:
    """The same series in months of four or five weeks (52 weeks in 12)."""
    month = np.arange(WEEKS) * 12 // 52

    def summed(series: np.ndarray) -> np.ndarray:
        return np.stack([series[:, month == m].sum(axis=1) for m in range(month[-1] + 1)], axis=1)

    first = int(month[CURRENT])
    return Scenarios(
        summed(weekly.base),
        summed(weekly.injected),
        month[weekly.start],
        np.where(weekly.end < 0, -1, month[np.maximum(weekly.end, 0)]),
        weekly.scenario,
        first,
        "month",
    )


def as_panel(series: np.ndarray, frequency: str) -> Panel:
    """Each series on its own: one area, each series a topic, so that none borrows from another."""
    first = Period(2000, 1, frequency)  # type: ignore[arg-type]
    periods = span(first, first.shift(series.shape[1] - 1))
    names = tuple(f"series {i}" for i in range(len(series)))
    return Panel(series[None], ("alone",), names, periods, np.full((1, series.shape[1]), 1.0))


def power(found: Scenarios, base: np.ndarray, injected: np.ndarray) -> tuple[float, float]:
    """The share of outbreaks found, averaged over the scenarios: thresholds set in each scenario,
    and one for all.

    ``base`` and ``injected`` (n, T - first): how alarming each count is, the lower the more.
    """
    numbers = np.unique(found.scenario)
    overall = np.quantile(base, FALSE_ALARMS, method="lower")
    shares = []
    for one in (False, True):
        each = []
        for s in numbers:
            limit = (
                overall
                if one
                else np.quantile(base[found.scenario == s], FALSE_ALARMS, method="lower")
            )
            hits = [
                (
                    injected[i, found.start[i] - found.first : found.end[i] - found.first + 1]
                    <= limit
                ).any()
                for i in np.flatnonzero((found.scenario == s) & (found.end >= 0))
            ]
            each.append(np.mean(hits))
        shares.append(float(np.mean(each)))
    return shares[0], shares[1]
