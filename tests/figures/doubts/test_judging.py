"""What is odd about figures, by totals of rows that are written out."""

from collections import defaultdict
from datetime import date

import numpy as np
import pytest

from koers.figures.doubts.doubt import Doubt, Oddity
from koers.figures.doubts.judging import Former, judge
from koers.figures.doubts.tally import Tally, Total, level_of
from koers.figures.doubts.words import TITLES, sentence

TODAY = date(2026, 12, 1)
AREAS = [f"BU0001{n:04d}" for n in range(20)]
KINDS = ("1.1.1", "2.2.1")
MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]


def rows(seed=1, mean=8.0):
    """Two years of months of two kinds in twenty neighbourhoods."""
    drawn = np.random.default_rng(seed).poisson(mean, (len(AREAS), len(KINDS), len(MONTHS)))
    return {
        (a, k, m): float(drawn[i, j, n])
        for i, a in enumerate(AREAS)
        for j, k in enumerate(KINDS)
        for n, m in enumerate(MONTHS)
    }


def tallied(cells):
    """A tally by a loop: what the query must also give."""
    totals, areas = defaultdict(Total), defaultdict(float)
    for (area, topic, period), value in cells.items():
        known = value is not None
        totals[level_of(area), topic, period] += Total(
            1,
            int(known),
            int(known and value < 0),
            int(known and value != 0),
            value or 0.0,
            hash((area, topic, value)) if value else 0,
        )
        areas[area] += value or 0.0
    return Tally(dict(totals), dict(areas))


def judged(after, before=None, scheme="crime", asked=None):
    if before is None:
        return judge(tallied(after), scheme, TODAY)
    both = {a for a, _, _ in before} & {a for a, _, _ in after}
    shared, shared_new = (
        tallied({key: value for key, value in cells.items() if key[0] in both})
        for cells in (before, after)
    )
    return judge(tallied(after), scheme, TODAY, Former(tallied(before), shared, shared_new, asked))


def found(doubts):
    return {doubt.oddity for doubt in doubts}


def replaced(cells, which, value):
    return {key: value(cells[key]) if which(*key) else cells[key] for key in cells}


def without(cells, which):
    return {key: value for key, value in cells.items() if not which(*key)}


PLANTED = {
    "all zero": (Oddity.ALL_ZERO, lambda c: replaced(c, lambda a, k, m: True, lambda v: 0.0)),
    "nothing published": (
        Oddity.NOTHING_PUBLISHED,
        lambda c: replaced(c, lambda a, k, m: True, lambda v: None),
    ),
    "one negative count": (
        Oddity.NEGATIVE,
        lambda c: replaced(
            c, lambda a, k, m: (a, k, m) == (AREAS[3], "1.1.1", "2025-04"), lambda v: -3
        ),
    ),
    "a month that must still begin": (
        Oddity.FUTURE,
        lambda c: {**c, **{(a, "1.1.1", "2027-01"): 8.0 for a in AREAS}},
    ),
    "a month that is missing in the middle": (
        Oddity.GAP,
        lambda c: without(c, lambda a, k, m: m == "2025-05"),
    ),
    "a newest month with next to nothing": (
        Oddity.LOW_PERIOD,
        lambda c: replaced(c, lambda a, k, m: m == "2025-12", lambda v: v // 4),
    ),
    "a newest month of zeros": (
        Oddity.LOW_PERIOD,
        lambda c: replaced(c, lambda a, k, m: m == "2025-12", lambda v: 0.0),
    ),
    "a newest month that is counted thrice": (
        Oddity.HIGH_PERIOD,
        lambda c: replaced(c, lambda a, k, m: m == "2025-12", lambda v: 3 * v),
    ),
    "a month that is the month before": (
        Oddity.TWIN_PERIODS,
        lambda c: c | {(a, k, "2025-12"): c[a, k, "2025-11"] for a in AREAS for k in KINDS},
    ),
}
CHANGED = {
    "a total that halves": (
        Oddity.TOTAL,
        lambda c: replaced(c, lambda a, k, m: True, lambda v: v // 2),
    ),
    "a total that doubles": (
        Oddity.TOTAL,
        lambda c: replaced(c, lambda a, k, m: True, lambda v: 2 * v),
    ),
    "a month that halves": (
        Oddity.PERIOD_TOTAL,
        lambda c: replaced(c, lambda a, k, m: m == "2024-08", lambda v: v // 3),
    ),
    "a kind that halves": (
        Oddity.KIND_TOTAL,
        lambda c: replaced(c, lambda a, k, m: k == "1.1.1" and m < "2025-07", lambda v: v // 3),
    ),
    "a kind that is gone": (Oddity.KIND_GONE, lambda c: without(c, lambda a, k, m: k == "2.2.1")),
    "a kind that is published no longer": (
        Oddity.KIND_GONE,
        lambda c: replaced(c, lambda a, k, m: k == "2.2.1", lambda v: None),
    ),
    "half of the cells published no longer": (
        Oddity.UNPUBLISHED,
        lambda c: replaced(c, lambda a, k, m: a in AREAS[:11], lambda v: None),
    ),
    "the last month gone": (
        Oddity.PERIOD_GONE,
        lambda c: without(c, lambda a, k, m: m == "2025-12"),
    ),
    "a month in the middle gone": (
        Oddity.PERIOD_GONE,
        lambda c: without(c, lambda a, k, m: m == "2025-03"),
    ),
    "areas gone": (Oddity.AREAS_GONE, lambda c: without(c, lambda a, k, m: a in AREAS[:8])),
    "a few areas with much of it gone": (
        Oddity.AREAS_GONE,
        lambda c: without(c, lambda a, k, m: a in AREAS[:3]),
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_odd_in_itself_is_seen_in_a_first_snapshot(planted):
    oddity, plant = PLANTED[planted]
    assert not judged(rows())
    assert oddity in found(judged(plant(rows())))


@pytest.mark.parametrize("planted", [*PLANTED, *CHANGED])
def test_what_is_odd_is_seen_beside_what_is_in_use(planted):
    oddity, plant = (PLANTED | CHANGED)[planted]
    assert not judged(rows(), rows())
    assert oddity in found(judged(plant(rows()), rows()))


def test_a_level_of_which_all_areas_are_gone_is_seen():
    whole = {("GM0001", kind, month): 96.0 + n for kind in KINDS for n, month in enumerate(MONTHS)}
    assert found(judged(whole, whole | rows())) == {Oddity.LEVEL_GONE}


def test_every_oddity_is_planted_once():
    planted = {oddity for oddity, _ in (PLANTED | CHANGED).values()} | {Oddity.LEVEL_GONE}
    assert planted == set(Oddity) == set(TITLES)


def test_what_a_person_let_pass_is_no_doubt_the_next_month():
    odd = without(rows(), lambda a, k, m: m == "2025-05")
    before = without(odd, lambda a, k, m: m == "2025-12")
    assert found(judged(odd)) == {Oddity.GAP}
    assert not judged(odd, before)


@pytest.mark.parametrize("seed", range(40))
def test_noise_of_a_small_table_is_no_doubt(seed):
    """Two independent draws of a few counts differ far more than two publications of one."""
    few = {k: v for k, v in rows(seed, 0.15).items() if k[2] < "2024-07"}
    other = {k: v for k, v in rows(seed + 1000, 0.15).items() if k[2] < "2024-07"}
    assert not judged(few) and not judged(other, few)


def test_a_month_that_was_not_complete_may_double():
    early = replaced(rows(), lambda a, k, m: m == "2025-12", lambda v: v // 4)
    assert Oddity.PERIOD_TOTAL not in found(judged(rows(), early))
    long_ago = replaced(rows(), lambda a, k, m: m == "2024-12", lambda v: v // 4)
    assert Oddity.PERIOD_TOTAL in found(judged(rows(), long_ago))


def test_a_renumbering_keeps_its_sum_and_is_no_doubt():
    new = {(f"BU0001{9000 + int(a[6:])}", k, m): v for (a, k, m), v in rows().items()}
    assert not judged(new, rows())
    merged = defaultdict(float)
    for (a, k, m), v in rows().items():
        merged["BU00019999" if a in AREAS[:9] else a, k, m] += v
    assert not judged(merged, rows())


def test_municipalities_that_nobody_asked_for_have_not_vanished():
    elsewhere = {(a.replace("BU0001", "BU0002"), k, m): v for (a, k, m), v in rows(2).items()}
    assert not judged(rows(), rows() | elsewhere, asked=("GM0001",))
    assert found(judged(rows(), rows() | elsewhere, asked=("GM0001", "GM0002"))) == {
        Oddity.AREAS_GONE
    }


def test_a_table_that_begins_later_was_asked_so():
    assert not judged(without(rows(), lambda a, k, m: m < "2025-01"), rows())


def test_marks_and_averages_are_no_counts():
    marks = {key: value - 8 for key, value in rows().items()}
    assert not judged(marks, marks, "survey")
    years = {(a, "1", year): 5.0 for a in AREAS for year in ("2017", "2019", "2021")}
    assert not judged(years, None, "survey")
    people = {(a, "T", str(y)): 1000.0 + n for n, a in enumerate(AREAS) for y in range(2012, 2024)}
    assert not judged(people, people, "key-figures")
    fewer = {key: value / 3 for key, value in people.items()}
    assert found(judged(fewer, people, "key-figures")) == {Oddity.KIND_TOTAL}


def test_every_oddity_has_a_sentence_without_a_gap():
    for oddity in Oddity:
        text = sentence(Doubt(oddity, "BU", "1.1.1", "2025-05", 120.0, 30.0), {"1.1.1": "Inbraak"})
        assert text.endswith(".") and "{" not in text and text[0].isupper() or text[0].isdigit()
    assert sentence(Doubt(Oddity.TOTAL, "BU", before=1200.0, after=3.5), {}) == (
        "Het totaal (buurten), over de periodes die beide hebben, was 1.200 en is 3,5."
    )
