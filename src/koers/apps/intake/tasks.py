"""What the worker does: each task calls one service."""

from django_tasks import task

from koers.apps.intake.services import loading


@task()
def carry_out(run: int) -> None:
    """Load the figures, or check the archive, as this run says."""
    loading.carry_out(run)
