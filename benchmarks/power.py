"""Which detector finds more rises at the same share of false alarms (0.5 % of the counts)?

python -m benchmarks.power [real] [noufaily] [--repeats 100] [--parts 24] [--seed 1]
    [--part development]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from benchmarks import injected, noufaily
from benchmarks.halves import DEVELOPED
from koers.analysis.panel import Panel
from koers.analysis.screening.farrington import FarringtonOptions, farrington
from koers.analysis.screening.pooled import STARTS, pooled_windows
from koers.analysis.screening.predictive import Predictive
from koers.analysis.screening.told import FRESH

R_B3 = FarringtonOptions(b=3)
BRIEF = FarringtonOptions(b=3, w=1, no_periods=10, threshold_method="nbPlugin", alpha=0.01)
PAPER_WEEK = FarringtonOptions(
    b=5,
    w=3,
    no_periods=10,
    threshold_method="nbPlugin",
    alpha=0.01,
    p_threshold_trend=1.0,
    past_weeks_not_included=26,
)
PAPER_MONTH = FarringtonOptions(
    b=5,
    w=1,
    no_periods=10,
    threshold_method="nbPlugin",
    alpha=0.01,
    p_threshold_trend=1.0,
    past_weeks_not_included=3,
)


def by_farrington(options: FarringtonOptions) -> Callable[..., dict[str, np.ndarray]]:
    """How alarming R's numbers make each count: by p, by score (exceedance), and either where
    limit54 leaves a bound.

    Ties are broken at random: where the p-value is 0, or the fitted mean as good as 0, there are
    many. The p of nbPlugin is P(Y >= y) of a discrete count, so u · P(Y = y) is taken off it.
    """

    def detect(panel: Panel, first: int = injected.FIRST) -> dict[str, np.ndarray]:
        found = farrington(panel, options, positions=range(first, len(panel.periods)))
        noise = np.random.default_rng(9).random(panel.counts.shape)
        p = found.p
        if options.threshold_method == "nbPlugin":
            mean = np.maximum(found.expected, 1e-9)
            exact = Predictive(mean, np.maximum(found.phi, 1.0) * mean).tail(
                panel.counts, 1.0 - noise
            )
            p = np.where(np.isfinite(exact), exact, p)
        p = np.where(p < 1e-10, 1e-10 * noise, p)
        score = np.where(
            np.isnan(found.score) | (panel.counts == 0), np.nan, -np.minimum(found.score, 1e12)
        )
        score = score + 1e-9 * noise * np.abs(score)
        bound = np.isfinite(found.upper)
        return {
            "p": p,
            "score": score,
            "p, limit54": np.where(bound, p, np.nan),
            "score, limit54": np.where(bound, score, np.nan),
        }

    return detect


def by_pooled(panel: Panel, first: int = injected.FIRST) -> dict[str, np.ndarray]:
    """``p`` of a rise, randomised, ``score``, what the count (and of months the run up to it)
    proves, and that score where one rise is one signal."""
    noise = np.random.default_rng(9).random(panel.counts.shape)[:, :, first:]
    windows = (1, *STARTS) if panel.frequency == "month" else (1,)
    begin = max(first - FRESH, 0)
    found = pooled_windows(panel, windows, last=len(panel.periods) - begin)[0]
    score, first_of = found.score, first - begin
    late = Predictive(
        found.predictive.mean[:, :, first_of:], found.predictive.variance[:, :, first_of:]
    )
    values = {
        "p": late.tail(found.observed[:, :, first_of:], noise),
        "score": -score[:, :, first_of:] + 1e-9 * noise,
        "score, one signal": -told_once(score)[:, :, first_of:] + 1e-9 * noise,
    }
    early = np.full((*panel.counts.shape[:2], first), np.nan)
    return {name: np.concatenate([early, value], axis=2) for name, value in values.items()}


def told_once(score: np.ndarray) -> np.ndarray:
    """The score of a month in which a series proves more than in each of the six before, whatever
    the threshold; else it was told, and comes after everything."""
    once = score.copy()
    for t in range(1, score.shape[2]):
        before = np.nanmax(np.nan_to_num(score[:, :, max(t - FRESH, 0) : t], nan=-99.0), axis=2)
        once[:, :, t] = np.where(before >= score[:, :, t], score[:, :, t] - 50.0, score[:, :, t])
    return once


PARTS = {"development": True, "held aside": False}


def region(part: str) -> Panel:
    """The real series: all of them, or those of the municipalities of one half."""
    panel = injected.haaglanden()
    if part not in PARTS:
        return panel
    return panel.select([a for a in panel.areas if (a[2:6] in DEVELOPED) == PARTS[part]])


def real(parts: int, seed: int, part: str) -> None:
    panel = region(part)
    print(f"real series: {panel.counts.shape}, {100 * (panel.counts == 0).mean():.0f} % zeros")
    print(
        "share of the rises found: 1.5, 2 and 3 times, each 1, 3 and 6 months; mean; delay in"
        " months of those found"
    )
    detectors = {
        "farrington": (by_farrington(BRIEF), 1),
        "R's defaults, b=3": (by_farrington(R_B3), 1),
        "pooled": (by_pooled, parts),
    }
    for name, (detector, n) in detectors.items():
        start = time.perf_counter()
        for (order, limit), found in injected.power(panel, detector, n, seed).items():
            cells = " ".join(f"{100 * x:5.1f}" for x in found.found)
            mean, delay = 100 * found.found.mean(), found.delay.mean()
            print(
                f"{name:18s} by {order:16s} {limit:9s} {cells}   {mean:5.2f} %  {delay:.2f}",
                flush=True,
            )
        print(f"  ({time.perf_counter() - start:.0f} s)", flush=True)


def scenarios(repeats: int) -> None:
    weekly = noufaily.simulate(repeats)
    for found, options in ((weekly, PAPER_WEEK), (noufaily.to_months(weekly), PAPER_MONTH)):
        print(
            f"\nNoufaily scenarios by {found.frequency}, {repeats} series each; threshold a"
            " scenario / one for all"
        )
        for name, detector in (("farrington", by_farrington(options)), ("pooled", by_pooled)):
            start = time.perf_counter()
            base, rise = (
                detector(noufaily.as_panel(series, found.frequency), first=found.first)
                for series in (found.base, found.injected)
            )
            for order in base:
                judged = (
                    np.where(np.isnan(x[order]), np.inf, x[order])[0, :, found.first :]
                    for x in (base, rise)
                )
                own, one = noufaily.power(found, *judged)
                print(
                    f"{name:11s} by {order:16s} {100 * own:5.1f} %  {100 * one:5.1f} %", flush=True
                )
            print(f"  ({time.perf_counter() - start:.0f} s)", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["real", "noufaily"])
    parser.add_argument("--repeats", type=int, default=100)
    parser.add_argument("--parts", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=["all", *PARTS], default="all")
    wanted = parser.parse_args()
    if "real" in wanted.what:
        real(wanted.parts, wanted.seed, wanted.part)
    if "noufaily" in wanted.what:
        scenarios(wanted.repeats)


if __name__ == "__main__":
    main()
