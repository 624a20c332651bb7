"""What a monitor asks: does the process answer, can it work, and how much does it do.

These pages ask nobody who they are and tell nothing of anybody: whether parts work, and ages.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe

from koers.apps.intake.archive import store
from koers.apps.intake.services.pulse import Life, sign
from koers.apps.people import post
from koers.apps.people.access import PUBLIC, allow
from koers.figures.manifest import Manifest
from koers.sources.own import OWN
from koers.web import metrics
from koers.web.away import watch
from koers.web.database import database_problem

Answer = Callable[[HttpRequest], HttpResponseBase]
DOORS = ("healthz", "readyz", "metrics")
NEEDED = ("database", "archive", "worker")
"""Without these a site is not ready; the others ask for attention, and pages go on."""


class HealthMiddleware:
    """Stands before all that may be broken: a monitor is answered without it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.strip("/") in DOORS:
            try:
                match = resolve(request.path_info)
            except Resolver404:
                return self.get_response(request)
            request.resolver_match = match
            try:
                return match.func(request)
            except Http404:
                return HttpResponse(status=404)
        begin = time.perf_counter()
        response = self.get_response(request)
        metrics.count(request, response, time.perf_counter() - begin)
        return response


@allow(PUBLIC)
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return _plain(HttpResponse("ok\n", content_type="text/plain; charset=utf-8"))


@allow(PUBLIC)
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether the parts work that a site needs: 200 or 503."""
    found = parts()
    ready = all(found[name]["ok"] for name in NEEDED)
    return _plain(JsonResponse({"ready": ready, **found}, status=200 if ready else 503))


@allow(PUBLIC)
@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """For Prometheus, for whoever has the token of KOERS_METRICS."""
    token = settings.KOERS_METRICS
    if not token:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return _plain(HttpResponse(metrics.text(parts()), content_type=metrics.CONTENT_TYPE))


def _plain(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def parts() -> dict[str, dict[str, Any]]:
    """Of each part whether it works, with an age where it has one."""
    known = _figures_known()
    return {
        "database": _database(),
        "archive": {"ok": known is not None},
        "worker": _worker(),
        "figures": _figures(known),
        "mail": _mail(),
    }


def _database() -> dict[str, Any]:
    problem = database_problem()
    return {"ok": False, "problem": problem} if problem else {"ok": True}


def _figures_known() -> list[Manifest] | None:
    """What is in use; None where the archive cannot be read."""
    try:
        return [snapshot.manifest for snapshot in store().current()]
    except (OSError, ValueError, KeyError):
        return None


def _worker() -> dict[str, Any]:
    found = sign()
    return {
        "ok": found.life is Life.ALIVE,
        "state": found.life.value,
        "seconds_since_heartbeat": None if found.age is None else round(found.age.total_seconds()),
    }


def _figures(known: list[Manifest] | None) -> dict[str, Any]:
    """How long ago published figures last came in; invented ones do not grow old."""
    if known is None:
        return {"ok": False, "days": None}
    real = [m for m in known if not m.fictitious and m.source != OWN]
    if not real:
        return {"ok": bool(known), "days": None}
    newest, now = max(real, key=lambda m: m.retrieved), datetime.now(UTC)
    return {"ok": not newest.is_old(now), "days": (now - newest.retrieved).days}


def _mail() -> dict[str, Any]:
    """Whether mail goes out: none waits longer than an hour."""
    try:
        return {"ok": not watch.away and not post.late()}
    except DatabaseError:
        return {"ok": False}
