"""A request that changes something is one transaction: all of it is kept, or nothing is.

``WholeRequest`` stands around the session, so that what is written on the way out belongs to it.
What cannot be taken back is done when it is sure: ``transaction.on_commit``, or ``apart`` where the
page tells what came of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

LOOKING = ("GET", "HEAD", "OPTIONS", "TRACE")
NO = 400
"""An answer from here on says that it was not done."""
_current: ContextVar[Work | None] = ContextVar("work", default=None)


class WholeRequest:
    """Keeps what was written when the answer is good; takes it back when the view raised, or the
    answer says no. Who only looks gets no transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in LOOKING:
            return self.get_response(request)
        with Work().current() as work:
            response = self.get_response(request)
            if response.status_code >= NO:
                work.take_back()
            else:
                work.keep()
            return response

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """What was raised becomes a page by whoever stands further in; that page asks the database,
        too."""
        if work := _current.get():
            work.take_back()


class Work:
    """The transaction of a request, which may go on after a part of it was kept."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._depth = -1
        self._taken_back: list[Callable[[], object]] = []

    @contextmanager
    def current(self) -> Iterator[Work]:
        """This is the work at hand; what is still open at the end is taken back."""
        token = _current.set(self)
        try:
            with _begin_at_first_write():
                self.begin()
                try:
                    yield self
                finally:
                    self.take_back()
        finally:
            _current.reset(token)

    @property
    def is_open(self) -> bool:
        return self._depth >= 0

    def begin(self) -> None:
        self._open.enter_context(transaction.atomic())
        self._depth = len(connection.savepoint_ids)

    def keep(self) -> None:
        if self._close():
            self._open.close()
            self._taken_back.clear()

    def take_back(self) -> None:
        if self._close():
            transaction.set_rollback(True)
            self._open.close()
        after, self._taken_back = self._taken_back, []
        for deed in after:
            deed()

    def _close(self) -> bool:
        """Whether there was something to close. First, because keeping it may fail, and what waited
        for that calls back."""
        was, self._depth = self.is_open, -1
        return was

    def when_taken_back(self, deed: Callable[[], object]) -> None:
        self._taken_back.append(deed)

    @property
    def is_within(self) -> bool:
        """Whether a transaction within this one is open, of which nobody can keep a part."""
        return len(connection.savepoint_ids) != self._depth


def when_taken_back(deed: Callable[[], object]) -> None:
    """Do this, too, if what this request writes is taken back: what is kept whatever comes of it,
    or what is put right outside the database."""
    if (work := _current.get()) and work.is_open:
        work.when_taken_back(deed)


@contextmanager
def apart() -> Iterator[None]:
    """What was written so far is kept, and so sure; within, the database waits for nobody. What
    comes after is whole by itself.

    For what leaves the house and takes its time, a mail: what it tells is so, and no other request
    waits until a mail server answers.
    """
    work = _current.get()
    if work is None or not work.is_open:
        yield
        return
    if work.is_within:
        raise RuntimeError("In a transaction within a request nothing can be done apart.")
    work.keep()
    try:
        yield
    finally:
        work.begin()


_READS = re.compile(r"\s*(SELECT|PRAGMA|EXPLAIN)\b", re.IGNORECASE)


@contextmanager
def _begin_at_first_write() -> Iterator[None]:
    """On SQLite, where one writes at a time, a transaction begins when something is written: who
    reads a file or checks a password meanwhile keeps nobody waiting."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.execute_wrapper(_AtFirstWrite()):
            yield
    else:
        yield


class _AtFirstWrite:
    def __init__(self) -> None:
        self._begin = ""

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        if sql.startswith("BEGIN"):
            self._begin = sql
            return None
        if self._begin and not context["connection"].in_atomic_block:
            # Nothing was written in it.
            self._begin = ""
        if self._begin and not _READS.match(sql):
            execute(self._begin, None, False, context)
            self._begin = ""
        return execute(sql, params, many, context)
