"""The scan against what was forecast: what is drawn is what was foretold, chance is called as often
as it says, and what is planted is found."""

from __future__ import annotations

import numpy as np
import pytest

from koers.analysis.clusters import (
    Foretold,
    NoCirclesError,
    Places,
    ScanOptions,
    foretell,
    scan_foretold,
)
from koers.analysis.clusters.chance import foretold_draw
from koers.analysis.clusters.circles import circles
from koers.analysis.clusters.excess import excess_ratio, least_cases
from koers.analysis.clusters.field import learn_field, near_pairs, smoothing, together
from koers.analysis.clusters.likelihood import NEVER
from koers.analysis.panel import Panel
from koers.analysis.period import Period, span


def row(count):
    return Places(np.arange(float(count)), np.zeros(count))


def drawn(mean, variance, strength, points, batches=60, seed=1):
    draw = foretold_draw(mean, variance, strength, smoothing(points))
    rng = np.random.default_rng(seed)
    return np.concatenate([draw(rng) for _ in range(batches)], axis=2)


def test_what_is_drawn_has_the_mean_and_variance_that_were_foretold():
    mean = np.array([[0.4, 3.0, 20.0, 2.5], [1.0, 8.0, 55.0, 2.4], [2.2, 15.0, 110.0, 4.0]])
    variance = mean + np.array([[0.15], [0.10], [0.08]]) * mean**2 + 0.2 * mean
    points = np.column_stack([np.arange(4.0) * 20, np.zeros(4)])
    counts = drawn(mean, variance, np.array([0.05, 0.04, 0.03]), points, batches=400)
    np.testing.assert_allclose(counts.mean(axis=2), mean, rtol=0.05)
    np.testing.assert_allclose(counts.var(axis=2)[:, :3], variance[:, :3], rtol=0.1)


def test_a_longer_sum_holds_the_shorter_one():
    mean = np.array([[2.0, 0.3], [5.0, 0.8]])
    counts = drawn(mean, 1.5 * mean, np.zeros(2), np.array([[0.0, 0.0], [9.0, 0.0]]), batches=20)
    assert (counts[0] <= counts[1]).all()
    assert np.corrcoef(counts[0, 0], counts[1, 0])[0, 1] > 0.4


def test_near_areas_are_drawn_alike_and_that_is_learnt_back():
    points = np.column_stack([np.arange(30.0) * 0.7, np.zeros(30)])
    mean, strength = np.full((1, 30), 12.0), np.array([0.08])
    variance = mean + 0.1 * mean**2
    counts = drawn(mean, variance, strength, points, batches=30)[0].T
    past = counts[None].astype(float)
    learnt = learn_field(
        points, past, np.broadcast_to(mean[0], past.shape), np.broadcast_to(variance[0], past.shape)
    )
    assert learnt[0] == pytest.approx(0.08, rel=0.25)
    apart = learn_field(
        points * 100,
        past,
        np.broadcast_to(mean[0], past.shape),
        np.broadcast_to(variance[0], past.shape),
    )
    assert len(near_pairs(points * 100)[0]) == 0
    assert apart[0] == pytest.approx(0.03)


def test_a_circle_is_as_unsure_as_its_areas_and_what_they_share():
    points = np.array([[0.0, 0.0], [1.0, 0.0], [4.0, 3.0], [40.0, 0.0]])
    around = circles(*points.T, np.ones(4), 1.0)
    mean, variance = np.array([1.0, 4.0, 2.0, 7.0]), np.array([2.0, 6.0, 2.0, 9.0])
    size = len(around.neighbours)
    means, variances = np.empty(size), np.empty(size)
    together(around.starts, around.neighbours, points, 0, 4, mean, variance, 0.1, means, variances)
    for centre in range(4):
        for k in range(around.starts[centre], around.starts[centre + 1]):
            inside = around.neighbours[around.starts[centre] : k + 1]
            far = np.linalg.norm(points[inside][:, None] - points[inside][None], axis=2)
            share = np.where(far < 4.5, np.exp(-0.25 * (far / 1.5) ** 2), 0.0)
            np.fill_diagonal(share, 0.0)
            both = 0.1 * mean[inside] @ share @ mean[inside]
            assert means[k] == pytest.approx(mean[inside].sum())
            assert variances[k] == pytest.approx(variance[inside].sum() + both)


@pytest.mark.parametrize("level", [0.0, 0.3, 3.0, 12.0])
def test_the_least_number_of_cases_is_the_first_whose_ratio_passes(level):
    for mean in (0.01, 0.4, 3.0, 40.0, 900.0):
        for variance in (mean, 1.5 * mean, mean + mean**2):
            bar = least_cases(level, mean, variance)
            ratios = [excess_ratio(c, mean, variance) for c in range(bar + 1)]
            assert ratios[bar] > level
            assert max(ratios[:bar]) <= level
    assert least_cases(level, 0.0, 0.0) == NEVER


def made(rng, areas=40, length=1, alpha=0.1):
    """Sums as they were foretold, with a past: negative binomial around means of their own."""
    mean = rng.gamma(2.0, 1.5, areas) * np.ones((1, 30, areas))
    variance = mean + alpha * mean**2
    counts = rng.negative_binomial(1 / alpha, 1 / (1 + alpha * mean)).astype(float)
    return Foretold(counts, mean, variance, (length,))


def test_where_everything_is_as_foretold_p_is_no_smaller_than_it_says():
    rng = np.random.default_rng(5)
    p = []
    for _ in range(120):
        places = Places(*rng.uniform(0, 10, (2, 40)))
        found = scan_foretold(places, made(rng), ScanOptions(0.2, 6, 63)).clusters
        p.append(found[0].p_value if found else 1.0)
    assert np.mean(np.array(p) <= 0.05) <= 0.1
    assert np.mean(np.array(p) <= 0.5) <= 0.6
    assert np.mean(np.array(p) <= 0.5) >= 0.2


def test_what_is_planted_is_the_strongest_and_its_areas_are_named():
    given = made(np.random.default_rng(2))
    given.observed[0, -1, 10:13] = 4 * given.mean[0, -1, 10:13].round() + 5
    found = scan_foretold(row(40), given, ScanOptions(0.3, 6, 199)).clusters[0]
    assert {10, 11, 12} <= set(found.areas) and len(found.areas) <= 5
    assert (found.first, found.last, found.p_value) == (-1, -1, 0.005)
    assert found.cases == given.observed[0, -1, list(found.areas)].sum()
    level = (50 + given.observed[0, -1].sum()) / (50 + given.mean[0, -1].sum())
    assert found.expected == pytest.approx(level * given.mean[0, -1, list(found.areas)].sum())
    assert found.relative_risk > 3


def test_what_is_higher_everywhere_is_no_cluster():
    mean = np.full((1, 30, 40), 20.0)
    counts = np.random.default_rng(3).poisson(mean).astype(float)
    counts[0, -1] = np.round(1.5 * counts[0, -1])
    found = scan_foretold(row(40), Foretold(counts, mean, 1.5 * mean, (1,)))
    assert all(c.p_value > 0.05 for c in found.clusters)


def test_clusters_share_no_area_and_the_same_seed_gives_the_same():
    given = made(np.random.default_rng(4))
    one, other = (scan_foretold(row(40), given, ScanOptions(0.3, 6, 99)) for _ in range(2))
    assert one.clusters == other.clusters
    areas = [a for c in one.clusters for a in c.areas]
    assert len(areas) == len(set(areas))


def test_an_area_that_is_more_than_its_share_alone_is_refused():
    given = made(np.random.default_rng(4), areas=2)
    with pytest.raises(NoCirclesError):
        scan_foretold(row(2), given, ScanOptions(0.01))
    none = Foretold(np.zeros((1, 3, 2)), np.zeros((1, 3, 2)), np.zeros((1, 3, 2)), (1,))
    assert scan_foretold(row(2), none, ScanOptions(1.0, 6, 9)).clusters == ()


def test_a_forecast_says_of_which_areas_it_is_known_and_no_longer_ones_than_asked():
    rng = np.random.default_rng(6)
    months = span(Period(2020, 1, "month"), Period(2022, 12, "month"))
    counts = rng.poisson(2.0, (12, 1, 36)).astype(float)
    counts[3, 0, -2] = np.nan
    areas = tuple(f"BU0001{i // 4:02d}{i % 4:02d}" for i in range(12))
    groups = {a: (f"WK{a[2:8]}", "GM0001") for a in areas}
    panel = Panel(counts, areas, ("1.1.1",), months, np.full((12, 36), 900.0), groups)
    found = foretell(panel)
    assert found.known.tolist() == [i != 3 for i in range(12)]
    np.testing.assert_array_equal(found.observed[0, -1], counts[:, 0, -1])
    np.testing.assert_array_equal(
        found.observed[4, -1, found.known], counts[found.known, 0, -6:].sum(axis=1)
    )
    counts[5, 0, -1] = 30
    some = foretell(panel).of(np.flatnonzero(found.known))
    scan = scan_foretold(row(11), some, ScanOptions(0.5, 1, 99))
    assert 4 in scan.clusters[0].areas and scan.clusters[0].first == -1
