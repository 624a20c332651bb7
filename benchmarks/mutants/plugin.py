"""Within pytest: how long each test takes; and, with faults to try, those instead of the tests.

The tables and the example are made once; then each fault is tried in a copy of the process.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from benchmarks.children import wait
from benchmarks.mutants.faults import Fault
from benchmarks.mutants.inject import NotInjectedError, inject, leave_connections

KILLED, SURVIVED, NOT_INJECTED, NOT_ENDED = "killed", "survived", "not injected", "not ended"
WALL_SECONDS = 900
TOO_LONG = (signal.SIGXCPU, signal.SIGKILL)
BEGUN = b"begun\n"


@dataclass(frozen=True)
class Trial:
    """A fault with the tests that reach it, in the order in which they are tried, and the seconds
    of processor time that they may take."""

    number: int
    fault: Fault | None
    tests: tuple[str, ...]
    seconds: float


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--trials", help="file with the faults to try")
    parser.addoption("--outcomes", help="file to which an outcome a line is written")
    parser.addoption("--seconds", help="file to which the seconds of each test are written")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("trials"):
        config.pluginmanager.register(_Trials(config), "koers-faults")
    elif config.getoption("seconds") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Seconds(Path(config.getoption("seconds"))), "koers-seconds")


class _Seconds:
    def __init__(self, file: Path) -> None:
        self.file, self.seconds, self.failed = file, {}, set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.seconds[report.nodeid] = report.duration
        if not report.passed:
            self.failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        passed = {k: v for k, v in self.seconds.items() if k not in self.failed}
        self.file.write_text(json.dumps(passed))


class _Only:
    """In place of the next test: of what was set up only the session stays."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session

    def listchain(self) -> list[pytest.Session]:
        return [self.session]


class _Trials:
    def __init__(self, config: pytest.Config) -> None:
        self.trials: list[Trial] = pickle.loads(Path(config.getoption("trials")).read_bytes())
        self.outcomes = Path(config.getoption("outcomes"))
        self.sound: dict[str, bool] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        rest = _Only(session)
        self._make_ready(list(items.values()), rest)
        with self.outcomes.open("a") as out:
            for trial in self.trials:
                chosen = [items[t] for t in trial.tests if t in items]
                begin = time.monotonic()
                outcome, by = self._outcome(trial, chosen, rest)
                spent = round(time.monotonic() - begin, 1)
                line = {"number": trial.number, "outcome": outcome, "by": by, "seconds": spent}
                out.write(json.dumps(line | {"tests": len(chosen)}) + "\n")
                out.flush()
        return True

    def _outcome(self, trial: Trial, items: Sequence[pytest.Item], rest: _Only) -> tuple[str, str]:
        """A test that fails in a copy without any fault sees nothing: it is left out."""
        left = [item for item in items if self.sound.get(item.nodeid, True)]
        outcome, by = _try(trial, left, rest)
        seen = next((item for item in left if item.nodeid == by), None)
        if outcome != KILLED or seen is None:
            return outcome, by
        if by not in self.sound:
            self.sound[by] = _try(replace(trial, fault=None), [seen], rest)[0] == SURVIVED
        return (outcome, by) if self.sound[by] else self._outcome(trial, items, rest)

    def _make_ready(self, items: Sequence[pytest.Item], rest: _Only) -> None:
        """One test with the most that tests share, so that it is there in every copy."""
        wanted = ("figures", "db")
        for item in items:
            if all(name in getattr(item, "fixturenames", ()) for name in wanted):
                runtestprotocol(item, nextitem=rest, log=False)
                return


def _try(trial: Trial, items: Sequence[pytest.Item], rest: _Only) -> tuple[str, str]:
    """What becomes of a fault, and the test that saw it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _in_copy(trial, items, rest, writing)
    os.close(writing)
    status = wait(child, WALL_SECONDS)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    begun, said = said.startswith(BEGUN.decode()), said.removeprefix(BEGUN.decode())
    if status is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) not in TOO_LONG):
        return (NOT_ENDED if begun else NOT_INJECTED), f"ended with {status}"
    if os.WIFSIGNALED(status):
        return KILLED, "it takes too long"
    outcome, _, by = said.partition("\n")
    return outcome, by


def _in_copy(trial: Trial, items: Sequence[pytest.Item], rest: _Only, writing: int) -> None:
    """Try the tests one after another until one fails; the copy ends here."""
    said = NOT_INJECTED
    try:
        seconds = int(trial.seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        leave_connections()
        if trial.fault is not None:
            inject(trial.fault)
        os.write(writing, BEGUN)
        said = KILLED
        said = _first_failed(items, rest)
    except NotInjectedError as error:
        said = f"{NOT_INJECTED}\n{error}"
    except BaseException as error:
        said = f"{said}\n{type(error).__name__}: {error}"
    finally:
        os.write(writing, said.encode())
        os._exit(0)


def _first_failed(items: Sequence[pytest.Item], rest: _Only) -> str:
    for item in items:
        reports = runtestprotocol(item, nextitem=rest, log=False)
        if any(report.failed for report in reports):
            return f"{KILLED}\n{item.nodeid}"
    return SURVIVED
