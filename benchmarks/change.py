"""The comparison with last year: is chance told from change?

python -m benchmarks.change [--worlds 20]

From the real figures (each half by itself) come the levels, the national course, what comes and
goes and what lasts; worlds are made of these, in which it is known which level changed. Each pair
of years is judged as the pages do, with the dispersion pooled over the table up to that year.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np

from benchmarks.halves import municipalities
from koers.analysis.comparison import FEWEST, change_limits
from koers.analysis.dispersion import pooled_dispersion

MEANS = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 200.0)
CLASSES = ((10, 30), (30, 100), (100, 300), (300, 1e9))
LARGE, LEVEL = 0.25, 50.0
HISTORY = 8
MEDIAN_CHI_SQUARE = 0.4549


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--worlds", type=int, default=20)
    given = ask.parse_args()
    begin = time.perf_counter()
    poisson(given.worlds)
    print("\n| | " + " | ".join(halves := list(municipalities())) + " |\n|---|---:|---:|")
    judged = {name: judge(half.counts, given.worlds) for name, half in municipalities().items()}
    for line in judged[halves[0]]:
        print(f"| {line} | " + " | ".join(judged[name][line] for name in halves) + " |")
    print(f"\n{time.perf_counter() - begin:.0f} s")


def poisson(worlds: int) -> None:
    """The dispersion of tables without any, as large as the real ones."""
    rng = np.random.default_rng(1)
    print("| mean | dispersion: mean | least | most |\n|---:|---:|---:|---:|")
    for mean in MEANS:
        found = [
            pooled_dispersion(rng.poisson(mean, (342, 14)).astype(float)).at(mean)
            for _ in range(5 * worlds)
        ]
        print(f"| {mean:g} | {np.mean(found):.3f} | {min(found):.2f} | {max(found):.2f} |")


@dataclass(frozen=True)
class Structure:
    """Of one kind: ``level`` (areas,), ``course`` (years,), ``slope`` of what comes and goes,
    ``lasts``: the standard deviation of the yearly step of the logarithm of the level."""

    level: np.ndarray
    course: np.ndarray
    slope: float
    lasts: float


def structure(years: np.ndarray) -> Structure:
    """Of (areas, years) counts of one kind."""
    course = years.sum(axis=0) / years.sum(axis=0).mean()
    level = years.mean(axis=1)
    slope = pooled_dispersion(years).slope
    steps = np.diff(years / course, axis=1) ** 2
    noise = level * (1 + slope * np.sqrt(level)) * (1 / course[1:] + 1 / course[:-1]).mean() / 2
    weight = 1 / (level + 1) ** 2
    lasting = (weight * (steps.mean(axis=1) - 2 * noise)).sum() / (weight * level**2).sum()
    return Structure(level, course, slope, float(np.sqrt(max(lasting, 0.0))))


def drawn(mean: np.ndarray, slope: float, rng: np.random.Generator) -> np.ndarray:
    """Counts with these means and variance (1 + slope √mean) × mean."""
    extra = slope * np.sqrt(mean)
    shape = np.divide(mean, extra, out=np.full_like(mean, np.inf), where=extra > 0)
    with np.errstate(invalid="ignore"):
        rate = np.where(
            np.isfinite(shape), rng.gamma(np.where(np.isfinite(shape), shape, 1.0)) * extra, mean
        )
    return rng.poisson(rate).astype(float)


def world(made: Structure, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(areas, years) means and counts."""
    shape = (len(made.level), len(made.course))
    walk = np.cumsum(rng.normal(0, made.lasts, shape), axis=1)
    walk -= walk.mean(axis=1, keepdims=True)
    mean = made.level[:, None] * made.course * np.exp(walk)
    return mean, drawn(mean, made.slope, rng)


@dataclass(frozen=True)
class Pairs:
    """Pairs of years: true means, whether called, now and by the median of one series."""

    before: np.ndarray
    after: np.ndarray
    pooled: np.ndarray
    median: np.ndarray
    enough: np.ndarray


def called(past: np.ndarray, before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, ...]:
    """Whether each area's last two years differ: by the pooled dispersion, and by the median of the
    series of before."""
    whole = np.column_stack([past, before, after])
    pooled = pooled_dispersion(whole)
    ways = [pooled.at_each((after + before) / 2)]
    with np.errstate(invalid="ignore", divide="ignore"):
        terms = np.diff(whole, axis=1) ** 2 / (whole[:, 1:] + whole[:, :-1])
    terms[np.isnan(terms).all(axis=1)] = 0.0
    ways.append(np.maximum(1.0, np.nanmedian(terms, axis=1) / MEDIAN_CHI_SQUARE))
    enough = before + after >= FEWEST
    found = []
    for dispersion in ways:
        lower, upper = change_limits(after, before, np.nan_to_num(dispersion, nan=1.0))
        found.append(enough & ((lower > 1) | (upper < 1)))
    return (*found, enough)


def judge(counts: np.ndarray, worlds: int) -> dict[str, str]:
    rng = np.random.default_rng(7)
    null: list[Pairs] = []
    real: list[Pairs] = []
    for k in range(counts.shape[1]):
        made = structure(counts[:, k])
        for _ in range(worlds):
            mean, seen = world(made, rng)
            end = int(rng.integers(HISTORY, mean.shape[1]))
            past, before = seen[:, : end - 1], seen[:, end - 1]
            same = drawn(mean[:, end - 1], made.slope, rng)
            null.append(Pairs(mean[:, end - 1], mean[:, end - 1], *called(past, before, same)))
            real.append(Pairs(mean[:, end - 1], mean[:, end], *called(past, before, seen[:, end])))
    return {**_null_lines(null), **_real_lines(real)}


def _together(pairs: list[Pairs]) -> Pairs:
    names = ("before", "after", "pooled", "median", "enough")
    return Pairs(*(np.concatenate([getattr(p, name) for p in pairs]) for name in names))


def _null_lines(null: list[Pairs]) -> dict[str, str]:
    p = _together(null)
    lines = {"called where nothing changed": _share(p, p.enough)}
    for low, high in CLASSES:
        use = p.enough & (p.before >= low) & (p.before < high)
        name = f"{low:g}-{high:g}" if high < 1e9 else f"{low:g} and more"
        lines[f"… of level {name}"] = _share(p, use)
    by_kind = [p.pooled[p.enough].mean() for p in _by_kind(null)]
    lines["… least and most of the kinds"] = f"{100 * min(by_kind):.1f}-{100 * max(by_kind):.1f} %"
    return lines


def _by_kind(pairs: list[Pairs], kinds: int = 12) -> list[Pairs]:
    each = len(pairs) // kinds
    return [_together(pairs[k * each : (k + 1) * each]) for k in range(kinds)]


def _real_lines(real: list[Pairs]) -> dict[str, str]:
    p = _together(real)
    large = np.abs(p.after - p.before) > LARGE * p.before
    at_level = (p.before + p.after) / 2 >= LEVEL
    return {
        "found of changes over 25 % at a level of 50 or more": _share(p, large & at_level),
        "how many such changes": f"{int((large & at_level).sum())}",
        "called of all real pairs": _share(p, p.enough),
    }


def _share(p: Pairs, use: np.ndarray) -> str:
    """By the pooled dispersion, and in brackets by the median of one series."""
    return f"{100 * p.pooled[use].mean():.1f} % ({100 * p.median[use].mean():.1f} %)"


if __name__ == "__main__":
    main()
