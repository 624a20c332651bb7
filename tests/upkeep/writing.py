"""Somebody who writes in a home all the time: lines of the database two by two, and own tables with
their figures. What was acknowledged is counted, so that a copy can be held against it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from koers.apps.intake.models import OwnTable
from koers.apps.people.models import Municipality, PeopleEvent
from koers.figures.folders import sha256_of
from koers.upkeep.connecting import sqlite_file
from koers.upkeep.home import entries, files_to_keep
from koers.upkeep.tables import contents_of, models_of
from tests.figures.rows import kept

FORK = multiprocessing.get_context("fork")
EVERY = 25


def town() -> Municipality:
    found, _ = Municipality.objects.get_or_create(code="VB77", defaults={"name": "Schrijfdorp"})
    return found


@contextmanager
def written_to(home: Path) -> Iterator[Any]:
    """While this lasts somebody writes; gives how many pairs were acknowledged."""
    connections.close_all()
    acknowledged = FORK.Value("q", 0)
    writer = FORK.Process(target=_write, args=(home, acknowledged), daemon=True)
    writer.start()
    try:
        yield acknowledged
    finally:
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()


def _write(home: Path, acknowledged: Any) -> None:
    where, number = town(), 0
    while True:
        about = uuid.uuid4()
        with transaction.atomic():
            for _ in range(2):
                PeopleEvent.objects.create(kind="signed_in", about=about, municipality=where)
        number += 1
        acknowledged.value = number
        if number % EVERY == 0:
            _bring_figures(home, where, number)


def _bring_figures(home: Path, where: Municipality, number: int) -> None:
    """Figures first and then the line that cites them, as the application does."""
    table = f"eigen-{uuid.uuid4().hex[:8]}"
    found = kept(home, [("VB770101", "lampen", "2026-01", float(number))], table=table)
    OwnTable.objects.create(
        municipality=where, kind="counts", table=table, title="T", snapshot=found.manifest.id
    )


def wrong_in(database: BaseDatabaseWrapper, home: Path, acknowledged: int) -> list[str]:
    """What is half or lost in a copy that was made after so many pairs were acknowledged."""
    events = PeopleEvent.objects.using(database.alias).values_list("about", flat=True)
    pairs = Counter(events)
    wrong = [f"{about} stands {n} times" for about, n in pairs.items() if about and n != 2]
    if len(pairs) < acknowledged:
        wrong.append(f"{acknowledged - len(pairs)} of {acknowledged} acknowledged pairs are lost")
    there = {f.parent.name for f in home.glob("figures/snapshots/*/*/*/manifest.json")}
    cited = set(OwnTable.objects.using(database.alias).values_list("snapshot", flat=True))
    return wrong + [f"figures {one} are cited and not there" for one in cited - there]


def write_some(home: Path, number: int) -> None:
    """Lines and figures of which the next time there are more, and a file of the home's own."""
    where = town()
    for _ in range(20):
        PeopleEvent.objects.create(kind="signed_in", about=uuid.uuid4(), municipality=where)
    for one in range(2):
        _bring_figures(home, where, 100 * number + one)
    (home / "huisstijl").mkdir(exist_ok=True)
    (home / "huisstijl" / "eigen.css").write_text(f"a {{ order: {number} }}")
    (home / "huisstijl" / f"{number}.css").write_text("b {}")


def state(home: Path, database: BaseDatabaseWrapper) -> dict[str, Any]:
    """All that a home is: what its tables hold, and its files by their hash."""
    tables = {m._meta.db_table: contents_of(m, database).sha256 for m in models_of(database)}
    kept = files_to_keep(home, sqlite_file(database))
    files = {str(file.relative_to(home)): sha256_of(file) for file in kept}
    tops = sorted(entry.name for entry in entries(home))
    database.close()
    return {"tables": tables, "files": files, "top": tops}
