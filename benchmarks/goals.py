"""Is a goal on course: does what is called come true, and how sharp is it?

python -m benchmarks.goals [--every 1]

Rolling origin on every municipality × kind: at the end of each year from the fifth on, targets of
60 to 125 % of the last count are held against the figure of 1, 2 and 3 years later. What the table
says is learnt from the years up to then. Beside it: the last value with errors pooled over all
series of the kind up to then. Figures by month, around The Hague, are held against the figure of 3
to 12 months later.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np
from scipy import stats

from benchmarks.halves import Months, Years, by_month, municipalities
from koers.analysis.forecast import (
    LEAST_CASES,
    Rest,
    TableCourse,
    chances_of_targets,
    rest_of_year,
    table_course,
)

PARTS = (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25)
AHEAD = (1, 2, 3)
FIRST = 5
MONTHS_AHEAD = (3, 6, 9, 12)
FIRST_MONTH = 48
ON_COURSE = 0.8


@dataclass(frozen=True)
class Said:
    """Chances said, those of the last value, whether it came true, and in which year."""

    chance: np.ndarray
    last_value: np.ndarray
    true: np.ndarray
    year: np.ndarray


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--every", type=int, default=1, help="look at one municipality in so many")
    given = ask.parse_args()
    begin = time.perf_counter()
    found = {
        name: {ahead: said(half, ahead, given.every) for ahead in AHEAD}
        for name, half in municipalities().items()
    }
    columns = [(name, ahead) for name in found for ahead in AHEAD]
    _print({f"{name}, {ahead} y": found[name][ahead] for name, ahead in columns})
    months = {
        f"{name}, {ahead} m": said_by_month(parts, ahead, given.every)
        for name, parts in by_month().items()
        for ahead in MONTHS_AHEAD
    }
    print()
    _print(months)
    print(f"\n{time.perf_counter() - begin:.0f} s")


def _print(found: dict[str, Said]) -> None:
    lines = {name: _lines(each) for name, each in found.items()}
    print("| | " + " | ".join(lines) + " |\n|---|" + "---:|" * len(lines))
    for line in next(iter(lines.values())):
        print(f"| {line} | " + " | ".join(each[line] for each in lines.values()) + " |")


def said_by_month(parts: tuple[Months, Months], to_come: int, every: int = 1) -> Said:
    """The same with figures by month, of neighbourhoods and municipalities, at the end of each
    quarter: what of the twelve months is over is known."""
    rows: list[tuple[float, float, bool, int]] = []
    for months in parts:
        last = months.counts.shape[2]
        for k in range(months.counts.shape[1]):
            for end in range(FIRST_MONTH, last - to_come + 1, 3):
                past = months.counts[:, k, end % 12 : end]
                years = past.reshape(len(past), -1, 12).sum(axis=2)
                course = table_course(years)
                errors = _pooled_errors(years, 1)
                later = months.counts[:, k, end + to_come - 12 : end + to_come].sum(axis=1)
                for a in range(0, len(past), every if len(past) > every else 1):
                    rest = rest_of_year(past[a], to_come) if to_come < 12 else None
                    far = to_come / 12
                    scaled = (errors[0] * far, errors[1] * far)
                    rows += _of_one(years[a], later[a], far, course, scaled, end // 12, rest)
    columns = list(zip(*rows, strict=True))
    return Said(*(np.array(column) for column in columns))


def said(half: Years, ahead: int, every: int = 1) -> Said:
    """All chances at a horizon; targets are "at most", every other one "at least"."""
    rows: list[tuple[float, float, bool, int]] = []
    counts = half.counts
    for k in range(counts.shape[1]):
        for end in range(FIRST, counts.shape[2] - ahead + 1):
            past = counts[:, k, :end]
            course, errors = table_course(past), _pooled_errors(past, ahead)
            for a in range(0, len(past), every):
                rows += _of_one(past[a], counts[a, k, end - 1 + ahead], ahead, course, errors, end)
    columns = list(zip(*rows, strict=True))
    return Said(*(np.array(column) for column in columns))


def _of_one(
    years: np.ndarray,
    later: float,
    ahead: float,
    course: TableCourse,
    errors: tuple[float, float],
    end: int,
    rest: Rest | None = None,
) -> list[tuple[float, float, bool, int]]:
    last = years[-1]
    if np.isnan(later) or last + years[-2] < LEAST_CASES:
        return []
    spread = np.sqrt(errors[0] + errors[1] / max(last, 1.0))
    rows = []
    for up in (False, True):
        targets = np.floor(last * np.array(PARTS[up::2]))
        chances = chances_of_targets(years, ahead, targets, "up" if up else "down", course, rest)
        edge = np.log(np.maximum(targets + (-0.5 if up else 0.5), 0.01)) - np.log(last + 0.5)
        below = stats.norm.cdf(edge / spread)
        true = later >= targets if up else later <= targets
        other = 1 - below if up else below
        rows += [(*row, end + int(ahead) - 1) for row in zip(chances, other, true, strict=True)]
    return rows


def _pooled_errors(past: np.ndarray, ahead: int) -> tuple[float, float]:
    """Variance of the logarithm of a later count over the last: a + b / count, by least squares
    over all series up to now."""
    first, then = past[:, :-ahead].ravel(), past[:, ahead:].ravel()
    use = first >= 5
    error = np.log((then[use] + 0.5) / (first[use] + 0.5)) ** 2
    weight = 1 / (0.03 + 2 / first[use])
    table = np.column_stack([np.ones(use.sum()), 1 / first[use]]) * weight[:, None]
    a, b = np.linalg.lstsq(table, error * weight, rcond=None)[0]
    return max(float(a), 1e-3), max(float(b), 0.5)


def _lines(s: Said) -> dict[str, str]:
    on = s.chance >= ON_COURSE
    brier, other = (((p - s.true) ** 2).mean() for p in (s.chance, s.last_value))
    by_year = [s.true[on & (s.year == y)].mean() for y in np.unique(s.year[on])]
    lines = {
        "chances said": f"{len(s.chance):,}",
        "called on course": f"{100 * on.mean():.0f} %",
        "… said": f"{100 * s.chance[on].mean():.1f} %" if on.any() else "–",
        "… came true": f"{100 * s.true[on].mean():.1f} %" if on.any() else "–",
        "… in the worst and best year": f"{100 * min(by_year):.0f}-{100 * max(by_year):.0f} %"
        if by_year
        else "–",
    }
    for low in range(10):
        use = np.clip((s.chance * 10).astype(int), 0, 9) == low
        off = 100 * (s.true[use].mean() - s.chance[use].mean()) if use.any() else np.nan
        said = f"{off:+.1f}" if use.any() else "–"
        lines[f"{10 * low}-{10 * low + 10} %: came true, less what was said"] = said
    lines["Brier score"] = f"{brier:.4f}"
    lines["… of the last value with pooled errors"] = (
        f"{other:.4f} ({100 * (brier / other - 1):+.0f} %)"
    )
    return lines


if __name__ == "__main__":
    main()
