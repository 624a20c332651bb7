from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings

from koers.cli.main import main
from tests.ports import free_port
from tests.processes import NOWHERE, SOURCES, alone, measured


@pytest.fixture
def home_with_real_figures(real_home, tmp_path):
    """The home has the figures of the shared folder, loaded by `koers load --figures`."""
    return shutil.copytree(real_home, tmp_path / "home")


@dataclass(frozen=True)
class Done:
    """What came of a command, by the names that ``subprocess`` gives them."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def command():
    """Runs the command `koers` within this process: a process of its own takes two seconds to
    start."""

    def run(*arguments):
        done = CliRunner().invoke(main, [str(argument) for argument in arguments])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Done(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def load(db, tmp_path, monkeypatch, command):
    """Runs `koers load` within this process, in the home and with the sources that ``koers`` would
    have: ``load('47022NED', KOERS_SOURCE_POLICE=address)``."""
    monkeypatch.setattr(settings, "HOME", tmp_path / "home")

    def run(*arguments, **sources):
        addresses = {name.lower(): sources.get(f"KOERS_SOURCE_{name}", NOWHERE) for name in SOURCES}
        monkeypatch.setattr(settings, "KOERS_SOURCES", addresses)
        return command("load", *arguments)

    return run


@pytest.fixture
def koers(tmp_path):
    """Runs the command `koers` as a process of its own, with no network, in the home of the test,
    which is empty unless it asks for another."""
    environment = alone(tmp_path / "home")
    command = [str(Path(sys.executable).with_name("koers"))]

    def run(*arguments, **more):
        # No other command is run in so few tests within this process.
        python = measured() if arguments[0] == "worker" else []
        return subprocess.run(
            [*python, *command, *map(str, arguments)],
            env={**environment, **more},
            capture_output=True,
            text=True,
            timeout=240,
        )

    run.environment, run.command = environment, command
    return run


class Running:
    """A site that `koers start` serves: ``get`` a page, ``stop`` by Ctrl-C and have what it
    said."""

    def __init__(self, process: subprocess.Popen, port: int, log: Path) -> None:
        self.process, self.port, self._log = process, port, log

    @property
    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def link(self) -> str:
        return re.search(r"http://127\.0\.0\.1:\d+(/aanmelden/\S+)", self.said).group(1)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{path}", timeout=120
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def wait(self, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(
                    f"koers start ended with {self.process.returncode}:\n{self.said}"
                )
            if "Koers is klaar" in self.said:
                return
            time.sleep(0.1)
        raise AssertionError(f"koers start was not ready in {seconds} s:\n{self.said}")

    def stop(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)


@pytest.fixture
def started(koers, tmp_path):
    """Starts the site: ``with started('--figures', folder) as site``."""

    @contextmanager
    def start(*arguments, **more):
        port = free_port()
        log = tmp_path / f"start-{port}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [*koers.command, "start", "--port", str(port), *map(str, arguments)],
                env={**koers.environment, **more},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        site = Running(process, port, log)
        try:
            site.wait()
            yield site
        finally:
            if process.poll() is None:
                site.stop()

    return start
