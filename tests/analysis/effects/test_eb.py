"""The empirical-Bayes before-after comparison: what it corrects, and what its margins hold."""

from dataclasses import replace

import numpy as np
import pytest

from koers.analysis.effects.design import DesignError, Where, simple_design
from koers.analysis.effects.eb import AFTER_PEAK, Expected, empirical_bayes, forecast_at_start
from koers.analysis.effects.outcome import CHANGES, Levels
from koers.analysis.effects.preparing import judge
from koers.analysis.effects.sequential import levels_after
from koers.analysis.effects.verdict import Verdict, cancelled, verdict

AREAS, START, AFTER = 60, 48, 12
FIRST = np.arange(AREAS) == 0


def region(seed, mean=6.0, months=START + AFTER):
    """Areas that differ, nothing else."""
    rng = np.random.default_rng(seed)
    rate = mean * rng.gamma(4.0, 0.25, (AREAS, 1))
    return rng, rng.poisson(rate, (AREAS, months)).astype(float)


def design(counts, treated=FIRST, start=START, ring=None):
    return simple_design(counts, treated, start, ring)


def test_a_peak_falls_back_in_what_is_expected_and_is_no_effect():
    """Each area has its half year of chance; of the six highest the count after is what it always
    was, and that is what is expected."""
    _, counts = region(1, mean=2.0)
    half = counts[:, START - 6 : START].sum(axis=1)
    usual = counts[:, : START - 6].mean(axis=1)
    high = np.argsort(half / (6 * usual + 1))[-6:]
    treated = np.isin(np.arange(AREAS), high)
    found = judge("eb", design(counts, treated))
    assert found.after_peak and found.left_out == 0
    peak = 2 * half[high].sum()
    assert found.expected < 0.8 * peak
    assert found.expected == pytest.approx(12 * usual[high].sum(), rel=0.15)
    assert found.interval[0] < 0 < found.interval[1]


def test_what_changes_everywhere_is_in_the_control_factor():
    rng, counts = region(2)
    counts[:, START:] = rng.poisson(
        0.6 * counts[:, :START].mean(axis=1, keepdims=True), (AREAS, 12)
    )
    found = empirical_bayes(design(counts))
    assert abs(found.relative) < 0.2
    counts[0, START:] = rng.poisson(0.5 * counts[0, START:].mean(), AFTER)
    found = empirical_bayes(design(counts))
    assert found.relative == pytest.approx(-0.5, abs=0.15)
    assert verdict(found, -0.3) == Verdict.WORKS


def test_an_area_of_which_nothing_was_published_has_no_forecast():
    _, counts = region(5)
    counts[3] = np.nan
    with pytest.raises(DesignError, match="too few before"):
        forecast_at_start(design(counts))


def test_what_was_known_after_no_look_has_no_month():
    """At the end the limits of a look at all of it were passed, and those of the looks before it
    were not, as the term was longer than what was counted."""
    _, counts = region(6)
    counts[0, START:] = np.round(0.55 * counts[0, :START].mean())
    found = empirical_bayes(design(counts), term=10 * AFTER)
    assert found.interval[1] < 0 and found.known_since == 0


def test_what_changes_in_the_municipality_is_in_the_control_factor_as_far_as_it_is_counted():
    """Another municipality has no part in it: a third of the areas doubled with the treated one."""
    rng, counts = region(2, mean=20.0)
    here = np.arange(AREAS) < 20
    counts[here, START:] = rng.poisson(
        2 * counts[here, :START].mean(axis=1, keepdims=True), (20, 12)
    )
    groups = tuple(("WK", "here" if home else "there") for home in here)
    known = Where(groups, np.full((AREAS, 2), np.nan), np.full(AREAS, np.nan))
    nowhere, somewhere = (
        empirical_bayes(replace(design(counts), where=where)).relative for where in (None, known)
    )
    assert nowhere > 0.4 and abs(somewhere) < 0.15


def test_what_areas_that_lie_together_had_over_their_forecasts_lasts_in_part():
    """Of one area it is chance as far as its own forecast says, and of areas from here and there
    that were chosen because they counted much."""
    _, counts = region(8, mean=2.0)
    x = np.arange(AREAS, dtype=float)
    line = Where(((),) * AREAS, np.column_stack([x, 0 * x]), np.full(AREAS, np.nan))
    beside, apart, one = x < 20, x % 3 == 0, x == 0
    forecasts = forecast_at_start(replace(design(counts), where=line))
    observed, mean = forecasts.former
    assert observed.sum() == counts[:, START - 12 : START].sum()

    def carried(areas, known=forecasts):
        risen = np.where(areas, 1.5, 1.0) * mean
        more = replace(known, former=np.array([risen, mean])).of(areas, ~areas, AFTER)
        return more.mean / replace(known, former=None).of(areas, ~areas, AFTER).mean

    assert 1.1 < carried(beside) < 1.2
    assert carried(one) == carried(apart) == 1.0
    assert carried(beside, replace(forecasts, points=None)) == 1.0


def test_with_less_than_a_year_more_than_a_forecast_needs_nothing_is_said_of_the_year_before():
    _, counts = region(9)
    assert forecast_at_start(design(counts[:, 13:], start=START - 13)).former is None
    assert forecast_at_start(design(counts[:, 12:], start=START - 12)).former is not None


def test_a_season_is_expected():
    rng, counts = region(3)
    wave = 1 + 0.6 * np.sin(2 * np.pi * np.arange(START + 6) / 12)
    counts = rng.poisson(counts.mean(axis=1, keepdims=True) * wave).astype(float)
    found = empirical_bayes(design(counts))
    assert abs(found.relative) < 0.2
    assert found.curve is not None
    assert found.curve[START:].sum() == pytest.approx(found.expected)
    assert np.corrcoef(found.curve[START:], wave[START:])[0, 1] > 0.9


def test_of_nothing_little_is_called_and_of_a_fall_as_much_as_was_promised():
    """Asked: at most 3 % on either side, and promised power within 10 points."""
    rng, counts = region(4)
    found, fallen, promised = [], [], []
    forecasts = forecast_at_start(design(counts))
    for i in range(AREAS):
        treated = np.arange(AREAS) == i
        for _ in range(8):
            one = forecasts.of(treated, ~treated, AFTER)
            again = replace(one, observed=float(rng.poisson(one.mean)))
            found.append(again.margin(0.95))
            less = replace(one, observed=float(rng.poisson(0.6 * one.mean)))
            fallen.append(less.margin(0.95)[1] < 0)
            promised.append(one.power(0.95).at(-0.4))
    margins = np.array(found)
    assert (margins[:, 1] < 0).mean() <= 0.03 and (margins[:, 0] > 0).mean() <= 0.03
    assert abs(np.mean(fallen) - np.mean(promised)) < 0.1


@pytest.mark.parametrize("fall", [0.0, 0.4, 0.8])
def test_the_margin_in_cases_holds_what_the_measure_took_away(fall):
    """What is unsure is what would have been counted, however much was taken away."""
    rng = np.random.default_rng(5)
    held, ratio = [], []
    for _ in range(400):
        would = rng.negative_binomial(20, 20 / (20 + 40.0))
        left = rng.binomial(would, 1 - fall)
        one = Expected(float(left), 40.0, 40.0 + 40.0**2 / 20)
        low, high = one.margin(0.95)
        held.append(low <= left - would <= high)
        low, high = one.ratio_margin(0.95)
        ratio.append(low <= -fall <= high)
    assert np.mean(held) >= 0.93 and np.mean(ratio) >= 0.93


def test_cases_and_parts_leave_out_no_change_together():
    for observed in range(80):
        one = Expected(float(observed), 30.0, 55.0)
        cases, parts = one.margin(0.95), one.ratio_margin(0.95)
        assert (cases[1] < 0) == (parts[1] < 0) and (cases[0] > 0) == (parts[0] > 0)
        assert (one.p_value < 0.05) == (cases[1] < 0 or cases[0] > 0)


def test_where_almost_nothing_was_expected_nothing_is_called():
    one = Expected(0.0, 1.5, 2.0)
    assert one.margin(0.95)[1] == 0 and one.ratio_margin(0.95)[0] == -1
    assert one.power(0.95).chance.tolist() == [0.0] * len(CHANGES)


def test_the_ring_cancels_only_what_is_more_than_chance_often_gives():
    rng, counts = region(6)
    ring = (np.arange(AREAS) > 0) & (np.arange(AREAS) < 6)
    counts[0, START:] = rng.poisson(0.4 * counts[0, :START].mean(), AFTER)
    calm = empirical_bayes(design(counts, ring=ring))
    assert not cancelled(calm)
    counts[1:6, START:] *= 2
    moved = empirical_bayes(design(counts, ring=ring))
    assert moved.displacement > -moved.effect and moved.displaced_likely and cancelled(moved)
    assert verdict(moved, -0.3) != Verdict.WORKS


def test_before_the_term_only_what_is_overwhelming_is_called_and_told_since_when():
    rng, counts = region(7, mean=20.0)
    counts[0, START:] = rng.poisson(0.3 * counts[0, :START].mean(), AFTER)
    found = judge("eb", design(counts), term=AFTER)
    assert found.levels == Levels() and 1 <= found.known_since < AFTER
    month = found.known_since
    early = judge("eb", design(counts[:, : START + month]), term=AFTER)
    assert early.levels.strong > 0.95 and early.known_since == month
    assert verdict(early, -0.3) == Verdict.WORKS
    before = judge("eb", design(counts[:, : START + month - 1]), term=AFTER) if month > 1 else None
    assert before is None or verdict(before, -0.3) != Verdict.WORKS


def test_looking_every_month_hardly_calls_more_than_looking_once():
    """Asked: "werkt" at some time in at most 5 %; a sum of equal months, looked at in each."""
    rng = np.random.default_rng(9)
    deviation = rng.normal(size=(20_000, 12)).cumsum(axis=1) / np.sqrt(np.arange(1, 13))
    limits = [levels_after(month, 12).strong for month in range(1, 13)]
    assert limits == sorted(limits[:-1], reverse=True) + [0.95]
    sure = np.array([abs(_quantile(level)) for level in limits])
    assert (deviation < -sure).any(axis=1).mean() < 0.04
    assert (deviation < -1.96).any(axis=1).mean() > 0.08, "what it is without limits"
    assert levels_after(13, 12) == levels_after(3, None) == Levels()


def test_of_several_outcomes_none_shows_by_chance_more_often_than_one_alone():
    """Both after the term and when looked at each month."""
    rng = np.random.default_rng(4)
    deviation = rng.normal(size=(20_000, 3, 12)).cumsum(axis=2) / np.sqrt(np.arange(1, 13))
    sure = np.array([abs(_quantile(levels_after(m, 12, 3).strong)) for m in range(1, 13)])
    assert (abs(deviation[:, :, -1]) > sure[-1]).any(axis=1).mean() == pytest.approx(0.05, abs=0.01)
    assert (abs(deviation[:, :, -1]) > 1.96).any(axis=1).mean() > 0.12, "what it is without"
    assert (deviation < -sure).any(axis=(1, 2)).mean() < 0.04
    assert levels_after(3, 12, 3).strong > levels_after(3, 12).strong


def _quantile(level):
    from scipy import stats

    return stats.norm.ppf((1 - level) / 2)


def test_after_a_peak_the_forecast_is_less_sure():
    _, counts = region(10)
    plain, high = (empirical_bayes(design(counts), after_peak=x) for x in (False, True))
    assert high.after_peak and high.expected == pytest.approx(plain.expected, rel=0.06)
    assert high.standard_error > plain.standard_error and AFTER_PEAK > 1


def test_a_month_that_was_not_counted_is_neither_counted_nor_expected():
    _, counts = region(11)
    whole = design(counts)
    gap = np.arange(START + AFTER) != START + 3
    less = replace(
        whole, outcome=counts[:, gap], history=counts[:, None, gap], time=whole.time[gap]
    )
    found, all_of_it = empirical_bayes(less), empirical_bayes(whole)
    assert found.observed == all_of_it.observed - counts[0, START + 3]
    assert found.expected == pytest.approx(all_of_it.expected * 11 / 12, rel=0.05)


def test_without_others_or_without_two_years_before_there_is_no_forecast():
    _, counts = region(12)
    with pytest.raises(DesignError, match="no comparison"):
        empirical_bayes(design(counts, np.ones(AREAS, dtype=bool)))
    with pytest.raises(DesignError, match="too few before"):
        empirical_bayes(design(counts, start=23))


def test_what_lies_around_helps_to_say_what_is_usual():
    """Two municipalities, one with five times as much; an area of which little is known yet."""
    rng = np.random.default_rng(13)
    rate = np.where(np.arange(AREAS) < 30, 5.0, 1.0)[:, None]
    counts = rng.poisson(rate, (AREAS, 60)).astype(float)
    groups = tuple((f"G{i // 30}",) for i in range(AREAS))
    where = Where(groups, np.full((AREAS, 2), np.nan), np.full(AREAS, np.nan))
    found = empirical_bayes(replace(design(counts), where=where))
    assert found.expected == pytest.approx(60, rel=0.2)
