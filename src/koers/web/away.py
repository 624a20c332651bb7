"""The database is away: that is said within seconds, what is public is shown from what was
published, and all is as before when it is there again."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.exception import convert_exception_to_response
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.security import SecurityMiddleware
from django.template import loader
from django.urls import resolve
from psycopg import errors

from koers.apps.intake.archive import lazily_public
from koers.apps.publication.services import standing
from koers.web.postgres.base import answers

Answer = Callable[[HttpRequest], HttpResponseBase]
LOOK_SECONDS = 1.0
PUBLIC = "publication"
SQLITE = ("BUSY", "LOCKED", "CANTOPEN", "IOERR", "FULL", "READONLY", "CORRUPT", "NOTADB")
"""What says that a file of SQLite cannot be used, and not that a statement is wrong."""


def is_away(error: BaseException | None) -> bool:
    """Whether an error says that there is no database to be asked."""
    while error is not None:
        if isinstance(error, sqlite3.Error):
            name = getattr(error, "sqlite_errorname", None) or ""
            return name.removeprefix("SQLITE_").startswith(SQLITE)
        if isinstance(error, errors.ReadOnlySqlTransaction):
            # A server that stands by for another, or has a full disk.
            return True
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            # A refusal of one statement has a state; of these two kinds the server is going.
            return error.sqlstate is None or error.sqlstate[:2] in ("08", "57", "53")
        if not isinstance(error, OperationalError | InterfaceError | DatabaseError):
            return False
        error = error.__cause__
    return False


class Watch:
    """Knows that the server is away, so that not every request finds out by waiting for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looking = False

    @property
    def away(self) -> bool:
        return self._looking

    def look(self) -> None:
        """From now on it is away, until it answers somebody."""
        if connection.vendor != "postgresql":
            # A file is there or not, and says so at once.
            return
        with self._lock:
            if self._looking:
                return
            self._looking = True
        params = connection.get_connection_params()
        threading.Thread(target=self._until_it_answers, args=(params,), daemon=True).start()

    def _until_it_answers(self, params: dict[str, Any]) -> None:
        try:
            while not answers(params):
                time.sleep(LOOK_SECONDS)
        finally:
            self._looking = False


watch = Watch()


class AwayMiddleware:
    """Stands before whatever asks the database something."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if watch.away and not request.path.startswith(settings.STATIC_URL):
            return without_database(request)
        return self.get_response(request)


def without_database(request: HttpRequest) -> HttpResponseBase:
    """A public page from what was published, else a page that says what is the matter."""
    found: HttpResponseBase = _bordered(request)
    return found


def _public_or_said(request: HttpRequest) -> HttpResponseBase:
    try:
        match = resolve(request.path_info)
    except Http404:
        return said(request)
    published = standing.read() if match.app_name == PUBLIC else None
    if published is None or request.method not in ("GET", "HEAD"):
        return said(request)
    request.resolver_match = match
    _visits(request)
    try:
        with standing.stands_in(published):
            return match.func(request, *match.args, **match.kwargs)
    except Http404:
        raise
    except DatabaseError:
        return said(request)


def _visits(request: HttpRequest) -> None:
    """Whoever asks is a visitor: who they are stands in the database."""
    given: dict[str, Any] = {
        "user": AnonymousUser(),
        "session": {},
        "municipality": None,
        "municipalities": [],
        "figures": lazily_public(),
    }
    for name, value in given.items():
        setattr(request, name, value)


def said(request: HttpRequest) -> HttpResponse:
    """In plain words, by a page that needs nothing."""
    number = getattr(request, "number", "")
    page = loader.get_template("503.html").render({"number": number})
    return HttpResponse(page, status=503, headers={"Retry-After": "30"})


# What a public page passes on its way, and asks no database.
_bordered = convert_exception_to_response(
    SecurityMiddleware(
        convert_exception_to_response(
            CommonMiddleware(
                convert_exception_to_response(
                    XFrameOptionsMiddleware(convert_exception_to_response(_public_or_said))
                )
            )
        )
    )
)
