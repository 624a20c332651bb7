"""Every municipality of a country as its own family, topic by topic, so that memory holds a few
topics at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from koers.analysis.compiled import compiled
from koers.analysis.cores import cores
from koers.analysis.panel import Floats, Panel
from koers.analysis.screening.areas import Outcome
from koers.analysis.screening.layers import Ints
from koers.analysis.screening.negbin import upper_tail
from koers.analysis.screening.pooled import GUARD, one_topic
from koers.analysis.screening.setting import Setting, setting_of
from koers.analysis.screening.spans import Windows
from koers.analysis.screening.sums import levels_of, topic_groups

Counts = Callable[[str], Floats]


@dataclass(frozen=True)
class Found:
    """The signals of all families, one an entry; ``tested`` (families, periods) counts the tests of
    each.

    ``level``, ``area``, ``topic``, ``window`` and ``period`` are numbers into ``levels``,
    ``areas[level]``, ``topics``, ``windows`` and the periods screened; ``rise`` is False for a
    fall.
    """

    levels: tuple[str, ...]
    areas: tuple[tuple[str, ...], ...]
    topics: tuple[str, ...]
    families: tuple[str, ...]
    tested: Ints
    level: Ints
    area: Ints
    topic: Ints
    window: Ints
    period: Ints
    p: Floats
    q: Floats
    rise: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Level:
    setting: Setting
    areas: tuple[str, ...]
    family: Ints
    rows: Ints
    target: Ints

    @property
    def whole(self) -> bool:
        """Whether the areas are those of the frame, in its order."""
        return len(self.rows) == len(self.areas) and bool((self.rows == self.target).all())


def screen_stream(
    frame: Panel,
    topics: Sequence[str],
    counts: Counts,
    last: int | None = 1,
    rate: float = 0.1,
    windows: Sequence[int] = (1, 3, 12),
) -> Found:
    """Screen every municipality of ``frame`` for its last periods (None: every period, as it would
    have been then).

    Parameters
    ----------
    frame : Panel
        Areas, what they lie in, population and periods; its counts are not looked at.
    topics : the codes of the topics; groups of them are screened as well.
    counts : function
        From a topic to its counts (periods, areas of the frame); NaN = not published. Called once
        for each, in order.

    Returns the signals at false discovery rate ``rate`` in each municipality and period, the same
    as ``screen_family``.
    """
    plans = [(name, _plan(part, frame)) for name, part in levels_of(frame).items()]
    families = sorted({chain[-1] if (chain := frame.groups.get(a, ())) else a for a in frame.areas})
    groups = topic_groups(topics)
    everything = (*topics, *groups)
    periods = len(frame.periods)
    first = 0 if last is None else max(0, periods - last)
    sums = Windows(np.array(windows, dtype=np.int64), GUARD[frame.frequency], first)
    tested = np.zeros((len(families), periods - first), dtype=np.int64)

    def work(values: Floats, topic: int) -> list[tuple[int, _Candidates]]:
        return [
            (
                n,
                _candidates(_summed(values, plan), plan, frame, sums, rate, topic, tested.shape),
            )
            for n, (_, plan) in enumerate(plans)
        ]

    collected: list[tuple[int, _Candidates]] = []
    with ThreadPoolExecutor(cores()) as pool:
        waiting: list[Future[list[tuple[int, _Candidates]]]] = []
        for topic, values in _with_groups(topics, groups, counts):
            waiting.append(pool.submit(work, values, everything.index(topic)))
            # No more topics in memory than are being worked on, and one to go on with.
            while len(waiting) > cores():
                collected += waiting.pop(0).result()
        for future in waiting:
            collected += future.result()
    return _found(collected, plans, families, everything, tested, rate)


def _with_groups(
    topics: Sequence[str], groups: dict[str, tuple[str, ...]], counts: Counts
) -> Iterator[tuple[str, Floats]]:
    """Each topic and its counts, and each group as soon as its last member has come by."""
    open_groups: dict[str, Floats] = {}
    for topic in topics:
        values = counts(topic)
        yield topic, values
        for group, members in groups.items():
            if topic in members:
                # In two steps, because the values may be at work in another thread.
                open_groups[group] = values + open_groups[group] if group in open_groups else values
                if topic == members[-1]:
                    yield group, open_groups.pop(group)


def _plan(part: Panel, frame: Panel) -> _Level:
    setting = setting_of(part)
    areas = tuple(part.areas[i] for i in setting.order)
    place = {code: i for i, code in enumerate(areas)}
    families = sorted({chain[-1] if (chain := frame.groups.get(a, ())) else a for a in frame.areas})
    number = {code: i for i, code in enumerate(families)}
    family, rows, target = np.zeros(len(areas), dtype=np.int64), [], []
    for i, area in enumerate(frame.areas):
        chain = (area, *frame.groups.get(area, ()))
        here = next((code for code in chain if code in place), None)
        if here is not None:
            rows.append(i)
            target.append(place[here])
            family[place[here]] = number[chain[-1]]
    return _Level(
        setting, areas, family, np.array(rows, dtype=np.int64), np.array(target, dtype=np.int64)
    )


def _summed(values: Floats, plan: _Level) -> Floats:
    """Counts (T, A) at a level; NaN where nothing under it is published."""
    if plan.whole:
        return values
    sums = np.empty((values.shape[0], len(plan.areas)))
    _add_up(values, plan.rows, plan.target, sums)
    return sums


@compiled
def _add_up(values: Floats, rows: Ints, target: Ints, sums: Floats) -> None:
    sums[:] = np.nan
    for t in range(values.shape[0]):
        for n in range(len(rows)):
            count = values[t, rows[n]]
            if count == count:
                before = sums[t, target[n]]
                sums[t, target[n]] = count if before != before else before + count


@dataclass(frozen=True)
class _Candidates:
    topic: int
    area: Ints
    window: Ints
    period: Ints
    p: Floats
    rise: npt.NDArray[np.bool_]
    tested: Ints


def _candidates(
    counts: Floats,
    plan: _Level,
    frame: Panel,
    windows: Windows,
    rate: float,
    topic: int,
    families: tuple[int, int],
) -> _Candidates:
    """The counts of one topic and level that could be signals: a larger p than the rate has no q
    within it."""
    shape = (len(windows.lengths), counts.shape[0] - windows.first, counts.shape[1])
    mean, variance, observed = np.empty(shape), np.empty(shape), np.empty(shape)
    mean.fill(np.nan)
    parts = np.empty((len(plan.setting.kinds) + 1, counts.shape[1]))
    outcome = Outcome(mean, variance, observed, parts)
    one_topic(counts, plan.setting, frame.frequency, windows, outcome)
    tested = np.zeros(families, dtype=np.int64)
    # The p-values take the place of the means.
    _two_sided(observed, mean, variance, plan.family, tested)
    with np.errstate(invalid="ignore"):
        window, period, area = np.nonzero(mean <= rate)
    p = mean[window, period, area]
    rise = variance[window, period, area] > 0.0
    return _Candidates(topic, area, window, period, p, rise, tested)


@compiled
def _two_sided(
    observed: Floats, mean: Floats, variance: Floats, family: Ints, tested: Ints
) -> None:
    """Replace ``mean`` by the two-sided mid-p, ``variance`` by 1 for a rise and -1 for a fall, and
    count the tests."""
    windows, periods, areas = mean.shape
    for w in range(windows):
        for t in range(periods):
            for i in range(areas):
                tail = upper_tail(observed[w, t, i], mean[w, t, i], variance[w, t, i], 0.5)
                if tail == tail:
                    tested[family[i], t] += 1
                    mean[w, t, i] = min(1.0, 2.0 * min(tail, 1.0 - tail))
                    variance[w, t, i] = 1.0 if tail <= 0.5 else -1.0
                else:
                    mean[w, t, i] = np.nan


def _found(
    collected: Iterable[tuple[int, _Candidates]],
    plans: Sequence[tuple[str, _Level]],
    families: Sequence[str],
    topics: Sequence[str],
    tested: Ints,
    rate: float,
) -> Found:
    """Benjamini-Hochberg in each family: q of the k-th smallest p is p · tests / k, made monotone
    from above."""
    parts = list(collected)
    for _, part in parts:
        tested += part.tested
    level = np.concatenate([np.full(part.p.size, n) for n, part in parts])
    topic = np.concatenate([np.full(part.p.size, part.topic) for _, part in parts])
    area, window, period = (
        np.concatenate([getattr(part, name) for _, part in parts])
        for name in ("area", "window", "period")
    )
    p = np.concatenate([part.p for _, part in parts])
    rise = np.concatenate([part.rise for _, part in parts])
    family = np.empty(p.size, dtype=np.int64)
    for n, (_, plan) in enumerate(plans):
        family[level == n] = plan.family[area[level == n]]
    key = family * tested.shape[1] + period
    order = np.lexsort((area, topic, window, level, p, key))
    q = _q_values(p[order], key[order], tested.ravel())
    kept = q <= rate
    chosen = order[kept]
    return Found(
        levels=tuple(name for name, _ in plans),
        areas=tuple(plan.areas for _, plan in plans),
        topics=tuple(topics),
        families=tuple(families),
        tested=tested,
        level=level[chosen],
        area=area[chosen],
        topic=topic[chosen],
        window=window[chosen],
        period=period[chosen],
        p=p[chosen],
        q=q[kept],
        rise=rise[chosen],
    )


@compiled
def _q_values(p: Floats, key: Ints, tested: Ints) -> Floats:
    """Of p-values sorted within each key, all others of its ``tested`` tests being larger."""
    result = np.empty(len(p))
    start = 0
    while start < len(p):
        end = start
        while end < len(p) and key[end] == key[start]:
            end += 1
        least = 1.0
        for i in range(end - 1, start - 1, -1):
            least = min(least, p[i] * tested[key[start]] / (i - start + 1))
            result[i] = least
        start = end
    return result
