"""Near repeats beside a count that is written out, and what must hold of any permutation test."""

from __future__ import annotations

import math
import time
from itertools import combinations

import numpy as np
import pytest

from koers.analysis.clusters import NearRepeatOptions, near_repeats

FEW = NearRepeatOptions(distances=(100, 250.5), days=(3, 10), replicates=99)


def naive(x, y, day, options):
    """(distances, days) pairs of each cell, one pair at a time."""
    table = np.zeros((len(options.distances) + 1, len(options.days) + 1), dtype=int)
    for i, j in combinations(range(len(x)), 2):
        far, late = math.dist((x[i], y[i]), (x[j], y[j])), abs(int(day[i]) - int(day[j]))
        row = next((k for k, b in enumerate((0, *options.distances)) if far <= b), None)
        column = next((k for k, b in enumerate((0, *options.days)) if late <= b), None)
        if row is not None and column is not None:
            table[row, column] += 1
    return table


def made(seed, cases=60):
    """On a grid of whole metres, so that some lie on one point and some just on a bound."""
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 12, (2, cases)) * 50.0
    return x, y, rng.integers(738_000, 738_040, cases)


def table(found, what, options=FEW):
    values = [getattr(cell, what) for cell in found.cells]
    return np.array(values).reshape(len(options.distances) + 1, len(options.days) + 1)


@pytest.mark.parametrize("seed", range(5))
def test_pairs_are_those_counted_one_by_one(seed):
    x, y, day = made(seed)
    assert (table(near_repeats(x, y, day, FEW), "pairs") == naive(x, y, day, FEW)).all()


def test_expected_and_p_are_those_of_dates_dealt_anew():
    x, y, day = made(1)
    rng, counted = np.random.default_rng(2), naive(x, y, day, FEW)
    drawn = np.array([naive(x, y, rng.permutation(day), FEW) for _ in range(300)])
    found = near_repeats(x, y, day, NearRepeatOptions((100, 250.5), (3, 10), 1999))
    error = drawn.std(axis=0) / math.sqrt(300)
    assert (np.abs(drawn.mean(axis=0) - table(found, "expected")) <= 4 * error).all()
    chance = (drawn >= counted).mean(axis=0)
    spread = np.sqrt(chance * (1 - chance) * (1 / 300 + 1 / 1999)) + 0.005
    assert (np.abs(chance - table(found, "p_value")) <= 4 * spread).all()
    assert table(found, "ratio") == pytest.approx(counted / table(found, "expected"))


def test_intervals_are_closed_above_and_the_same_point_and_day_stand_apart():
    x, y = np.array([0, 0, 100, 100.001]), np.zeros(4)
    cells = near_repeats(x, y, np.array([0, 0, 3, 3]), FEW).cells
    bounds = [(c.distance_from, c.distance_to, c.days_from, c.days_to) for c in cells]
    assert bounds[:4] == [(0, 0, 0, 0), (0, 0, 0, 3), (0, 0, 3, 10), (0, 100, 0, 0)]
    pairs = {b: c.pairs for b, c in zip(bounds, cells, strict=True) if c.pairs}
    assert pairs == {(0, 0, 0, 0): 1, (0, 100, 0, 0): 1, (0, 100, 0, 3): 2, (100, 250.5, 0, 3): 2}


@pytest.mark.parametrize("replicates", [1, 19, 64, 65, 999])
def test_p_counts_what_was_drawn_and_the_data_themselves(replicates):
    x, y, day = made(3)
    cells = near_repeats(x, y, day, NearRepeatOptions((100,), (3,), replicates)).cells
    shares = [cell.p_value * (replicates + 1) for cell in cells]
    assert shares == pytest.approx([round(share) for share in shares])
    assert all(1 <= round(share) <= replicates + 1 for share in shares)
    # Every shuffle has at least as many pairs as none.
    gone = near_repeats(x, y, day * 100, NearRepeatOptions((100,), (3,), replicates)).cells
    assert [cell.p_value for cell in gone if not cell.pairs and cell.days_to] == [1.0, 1.0]


def test_the_outcome_follows_the_seed_and_neither_order_nor_place_nor_start():
    x, y, day = made(4)
    found = near_repeats(x, y, day, FEW)
    assert near_repeats(x, y, day, FEW) == found
    turn = np.random.default_rng(1).permutation(len(x))
    moved = near_repeats(x[turn] + 5000, y[turn] - 400, day[turn] - 738_000, FEW)
    for what in ("pairs", "expected"):
        assert (table(moved, what) == table(found, what)).all()
    assert np.abs(table(moved, "p_value") - table(found, "p_value")).max() < 0.2
    other = near_repeats(x, y, day, NearRepeatOptions(FEW.distances, FEW.days, 99, seed=2))
    assert (table(other, "p_value") != table(found, "p_value")).any()


def test_by_chance_a_twentieth_is_called_and_a_series_is_found():
    """Of 120 cases 30 are followed within two days and 80 m; without them p is as good as
    uniform."""
    rng = np.random.default_rng(5)
    options = NearRepeatOptions((100,), (7,), 199)
    called, found = [], []
    for _ in range(200):
        x, y = rng.random((2, 120)) * 1500
        day = rng.integers(0, 365, 120)
        called.append(near_repeats(x, y, day, options).cells[3].p_value <= 0.05)
        x, y = (np.append(v, v[:30] + rng.uniform(-55, 55, 30)) for v in (x, y))
        again = np.append(day, day[:30] + rng.integers(1, 3, 30))
        found.append(near_repeats(x, y, again, options).cells[3].p_value <= 0.05)
    assert 0.005 <= np.mean(called) <= 0.095
    assert np.mean(found) > 0.95


@pytest.mark.parametrize("cases", [0, 1])
def test_without_pairs_nothing_is_expected(cases):
    cells = near_repeats(np.zeros(cases), np.zeros(cases), np.zeros(cases, int), FEW).cells
    assert {(c.pairs, c.expected, c.p_value) for c in cells} == {(0, 0.0, 1.0)}
    assert all(math.isnan(c.ratio) for c in cells)


@pytest.mark.parametrize(
    ("x", "options"),
    [
        ([0.0, math.nan], FEW),
        ([0.0], FEW),
        ([0.0, 1.0], NearRepeatOptions(distances=(200, 100))),
        ([0.0, 1.0], NearRepeatOptions(days=(0, 7))),
        ([0.0, 1.0], NearRepeatOptions(days=())),
    ],
)
def test_what_cannot_be_counted_is_refused(x, options):
    with pytest.raises(ValueError, match="must"):
        near_repeats(np.array(x), np.zeros(2), np.zeros(2, int), options)


def test_a_thousand_points_by_999_take_less_than_a_second():
    """Processor time of a year of burglaries in one small town."""
    rng = np.random.default_rng(6)
    x, y = rng.random((2, 1000)) * 2000
    day = rng.integers(0, 365, 1000)
    near_repeats(x, y, day, FEW)
    begin = time.process_time()
    near_repeats(x, y, day)
    assert time.process_time() - begin < 1


def test_how_far_it_is_comes_by_and_ends_at_all_replicates():
    told = []
    x, y, day = made(3)
    options = NearRepeatOptions(distances=(100,), days=(3,), replicates=999)
    found = near_repeats(x, y, day, options, progress=lambda *done: told.append(done))
    assert told[-1] == (999, 999)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert found == near_repeats(x, y, day, options)
