"""A process that is killed, really, after one of its statements."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from typing import Any

from benchmarks.children import wait
from benchmarks.faults.databases import Database
from benchmarks.faults.forms import OF_A_VISIT, Sent, at_now, token_of

LONGEST = 120.0


def kill_after(database: Database, sent: Sent, statement: int) -> str:
    """Send a form in a copy of this process that is killed after so many of its statements; says
    what is there then: 'before', 'whole', 'half', 'late' where it took too long, or 'missed' where
    it came to its end and wrote nothing.

    The database is as it was before those forms that come first.
    """
    token = ""
    for form, fields in sent.before:
        answer = sent.site.ask(sent.site.inside, at_now(form, token), fields)
        token = token_of(answer) or token
    sent = replace(sent, form=at_now(sent.form, token))
    before = database.digest()
    database.close()
    child = os.fork()
    if child == 0:
        try:
            _die_after(database, sent, statement)
        finally:
            os._exit(3)
    ended = wait(child, LONGEST)
    found = database.digest()
    changed = {table for table in found if found[table] != before[table]}
    if changed or sent.before:
        database.put_back()
    if ended is None:
        return "late"
    if not changed - OF_A_VISIT:
        return "before" if os.WIFSIGNALED(ended) else "missed"
    return "whole" if changed - OF_A_VISIT == sent.writes else "half"


def _die_after(database: Database, sent: Sent, statement: int) -> None:
    done = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal done
        result = execute(sql, params, many, context)
        done += 1
        if done == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    with database.mine.execute_wrapper(count):
        sent.site.ask(sent.site.inside, sent.form, sent.fields)
