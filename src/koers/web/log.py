"""The log of an installation: one line of JSON for each request, each error, each sign-in, load and
mail.

No line holds what somebody wrote or a secret. So nothing is taken from an address but its route,
nothing from a message but its words and numbers, and from an error its kind and where it arose: a
message of an exception quotes what went wrong.
"""

from __future__ import annotations

import fcntl
import json
import logging
import logging.handlers
import os
import secrets
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

KEPT = 10
"""So many files, each of at most LARGEST bytes, before the oldest goes."""
LARGEST = 10_000_000
SERVING = ("start", "worker")
OUTSPOKEN = ("django_tasks",)
"""Whose messages have no more in them than names of tasks and their keys."""
SPOKEN = ("koers", "django.request", "waitress")
"""Whose messages are words of a program with what they were given apart. What others say may have
been filled in already: of those the name is kept."""
FRAMES = 30
NUMBER_BYTES = 8
"""Of the number of a request: no process asks another, and of a million no two are alike (the
chance is one in forty million)."""
log = logging.getLogger("koers.requests")


class JsonLines(logging.Formatter):
    """A record as one line of JSON; ``line`` in its extras is what it says beside its words."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": record.process,
            "what": _words(record),
        }
        if number := getattr(getattr(record, "request", None), "number", None):
            said["request"] = number
        said |= getattr(record, "line", {})
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            said["error"] = f"{kind.__module__}.{kind.__qualname__}"
            said["at"] = [
                f"{Path(f.filename).as_posix().rpartition('site-packages/')[2]}:{f.lineno} {f.name}"
                for f in traceback.extract_tb(trace)[-FRAMES:]
            ]
        return json.dumps(said, ensure_ascii=False)


def _words(record: logging.LogRecord) -> str:
    if _is_of(OUTSPOKEN, record):
        return record.getMessage()
    if not _is_of(SPOKEN, record):
        return record.name
    message, given = str(record.msg), record.args
    if not given or not isinstance(given, tuple):
        return message
    try:
        return message % tuple(a if isinstance(a, int | float) else "…" for a in given)
    except (TypeError, ValueError):
        return message


def _is_of(names: tuple[str, ...], record: logging.LogRecord) -> bool:
    return any(record.name == name or record.name.startswith(f"{name}.") for name in names)


class SharedFile(logging.handlers.RotatingFileHandler):
    """A file in which several processes write: each line at once at its end, and whoever finds it
    full turns it over while the others wait."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{self.format(record)}\n".encode(errors="replace")
            if not self._is_mine():
                self.close()
                self.stream = self._open()
            os.write(self.stream.fileno(), line)
            if os.fstat(self.stream.fileno()).st_size >= self.maxBytes:
                self._turn_over()
        except Exception:  # noqa: BLE001 - what cannot be logged is told as the library does it
            self.handleError(record)

    def _is_mine(self) -> bool:
        """Whether the file that is open still has the name."""
        if self.stream is None:
            return False
        try:
            named = Path(self.baseFilename).stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(named, os.fstat(self.stream.fileno()))

    def _turn_over(self) -> None:
        path = Path(self.baseFilename)
        with path.with_name(f".{path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._is_mine():
                self.doRollover()


class RequestLog:
    """Stands before every other: gives a request its number, and writes its line when it is
    answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = secrets.token_hex(NUMBER_BYTES)
        request.number = number  # type: ignore[attr-defined]
        begin = time.perf_counter()
        response = self.get_response(request)
        response.headers["Koers-Verzoek"] = number
        # Its line says its status. Django would say that again, as an error without one.
        response._has_been_logged = True  # type: ignore[attr-defined]
        log.info(
            "request",
            extra={
                "line": {
                    "request": number,
                    "user": _pseudonym(request),
                    "method": request.method if request.method in METHODS else "?",
                    "path": path_of(request.resolver_match),
                    "status": response.status_code,
                    "ms": round(1000 * (time.perf_counter() - begin), 1),
                }
            },
        )
        return response


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def path_of(match: ResolverMatch | None) -> str:
    """The route with its whole numbers: the rest of an address may be a secret or somebody's
    words."""
    if match is None:
        return "?"
    route = f"/{match.route}"
    for name, value in match.kwargs.items():
        if isinstance(value, int):
            route = route.replace(f"<int:{name}>", str(value))
    return route


def _pseudonym(request: HttpRequest) -> str | None:
    # Who it is was asked for by the rules of access; the log asks the database nothing itself.
    user = getattr(request, "_cached_user", None)
    found = getattr(user, "pseudonym", None)
    return None if found is None else str(found)


def logging_of(folder: str) -> dict[str, Any]:
    """Django's LOGGING: to standard error, and to files in ``folder`` where it is named.

    Somebody who starts Koers by hand sees what goes wrong; where the output goes to a file or a
    service it holds every line. A command says what it does in its own words.
    """
    command = sys.argv[1] if len(sys.argv) > 1 and Path(sys.argv[0]).name == "koers" else ""
    by_hand = sys.stderr is not None and sys.stderr.isatty()
    quiet = by_hand or (Path(sys.argv[0]).name == "koers" and command not in SERVING)
    handlers: dict[str, dict[str, Any]] = {
        "error": {
            "class": "logging.StreamHandler",
            "formatter": "lines",
            "level": "WARNING" if quiet else "INFO",
        }
    }
    if folder:
        # One for all processes of the site, one for the worker, one for commands.
        handlers["file"] = {
            "class": "koers.web.log.SharedFile",
            "filename": str(Path(folder) / f"{command if command in SERVING else 'koers'}.log"),
            "maxBytes": LARGEST,
            "backupCount": KEPT,
            "delay": True,
            "encoding": "utf-8",
            "formatter": "lines",
        }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "koers.web.log.JsonLines"}},
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": "WARNING"},
        "loggers": {
            "koers": {"level": "INFO"},
            "django_tasks": {"level": "INFO"},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            # The line of the request says what was refused; an error is told with its traceback.
            "django.request": {"level": "ERROR"},
        },
    }
