"""What is counted for Prometheus, over all processes of the site; nothing is, unless KOERS_METRICS
is set.

The library keeps a file a process in the home, and adds them up when it is asked. A route is named,
never an address: that may hold a secret or somebody's words.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django_tasks_db.models import DBTaskResult

from koers import __version__
from koers.apps.people.models import Mail, MailState

FOLDER = "metrics"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


@dataclass(frozen=True)
class Counted:
    requests: Any
    seconds: Any


@cache
def _counted() -> Counted:
    # The library looks for this when it is read.
    folder = Path(os.environ.setdefault(VARIABLE, str(Path(settings.HOME) / FOLDER)))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    from prometheus_client import CollectorRegistry, Counter, Histogram

    own = CollectorRegistry()
    return Counted(
        Counter(
            "koers_requests", "Requests, by route and status.", ("route", "status"), registry=own
        ),
        Histogram(
            "koers_request_seconds",
            "Seconds that a request took.",
            ("route",),
            buckets=SECONDS,
            registry=own,
        ),
    )


def count(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """Count a request that was answered."""
    if not settings.KOERS_METRICS:
        return
    match = request.resolver_match
    route = (match.view_name or match.route) if match else "?"
    found = _counted()
    found.requests.labels(route, str(response.status_code)).inc()
    found.seconds.labels(route).observe(seconds)


def text(parts: dict[str, dict[str, Any]]) -> bytes:
    """All that is counted, and what of the parts has a number."""
    _counted()
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry, os.environ[VARIABLE])
    registry.register(_Now(parts))
    found: bytes = generate_latest(registry)
    return found


class _Now:
    """What is true at this moment, of the whole installation."""

    def __init__(self, parts: dict[str, dict[str, Any]]) -> None:
        self._parts = parts

    def describe(self) -> list[Any]:
        return []

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

        yield InfoMetricFamily("koers", "This installation.", {"version": __version__})
        up = GaugeMetricFamily("koers_up", "Whether a part works.", labels=["part"])
        for name, part in self._parts.items():
            up.add_metric([name], float(part["ok"]))
        yield up
        ages = {
            "koers_worker_heartbeat_age_seconds": self._parts["worker"]["seconds_since_heartbeat"],
            "koers_figures_age_days": self._parts["figures"]["days"],
        }
        for name, age in ages.items():
            gauge = GaugeMetricFamily(name, "Since its last sign; NaN where there was none.")
            gauge.add_metric([], math.nan if age is None else float(age))
            yield gauge
        if self._parts["database"]["ok"]:
            yield from _queues()


def _queues() -> Iterator[Any]:
    from prometheus_client.core import GaugeMetricFamily

    tasks = GaugeMetricFamily("koers_tasks", "Background work, by state.", labels=["state"])
    try:
        for state, found in (
            ("waiting", DBTaskResult.objects.ready()),
            ("running", DBTaskResult.objects.running()),
            ("failed", DBTaskResult.objects.failed()),
        ):
            tasks.add_metric([state], found.count())
        mails = GaugeMetricFamily("koers_mails", "Mail of 30 days, by state.", labels=["state"])
        states = dict(Mail.objects.order_by().values_list("state").annotate(n=Count("pk")))
        for state in MailState:
            mails.add_metric([state.value], states.get(state.value, 0))
    except DatabaseError:
        return
    yield tasks
    yield mails
