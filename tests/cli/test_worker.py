"""`koers worker` as a process: it does what waits, stops when asked, and loses nothing when it is
killed."""

import ctypes
import importlib
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from tests.ports import free_port
from tests.sources import country
from tests.sources.odata_server import serve

ENQUEUE = """
import django; django.setup()
from koers.apps.intake.services import queue
from koers.apps.people.models import Municipality
town, _ = Municipality.objects.get_or_create(code="GM9001", defaults={"name": "Waterdorp"})
print(queue.start(town, ["GM9001"])[1])
"""


def live(source):
    return {
        "KOERS_SOURCE_POLICE": source.address,
        "KOERS_SOURCE_STATLINE": source.address,
    }


def enqueue(koers, **more):
    done = subprocess.run(
        [sys.executable, "-c", ENQUEUE],
        env={**koers.environment, **more},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip() == "True"


def runs(tmp_path):
    with sqlite3.connect(tmp_path / "home" / "koers.sqlite3") as db:
        return db.execute(
            "SELECT state, loaded FROM intake_loadrun WHERE kind = 'load' ORDER BY id"
        ).fetchall()


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def test_once_does_what_waits_and_what_the_schedule_asks(koers, home_with_tables, tmp_path):
    with serve(country.police_tables() | country.statline_tables()) as source:
        assert koers("worker", "--once", **live(source)).returncode == 0
        assert enqueue(koers, **live(source))
        done = koers("worker", "--once", **live(source))
    assert done.returncode == 0, done.stderr
    ((state, loaded),) = runs(tmp_path)
    assert state == "done"
    assert "47022NED" in loaded


def test_a_worker_killed_in_the_middle_leaves_nothing_half_and_the_next_one_goes_on(
    koers, home_with_tables, tmp_path
):
    with serve(country.police_tables() | country.statline_tables()) as source:
        koers("worker", "--once", **live(source))
        enqueue(koers, **live(source))
        slow = lambda number, address: time.sleep(1) if number > 12 else None  # noqa: E731
        source.fault = slow
        worker = subprocess.Popen(
            [*koers.command, "worker"],
            env={**koers.environment, **live(source)},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_for(lambda: runs(tmp_path)[0][0] == "running" and len(source.asked) > 12)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(10)
        source.fault = None
        assert runs(tmp_path)[0][0] == "running"
        with sqlite3.connect(tmp_path / "home" / "koers.sqlite3") as db:
            db.execute("UPDATE intake_loadrun SET heartbeat_at = '2020-01-01 00:00:00'")
        assert enqueue(koers, **live(source)), "the crashed run made room"
        koers("worker", "--once", **live(source))
    assert [state for state, _ in runs(tmp_path)] == ["interrupted", "done"]
    assert not list((tmp_path / "home" / "figures").rglob(".new-*/manifest.json"))


def test_a_worker_killed_twice_goes_on_and_what_came_in_is_screened(
    koers, home_with_tables, tmp_path
):
    """In the middle of its load, and when everything has come in but nobody looked at it."""
    arrived = tmp_path / "home" / "figures" / "snapshots"
    with serve(country.police_tables() | country.statline_tables()) as source:
        koers("worker", "--once", **live(source))
        enqueue(koers, **live(source))
        moments = (lambda: len(source.asked) > 12, lambda: len(list(arrived.glob("*/*/*/m*"))) == 7)
        for came in moments:
            worker = subprocess.Popen(
                [*koers.command, "worker"],
                env={**koers.environment, **live(source)},
                stderr=subprocess.DEVNULL,
            )
            wait_for(came)
            worker.kill()
            worker.wait(10)
            assert screened(tmp_path) == []
        assert runs(tmp_path)[0][0] == "running"
        assert koers("worker", "--once", **live(source)).returncode == 0
    assert [state for state, _ in runs(tmp_path)] == ["done"]
    (newest,) = (arrived / "politie" / "47022NED").iterdir()
    assert set(screened(tmp_path)) == {f'["{newest.name}"]'}


def screened(tmp_path):
    with sqlite3.connect(tmp_path / "home" / "koers.sqlite3") as db:
        return [row[0] for row in db.execute("SELECT snapshots FROM picture_screening")]


def test_one_worker_a_home_and_a_killed_one_keeps_nobody_out(koers, home_with_tables):
    first = subprocess.Popen(
        [*koers.command, "worker"], env=koers.environment, stderr=subprocess.PIPE, text=True
    )
    try:
        assert "wacht op werk" in first.stderr.readline()
        second = koers("worker", "--once")
    finally:
        first.kill()
        first.communicate()
    assert second.returncode == 1
    assert f"werkt al een 'koers worker' (proces {first.pid})" in second.stderr
    assert koers("worker", "--once").returncode == 0


def test_ctrl_c_stops_a_worker_and_its_run(koers, home_with_tables, tmp_path):
    with serve(country.police_tables() | country.statline_tables()) as source:
        koers("worker", "--once", **live(source))
        enqueue(koers, **live(source))
        source.fault = lambda number, address: time.sleep(1)
        worker = subprocess.Popen(
            [*koers.command, "worker"],
            env={**koers.environment, **live(source)},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        wait_for(lambda: runs(tmp_path)[0][0] == "running")
        os.killpg(worker.pid, signal.SIGINT)
        _, said = worker.communicate(timeout=20)
    assert worker.returncode == 0
    assert "Koers worker is gestopt." in said
    assert "Traceback" not in said
    assert runs(tmp_path)[0][0] == "interrupted"


def test_start_brings_a_worker_along_and_takes_it_down(koers, started, home_with_tables, tmp_path):
    def workers(parent):
        found = subprocess.run(
            ["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True
        ).stdout
        return [line for line in found.splitlines() if line.endswith(f"worker --parent {parent}")]

    def has_its_place():
        """A process that is seen may still be on its way to the place of the one worker."""
        place = tmp_path / "home" / ".worker.lock"
        holder = place.read_text() if place.exists() else ""
        return any(line.split()[0] == holder for line in workers(site.process.pid))

    (tmp_path / "no-figures").mkdir()
    with started("--figures", tmp_path / "no-figures") as site:
        wait_for(has_its_place)
        for command in (("start", "--port", str(free_port())), ("worker", "--once")):
            second = koers(*command)
            assert (second.returncode, "werkt al een 'koers" in second.stderr) == (1, True)
        assert site.stop() == 0
        assert workers(site.process.pid) == []


def test_a_worker_ends_when_the_process_that_started_it_is_killed(
    started, home_with_tables, tmp_path
):
    def workers(parent):
        found = subprocess.run(
            ["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True
        ).stdout
        return [line for line in found.splitlines() if line.endswith(f"worker --parent {parent}")]

    (tmp_path / "no-figures").mkdir()
    with started("--figures", tmp_path / "no-figures") as site:
        wait_for(lambda: workers(site.process.pid))
        parent = site.process.pid
        site.process.kill()
        site.process.wait(10)
        wait_for(lambda: not workers(parent))


def test_help_says_what_the_schedule_is(koers):
    text = koers("worker", "--help").stdout
    assert "elke nacht" in text and "elke maand" in text


def test_who_is_stopped_where_python_lets_nothing_through_stops_after_it(monkeypatch, capsys):
    """Numba's compiler calls back into Python while it compiles."""
    worker = importlib.import_module("koers.cli.worker")
    callback = ctypes.CFUNCTYPE(None)(lambda: os.kill(os.getpid(), signal.SIGTERM))
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    try:
        worker._listen()
        with pytest.raises(worker.Stop):
            callback()
            time.sleep(20)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert capsys.readouterr().err == ""
