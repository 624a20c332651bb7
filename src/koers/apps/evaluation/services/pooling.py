"""What evaluations of the same measure of the library say together, over the municipalities that
share it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from koers.analysis.effects.meta_analysis import LEAST, log_ratio, meta_analysis
from koers.apps.evaluation.models import Evaluation, Proposal
from koers.apps.intake.background import RunState
from koers.apps.people.models import Municipality
from koers.apps.plan.services.sharing import measures_in_common
from koers.apps.plan.together import FoundTogether
from koers.indicators import load_indicators
from koers.records.evaluation import Judgement, Parameters


@dataclass(frozen=True)
class One:
    """What one evaluation adds: the logarithm of counted over expected, with its error."""

    municipality: int
    ratio: float
    error: float


def found_together(municipality: Municipality, measure: str = "") -> tuple[FoundTogether, ...]:
    """By measure of the library and outcome, where there are at least three evaluations to pool;
    of one ``measure`` where its slug is given."""
    indicators = load_indicators()
    groups: dict[tuple[str, str], list[One]] = defaultdict(list)
    for evaluation in _latest(_done(municipality, measure)):
        outcome = evaluation.parameters.indicator
        one = _one(evaluation)
        if one is not None and outcome in indicators:
            groups[evaluation.measure.library, outcome].append(one)
    return tuple(
        _pooled(slug, outcome, indicators[outcome].title, each)
        for (slug, outcome), each in sorted(groups.items())
        if len(each) >= LEAST
    )


def _done(municipality: Municipality, measure: str) -> list[Evaluation]:
    """Of what is shared, those that are done and were not withdrawn, the newest first."""
    common = measures_in_common(municipality).exclude(library="")
    if measure:
        common = common.filter(library=measure)
    reopened = Proposal.objects.filter(archived_at=None, decision="").exclude(taken_back="")
    return list(
        Evaluation.objects.filter(measure__in=common, archived_at=None, state=RunState.DONE)
        .exclude(pk__in=reopened.values("evaluation"))
        .select_related("measure")
        .order_by("-created_at", "-pk")
    )


def _latest(done: Iterable[Evaluation]) -> Iterator[Evaluation]:
    """Of each measure the latest of which the term is over: one that stopped as soon as it looked
    well would flatter."""
    seen: set[int] = set()
    for evaluation in done:
        over = evaluation.result is not None and evaluation.result.final
        if over and evaluation.measure_id not in seen:
            seen.add(evaluation.measure_id)
            yield evaluation


def _one(evaluation: Evaluation) -> One | None:
    """None where it was not fixed beforehand, or gives no change of which the margin holds."""
    assert evaluation.result is not None
    found = evaluation.result.main
    limits = _limits(found)
    if (
        limits is None
        or not _fixed_beforehand(evaluation.parameters)
        or found.relative is None
        or not found.expected
    ):
        return None
    ratio, error = log_ratio(found.relative, found.expected, limits, found.level)
    return One(evaluation.municipality_id, ratio, error) if error > 0 else None


def _fixed_beforehand(asked: Parameters) -> bool:
    return asked.fixed_at is not None and not asked.fixed_late and not asked.late_changes


def _limits(found: Judgement) -> tuple[float, float] | None:
    """The limits of the change as a part of what was expected in the areas themselves."""
    unsound = found.error or found.withheld or found.false_calls is not None
    if unsound or found.net or found.lower_part is None or found.upper_part is None:
        return None
    return found.lower_part, found.upper_part


def _pooled(slug: str, outcome: str, title: str, each: list[One]) -> FoundTogether:
    found = meta_analysis(np.array([x.ratio for x in each]), np.array([x.error for x in each]))
    change, low, high, next_low, next_high = (
        float(x) for x in np.expm1([found.mean, *found.interval, *found.prediction])
    )
    return FoundTogether(
        measure=slug,
        indicator=outcome,
        outcome=title,
        evaluations=len(each),
        municipalities=len({x.municipality for x in each}),
        change=change,
        low=low,
        high=high,
        next_low=next_low,
        next_high=next_high,
    )
