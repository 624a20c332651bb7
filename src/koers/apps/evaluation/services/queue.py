"""Asking for an evaluation: whether it can be made now, and putting it in the queue."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from koers.apps.evaluation.models import EffectDesign, Evaluation
from koers.apps.evaluation.services.calculating import REASONS
from koers.apps.evaluation.services.region import region_of
from koers.apps.evaluation.tasks import carry_out
from koers.apps.picture.models import Signal, SignalKind
from koers.apps.plan.models import Measure
from koers.indicators import load_indicators
from koers.records.evaluation import Beside, Parameters, Setup


def setup_of(design: EffectDesign) -> Setup:
    """What was fixed, as the judgement needs it."""
    return Setup(
        method=design.method,
        indicator=design.indicator,
        areas=tuple(design.areas),
        ring=tuple(design.ring),
        comparison=tuple(design.comparison),
        start=design.start,
        planned_change=design.expected_change,
        horizon=design.horizon,
        chosen_high=_stood_out(design, design.indicator),
        secondary=tuple(
            Beside(indicator=name, chosen_high=_stood_out(design, name))
            for name in design.secondary
        ),
    )


def _stood_out(design: EffectDesign, outcome: str) -> bool:
    """Whether one of the areas had a signal of a rise of this outcome in the year before the
    start."""
    indicator = load_indicators().get(outcome)
    if indicator is None:
        return False
    first = f"{design.start.year - 1}-{design.start.month:02d}"
    return (
        Signal.objects.of(design.municipality)
        .filter(
            kind=SignalKind.RISE,
            area_code__in=design.areas,
            topic__in=[*indicator.topics, indicator.topic],
            period__gte=first,
            period__lt=f"{design.start:%Y-%m}",
        )
        .exists()
    )


def obstacle(design: EffectDesign) -> str:
    """Why this measure cannot be evaluated now, in plain Dutch; '' where it can."""
    region = (
        region_of(design.indicator, design.municipality.code)
        if design.indicator in load_indicators()
        else None
    )
    if region is None:
        return "Er zijn hier geen cijfers per buurt en maand van deze uitkomst."
    if not region.after(design.start):
        return REASONS["no after"]
    return "" if region.before(design.start) else REASONS["no before"]


def start(measure: Measure) -> tuple[Evaluation, bool]:
    """Put an evaluation in the queue; the one that is busy already, and False, where there is
    one."""
    Evaluation.release_stale()
    design = measure.effect_design
    parameters = Parameters(
        **setup_of(design).model_dump(),
        fixed_at=design.fixed_at,
        fixed_late=design.fixed_late,
        late_changes=design.late_changes.count(),
    )
    claim = f"maatregel {measure.pk}"
    try:
        with transaction.atomic():
            evaluation = Evaluation.objects.create(
                municipality=measure.municipality,
                measure=measure,
                claim=claim,
                parameters=parameters,
            )
            carry_out.enqueue(evaluation.pk)
    except IntegrityError:
        return Evaluation.objects.get(claim=claim), False
    return evaluation, True
