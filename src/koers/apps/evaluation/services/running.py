"""An evaluation in the background: once at a time for a measure, its progress kept, what came of it never changed."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from koers.apps.evaluation.models import EffectDesign, Evaluation
from koers.apps.evaluation.services import proposing
from koers.apps.evaluation.services.judging import REASONS, CannotJudgeError, Setup, evaluate
from koers.apps.evaluation.services.region import region_of
from koers.apps.intake.background import Heart, RunState
from koers.apps.plan.models import Measure
from koers.indicators import load_indicators


def setup_of(design: EffectDesign) -> Setup:
    """What was fixed, as the judgement needs it."""
    return Setup(
        design.method, design.indicator, tuple(design.areas), tuple(design.ring), tuple(design.comparison), design.start,
        design.expected_change, design.horizon,
    )  # fmt: skip


def obstacle(design: EffectDesign) -> str:
    """Why this measure cannot be evaluated now, in plain Dutch; '' where it can."""
    region = region_of(design.indicator, design.municipality.code) if design.indicator in load_indicators() else None
    if region is None:
        return "Er zijn hier geen cijfers per buurt en maand van deze uitkomst."
    if not region.after(design.start):
        return REASONS["no after"]
    return "" if region.before(design.start) else REASONS["no before"]


def start(measure: Measure) -> tuple[Evaluation, bool]:
    """Put an evaluation in the queue; the one that is busy already, and False, where there is one."""
    from koers.apps.evaluation.tasks import carry_out as task

    Evaluation.release_stale()
    design = measure.effect_design
    setup = setup_of(design)
    parameters = asdict(setup) | {"start": setup.start.isoformat(), "fixed_at": design.fixed_at.isoformat(),
                                  "fixed_late": design.fixed_late, "late_changes": design.late_changes.count()}  # fmt: skip
    claim = f"maatregel {measure.pk}"
    try:
        with transaction.atomic():
            evaluation = Evaluation.objects.create(
                municipality=measure.municipality, measure=measure, claim=claim, parameters=parameters
            )
            task.enqueue(evaluation.pk)
    except IntegrityError:
        return Evaluation.objects.get(claim=claim), False
    return evaluation, True


def setup_from(evaluation: Evaluation) -> Setup:
    """What was fixed when this evaluation was asked for."""
    kept = {name: evaluation.parameters[name] for name in Setup.__dataclass_fields__}
    setup = Setup(**kept)
    lists = {name: tuple(getattr(setup, name)) for name in ("areas", "ring", "comparison")}
    return replace(setup, start=date.fromisoformat(kept["start"]), **lists)


def carry_out(pk: int) -> None:
    """Judge, keep what came of it and propose what follows. One that is no longer in the queue is left alone."""
    now = timezone.now()
    waiting = Evaluation.objects.filter(pk=pk, state=RunState.QUEUED)
    if not waiting.update(state=RunState.RUNNING, started_at=now, heartbeat_at=now):
        return
    try:
        with Heart(Evaluation, pk) as heart:
            outcome = _judged(Evaluation.objects.select_related("municipality").get(pk=pk), heart)
        _end(pk, **outcome)
    except CannotJudgeError as problem:
        _end(pk, state=RunState.FAILED, error=str(problem))
    except Exception as problem:
        _end(pk, state=RunState.FAILED, error=f"Er ging iets mis in Koers ({type(problem).__name__}).")
        raise
    except BaseException:
        _end(pk, state=RunState.INTERRUPTED, error="De worker is gestopt.")
        raise


def _judged(evaluation: Evaluation, heart: Heart) -> dict:
    heart.advance(0, 1, "Cijfers lezen")
    setup = setup_from(evaluation)
    region = region_of(setup.indicator, evaluation.municipality.code)
    if region is None:
        raise CannotJudgeError("Er zijn geen cijfers per buurt en maand van deze uitkomst.")
    result = evaluate(region, setup, heart.advance)
    return {"state": RunState.DONE, "result": result.model_dump(mode="json"), "snapshots": list(region.snapshots)}


@transaction.atomic
def _end(pk: int, **outcome) -> None:
    now = timezone.now()
    running = Evaluation.objects.filter(pk=pk, state=RunState.RUNNING)
    ended = running.update(claim=None, heartbeat_at=now, finished_at=now, **outcome)
    if ended and outcome["state"] == RunState.DONE:
        proposing.propose(Evaluation.objects.get(pk=pk))
