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
) -> FamilyResult:
    """Screen one municipality (or all areas) for one period; false discovery rate ``rate`` by
    Benjamini-Hochberg.

    The expectation uses every area of the panel; the family only what lies in the municipality.
    ``falls=False`` for provisional periods, whose counts are still incomplete. ``complete``
    (periods of the panel,) is the share of each period's count that is known by now, where that has
    been measured (``revisions``).

    Examples
    --------
    >>> import numpy as np
    >>> from koers.analysis.period import span
    >>> rng = np.random.default_rng(2)
    >>> counts = rng.poisson(1.5, size=(40, 2, 60)).astype(float)
    >>> counts[7, 0, 57:60] += 6
    >>> months = span(Period(2019, 1, "month"), Period(2023, 12, "month"))
    >>> areas = tuple(f"BU{1 + i // 20:04d}{i % 20 // 5:02d}{i % 5:02d}" for i in range(40))
    >>> groups = {area: (f"WK{area[2:8]}", f"GM{area[2:6]}") for area in areas}
    >>> panel = Panel(counts, areas, ("1.1.1", "1.2.3"), months, np.full((40, 60), 800.0), groups)
    >>> found = screen_family(panel, months[-1], "GM0001")
    >>> clearest = found.signals[0]
    >>> clearest.area, clearest.topic, clearest.window, clearest.kind, clearest.observed
    ('BU00010102', '1.1.1', 3, 'rise', 20.0)
    >>> {signal.explained_by.area for signal in found.signals if not signal.main}
    {'BU00010102'}
    >>> screen_family(panel, months[-1], "GM0002").signals
    ()
    """
    tests: list[_Tests] = []
    until = panel.select(until=period)
    known = None if complete is None else complete[: len(until.periods)]
    levels = KnownLevels()
    for level, part in levels_of(with_groups(until)).items():
        inside = [
            i
            for i, a in enumerate(part.areas)
            if municipality in (None, a, *part.groups.get(a, ()))
        ]
        found = pooled_windows(part, windows, last=1, complete=known, known=levels)
        for window, expectation in zip(windows, found, strict=True):
            tests.append(
                _tests(part, level, window, np.array(inside, dtype=np.intp), expectation, falls)
            )
    p = np.concatenate([test.p.ravel() for test in tests])
    q = q_values(p)
    tested = int(np.isfinite(p).sum())
    signals = list(_signals(tests, q, rate))
    # Beyond this p a count would have been a signal though it were the only one.
    alone = rate / max(tested, 1)
    pairs, blind = _blind(tests, alone)
    explained = tuple(explain(signals, chains_of(panel)))
    return FamilyResult(explained, tested, p.size - tested, pairs, blind, _visible(tests, alone))


def _tests(
    part: Panel,
    level: str,
    window: int,
    inside: npt.NDArray[np.intp],
    expectation: Expectation,
    falls: bool,
) -> _Tests:
    assert expectation.parts is not None
    observed = expectation.observed[inside, :, -1]
    predictive = Predictive(
        expectation.predictive.mean[inside, :, -1], expectation.predictive.variance[inside, :, -1]
    )
    tail = predictive.tail(observed)
    p = two_sided(tail) if falls else tail
    return _Tests(part, level, window, inside, observed, predictive, tail, p, expectation.parts)


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
                period=test.part.periods[-1],
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


def chains_of(panel: Panel) -> dict[str, frozenset[str]]:
    """Of each area of each level: itself and what it lies in."""
    chains: dict[str, frozenset[str]] = {}
    for area in panel.areas:
        chain = (area, *panel.groups.get(area, ()))
        for k, code in enumerate(chain):
            if code not in chains:
                chains[code] = frozenset(chain[k:])
    return chains


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
        same = [signal is not chosen and _same(chosen, signal, chains) for signal in left]
        others += [
            replace(s, explained_by=chosen.cell)
            for s, other in zip(left, same, strict=True)
            if other
        ]
        left = [s for s, other in zip(left, same, strict=True) if not other and s is not chosen]
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


def _same(one: Signal, other: Signal, chains: Mapping[str, frozenset[str]]) -> bool:
    if one.kind != other.kind or not _related(one.topic, other.topic):
        return False
    return (
        one.area in chains.get(other.area, ())
        or other.area in chains.get(one.area, ())
        or one.area == other.area
    )


def _related(one: str, other: str) -> bool:
    return one == other or one in heading_of(other) or other in heading_of(one)
