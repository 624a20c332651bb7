"""What the worker does: each task calls one service."""

from django_tasks import task

from koers.apps.evaluation.services import running


@task()
def carry_out(evaluation: int) -> None:
    """Judge a measure, as this evaluation says."""
    running.carry_out(evaluation)
