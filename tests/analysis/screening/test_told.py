"""One rise is one signal: what an earlier list told comes back only when it proves more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from koers.analysis.screening import screen_family
from koers.analysis.screening.predictive import RISES, Predictive
from tests.analysis.screening.panels import panel_of

TOPICS = ("1.1.1", "2.1.1")


def rising(*extra: int):
    """Twenty quiet areas, of which one has so many cases more in each of the last months."""
    counts = np.random.default_rng(3).poisson(1.0, (20, 2, 60)).astype(float)
    counts[3, 0, -len(extra) :] += extra
    return panel_of(counts, topics=TOPICS)


def lists(panel, months):
    """Of the last months the main signals of the rise, new and told before."""
    found = [screen_family(panel, p, "GM0001") for p in panel.periods[-months:]]
    here = panel.areas[3], *panel.groups[panel.areas[3]]
    return [
        [[s for s in some if s.main and s.area in here] for some in (f.signals, f.told)]
        for f in found
    ]


def test_a_rise_that_goes_on_is_not_on_the_next_list_but_on_one_for_which_more_is_proven():
    panel = rising(12, 12, 12)
    (new, told), (again, still), (third, _) = lists(panel, 3)
    assert len(new) == 1 and not told
    assert not again and [s.area for s in still] == [panel.areas[3]]
    # Of two months together more is proven than of the first.
    assert len(third) == 1 and third[0].score > new[0].score


def test_a_rise_that_grows_beyond_what_was_told_is_told_again():
    (first, _), (second, _) = lists(rising(10, 40), 2)
    assert len(first) == len(second) == 1
    assert second[0].score > first[0].score


def test_what_was_told_of_another_area_is_nothing_that_was_told_here():
    panel = rising(12, 12)
    counts = panel.counts.copy()
    counts[16, 0, -1] += 12
    found = screen_family(replace(panel, counts=counts), panel.periods[-1])
    assert {s.area for s in found.signals if s.main} == {panel.areas[16]}
    assert panel.areas[3] in {s.area for s in found.told}


def test_each_signal_is_new_or_told_and_together_they_are_the_list_by_itself():
    panel = rising(12, 12, 30)
    for period in panel.periods[-3:]:
        found = screen_family(panel, period, "GM0001")
        alone = screen_family(panel, period, "GM0001", again=True)
        assert {*found.signals, *found.told} == {*alone.signals}
        assert not alone.told
        assert (found.tested, found.visible) == (alone.tested, alone.visible)


def test_what_months_prove_together_is_the_naive_product():
    rng = np.random.default_rng(1)
    mean = rng.uniform(0.2, 5.0, 4)
    law = Predictive(mean, mean * 1.0000001)
    seen = rng.poisson(mean * 2).astype(float)
    ratios = [
        np.prod([r**y * np.exp(m - r * m) for y, m in zip(seen, mean, strict=True)]) for r in RISES
    ]
    expected = np.log10(1 + np.mean(ratios))
    assert law.evidence_together(seen, 1.0) == pytest.approx(expected, rel=1e-4)
    seen[2] = np.nan
    assert law.evidence_together(seen, 1.0) == pytest.approx(
        Predictive(np.delete(mean, 2), np.delete(law.variance, 2)).evidence_together(
            np.delete(seen, 2), 1.0
        )
    )


@pytest.mark.shared
def test_few_main_signals_stood_on_the_list_of_the_month_before(shared):
    """Asked is at most 10 %; of lists by themselves it is half."""
    from benchmarks.injected import haaglanden

    panel = haaglanden()
    listed, stood = 0, 0
    told: set[tuple[str, str, str]] = set()
    for period in panel.periods[-8:]:
        found = screen_family(panel, period, "GM0518")
        mine = {(s.area, s.topic, s.kind) for s in found.signals if s.main}
        listed, stood = listed + len(mine), stood + len(mine & told)
        told = {(s.area, s.topic, s.kind) for s in found.signals}
    assert listed and stood <= 0.1 * listed
