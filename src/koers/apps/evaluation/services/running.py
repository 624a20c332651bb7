"""An evaluation in the background: once at a time for a measure, its progress kept, what came of it
never changed."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from koers.apps.evaluation.models import Evaluation
from koers.apps.evaluation.services import proposing
from koers.apps.evaluation.services.calculating import CannotJudgeError
from koers.apps.evaluation.services.judging import evaluate
from koers.apps.evaluation.services.region import Region, region_of
from koers.apps.evaluation.services.secondary import Other
from koers.apps.intake.background import Heart, RunState
from koers.indicators import load_indicators


def carry_out(pk: int) -> None:
    """Judge, keep what came of it and propose what follows. One that is no longer in the queue is
    left alone."""
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
        _end(
            pk,
            state=RunState.FAILED,
            error=f"Er ging iets mis in Koers ({type(problem).__name__}).",
        )
        raise
    except BaseException:
        _end(pk, state=RunState.INTERRUPTED, error="De worker is gestopt.")
        raise


def _judged(evaluation: Evaluation, heart: Heart) -> dict[str, Any]:
    heart.advance(0, 1, "Cijfers lezen")
    setup = evaluation.parameters
    region = region_of(setup.indicator, evaluation.municipality.code)
    if region is None:
        raise CannotJudgeError("Er zijn geen cijfers per buurt en maand van deze uitkomst.")
    beside = [Other(each, _region(each.indicator, evaluation)) for each in setup.secondary]
    result = evaluate(region, setup, heart.advance, beside)
    used = [region, *(other.region for other in beside if other.region is not None)]
    return {
        "state": RunState.DONE,
        "result": result,
        "snapshots": list(dict.fromkeys(name for each in used for name in each.snapshots)),
    }


def _region(indicator: str, evaluation: Evaluation) -> Region | None:
    known = indicator in load_indicators()
    return region_of(indicator, evaluation.municipality.code) if known else None


@transaction.atomic
def _end(pk: int, **outcome: Any) -> None:
    now = timezone.now()
    running = Evaluation.objects.filter(pk=pk, state=RunState.RUNNING)
    ended = running.update(claim=None, heartbeat_at=now, finished_at=now, **outcome)
    if ended and outcome["state"] == RunState.DONE:
        proposing.propose(Evaluation.objects.get(pk=pk))
