import numpy as np
import pytest
from benchmarks.effects import seattle

from koers.analysis.effects.design import DesignError, simple_design
from koers.analysis.effects.synthetic import synthetic_control
from koers.analysis.effects.weights import balancing_weights


def made(seed, areas=40, periods=36, mean=8.0):
    return np.random.default_rng(seed).poisson(mean, (areas, periods)).astype(float)


def test_weights_match_exactly_where_they_can_and_are_never_negative():
    terms = np.column_stack([np.ones(60), made(1, 60, 5)])
    treated = np.arange(60) < 6
    found = balancing_weights(terms, treated[None] @ terms, ~treated[None])
    assert found.exact.all() and (found.weight >= 0).all() and not found.weight[0, treated].any()
    assert found.weight[0] @ terms == pytest.approx(terms[treated].sum(axis=0), rel=1e-5)


def test_a_target_out_of_reach_is_said_not_to_be_matched():
    terms = np.column_stack([np.ones(10), np.arange(10.0)])
    found = balancing_weights(terms, np.array([[1.0, 50.0]]), np.ones((1, 10), dtype=bool))
    assert not found.exact[0]


def test_a_large_fall_is_found():
    counts = made(2)
    counts[:4, 24:] = np.floor(counts[:4, 24:] * 0.4)
    found = synthetic_control(simple_design(counts, np.arange(40) < 4, 24), 100)
    assert (
        found.interval[1] < 0
        and found.p_value <= 0.05
        and found.relative == pytest.approx(-0.6, abs=0.15)
    )


def test_p_is_uniform_when_nothing_was_done():
    p = [
        synthetic_control(simple_design(made(s, 25, 20, 4.0), np.arange(25) < 1, 14), 40).p_value
        for s in range(100)
    ]
    assert np.mean(np.array(p) <= 0.2) == pytest.approx(0.2, abs=0.12)
    assert np.mean(p) == pytest.approx(0.5, abs=0.09)


def test_p_and_interval_agree():
    for s in range(20):
        found = synthetic_control(simple_design(made(s, 30, 20), np.arange(30) < 3, 14), 60, seed=s)
        assert (found.p_value <= 0.05) == (not found.interval[0] <= 0 <= found.interval[1])


def test_the_same_seed_gives_the_same():
    design = simple_design(made(3), np.arange(40) < 4, 24)
    assert synthetic_control(design, 50, 7).p_value == synthetic_control(design, 50, 7).p_value


def test_one_comparison_area_can_show_nothing():
    found = synthetic_control(simple_design(made(4, 2), np.array([True, False]), 24))
    assert found.p_value == 1 and found.interval[1] == float("inf")


def test_without_comparison_it_is_refused():
    with pytest.raises(DesignError, match="no comparison"):
        synthetic_control(simple_design(made(5, 2), np.array([True, True]), 24))


@pytest.mark.shared
@pytest.mark.slow
def test_the_drug_markets_of_seattle():
    found = {name: effect for name, effect, _ in seattle()}
    wanted = {"i_felony": -0.3257, "i_misdemea": -0.3733, "i_drugs": -0.1582, "any_crime": -0.2012}
    for name, relative in wanted.items():
        assert found[name].relative == pytest.approx(relative, abs=0.01)
        assert (found[name].p_value < 0.05) == (name != "i_drugs")
        assert found[name].exact
        assert max(abs(term.treated - term.weighted) for term in found[name].balance) < 1e-3


def test_weights_that_are_not_found_in_so_many_steps_are_not_called_exact(monkeypatch):
    terms = np.column_stack([np.ones(60), made(1, 60, 8)])
    treated = np.zeros(60, dtype=bool)
    treated[np.argsort(-terms[:, 1])[8:32:4]] = True
    given = (terms, treated[None] @ terms, ~treated[None])
    assert balancing_weights(*given).exact.all()
    monkeypatch.setattr("koers.analysis.effects.weights.MOST_STEPS", 2)
    found = balancing_weights(*given)
    assert not found.exact.any()
    assert (found.weight >= 0).all() and not found.weight[0, treated].any()


@pytest.mark.parametrize(("treated", "known"), [(1, False), (2, False), (3, True)])
def test_leaving_out_each_area_in_turn_takes_three_of_them(treated, known):
    counts = made(2)
    counts[:treated, 24:] = np.floor(counts[:treated, 24:] * 0.4)
    found = synthetic_control(simple_design(counts, np.arange(40) < treated, 24), 50)
    assert np.isfinite(found.jackknife).all() == known
    assert found.placebos == (39 if treated == 1 else 50), "each other area, or so many draws"
    if known:
        low, high = found.jackknife
        assert -1 < low < found.relative < high < 0
