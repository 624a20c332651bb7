"""The promises of chances and comparisons on the real figures, on the half on which nothing was
chosen; `python -m benchmarks.goals` and `benchmarks.change` look at all of them."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.halves import by_month, municipalities

from benchmarks import change, goals

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def held_aside():
    return municipalities()["held aside"]


def test_the_halves_share_no_municipality():
    halves = municipalities()
    assert not set(halves["development"].areas) & set(halves["held aside"].areas)
    small = [set(parts[0].areas) for parts in by_month().values()]
    assert not small[0] & small[1]


@pytest.mark.parametrize("ahead", goals.AHEAD)
def test_what_is_called_on_course_comes_true(held_aside, ahead):
    found = goals.said(held_aside, ahead, every=20)
    on = found.chance >= goals.ON_COURSE
    assert on.sum() > 300
    assert found.true[on].mean() >= 0.8
    for low in np.arange(0, 1, 0.2):
        use = (found.chance >= low) & (found.chance < low + 0.2)
        assert found.true[use].mean() == pytest.approx(found.chance[use].mean(), abs=0.06)
    brier, other = (((p - found.true) ** 2).mean() for p in (found.chance, found.last_value))
    assert brier < 0.95 * other


def test_so_it_does_of_a_year_of_which_half_is_known():
    found = goals.said_by_month(by_month()["held aside"], 6, every=20)
    on = found.chance >= goals.ON_COURSE
    assert found.true[on].mean() >= 0.8
    assert found.true.mean() == pytest.approx(found.chance.mean(), abs=0.04)


def test_where_nothing_changed_a_twentieth_is_called_and_large_changes_are_found(held_aside):
    lines = change.judge(held_aside.counts, worlds=3)
    share = {name: float(text.split(" %")[0]) for name, text in lines.items() if " % (" in text}
    assert share["called where nothing changed"] == pytest.approx(5, abs=1.5)
    assert share["found of changes over 25 % at a level of 50 or more"] >= 35
