"""The judgement: pure, of totals; the rules and why they are as they are stand in
``docs/methods/plausibiliteit.md``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

from koers.analysis.period import Frequency, Period
from koers.figures.doubts.doubt import Doubt, Oddity
from koers.figures.doubts.tally import Tally, Total

COUNTED = ("crime", "nuisance", "accidents")
FEW_CELLS = 100
TIMES = 2.0
SIGMAS = 4.0
YEAR_BACK, YEARS_BACK = 12, 3
OPEN_PERIODS = 3
SHARE_OF_AREAS, SHARE_OF_TOTAL, FEW_AREAS = 1 / 3, 0.1, 10
MANY_NONZERO = 30
FREQUENCIES: tuple[Frequency, ...] = ("month", "year")


@dataclass(frozen=True)
class Former:
    """The snapshot in use, as a whole, and both over the areas that both have. ``asked`` are the
    municipalities (GM…) that were asked for this time; None is all of them."""

    whole: Tally
    shared: Tally
    shared_new: Tally
    asked: Collection[str] | None = None


def judge(new: Tally, scheme: str, today: date, former: Former | None = None) -> tuple[Doubt, ...]:
    """What is odd about figures; nothing is held where this gives nothing.

    What was odd in the same way about the figures in use is known by now and is no doubt. Without
    ``former``, of the first snapshot of a table, only what is odd in itself is looked at.
    """
    counts = scheme in COUNTED
    found = list(_in_itself(new, counts, today))
    if former is not None:
        known = {doubt.key for doubt in _in_itself(former.whole, counts, today)}
        found = [doubt for doubt in found if doubt.key not in known]
        found += _compared(former, new, counts)
    return tuple(found)


def chance_excluded(before: float, after: float) -> bool:
    """Whether two counts differ by more than chance gives: as though they were independent, which
    two publications of one count are not, so a small table is never held for its noise."""
    noise = SIGMAS * (max(before, 0.0) + max(after, 0.0)) ** 0.5
    return before != after and abs(after - before) >= noise


def _halved(before: float, after: float) -> bool:
    return after * TIMES <= before and chance_excluded(before, after)


def _doubled(before: float, after: float) -> bool:
    return after >= before * TIMES and chance_excluded(before, after)


# In itself.


def _in_itself(new: Tally, counts: bool, today: date) -> Iterator[Doubt]:
    cells = sum(total.cells for total in new.totals.values())
    published = sum(total.published for total in new.totals.values())
    if cells >= FEW_CELLS and not published:
        yield Doubt(Oddity.NOTHING_PUBLISHED, before=cells, after=0)
    elif published >= FEW_CELLS and not any(t.nonzero for t in new.totals.values()):
        yield Doubt(Oddity.ALL_ZERO, before=published, after=0)
    if counts:
        yield from _negative(new)
    for level in new.levels:
        for frequency in FREQUENCIES:
            periods = new.periods(level, frequency)
            yield from _future(level, periods, today)
            if counts:
                yield from _gaps(level, periods)
                yield from _periods(new, level, periods)


def _negative(new: Tally) -> Iterator[Doubt]:
    for level in new.levels:
        found = sum(t.negative for (at, _, _), t in new.totals.items() if at == level)
        if found:
            yield Doubt(Oddity.NEGATIVE, level, after=found)


def _future(level: str, periods: Sequence[Period], today: date) -> Iterator[Doubt]:
    for period in periods:
        if (period.year, period.number if period.frequency == "month" else 1) > (
            today.year,
            today.month,
        ):
            yield Doubt(Oddity.FUTURE, level, period=str(period))


def _gaps(level: str, periods: Sequence[Period]) -> Iterator[Doubt]:
    for earlier, later in pairwise(periods):
        for step in range(1, later.ordinal - earlier.ordinal):
            yield Doubt(Oddity.GAP, level, period=str(earlier.shift(step)))


def _periods(new: Tally, level: str, periods: Sequence[Period]) -> Iterator[Doubt]:
    """Periods out of all proportion to those before, and any two in a row that are one and the
    same. What is not published at all is no count of zero."""
    cells = new.at(level)
    for earlier, later in pairwise(periods):
        one, two = cells[str(earlier)], cells[str(later)]
        if one.nonzero >= MANY_NONZERO and (one.nonzero, one.sum, one.mark) == (
            two.nonzero,
            two.sum,
            two.mark,
        ):
            yield Doubt(
                Oddity.TWIN_PERIODS, level, period=str(later), before=one.sum, after=two.sum
            )
    totals = new.at(level, new.topics(level))
    there = [p for p in periods if totals.get(str(p), Total()).published]
    for place, period in enumerate(there):
        history = [totals[str(p)].sum for p in there[max(0, place - YEAR_BACK) : place]]
        oddity = _out_of_proportion(history, totals[str(period)].sum, period.frequency)
        if oddity is not None:
            usual, now = median(history), totals[str(period)].sum
            yield Doubt(oddity, level, period=str(period), before=usual, after=now)


def _out_of_proportion(history: Sequence[float], now: float, frequency: Frequency) -> Oddity | None:
    """A month against all of the twelve before it, which hold its season; a year, which may be
    under way, only where nothing was counted in it."""
    if frequency == "year":
        empty = len(history) >= YEARS_BACK and not now and _halved(min(history[-YEARS_BACK:]), now)
        return Oddity.LOW_PERIOD if empty else None
    if len(history) < YEAR_BACK:
        return None
    if _halved(min(history), now):
        return Oddity.LOW_PERIOD
    return Oddity.HIGH_PERIOD if min(history) > 0 and _doubled(max(history), now) else None


# Against what is in use.


def _compared(former: Former, new: Tally, counts: bool) -> Iterator[Doubt]:
    yield from _areas(former, new)
    before, after = former.shared, former.shared_new
    for level in before.levels:
        if level not in after.levels:
            continue
        yield from _lost_periods(level, before, after)
        both = _shared_periods(before, after, level)
        topics = before.topics(level) & after.topics(level)
        yield from _unpublished(level, before, after, both, topics)
        whole = list(_totals(level, before, after, both, topics)) if counts else []
        yield from whole
        # Where all of it halves, each period and kind does: once said is enough.
        if not any(doubt.oddity is Oddity.TOTAL for doubt in whole):
            yield from _kinds(level, before, after, both, counts)


def _shared_periods(before: Tally, after: Tally, level: str) -> set[str]:
    return {p for at, _, p in before.totals if at == level} & {
        p for at, _, p in after.totals if at == level
    }


def _totals(
    level: str, before: Tally, after: Tally, both: Collection[str], topics: Collection[str]
) -> Iterator[Doubt]:
    one, two = before.at(level, topics), after.at(level, topics)
    was, now = (sum(t.sum for p, t in these.items() if p in both) for these in (one, two))
    if _halved(was, now) or _doubled(was, now):
        yield Doubt(Oddity.TOTAL, level, before=was, after=now)
        return
    newest = {str(p) for f in FREQUENCIES for p in before.periods(level, f)[-OPEN_PERIODS:]}
    for period in sorted(both):
        was, now = one.get(period, Total()).sum, two.get(period, Total()).sum
        # What was not complete yet may well double when it is.
        if _halved(was, now) or (period not in newest and _doubled(was, now)):
            yield Doubt(Oddity.PERIOD_TOTAL, level, period=period, before=was, after=now)


def _kinds(
    level: str, before: Tally, after: Tally, both: Collection[str], counts: bool
) -> Iterator[Doubt]:
    one, two = before.of_topics(level, both), after.of_topics(level, both)
    for topic, total in sorted(one.items()):
        now = two.get(topic, Total())
        if not now.published and total.published >= (FEW_CELLS if not counts else 1):
            if not counts or chance_excluded(total.sum, 0.0):
                yield Doubt(Oddity.KIND_GONE, level, topic, before=total.sum, after=now.sum)
        elif _moved(total, now, counts):
            yield Doubt(Oddity.KIND_TOTAL, level, topic, before=total.sum, after=now.sum)


def _moved(was: Total, now: Total, counts: bool) -> bool:
    """A sum of marks or euros is no count: it says something where it is of many cells, and of as
    many as before."""
    if counts:
        return _halved(was.sum, now.sum) or _doubled(was.sum, now.sum)
    if min(was.published, now.published) < FEW_CELLS or was.negative or now.negative:
        return False
    one, two = was.sum / was.published, now.sum / now.published
    return one > 0 and (two * TIMES <= one or two >= one * TIMES)


def _unpublished(
    level: str, before: Tally, after: Tally, both: Collection[str], topics: Collection[str]
) -> Iterator[Doubt]:
    was, now = (
        sum(
            t.published
            for (at, topic, period), t in these.totals.items()
            if at == level and topic in topics and period in both
        )
        for these in (before, after)
    )
    if was >= FEW_CELLS and now * TIMES <= was:
        yield Doubt(Oddity.UNPUBLISHED, level, before=was, after=now)


def _lost_periods(level: str, before: Tally, after: Tally) -> Iterator[Doubt]:
    """What is gone in the middle or at the end; where a table begins is asked for, and said."""
    for frequency in FREQUENCIES:
        now = after.periods(level, frequency)
        for period in before.periods(level, frequency):
            if now and period > now[0] and period not in now:
                yield Doubt(Oddity.PERIOD_GONE, level, period=str(period))
        if not now and before.periods(level, frequency):
            last = before.periods(level, frequency)[-1]
            yield Doubt(Oddity.PERIOD_GONE, level, period=str(last))


def _areas(former: Former, new: Tally) -> Iterator[Doubt]:
    """Areas that vanished, as far as none came in their place: a renumbering keeps the sum."""
    for level in former.whole.levels:
        was, now = former.whole.areas_of(level), new.areas_of(level)
        wanted = _asked(former.asked)
        gone = {code: total for code, total in was.items() if code not in now and wanted(code)}
        came = {code: total for code, total in now.items() if code not in was}
        if not gone:
            continue
        if not now:
            yield Doubt(Oddity.LEVEL_GONE, level, before=len(was), after=0)
            continue
        lost, whole = sum(gone.values()) - sum(came.values()), sum(was.values())
        # Where nothing is counted, or it adds up to nothing, the areas themselves are.
        many = not whole and len(was) >= FEW_AREAS
        many = many and len(gone) - len(came) >= SHARE_OF_AREAS * len(was)
        much = whole > 0 and lost >= SHARE_OF_TOTAL * whole and chance_excluded(lost, 0.0)
        if many or much:
            yield Doubt(Oddity.AREAS_GONE, level, before=len(was), after=len(was) - len(gone))


def _asked(asked: Collection[str] | None) -> Callable[[str], bool]:
    """Whether an area was asked for; of what lies in no municipality nobody says otherwise."""
    return lambda code: (
        asked is None or code[:2] not in ("GM", "WK", "BU") or (f"GM{code[2:6]}" in asked)
    )
