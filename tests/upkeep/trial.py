"""Backups, restores and moves that are killed at moments drawn from a seed: backups while somebody
writes, restores before any change that they make on the disk and at any other moment.

`python -m tests.upkeep.trial backup HOME KILLS SEED`: on standard output what came of it, as JSON.
Children are forks of this process, which has read Django already: a kill costs no start.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper

KEY = "x" * 50


def quiet(*_: object) -> None:
    """No progress."""


CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.utime", "shutil.rmtree", "open")


def killed_before(change: int, work: Callable[[], object]) -> str:
    """Do this in a child that kills itself before the change of this number on the disk."""
    return killed_after(None, work, lambda: _die_before(change))


def _die_before(change: int) -> None:
    seen = 0

    def watch(event: str, arguments: tuple) -> None:
        nonlocal seen
        if event in CHANGES and not (event == "open" and arguments[1] in ("r", "rb")):
            seen += 1
            if seen == change:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def killed_after(
    seconds: float | None, work: Callable[[], object], first: Callable[[], None] = lambda: None
) -> str:
    """Do this in a child that is killed after so long (None: that sees to it itself); how it
    ended."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if not child:
        try:
            first()
            work()
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            os._exit(1)
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return "killed" if os.WIFSIGNALED(status) else f"ended {os.waitstatus_to_exitcode(status)}"


def backups(home: Path, kills: int, seed: int) -> dict[str, object]:
    """Backups of a home that is written to: each is whole or not there."""
    from django.db import connection

    from koers.upkeep.backup import back_up
    from tests.upkeep.writing import town, written_to

    drawn, place = random.Random(seed), home.parent / "copies"
    town()
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    with written_to(home) as acknowledged:
        while acknowledged.value < 60:
            time.sleep(0.02)
        before, begin = acknowledged.value, time.perf_counter()
        back_up(home, place / "first", connection, quiet, key=KEY)
        took = time.perf_counter() - begin
        wrong += _wrong(place / "first", before)
        for number in range(kills):
            out, before = place / f"{number}", acknowledged.value
            ended = killed_after(
                drawn.uniform(0, 1.1 * took),
                lambda out=out: back_up(home, out, connection, quiet, key=KEY),
            )
            ends[f"{ended}, {'whole' if out.exists() else 'nothing'}"] += 1
            if out.exists():
                wrong += _wrong(out, before)
                shutil.rmtree(out)
            elif ended == "ended 0":
                wrong.append("it said that it was done, and nothing is there")
        before = acknowledged.value
        back_up(home, place / "last", connection, quiet, key=KEY)
        wrong += _wrong(place / "last", before)
    left = [f.name for f in place.iterdir() if f.name not in ("first", "last")]
    return {
        "pairs": acknowledged.value,
        "seconds": round(took, 2),
        "ends": ends,
        "wrong": wrong,
        "left": left,
    }


def _wrong(out: Path, acknowledged: int) -> list[str]:
    """What is wrong with a backup by its own hashes and by what was acknowledged before it."""
    from koers.upkeep import manifest
    from koers.upkeep.connecting import opened, url_of
    from koers.upkeep.home import UpkeepError
    from tests.upkeep.writing import wrong_in

    try:
        manifest.verify(out, manifest.read(out), quiet)
    except UpkeepError as error:
        return [str(error)]
    with opened("looked-at", url_of(out / manifest.DATABASE)) as database:
        return wrong_in(database, out / manifest.HOME, acknowledged)


def restores(home: Path, kills: int, seed: int) -> dict[str, object]:
    """Two backups, each put back over the other: after a kill the home is wholly the one or the
    other, and what was replaced is wholly aside."""
    from django.db import connection

    from koers.upkeep import home as homes
    from koers.upkeep import switch
    from koers.upkeep.backup import back_up
    from koers.upkeep.restore import restore, settle
    from tests.upkeep.writing import state, write_some

    drawn, place = random.Random(seed), home.parent / "copies"
    states = []
    for number in range(2):
        write_some(home, number)
        back_up(home, place / str(number), connection, quiet, key=KEY)
        states.append(state(home, connection))
    now, ends, wrong = 1, Counter(), []

    def put(number: int) -> Callable[[], object]:
        return lambda: restore(home, place / str(number), connection, quiet, key=KEY, replace=True)

    begin = time.perf_counter()
    put(0)()
    took, now = time.perf_counter() - begin, 0
    changes = _changes_of(put(1), home)
    now = 1 if state(home, connection) == states[1] else 0
    for number in range(kills):
        other = 1 - now
        shutil.rmtree(home / homes.PREVIOUS, ignore_errors=True)
        by_time = number % 4 == 3
        ended = (
            killed_after(drawn.uniform(0, 1.1 * took), put(other))
            if by_time
            # The last third, in which one takes the place of the other, twice as often.
            else killed_before(
                drawn.randint(1 + number % 2 * changes * 2 // 3, changes), put(other)
            )
        )
        # What the next command does first.
        switch.finish(home)
        settle(home, connection)
        found = state(home, connection)
        ends[f"{ended}, {'new' if found == states[other] else 'old'}"] += 1
        if found not in states:
            wrong.append(f"after {number + 1} kills the home is neither: {_parts(found, states)}")
        elif found == states[other]:
            aside = [f.name for f in home.glob(f"{homes.PREVIOUS}/*/*")]
            if set(states[now]["top"]) - {*aside, "koers.sqlite3-wal", "koers.sqlite3-shm"}:
                wrong.append(f"what stood is not wholly aside: {aside}")
            now = other
        elif ended == "ended 0":
            wrong.append("it said that it was done, and the old stands")
    put(1 - now)()
    if state(home, connection) != states[1 - now]:
        wrong.append("after all kills a restore does not put back")
    left = [f.name for f in home.iterdir() if f.name == switch.STAGE]
    return {"changes": changes, "ends": ends, "wrong": wrong, "left": left, "seconds": took}


def _changes_of(work: Callable[[], object], home: Path) -> int:
    """How many changes on the disk there are when nobody kills."""
    count = home.parent / "changes"

    def counted() -> None:
        seen = [0]

        def watch(event: str, arguments: tuple) -> None:
            if event in CHANGES and not (event == "open" and arguments[1] in ("r", "rb")):
                seen[0] += 1

        sys.addaudithook(watch)
        work()
        count.write_text(str(seen[0]))

    ended = killed_after(None, counted)
    assert ended == "ended 0", ended
    return int(count.read_text())


def _parts(found: dict, states: list[dict]) -> str:
    return ", ".join(
        f"{part} {[n for n, s in enumerate(states) if s[part] == found[part]]}" for part in found
    )


def moves(home: Path, kills: int, seed: int) -> dict[str, object]:
    """A database that moves and is killed: the other holds all of it or nothing, and it stays as it
    was itself."""
    from django.db import connection

    from koers.upkeep.moving import move
    from tests.upkeep.writing import write_some

    drawn = random.Random(seed)
    write_some(home, 1)
    expected, ends, wrong = _contents(connection), Counter(), []
    with _empty_again(home) as url:
        begin = time.perf_counter()
        move(home, connection, url, quiet)
        took = time.perf_counter() - begin
    for number in range(kills):
        with _empty_again(home) as url:
            ended = killed_after(
                drawn.uniform(0, 1.1 * took), lambda url=url: move(home, connection, url, quiet)
            )
            arrived = _arrived(url)
            ends[f"{ended}, {'all' if arrived == expected else 'nothing'}"] += 1
            if arrived not in ({}, expected) or (ended == "ended 0" and not arrived):
                wrong.append(f"after {number + 1} kills the other database is half")
        if _contents(connection) != expected:
            wrong.append(f"after {number + 1} kills the database itself is another")
    return {"ends": ends, "wrong": wrong, "left": [], "seconds": round(took, 2)}


def _contents(database: BaseDatabaseWrapper) -> dict[str, object]:
    from koers.upkeep.tables import contents_of, models_of

    found = {m._meta.db_table: contents_of(m, database) for m in models_of(database)}
    database.close()
    return found


def _arrived(url: str) -> dict[str, object]:
    from koers.upkeep.connecting import opened
    from koers.upkeep.copying import tables_in
    from koers.upkeep.moving import sqlite_target

    file = sqlite_target(url)
    if file is not None and not file.exists():
        return {}
    with opened("arrived", url) as database:
        return _contents(database) if tables_in(database) else {}


@contextmanager
def _empty_again(home: Path) -> Iterator[str]:
    """An empty database of the kind of this one: a file, or a database on the same server."""
    if "postgres" not in os.environ["DATABASE_URL"]:
        file = home.parent / "moved.sqlite3"
        yield f"sqlite:///{file}"
        file.unlink(missing_ok=True)
        return
    from django.db import connection

    here = urlsplit(os.environ["DATABASE_URL"])
    name = f"{here.path.strip('/')}_moved"
    with psycopg.connect(here.geturl(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield here._replace(path=f"/{name}").geturl()
    connection.close()
    with psycopg.connect(here.geturl(), autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        # The session of a child that was killed ends a little later.
        while server.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database()"
        ).fetchone()[0]:
            time.sleep(0.05)


def main() -> None:
    what, home, kills, seed = sys.argv[1:]
    django.setup()
    trials = {"backup": backups, "restore": restores, "move": moves}
    print(json.dumps(trials[what](Path(home), int(kills), int(seed))))


if __name__ == "__main__":
    main()
