"""Work of a worker that was killed: it is put back in the queue, a few times, and then given up."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from koers.apps.intake.background import BackgroundRun

MOST_TRIES = 3
GIVEN_UP = (
    f"De worker viel {MOST_TRIES} keer uit tijdens dit werk. Koers probeert het niet nog eens;"
    " begin het opnieuw, of vraag de beheerder naar het logboek."
)
log = logging.getLogger(__name__)


def release_tasks() -> int:
    """Put back what is said to run, of which nobody works on any of it: for the only worker of a
    home, before it begins. How many were put back."""
    return sum(_release(task.pk) for task in DBTaskResult.objects.running())


@transaction.atomic
def _release(pk: UUID) -> bool:
    task = DBTaskResult.objects.select_for_update().get(pk=pk)
    again = len(task.worker_ids) < MOST_TRIES
    run = _run_of(task)
    line = {"task": task.task_path, "tries": len(task.worker_ids), "again": again}
    log.warning("released", extra={"line": line})
    if again:
        task.status = TaskResultStatus.READY
        if run is not None:
            run.queue_again()
    else:
        task.status, task.finished_at = TaskResultStatus.FAILED, timezone.now()
        task.traceback = GIVEN_UP
        if run is not None:
            run.give_up(GIVEN_UP)
    task.save()
    return again


def _run_of(task: DBTaskResult[Any, Any]) -> BackgroundRun | None:
    """What the task works on: its one argument is the key of a run of its own app."""
    app = task.task_path.partition(".tasks.")[0]
    for model in BackgroundRun.__subclasses__():
        if model.__module__.startswith(f"{app}.models"):
            found: BackgroundRun | None = model._default_manager.filter(
                pk=task.args_kwargs["args"][0]
            ).first()
            return found
    return None
