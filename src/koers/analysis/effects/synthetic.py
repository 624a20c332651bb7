"""Synthetic control for many small areas: weighted comparison areas stand for the treated ones
without the measure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy

from koers.analysis.effects.design import Bools, Design, DesignError
from koers.analysis.effects.outcome import (
    CHANGES,
    FULL,
    LEVEL,
    Effect,
    Levels,
    PowerCurve,
    Term,
    student_quantile,
)
from koers.analysis.effects.placebos import placebo_groups
from koers.analysis.effects.weights import balancing_weights
from koers.analysis.panel import Floats

Advance = Callable[[float, float], None]
BATCH = 64
GROWTH = 1.2
"""The variance of an error grows with this power of the expected count (Taylor's law): 1 is too
small for treated areas that are larger than their placebos. Chosen on fictitious measures
(docs/benchmarks.md)."""
LEVEL_SLACK, SHAPE_SLACK, OTHER_SLACK = 0.1, 2.0, 10.0
"""How much of its Poisson variance the total, a year and a period may differ for a sum of squared
weights of 1."""


@dataclass(frozen=True)
class Terms:
    """What is matched on, a column each, and the slack of each as a part of |target| + 1."""

    values: Floats
    names: tuple[str, ...]
    slack: Floats


@dataclass(frozen=True)
class Plan:
    """The terms to match exactly (None: do not try) and those to match as near as may be where that
    fails."""

    exact: Terms | None
    loose: Terms


@dataclass(frozen=True)
class Fitted:
    """Observed and expected after the start, per problem; ``curve`` (problems, periods) the
    expected of all periods."""

    observed: Floats
    expected: Floats
    curve: Floats
    weight: Floats
    exact: bool


def synthetic_control(
    design: Design,
    permutations: int = 250,
    seed: int = 1,
    advance: Advance | None = None,
    levels: Levels = FULL,
) -> Effect:
    """Judge a measure against a weighted sum of comparison areas, with placebo groups and a
    jackknife.

    The weights are non-negative and match the number of areas, the key figures and every topic in
    every period before. Where that cannot be, the totals before are matched first, then years and
    periods, as near as their chance variation is worth (``Effect.exact`` is False), and the
    expected count is brought to the treated areas' own level before.

    Inference: as many comparison areas are treated as if they had the measure, ``permutations``
    times; they lie together within one municipality where it is known what lies where
    (``placebos``). Their errors give the variance by expected count; the share with an
    error as large, in standard deviations, is p. The interval is what was counted less the limits
    of what was to be expected.

    Source: Robbins, Saunders & Kilmer, JASA 2017, 112:109-126; R package microsynth.

    Raises
    ------
    DesignError
        Without comparison areas.
    """
    if not design.comparison.any():
        raise DesignError("no comparison")
    say = advance or (lambda done, total: None)
    exact, loose = _terms(design)
    plan = Plan(exact, loose)
    group = design.treated[None]
    found = _fit(design, plan, group)
    if not found.exact:
        # The placebos go the same way, without trying what will seldom be possible.
        plan = Plan(None, loose)
    groups = placebo_groups(design, permutations, seed)
    folds = _folds(design.treated)
    total = len(groups) + len(folds)
    placebos = _all(design, plan, groups, lambda done: say(done, total))
    jackknife = _jackknife(design, plan, folds, lambda done: say(len(groups) + done, total))
    noise = _noise(placebos)
    observed, expected = float(found.observed[0]), float(found.expected[0])
    displacement = float("nan")
    if design.ring.any():
        ring = _fit(
            replace(design, treated=design.ring, ring=design.treated), plan, design.ring[None]
        )
        displacement = float(ring.observed[0] - ring.expected[0])
    return Effect(
        "synthetic",
        observed,
        expected,
        observed - expected,
        noise.margin(observed, expected, levels.strong),
        noise.margin(observed, expected, levels.weak),
        noise.p_value(observed, expected),
        noise.power(expected, levels.strong),
        noise.deviation(expected),
        displacement=displacement,
        balance=_balance(design, exact, found.weight[0]),
        exact=found.exact,
        curve=found.curve[0],
        jackknife=jackknife,
        placebos=len(groups),
        ratio_interval=noise.ratio_margin(observed, expected, levels.strong),
        levels=levels,
    )


def _terms(design: Design) -> tuple[Terms, Terms]:
    """Every term, to be matched exactly; and those to be matched as near as may be."""
    before = design.history[:, :, : design.start]
    areas, topics, periods = before.shape
    one = np.ones((areas, 1))
    names = ["areas", *design.covariate_names]
    names += [f"{topic} {t + 1}".strip() for topic in design.topic_names for t in range(periods)]
    exact = np.concatenate([one, design.covariates, before.reshape(areas, -1)], axis=1)
    own = design.outcome[:, : design.start]
    year = max(design.per_year, 1)
    # Whole years, counted back from the start; what is left over is the oldest.
    edges = list(range(periods, 0, -year))[::-1]
    years = np.column_stack([own[:, max(e - year, 0) : e].sum(axis=1) for e in edges])
    parts = [
        (own.sum(axis=1, keepdims=True), LEVEL_SLACK),
        (years, SHAPE_SLACK),
        (own, OTHER_SLACK),
        (design.covariates, OTHER_SLACK),
        (one, OTHER_SLACK),
    ]
    if topics > 1:
        parts.append((before.sum(axis=2), OTHER_SLACK))
    values = np.concatenate([part for part, _ in parts], axis=1)
    slack = np.concatenate([np.full(part.shape[1], size) for part, size in parts])
    loose_names = tuple(str(i) for i in range(values.shape[1]))
    return Terms(exact, tuple(names), np.zeros(exact.shape[1])), Terms(values, loose_names, slack)


def _fit(design: Design, plan: Plan, groups: Bools) -> Fitted:
    """Each row of ``groups`` (problems, areas) as if treated, matched by the comparison areas that
    are not in it."""
    allowed = design.comparison & ~groups
    counted = groups @ design.outcome
    weight = np.zeros(groups.shape)
    left = np.ones(len(groups), dtype=np.bool_)
    if plan.exact is not None:
        found = balancing_weights(plan.exact.values, groups @ plan.exact.values, allowed)
        weight[found.exact] = found.weight[found.exact]
        left = ~found.exact
    if left.any():
        weight[left] = _nearest(plan.loose, groups[left], allowed[left])
    curve = weight @ design.outcome
    level = counted[:, : design.start].sum(axis=1), curve[:, : design.start].sum(axis=1)
    reach = left & (level[1] > 1e-9)
    factor = np.divide(level[0], level[1], out=np.ones(len(groups)), where=reach)
    curve = curve * factor[:, None]
    after = slice(design.start, None)
    return Fitted(
        counted[:, after].sum(axis=1),
        curve[:, after].sum(axis=1),
        curve,
        weight * factor[:, None],
        not left.any(),
    )


def _nearest(terms: Terms, groups: Bools, allowed: Bools) -> Floats:
    targets = groups @ terms.values
    slack = terms.slack * (np.abs(targets) + np.abs(terms.values).mean(axis=0) + 1e-6)
    return balancing_weights(terms.values, targets, allowed, slack).weight


def _all(
    design: Design, plan: Plan, groups: Bools, say: Callable[[int], None]
) -> tuple[Floats, Floats]:
    """Observed and expected of many groups, a batch at a time."""
    observed, expected = [np.zeros(0)], [np.zeros(0)]
    for first in range(0, len(groups), BATCH):
        found = _fit(design, plan, groups[first : first + BATCH])
        observed.append(found.observed)
        expected.append(found.expected)
        say(min(first + BATCH, len(groups)))
    return np.concatenate(observed), np.concatenate(expected)


def _folds(treated: Bools) -> Bools:
    """The treated areas less one, each in turn; none when there is one."""
    places = np.flatnonzero(treated)
    if len(places) < 2:
        return np.zeros((0, len(treated)), dtype=np.bool_)
    folds = np.repeat(treated[None], len(places), axis=0)
    folds[np.arange(len(places)), places] = False
    return folds


def _jackknife(
    design: Design, plan: Plan, folds: Bools, say: Callable[[int], None]
) -> tuple[float, float]:
    """The 95 % interval of the relative effect by leaving out each treated area in turn (log
    scale, Student's t); NaN when it has none."""
    observed, expected = _all(design, plan, folds, say)
    good = (observed > 0) & (expected > 0)
    n = len(observed)
    if n < 3 or not good.all():
        return float("nan"), float("nan")
    logs = np.log(observed / expected)
    error = math.sqrt((n - 1) / n * float(((logs - logs.mean()) ** 2).sum()))
    centre, half = float(logs.mean()), student_quantile(LEVEL, n - 1) * error
    return math.expm1(centre - half), math.expm1(min(centre + half, 30.0))


@dataclass(frozen=True)
class Noise:
    """Errors of placebos in standard deviations, and their variance: ``factor`` × expected to the
    power ``GROWTH``."""

    errors: Floats
    factor: float

    def deviation(self, expected: float) -> float:
        return math.sqrt(max(self.factor * max(expected, 0.0) ** GROWTH, 1e-9))

    def p_value(self, observed: float, expected: float) -> float:
        """The share of placebos with an error at least as large, the measure itself counted among
        them."""
        size = abs(observed - expected) / self.deviation(expected)
        return (1 + int((np.abs(self.errors) >= size - 1e-12).sum())) / (len(self.errors) + 1)

    def limit(self, level: float) -> float:
        """What an error must exceed for p ≤ 1 - level; infinite when there are too few placebos."""
        allowed = math.floor((1 - level) * (len(self.errors) + 1) + 1e-9) - 1
        if allowed < 0:
            return math.inf
        return (
            float(np.sort(np.abs(self.errors))[::-1][allowed])
            if allowed < len(self.errors)
            else 0.0
        )

    def margin(self, observed: float, expected: float, level: float) -> tuple[float, float]:
        """The effects in cases: what was counted less the limits of what was to be expected."""
        half = self.limit(level) * self.deviation(expected)
        if math.isinf(half):
            return -math.inf, math.inf
        return observed - expected - half, observed - max(expected - half, 0.0)

    def ratio_margin(self, observed: float, expected: float, level: float) -> tuple[float, float]:
        """The relative changes to means m under which an error of observed - m would be within the
        limit."""
        limit = self.limit(level)
        if math.isinf(limit) or expected <= 0:
            return -1.0, math.inf

        def beyond(mean: float) -> float:
            return abs(observed - mean) - limit * self.deviation(mean)

        low = (
            scipy.optimize.brentq(beyond, 0.0, observed)
            if observed > 0 and beyond(0.0) > 0
            else 0.0
        )
        # The deviation grows more slowly than the mean, so far enough up it is always beyond.
        far = 2 * observed + 10.0
        while beyond(far) <= 0:
            far *= 2
        high = scipy.optimize.brentq(beyond, observed, far) if beyond(observed) < 0 else observed
        return float(low) / expected - 1, float(high) / expected - 1

    def power(self, expected: float, level: float = LEVEL) -> PowerCurve:
        """The share of placebos that would lie beyond the limit if their count had fallen."""
        limit = self.limit(level)
        if math.isinf(limit) or expected <= 0:
            return PowerCurve(np.zeros(len(CHANGES)))
        left = expected * (1 - CHANGES)
        spread = np.array([self.deviation(mean) for mean in left])
        bound = expected - limit * self.deviation(expected)
        counts = np.maximum(left[:, None] + spread[:, None] * self.errors, 0.0)
        return PowerCurve((counts < bound).mean(axis=1))


def _noise(placebos: tuple[Floats, Floats]) -> Noise:
    observed, expected = placebos
    there = expected > 1e-9
    if not there.any():
        return Noise(np.zeros(len(expected)), 1.0)
    error = observed - expected
    growth = np.maximum(expected, 1e-9) ** GROWTH
    ratio = error[there] ** 2 / growth[there]
    # Few outliers must not decide.
    ratio = np.minimum(ratio, 16.0 * max(float(ratio.mean()), 1.0))
    factor = max(float(ratio.mean()), 0.5)
    errors = np.where(there, error / np.sqrt(factor * growth), 0.0)
    # Nothing expected and nothing seen says nothing; something seen where nothing was expected, the
    # most.
    errors[~there] = np.where(observed[~there] > 0, np.abs(errors).max(), 0.0)
    return Noise(errors, factor)


def _balance(design: Design, terms: Terms, weight: Floats) -> tuple[Term, ...]:
    treated = design.treated @ terms.values
    weighted = weight @ terms.values
    all_scaled = terms.values[design.treated | design.comparison].mean(axis=0) * float(
        design.treated.sum()
    )
    return tuple(
        Term(name, float(t), float(w), float(u))
        for name, t, w, u in zip(terms.names, treated, weighted, all_scaled, strict=True)
    )
