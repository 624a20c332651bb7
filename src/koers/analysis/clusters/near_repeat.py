"""Near repeats: are there more pairs of cases close in place *and* in time than chance gives?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from koers.analysis.compiled import compiled
from koers.analysis.cores import each
from koers.analysis.panel import Floats

Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]
Progress = Callable[[int, int], None]

TOGETHER = 64
"""So many shuffles pass over the pairs at once: one instruction compares eight. With 32 or fewer
the compiler unrolls the loop instead, and it takes four times as long."""
STRETCH = 4
"""Between two reports of progress."""


@dataclass(frozen=True)
class NearRepeatOptions:
    """``distances`` and ``days``: the upper bounds of the intervals, rising, in metres and days."""

    distances: tuple[float, ...] = (100.0, 200.0, 400.0)
    days: tuple[int, ...] = (7, 14, 28)
    replicates: int = 999
    seed: int = 1


@dataclass(frozen=True)
class PairsCell:
    """The pairs of cases in one interval of distance and one of days.

    An interval is above ``from`` and up to and with ``to``; from 0 to 0 is the same point, and the
    same day. ``expected``: the pairs when dates are dealt over the points at random. ``ratio``:
    pairs over expected, NaN when none are. ``p_value``: (b + 1) / (m + 1), of m shuffles b with at
    least as many pairs.
    """

    distance_from: float
    distance_to: float
    days_from: int
    days_to: int
    pairs: int
    expected: float
    ratio: float
    p_value: float


@dataclass(frozen=True)
class NearRepeats:
    """``cells`` by distance, then days; ``points``: how many cases; ``options`` as asked."""

    cells: tuple[PairsCell, ...]
    points: int
    options: NearRepeatOptions


def near_repeats(
    x: Floats,
    y: Floats,
    day: Ints,
    options: NearRepeatOptions | None = None,
    progress: Progress | None = None,
) -> NearRepeats:
    """Knox's table of pairs with its permutation test.

    Parameters
    ----------
    x, y : (cases,) arrays
        In metres; distances are as the crow flies.
    day : (cases,) array of int
        The number of the day, from any start.

    Raises
    ------
    ValueError
        When the arrays differ in length, a place is not finite, or the bounds do not rise from
        above 0.

    Notes
    -----
    Each shuffle deals the dates anew over the points (Knox 1964; Johnson et al., *Journal of
    Quantitative Criminology* 2007, 23:201-219; the R package ``NearRepeat``). Under it the mean of
    a cell is known: pairs at that distance × pairs at those days / all pairs.

    Examples
    --------
    >>> x, y = np.zeros(4), np.array([0.0, 50.0, 1000.0, 1050.0])
    >>> near_repeats(x, y, np.array([1, 3, 101, 103])).cells[5].ratio
    3.0
    """
    options = options or NearRepeatOptions()
    _check(x, y, day, options)
    order = np.argsort(x, kind="stable")
    x, y = np.ascontiguousarray(x[order], float), np.ascontiguousarray(y[order], float)
    since = (day[order] - (day.min() if len(day) else 0)).astype(np.int32)
    far = np.square(np.array([0.0, *options.distances]))
    late = np.array([0, *options.days], dtype=np.int32)
    batches = -(-options.replicates // TOGETHER)
    seeds = np.random.SeedSequence(options.seed).spawn(batches)
    counted = _table(x, y, _columns(since), far, late)[:, :, 0]
    shuffled = partial(_shuffled, x, y, since, far, late)
    as_many = np.zeros_like(counted)
    for k in range(0, batches, STRETCH):
        tables = each(shuffled, seeds[k : k + STRETCH])
        drawn = np.concatenate(tables, axis=2)[:, :, : options.replicates - k * TOGETHER]
        as_many += (drawn >= counted[:, :, None]).sum(axis=2)
        if progress is not None:
            progress(min(options.replicates, (k + STRETCH) * TOGETHER), options.replicates)
    expected = _expected(x, y, since, far, late)
    return NearRepeats(_cells(counted, expected, as_many, options), len(x), options)


def _check(x: Floats, y: Floats, day: Ints, options: NearRepeatOptions) -> None:
    if not len(x) == len(y) == len(day):
        raise ValueError("x, y and day must be equally long")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("every place must be finite")
    for bounds in (options.distances, options.days):
        if not bounds or np.any(np.diff([0, *bounds]) <= 0):
            raise ValueError("bounds must rise from above 0")


def _expected(x: Floats, y: Floats, since: Ints32, far: Floats, late: Ints32) -> Floats:
    """(distances, days) pairs at that distance × pairs at those days / all pairs."""
    pairs = len(x) * (len(x) - 1) / 2
    if not pairs:
        return np.zeros((len(far), len(late)))
    at_distance = _table(x, y, _columns(np.zeros_like(since)), far, late)[:, 0, 0]
    ordered = np.sort(since).astype(np.int64)
    within = (
        np.array([(np.searchsorted(ordered, ordered + b, side="right") - 1).sum() for b in late])
        - len(x) * (len(x) - 1) // 2
    )
    at_days = np.diff(within, prepend=0)
    return np.asarray(at_distance[:, None] * at_days[None, :] / pairs)


def _shuffled(
    x: Floats, y: Floats, since: Ints32, far: Floats, late: Ints32, seed: np.random.SeedSequence
) -> Ints:
    dealt = _columns(since)
    np.random.default_rng(seed).permuted(dealt, axis=0, out=dealt)
    return _table(x, y, dealt, far, late)


def _columns(since: Ints32) -> Ints32:
    return np.repeat(since[:, None], TOGETHER, axis=1)


def _table(x: Floats, y: Floats, day: Ints32, far: Floats, late: Ints32) -> Ints:
    """(distances, days, TOGETHER) pairs in each cell."""
    within = np.zeros((len(far), len(late), TOGETHER), dtype=np.int64)
    _count(x, y, day, far, late, within)
    return np.diff(within, axis=1, prepend=0)


@compiled
def _count(x: Floats, y: Floats, day: Ints32, far: Floats, late: Ints32, within: Ints) -> None:
    """Add to (distances, days, TOGETHER) the pairs in each interval of distance that lie up to so
    many days apart. ``x`` rises; ``far`` has squares."""
    cases, spans = len(x), len(late)
    widest = far[len(far) - 1]
    # Of one case at a time, in few bits: so that more of them fit in one instruction.
    here = np.zeros((len(far), spans, TOGETHER), dtype=np.int32)
    apart = np.empty(TOGETHER, dtype=np.int32)
    for i in range(cases):
        here[:] = 0
        for j in range(i + 1, cases):
            east = x[j] - x[i]
            if east * east > widest:
                break
            north = y[j] - y[i]
            square = east * east + north * north
            if square > widest:
                continue
            ring = 0
            while square > far[ring]:
                ring += 1
            for r in range(TOGETHER):
                apart[r] = abs(day[i, r] - day[j, r])
            for span in range(spans):
                bound = late[span]
                for r in range(TOGETHER):
                    here[ring, span, r] += np.int32(apart[r] <= bound)
        for ring in range(len(far)):
            for span in range(spans):
                for r in range(TOGETHER):
                    within[ring, span, r] += here[ring, span, r]


def _cells(
    counted: Ints, expected: Floats, as_many: Ints, options: NearRepeatOptions
) -> tuple[PairsCell, ...]:
    return tuple(
        PairsCell(
            *far,
            int(late[0]),
            int(late[1]),
            int(counted[a, b]),
            float(expected[a, b]),
            float(counted[a, b] / expected[a, b]) if expected[a, b] else float("nan"),
            (int(as_many[a, b]) + 1) / (options.replicates + 1),
        )
        for a, far in enumerate(_intervals(options.distances))
        for b, late in enumerate(_intervals(options.days))
    )


def _intervals(bounds: Sequence[float]) -> list[tuple[float, float]]:
    zero = type(bounds[0])(0)
    return [(zero, zero), *zip((zero, *bounds[:-1]), bounds, strict=True)]
