import csv
import json
import math

import numpy as np
import pytest

from koers.analysis.effects.design import DesignError, simple_design
from koers.analysis.effects.its import Shift, its, negative_binomial, quasi_poisson
from koers.analysis.effects.outcome import CHANGES, Effect, PowerCurve
from koers.analysis.effects.verdict import Verdict, verdict


@pytest.mark.shared
@pytest.mark.parametrize(
    ("case", "outcome", "names", "exposure"),
    [
        ("its_f", "VanKilled", ("post", "t", "s1", "c1", "s2", "c2"), None),
        ("its_f2", "DriversKilled", ("post", "t_since", "t", "s1", "c1", "s2", "c2"), "kms"),
    ],
)
def test_the_regression_is_that_of_the_reference(shared, case, outcome, names, exposure):
    with (shared / "reference/effect/its_seatbelts_input.csv").open() as file:
        rows = list(csv.DictReader(file))
    wanted = json.loads((shared / "reference/effect/causal_results.json").read_text())[case]

    def column(name):
        return np.array([float(row[name]) for row in rows])

    x = np.column_stack([np.ones(len(rows)), *(column(name) for name in names)])
    fit = quasi_poisson(column(outcome), x, np.log(column(exposure)) if exposure else None)
    robust = np.sqrt(np.diag(fit.newey_west(6, correction=True)))
    for i, name in enumerate(names, 1):
        assert fit.beta[i] == pytest.approx(wanted["quasipoisson"]["est"][name], abs=1e-6)
        assert np.sqrt(fit.covariance[i, i]) == pytest.approx(
            wanted["quasipoisson"]["se"][name], rel=1e-4
        )
        assert robust[i] == pytest.approx(wanted["poisson_NW6"]["se"][name], rel=1e-4)


@pytest.mark.shared
def test_the_negative_binomial_is_that_of_the_reference(shared):
    with (shared / "reference/effect/its_seatbelts_input.csv").open() as file:
        rows = list(csv.DictReader(file))
    wanted = json.loads((shared / "reference/effect/causal_results.json").read_text())["its_f2"][
        "negbin"
    ]
    names = ("post", "t_since", "t", "s1", "c1", "s2", "c2")

    def column(name):
        return np.array([float(row[name]) for row in rows])

    x = np.column_stack([np.ones(len(rows)), *(column(name) for name in names)])
    fit = negative_binomial(column("DriversKilled"), x, np.log(column("kms")))
    assert fit.theta == pytest.approx(wanted["theta"], rel=1e-3)
    for i, name in enumerate(names, 1):
        assert fit.beta[i] == pytest.approx(wanted["est"][name], abs=1e-6)
        assert np.sqrt(fit.bread[i, i]) == pytest.approx(wanted["se"][name], rel=1e-4)


def test_counts_that_vary_as_poisson_have_no_size_and_the_same_fit():
    y = np.full(40, 7.0)
    x = np.column_stack([np.ones(40), np.arange(40) >= 20]).astype(float)
    fit = negative_binomial(y, x)
    assert np.isinf(fit.theta)
    assert fit.beta == pytest.approx(quasi_poisson(y, x).beta)


def test_a_wild_series_has_a_wide_margin_by_the_negative_binomial_too():
    rng = np.random.default_rng(3)
    wild = rng.poisson(40 * rng.gamma(2, 0.5, size=60))[None].astype(float)
    calm = its(simple_design(series(3), np.array([True]), 36), "negative-binomial")
    found = its(simple_design(wild, np.array([True]), 36), "negative-binomial")
    assert found.standard_error > 1.5 * calm.standard_error
    assert found.power.at(-0.3) < calm.power.at(-0.3)


def test_nothing_is_seldom_called_something_by_the_negative_binomial():
    p = [
        its(simple_design(series(s), np.array([True]), 36), "negative-binomial").p_value
        for s in range(60)
    ]
    assert np.mean(np.array(p) < 0.05) <= 0.07


def series(seed, drop=0.0, periods=60, start=36, mean=40.0):
    t = np.arange(periods)
    level = (
        mean
        * np.exp(0.2 * np.sin(2 * np.pi * t / 12) - 0.001 * t)
        * np.where(t >= start, 1 - drop, 1)
    )
    return np.random.default_rng(seed).poisson(level)[None].astype(float)


def test_a_fall_of_half_is_found_beside_season_and_trend():
    found = its(simple_design(series(1, 0.5), np.array([True]), 36))
    assert found.interval[1] < 0 and found.relative == pytest.approx(-0.5, abs=0.1)
    assert found.p_value < 0.001


def test_nothing_is_seldom_called_something():
    p = [its(simple_design(series(s), np.array([True]), 36)).p_value for s in range(100)]
    assert np.mean(np.array(p) < 0.05) <= 0.06


@pytest.mark.parametrize("side", [slice(None, 36), slice(36, None), slice(None)])
def test_no_cases_on_a_side_gives_numbers_all_the_same(side):
    counts = series(1, mean=2.0)
    counts[0, side] = 0
    found = its(simple_design(counts, np.array([True]), 36))
    assert np.isfinite([found.effect, found.p_value, *found.interval]).all()


def test_however_unsure_a_shift_is_its_limits_stay_numbers():
    curve = PowerCurve(np.full(len(CHANGES), 0.5))
    lower, upper = Shift(0.0, 40.0, 3.0, 10.0, 10.0, 1.0, curve).margin(0.99)
    assert (lower, upper) == pytest.approx((10 - 10 * math.exp(30), 10))


def test_three_periods_before_are_too_few():
    with pytest.raises(DesignError, match="too few before"):
        its(simple_design(series(1), np.array([True]), 3))


def effect(interval, weak, power=0.5, **more):
    curve = PowerCurve(np.full(len(CHANGES), power))
    return Effect("its", 80, 100, sum(interval) / 2, interval, weak, 0.05, curve, **more)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (effect((-30, -10), (-27, -13)), Verdict.WORKS),
        (effect((-30, -10), (-27, -13), displacement=25.0), Verdict.TOO_LITTLE),
        (effect((-30, -10), (-27, -13), displacement=25.0, net=True), Verdict.WORKS),
        (effect((10, 30), (13, 27)), Verdict.BACKFIRES),
        (effect((-30, 2), (-25, -3)), Verdict.PROBABLY),
        (effect((-30, 20), (-20, 10), power=0.8), Verdict.NOTHING),
        (effect((-30, 20), (-20, 10), power=0.79), Verdict.TOO_LITTLE),
    ],
)
def test_the_verdict_follows_the_rule_in_order(found, wanted):
    assert verdict(found, -0.2) == wanted


def test_where_nothing_was_counted_the_regression_ends_and_expects_nothing():
    x = np.column_stack([np.ones(24), np.arange(24.0)])
    fit = negative_binomial(np.zeros(24), x)
    assert (fit.mean < 1e-6).all() and np.isfinite(fit.beta).all()


def test_a_fit_that_goes_to_and_fro_ends_after_so_many_steps(monkeypatch):
    rng = np.random.default_rng(4)
    y = rng.negative_binomial(2, 0.1, 60).astype(float)
    x = np.column_stack([np.ones(60), np.arange(60.0)])
    settled = negative_binomial(y, x)
    monkeypatch.setattr("koers.analysis.effects.its.MOST_STEPS", 6)
    assert negative_binomial(y, x).beta == pytest.approx(settled.beta, rel=0.05)
    monkeypatch.setattr("koers.analysis.effects.its.MOST_STEPS", 1)
    assert np.isfinite(negative_binomial(y, x).beta).all()
