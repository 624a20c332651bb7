"""The processes of `koers start`: one that dies is started again and that is told; a signal to stop
ends them all within ten seconds, whatever they are doing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from koers.apps.intake.services import pulse
from koers.apps.intake.services.pulse import Life, Pulse, sign
from tests.cli.test_worker import wait_for

WITHIN = 10


def of_session(leader: int) -> dict[int, str]:
    """The processes that a process started, theirs included, with their commands."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            stat = (process / "stat").read_text().rpartition(")")[2].split()
            if stat[0] != "Z" and int(stat[3]) == leader:
                found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


def ends_within(process: subprocess.Popen, number: int = signal.SIGTERM) -> int:
    """Its exit code; everything that it started is gone with it."""
    begin = time.monotonic()
    process.send_signal(number)
    code = process.wait(WITHIN + 5)
    wait_for(lambda: not of_session(process.pid), WITHIN)
    assert time.monotonic() - begin < WITHIN
    return code


def test_sigterm_ends_a_site_that_is_still_preparing(koers, home_with_tables, tmp_path):
    process = subprocess.Popen(
        [*koers.command, "start", "--port", "0"],
        env=koers.environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(lambda: any("prepare_apart" in c for c in of_session(process.pid).values()))
    assert ends_within(process) == 0


def test_what_was_started_ends_when_its_parent_is_killed_while_it_prepares(
    koers, home_with_tables, tmp_path
):
    process = subprocess.Popen(
        [*koers.command, "start", "--port", "0"],
        env=koers.environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(lambda: any("prepare_apart" in c for c in of_session(process.pid).values()))
    ends_within(process, signal.SIGKILL)


DEAF = """
import signal, sys, time
from koers.cli.ending import see_to_the_end
signal.signal(signal.SIGTERM, lambda *_: None)
see_to_the_end()
print("waits", flush=True)
while True:
    time.sleep(60)
"""


def test_a_process_that_does_not_hear_a_signal_is_ended_all_the_same():
    process = subprocess.Popen(
        [sys.executable, "-c", DEAF], stdout=subprocess.PIPE, start_new_session=True
    )
    with process.stdout:
        assert process.stdout.readline() == b"waits\n"
        assert ends_within(process) == -signal.SIGKILL


def test_the_sign_of_life_says_whether_the_worker_lives(settings, tmp_path, monkeypatch):
    settings.HOME = tmp_path
    monkeypatch.setattr(pulse, "BEAT_SECONDS", 0.01)
    assert sign().life is Life.NEVER and sign().age is None
    with Pulse():
        os.utime(tmp_path / pulse.FILE, (0, 0))
        wait_for(lambda: sign().life is Life.ALIVE)
    assert sign().life is Life.STOPPED
    for ago in (60, -86400):
        with Pulse():
            monkeypatch.setattr(pulse, "BEAT_SECONDS", 60)
            time.sleep(0.05)
            os.utime(tmp_path / pulse.FILE, (0, time.time() - ago))
            assert sign().life is Life.SILENT, "a clock that was put back hides nothing"
    (tmp_path / pulse.FILE).write_text("geen")
    assert sign().life is Life.SILENT


def test_check_says_that_a_worker_fell_silent(settings, tmp_path, command, db):
    settings.HOME = tmp_path
    (tmp_path / pulse.FILE).write_text(
        json.dumps({"since": "2026-01-01T00:00:00+00:00", "stopped": False})
    )
    assert "goed   worker: werkt" in command("check").stdout
    os.utime(tmp_path / pulse.FILE, (0, time.time() - 3600))
    done = command("check")
    assert done.returncode == 1
    assert "FOUT   worker: zwijgt sinds" in done.stdout
