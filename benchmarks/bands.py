"""Yearly bands: does the band of 80 % hold 80 % of the years, also where the history is short?

python -m benchmarks.bands

Every municipality of each half x 12 kinds, of every year that has so many years before it: what is
expected by ``pooled`` from those alone. Beside the share of whole counts within the limits stands
the randomised one, which would be 80 % if the predictive distribution were right.
"""

from __future__ import annotations

import numpy as np

from benchmarks.halves import Years, municipalities
from koers.analysis.panel import Panel
from koers.analysis.period import Period, span
from koers.analysis.screening.pooled import pooled

HISTORIES = (4, 5, 6, 8, 10)
LEVEL = 0.8


def main() -> None:
    halves = municipalities()
    print("| years before | " + " | ".join(f"{half}: held | randomised" for half in halves) + " |")
    print("|---:|" + "---:|---:|" * len(halves))
    for history in HISTORIES:
        cells = []
        for years in halves.values():
            held, randomised = judge(years, history)
            cells.append(f"{100 * held:.1f} % | {100 * randomised:.1f} %")
        print(f"| {history} | " + " | ".join(cells) + " |", flush=True)


def judge(years: Years, history: int) -> tuple[float, float]:
    """The share of the years that lie within their limits, as whole counts and randomised."""
    held, randomised = [], []
    for start in range(years.counts.shape[2] - history):
        found = pooled(_part(years, start, history))
        low, high = found.limits(LEVEL)
        share = np.random.default_rng(start).random(found.observed.shape)
        tail = found.predictive.tail(found.observed, share)[:, :, -1]
        seen = found.observed[:, :, -1]
        known = np.isfinite(tail)
        inside = (seen >= low[:, :, -1]) & (seen <= high[:, :, -1])
        held.append(inside[known])
        randomised.append((np.abs(tail - 0.5) < LEVEL / 2)[known])
    return float(np.concatenate(held).mean()), float(np.concatenate(randomised).mean())


def _part(years: Years, start: int, history: int) -> Panel:
    stop = start + history + 1
    first = Period(years.first + start, 1, "year")
    periods = span(first, first.shift(history))
    return Panel(
        years.counts[:, :, start:stop],
        years.areas,
        years.kinds,
        periods,
        years.people[:, start:stop],
    )


if __name__ == "__main__":
    main()
