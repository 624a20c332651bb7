from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from koers.analysis.panel import Panel
from koers.analysis.period import Period, span
from koers.analysis.screening.ears import ears
from koers.analysis.screening.glr import glr, glr_panel
from tests.analysis.screening.farrington.reference import column, differences, evaluations, sources

# Method, baseline and alpha of each control list; the last was not written down, its bounds are
# those of 0.01.
EARS = {
    "earsC1": ("C1", 7, None),
    "earsC2": ("C2", 7, None),
    "earsC3": ("C3", 7, None),
    "earsC1_b12": ("C1", 12, 0.01),
}
GLR = ["meningo.age", "n1", "rotaBB", "salmonella.agona"]


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "reference" / "farrington"


@pytest.fixture(scope="module")
def others(folder):
    return evaluations(folder / "out_other_algorithms.csv.gz", "alg", "dataset")


@pytest.mark.shared
@pytest.mark.parametrize("name", EARS)
def test_ears_agrees_with_r_on_every_data_set(folder, others, name):
    compared = 0
    for data, source in sources(folder).items():
        rows = others.get((name, data), [])
        method, baseline, alpha = EARS[name]
        found = ears(source.panel.counts[:, 0], method, alpha, baseline)
        place = (
            np.array([source.panel.areas.index(row["unit"]) for row in rows], dtype=int),
            column(rows, "k").astype(int) - 1,
        )
        assert (differences(found.upper[place], column(rows, "upperbound")) <= 1).all()
        alarms = column(rows, "alarm")
        assert (found.alarm[place] == (alarms == 1))[~np.isnan(alarms)].all()
        compared += len(rows)
    assert compared > 1000


@pytest.mark.shared
@pytest.mark.parametrize("data", GLR)
def test_glr_agrees_with_r_on_its_means(folder, others, data):
    rows = others["glrnb_intercept", data]
    with (folder / f"glrnb_mu0_{data}.csv").open() as file:
        model = {int(row["k"]): row for row in csv.DictReader(file)}
    mean = np.array([float(model[int(row["k"])]["mu0"]) for row in rows])
    alpha = float(next(iter(model.values()))["alpha"])
    found = glr(column(rows, "observed"), mean, alpha)
    assert (differences(found.score, column(rows, "upperbound")) <= 1).all()
    assert (found.alarm == (column(rows, "alarm") == 1)).all()


def test_ears_leaves_the_last_two_out_of_the_baseline_of_c2_only():
    quiet = np.array([2.0, 3, 2, 3, 2, 3, 2, 2, 20, 20])
    assert not ears(quiet, "C1").alarm[-1]
    assert ears(quiet, "C2").alarm[-1]


def test_ears_says_nothing_before_its_baseline_or_of_a_baseline_with_a_hole():
    found = ears(np.array([2.0, 3, np.nan, 3, 2, 3, 2, 2, 5, 2, 2]), "C1")
    assert np.isnan(found.upper[:10]).all()
    assert np.isfinite(found.upper[10])
    with pytest.raises(ValueError, match="baseline"):
        ears(np.ones(20), baseline=2)


def test_glr_hears_a_slow_drift_that_no_single_month_shows_and_starts_anew():
    counts = np.concatenate([np.tile([4.0, 5, 4, 3], 6), np.tile([7.0, 6, 6, 7], 6)])
    found = glr(counts, np.full(48, 4.0))
    first = int(np.flatnonzero(found.alarm)[0])
    assert 24 < first < 36
    assert found.score[first + 1] < found.score[first]


def test_glr_skips_what_is_not_published_and_hears_no_fall():
    counts = np.array([4.0, 6, 7, 6, 8])
    holes = np.array([4.0, np.nan, 6, 7, np.nan, 6, 8])
    whole, holed = glr(counts, np.full(5, 4.0), 0.1), glr(holes, np.full(7, 4.0), 0.1)
    assert np.allclose(whole.score, holed.score[~np.isnan(holes)])
    assert np.isnan(holed.score[np.isnan(holes)]).all()
    assert (glr(np.zeros(30), np.full(30, 4.0)).score == 0).all()


def test_the_in_control_mean_is_of_the_history_only_and_has_the_season_of_the_topic():
    months = span(Period(2020, 1, "month"), Period(2023, 12, "month"))
    season = np.exp(0.5 * np.cos(2 * np.pi * np.arange(1, 49) / 12))
    counts = np.round(np.array([[4.0], [40.0]]) * season)[:, None, :]
    panel = Panel(counts, ("a", "b"), ("x",), months, np.ones((2, 48)))
    found = glr_panel(panel)
    assert np.isnan(found.expected[:, :, :24]).all()
    assert np.allclose(found.expected[1, 0, 24:], 40 * season[24:], rtol=0.05)
    later = counts.copy()
    later[:, :, 40:] += 50
    moved = glr_panel(replace(panel, counts=later))
    assert np.array_equal(found.expected, moved.expected, equal_nan=True)
    assert moved.alarm[:, :, 40:].any() and not found.alarm.any()


def months(counts):
    """A panel of one area and topic from January 2020."""
    start = Period(2020, 1, "month")
    periods = tuple(start.shift(k) for k in range(len(counts)))
    people = np.ones((1, len(counts)))
    return Panel(np.array(counts, dtype=float)[None, None], ("a",), ("x",), periods, people)


@pytest.mark.parametrize("first", [None, 0, 20, 25])
def test_glr_judges_nothing_without_a_history_or_a_period_after_it(first):
    found = glr_panel(months([3.0] * 20), first)
    assert np.isnan(found.expected).all() and not found.alarm.any()


def test_glr_expects_the_same_each_month_where_a_season_cannot_be_known():
    rng = np.random.default_rng(2)
    short = glr_panel(months([*rng.poisson(5.0, 9), 5.0, 5.0, 5.0]), 9).expected[0, 0, 9:]
    nothing = glr_panel(months([0.0] * 30), 24).expected[0, 0, 24:]
    for expected in (short, nothing):
        assert (expected == expected[0]).all() and expected[0] > 0
    year = [9.0, 9, 7, 5, 3, 1, 1, 3, 5, 7, 9, 9]
    seasonal = glr_panel(months(year * 4), 36).expected[0, 0, 36:]
    assert seasonal.argmax() in (0, 11) and seasonal.argmin() in (5, 6)


def test_a_season_that_is_not_settled_in_so_many_steps_is_used_as_far_as_it_is(monkeypatch):
    year = [9.0, 9, 7, 5, 3, 1, 1, 3, 5, 7, 9, 9]
    settled = glr_panel(months(year * 4), 36).expected
    monkeypatch.setattr("koers.analysis.screening.glr.MOST_STEPS", 2)
    np.testing.assert_allclose(glr_panel(months(year * 4), 36).expected, settled, rtol=0.5)
