"""All that can break while people write: is anything lost, doubled or half, and how long until it
goes again?

    python -m benchmarks.faults all [--seed 1] [--kills 200] [--database sqlite|postgres|both]
        [--minutes 35] [--at-once 2]
    python -m benchmarks.faults all --short

A site as `koers start` runs it, with writers who add actions to a meeting over HTTP, each with a
mark of its own and never sent twice. After each fault a second connection looks for every mark in
every part of what such a write keeps: its action, its history, and its place in the meeting and
under the item. What was acknowledged and is not there is lost. Seconds are from the kill, or from
when the fault was over, until the first write that was sent later is saved. One table at the end
(``--csv FILE`` too), progress on standard error; ends with 1 where anything is not in order.
Two things are done at once, so that both cores are used. With ``--minutes`` kills and crash points
stop in time; a row that did fewer kills than asked says so, and is not in order. ``--short`` does
ten kills and one of each fault, three things at once.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts.with_postgres import find_programs, running

from benchmarks.faults import disks, outages, parts
from benchmarks.faults.counting import Row, table, write_csv
from benchmarks.faults.kills import kills
from benchmarks.faults.running import Scene, Site, copied, say

PEOPLE = 4
SHORT_KILLS, SHORT_AT_ONCE, AT_ONCE = 10, 3, 2
FOR_KILLS, FOR_POINTS = 0.55, 0.25
"""Of the time that is given, at most so much for the kills on a database (both at once), and for
the crash points of forms on each."""
Work = Callable[[], list[Row]]


def main(given: list[str]) -> None:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.faults all",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=None, help="on each database; 200, short 10")
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--only", nargs="*", default=[], help="words of the parts to do")
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--at-once", type=int, help="2, short 3")
    parser.add_argument("--csv", type=Path)
    asked = parser.parse_args(given)
    asked.at_once = asked.at_once or (SHORT_AT_ONCE if asked.short else AT_ONCE)
    asked.kills = asked.kills or (SHORT_KILLS if asked.short else 200)
    begin = time.monotonic()
    # What is being done ends first, and takes its disks and processes along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="koers-faults-") as folder:
        rows = _all(asked, Path(folder))
    print(table(rows))
    bad = sum(not row.good for row in rows)
    print(
        f"seed {asked.seed}, {time.monotonic() - begin:.0f} s: {sum(r.acknowledged for r in rows)}"
        f" acknowledged, {sum(r.lost for r in rows)} lost, {sum(r.doubled for r in rows)} doubled,"
        f" {sum(r.half for r in rows)} half; {bad} of {len(rows)} rows not in order"
    )
    if asked.csv:
        write_csv(rows, asked.csv)
    raise SystemExit(1 if bad else 0)


def _all(asked: argparse.Namespace, folder: Path) -> list[Row]:
    template = Site(folder / "template")
    template.home.mkdir()
    scene = template.prepare(PEOPLE)
    with ThreadPoolExecutor(asked.at_once) as pool:
        wanted = [
            (name, pool.submit(_safely, name, work))
            for name, work in _work(asked, folder, template.home, scene)
            if not asked.only or any(word in name for word in asked.only)
        ]
        try:
            return [row for _, future in wanted for row in future.result()]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _safely(name: str, work: Work) -> list[Row]:
    """What breaks is a row, too, and the others go on."""
    say(f"{name} begins")
    begin = time.monotonic()
    try:
        return work()
    except (Exception, SystemExit) as error:
        say(f"{name} broke: {type(error).__name__}: {error}")
        return [Row(name, wrong=[f"{type(error).__name__}: {error}"])]
    finally:
        say(f"{name}: {time.monotonic() - begin:.0f} s")


def _work(
    asked: argparse.Namespace, folder: Path, template: Path, scene: Scene
) -> Iterator[tuple[str, Work]]:
    short, seed = asked.short, asked.seed
    lite, server = asked.database != "postgres", asked.database != "sqlite"
    if server:
        yield "postgres", lambda: _on_postgres(asked, folder)
    if lite:
        yield "sqlite", lambda: _on_sqlite(asked, folder, template, scene)
        yield "crash-points", lambda: _crash_points(asked, "sqlite")
        seconds = 3 if short else 10
        yield "disks", lambda: disks.full_disks(template, scene, folder, seconds)
    yield "mail", lambda: parts.mails(folder / "mail")
    yield "damages", lambda: parts.damages(1 if short else 600, seed)
    yield "sources", lambda: parts.sources(60 if short else 500, seed)
    if server and not short:
        yield "crash-points-postgres", lambda: _crash_points(asked, "postgres")
    if not short:
        yield "copies", lambda: parts.copies(10, seed)


def _crash_points(asked: argparse.Namespace, database: str) -> list[Row]:
    forms, every = (12, 24) if asked.short else (1, 12)
    return parts.crash_points(database, forms, every, asked.seed, FOR_POINTS * asked.minutes)


def _on_sqlite(asked: argparse.Namespace, folder: Path, template: Path, scene: Scene) -> list[Row]:
    site = Site(copied(template, folder / "sqlite"))
    with _started(site):
        rows = kills(site, scene, asked.kills, asked.seed, _until(asked))
        rows += outages.of_sqlite(site, scene)
        return [*rows, outages.damaged(site, scene, folder)]


def _on_postgres(asked: argparse.Namespace, folder: Path) -> list[Row]:
    if (programs := find_programs()) is None:
        return [Row("PostgreSQL", times=0, wrong=["NOT DONE: there is no PostgreSQL here"])]
    with running(programs) as server:
        (folder / "postgres").mkdir()
        site = Site(folder / "postgres", server.url)
        scene = site.prepare(PEOPLE)
        with _started(site):
            rows = kills(site, scene, asked.kills, asked.seed, _until(asked))
            return rows + outages.of_postgres(site, scene, server)


def _until(asked: argparse.Namespace) -> float:
    return time.monotonic() + 60 * FOR_KILLS * asked.minutes


@contextlib.contextmanager
def _started(site: Site) -> Iterator[None]:
    try:
        site.start()
        yield
    finally:
        site.stop()
