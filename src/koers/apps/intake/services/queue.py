"""Putting figures in the queue of the worker: one run at a time, and for whom."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from koers.apps.intake.background import BUSY
from koers.apps.intake.models import LoadRun, RunKind
from koers.apps.intake.places import FIGURES_REGION
from koers.apps.intake.tasks import carry_out
from koers.apps.people.models import Municipality


def with_region(municipalities: Sequence[Municipality]) -> list[str]:
    """These municipalities first, then what belongs to their region, as the plans below say."""
    homes = [m for m in municipalities if not m.fictitious]
    region = [code for m in homes for code in FIGURES_REGION.ask(m) or ()]
    return list(dict.fromkeys([*(m.code for m in homes), *region]))


def current_run() -> LoadRun | None:
    """The run that is busy now, of whichever municipality."""
    LoadRun.release_stale()
    return LoadRun.objects.filter(state__in=BUSY).first()


def start(
    municipality: Municipality,
    codes: Sequence[str],
    kind: str = RunKind.LOAD,
    scheduled: bool = False,
) -> tuple[LoadRun, bool]:
    """Put a run in the queue; the one that is busy already, and False, where there is one."""
    LoadRun.release_stale()
    try:
        with transaction.atomic():
            run = LoadRun.objects.create(
                municipality=municipality,
                kind=kind,
                claim="busy",
                codes=list(codes),
                scheduled=scheduled,
            )
            carry_out.enqueue(run.pk)
    except IntegrityError:
        return LoadRun.objects.get(claim="busy"), False
    return run, True
