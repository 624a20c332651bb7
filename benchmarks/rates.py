"""Shrunken rates: how often does the margin of 95 % hold the true rate?

python -m benchmarks.rates [--tables 200]

Tables of 5, 14, 50 and 342 areas: from made-up rates (gamma and lognormal), and from the rates of
the real neighbourhoods and municipalities of each half, in the sizes that these have. The true
rates of real areas are drawn from what six (or fourteen) years of counts say of them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from benchmarks.halves import by_month, municipalities, people_of
from koers.analysis.comparison import shrunken_rates
from koers.analysis.shrinkage import rate_limits

SIZES = (5, 14, 50, 342)
SPREADS, PER_AREA = (0.15, 0.4, 1.0), (0.5, 4.0, 30.0)
World = Callable[[int, np.random.Generator], tuple[np.ndarray, np.ndarray]]


def gamma(spread: float, per: float) -> World:
    def world(areas: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        people = np.exp(rng.normal(0, 0.8, areas))
        return rng.gamma(spread**-2, spread**2, areas), per * people / people.mean()

    return world


def lognormal(spread: float, per: float) -> World:
    def world(areas: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        sd = np.sqrt(np.log1p(spread**2))
        people = np.exp(rng.normal(0, 0.8, areas))
        return np.exp(rng.normal(-(sd**2) / 2, sd, areas)), per * people / people.mean()

    return world


def real(counts: np.ndarray, people: np.ndarray) -> World:
    """Areas drawn from (areas, kinds) counts of several years; ``people`` (areas,) times those
    years."""

    def world(areas: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        some = rng.choice(len(counts), areas, replace=areas > len(counts))
        y = counts[some, rng.integers(counts.shape[1])]
        return rng.gamma(y + 0.5) / people[some], people[some]

    return world


def worlds() -> dict[str, World]:
    found: dict[str, World] = {}
    for name, made in (("gamma", gamma), ("lognormal", lognormal)):
        for spread in SPREADS:
            for per in PER_AREA:
                found[f"{name}, spread {spread:g}, {per:g} cases an area"] = made(spread, per)
    months = by_month()
    for half, years in municipalities().items():
        small = months[half][0]
        people = people_of(small.areas)
        for least, name in ((1, ""), (100, " with 100 inhabitants or more")):
            here = people >= least
            found[f"{half}: neighbourhoods{name}, a year"] = _of_a_year(
                small.counts[here].sum(axis=2), people[here], small.counts.shape[2] / 12
            )
        known = np.isfinite(years.people).all(axis=1) & np.isfinite(years.counts).all(axis=(1, 2))
        found[f"{half}: municipalities, a year"] = _of_a_year(
            years.counts[known].sum(axis=2),
            years.people[known].mean(axis=1),
            years.counts.shape[2],
        )
    return found


def _of_a_year(counts: np.ndarray, people: np.ndarray, years: float) -> World:
    whole = real(counts, people * years)

    def world(areas: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        rates, exposed = whole(areas, rng)
        return rates, exposed / years

    return world


def judge(world: World, areas: int, tables: int) -> tuple[float, float]:
    """The share of the areas whose rate lies within its margin, and of the tables the milliseconds
    that one takes."""
    rng = np.random.default_rng(areas)
    held, busy = 0, 0.0
    for _ in range(tables):
        rates, people = world(areas, rng)
        counts = rng.poisson(rates * people).astype(float)
        start = time.process_time()
        found = shrunken_rates(counts, people)
        busy += time.process_time() - start
        held += int(((found.lower <= rates) & (rates <= found.upper)).sum())
    return held / tables / areas, 1000 * busy / tables


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--tables", type=int, default=200, help="of 50 areas; as many areas of others")
    given = ask.parse_args()
    begin = time.perf_counter()
    print("| | " + " | ".join(f"{n} areas" for n in SIZES) + " |\n|---|---:|---:|---:|---:|")
    slowest = dict.fromkeys(SIZES, 0.0)
    for name, world in worlds().items():
        cells = []
        for areas in SIZES:
            share, took = judge(world, areas, max(10, given.tables * 50 // areas))
            slowest[areas] = max(slowest[areas], took)
            cells.append(f"{100 * share:.1f} %")
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    print("| milliseconds a table, slowest | " + " | ".join(f"{x:.0f}" for x in slowest.values()))
    low, high = rate_limits(np.zeros(14), np.full(14, 1000.0))
    print(f"no case in 14 areas of 1,000: {1000 * low[0]:.3f} to {1000 * high[0]:.2f} per 1,000")
    print(f"{time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
