"""The list of signals of one municipality in one month: every level, topic and window as one family of tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from koers.analysis.fdr import q_values
from koers.analysis.panel import Panel
from koers.analysis.period import Period
from koers.analysis.screening.pooled import Expectation, PooledOptions, pooled
from koers.analysis.screening.predictive import Predictive

TOGETHER = "together"
TOTAL = "0.0.0"


@dataclass(frozen=True)
class Signal:
    """A count out of line. ``window`` periods end at ``period``; ``main`` marks the clearest of one topic and kind
    among areas that lie in each other and windows that overlap."""

    area: str
    level: str
    topic: str
    period: Period
    window: int
    observed: float
    expected: float
    lower: float
    upper: float
    p: float
    q: float
    kind: str
    main: bool = True


@dataclass(frozen=True)
class FamilyResult:
    """Signals by q; how many counts were tested; and for an empty list the rise that would have been seen:
    ``smallest_rise`` counts where ``typical`` were expected, in the area and window where most is expected."""

    signals: tuple[Signal, ...]
    tested: int
    smallest_rise: float
    typical: float


def aggregate(panel: Panel, to: dict[str, str], name_of: Sequence[str]) -> Panel:
    """The panel summed over areas; a sum is NaN where nothing under it is published."""
    index = {name: i for i, name in enumerate(name_of)}
    counts = np.zeros((len(name_of), *panel.counts.shape[1:]))
    there = np.zeros(counts.shape, dtype=bool)
    population = np.zeros((len(name_of), len(panel.periods)))
    for i, area in enumerate(panel.areas):
        if area in to:
            j = index[to[area]]
            counts[j] += np.nan_to_num(panel.counts[i])
            there[j] |= ~np.isnan(panel.counts[i])
            population[j] += np.nan_to_num(panel.population[i])
    above = {
        to[area]: tuple(g for g in panel.groups.get(area, ()) if g != to[area] and g not in index)
        for area in panel.areas
        if area in to
    }
    return replace(
        panel,
        counts=np.where(there, counts, np.nan),
        areas=tuple(name_of),
        population=np.where(population > 0, population, np.nan),
        groups=above,
    )


def levels_of(panel: Panel) -> dict[str, Panel]:
    """The panel at each level: neighbourhood, district (where there are several), municipality (the last group)."""
    levels = {"neighbourhood": panel}
    district = {a: g[0] for a in panel.areas if len(g := panel.groups.get(a, ())) > 1}
    municipality = {a: g[-1] for a in panel.areas if (g := panel.groups.get(a, ()))}
    if len(set(district.values())) > len(set(municipality.values())):
        levels["district"] = aggregate(panel, district, sorted(set(district.values())))
    if municipality:
        levels["municipality"] = aggregate(panel, municipality, sorted(set(municipality.values())))
    return levels


def with_total(panel: Panel) -> Panel:
    """The panel with its topics together as one more topic, unless it has a total; NaN where one is not published."""
    if len(panel.topics) < 2 or TOTAL in panel.topics:
        return panel
    counts = np.concatenate([panel.counts, panel.counts.sum(axis=1, keepdims=True)], axis=1)
    return replace(panel, counts=counts, topics=(*panel.topics, TOGETHER))


def screen_family(
    panel: Panel,
    period: Period,
    municipality: str | None = None,
    rate: float = 0.1,
    windows: Sequence[int] = (1, 3, 12),
    falls: bool = True,
) -> FamilyResult:
    """Screen one municipality (or all areas) for one period; false discovery rate ``rate`` by Benjamini-Hochberg.

    The expectation uses every area of the panel; the family only what lies in the municipality. ``falls=False`` for
    provisional periods, whose counts are still incomplete.
    """
    found: list[Signal] = []
    seen = []
    for level, part in levels_of(with_total(panel).select(until=period)).items():
        inside = [i for i, a in enumerate(part.areas) if municipality in (None, a, *part.groups.get(a, ()))]
        for window in windows:
            expectation = pooled(part, PooledOptions(window=window))
            found += _tests(part, expectation, level, window, inside, falls)
            seen.append(_visible(expectation, inside))
    q = q_values(np.array([signal.p for signal in found]))
    signals = [replace(s, q=float(value)) for s, value in zip(found, q, strict=True) if value <= rate]
    signals.sort(key=lambda s: (s.q, s.p))
    smallest, typical = min(seen, key=lambda pair: pair[0] / max(pair[1], 1e-9), default=(np.nan, np.nan))
    return FamilyResult(tuple(_mark_main(signals, panel)), len(found), smallest, typical)


def _tests(
    part: Panel, expectation: Expectation, level: str, window: int, inside: Sequence[int], falls: bool
) -> list[Signal]:
    now = Expectation(
        expectation.observed[inside, :, -1:],
        Predictive(expectation.predictive.mean[inside, :, -1:], expectation.predictive.variance[inside, :, -1:]),
    )
    tail = now.p_rise
    p = now.p if falls else tail
    lower, upper = now.limits()
    return [
        Signal(
            area=part.areas[i], level=level, topic=topic, period=part.periods[-1], window=window,
            observed=float(now.observed[n, k, 0]), expected=float(now.expected[n, k, 0]),
            lower=float(lower[n, k, 0]), upper=float(upper[n, k, 0]), p=float(p[n, k, 0]), q=np.nan,
            kind="rise" if tail[n, k, 0] <= 0.5 else "fall",
        )
        for n, i in enumerate(inside)
        for k, topic in enumerate(part.topics)
        if not np.isnan(p[n, k, 0])
    ]  # fmt: skip


def _visible(expectation: Expectation, inside: Sequence[int]) -> tuple[float, float]:
    """The upper 99.5 % count where most is expected, and what is expected there: a rise beyond it would stand out."""
    mean = expectation.expected[inside, :, -1]
    if not np.isfinite(mean).any():
        return np.inf, np.nan
    i, k = np.unravel_index(np.nanargmax(mean), mean.shape)
    _, upper = Predictive(mean[i, k], expectation.predictive.variance[inside, :, -1][i, k]).limits(0.99)
    return float(upper) + 1, float(mean[i, k])


def _mark_main(signals: Sequence[Signal], panel: Panel) -> list[Signal]:
    """Of one topic and kind, the first (smallest q) of areas that contain each other is the main one."""
    kept: list[Signal] = []
    result = []
    for signal in signals:
        related = [
            other for other in kept
            if other.kind == signal.kind and _same_topic(other, signal) and _contain(other.area, signal.area, panel)
        ]  # fmt: skip
        result.append(replace(signal, main=not related))
        if not related:
            kept.append(signal)
    return result


def _contain(one: str, other: str, panel: Panel) -> bool:
    if one == other:
        return True
    chains = [{area, *groups} for area, groups in panel.groups.items()]
    return any(one in chain and other in chain for chain in chains)


def _same_topic(one: Signal, other: Signal) -> bool:
    return one.topic == other.topic or bool({TOGETHER, TOTAL} & {one.topic, other.topic})
