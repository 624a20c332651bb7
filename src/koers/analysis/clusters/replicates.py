"""Monte Carlo: the largest ratio of any window in data sets in which there is no cluster."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from koers.analysis.clusters.circles import Circles, Ints, Ints32
from koers.analysis.clusters.likelihood import critical, largest_expected, most_expected, ratio
from koers.analysis.compiled import compiled
from koers.analysis.cores import each
from koers.analysis.panel import Floats

# So many data sets pass over the windows together: one instruction adds eight, and the lists are
# read once for all.
TOGETHER = 32
FIRST_LEVEL, LOWEST_LEVEL = 3.0, 0.2
CAREFUL = 0.85
# Between two reports of progress.
STRETCH = 8
# With more cases than this per cell it is cheaper to draw the number of each cell than the cell of
# each case.
MANY = 8

Draw = Callable[[np.random.Generator], Ints32]
Progress = Callable[[int, int], None]


def largest_ratios(
    circles: Circles,
    expected: Floats,
    total: int,
    draw: Draw,
    replicates: int,
    seed: int,
    progress: Progress | None = None,
) -> Floats:
    """(replicates,) the largest ratio of each data set.

    Parameters
    ----------
    expected : (durations, areas) array
        Of the last step, the last two steps, and so on, scaled to ``total``, the number of cases.
    draw : callable
        Draws (durations, areas, TOGETHER) counts of as many data sets.

    Notes
    -----
    Almost every window is weaker than the strongest of its data set. So each window first gets the
    number of cases at which it passes a level that nearly every data set reaches, and a logarithm
    is only taken of what passes. A data set that has no such window is looked at again with a lower
    level: the outcome is exact.
    """
    return maxima(
        lambda level: partial(
            _batch, circles, expected, total, draw, _bars(circles, expected, total, level)
        ),
        replicates,
        seed,
        progress,
    )


Batch = Callable[[np.random.SeedSequence], Floats]


def maxima(
    batch_above: Callable[[float], Batch],
    replicates: int,
    seed: int,
    progress: Progress | None = None,
) -> Floats:
    """(replicates,) the largest of each data set; ``batch_above`` gives for a level what finds the
    largest of TOGETHER data sets, 0 where none passes it."""
    batches = -(-replicates // TOGETHER)
    seeds = np.random.SeedSequence(seed).spawn(batches)
    found = np.zeros((batches, TOGETHER))
    todo, level = [0], FIRST_LEVEL
    while todo:
        run = batch_above(level)
        for k in range(0, len(todo), STRETCH):
            stretch = todo[k : k + STRETCH]
            found[stretch] = each(run, [seeds[i] for i in stretch])
            if progress is not None:
                progress(min(replicates, TOGETHER * (stretch[-1] + 1)), replicates)
        again = [i for i in todo if level > 0 and not found[i].all()]
        if todo == [0] and not again and batches > 1:
            todo, level = list(range(1, batches)), CAREFUL * float(found[0].min())
        else:
            todo, level = again, level / 2 if level > LOWEST_LEVEL else 0.0
    return found.ravel()[:replicates]


def _bars(circles: Circles, expected: Floats, total: int, level: float) -> Ints32:
    """(durations, places) the least number of cases with which a window may pass the level."""
    result = np.empty((len(expected), len(circles.neighbours)), dtype=np.int32)
    steps = np.linspace(0, circles.areas, max(1, circles.areas // 500) + 1).astype(np.int64)
    # Above what the largest circle expects no bound is needed: `critical` then asks for `most`
    # cases, which is less.
    for d, mean in enumerate(expected):
        fullest = most_expected(circles.starts, circles.neighbours, mean)
        most = min(total, 10 + int(fullest + 10 * np.sqrt(fullest) + 5 * level)) + 1
        bounds = largest_expected(level, total, most)

        def work(
            part: tuple[int, int],
            mean: Floats = mean,
            bounds: Floats = bounds,
            row: Ints32 = result[d],
        ) -> None:
            critical(
                circles.starts,
                part[0],
                part[1],
                circles.neighbours,
                circles.ends,
                mean,
                bounds,
                row,
            )

        each(work, list(zip(steps[:-1].tolist(), steps[1:].tolist(), strict=True)))
    return result


def _batch(
    circles: Circles,
    expected: Floats,
    total: int,
    draw: Draw,
    bars: Ints32,
    seed: np.random.SeedSequence,
) -> Floats:
    counts = draw(np.random.default_rng(seed))
    best = np.zeros(TOGETHER)
    for d in range(len(expected)):
        _pass(
            circles.starts,
            circles.neighbours,
            bars[d],
            expected[d],
            counts[d].ravel(),
            float(total),
            best,
        )
    return best


@compiled
def _pass(
    starts: Ints,
    neighbours: Ints32,
    bars: Ints32,
    expected: Floats,
    counts: Ints32,
    total: float,
    best: Floats,
) -> None:
    inside = np.empty(TOGETHER, dtype=np.int32)
    for centre in range(len(starts) - 1):
        inside[:] = 0
        for k in range(starts[centre], starts[centre + 1]):
            # One flat array and no branch: this inner loop is what all the time goes to, and so it
            # becomes vector code.
            at, bar, passed = np.int64(neighbours[k]) * TOGETHER, bars[k], False
            for r in range(TOGETHER):
                cases = inside[r] + counts[at + r]
                inside[r] = cases
                passed = passed | (cases >= bar)
            if passed:
                mean = 0.0
                for j in range(starts[centre], k + 1):
                    mean += expected[neighbours[j]]
                for r in range(TOGETHER):
                    if inside[r] >= bar:
                        best[r] = max(best[r], ratio(inside[r], mean, total))


def poisson_draw(chance: Floats, total: int) -> Draw:
    """``total`` cases over areas and steps by their chance.

    Parameters
    ----------
    chance : (durations, areas) array
        Of the last step, the one before, and so on (not cumulated); what is left of 1 is earlier.
    """
    durations, areas = chance.shape
    cells = np.flatnonzero(chance.ravel())
    shares = np.append(chance.ravel()[cells], 0.0)
    shares[-1] = max(0.0, 1.0 - shares[:-1].sum())
    many = total > MANY * len(cells)
    # The last of the multinomial takes what rounding leaves: never an earlier step that is not
    # there.
    exact = shares if shares[-1] > 1e-12 else shares[:-1] / shares[:-1].sum()
    bounds = np.cumsum(shares[:-1])
    guide = np.searchsorted(
        bounds, bounds[-1] * np.arange(len(cells)) / len(cells), side="right"
    ).astype(np.int64)

    def draw(rng: np.random.Generator) -> Ints32:
        counts = np.zeros((durations * areas, TOGETHER), dtype=np.int32)
        if many:
            counts[cells] = rng.multinomial(total, exact, size=TOGETHER)[:, : len(cells)].T
        else:
            recent = rng.binomial(total, min(1.0, 1.0 - shares[-1]), size=TOGETHER)
            for r, number in enumerate(recent.tolist()):
                _throw(rng.random(number), bounds, guide, cells, counts, r)
        return _cumulated(counts.reshape(durations, areas, TOGETHER))

    return draw


@compiled
def _throw(
    chance: Floats, bounds: Floats, guide: Ints, cells: Ints, counts: Ints32, r: int
) -> None:
    """A case for each chance: in the first cell whose bound lies above it; the guide says from
    which cell to look."""
    last = len(bounds) - 1
    for u in chance:
        cell = guide[int(u * len(guide))]
        u *= bounds[last]
        while cell < last and bounds[cell] <= u:
            cell += 1
        counts[cells[cell], r] += 1


def permutation_draw(cases: Ints) -> Draw:
    """The moments of the cases shuffled over their places: as many in each area and in each step as
    there were.

    Parameters
    ----------
    cases : (durations + 1, areas) array
        Of the last step, the one before, and so on, then everything earlier.
    """
    durations, areas = len(cases) - 1, cases.shape[1]
    places = np.repeat(np.arange(areas), cases.sum(axis=0)).astype(np.int32)
    recent = cases.sum(axis=1)[:-1]

    def draw(rng: np.random.Generator) -> Ints32:
        counts = np.zeros((durations, areas, TOGETHER), dtype=np.int32)
        deck = places.copy()
        for r in range(TOGETHER):
            _deal(deck, rng.random(int(recent.sum())), recent, counts, r)
        return _cumulated(counts)

    return draw


@compiled
def _deal(deck: Ints32, chance: Floats, recent: Ints, counts: Ints32, r: int) -> None:
    """The first cards of a shuffle (Fisher-Yates) to the last step, the next to the one before, and
    so on."""
    at, n = 0, len(deck)
    for step in range(len(recent)):
        for _ in range(recent[step]):
            other = at + int(chance[at] * (n - at))
            deck[at], deck[other] = deck[other], deck[at]
            counts[step, deck[at], r] += 1
            at += 1


def _cumulated(counts: Ints32) -> Ints32:
    for d in range(1, len(counts)):
        counts[d] += counts[d - 1]
    return counts
