"""A measure after a peak: what falls back by itself is not called an effect."""

import math

import numpy as np
import pytest

from koers.analysis.effects.design import DesignError, simple_design
from koers.analysis.effects.its import its
from koers.analysis.effects.peak import judged_after_peak, peaked, without_last
from koers.analysis.effects.preparing import judge
from koers.analysis.effects.verdict import Verdict, verdict
from koers.analysis.effects.wdd import wdd

MONTHS, AFTER, AREAS = 66, 6, 40
SIMULATED = 200


def chosen_on_its_peak(rng, mean):
    """Nothing but chance: the area with most cases in the last half year, and one to compare with
    that counted about as much before."""
    counts = rng.poisson(mean, (AREAS, MONTHS)).astype(float)
    start = MONTHS - AFTER
    treated = int(np.argmax(counts[:, start - 6 : start].sum(axis=1)))
    before = counts[:, :start].sum(axis=1)
    other = min(
        (i for i in range(AREAS) if i != treated), key=lambda i: abs(before[i] - before[treated])
    )
    return simple_design(counts[[treated, other]], np.array([True, False]), start)


@pytest.mark.parametrize(("method", "alone"), [("wdd", wdd), ("its", its)])
def test_without_an_effect_few_are_called_one(method, alone):
    """Asked: at most 2.5 % and 10 % on the good side. Without allowing for the peak it is twice
    that."""
    rng = np.random.default_rng(5)
    allowed, plain = [], []
    for _ in range(SIMULATED):
        design = chosen_on_its_peak(rng, 3.0)
        for found, kept in ((judge(method, design), allowed), (alone(design), plain)):
            kept.append((found.interval[1] < 0, found.weak_interval[1] < 0, found.effect))
    sure, weak, effect = np.mean(allowed, axis=0)
    _, weak_plain, effect_plain = np.mean(plain, axis=0)
    assert sure <= 0.025 and weak <= 0.10
    assert weak_plain > 0.13, "the bias that has to be allowed for is there"
    assert abs(effect) < 0.75 * abs(effect_plain), "and it is smaller"


@pytest.mark.parametrize("method", ["wdd", "its"])
def test_an_effect_far_beyond_the_peak_is_still_found(method):
    rng = np.random.default_rng(6)
    found = 0
    for _ in range(20):
        design = chosen_on_its_peak(rng, 30.0)
        design.outcome[0, design.start :] = rng.poisson(10.0, AFTER)
        found += verdict(judge(method, design), -0.3) in (Verdict.WORKS, Verdict.PROBABLY)
    assert found >= 15


def test_both_ends_lie_within_the_margin():
    design = chosen_on_its_peak(np.random.default_rng(7), 3.0)
    whole, without = wdd(design), wdd(without_last(design, 12))
    found = judge("wdd", design)
    assert (found.after_peak, found.left_out, found.withheld) == (True, 12, False)
    assert found.interval[0] == min(whole.interval[0], without.interval[0])
    assert found.interval[1] == max(whole.interval[1], without.interval[1])
    assert found.effect == pytest.approx((whole.effect + without.effect) / 2)


def test_with_too_little_before_the_peak_no_effect_is_given():
    counts = np.array([[1.0] * 3 + [9.0] * 6 + [2.0] * 6, [2.0] * 15])
    found = judge("wdd", simple_design(counts, np.array([True, False]), 9))
    assert found.withheld and found.interval == (-math.inf, math.inf)
    assert verdict(found, -0.2) == Verdict.TOO_LITTLE


def test_a_season_is_no_peak_and_a_bad_half_year_is():
    months = np.arange(60)
    season = np.round(20 + 15 * np.cos(2 * np.pi * (months + 1) / 12))
    steady = simple_design(np.stack([season, season]), np.array([True, False]), 48)
    assert not peaked(steady)
    worse = season.copy()
    worse[42:48] *= 1.5
    assert peaked(simple_design(np.stack([worse, season]), np.array([True, False]), 48))


def test_whoever_knows_that_an_area_was_chosen_high_is_believed():
    flat = np.full((2, 60), 4.0)
    design = simple_design(flat, np.array([True, False]), 48)
    assert not judge("wdd", design).after_peak
    assert judge("wdd", design, chosen_high=True).after_peak


def test_of_a_start_early_in_the_first_year_only_what_comes_before_is_compared():
    """Of the first periods of all there is nothing before them to hold them against."""

    def seen(*before):
        counts = np.array([[*before, 1.0, 1.0], [2.0] * (len(before) + 2)])
        return peaked(simple_design(counts, np.array([True, False]), len(before)))

    assert not seen(4, 4, 4, 4)
    assert not seen(50, 50, 50, 4)
    assert seen(2, 50, 50, 50)
    assert not seen(50, 50, 50)


def test_where_too_little_comes_before_the_peak_the_effect_is_withheld():
    """wdd needs as many periods before as after: without the last half year there are too few."""
    counts = np.full((4, 24), 20.0)
    counts[0, 10:14] = 60
    design = simple_design(counts, np.array([True, False, False, False]), 14)
    with pytest.raises(DesignError, match="too few before"):
        wdd(without_last(design, 6))
    found = judged_after_peak(design, wdd)
    assert found.withheld and found.after_peak
    assert (found.interval, found.p_value) == ((-math.inf, math.inf), 1.0)
    assert not found.power.chance.any()
    assert found.effect == wdd(design).effect
