"""The list of signals of one municipality in one month: every level, topic and window as one family
of tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from koers.analysis.fdr import q_values
from koers.analysis.panel import Floats, Panel
from koers.analysis.period import Period
from koers.analysis.screening.pooled import Expectation, KnownLevels, Parts, pooled_windows
from koers.analysis.screening.predictive import Predictive, two_sided
from koers.analysis.screening.signal import (
    Cell,
    FamilyResult,
    Interval,
    Kind,
    Origin,
    Signal,
    Visible,
)
from koers.analysis.screening.sums import heading_of, levels_of, with_groups
from koers.analysis.screening.told import MEMORY, chains_of, same, split_told

LEVELS = (0.5, 0.8, 0.95)
TRIPLED = 3.0
NEARLY = 0.5
"""Scores (base 10 logarithms of how many times likelier) that differ less than this say the same:
half a step is "not worth more than a bare mention" (Jeffreys, Theory of Probability 1961, appendix
B)."""


@dataclass(frozen=True)
class _Tests:
    """The counts of one level and window: arrays (areas inside, topics)."""

    part: Panel
    level: str
    window: int
    period: Period
    inside: npt.NDArray[np.intp]
    observed: Floats
    predictive: Predictive
    tail: Floats
    p: Floats
    origin: Parts


def screen_family(
    panel: Panel,
    period: Period,
    municipality: str | None = None,
    rate: float = 0.1,
    windows: Sequence[int] = (1, 3, 12),
    falls: bool = True,
    complete: Floats | None = None,
    again: bool = False,
) -> FamilyResult:
    """Screen one municipality (or all areas) for one period; false discovery rate ``rate`` by
    Benjamini-Hochberg.

    The expectation uses every area of the panel; the family only what lies in the municipality.
    ``falls=False`` for provisional periods, whose counts are still incomplete. ``complete``
    (periods of the panel,) is the share of each period's count that is known by now, where that has
    been measured (``revisions``).

    One rise is one signal: what the list of an earlier month told is not on this one, unless the
    months since prove more (``told``). The lists of the twelve months before are made from the same
    figures. With ``again`` this month is looked at by itself.

    Examples
    --------
    >>> import numpy as np
    >>> from koers.analysis.period import span
    >>> rng = np.random.default_rng(2)
    >>> counts = rng.poisson(1.5, size=(40, 2, 60)).astype(float)
    >>> counts[7, 0, 59] += 12
    >>> months = span(Period(2019, 1, "month"), Period(2023, 12, "month"))
    >>> areas = tuple(f"BU{1 + i // 20:04d}{i % 20 // 5:02d}{i % 5:02d}" for i in range(40))
    >>> groups = {area: (f"WK{area[2:8]}", f"GM{area[2:6]}") for area in areas}
    >>> panel = Panel(counts, areas, ("1.1.1", "1.2.3"), months, np.full((40, 60), 800.0), groups)
    >>> found = screen_family(panel, months[-1], "GM0001")
    >>> clearest = found.signals[0]
    >>> clearest.area, clearest.topic, clearest.window, clearest.kind, clearest.observed
    ('BU00010102', '1.1.1', 1, 'rise', 13.0)
    >>> {signal.explained_by.area for signal in found.signals if not signal.main}
    {'BU00010102'}
    >>> screen_family(panel, months[-1], "GM0002").signals
    ()
    """
    until = panel.select(until=period)
    screened = _screened(until, municipality, windows, complete, 0 if again else MEMORY)
    chains = chains_of(panel)
    told: list[Signal] = []
    for back in reversed(range(1, screened[0].periods)):
        signals, _, _ = _listed(screened, back, rate, falls, chains, told)
        told += [s for s in signals if s.main]
    signals, old, tests = _listed(screened, 0, rate, falls, chains, told)
    size = sum(test.p.size for test in tests)
    tested = sum(int(np.isfinite(test.p).sum()) for test in tests)
    # Beyond this p a count would have been a signal though it were the only one.
    alone = rate / max(tested, 1)
    pairs, blind = _blind(tests, alone)
    visible = _visible(tests, alone)
    return FamilyResult(tuple(signals), tested, size - tested, pairs, blind, visible, tuple(old))


@dataclass(frozen=True)
class _Level:
    """What was to be expected of one level in the last ``periods``, one of ``found`` for each of
    ``windows``; ``inside`` are the areas of the family."""

    part: Panel
    name: str
    inside: npt.NDArray[np.intp]
    windows: tuple[int, ...]
    found: tuple[Expectation, ...]
    periods: int

    def proof(self, signal: Signal, months: int) -> float:
        """How much the last months of a signal prove by themselves."""
        single, end = self.found[0], len(self.part.periods)
        last = signal.period.ordinal - self.part.periods[-1].ordinal
        first = max(last - months, -min(self.periods, end))
        part = slice(first, last or None)
        at = self.part.areas.index(signal.area), self.part.topics.index(signal.topic), part
        mean, variance = single.predictive.mean[at], single.predictive.variance[at]
        direction = 1.0 if signal.kind == "rise" else -1.0
        proof = Predictive(mean, variance).evidence_together(single.observed[at], direction)
        return abs(proof)


def _screened(
    until: Panel,
    municipality: str | None,
    windows: Sequence[int],
    complete: Floats | None,
    memory: int,
) -> list[_Level]:
    known = None if complete is None else complete[: len(until.periods)]
    levels, periods = KnownLevels(), min(1 + memory, len(until.periods))
    result = []
    for level, part in levels_of(with_groups(until)).items():
        inside = [
            i
            for i, a in enumerate(part.areas)
            if municipality in (None, a, *part.groups.get(a, ()))
        ]
        found = pooled_windows(part, windows, last=periods, complete=known, known=levels)
        where = np.array(inside, dtype=np.intp)
        result.append(_Level(part, level, where, tuple(windows), found, periods))
    return result


def _listed(
    screened: Sequence[_Level],
    back: int,
    rate: float,
    falls: bool,
    chains: Mapping[str, frozenset[str]],
    told: Sequence[Signal],
) -> tuple[list[Signal], list[Signal], list[_Tests]]:
    """The list of the period so many before the last, what on it was told before, and its tests."""
    tests = [
        _tests(level, window, expectation, back, falls)
        for level in screened
        for window, expectation in zip(level.windows, level.found, strict=True)
    ]
    q = q_values(np.concatenate([test.p.ravel() for test in tests]))
    by_name = {level.name: level for level in screened}

    def proof(signal: Signal, months: int) -> float:
        return by_name[signal.level].proof(signal, months)

    explained = explain(list(_signals(tests, q, rate)), chains)
    return *split_told(explained, told, proof, chains), tests


def _tests(level: _Level, window: int, expectation: Expectation, back: int, falls: bool) -> _Tests:
    assert expectation.parts is not None
    at = expectation.observed.shape[2] - 1 - back
    observed = expectation.observed[level.inside, :, at]
    predictive = Predictive(
        expectation.predictive.mean[level.inside, :, at],
        expectation.predictive.variance[level.inside, :, at],
    )
    tail = predictive.tail(observed)
    p = two_sided(tail) if falls else tail
    period = level.part.periods[-1 - back]
    return _Tests(
        level.part,
        level.name,
        window,
        period,
        level.inside,
        observed,
        predictive,
        tail,
        p,
        expectation.parts,
    )


def _signals(tests: Sequence[_Tests], q: Floats, rate: float) -> Iterable[Signal]:
    start = 0
    for test in tests:
        values = q[start : start + test.p.size].reshape(test.p.shape)
        start += test.p.size
        with np.errstate(invalid="ignore"):
            rows, topics = np.nonzero(values <= rate)
        mean, variance = test.predictive.mean[rows, topics], test.predictive.variance[rows, topics]
        here = Predictive(mean, variance)
        score = here.evidence(test.observed[rows, topics])
        limits = [here.limits(level) for level in LEVELS]
        for n, (i, k) in enumerate(zip(rows, topics, strict=True)):
            area = int(test.inside[i])
            kind: Kind = "rise" if test.tail[i, k] <= 0.5 else "fall"
            yield Signal(
                cell=Cell(test.part.areas[area], test.level, test.part.topics[k], test.window),
                period=test.period,
                observed=float(test.observed[i, k]),
                expected=float(mean[n]),
                intervals=tuple(
                    Interval(level, float(low[n]), float(high[n]))
                    for level, (low, high) in zip(LEVELS, limits, strict=True)
                ),
                p=float(test.p[i, k]),
                q=float(values[i, k]),
                score=float(score[n]),
                kind=kind,
                origin=_origin(test.origin, area, int(k)),
            )


def _origin(parts: Parts, area: int, topic: int) -> Origin:
    return Origin(
        *(
            float(x[area, topic])
            for x in (parts.own, parts.district, parts.municipality, parts.peers)
        )
    )


def _blind(tests: Sequence[_Tests], alone: float) -> tuple[int, int]:
    """How many pairs of area and topic there are, and in how many no window would show three times
    as much."""
    seen: dict[str, npt.NDArray[np.bool_]] = {}
    for test in tests:
        # Rounded down: one case where a hundredth was expected is a hundred times as much, not
        # three.
        tail = test.predictive.tail(np.floor(TRIPLED * test.predictive.mean))
        with np.errstate(invalid="ignore"):
            enough = 2.0 * tail <= alone
        seen[test.level] = seen.get(test.level, np.zeros(enough.shape, dtype=bool)) | enough
    return sum(x.size for x in seen.values()), sum(int((~x).sum()) for x in seen.values())


def _visible(tests: Sequence[_Tests], alone: float) -> Visible | None:
    """The smallest rise relative to its expectation that would have been a signal, at where most
    was expected."""
    best: Visible | None = None
    for test in tests:
        mean = test.predictive.mean
        if not np.isfinite(mean).any():
            continue
        i, k = np.unravel_index(np.nanargmax(mean), mean.shape)
        _, upper = Predictive(mean[i, k], test.predictive.variance[i, k]).limits(1.0 - alone)
        cell = Cell(
            test.part.areas[int(test.inside[i])], test.level, test.part.topics[int(k)], test.window
        )
        counted = float(test.observed[i, k])
        found = Visible(cell, float(mean[i, k]), float(upper) + 1.0, counted)
        if best is None or found.count * best.expected < best.count * found.expected:
            best = found
    return best


def explain(signals: Sequence[Signal], chains: Mapping[str, frozenset[str]]) -> list[Signal]:
    """One signal for each rise or fall: where it is explained best, with the others pointing to it.

    Two signals show the same one when one area lies in the other, one topic in the other, and both
    go the same way: their windows end together, so they overlap. Best is where chance explains it
    least, unless something narrower proves nearly as much (``NEARLY``): a rise of one kind in one
    neighbourhood shows in its district and its heading too, and which of the two has the smaller p
    is then chance.
    """
    left = sorted(signals, key=_clearest_first)
    main: list[Signal] = []
    others: list[Signal] = []
    while left:
        chosen = _narrowest(left, chains)
        main.append(chosen)
        beside = [signal is not chosen and same(chosen, signal, chains) for signal in left]
        others += [
            replace(s, explained_by=chosen.cell)
            for s, other in zip(left, beside, strict=True)
            if other
        ]
        left = [s for s, other in zip(left, beside, strict=True) if not other and s is not chosen]
    return [*sorted(main, key=_clearest_first), *sorted(others, key=_clearest_first)]


def _clearest_first(signal: Signal) -> tuple[float, float, int, str, str]:
    return signal.p, -abs(signal.score), signal.window, signal.area, signal.topic


def _narrowest(signals: Sequence[Signal], chains: Mapping[str, frozenset[str]]) -> Signal:
    """The first of the signals, or the narrowest part of it that proves nearly as much: area first,
    then topic, window."""
    first = signals[0]

    def breadth(signal: Signal) -> tuple[int, int, int]:
        narrower = signal.area != first.area, signal.topic != first.topic
        depth = len(chains.get(first.area, ())) - len(chains.get(signal.area, ()))
        return depth if narrower[0] else 0, -int(narrower[1]), signal.window

    near = [
        s
        for s in signals
        if s is first or (_part_of(s, first, chains) and _proves_nearly(s, first))
    ]
    return min(near, key=breadth)


def _proves_nearly(signal: Signal, first: Signal) -> bool:
    return abs(signal.score) >= abs(first.score) - NEARLY


def _part_of(signal: Signal, first: Signal, chains: Mapping[str, frozenset[str]]) -> bool:
    return (
        signal.kind == first.kind
        and (signal.area == first.area or first.area in chains.get(signal.area, ()))
        and (signal.topic == first.topic or first.topic in heading_of(signal.topic))
        and signal.window <= first.window
    )
