"""Clusters as the pages look for them, on real months with nothing planted and with a cluster
planted, beside the permutation scan; and how long the country takes.

    python -m benchmarks.clusters_null [--every 1] [--plants 1] [--replicates 199] [--only PART]

A kind-month is a search of one kind of crime up to one month, with what was known then. Constants
were chosen on the municipalities of ``halves.DEVELOPED`` up to 2014; the other municipalities and
the years 2015 and 2016 are held aside.
"""

from __future__ import annotations

import argparse
import csv
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from benchmarks.halves import DEVELOPED
from benchmarks.injected import SHARED, haaglanden
from benchmarks.panels import World, make
from koers.analysis.clusters import (
    Cluster,
    Places,
    ScanOptions,
    foretell,
    scan_foretold,
    scan_permutation,
    shares_of_chance,
)
from koers.analysis.panel import Panel

LARGEST, LONGEST, HISTORY = 0.2, 6, 36
TIMES, SIZES, MONTHS = (2, 3), (2, 6), (1, 2, 3, 6)
LEAST_EXPECTED = 1.5
"""Cases a month in the areas in which a cluster is planted: of fewer there is nothing to find."""
FALSE_ALARMS, RATE = (0.05, 0.1), 0.1
PARTS = {
    "development": (True, 30, 48),
    "held aside: other municipalities": (False, 30, 48),
    "held aside: 2015-2016": (None, 48, 72),
}
Search = Callable[[Panel, Places, int], tuple[Cluster, ...]]


@dataclass(frozen=True)
class Plant:
    """A cluster that was put in: so many ``times`` the mean of three years, over ``months``."""

    times: int
    months: int
    areas: frozenset[int]


@dataclass
class Found:
    """Of each search its kind and month, what was planted (None: nothing) and the clusters."""

    kinds: list[int] = field(default_factory=list)
    months: list[int] = field(default_factory=list)
    plants: list[Plant | None] = field(default_factory=list)
    clusters: list[tuple[Cluster, ...]] = field(default_factory=list)


def by_forecast(panel: Panel, places: Places, replicates: int) -> tuple[Cluster, ...]:
    options = ScanOptions(LARGEST, LONGEST, replicates)
    return scan_foretold(places, foretell(panel), options).clusters


def by_permutation(panel: Panel, places: Places, replicates: int) -> tuple[Cluster, ...]:
    options = ScanOptions(LARGEST, LONGEST, replicates)
    counts = panel.counts[:, 0, -HISTORY:].astype(np.int64)
    return scan_permutation(places, counts, options).clusters


SEARCHES: dict[str, Search] = {"pooled": by_forecast, "permutation": by_permutation}


def part_of(panel: Panel, inside: bool | None) -> tuple[Panel, Places]:
    """The neighbourhoods of the municipalities of development, of the others, or of all."""
    with (SHARED / "data/geo/haaglanden_buurten_centroids.csv").open(encoding="utf-8") as file:
        where = {
            row["buurtcode"]: (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)
        }
    codes = [
        code for code in panel.areas if code in where and inside in (None, code[2:6] in DEVELOPED)
    ]
    x, y = np.array([where[code] for code in codes]).T
    return panel.select(areas=codes), Places(x, y, geographic=True)


def planted(
    panel: Panel, places: Places, times: int, rng: np.random.Generator
) -> tuple[Panel, Plant] | None:
    """A cluster of 2 to 6 areas around one, in the last months; None where too little happens."""
    mean = panel.counts[:, 0, -HISTORY:].mean(axis=1)
    east = places.x * (np.cos(np.radians(52.1)) if places.geographic else 1.0)
    for _ in range(20):
        centre, size = int(rng.integers(len(mean))), int(rng.integers(SIZES[0], SIZES[1] + 1))
        months = int(rng.choice(MONTHS))
        near = np.argsort(np.hypot(east - east[centre], places.y - places.y[centre]))[:size]
        if mean[near].sum() >= LEAST_EXPECTED:
            counts = panel.counts.copy()
            more = rng.poisson((times - 1) * np.repeat(mean[near][:, None], months, axis=1))
            counts[near, 0, -months:] += more
            return replace(panel, counts=counts), Plant(times, months, frozenset(near.tolist()))
    return None


def cases(
    panel: Panel, places: Places, months: range, plants: int
) -> Iterator[tuple[int, int, Panel, Plant | None]]:
    rng = np.random.default_rng(7)
    for kind, topic in enumerate(panel.topics):
        for month in months:
            real = panel.select(topics=[topic], until=panel.periods[month])
            yield kind, month, real, None
            for times in TIMES * plants:
                if (one := planted(real, places, times, rng)) is not None:
                    yield kind, month, *one


def run(panel: Panel, places: Places, months: range, plants: int, replicates: int) -> dict:
    found = {name: Found() for name in SEARCHES}
    for kind, month, given, plant in cases(panel, places, months, plants):
        for name, search in SEARCHES.items():
            one = found[name]
            one.kinds.append(kind)
            one.months.append(month)
            one.plants.append(plant)
            one.clusters.append(search(given, places, replicates))
    return found


def covers(cluster: Cluster, plant: Plant) -> bool:
    """At least half of what was planted lies in the cluster."""
    return len(plant.areas.intersection(cluster.areas)) >= len(plant.areas) / 2


def least(clusters: tuple[Cluster, ...], by: str) -> float:
    return min((getattr(c, by) for c in clusters), default=1.0)


def called(found: Found, level: float, by: str = "p_value") -> float:
    """The share of kind-months with nothing planted that have a p of at most ``level``."""
    real = [c for c, plant in zip(found.clusters, found.plants, strict=True) if plant is None]
    return float(np.mean([least(c, by) <= level for c in real]))


def power(found: Found, times: int, false_alarms: float, per_kind: bool) -> float:
    """The share of planted clusters found, with the bound that as many kind-months with nothing
    planted pass: one bound, or one for each kind."""
    kinds = np.array(found.kinds)
    quiet = np.array([plant is None for plant in found.plants])
    tails = np.array([least(c, "gumbel_p_value") for c in found.clusters])
    bounds = {
        k: np.quantile(
            tails[quiet & ((kinds == k) if per_kind else True)], false_alarms, method="lower"
        )
        for k in set(found.kinds)
    }
    hits = [
        any(c.gumbel_p_value <= bounds[kind] and covers(c, plant) for c in clusters)
        for kind, plant, clusters in zip(found.kinds, found.plants, found.clusters, strict=True)
        if plant is not None and plant.times == times
    ]
    return float(np.mean(hits))


def shown(searches: list[tuple[Cluster, ...]]) -> list[tuple[int, Cluster]]:
    """What a page shows of the searches of one month: q of all clusters at most the rate."""
    shares = shares_of_chance([np.array([c.p_value for c in one]) for one in searches])
    return [
        (n, c)
        for n, (one, q) in enumerate(zip(searches, shares, strict=True))
        for c, share in zip(one, q, strict=True)
        if share <= RATE
    ]


def months_with_any(found: Found) -> float:
    """The share of months with nothing planted of which the page would show a cluster."""
    by_month: dict[int, list[tuple[Cluster, ...]]] = {}
    for month, plant, clusters in zip(found.months, found.plants, found.clusters, strict=True):
        if plant is None:
            by_month.setdefault(month, []).append(clusters)
    return float(np.mean([bool(shown(searches)) for searches in by_month.values()]))


def promise(
    worlds: int, replicates: int, share_planted: float, seed: int = 1
) -> tuple[int, int, float]:
    """Clusters shown, of these how many touch nothing planted, and the share of months with any, on
    made-up counts of which the truth is known: 150 areas, 12 kinds, of which a share has a cluster
    of three times."""
    total = wrong = any_shown = 0
    for n in range(worlds):
        world = World("drifting", dispersion=1.3, season=0.2, wander=0.3, memory=0.9, trend=0.05)
        panel, _ = make(world, 1000 * seed + n, months=60)
        rng = np.random.default_rng([seed, n])
        places = Places(*rng.uniform(0, 12, (2, len(panel.areas))))
        searches, plants = [], []
        for topic in panel.topics:
            one = panel.select(topics=[topic])
            put = planted(one, places, 3, rng) if rng.random() < share_planted else None
            plants.append(put[1].areas if put else frozenset())
            searches.append(by_forecast(put[0] if put else one, places, replicates))
        kept = shown(searches)
        total += len(kept)
        wrong += sum(not plants[k].intersection(c.areas) for k, c in kept)
        any_shown += bool(kept)
    return total, wrong, any_shown / worlds


def country(areas: int = 14_500, months: int = 120) -> None:
    """One kind over all neighbourhoods: people of the list, generated centroids in 340 towns."""
    from benchmarks.country import frame

    shape = frame(areas, months)
    rng = np.random.default_rng(1)
    towns = rng.uniform([0, 0], [200, 300], (340, 2))
    spread = rng.normal(0, 2.5, (len(shape.areas), 2))
    where = towns[np.arange(len(shape.areas)) * 340 // len(shape.areas)] + spread
    people = np.nan_to_num(shape.population[:, :1], nan=50.0)
    rate = people * 5e-4 * np.exp(rng.normal(0, 0.7, people.shape))
    counts = rng.negative_binomial(
        np.maximum(rate, 1e-9) / 0.3, 1 / 1.3, rate.shape[:1] + (months,)
    )
    panel = replace(shape, counts=counts[:, None].astype(float), topics=("1.1.1",))
    begin, busy = time.perf_counter(), time.process_time()
    found = foretell(panel)
    middle = time.perf_counter()
    scan = scan_foretold(Places(*where.T), found, ScanOptions(0.05, LONGEST, 999))
    spent, peak = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"country: {len(shape.areas)} neighbourhoods, one kind, {int(counts[:, -1].sum())} cases in"
        f" the last month, {scan.circles:,} circles of at most 50 areas x 5 durations, 999"
        f" replicates: {spent:.1f} s ({time.process_time() - busy:.1f} s of processor time), of"
        f" which the forecast {middle - begin:.1f} s; {peak / 1e6:.2f} GB"
    )


def main() -> None:
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("--every", type=int, default=1, help="one month in so many")
    ask.add_argument("--plants", type=int, default=1, help="planted of each factor a kind-month")
    ask.add_argument("--replicates", type=int, default=199)
    ask.add_argument("--worlds", type=int, default=40, help="made-up worlds for the promise")
    ask.add_argument("--only", choices=[*PARTS, "promise", "country"])
    given = ask.parse_args()
    whole = haaglanden() if given.only not in ("promise", "country") else None
    rows: dict[str, list[str]] = {}
    for name, (inside, first, last) in PARTS.items():
        if whole is None or given.only not in (None, name):
            continue
        panel, places = part_of(whole, inside)
        begin = time.perf_counter()
        months = range(first, last, given.every)
        found = run(panel, places, months, given.plants, given.replicates)
        tell(rows, name, len(panel.areas), found)
        print(f"{name}: {time.perf_counter() - begin:.0f} s")
        for what, cells in rows.items():
            print(f"| {what} | {' | '.join(cells)} |", flush=True)
    if given.only in (None, "promise"):
        for share in (0.0, 0.1, 0.5):
            total, wrong, any_shown = promise(given.worlds, given.replicates, share)
            print(
                f"| known truth, {share:.0%} of kinds with a cluster | {total} shown, {wrong} touch"
                f" nothing planted; {any_shown:.0%} of months show any |",
                flush=True,
            )
    if given.only in (None, "country"):
        country()


def tell(rows: dict[str, list[str]], name: str, areas: int, found: dict[str, Found]) -> None:
    def add(what: str, value: str) -> None:
        rows.setdefault(what, []).append(value)

    one = next(iter(found.values()))
    add("part", name)
    add("areas", f"{areas}")
    add("kind-months with nothing planted", f"{sum(p is None for p in one.plants)}")
    add("planted", f"{sum(p is not None for p in one.plants)}")
    for method, result in found.items():
        for level in FALSE_ALARMS:
            add(f"{method}: p ≤ {level}, nothing planted", f"{called(result, level):.1%}")
        add(f"{method}: months with a cluster on the page", f"{months_with_any(result):.0%}")
    for per_kind in (False, True):
        for alarms in FALSE_ALARMS:
            for times in TIMES:
                each = (power(found[m], times, alarms, per_kind) for m in SEARCHES)
                bound = "a bound a kind" if per_kind else "one bound"
                what = f"found, {times} times, {alarms:.0%} false alarms, {bound}"
                add(f"{what}: {' / '.join(SEARCHES)}", " / ".join(f"{x:.1%}" for x in each))


if __name__ == "__main__":
    main()
