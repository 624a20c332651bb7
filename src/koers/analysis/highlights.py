"""What stands out in an area: of all that could be said of its yearly figures the few facts that
the figures carry, so chosen that few of those said are chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import scipy

from koers.analysis.dispersion import Dispersion
from koers.analysis.fdr import q_values
from koers.analysis.panel import Floats

SHARE_FALSE = 0.1
"""Of the facts that are said, so many may be chance (the false discovery rate)."""
BESIDE = 1.1
"""A level that differs by less from that of the country is no news."""
FEWEST = 10
"""Of fewer cases in the years compared nothing is said."""
NEWEST = 3
"""A high or low year is news in the last so many years."""
EARLIEST = 14
TOP = 0.1
"""High and low places are those of this share of the areas."""


class FactKind(StrEnum):
    """What a fact says of the last year."""

    ROSE = "rose"
    FELL = "fell"
    ABOVE = "above"
    BELOW = "below"
    FASTER = "faster"
    SLOWER = "slower"
    HIGH_PLACE = "high_place"
    LOW_PLACE = "low_place"


OF_TIME = {FactKind.ROSE, FactKind.FELL}


@dataclass(frozen=True)
class YearSeries:
    """Of one kind: counts a year of the area and of its country, oldest first, and of how many
    people; and the counts and people of all areas in the last year. NaN is not published.

    ``years`` (n,), ``counts``, ``people``, ``country`` and ``country_people`` (n,); ``others`` and
    ``others_people`` (areas,), in which the area itself is left out.
    """

    key: str
    years: tuple[int, ...]
    counts: Floats
    people: Floats
    country: Floats
    country_people: Floats
    others: Floats
    others_people: Floats
    dispersion: Dispersion


@dataclass(frozen=True)
class Fact:
    """One fact: ``ratio`` of ``after`` to ``before`` with a 95 % interval, and how often chance
    alone gives as much (``p``), among all facts that were looked at (``q``).

    Of a change ``before`` and ``after`` are counts of the years ``since`` and ``until``; where that
    is not the last year, ``now`` is what was counted in the last. ``extreme`` says since which year
    there was none higher (or lower), 0 where there was. Of a level they are the rate of the country
    and of the area per 1,000; ``place`` of ``places`` counts from the highest rate.
    """

    kind: FactKind
    key: str
    since: int
    until: int
    before: float
    after: float
    now: float
    ratio: float
    lower: float
    upper: float
    p: float
    extreme: int = 0
    place: int = 0
    places: int = 0
    q: float = np.nan

    @property
    def weight(self) -> float:
        """How much it is worth saying: how far at least, times the root of how many it are now."""
        least = self.lower if self.ratio > 1 else 1 / max(self.upper, 1e-9)
        return float(np.log(max(least, 1.0)) * np.sqrt(max(self.now, self.after, 1.0)))


def highlights(series: Sequence[YearSeries], most: int = 3) -> tuple[Fact, ...]:
    """At most so many facts, the one most worth saying first, no two of one kind of count; none
    where nothing stands out.

    All facts that can be looked at are tested together and those kept of which at most
    ``SHARE_FALSE`` is chance (Benjamini & Hochberg, JRSS B 1995, 57:289-300, which holds for tests
    that go together in the way of these: Benjamini & Yekutieli, Annals of Statistics 2001,
    29:1165-1188).
    """
    best: dict[str, Fact] = {}
    for fact in sorted(standing(series), key=lambda f: -f.weight):
        best.setdefault(fact.key, fact)
    return tuple(best.values())[:most]


def standing(series: Sequence[YearSeries]) -> tuple[Fact, ...]:
    """Every fact that stands out, with its ``q``."""
    facts = [fact for one in series for fact in tested(one)]
    found = q_values(np.array([fact.p for fact in facts]))
    return tuple(
        replace(fact, q=float(q)) for fact, q in zip(facts, found, strict=True) if q <= SHARE_FALSE
    )


def tested(one: YearSeries) -> Iterator[Fact]:
    """All that is looked at of one kind, whatever comes of it."""
    known = np.flatnonzero(np.isfinite(one.counts))
    if not known.size or known[-1] != len(one.years) - 1:
        return
    yield from _changes(one, known)
    yield from _beside_the_country(one)
    yield from _pace(one, known)
    yield from _places(one)


def _changes(one: YearSeries, known: np.ndarray) -> Iterator[Fact]:
    """The clearest rise and the clearest fall to one of the last years, of all pairs of years."""
    before, after = np.meshgrid(known, known[known >= len(one.years) - NEWEST], indexing="ij")
    near = (before < after) & (after - before <= EARLIEST)
    before, after = before[near], after[near]
    enough = one.counts[before] + one.counts[after] >= FEWEST
    pairs, before, after = len(before), before[enough], after[enough]
    if not before.size:
        return
    log = np.log((one.counts[after] + 0.5) / (one.counts[before] + 0.5))
    error = _error(one, one.counts[after], one.counts[before])
    for sign, kind in ((1, FactKind.ROSE), (-1, FactKind.FELL)):
        k = int(np.argmax(sign * log / error))
        s, u = int(before[k]), int(after[k])
        p, ratio, lower, upper = _said(float(log[k]), float(error[k]), sign)
        yield Fact(
            kind,
            one.key,
            one.years[s],
            one.years[u],
            float(one.counts[s]),
            float(one.counts[u]),
            float(one.counts[-1]),
            ratio,
            lower,
            upper,
            min(1.0, p * _apart(pairs)),
            extreme=_extreme(one, sign),
        )


def _apart(pairs: int) -> float:
    """As so many pairs of years count: those that share a year go together, so that fewer than all
    are tests of their own (measured on years with nothing in them, ``benchmarks.highlights``)."""
    return 0.6 * pairs + 0.4


Said = tuple[float, float, float, float]
"""p, one-sided; a ratio and the limits of its interval."""


def _said(log: float, error: float, sign: int, beyond: float = 1.0) -> Said:
    p = float(scipy.stats.norm.sf((sign * log - np.log(beyond)) / error))
    lower, upper = np.exp(log - 1.96 * error), np.exp(log + 1.96 * error)
    return p, float(np.exp(log)), float(lower), float(upper)


def _error(one: YearSeries, *counts: Floats | float) -> Floats:
    """The standard error of the logarithm of a ratio of counts; (pairs,) or one."""
    means = [np.asarray(count, dtype=float) + 0.5 for count in counts]
    return np.asarray(np.sqrt(sum(one.dispersion.at_each(mean) / mean for mean in means)))


def _extreme(one: YearSeries, sign: int) -> int:
    """The year since which none was higher (lower) than the last, where that is five or more."""
    last = len(one.years) - 1
    beyond = np.flatnonzero(sign * one.counts[:last] >= sign * one.counts[last])
    first = int(beyond[-1]) + 1 if beyond.size else 0
    whole = bool(np.isfinite(one.counts[first:]).all())
    return one.years[first] if whole and last - first >= 5 else 0


def _beside_the_country(one: YearSeries) -> Iterator[Fact]:
    own, people = one.counts[-1], one.people[-1]
    there, all_people = one.country[-1], one.country_people[-1]
    if (
        not (people > 0 and all_people > 0 and there > 0)
        or max(own, there / all_people * people) < FEWEST
    ):
        return
    expected = there / all_people * people
    log = float(np.log((own + 0.5) / (expected + 0.5)))
    error = float(_error(one, min(own, expected) if own else expected))
    rates = (1000 * there / all_people, 1000 * own / people)
    for sign, kind in ((1, FactKind.ABOVE), (-1, FactKind.BELOW)):
        yield _of_now(one, kind, one.years[-1], rates, _said(log, error, sign, BESIDE))


def _pace(one: YearSeries, known: np.ndarray, over: int = 5) -> Iterator[Fact]:
    """Whether the area went another way than the country over five years."""
    last = len(one.years) - 1
    first = last - over
    if first not in known or not (one.country[first] > 0 and one.country[last] > 0):
        return
    a, b = one.counts[last], one.counts[first]
    if a + b < FEWEST:
        return
    country = one.country[last] / one.country[first]
    log = float(np.log((a + 0.5) / (b + 0.5) / country))
    error = float(_error(one, a, b))
    for sign, kind in ((1, FactKind.FASTER), (-1, FactKind.SLOWER)):
        yield _of_now(one, kind, one.years[first], (float(b), float(a)), _said(log, error, sign))


def _of_now(
    one: YearSeries, kind: FactKind, since: int, pair: tuple[float, float], said: Said
) -> Fact:
    """A fact of the last year: what it is laid beside, and what is there now."""
    p, ratio, lower, upper = said
    until, now = one.years[-1], float(one.counts[-1])
    return Fact(kind, one.key, since, until, *pair, now, ratio, lower, upper, p)


def _places(one: YearSeries) -> Iterator[Fact]:
    """Whether the area is one of the tenth with the highest (lowest) rates."""
    own, people = one.counts[-1], one.people[-1]
    there = np.isfinite(one.others) & (one.others_people > 0)
    if not people > 0 or there.sum() < 20:
        return
    rates = one.others[there] / one.others_people[there]
    rate = own / people
    place = 1 + int((rates > rate).sum())
    for sign, kind in ((1, FactKind.HIGH_PLACE), (-1, FactKind.LOW_PLACE)):
        edge = float(np.quantile(rates, 1 - TOP if sign > 0 else TOP))
        expected = edge * people
        if max(own, expected) < FEWEST or edge <= 0:
            continue
        log = float(np.log((own + 0.5) / (expected + 0.5)))
        error = float(_error(one, max(own, 1.0)))
        middle = float(np.median(rates))
        yield Fact(
            kind,
            one.key,
            one.years[-1],
            one.years[-1],
            1000 * middle,
            1000 * rate,
            float(own),
            float(rate / middle) if middle > 0 else np.inf,
            float(rate / middle * np.exp(-1.96 * error)) if middle > 0 else np.inf,
            float(rate / middle * np.exp(1.96 * error)) if middle > 0 else np.inf,
            float(scipy.stats.norm.sf(sign * log / error)),
            place=place,
            places=int(there.sum()) + 1,
        )
