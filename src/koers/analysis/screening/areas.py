"""The counts of the areas of one topic, forecast before each period from what went before;
compiled.

The rate of an area relative to the level of the topic is its layers' rate (``layers``), moved by
its own figures of years (memory ``slow``), moved again by its own figures of months (memory
``fast``), gamma-Poisson throughout. How far areas stray from their own long-run rate (``stray``,
the shape of that last gamma) follows from how well each choice foretold the counts so far. Extra
variance, linear and quadratic in the mean, comes from the squared errors so far.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from koers.analysis.compiled import compiled, inlined
from koers.analysis.panel import Floats
from koers.analysis.screening.experience import (
    PRIOR_LINEAR,
    Experience,
    is_foretold,
    learn_level,
    no_experience,
    outlook_of,
    task_of,
)
from koers.analysis.screening.layers import Groups, Ints, climb, shrink
from koers.analysis.screening.level import Level
from koers.analysis.screening.spans import Window, Windows, window_of
from koers.analysis.screening.stray import FEW_AREAS, STRAYS, add_scores, best_stray, gather
from koers.analysis.screening.window import (
    BLOCK,
    SUMS,
    WHOLE_MEAN,
    Counted,
    Errors,
    Known,
    Outlook,
    Task,
    add_difference,
    add_known,
    add_unknown,
    discount,
    judge_window,
    known_cases,
    known_exposure,
    looseness,
    own_rate,
)


class Topic(NamedTuple):
    """What there is of one topic: ``counts`` and ``exposure`` (T, A), NaN = not published; its
    ``level``, from ``levels`` with the same windows."""

    counts: Floats
    exposure: Floats
    level: Level


class Memory(NamedTuple):
    """``slow`` and ``fast``: what is left of an area's figures after a period, in its own rate and
    in what it strays; ``least``: periods of history before a window may be judged; ``first``:
    before errors teach; ``every``: how often it is looked at how far areas lie apart."""

    slow: float
    fast: float
    least: int
    first: int
    every: int


class Outcome(NamedTuple):
    """To be filled, time before areas.

    ``mean``, ``variance``, ``observed`` (W, T - first, A): NaN where there is too little history or
    a period is missing; ``parts`` (L + 1, A): the share of each layer, far to near and then the
    area itself, in the rate after the last period.
    """

    mean: Floats
    variance: Floats
    observed: Floats
    parts: Floats


class Evidence(NamedTuple):
    """What was counted and expected of each area so far: ``y`` of ``e`` with a slow memory, ``fy``
    of ``fe`` with a fast one; (A,). Its ``prior`` rate (A,), and ``layers`` (L, G) and ``worth``
    (L + 1,) as in ``shrink``."""

    y: Floats
    e: Floats
    fy: Floats
    fe: Floats
    prior: Floats
    layers: Floats
    worth: Floats


class Room(NamedTuple):
    """Used again for each window: ``block`` (6, BLOCK), ``some`` (7, S), ``results`` (2, BLOCK),
    ``total`` (SUMS,), ``more`` (A,)."""

    block: Floats
    some: Floats
    results: Floats
    total: Floats
    more: Floats


@compiled
def screen_topic(
    topic: Topic,
    groups: Groups,
    sample: Ints,
    windows: Windows,
    memory: Memory,
    outcome: Outcome,
) -> None:
    """Forecast every window that ends in period ``windows.first`` or later into ``outcome``.

    ``sample`` (S,) are the areas by which ``stray`` is chosen; the first window is 1.
    """
    periods, areas = topic.counts.shape
    lengths, number, lone = windows.lengths, len(windows.lengths), areas == 1
    spans = lengths.max() + windows.guard
    evidence = _no_evidence(areas, groups)
    past = Known(
        np.ones((spans, areas)),
        np.zeros((spans, areas)),
        np.zeros((spans, areas)),
        np.zeros((spans, areas)),
    )
    counted = Counted(
        np.zeros((number, areas)), np.zeros((number, areas)), np.zeros((number, areas))
    )
    experience = no_experience(number, areas)
    room = Room(
        np.empty((6, BLOCK)),
        np.empty((7, len(sample))),
        np.empty((2, BLOCK)),
        np.zeros(SUMS),
        np.zeros(areas),
    )
    common, chosen = PRIOR_LINEAR, 3
    for t in range(periods):
        if not lone:
            if _is_time_to_climb(t, memory):
                climb(
                    evidence.y,
                    evidence.e,
                    groups,
                    sample,
                    evidence.worth,
                    evidence.prior,
                    evidence.layers,
                    1.0 + common,
                )
            _note(evidence, groups, past, t % spans)
        stray = STRAYS[chosen] if not lone else 1e9
        for j in range(number):
            window = window_of(windows, j, t)
            _move(topic, window, counted)
            if t >= windows.first and window.start >= 0:
                _observe(counted.sums[j], counted.gaps[j], outcome.observed[j, t - windows.first])
            if not is_foretold(topic.level, windows, window):
                continue
            outlook = outlook_of(
                topic.level, windows.guard, memory.fast, window, experience, common, stray
            )
            if j == 0:
                common = outlook.linear
            task = task_of(window, memory.least, memory.first, lone)
            if j == 0 and task.learn and not lone and (t % 3 == 0 or len(sample) <= FEW_AREAS):
                known = gather(sample, counted, topic.exposure[t], past, window, outlook, room.some)
                add_scores(room.some, known, outlook, experience.score)
            _judge(window, counted, past, outlook, task, experience, room, outcome, windows.first)
            if task.learn and room.total[WHOLE_MEAN] > 0.0:
                learn_level(topic.level, window, task.step, room.total, experience)
            experience.moments[j] += room.total[:5]
        chosen = best_stray(experience.score, chosen)
        _remember(topic, t, memory, evidence, experience.trust, room.more)
    _parts(evidence, groups.group, STRAYS[chosen], lone, outcome.parts)


@compiled
def _no_evidence(areas: int, groups: Groups) -> Evidence:
    worth = np.full(len(groups.size) + 1, 4.0)
    worth[0] = 0.5
    return Evidence(
        np.zeros(areas),
        np.zeros(areas),
        np.zeros(areas),
        np.zeros(areas),
        np.ones(areas),
        np.zeros(groups.parent.shape),
        worth,
    )


@compiled
def _is_time_to_climb(t: int, memory: Memory) -> bool:
    """Half as often where there is much."""
    every = memory.every if t < memory.least * 2 else 2 * memory.every
    return t >= memory.every and t % every == 0


@inlined
def _note(evidence: Evidence, groups: Groups, past: Known, slot: int) -> None:
    """What is known of each area before a period, at its place in ``past``."""
    y, e, prior, worth = evidence.y, evidence.e, evidence.prior, evidence.worth
    shrink(y, e, groups, worth, prior, evidence.layers)
    own_rate(prior, y, e, worth[-1], past.base[slot])
    looseness(y, worth[-1], past.loose[slot])
    past.recent[slot] = evidence.fy
    past.foreseen[slot] = past.base[slot] * evidence.fe


@inlined
def _move(topic: Topic, window: Window, counted: Counted) -> None:
    """A window takes in its last period and leaves the one before its start."""
    counts, exposure, new, old = topic.counts, topic.exposure, window.last, window.start - 1
    sums, gaps = counted.sums[window.number], counted.gaps[window.number]
    people = counted.people[window.number]
    add_known(counts[new], 1.0, sums)
    add_unknown(counts[new], 1.0, gaps)
    if old < 0:
        people += exposure[new]
        return
    add_known(counts[old], -1.0, sums)
    add_unknown(counts[old], -1.0, gaps)
    add_difference(exposure[new], exposure[old], people)


@compiled
def _observe(sums: Floats, gaps: Floats, observed: Floats) -> None:
    """What was counted is known also where there is nothing yet to expect it by."""
    for i in range(len(sums)):
        observed[i] = sums[i] if gaps[i] == 0.0 else np.nan


@inlined
def _judge(
    window: Window,
    counted: Counted,
    past: Known,
    outlook: Outlook,
    task: Task,
    experience: Experience,
    room: Room,
    outcome: Outcome,
    first: int,
) -> None:
    """Forecast a window of all areas, a block at a time; from period ``first`` on it is asked for,
    before that it only teaches. ``room.total`` becomes the sums over the areas."""
    j, at, areas = window.number, window.origin % len(past.base), counted.sums.shape[1]
    shown = window.last - first
    room.total[:] = 0.0
    for low in range(0, areas, BLOCK):
        part = slice(low, min(low + BLOCK, areas))
        result = room.results[:, : part.stop - low if shown >= 0 else 0]
        judge_window(
            Counted(counted.people[j, part], counted.sums[j, part], counted.gaps[j, part]),
            Known(
                past.base[at, part],
                past.recent[at, part],
                past.foreseen[at, part],
                past.loose[at, part],
            ),
            outlook,
            task,
            Errors(
                experience.wild[j, part],
                experience.calm[j, part],
                experience.trust[low : part.stop if j == 0 else low],
            ),
            result,
            room.block,
            room.total,
        )
        if shown >= 0:
            outcome.mean[j, shown, part] = result[0]
            outcome.variance[j, shown, part] = result[1]


@inlined
def _remember(
    topic: Topic, t: int, memory: Memory, evidence: Evidence, trust: Floats, more: Floats
) -> None:
    """Take in a period as evidence; ``more`` is room."""
    counts, now = topic.counts[t], topic.level.now[t]
    more[:] = 0.0
    if now > 0.0:
        known_cases(counts, trust, more)
    discount(evidence.y, memory.slow, more)
    discount(evidence.fy, memory.fast, more)
    if now > 0.0:
        known_exposure(counts, trust, topic.exposure[t], now, more)
    discount(evidence.e, memory.slow, more)
    discount(evidence.fe, memory.fast, more)


@compiled
def _parts(evidence: Evidence, group: Ints, stray: float, lone: bool, parts: Floats) -> None:
    """The share of each layer in the rate: what the area's own figures leave goes up, layer by
    layer."""
    e, fe, prior, worth = evidence.e, evidence.fe, evidence.prior, evidence.worth
    depth = len(group)
    parts[:] = 0.0
    for i in range(len(e)):
        if lone:
            parts[depth, i] = 1.0
            continue
        long_run = prior[i] * e[i] / (worth[depth] + prior[i] * e[i])
        left = (1.0 - long_run) * stray / (stray + prior[i] * fe[i])
        parts[depth, i] = 1.0 - left
        for layer in range(depth - 1, 0, -1):
            part = left * evidence.layers[layer, group[layer, i]]
            parts[layer, i] = part
            left -= part
        parts[0, i] = left
