"""Goals by rate, against the year before, and against peers: does what is called come true?

python -m benchmarks.relative_goals [--every 1]

Rolling origin as in benchmarks.goals, on every municipality × kind by year. "Per 1,000": targets of
60 to 125 % of the last rate, held against the rate of 1, 2 and 3 years later; its people are
forecast as well. "The year before": lower, every other one higher, than the year before the target
(1 year on that one is known). "Peers": the rate below, every other one above, that of the eight
municipalities that are nearest in inhabitants together.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scipy import stats

from benchmarks.goals import FIRST, PARTS, Said, _pooled_errors, _print
from benchmarks.halves import Years, municipalities
from koers.analysis.forecast import (
    LEAST_CASES,
    chance_of_target,
    chances_of_targets,
    table_course,
)
from koers.analysis.relative import (
    Ahead,
    as_now,
    chance_of_beating,
    chance_of_earlier,
    growth_of,
)

PEERS = 8
Row = tuple[float, float, bool, int]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--every", type=int, default=1, help="look at one municipality in so many")
    every = ask.parse_args().every
    begin = time.perf_counter()
    halves = municipalities()
    for what, aheads in ((by_rate, (1, 2, 3)), (by_earlier, (1, 2, 3)), (by_peers, (1, 2, 3))):
        print(f"\n{(what.__doc__ or '').splitlines()[0]}\n")
        _print(
            {
                f"{name}, {ahead} y": _said(what(half, ahead, every))
                for name, half in halves.items()
                for ahead in aheads
            }
        )
    print(f"\n{time.perf_counter() - begin:.0f} s")


def _said(rows: list[Row]) -> Said:
    return Said(*(np.array(column) for column in zip(*rows, strict=True)))


def _each(half: Years, ahead: int):
    """Each kind and year of origin: the counts up to then as of the people of then, what they say
    together, and the people."""
    for k in range(half.counts.shape[1]):
        for end in range(FIRST, half.counts.shape[2] - ahead + 1):
            people = half.people[:, :end]
            past = as_now(half.counts[:, k, :end], people)
            yield k, end, past, people, table_course(past)


def by_rate(half: Years, ahead: int, every: int) -> list[Row]:
    """Per 1,000 inhabitants"""
    rows: list[Row] = []
    for k, end, past, people, course in _each(half, ahead):
        errors = _pooled_errors(past, ahead)
        for a in range(0, len(past), every):
            later, then = half.counts[a, k, end - 1 + ahead], half.people[a, end - 1 + ahead]
            if _unknown(past[a], later / then):
                continue
            growth = growth_of(people[a], ahead)
            per = people[a, -1] * growth
            for up in (False, True):
                # A target as people write it: with one decimal.
                rate = np.round(1000 * past[a, -1] / people[a, -1] * np.array(PARTS[up::2]), 1)
                direction = "up" if up else "down"
                chances = chances_of_targets(
                    past[a], ahead, rate * per / 1000, direction, course, None, growth
                )
                found = 1000 * later / then
                true = found >= rate if up else found <= rate
                rows += _rows(
                    chances,
                    _last_value(past[a, -1], rate * people[a, -1] / 1000, errors, up),
                    true,
                    end + ahead - 1,
                )
    return rows


def by_earlier(half: Years, ahead: int, every: int) -> list[Row]:
    """Than the year before"""
    rows: list[Row] = []
    for k, end, past, people, course in _each(half, ahead):
        for a in range(0, len(past), every):
            rates = half.counts[a, k] / half.people[a]
            later, before = rates[end - 1 + ahead], rates[end - 2 + ahead]
            if _unknown(past[a], later) or np.isnan(before):
                continue
            direction = "up" if (a // every) % 2 else "down"
            growths = [growth_of(people[a], far) for far in (ahead - 1, ahead)]
            pers = [people[a, -1] * g for g in growths]
            if ahead == 1:
                limit = np.nextafter(past[a, -1] * growths[1], np.inf if direction == "up" else 0.0)
                chance = chance_of_target(
                    past[a], 1, limit, direction, course, None, growths[1]
                ).chance
            else:
                first, then = (
                    Ahead(f, p, None, g)
                    for f, p, g in zip((ahead - 1, ahead), pers, growths, strict=True)
                )
                chance = chance_of_earlier(past[a], first, then, direction, course)
            true = later > before if direction == "up" else later < before
            rows.append((chance, 0.5, bool(true), end + ahead - 1))
    return rows


def by_peers(half: Years, ahead: int, every: int) -> list[Row]:
    """Than eight peers together"""
    rows: list[Row] = []
    order = np.argsort(np.nan_to_num(half.people[:, -1]))
    place = np.argsort(order)
    for k, end, past, people, course in _each(half, ahead):
        errors = _pooled_errors(past, ahead)
        for a in range(0, len(past), every):
            near = [
                int(order[i])
                for i in range(place[a] - PEERS // 2, place[a] + PEERS // 2 + 1)
                if 0 <= i < len(order) and order[i] != a
            ]
            near = [
                b
                for b in near
                if np.isfinite(past[b]).all() and np.isfinite(half.counts[b, k, end - 1 + ahead])
            ]
            later = half.counts[a, k, end - 1 + ahead] / half.people[a, end - 1 + ahead]
            if len(near) < PEERS // 2 or _unknown(past[a], later):
                continue
            theirs = (
                half.counts[near, k, end - 1 + ahead].sum()
                / half.people[near, end - 1 + ahead].sum()
            )
            direction = "up" if (a // every) % 2 else "down"
            sum_people = people[near].sum(axis=0)
            g, h = growth_of(people[a], ahead), growth_of(sum_people, ahead)
            chance = chance_of_beating(
                past[a],
                [past[b] for b in near],
                Ahead(ahead, people[a, -1] * g, None, g),
                Ahead(ahead, sum_people[-1] * h, None, h),
                direction,
                course,
            )
            limit = past[near, -1].sum() / sum_people[-1] * people[a, -1]
            last = _last_value(past[a, -1], np.array([limit]), errors, direction == "up")[0]
            true = later > theirs if direction == "up" else later < theirs
            rows.append((chance, last, bool(true), end + ahead - 1))
    return rows


def _unknown(years: np.ndarray, later: float) -> bool:
    known = years[np.isfinite(years)]
    return bool(
        np.isnan(later)
        or np.isnan(years[-1])
        or known.size < 4
        or known[-1] + known[-2] < LEAST_CASES
    )


def _last_value(
    last: float, targets: np.ndarray, errors: tuple[float, float], up: bool
) -> np.ndarray:
    spread = np.sqrt(errors[0] + errors[1] / max(last, 1.0))
    edge = np.log(np.maximum(targets, 0.01)) - np.log(last + 0.5)
    below = stats.norm.cdf(edge / spread)
    return 1 - below if up else below


def _rows(chances: np.ndarray, other: np.ndarray, true: np.ndarray, year: int) -> list[Row]:
    return [(*row, year) for row in zip(chances, other, true, strict=True)]


if __name__ == "__main__":
    main()
