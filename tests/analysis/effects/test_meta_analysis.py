"""Several evaluations together: figures that others published, and margins that hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koers.analysis.effects.eb import Expected
from koers.analysis.effects.meta_analysis import log_ratio, meta_analysis

# BCG vaccine against tuberculosis, 13 trials (Colditz et al., JAMA 1994, 271:698-702): cases and
# others with the vaccine, cases and others without.
BCG = np.array(
    [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
        (186, 50448, 141, 27197),
        (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ],
    dtype=float,
)
# Blood pressure, ten made-up studies (Riley, Higgins & Deeks, BMJ 2011, 342:d549).
PRESSURE = np.array([0.0, 0.1, -0.4, -0.8, -0.63, 0.22, -0.34, -0.51, 0.03, -0.81])
ITS_ERRORS = np.array(
    [0.42347717, 0.21939179, 0.02551067, 0.19898325, 0.30102594]
    + [0.30102594, 0.07142988, 0.10204269, 0.12245123, 0.30102594]
)


def bcg():
    a, b, c, d = BCG.T
    risk = np.log(a / (a + b)) - np.log(c / (c + d))
    return risk, np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def test_the_vaccine_trials_pool_as_in_the_metafor_package_of_r():
    found = meta_analysis(*bcg())
    assert found.number == 13
    assert found.mean == pytest.approx(-0.7145, abs=5e-5)
    assert found.tau2 == pytest.approx(0.3132, abs=5e-5)
    assert found.q == pytest.approx(152.2330, abs=5e-5)
    assert found.interval == pytest.approx((-1.1084, -0.3206), abs=1e-4)


def test_the_prediction_is_that_of_the_pimeta_package_of_r():
    low, high = meta_analysis(PRESSURE, ITS_ERRORS).prediction
    assert low == pytest.approx(-0.8807, abs=0.02)
    assert high == pytest.approx(0.2240, abs=0.02)


def simulated(rng, number, between):
    errors = rng.uniform(0.1, 0.4, number)
    return -0.2 + between * rng.standard_normal(number) + errors * rng.standard_normal(number), (
        errors
    )


@pytest.mark.parametrize("number", [3, 5, 10])
@pytest.mark.parametrize("between", [0.0, 0.3])
def test_the_margins_hold_the_mean_and_the_next_effect(number, between):
    rng, held, foreseen, times = np.random.default_rng(7), 0, 0, 150
    for _ in range(times):
        found = meta_analysis(*simulated(rng, number, between), draws=1_000)
        held += found.interval[0] <= -0.2 <= found.interval[1]
        following = -0.2 + between * rng.standard_normal()
        foreseen += found.prediction[0] <= following <= found.prediction[1]
    assert held / times >= 0.92
    assert foreseen / times >= 0.9


def test_evaluations_of_counts_are_pooled_without_leaning_to_either_side():
    """From the counts and margins as the primary method gives them."""
    rng, truth, means, held = np.random.default_rng(3), np.log(0.8), [], 0
    for _ in range(60):
        studies = []
        for expected in rng.uniform(20, 120, 5):
            spread = expected + 0.02 * expected**2
            size = expected**2 / (spread - expected)
            mean = rng.gamma(size, expected / size) * 0.8
            found = Expected(float(rng.poisson(mean)), expected, spread)
            middle = float(found.limits(0.5)[0])
            studies.append(log_ratio(found.observed / middle - 1, middle, found.ratio_margin(0.95)))
        pooled = meta_analysis(*np.array(studies).T, draws=100)
        means.append(pooled.mean)
        held += pooled.interval[0] <= truth <= pooled.interval[1]
    assert np.mean(means) == pytest.approx(truth, abs=0.05)
    assert held >= 54


estimates = st.lists(st.tuples(st.floats(-2, 2), st.floats(0.02, 2)), min_size=3, max_size=12).map(
    lambda pairs: np.array(pairs).T
)


@given(estimates)
def test_the_mean_lies_among_them_and_the_margins_around_it(given_estimates):
    y, errors = given_estimates
    found = meta_analysis(y, errors, draws=1_000)
    assert y.min() - 1e-9 <= found.mean <= y.max() + 1e-9
    assert found.interval[0] < found.mean < found.interval[1]
    assert found.prediction[0] < found.mean < found.prediction[1]
    assert found.tau2 >= 0
    assert np.diff(found.interval)[0] >= 2 * 1.96 / np.sqrt((1 / errors**2).sum())


@given(estimates, st.floats(-1, 1))
def test_moving_all_of_them_moves_the_answer_and_nothing_else(given_estimates, by):
    y, errors = given_estimates
    one, other = (meta_analysis(x, errors, draws=100) for x in (y, y + by))
    assert other.mean - one.mean == pytest.approx(by, abs=1e-4)
    assert other.tau2 == pytest.approx(one.tau2, rel=1e-3, abs=1e-5)


def test_the_same_figures_give_the_same_answer():
    assert meta_analysis(*bcg()) == meta_analysis(*bcg())


def test_two_are_too_few_and_an_unknown_one_is_refused():
    with pytest.raises(ValueError, match="at least 3"):
        meta_analysis(np.zeros(2), np.ones(2))
    with pytest.raises(ValueError, match="above 0"):
        meta_analysis(np.zeros(3), np.array([1.0, 0.0, 1.0]))
    with pytest.raises(ValueError, match="finite"):
        meta_analysis(np.array([0.0, np.nan, 0.0]), np.ones(3))


def test_a_count_with_its_margin_becomes_a_ratio_with_its_error():
    found, error = log_ratio(-0.2, 100, (-0.4, 1 / 15))
    assert found == pytest.approx(np.log(0.8))
    assert error == pytest.approx(np.log(16 / 9) / (2 * 1.959964), rel=1e-6)
    # Without a lower limit the upper one tells.
    assert log_ratio(-0.8, 10, (-1.0, 0.5))[1] == pytest.approx(np.log(7.5) / 1.959964, rel=1e-6)


def test_nothing_counted_still_counts_and_weighs_little():
    found, error = log_ratio(-1.0, 9.5, (-1.0, -0.6))
    assert found == pytest.approx(np.log(0.05))
    assert error == pytest.approx(np.sqrt(2))
