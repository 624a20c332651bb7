"""Within pytest: each test runs once as it is, and then in a copy of the process with each fault
that it reached and that no test has seen yet."""

from __future__ import annotations

import gc
import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from benchmarks.children import wait
from benchmarks.mutants import kept
from benchmarks.mutants.faults import Fault
from benchmarks.mutants.inject import (
    NotInjectedError,
    Switches,
    forget,
    functions,
    inject,
    leave_connections,
    load,
    prepare,
    remembering,
    stores,
)
from benchmarks.mutants.kept import KILLED, NOT_ENDED, NOT_INJECTED, SURVIVED, Judged
from benchmarks.mutants.near import Near, words_of
from benchmarks.mutants.reach import Reached

WALL_SECONDS = 300
TOO_LONG = (signal.SIGXCPU, signal.SIGKILL)


@dataclass(frozen=True)
class Work:
    """What to try: the faults, in which order of folders the tests are asked, the seconds of
    processor time that a fault may take, the file in which outcomes are kept, and how many of the
    nearest tests are asked (0: all that reach it)."""

    faults: Sequence[Fault]
    order: Sequence[str]
    seconds: float
    kept: Path
    near: int = 0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--work", help="file with the faults to try")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("work"):
        work = pickle.loads(Path(config.getoption("work")).read_bytes())
        config.pluginmanager.register(_Trials(work), "koers-faults")


class _Rest:
    """In place of the next test: of what was set up only the session stays."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session

    def listchain(self) -> list[pytest.Session]:
        return [self.session]


class _Trials:
    def __init__(self, work: Work) -> None:
        self.work = work
        self.judged = kept.read(work.kept)
        self.prepared: dict[int, Switches] = {}
        self.sound: dict[str, bool] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.rest = _Rest(session)
        self._prepare()
        self.reached = Reached(self.work.faults)
        items = sorted(self._nearest(session.items), key=self._place)
        by_file = [(f, list(found)) for f, found in groupby(items, key=_file)]
        for file, found in by_file:
            left = [n for n in self.prepared if self._is_left(n, file)]
            if left:
                begin = time.monotonic()
                self._ask(found, left)
                seen = sum(not self.judged[self.work.faults[n].name].is_open() for n in left)
                spent = time.monotonic() - begin
                session.config.get_terminal_writer().line(
                    f"{file}: {seen} of {len(left)} seen, {spent:.0f} s"
                )
                sys.stdout.flush()
                kept.write(self.work.kept, self.judged)
        return True

    def _nearest(self, items: Sequence[pytest.Item]) -> Sequence[pytest.Item]:
        if not self.work.near:
            return items
        near = Near(items)
        left = [f for f in self.work.faults if self.judged[f.name].is_open()]
        chosen = {test for fault in left for test in near.tests_of(fault, self.work.near)}
        return [item for item in items if item.nodeid in chosen]

    def _place(self, item: pytest.Item) -> int:
        order = self.work.order
        return next((n for n, t in enumerate(order) if item.nodeid.startswith(t)), len(order))

    def _prepare(self) -> None:
        """Before calls are put in, so that both begin from the file."""
        for fault in self.work.faults:
            load(fault.path)
        there = functions()
        for number, fault in enumerate(self.work.faults):
            try:
                self.prepared[number] = prepare(fault, there)
                self.judged.setdefault(fault.name, Judged())
            except NotInjectedError as error:
                self.judged[fault.name] = Judged(NOT_INJECTED, str(error))
        kept.write(self.work.kept, self.judged)

    def _is_left(self, number: int, file: str) -> bool:
        one = self.judged[self.work.faults[number].name]
        return one.is_open() and one.seconds < self.work.seconds and not one.is_asked(file)

    def _ask(self, items: Sequence[pytest.Item], left: Sequence[int]) -> None:
        """The tests of one file; what they remember of an earlier file would not be reached."""
        file = _file(items[0])
        forget(remembering())
        for item, following in zip(items, [*items[1:], self.rest], strict=True):
            now = [n for n in left if self._is_left(n, file)]
            if not now:
                # What the file set up goes.
                item.session._setupstate.teardown_exact(self.rest)
                break
            self.reached.clear()
            begin = time.process_time()
            passed = _passes(item, following)
            spent = time.process_time() - begin
            self.reached.named(words_of(item))
            if passed and any(n in self.reached for n in now):
                stage = _Stage(item, self.rest, 20 + 5 * spent)
                for number in sorted(self.reached.intersection(now)):
                    self._try(number, stage)
        if not self.work.near:
            for number in left:
                self.judged[self.work.faults[number].name].files[file] = kept.digest(file)

    def _try(self, number: int, stage: _Stage) -> None:
        fault, test = self.work.faults[number], stage.item.nodeid
        outcome, spent = stage.with_fault(fault, self.prepared[number])
        if outcome == KILLED:
            # A test that fails in a copy without any fault sees nothing.
            if test not in self.sound:
                self.sound[test] = stage.with_fault(None, [])[0] == SURVIVED
            if not self.sound[test]:
                return
        one = self.judged[fault.name]
        one.outcome, one.seconds = outcome, round(one.seconds + spent, 2)
        if outcome == SURVIVED:
            one.tests += 1
        else:
            one.by = test


class _Stage:
    """A test, to be run in copies of this process."""

    def __init__(self, item: pytest.Item, rest: _Rest, seconds: float) -> None:
        self.item, self.rest, self.seconds = item, rest, seconds
        self.stores, self.remembering = stores(), remembering()

    def with_fault(self, fault: Fault | None, prepared: Switches) -> tuple[str, float]:
        """What becomes of the fault, and the seconds of processor time that it took."""
        reading, writing = os.pipe()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._in_copy(fault, prepared, writing)
        os.close(writing)
        status = wait(child, WALL_SECONDS)
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) in TOO_LONG:
            return KILLED, spent
        return said or NOT_ENDED, spent

    def _in_copy(self, fault: Fault | None, prepared: Switches, writing: int) -> None:
        """The copy ends here."""
        said = NOT_ENDED
        try:
            gc.disable()
            seconds = int(self.seconds) + 1
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
            leave_connections(self.stores)
            forget(self.remembering)
            said = KILLED
            if fault is not None:
                inject(fault, prepared)
            said = SURVIVED if _passes(self.item, self.rest) else KILLED
        except NotInjectedError:
            said = NOT_INJECTED
        finally:
            os.write(writing, said.encode())
            os._exit(0)


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _passes(item: pytest.Item, following: object) -> bool:
    """Whether it ran and passed; one that is skipped says nothing."""
    reports = runtestprotocol(item, nextitem=following, log=False)  # type: ignore[arg-type]
    return all(report.passed for report in reports)
