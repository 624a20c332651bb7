"""One window of one period over a block of areas: what is expected, how unsure that is, and what
the count teaches.

The loops write one array each and hold neither a branch nor a call, so that the compiler takes four
areas at a time; a block fits in the processor's nearest memory.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from koers.analysis.compiled import compiled, inlined
from koers.analysis.panel import Floats

BLOCK = 512
CUT = 6.0
OUTLIER = 5.0
"""A count beyond this many standard deviations counts for less: (5 / z)². Farrington's 2.58 cuts
ordinary counts too."""
SUMS, OFF, WHOLE_MEAN, CHANCE = 8, 5, 6, 7
"""How many sums a window adds up over the areas, and where among them the last three stand."""
OFF, WHOLE_MEAN, CHANCE = 5, 6, 7


class Known(NamedTuple):
    """What was known of each area before a window; arrays (A,), or (periods, A) of several moments.

    ``base`` is its rate relative to the topic's, ``loose`` the relative variance of that rate;
    ``recent`` its cases of the last months, ``foreseen`` as many as ``base`` expected of them.
    """

    base: Floats
    recent: Floats
    foreseen: Floats
    loose: Floats


class Counted(NamedTuple):
    """What was counted in a window; arrays (A,), or (W, A) of several windows.

    ``people`` is the exposure, ``sums`` the count, ``gaps`` the number of periods that are not
    published.
    """

    people: Floats
    sums: Floats
    gaps: Floats


class Outlook(NamedTuple):
    """What the areas of a topic share in the forecast of a window.

    ``rate`` a period; ``decay``, how much of what an area strays is left over the window, and
    ``decay2``, of its square; ``stray``, the shape of the gamma distribution of what areas stray;
    ``hazy``, the relative variance of the rate; the extra variance ``linear`` · mean +
    ``quadratic`` · mean².
    """

    rate: float
    decay: float
    decay2: float
    stray: float
    hazy: float
    linear: float
    quadratic: float


class Task(NamedTuple):
    """What is asked of a ``window`` of so many periods, of which one in ``step`` counts.

    ``lone``: the topic has one area; ``learn``: from the errors of all areas together;
    ``compare``: and from those of each area; ``judged``: there is enough history for a forecast to
    be shown.
    """

    window: int
    step: int
    lone: bool
    learn: bool
    compare: bool
    judged: bool


class Errors(NamedTuple):
    """Of each area (A,) the squared errors so far, ``wild``, and what they were expected to be,
    ``calm``; ``trust``, what its count is worth as evidence."""

    wild: Floats
    calm: Floats
    trust: Floats


@compiled
def add_known(row: Floats, sign: float, sums: Floats) -> None:
    for i in range(len(row)):
        sums[i] += sign * row[i] if row[i] == row[i] else 0.0


@compiled
def add_unknown(row: Floats, sign: float, gaps: Floats) -> None:
    for i in range(len(row)):
        gaps[i] += 0.0 if row[i] == row[i] else sign


@compiled
def add_difference(new: Floats, old: Floats, people: Floats) -> None:
    for i in range(len(new)):
        people[i] += new[i] - old[i]


@compiled
def own_rate(prior: Floats, y: Floats, e: Floats, worth: float, base: Floats) -> None:
    for i in range(len(y)):
        base[i] = prior[i] * (worth + y[i]) / (worth + prior[i] * e[i])


@compiled
def looseness(y: Floats, worth: float, loose: Floats) -> None:
    for i in range(len(y)):
        loose[i] = 1.0 / (worth + y[i])


@compiled
def expect(
    people: Floats,
    base: Floats,
    recent: Floats,
    foreseen: Floats,
    rate: float,
    decay: float,
    stray: float,
    mean: Floats,
) -> None:
    for i in range(len(mean)):
        moved = 1.0 + decay * (recent[i] - foreseen[i]) * (1.0 / (stray + foreseen[i]))
        mean[i] = rate * people[i] * base[i] * moved


@compiled
def vagueness(
    recent: Floats,
    foreseen: Floats,
    loose: Floats,
    hazy: float,
    decay2: float,
    stray: float,
    vague: Floats,
) -> None:
    """The relative variance of the mean: of the level, of the area's own rate, and of what the area
    strays from it."""
    drifted = (1.0 - decay2) / stray
    for i in range(len(vague)):
        part = stray * (1.0 / (stray + foreseen[i]))
        vague[i] = hazy + (part * part * loose[i] + decay2 / (stray + recent[i]) + drifted)


@compiled
def _own(mean: Floats, vague: Floats) -> None:
    """``vague`` becomes the variance of chance and of the mean."""
    for i in range(len(mean)):
        vague[i] = mean[i] + vague[i] * mean[i] * mean[i]


@compiled
def _whole(mean: Floats, own: Floats, linear: float, quadratic: float, whole: Floats) -> None:
    for i in range(len(mean)):
        whole[i] = own[i] + linear * mean[i] + quadratic * mean[i] * mean[i]


@compiled
def _spread(mean: Floats, whole: Floats, wild: Floats, calm: Floats, spread: Floats) -> None:
    for i in range(len(mean)):
        spread[i] = max(whole[i] * wild[i] / calm[i], mean[i])


@compiled
def _judged(values: Floats, gaps: Floats, result: Floats) -> None:
    for i in range(len(values)):
        result[i] = values[i] if gaps[i] == 0.0 else np.nan


@compiled
def _trust(sums: Floats, gaps: Floats, mean: Floats, spread: Floats, trust: Floats) -> None:
    for i in range(len(mean)):
        gap = sums[i] - mean[i]
        most = OUTLIER * OUTLIER * spread[i]
        far = gaps[i] == 0.0 and gap > 1.5 and gap * gap > most
        trust[i] = most / (gap * gap) if far else 1.0


@compiled
def _squares(sums: Floats, mean: Floats, whole: Floats, cut: Floats) -> None:
    """Squared errors, with those of outbreaks cut."""
    for i in range(len(mean)):
        gap = sums[i] - mean[i]
        most = CUT * math.sqrt(whole[i]) + 2.0
        cut[i] = min(gap * gap, most * most)


@compiled
def _weights(
    mean: Floats, own: Floats, gaps: Floats, step: float, window: float, weight: Floats
) -> None:
    for i in range(len(mean)):
        w = mean[i] * step / (window * (own[i] + 2.0 * own[i] * own[i]))
        weight[i] = w if gaps[i] == 0.0 else 0.0


@compiled
def _worth(whole: Floats, gaps: Floats, step: float, window: float, worth: Floats) -> None:
    """Of a large count the square is worth as much as a chi-square; of a small one, next to
    nothing."""
    for i in range(len(whole)):
        w = 3.0 * step / (window * (1.0 + 2.0 * whole[i]))
        worth[i] = w if gaps[i] == 0.0 else 0.0


@compiled
def _add_product(one: Floats, other: Floats, total: Floats) -> None:
    for i in range(len(one)):
        total[i] += one[i] * other[i]


@compiled
def _add_sums(
    sums: Floats,
    gaps: Floats,
    mean: Floats,
    own: Floats,
    whole: Floats,
    cut: Floats,
    weight: Floats,
    hazy: float,
    total: Floats,
) -> None:
    """Add to ``total``: the five sums of the regression of the extra variance; the error, the mean
    and the chance."""
    s2, s3, s4, b1, b2, off, whole_mean, chance = total
    for i in range(len(mean)):
        if gaps[i] == 0.0:
            m = mean[i]
            first = weight[i] * m
            second = first * m
            more = cut[i] - own[i]
            s2 += first
            s3 += second
            s4 += second * m
            b1 += weight[i] * more
            b2 += first * more
            off += sums[i] - m
            whole_mean += m
            chance += max(whole[i] - hazy * m * m, m)
    total[:] = s2, s3, s4, b1, b2, off, whole_mean, chance


@inlined
def judge_window(
    counted: Counted,
    known: Known,
    outlook: Outlook,
    task: Task,
    errors: Errors,
    result: Floats,
    room: Floats,
    total: Floats,
) -> None:
    """Forecast a window of a block of areas, and learn from what was counted.

    ``errors.trust`` (empty: not asked) is replaced, ``result`` (2, A; empty: not asked) becomes the
    mean and variance, NaN where not ``judged``. With ``learn`` the ``SUMS`` of ``_add_sums`` are
    added to ``total``, with ``compare`` also the areas' ``wild`` and ``calm``. ``room`` (6, BLOCK)
    is overwritten.
    """
    size = len(counted.people)
    mean, own, whole = room[0, :size], room[1, :size], room[2, :size]
    _forecast(counted.people, known, outlook, task.lone, mean, own)
    _whole(mean, own, outlook.linear, outlook.quadratic, whole)
    if result.size or errors.trust.size:
        _show(counted, task.judged, errors, mean, whole, room[3, :size], result)
    if task.learn:
        _learn(counted, outlook.hazy, task, errors, room, total)


@inlined
def _forecast(
    people: Floats, known: Known, outlook: Outlook, lone: bool, mean: Floats, own: Floats
) -> None:
    """The ``mean`` and its ``own`` variance: that of chance and of what the mean depends on."""
    base, recent, foreseen = known.base, known.recent, known.foreseen
    expect(people, base, recent, foreseen, outlook.rate, outlook.decay, outlook.stray, mean)
    if lone:
        own[:] = outlook.hazy
    else:
        vagueness(recent, foreseen, known.loose, outlook.hazy, outlook.decay2, outlook.stray, own)
    _own(mean, own)


@inlined
def _show(
    counted: Counted,
    judged: bool,
    errors: Errors,
    mean: Floats,
    whole: Floats,
    spread: Floats,
    result: Floats,
) -> None:
    _spread(mean, whole, errors.wild, errors.calm, spread)
    if result.size:
        if judged:
            _judged(mean, counted.gaps, result[0])
            _judged(spread, counted.gaps, result[1])
        else:
            result[:] = np.nan
    if errors.trust.size:
        _trust(counted.sums, counted.gaps, mean, spread, errors.trust)


@inlined
def _learn(
    counted: Counted, hazy: float, task: Task, errors: Errors, room: Floats, total: Floats
) -> None:
    sums, gaps, size = counted.sums, counted.gaps, len(counted.sums)
    mean, own, whole = room[0, :size], room[1, :size], room[2, :size]
    cut, weight = room[4, :size], room[5, :size]
    _squares(sums, mean, whole, cut)
    _weights(mean, own, gaps, task.step, task.window, weight)
    _add_sums(sums, gaps, mean, own, whole, cut, weight, hazy, total)
    if task.compare:
        _worth(whole, gaps, task.step, task.window, weight)
        _add_product(weight, cut, errors.wild)
        _add_product(weight, whole, errors.calm)


@compiled
def known_cases(row: Floats, trust: Floats, result: Floats) -> None:
    for i in range(len(row)):
        result[i] = trust[i] * row[i] if row[i] == row[i] else 0.0


@compiled
def known_exposure(
    row: Floats, trust: Floats, exposure: Floats, now: float, result: Floats
) -> None:
    for i in range(len(row)):
        result[i] = trust[i] * (exposure[i] * now) if row[i] == row[i] else 0.0


@compiled
def discount(evidence: Floats, memory: float, more: Floats) -> None:
    for i in range(len(evidence)):
        evidence[i] = evidence[i] * memory + more[i]
