"""What happens by itself: each night the archive is checked, each month the figures are loaded."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from koers.apps.intake.archive import store
from koers.apps.intake.background import RunState
from koers.apps.intake.models import LoadRun, RunKind
from koers.apps.intake.services.queue import start, with_region
from koers.apps.people.models import Municipality
from koers.figures.manifest import CLOCKS_DIFFER
from koers.sources.own import OWN

CHECK_HOUR, LOAD_HOUR = 3, 4
TRY_AGAIN_AFTER = timedelta(hours=20)


def last_night(now: datetime) -> datetime:
    """The moment of the check that should have been made by now."""
    moment = now.replace(hour=CHECK_HOUR, minute=0, second=0, microsecond=0)
    return moment if moment <= now else moment - timedelta(days=1)


def last_month(now: datetime, day: int) -> datetime:
    """The moment of the monthly load that should have been made by now."""
    moment = now.replace(day=day, hour=LOAD_HOUR, minute=0, second=0, microsecond=0)
    return moment if moment <= now else (moment.replace(day=1) - timedelta(days=1)).replace(day=day)


def tick(now: datetime | None = None) -> list[LoadRun]:
    """Put in the queue what is due; gives what was put there."""
    now = timezone.localtime(now)
    homes = list(Municipality.objects.all())
    started = []
    if homes and _due(RunKind.CHECK, last_night(now), now):
        started.append(start(homes[0], [], RunKind.CHECK, scheduled=True))
    codes = with_region(homes)
    moment = last_month(now, settings.KOERS_LOAD_DAY)
    if codes and _newest_load(now) < moment and _due(RunKind.LOAD, moment, now):
        started.append(start(next(m for m in homes if not m.fictitious), codes, scheduled=True))
    return [run for run, new in started if new]


def _due(kind: str, moment: datetime, now: datetime) -> bool:
    """Not done since its moment, and not tried a short while ago."""
    # What a clock that was ahead gave a date says nothing of tonight.
    runs = LoadRun.objects.filter(kind=kind, created_at__lte=now + CLOCKS_DIFFER)
    if runs.filter(state=RunState.DONE, created_at__gte=moment).exists():
        return False
    return not runs.filter(created_at__gte=max(moment, now - TRY_AGAIN_AFTER)).exists()


def _newest_load(now: datetime) -> datetime:
    """When published figures last came in, by whichever way."""
    real = [
        s.manifest.retrieved
        for s in store().current()
        if not s.manifest.fictitious
        and s.manifest.source != OWN
        # What a clock that was ahead gave a date, came in nobody knows when.
        and not s.manifest.is_ahead(now)
    ]
    return max(real, default=now - timedelta(days=3650))
