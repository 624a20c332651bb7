"""A database that is away, hangs, refuses or is damaged, while people write."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
from scripts.with_postgres import Server

from benchmarks.faults.counting import Row
from benchmarks.faults.looking import empty_log, integrity
from benchmarks.faults.running import LONGEST, Scene, Site, say
from benchmarks.faults.writing import Writers

AWAY, HANGS, LOCKED = 4.0, 15.0, 10.0
UNTIL_ASKED = 2.0
"""Seconds of a fault after which a page is asked for."""
PAGE = 4096
Fault = Callable[[], object]


def of_postgres(site: Site, scene: Scene, server: Server) -> list[Row]:
    return [
        _outage(site, scene, "server stopped and started", AWAY, server.stop, server.start),
        _outage(site, scene, "kill -9 of the postmaster", AWAY, *_killing(server)),
        _outage(site, scene, "server hangs (SIGSTOP)", HANGS, *_hanging(server)),
        _outage(site, scene, "all sessions terminated", 0, lambda: _terminate(server), _nothing),
        _outage(site, scene, "server is read-only", AWAY, *_read_only(server)),
    ]


def of_sqlite(site: Site, scene: Scene) -> list[Row]:
    locked, moved = _locking(site.file), _moving(site.file)
    return [
        _outage(site, scene, "locked by another", LOCKED, *locked),
        _outage(site, scene, "file moved away and back", AWAY, *moved),
    ]


def _outage(site: Site, scene: Scene, name: str, seconds: float, begin: Fault, end: Fault) -> Row:
    row = Row(name, site.name)
    with Writers(site, scene) as writers:
        begun = time.monotonic()
        begin()
        asked = time.monotonic()
        if seconds:
            time.sleep(min(UNTIL_ASKED, seconds))
            row.said = f"page {site.page('/', scene.sessions[0])}"
            row.said += f", public {site.page('/openbaar/')}, /readyz {site.page('/readyz')}"
            time.sleep(max(0.0, asked + seconds - time.monotonic()))
        end()
        moment = time.monotonic() if seconds else begun
        row.seconds.append(found := writers.good_since(moment))
        if found > LONGEST:
            row.wrong.append("afterwards nobody could write")
        row.wrong += site.ended
        writers.finish()
        writers.judge(row)
        trouble = f"writes not saved: {writers.trouble() or 'none'}"
        row.said = "; ".join(filter(None, (row.said, trouble)))
    if site.name == "SQLite" and (said := integrity(site.file)) != "ok":
        row.wrong.append(f"integrity: {said}")
    say(f"{site.name}, {name}: {row.acknowledged} acknowledged, {row.said}")
    return row


def _nothing() -> None: ...


def _killing(server: Server) -> tuple[Fault, Fault]:
    def again() -> None:
        # Its processes see that it is gone, and hold its memory until then.
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            with suppress(SystemExit):
                server.start()
                return
            time.sleep(0.5)

    return lambda: os.kill(server.postmaster, signal.SIGKILL), again


def _hanging(server: Server) -> tuple[Fault, Fault]:
    """The server with all of its processes."""

    def send(number: int) -> None:
        leader = server.postmaster
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                parent = stat.read_text().rpartition(")")[2].split()[1]
                if int(parent) == leader or int(stat.parent.name) == leader:
                    os.kill(int(stat.parent.name), number)

    return lambda: send(signal.SIGSTOP), lambda: send(signal.SIGCONT)


def _terminate(server: Server) -> None:
    others = "pid <> pg_backend_pid() AND backend_type = 'client backend'"
    _tell(server, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")


def _read_only(server: Server) -> tuple[Fault, Fault]:
    def turn(value: str) -> None:
        _tell(server, f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        _tell(server, "SELECT pg_reload_conf()")

    return lambda: turn("on"), lambda: turn("off")


def _tell(server: Server, sql: str) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(sql)


def _locking(file: Path) -> tuple[Fault, Fault]:
    # Ended by the thread that asks for the outage, which is the same.
    held = sqlite3.connect(file, timeout=60, isolation_level=None)

    def end() -> None:
        held.execute("ROLLBACK")
        held.close()

    return lambda: held.execute("BEGIN IMMEDIATE"), end


def _moving(file: Path) -> tuple[Fault, Fault]:
    """Only the database itself: what SQLite keeps beside it stays."""
    away = file.with_name("elders")
    return lambda: file.rename(away), lambda: away.rename(file)


def damaged(site: Site, scene: Scene, folder: Path) -> Row:
    """A part of the file is overwritten while the site runs; then a backup is put back. Lost is
    what was acknowledged before the backup and is not there then."""
    row = Row("file damaged, backup restored", site.name)
    with Writers(site, scene) as writers:
        time.sleep(1)
        before = writers.told()
        made = site.koers("backup", folder / "backup")
        if made.returncode:
            row.wrong.append(f"koers backup: {made.stderr.strip()}")
            return row
        _spoil(site.file)
        time.sleep(UNTIL_ASKED)
        row.said = f"page {site.page('/', scene.sessions[0])}"
        row.said += f", public {site.page('/openbaar/')}, /readyz {site.page('/readyz')}"
        row.said += f"; writes not saved: {writers.trouble() or 'none'}"
        checked = site.koers("check")
        found = [line for line in checked.stdout.splitlines() if line.startswith("FOUT   database")]
        row.said += f"; koers check {checked.returncode}: {found[0][7:] if found else 'nothing'}"
        if not found:
            row.wrong.append("koers check did not see it")
        begin = time.monotonic()
        site.stop()
        # What a damaged database still took goes with it.
        moment = time.monotonic()
        done = site.koers("restore", "--replace", folder / "backup")
        if done.returncode:
            row.wrong.append(f"koers restore: {done.stderr.strip()}")
        site.start()
        row.seconds.append(moment - begin + writers.good_since(moment))
        writers.finish()
        writers.judge_of(row, before, since=moment)
    if (said := integrity(site.file)) != "ok":
        row.wrong.append(f"integrity: {said}")
    say(f"{row.fault}: {row.said}")
    return row


def _spoil(file: Path) -> None:
    """A quarter of the file, beyond its first pages, is overwritten by what is no database."""
    empty_log(file)
    size = file.stat().st_size // PAGE * PAGE
    with file.open("r+b") as out:
        for at in range(size // 4 // PAGE * PAGE, size // 2, PAGE):
            out.seek(at)
            out.write(os.urandom(PAGE))
