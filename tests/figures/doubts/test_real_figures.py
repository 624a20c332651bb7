"""Real figures, month after month and year after year: none of them is held."""

from datetime import date

import numpy as np
import pytest

from koers.figures.doubts.doubt import Oddity
from koers.figures.doubts.judging import OPEN_PERIODS, Former, judge
from koers.figures.doubts.tally import Tally, Total
from koers.figures.queries.tally import tally
from koers.figures.store import FigureStore

pytestmark = pytest.mark.shared
TODAY = date(2026, 12, 1)
MOST_STEPS = 12


@pytest.fixture(scope="module")
def tables(real_home):
    return {
        s.manifest.table: s
        for s in FigureStore(real_home).current()
        if s.manifest.content == "observations"
    }


def parts(snapshot):
    """All of a table, and what a single municipality would have of it."""
    whole = tally(snapshot.data)
    towns = sorted({code[2:6] for code in whole.areas})
    # Of a country with its municipalities, some.
    for town in towns[:: max(1, len(towns) // 12)]:
        yield tally(snapshot.data, [code for code in whole.areas if code[2:6] == town])
    yield whole


def until(whole, period, revised=None):
    """The table as it was when it went to a period; ``revised``: of the newest periods not all was
    known yet."""
    periods = sorted({p for _, _, p in whole.totals if p <= period})
    late = dict(zip(reversed(periods), (0.75, 0.9, 0.95)[:OPEN_PERIODS], strict=False))
    totals = {}
    for (level, topic, at), total in whole.totals.items():
        if at > period:
            continue
        known = total.sum
        if revised is not None and at in late and known > 0:
            known = float(revised.binomial(int(known), late[at]))
        totals[level, topic, at] = Total(
            total.cells, total.published, total.negative, total.nonzero, known, total.mark
        )
    return Tally(totals, whole.areas)


def steps(whole):
    """Each period with the one before; of a long table every so many, and the newest."""
    periods = sorted({p for _, _, p in whole.totals})
    pairs = list(zip([None, *periods], periods, strict=False))
    return [*pairs[:: 1 + len(pairs) // MOST_STEPS], pairs[-1]]


TABLES = [
    "47018NED-gemeente",
    "haaglanden-buurt-maand",
    "nederland-maand",
    "nederland-jaar",
    "overlast-nederland-jaar",
    "inwoners-gemeente",
]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("revised", [False, True])
def test_no_real_month_or_year_is_held_when_it_comes_in(tables, table, revised):
    snapshot = tables[table]
    scheme, rng = snapshot.manifest.scheme, np.random.default_rng(1) if revised else None
    judgements = 0
    for whole in parts(snapshot):
        for earlier, period in steps(whole):
            new = until(whole, period, rng)
            before = until(whole, earlier, rng) if earlier else None
            former = before and Former(before, before, new)
            assert judge(new, scheme, TODAY, former) == (), (table, period)
            judgements += 1
    assert judgements >= 11


def test_each_table_is_sound_in_itself(tables):
    for snapshot in tables.values():
        assert judge(tally(snapshot.data), snapshot.manifest.scheme, TODAY) == ()


@pytest.mark.parametrize("table", TABLES[:5])
def test_a_real_table_that_halves_is_held_down_to_a_municipality(tables, table):
    snapshot = tables[table]
    for whole in parts(snapshot):
        totals = {
            key: Total(t.cells, t.published, t.negative, t.nonzero, t.sum // 2, t.mark)
            for key, t in whole.totals.items()
        }
        halved = Tally(totals, whole.areas)
        doubts = judge(halved, snapshot.manifest.scheme, TODAY, Former(whole, whole, halved))
        assert {d.oddity for d in doubts} == {Oddity.TOTAL}
