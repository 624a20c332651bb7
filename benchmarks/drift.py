"""Slow drifts: does GLR hear more of them than the 12-month sum of `pooled`, at equal false alarms?

python -m benchmarks.drift [--only real] [--seeds 6] [--parts 2]

Series rise gradually for 24 months, to 1.25, 1.5 or 2 times what they were. A detector's statistic
of a series is its most alarming month of those 24; its threshold is what 5 % (and 1 %) of the
series without a drift pass. Made-up panels with season, and the real series around The Hague (there
the drift comes on top of the counts).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from benchmarks import injected
from benchmarks.panels import World, make
from koers.analysis.panel import Panel
from koers.analysis.screening.glr import THRESHOLD, glr, glr_panel
from koers.analysis.screening.pooled import pooled, pooled_windows
from koers.analysis.screening.sums import levels_of

MONTHS, RATES, FACTORS, PARTS = 24, (0.05, 0.01), (1.25, 1.5, 2.0), 8
WORLDS = (
    World("Poisson, season", season=0.3),
    World("overdispersed (1.5), season", dispersion=1.5, season=0.3),
    World("areas stray (sd 0.25, rho 0.8), season", season=0.3, wander=0.25),
)
Detector = Callable[[Panel], np.ndarray]


def by_glr(panel: Panel) -> np.ndarray:
    """(areas, topics) as the product has it: the mean of a series from what came before the 24
    months; no reset."""
    return np.nanmax(
        glr_panel(panel, len(panel.periods) - MONTHS, threshold=np.inf).score[:, :, -MONTHS:],
        axis=2,
    )


def by_glr_on_pooled(panel: Panel) -> np.ndarray:
    """The same on what `pooled` expected just before the 24 months: level of the area from there,
    season by pooled."""
    found = pooled(panel)
    mean = found.expected[:, :, -MONTHS:]
    with np.errstate(invalid="ignore", divide="ignore"):
        alpha = np.nanmedian(
            (found.predictive.variance - found.expected) / found.expected**2, axis=2
        )
    return np.nanmax(
        glr(panel.counts[:, :, -MONTHS:], mean, np.nan_to_num(alpha), threshold=np.inf).score,
        axis=2,
    )


def by_sum(window: int, order: str) -> Detector:
    def detect(panel: Panel) -> np.ndarray:
        found = pooled_windows(panel, (1, window) if window > 1 else (1,), last=MONTHS)[-1]
        if order == "score":
            return np.nanmax(found.score, axis=2)
        noise = np.random.default_rng(9).random(found.observed.shape)
        return -np.nanmin(found.predictive.tail(found.observed, noise), axis=2)

    return detect


DETECTORS: dict[str, Detector] = {
    "glr": by_glr,
    "glr on pooled": by_glr_on_pooled,
    "12-month sum, p": by_sum(12, "p"),
    "12-month sum, score": by_sum(12, "score"),
    "3-month sum, score": by_sum(3, "score"),
    "month, score": by_sum(1, "score"),
}


def panels(seeds: int) -> Iterator[tuple[str, list[Panel]]]:
    for world in WORLDS:
        made = [make(world, 500 + seed)[0] for seed in range(seeds)]
        yield f"{world.name}; neighbourhoods", made
        yield f"{world.name}; municipalities", [levels_of(panel)["municipality"] for panel in made]
    yield "real, around The Hague; neighbourhoods", [injected.haaglanden()]


def drifted(panel: Panel, factor: float, part: np.ndarray, chosen: int) -> Panel:
    """The series of one part rise in a straight line to ``factor`` times the mean of the 36 months
    before."""
    rng = np.random.default_rng([chosen, int(100 * factor)])
    mean = np.nanmean(panel.counts[:, :, -MONTHS - 36 : -MONTHS], axis=2)
    slope = (factor - 1.0) * np.arange(1, MONTHS + 1) / MONTHS
    counts = panel.counts.copy()
    extra = rng.poisson(mean[:, :, None] * slope)
    counts[:, :, -MONTHS:] += np.where((part == chosen)[:, :, None], extra, 0)
    return replace(panel, counts=counts)


def compare(name: str, group: list[Panel], parts: int) -> None:
    print(f"\n{name} ({sum(p.counts.shape[0] * p.counts.shape[1] for p in group)} series)")
    rng = np.random.default_rng(4)
    part = [rng.integers(0, PARTS, p.counts.shape[:2]) for p in group]
    known = [np.nansum(p.counts[:, :, -MONTHS - 36 : -MONTHS], axis=2) > 0 for p in group]
    print(
        f"{'':24s}"
        + "   ".join(f"to x{f:g}: at {', '.join(f'{100 * r:g} %' for r in RATES)}" for f in FACTORS)
    )
    for label, detect in DETECTORS.items():
        null = np.concatenate([detect(p)[k] for p, k in zip(group, known, strict=True)])
        limits = [np.nanquantile(null, 1.0 - rate, method="higher") for rate in RATES]
        if label == "glr":
            passing = 100 * np.nanmean(null >= THRESHOLD)
            print(
                f"  at its own threshold of {THRESHOLD:g} glr passes {passing:.1f} % of the series"
                " without a drift"
            )
        cells = []
        for factor in FACTORS:
            hits, number = np.zeros(len(RATES)), 0
            for panel, where, there in zip(group, part, known, strict=True):
                for chosen in range(parts):
                    here = (where == chosen) & there
                    values = detect(drifted(panel, factor, where, chosen))[here]
                    hits += [(values > limit).sum() for limit in limits]
                    number += int(here.sum())
            cells.append("   ".join(f"{100 * x / number:5.1f}" for x in hits))
        print(f"{label:24s}" + "        ".join(cells), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--seeds", type=int, default=6, help="made-up panels of 150 areas x 12 kinds"
    )
    parser.add_argument(
        "--parts", type=int, default=2, help="of the 8 parts of the series, how many drift in turn"
    )
    parser.add_argument("--only", default="", help="only the panels whose name begins so")
    wanted = parser.parse_args()
    for name, group in panels(wanted.seeds):
        if not name.startswith(wanted.only):
            continue
        start = time.perf_counter()
        compare(name, group, wanted.parts)
        print(f"({time.perf_counter() - start:.0f} s)")


if __name__ == "__main__":
    main()
