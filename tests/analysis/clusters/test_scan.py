"""The scans beside a scan that is written out, and what must hold of any scan."""

from __future__ import annotations

import math

import numpy as np
import pytest

from koers.analysis.clusters import (
    NoCirclesError,
    Places,
    ScanOptions,
    scan_permutation,
    scan_poisson,
    windows,
)
from koers.analysis.clusters.circles import circles
from koers.analysis.clusters.replicates import TOGETHER, permutation_draw, poisson_draw
from koers.analysis.clusters.scan import gumbel_p, monte_carlo_p

FEW = ScanOptions(replicates=19)


def naive(x, y, cases, expected, share, durations):
    """The largest ratio of all circles and stretches: every centre, every radius, closed
    circles."""
    total, best = cases.sum(), (0.0, frozenset(), 0)
    weight = expected.sum(axis=1)
    scaled = expected * total / expected.sum()
    for i in range(len(x)):
        far = np.round(np.hypot(x - x[i], y - y[i]), 7)
        for radius in np.unique(far):
            inside = far <= radius
            if weight[inside].sum() > share * weight.sum() * (1 + 1e-9):
                break
            for d in range(1, durations + 1):
                c, e = cases[inside, -d:].sum(), scaled[inside, -d:].sum()
                if c < 2 or c <= e:
                    continue
                out = (total - c) * math.log((total - c) / (total - e)) if c < total else 0.0
                found = c * math.log(c / e) + out
                if found > best[0] + 1e-9:
                    best = (found, frozenset(np.flatnonzero(inside).tolist()), d)
    return best


def made(seed, areas=30, periods=1, grid=False, mean=2.0):
    """Places (on a grid many are as far as each other and some lie upon each other), cases,
    people."""
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 5, (2, areas)) * 0.1 if grid else rng.random((2, areas))
    people = rng.integers(0, 4, (areas, 1)) * 500.0 * np.ones((1, periods))
    return (
        Places(x, y),
        np.where(people > 0, rng.poisson(mean, (areas, periods)), 0).astype(np.int64),
        people,
    )


@pytest.mark.parametrize("grid", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_the_strongest_cluster_is_that_of_a_scan_written_out(seed, grid):
    places, cases, people = made(seed, grid=grid)
    found = scan_poisson(
        places, cases, people, ScanOptions(max_population=0.4, replicates=1), prospective=False
    )
    ratio, areas, _ = naive(places.x, places.y, cases, people, 0.4, 1)
    if found.clusters:
        assert found.clusters[0].llr == pytest.approx(ratio, abs=1e-9)
        assert {a for a in found.clusters[0].areas if people[a]} == {a for a in areas if people[a]}
    else:
        assert ratio <= found.simulated.max()


@pytest.mark.parametrize("seed", range(3))
def test_a_prospective_cluster_lasts_until_the_last_period_and_no_longer_than_asked(seed):
    places, cases, people = made(seed, periods=8)
    cases[:3, -2:] += 6
    people = np.maximum(people, 500) * np.linspace(1, 2, 8)
    found = scan_poisson(
        places, cases, people, ScanOptions(max_duration=3, replicates=19), prospective=True
    ).clusters[0]
    ratio, areas, duration = naive(places.x, places.y, cases, people, 0.5, 3)
    assert (set(found.areas), found.first, found.last) == (areas, 8 - duration, 7)
    assert found.llr == pytest.approx(ratio, abs=1e-9)


def test_the_permutation_scan_expects_what_the_margins_say():
    places, cases, _ = made(5, periods=6, mean=3.0)
    cases[4, -2:] += 9
    rows, columns = cases.sum(axis=1), cases.sum(axis=0)
    expected = rows[:, None] * columns[None, :] / cases.sum()
    found = scan_permutation(places, cases, ScanOptions(max_duration=3, replicates=19)).clusters[0]
    ratio, areas, duration = naive(places.x, places.y, cases, expected, 0.5, 3)
    assert {a for a in found.areas if rows[a]} == {a for a in areas if rows[a]}
    assert (found.last - found.first + 1, found.llr) == (duration, pytest.approx(ratio, abs=1e-9))


def test_the_order_of_the_areas_changes_nothing():
    places, cases, people = made(7, areas=40, grid=True)
    order = np.random.default_rng(1).permutation(40)
    there = scan_poisson(places, cases, people, FEW, prospective=False)
    moved = Places(places.x[order], places.y[order])
    here = scan_poisson(moved, cases[order], people[order], FEW, prospective=False)
    assert there.circles == here.circles
    # Equal up to the replicates, which are drawn in the order of the areas.
    pairs = list(zip(there.clusters, here.clusters, strict=False))
    assert pairs
    for one, other in pairs:
        assert set(one.areas) == {int(order[a]) for a in other.areas}
        assert (places.x[one.centre], one.radius) == (moved.x[other.centre], other.radius)
        assert (one.llr, one.cases) == (pytest.approx(other.llr), other.cases)


def test_secondary_clusters_have_no_area_in_common_and_come_in_order():
    places, cases, people = made(11, areas=120)
    clusters = scan_poisson(places, cases, people, FEW, prospective=False).clusters
    areas = [a for cluster in clusters for a in cluster.areas]
    assert len(clusters) > 1
    assert len(areas) == len(set(areas))
    assert [c.llr for c in clusters] == sorted((c.llr for c in clusters), reverse=True)


def test_two_planted_clusters_are_found_though_the_circles_of_the_second_reach_the_first():
    x = np.arange(40.0)
    cases = np.full((40, 1), 10)
    cases[5:10], cases[12:15] = 40, 30
    found = scan_poisson(
        Places(x, 0 * x), cases, np.ones((40, 1)), ScanOptions(max_population=0.13), False
    ).clusters
    assert set(found[0].areas) == {5, 6, 7, 8, 9}
    assert set(found[1].areas) == {12, 13, 14}
    assert found[1].p_value < 0.01


def test_p_is_uniform_where_there_is_no_cluster():
    places, _, people = made(3, areas=16)
    share = people[:, 0] / people.sum()
    rng = np.random.default_rng(5)
    options = ScanOptions(replicates=39)
    p = []
    for k in range(300):
        cases = rng.multinomial(300, share)[:, None]
        clusters = scan_poisson(
            places, cases, people, ScanOptions(replicates=39, seed=k), prospective=False
        ).clusters
        p.append(clusters[0].p_value if clusters else 1.0)
    assert options.replicates == 39
    for level in (0.05, 0.1, 0.25, 0.5):
        # Four standard errors of 300 tries.
        assert abs(np.mean(np.array(p) <= level) - level) < 4 * math.sqrt(
            level * (1 - level) / 300
        ), level


def test_the_seed_settles_the_outcome_and_the_number_of_cores_does_not(monkeypatch):
    places, cases, people = made(2, areas=60, periods=5)
    people = np.maximum(people, 1)

    def simulated(cores, seed):
        monkeypatch.setenv("KOERS_CORES", cores)
        options = ScanOptions(replicates=99, seed=seed)
        return (
            scan_poisson(places, cases, people, options, prospective=True).simulated.tolist(),
            scan_permutation(places, cases, options).simulated.tolist(),
        )

    assert simulated("1", 4) == simulated("2", 4)
    assert simulated("1", 4) != simulated("1", 5)


def test_replicates_are_exact_whatever_level_they_are_first_compared_with(monkeypatch):
    places, cases, people = made(2, areas=60)
    options = ScanOptions(replicates=64)
    exact = scan_poisson(places, cases, people, options, prospective=False).simulated
    for level in (0.0, 1.0, 9.0):
        monkeypatch.setattr("koers.analysis.clusters.replicates.FIRST_LEVEL", level)
        assert (
            scan_poisson(places, cases, people, options, prospective=False).simulated.tolist()
            == exact.tolist()
        )


@pytest.mark.parametrize("total", [500, 50_000])
def test_cases_are_thrown_by_their_chance_however_many(total):
    chance = np.array([[0.1, 0.0, 0.3], [0.2, 0.1, 0.0]])
    draw = poisson_draw(chance, total)
    drawn = np.concatenate([draw(np.random.default_rng(k)) for k in range(20)], axis=2)
    mean = drawn.mean(axis=2)
    by_step = np.cumsum(chance, axis=0)
    error = np.sqrt(total * by_step * (1 - by_step) / drawn.shape[2])
    assert (np.abs(mean - total * by_step) <= 4 * error).all()
    assert (drawn[0, 1] == 0).all()


def test_a_shuffle_leaves_the_cases_of_each_area_and_of_each_step():
    cases = np.array([[3, 0, 1], [0, 0, 4], [2, 0, 7]])
    drawn = permutation_draw(cases)(np.random.default_rng(1))
    assert drawn.shape == (2, 3, TOGETHER)
    assert (drawn.sum(axis=1) == np.array([[4], [8]])).all()
    assert (drawn[1] <= cases.sum(axis=0)[:, None]).all()
    assert len({tuple(one) for one in drawn[1].T}) > 1


def test_areas_where_nobody_lives_change_no_ratio():
    places, cases, people = made(9, areas=25)
    people[people == 0] = 500
    more = Places(np.append(places.x, [0.2, 0.21]), np.append(places.y, [0.3, 0.3]))
    with_them = scan_poisson(
        more, np.vstack([cases, [[0], [0]]]), np.vstack([people, [[0], [0]]]), FEW, False
    )
    without = scan_poisson(places, cases, people, FEW, prospective=False)
    assert [c.llr for c in with_them.clusters] == pytest.approx([c.llr for c in without.clusters])
    assert with_them.clusters[0].cases == without.clusters[0].cases


def test_no_cases_is_no_cluster_and_one_case_is_none_either():
    places, cases, people = made(4)
    people[:] = 100
    for number in (0, 1):
        cases[:] = 0
        cases[3] = number
        assert scan_poisson(places, cases, people, FEW, prospective=False).clusters == ()
        assert scan_permutation(places, cases, FEW).clusters == ()


def test_all_cases_in_one_area_has_no_relative_risk():
    places, cases, people = made(4)
    people[:] = 100
    cases[:] = 0
    cases[3] = 8
    found = scan_poisson(places, cases, people, FEW, prospective=False).clusters[0]
    assert (found.areas, math.isnan(found.relative_risk)) == ((3,), True)
    assert found.llr == pytest.approx(8 * math.log(30))


def test_cases_where_none_are_expected_and_circles_that_cannot_be_are_refused():
    places, cases, people = made(4)
    people[:] = 100
    with pytest.raises(NoCirclesError) as refusal:
        scan_poisson(places, cases, people, ScanOptions(max_population=0.01), prospective=False)
    assert refusal.value.smallest == pytest.approx(1 / 30)
    people[0], cases[0] = 0, 3
    with pytest.raises(ValueError, match="none are expected"):
        scan_poisson(places, cases, people, FEW, prospective=False)


def test_circles_on_the_globe_follow_great_circles_also_across_the_date_line():
    x, y = np.array([179.9, -179.9, 170.0, 4.9, 4.3]), np.array([0.0, 0.0, 0.0, 52.37, 52.08])
    found = circles(x, y, np.ones(5), 1.0, geographic=True)
    assert found.neighbours[found.starts[0] : found.starts[0] + 3].tolist() == [0, 1, 2]
    amsterdam = found.starts[3]
    assert found.neighbours[amsterdam + 1] == 4
    assert found.radius(3, int(amsterdam) + 1) == pytest.approx(52.0, abs=0.5)


def test_areas_as_far_as_each_other_enter_a_circle_together():
    found = circles(np.array([0.0, 0.1, 0.2, 0.3]), np.zeros(4), np.ones(4), 1.0)
    middle = slice(int(found.starts[1]), int(found.starts[2]))
    # The neighbours at 0.0 and 0.2 are one step: 0.1 - 0.0 and 0.2 - 0.1 differ in rounding only.
    assert found.ends[middle].tolist() == [True, False, True, True]


def test_p_by_rank_and_by_gumbel():
    simulated = np.arange(1.0, 100.0)
    assert monte_carlo_p(98.0, simulated) == 0.03
    assert monte_carlo_p(0.5, simulated) == 1.0
    sample = np.random.default_rng(1).gumbel(5, 1.2, 20_000)
    assert gumbel_p(9.0, sample) == pytest.approx(1 - math.exp(-math.exp(-4 / 1.2)), rel=0.05)
    assert math.isnan(gumbel_p(1.0, np.ones(9)))


def test_how_far_it_is_comes_by_and_ends_at_all_replicates():
    told = []
    places, cases, people = made(2)
    options = ScanOptions(replicates=99)
    scan_poisson(
        places, cases, people, options, prospective=False, progress=lambda *d: told.append(d)
    )
    assert told and told[-1] == (99, 99)
    assert all(0 < done <= of == 99 for done, of in told)


def test_many_centres_at_once_find_what_each_finds_by_itself():
    rng = np.random.default_rng(9)
    areas = 1_200
    around = circles(*rng.random((2, areas)), np.ones(areas), 0.01)
    cases = rng.poisson(1.0, (1, areas)).astype(np.int64)
    expected = np.full((1, areas), cases.sum() / areas)
    given = (cases, expected, int(cases.sum()), rng.random(areas) < 0.1)
    whole = windows._best(around, np.arange(areas), *given)
    parts = [windows._best(around, part, *given) for part in np.split(np.arange(areas), 4)]
    assert whole == [window for part in parts for window in part]
    assert [window.centre for window in whole] == list(range(areas))


def test_a_cluster_tells_how_many_times_more_there_was_inside_than_outside():
    places, cases, people = made(1)
    cases[:3] += 8
    people = np.maximum(people, 500)
    found = scan_poisson(places, cases, people, FEW, prospective=False).clusters[0]
    inside = list(found.areas)
    share = cases[inside].sum() / people[inside].sum()
    outside = (cases.sum() - cases[inside].sum()) / (people.sum() - people[inside].sum())
    assert found.cases == cases[inside].sum()
    assert found.relative_risk == pytest.approx(share / outside) and found.relative_risk > 1


def test_a_distribution_takes_two_simulated_ratios_that_differ():
    assert math.isnan(gumbel_p(5.0, np.array([3.0])))
    assert math.isnan(gumbel_p(5.0, np.array([3.0, 3.0])))
    assert 0 < gumbel_p(5.0, np.array([3.0, 4.0])) < gumbel_p(4.0, np.array([3.0, 4.0])) < 1
