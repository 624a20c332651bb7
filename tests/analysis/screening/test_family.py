"""The list of one municipality in one month, and the same for the whole country in a stream."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koers.analysis.panel import Panel
from koers.analysis.screening import screen_family
from koers.analysis.screening.areas import screen_topic
from koers.analysis.screening.family import _screened, explain
from koers.analysis.screening.pooled import KnownLevels, pooled_windows
from koers.analysis.screening.series import screen_series
from koers.analysis.screening.setting import setting_of
from koers.analysis.screening.signal import Cell, Interval, Origin, Signal
from koers.analysis.screening.stream import screen_stream
from koers.analysis.screening.sums import levels_of, with_groups
from koers.analysis.screening.told import chains_of
from tests.analysis.fdr_oracle import naive
from tests.analysis.screening.panels import START, panel_of, random_panel
from tests.examples import examples

TOPICS = ("1.1.1", "1.1.2", "2.1.1")


def planted(seed: int = 4, extra: int = 10, months: int = 1) -> Panel:
    counts = np.random.default_rng(seed).poisson(1.0, (40, 3, 60)).astype(float)
    counts[3, 0, 60 - months :] += extra
    return panel_of(counts, topics=TOPICS)


def test_a_rise_that_shows_in_several_places_is_one_signal_with_the_others_listed():
    panel = planted(extra=20)
    found = screen_family(panel, panel.periods[-1], "GM0001", rate=0.01)
    main = [s for s in found.signals if s.main]
    assert [(s.area, s.topic, s.kind) for s in main] == [(panel.areas[3], "1.1.1", "rise")]
    others = [s for s in found.signals if not s.main]
    assert {s.level for s in others} == {"neighbourhood", "district", "municipality"}
    assert len({s.window for s in found.signals}) > 1
    assert {s.explained_by for s in others} == {main[0].cell}
    assert main[0].p == min(s.p for s in found.signals)


@pytest.mark.parametrize(
    "people", ["the same each year", "more each year", "nobody in some places"]
)
def test_the_level_that_is_computed_once_is_that_of_each_spatial_level(people):
    panel = planted()
    rng = np.random.default_rng(8)
    population = rng.integers(200, 3000, len(panel.areas))[:, None] * np.ones(60)
    if people == "more each year":
        population = population * rng.uniform(1.0, 1.02, population.shape).cumprod(axis=1)
    if people == "nobody in some places":
        population[::7] = 0.0
    counts = panel.counts.copy()
    counts[5, 1, 40:44] = np.nan
    known = KnownLevels()
    for part in levels_of(
        with_groups(replace(panel, population=population, counts=counts))
    ).values():
        shared, own = pooled_windows(part, last=1, known=known), pooled_windows(part, last=1)
        for one, other in zip(shared, own, strict=True):
            np.testing.assert_allclose(one.predictive.mean, other.predictive.mean, rtol=1e-9)
            np.testing.assert_allclose(
                one.predictive.variance, other.predictive.variance, rtol=1e-9
            )


def test_main_signals_come_first():
    found = screen_family(planted(), START.shift(59), "GM0001").signals
    assert [s.main for s in found] == sorted((s.main for s in found), reverse=True)


def test_a_signal_has_nested_intervals_and_parts_that_make_one():
    for s in screen_family(planted(), START.shift(59), "GM0001").signals:
        (l50, u50), (l80, u80), (l95, u95) = ((i.lower, i.upper) for i in s.intervals)
        assert l95 <= l80 <= l50 <= u50 <= u80 <= u95
        assert [i.level for i in s.intervals] == [0.5, 0.8, 0.95]
        assert (s.lower, s.upper) == (l95, u95)
        assert s.observed > u95
        assert (
            s.origin.own + s.origin.district + s.origin.municipality + s.origin.peers
            == pytest.approx(1.0)
        )


def test_a_list_holds_only_what_lies_in_its_municipality():
    panel = planted()
    everywhere, here, elsewhere = (
        {s.cell for s in screen_family(panel, panel.periods[-1], code, windows=(1, 3)).signals}
        for code in (None, "GM0001", "GM0003")
    )
    assert panel.areas[3] in {cell.area for cell in everywhere & here}
    assert elsewhere == set()


def test_an_empty_list_says_what_rise_would_have_been_seen():
    panel = random_panel(7, areas=20, topics=1, months=48)
    found = screen_family(panel, panel.periods[-1], "GM0001", rate=0.001)
    assert found.signals == ()
    assert found.visible is not None
    assert found.visible.count > found.visible.expected > 0.0
    assert not found.too_few


def test_the_rise_that_would_have_been_seen_is_one_when_it_comes():
    panel = random_panel(7, areas=20, topics=1, months=48)
    silent = screen_family(panel, panel.periods[-1], "GM0001", windows=(1,), rate=0.01)
    assert silent.visible is not None and silent.visible.cell.level == "municipality"
    counts = panel.counts.copy()
    inside = [i for i, area in enumerate(panel.areas) if panel.groups[area][-1] == "GM0001"]
    counts[inside[0], 0, -1] += silent.visible.count - counts[inside, 0, -1].sum()
    found = screen_family(
        replace(panel, counts=counts), panel.periods[-1], "GM0001", windows=(1,), rate=0.01
    )
    assert silent.visible.cell in {s.cell for s in found.signals}


def test_too_short_a_history_is_a_result_and_not_an_empty_list():
    panel = random_panel(months=20)
    found = screen_family(panel, panel.periods[-1])
    assert (found.signals, found.tested, found.visible, found.too_few) == ((), 0, None, True)
    assert found.untested > 0


def test_areas_without_any_case_are_blind():
    panel = panel_of(np.zeros((10, 1, 48)))
    found = screen_family(panel, panel.periods[-1])
    assert found.signals == ()
    assert found.blind == found.pairs > 0
    assert found.too_few


def test_falls_are_signalled_but_not_for_provisional_periods():
    counts = np.random.default_rng(4).poisson(30.0, (20, 2, 60)).astype(float)
    counts[3, 0, -1] = 0.0
    panel = panel_of(counts)
    seen = screen_family(panel, panel.periods[-1]).signals
    assert (panel.areas[3], "fall") in {(s.area, s.kind) for s in seen}
    provisional = screen_family(panel, panel.periods[-1], falls=False).signals
    assert "fall" not in {s.kind for s in provisional}


def test_later_periods_are_not_looked_at():
    panel = planted()
    counts = panel.counts.copy()
    counts[:, :, 59] = 500.0
    period = panel.periods[58]
    assert screen_family(panel, period) == screen_family(replace(panel, counts=counts), period)


LEVEL_OF = {"BU": "neighbourhood", "WK": "district", "GM": "municipality"}


def signal(area, topic, kind, p, score=2.0, window=1):
    law = (Interval(0.95, 0.0, 3.0),)
    cell = Cell(area, LEVEL_OF[area[:2]], topic, window)
    return Signal(cell, START, 9.0, 1.0, law, p, p, score, kind, Origin(1.0, 0.0, 0.0, 0.0))


def test_of_a_month_of_which_half_is_known_half_is_expected():
    panel, known = planted(extra=20), np.ones(60)
    known[-1] = 0.5

    def expected(complete):
        found = screen_family(panel, panel.periods[-1], "GM0001", complete=complete).signals
        return next(s.expected for s in found if s.window == 1 and s.area == panel.areas[3])

    assert expected(known) == pytest.approx(expected(None) / 2, rel=0.05)


def test_months_prove_a_signal_by_themselves_whatever_longer_windows_stand_beside_them():
    panel = planted(extra=8, months=3)
    rise = replace(signal(panel.areas[3], "1.1.1", "rise", 0.001), period=panel.periods[-1])
    alone, beside = (
        _screened(panel, "GM0001", windows, None, 12)[0].proof(rise, 3)
        for windows in ((1,), (1, 3, 12))
    )
    assert alone == pytest.approx(beside) and alone > 5


def test_other_topics_and_other_directions_are_signals_of_their_own():
    panel = planted()
    a, b = panel.areas[0], panel.areas[1]
    signals = [
        signal(a, "1.1.1", "rise", 0.001),
        signal(a, "1.1", "rise", 0.002),  # the same: its heading
        signal("GM0001", "1.1.1", "rise", 0.003),  # the same: where it lies in
        signal(a, "1.1.2", "rise", 0.004),  # another topic
        signal(b, "1.1.1", "rise", 0.005),  # another neighbourhood
        signal("GM0001", "1.1.1", "fall", 0.006),  # the other way
    ]
    found = explain(signals[::-1], chains_of(panel))
    assert [s.p for s in found if s.main] == [0.001, 0.004, 0.005, 0.006]
    assert {s.p: s.explained_by for s in found if not s.main} == {
        0.002: signals[0].cell,
        0.003: signals[0].cell,
    }


@pytest.mark.parametrize(
    "narrower",
    [
        ("BU00010000", "1.1", 3),  # a neighbourhood of the district
        ("WK000100", "1.1.1", 3),  # a kind of the heading
        ("WK000100", "1.1", 1),  # the last month of the three
    ],
)
@pytest.mark.parametrize(("score", "chosen"), [(3.6, 1), (3.4, 0)])
def test_what_is_narrower_and_proves_nearly_as_much_explains_a_rise(narrower, score, chosen):
    area, topic, window = narrower
    signals = [
        signal("WK000100", "1.1", "rise", 0.0001, 4.0, window=3),
        signal(area, topic, "rise", 0.0002, score, window=window),
    ]
    found = explain(signals, chains_of(planted()))
    assert [s.cell for s in found] == [signals[chosen].cell, signals[1 - chosen].cell]
    assert found[1].explained_by == signals[chosen].cell


def test_what_is_narrower_in_one_thing_and_wider_in_another_does_not_take_over():
    signals = [
        signal("GM0001", "1.1.1", "rise", 0.0001, 4.0, window=1),
        signal("BU00010000", "1.1.1", "rise", 0.0002, 3.9, window=12),
    ]
    assert explain(signals, chains_of(planted()))[0].cell == signals[0].cell


def test_the_area_counts_before_the_topic_and_the_topic_before_the_window():
    clearest = signal("WK000100", "1.1", "rise", 0.0001, 4.0, window=3)
    by_window, by_topic, by_area = (
        signal("WK000100", "1.1", "rise", 0.0002, 3.9, window=1),
        signal("WK000100", "1.1.1", "rise", 0.0003, 3.8, window=3),
        signal("BU00010000", "1.1", "rise", 0.0004, 3.7, window=3),
    )
    chains = chains_of(planted())
    assert explain([clearest, by_window, by_topic, by_area], chains)[0].cell == by_area.cell
    assert explain([clearest, by_window, by_topic], chains)[0].cell == by_topic.cell


def test_two_rises_that_only_what_holds_both_connects_are_two():
    signals = [
        signal("GM0001", "together", "rise", 0.0001, 4.0),
        signal("BU00010000", "1.1.1", "rise", 0.0002, 3.9),
        signal("BU00010001", "2.1.1", "rise", 0.0003, 3.0),
    ]
    found = explain(signals, chains_of(planted()))
    assert [s.area for s in found if s.main] == ["BU00010000", "BU00010001"]
    assert [(s.area, s.explained_by) for s in found if not s.main] == [("GM0001", signals[1].cell)]


def keys_of(found, panel):
    return {
        (found.areas[n][i], found.topics[k], (1, 3, 12)[w], bool(rise)): (p, q)
        for n, i, k, w, rise, p, q in zip(
            found.level,
            found.area,
            found.topic,
            found.window,
            found.rise,
            found.p,
            found.q,
            strict=True,
        )
        if panel.groups.get(found.areas[n][i], (found.areas[n][i],))[-1] == "GM0001"
        or found.areas[n][i].startswith("WK0001")
    }


def stream(panel, **options):
    return screen_stream(
        panel, panel.topics, lambda topic: panel.counts[:, panel.topics.index(topic)].T, **options
    )


def test_the_stream_finds_what_the_list_of_each_municipality_holds():
    panel = planted()
    streamed = keys_of(stream(panel), panel)
    listed = {
        (s.area, s.topic, s.window, s.kind == "rise"): (s.p, s.q)
        for s in screen_family(panel, panel.periods[-1], "GM0001", again=True).signals
    }
    assert streamed.keys() == listed.keys() != set()
    for key, values in listed.items():
        assert streamed[key] == pytest.approx(values, rel=1e-9)


def test_the_stream_says_the_same_on_one_core_and_on_two(monkeypatch):
    found = []
    for cores in ("1", "2"):
        monkeypatch.setenv("KOERS_CORES", cores)
        found.append(stream(planted(), last=None))
    for name in ("tested", "level", "area", "topic", "window", "period", "p", "q", "rise"):
        np.testing.assert_array_equal(getattr(found[0], name), getattr(found[1], name))
    assert found[0].p.size > 0


def test_a_kernel_is_compiled_for_one_layout_whatever_comes():
    panel = planted()
    pooled_windows(panel)
    stream(panel)
    screen_series(replace(panel, counts=np.asfortranarray(panel.counts)))
    assert len(screen_topic.signatures) == 1


def test_the_history_of_the_stream_is_what_was_found_each_month():
    panel = planted(months=6)
    whole = stream(panel, last=None)
    for back in (0, 2, 20):
        t = len(panel.periods) - 1 - back
        then = stream(panel.select(until=panel.periods[t]))
        at = whole.period == t
        np.testing.assert_array_equal(whole.p[at], then.p)
        np.testing.assert_array_equal(whole.q[at], then.q)


def test_series_are_one_family_a_period_with_the_q_values_of_the_rule():
    found = screen_series(planted())
    p, q = found.p[:, :, -1].ravel(), found.q[:, :, -1].ravel()
    np.testing.assert_allclose(q, naive(p.tolist()), rtol=1e-12)
    assert found.signal[3, 0, -1] == "rise"
    assert ((found.q <= 0.1) == (found.signal != "")).all()


def test_levels_and_groups_are_sums():
    panel = planted()
    levels = levels_of(with_groups(panel))
    assert set(levels) == {"neighbourhood", "district", "municipality"}
    for part in levels.values():
        assert part.counts[:, : len(TOPICS)].sum() == panel.counts.sum()
    assert levels["municipality"].topics == (*TOPICS, "1.1", "together")
    np.testing.assert_array_equal(
        levels["municipality"].series("GM0001", "1.1"), panel.counts[:10, :2].sum(axis=(0, 1))
    )


def test_an_area_without_a_district_is_a_part_of_none():
    panel = planted()
    above = {a: g[-1:] if n < 5 else g for n, (a, g) in enumerate(panel.groups.items())}
    levels = levels_of(replace(panel, groups=above))
    assert set(levels["district"].areas) == {g[0] for g in above.values() if len(g) > 1}
    assert levels["municipality"].counts.sum() == panel.counts.sum()


@settings(max_examples=examples(8))
@given(st.integers(0, 10_000), st.booleans())
def test_the_stream_and_the_lists_agree_for_every_municipality_and_any_holes(seed, holes):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.gamma(0.7, 2.0, (30, 3, 1)) * np.ones(44)).astype(float)
    counts[rng.integers(0, 30, 6), rng.integers(0, 3, 6), -1] += 15
    if holes:
        counts[rng.integers(0, 30, 40), rng.integers(0, 3, 40), rng.integers(0, 44, 40)] = np.nan
        counts[7, 1] = np.nan
    panel = panel_of(counts, topics=TOPICS)
    streamed = stream(panel, rate=0.2)
    for number, code in enumerate(streamed.families):
        listed = screen_family(panel, panel.periods[-1], code, rate=0.2, again=True)
        assert listed.tested == streamed.tested[number, 0]
        mine = {
            (streamed.areas[n][i], streamed.topics[k], (1, 3, 12)[w], bool(up)): (p, q)
            for n, i, k, w, up, p, q in zip(
                streamed.level,
                streamed.area,
                streamed.topic,
                streamed.window,
                streamed.rise,
                streamed.p,
                streamed.q,
                strict=True,
            )
            if streamed.areas[n][i][2:6] == code[2:6]
        }
        theirs = {(s.area, s.topic, s.window, s.kind == "rise"): (s.p, s.q) for s in listed.signals}
        assert mine.keys() == theirs.keys()
        for key, values in theirs.items():
            assert mine[key] == pytest.approx(values, rel=1e-7)


def test_a_level_is_left_out_where_it_says_no_more_than_another():
    panel = planted()
    one = {area: (f"{above[1]}-whole", above[1]) for area, above in panel.groups.items()}
    assert set(levels_of(replace(panel, groups=one))) == {"neighbourhood", "municipality"}
    assert set(levels_of(replace(panel, groups={}))) == {"neighbourhood"}


def test_an_area_without_a_municipality_is_screened_by_itself_only():
    panel = planted()
    alone = panel.areas[-1]
    groups = {area: above for area, above in panel.groups.items() if area != alone}
    counts = panel.counts.copy()
    counts[-1, 0, -1] += 30
    found = stream(replace(panel, groups=groups, counts=counts))
    assert alone in found.families
    assert alone in found.areas[0]
    assert all(alone not in areas for areas in found.areas[1:])
    mine = found.areas[0].index(alone)
    assert (mine, 0) in zip(
        found.area[found.level == 0], found.topic[found.level == 0], strict=True
    )


def test_municipalities_of_a_size_are_peers_where_there_are_enough_of_them():
    def kinds(municipalities, people=1000.0):
        panel = random_panel(areas=10 * municipalities, months=30)
        sizes = np.repeat(np.where(np.arange(municipalities) % 2, 1.0, 30.0), 10) * people
        return setting_of(replace(panel, population=sizes[:, None] * np.ones(30))).kinds

    assert kinds(30) == ("all", "peers", "municipality", "district")
    assert kinds(29) == ("all", "municipality", "district")
    panel = random_panel(areas=300, months=30)
    unknown = replace(panel, population=np.full((300, 30), np.nan))
    assert setting_of(unknown).kinds == ("all", "municipality", "district")
    assert (setting_of(unknown).exposure == 1.0).all()
