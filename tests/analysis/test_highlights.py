"""What stands out: said where there is something, and hardly ever where there is nothing."""

import numpy as np
import pytest
from benchmarks.highlights import WILD, found_of_planted, said_of_nothing

from koers.analysis.highlights import FactKind, YearSeries, highlights, standing


def test_where_nothing_goes_on_hardly_ever_something_is_said():
    assert said_of_nothing(150) <= 0.1


@pytest.mark.parametrize("change", [(2.0, 3), (3.0, 1), (0.5, 3), (1 / 3, 1)])
def test_what_is_planted_is_in_the_three_sentences(change):
    assert found_of_planted(40, change) >= 0.8


def steady(counts: list[float], **others) -> YearSeries:
    flat = np.full(len(counts), 20_000.0)
    years = tuple(range(2026 - len(counts), 2026))
    nothing = np.full(len(counts), np.nan)
    given = {"country": nothing, "country_people": nothing, "people": flat}
    given |= {"others": np.array([]), "others_people": np.array([]), **others}
    return YearSeries("a", years, np.array(counts, dtype=float), dispersion=WILD, **given)


def test_a_fall_to_the_lowest_of_all_years_says_since_when():
    (fact,) = standing([steady([185, 170, 160, 120, 110, 90, 70, 50, 40])])
    assert (fact.kind, fact.since, fact.until) == (FactKind.FELL, 2017, 2025)
    assert (fact.before, fact.after, fact.extreme) == (185, 40, 2017)
    assert fact.lower < fact.ratio < fact.upper < 1


def test_a_rise_that_came_down_again_names_the_last_year_too():
    (fact,) = standing([steady([131, 140, 135, 131, 210, 400, 290])])
    assert (fact.kind, fact.until, fact.after, fact.now) == (FactKind.ROSE, 2024, 400, 290)
    assert fact.extreme == 0


def test_without_the_last_year_or_with_too_few_cases_nothing_is_said():
    assert standing([steady([200, 180, 100, 50, np.nan])]) == ()
    assert standing([steady([7, 0, 1, 0, 0])]) == ()
    assert standing([steady([np.nan] * 5)]) == ()
    assert standing([]) == ()


def test_a_level_far_from_the_countrys_is_said_and_one_like_it_is_not():
    country = {"country": np.full(6, 34e3), "country_people": np.full(6, 17e6)}
    (fact,) = standing([steady([4, 5, 3, 6, 5, 4], **country)])
    assert fact.kind is FactKind.BELOW and fact.before == pytest.approx(2.0)
    (fact,) = standing([steady([160, 161, 159, 162, 158, 160], **country)])
    assert fact.kind is FactKind.ABOVE and fact.ratio == pytest.approx(4.0, rel=0.02)
    assert standing([steady([40, 42, 39, 41, 38, 42], **country)]) == ()


def test_who_fell_while_the_country_rose_went_another_way():
    grown = {"country": np.array([1e4, 1.2e4, 1.4e4, 1.6e4, 1.8e4, 2e4])}
    country = {**grown, "country_people": np.full(6, 17e6)}
    found = standing([steady([300, 290, 300, 295, 305, 300], people=np.full(6, 5e5), **country)])
    (slower,) = [fact for fact in found if fact.kind is FactKind.SLOWER]
    assert slower.ratio == pytest.approx(0.5, rel=0.01)


def test_a_place_is_among_all_and_counts_from_the_highest():
    chance = np.random.default_rng(3)
    people = np.full(99, 20_000.0)
    others = {"others": chance.poisson(100, 99).astype(float), "others_people": people}
    (fact,) = standing([steady([400, 400, 400], **others)])
    assert (fact.kind, fact.place, fact.places) == (FactKind.HIGH_PLACE, 1, 100)
    (fact,) = standing([steady([20, 20, 20], **others)])
    assert (fact.kind, fact.place, fact.places) == (FactKind.LOW_PLACE, 100, 100)
    assert fact.lower < fact.ratio < fact.upper
    assert standing([steady([100, 100, 100], **others)]) == ()


def test_of_one_kind_one_fact_is_said_and_the_weightiest_comes_first():
    country = {"country": np.full(9, 34e3), "country_people": np.full(9, 17e6)}
    both = steady([300, 280, 260, 240, 220, 200, 180, 160, 10], **country)
    assert len(standing([both])) > 1 and len(highlights([both])) == 1
    many = [steady([1000 - 60 * k] * 4 + [10 * k + 10]) for k in range(5)]
    facts = highlights([YearSeries(str(k), *_rest(one)) for k, one in enumerate(many)])
    assert len(facts) == 3 and facts[0].key == "4"
    assert sorted((f.weight for f in facts), reverse=True) == [f.weight for f in facts]


def _rest(one: YearSeries):
    names = ("years", "counts", "people", "country", "country_people")
    return [getattr(one, name) for name in (*names, "others", "others_people", "dispersion")]
