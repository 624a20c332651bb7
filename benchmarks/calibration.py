"""Are the p-values and the lists of signals honest? Made-up figures with known truth (METHODS 1,
"Calibration is measured").

python -m benchmarks.calibration [uniform] [families] [robust] [--seeds 60]

``uniform``: randomised p at every level and window, and the p that is reported. ``families``: the
chance of any signal where nothing is wrong, and the share of false signals where 5 % of the series
is shifted. ``robust``: false alarms where the world is not as the method takes it to be, beside
farrington (the same numbers as R) and R's own study.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.injected import SHARED
from benchmarks.panels import World, make
from benchmarks.power import BRIEF, R_B3
from koers.analysis.panel import Panel
from koers.analysis.screening.farrington import FarringtonOptions, farrington
from koers.analysis.screening.pooled import pooled, pooled_windows
from koers.analysis.screening.predictive import two_sided
from koers.analysis.screening.stream import Found, screen_stream
from koers.analysis.screening.sums import levels_of

RATES = (0.05, 0.01, 0.001)
WINDOWS = (1, 3, 12)
WAVES = {"trend": -0.05, "season": 0.3}
WORLDS = (
    World("Poisson, trend and season", **WAVES),
    World("overdispersed (1.5), trend and season", dispersion=1.5, **WAVES),
)
SHIFTED, FACTORS, SHIFT_MONTHS = 0.05, (2.0, 3.0), 3
FDR = 0.1
LONG, JUDGED, SHIFT_AT = 120, 12, 99
SCENARIOS = (
    World("clean", season=0.3),
    World("AR1 log-rate sd .25 rho .8", season=0.3, wander=0.25, memory=0.8),
    World("past spikes", season=0.3, spikes=0.02),
    World("AR1 + past spikes", season=0.3, wander=0.25, memory=0.8, spikes=0.02),
    World("level shift (+40% from month 100)", season=0.3, shift=1.4, shift_at=SHIFT_AT),
)
ROBUST_RATE = 0.01
CLASSES = (("<= 0.5", 0.0, 0.5), ("0.5-8", 0.5, 8.0), (">= 8", 8.0, np.inf))


def panels(world: World, seeds: int, months: int = 84) -> Iterator[Panel]:
    for seed in range(seeds):
        yield make(world, 1000 + seed, months)[0]


def uniform(seeds: int) -> None:
    print("actual / nominal share at", ", ".join(map(str, RATES)))
    for world in WORLDS:
        rise, fall, reported = (defaultdict(lambda: np.zeros(len(RATES))) for _ in range(3))
        number: dict[tuple[str, int], int] = defaultdict(int)
        rng = np.random.default_rng(3)
        for panel in panels(world, seeds):
            for level, part in levels_of(panel).items():
                for window, found in zip(WINDOWS, pooled_windows(part, WINDOWS), strict=True):
                    p = found.predictive.tail(found.observed, rng.random(found.observed.shape))
                    both = two_sided(found.p_rise)
                    known = np.isfinite(p)
                    key = level, window
                    number[key] += int(known.sum())
                    rise[key] += [(p[known] <= a).sum() for a in RATES]
                    fall[key] += [(p[known] >= 1.0 - a).sum() for a in RATES]
                    reported[key] += [(both[known] <= a).sum() for a in RATES]
        print(
            f"\n{world.name}, {seeds} panels\n{'level':14s} window      tests  rise (randomised)  "
            " fall (randomised)   reported"
        )
        for key, n in number.items():
            cells = [
                "  ".join(f"{x / n / a:4.2f}" for x, a in zip(shares[key], RATES, strict=True))
                for shares in (rise, fall, reported)
            ]
            print(f"{key[0]:14s} {key[1]:6d} {n:10,d}  " + "    ".join(cells), flush=True)


def stream(panel: Panel, last: int | None) -> Found:
    return screen_stream(
        panel, panel.topics, lambda topic: panel.counts[:, panel.topics.index(topic)].T, last, FDR
    )


def families(seeds: int) -> None:
    print(
        "\nFamilies (a municipality in a month: all levels, topics, groups, windows) at a rate of"
        f" {FDR}"
    )
    for world in WORLDS:
        some = signals = number = 0
        for panel in panels(world, seeds):
            found = stream(panel, None)
            judged = found.tested > 0
            with_signal = np.zeros(found.tested.shape, dtype=bool)
            with_signal[family_of(found), found.period] = True
            some += int(with_signal[judged].sum())
            number += int(judged.sum())
            signals += found.p.size
        print(
            f"{world.name}: nothing wrong: any signal in {100 * some / number:.1f} % of {number:,}"
            f" families ({signals / number:.2f} signals each)",
            flush=True,
        )
        for factor in FACTORS:
            shares = [
                share for seed in range(seeds) for share in mixture(world, 1000 + seed, factor)
            ]
            false, every, here = (np.array(x, dtype=float) for x in zip(*shares, strict=True))
            mean = np.where(every > 0, false / np.maximum(every, 1), 0.0).mean()
            print(
                f"{world.name}: {100 * SHIFTED:.0f} % of the series times {factor:g} for"
                f" {SHIFT_MONTHS} months: false discovery share {100 * mean:.1f} %, of all signals"
                f" {100 * false.sum() / max(every.sum(), 1):.1f} % false; {every.mean():.2f}"
                f" signals and {here.mean():.1f} shifted series a family ({len(every)} families)",
                flush=True,
            )


def family_of(found: Found) -> np.ndarray:
    place = {code: i for i, code in enumerate(found.families)}
    return np.array(
        [
            place[f"GM{found.areas[n][i][2:6]}"]
            for n, i in zip(found.level, found.area, strict=True)
        ],
        dtype=int,
    )


def mixture(world: World, seed: int, factor: float) -> list[tuple[int, int, int]]:
    """Of each family: false signals, signals, and how many of its series are shifted.

    A signal is true when it is a rise of a sum in which a shifted series takes part.
    """
    panel, mean = make(world, seed)
    rng = np.random.default_rng([seed, 7])
    shifted = rng.random(mean.shape[:2]) < SHIFTED
    counts = panel.counts.copy()
    extra = rng.poisson((factor - 1.0) * mean[:, :, -SHIFT_MONTHS:])
    counts[:, :, -SHIFT_MONTHS:] += np.where(shifted[:, :, None], extra, 0)
    found = stream(replace(panel, counts=counts), 1)
    family = family_of(found)
    true = np.zeros(found.p.size, dtype=bool)
    for n in range(found.p.size):
        code, topic = found.areas[found.level[n]][found.area[n]], found.topics[found.topic[n]]
        prefix = code[2:]
        inside = np.array([area[2:].startswith(prefix) for area in panel.areas])
        under = np.array(
            [topic in (t, "together") or t.startswith(f"{topic}.") for t in panel.topics]
        )
        true[n] = found.rise[n] and shifted[np.ix_(inside, under)].any()
    homes = np.array([found.families.index(panel.groups[a][-1]) for a in panel.areas])
    return [
        (int((~true[family == f]).sum()), int((family == f).sum()), int(shifted[homes == f].sum()))
        for f in range(len(found.families))
    ]


def alarms(panel: Panel) -> dict[str, np.ndarray]:
    """(areas, topics, JUDGED) of each method: whether a rise is alarmed at ROBUST_RATE; one month,
    neighbourhoods."""
    now = range(LONG - JUDGED, LONG)
    options: dict[str, FarringtonOptions] = {
        "farrington b=3 w=1 p=10 nbPlugin": replace(BRIEF, alpha=ROBUST_RATE),
        "farrington b=5 w=1 p=10 nbPlugin": replace(BRIEF, b=5, alpha=ROBUST_RATE, limit54=(0, 4)),
        "farrington R's defaults b=5": replace(R_B3, b=5, alpha=ROBUST_RATE, limit54=(0, 4)),
    }
    found = {
        name: farrington(panel, o, positions=now).alarm[:, :, -JUDGED:]
        for name, o in options.items()
    }
    expectation = pooled(panel)
    found["pooled, mid-p"] = expectation.p_rise[:, :, -JUDGED:] <= ROBUST_RATE
    return found


def robust(seeds: int) -> None:
    print(
        f"\nFalse alarms at {ROBUST_RATE} (actual / nominal), single months of neighbourhoods, by"
        " the mean of the series"
    )
    with (SHARED / "reference/farrington/false_alarm_robustness.csv").open() as file:
        study = list(csv.DictReader(file))
    for world in SCENARIOS:
        hits: dict[str, list[int]] = defaultdict(lambda: [0] * (len(CLASSES) + 1))
        number = [0] * (len(CLASSES) + 1)
        for panel in panels(world, seeds, LONG):
            mean = panel.counts.mean(axis=2)
            inside = [
                np.ones(mean.shape, dtype=bool),
                *((mean > low) & (mean <= high) for _, low, high in CLASSES),
            ]
            for k, here in enumerate(inside):
                number[k] += int(here.sum()) * JUDGED
            for name, alarm in alarms(panel).items():
                for k, here in enumerate(inside):
                    hits[name][k] += int(alarm[here].sum())
        print(
            f"\n{world.name}, {number[0]:,} counts; columns: all, "
            + ", ".join(name for name, _, _ in CLASSES)
        )
        for name, found in hits.items():
            cells = (
                f"{x / max(n, 1) / ROBUST_RATE:5.2f}" for x, n in zip(found, number, strict=True)
            )
            print(f"  {name:34s}" + "  ".join(cells), flush=True)
        for row in study:
            if row["scenario"] == world.name:
                print(f"  in R's study: {row['method']:28s}{float(row['FAR']) / ROBUST_RATE:5.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", help="uniform, families, robust; without any: all")
    parser.add_argument(
        "--seeds", type=int, default=60, help="how many panels of 150 areas x 12 kinds"
    )
    wanted = parser.parse_args()
    for name, task, share in (
        ("uniform", uniform, 1.0),
        ("families", families, 0.5),
        ("robust", robust, 0.1),
    ):
        if name in wanted.what or not wanted.what:
            start = time.perf_counter()
            task(max(1, round(wanted.seeds * share)))
            print(f"({time.perf_counter() - start:.0f} s)")


if __name__ == "__main__":
    main()
