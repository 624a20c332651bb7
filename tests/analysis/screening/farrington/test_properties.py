from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koers.analysis.panel import Panel
from koers.analysis.period import Period, span
from koers.analysis.screening.farrington import (
    FarringtonOptions,
    UnsuitableOptionsError,
    farrington,
)
from koers.analysis.screening.farrington.fit import critical_values
from tests.examples import examples

MONTHS = span(Period(2018, 1, "month"), Period(2023, 12, "month"))
LAST = [len(MONTHS) - 1]
OPTIONS = [
    FarringtonOptions(
        b=3, w=1, no_periods=10, threshold_method="nbPlugin", alpha=0.01, limit54=(0, 4)
    ),
    FarringtonOptions(b=4, w=2, threshold_method="muan", limit54=(0, 4)),
    FarringtonOptions(b=5, w=1, no_periods=5, p_threshold_trend=1.0),
]


def panel(counts) -> Panel:
    counts = np.asarray(counts, dtype=float)
    names = tuple(str(i) for i in range(len(counts)))
    return Panel(counts[:, None, :], names, ("x",), MONTHS, np.ones((len(counts), len(MONTHS))))


def series(count: int, mean: float, seed: int):
    return np.random.default_rng(seed).poisson(mean, (count, len(MONTHS)))


drawn = st.builds(
    series, st.integers(2, 6), st.sampled_from([0.05, 0.5, 3.0, 40.0]), st.integers(0, 2**16)
)


def same(one, other) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)
        for name in ("expected", "upper", "score", "p", "phi", "alarm", "trend")
    )


@settings(max_examples=examples(15))
@given(drawn, st.sampled_from(OPTIONS), st.randoms(use_true_random=False))
def test_the_order_of_the_series_does_not_matter(counts, options, random):
    order = list(range(len(counts)))
    random.shuffle(order)
    whole, shuffled = farrington(panel(counts), options), farrington(panel(counts[order]), options)
    assert np.array_equal(whole.upper[order], shuffled.upper, equal_nan=True)
    assert np.array_equal(whole.p[order], shuffled.p, equal_nan=True)


@settings(max_examples=examples(15))
@given(drawn, st.sampled_from(OPTIONS))
def test_series_without_cases_beside_it_change_nothing(counts, options):
    alone = farrington(panel(counts), options)
    more = farrington(panel(np.concatenate([counts, np.zeros((3, len(MONTHS)))])), options)
    assert np.array_equal(alone.upper, more.upper[: len(counts)], equal_nan=True)
    assert not more.alarm[len(counts) :].any()


@settings(max_examples=examples(15))
@given(drawn, st.sampled_from(OPTIONS), st.integers(1, 50))
def test_a_higher_last_count_is_never_less_of_a_rise(counts, options, more):
    higher = counts.copy()
    higher[:, -1] += more
    low, high = (farrington(panel(c), options, positions=LAST) for c in (counts, higher))
    assert np.array_equal(low.upper[low.upper == low.upper], high.upper[low.upper == low.upper])
    both = ~np.isnan(low.p) & ~np.isnan(high.p)
    assert (high.p[both] <= low.p[both]).all()
    assert (high.alarm | ~low.alarm).all()


@settings(max_examples=examples(15))
@given(drawn, st.sampled_from(OPTIONS), st.integers(1, 7))
def test_how_many_series_go_at_once_does_not_matter(counts, options, size):
    assert same(
        farrington(panel(counts), options), farrington(panel(counts), options, series_at_once=size)
    )


def test_a_series_of_zeros_has_no_alarm_and_one_case_after_it_has():
    counts = np.zeros((2, len(MONTHS)))
    counts[1, -1] = 1
    found = farrington(panel(counts), OPTIONS[0])
    assert found.alarm[:, 0, -1].tolist() == [False, True]
    assert (found.upper[:, 0, -1] == 0).all()


def test_too_few_cases_suppress_the_bound_and_leave_the_p_value():
    counts = series(1, 0.2, 3)
    found = farrington(panel(counts), FarringtonOptions(b=3, limit54=(50, 4)))
    assert np.isnan(found.upper).all() and np.isnan(found.expected).all()
    assert np.isfinite(found.p[0, 0, -1]) and not found.alarm.any()


def test_what_is_not_published_is_left_out_of_the_history():
    counts = series(1, 5.0, 4).astype(float)
    wild = counts.copy()
    wild[0, 40] = 500
    counts[0, 40] = np.nan
    hidden = farrington(panel(counts), OPTIONS[1], positions=LAST)
    assert np.isfinite(hidden.upper[0, 0, -1])
    assert (
        hidden.upper[0, 0, -1]
        <= farrington(panel(wild), OPTIONS[1], positions=LAST).upper[0, 0, -1]
    )


def test_a_population_offset_expects_in_proportion():
    counts = np.full((1, len(MONTHS)), 10.0)
    counts[0, ::2] = 11
    people = np.full((1, len(MONTHS)), 1000.0)
    people[0, -1] = 3000
    flat = panel(counts)
    grown = Panel(flat.counts, flat.areas, flat.topics, flat.periods, people)
    options = FarringtonOptions(b=3, population_offset=True)
    one, three = (farrington(p, options, positions=LAST).expected[0, 0, -1] for p in (flat, grown))
    assert three == pytest.approx(3 * one, rel=1e-9)


@pytest.mark.parametrize(
    ("w", "no_periods", "fits"),
    [(1, 10, True), (1, 11, False), (3, 6, True), (3, 7, False), (0, 12, True), (6, 1, True)],
)
def test_monthly_blocks_that_would_overwrite_each_other_are_refused(w, no_periods, fits):
    options = FarringtonOptions(b=3, w=w, no_periods=no_periods)
    if fits:
        assert farrington(panel(series(1, 2.0, 1)), options).judged.any()
        return
    with pytest.raises(UnsuitableOptionsError, match="no_periods"):
        farrington(panel(series(1, 2.0, 1)), options)


@pytest.mark.parametrize(
    "wrong",
    [
        {"b": 0},
        {"w": -1},
        {"no_periods": 0},
        {"past_weeks_not_included": -1},
        {"alpha": 0.0},
        {"alpha": 1.0},
        {"limit54": (5, 0)},
        {"limit54": (-1, 4)},
        {"powertrans": "3/2"},
        {"threshold_method": "exact"},
    ],
)
def test_options_that_mean_nothing_are_refused(wrong):
    with pytest.raises(ValueError):
        FarringtonOptions(**wrong)


@pytest.mark.parametrize(
    ("p_threshold_trend", "kept"), [(1.5, True), (1.0, True), (0.0, False), (-1.0, False)]
)
def test_a_trend_is_always_or_never_kept_where_the_threshold_says_so(p_threshold_trend, kept):
    counts = np.tile([4.0, 5, 6, 5], (1, len(MONTHS) // 4))
    options = FarringtonOptions(
        b=5, w=1, no_periods=5, p_threshold_trend=p_threshold_trend, reweight=False
    )
    found = farrington(panel(counts), options, positions=LAST)
    assert found.judged[-1]
    assert bool(found.trend[0, 0, -1]) == kept


def test_there_is_a_rise_and_no_lower_limit_and_progress_ends_at_all_periods():
    counts, told = series(2, 5.0, 7).astype(float), []
    counts[1, -1] = 60
    found = farrington(panel(counts), OPTIONS[1], progress=lambda *done: told.append(done))
    assert found.kind[:, 0, -1].tolist() == ["", "rise"]
    assert np.isnan(found.lower).all()
    judged = int(found.judged.sum())
    assert told == [(n + 1, judged) for n in range(judged)]


def test_a_period_without_enough_years_before_it_is_not_judged():
    counts = panel(series(1, 5.0, 3))
    options = FarringtonOptions(b=4, w=2, limit54=(0, 4))
    early = [12, 47, 48]
    assert not farrington(counts, options, positions=early).judged.any()
    assert np.flatnonzero(farrington(counts, options, positions=[48, 49]).judged).tolist() == [49]
    later = FarringtonOptions(b=4, w=2, past_weeks_not_included=71, limit54=(0, 4))
    assert not farrington(counts, later, positions=[60, 71]).judged.any(), "nothing is left"


def test_with_dates_a_reference_moment_has_to_be_in_the_series():
    counts = panel(series(1, 5.0, 3))
    days = np.array([f"{p.year}-{p.number:02d}-01" for p in MONTHS], dtype="datetime64[D]")
    options = FarringtonOptions(b=3, w=1, limit54=(0, 4))
    assert farrington(counts, options, positions=LAST, dates=days).judged[-1]
    moved = days.copy()
    moved[len(MONTHS) - 13 :] += 3
    moved[-1] = days[-1]
    assert not farrington(counts, options, positions=LAST, dates=moved).judged.any()


def test_a_window_that_would_reach_into_the_future_is_refused():
    with pytest.raises(UnsuitableOptionsError, match="into the future"):
        farrington(panel(series(1, 2.0, 1)), FarringtonOptions(b=2, w=13))


def test_every_trend_counts_above_a_threshold_of_one_and_none_at_nothing():
    assert (critical_values(1.5, 4) < 0).all()
    assert np.isinf(critical_values(0.0, 4)).all()
    assert (critical_values(1.0, 4) > 0).all() and (critical_values(1.0, 4) < 1e-6).all()
