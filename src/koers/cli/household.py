"""The processes of `koers start`: this one starts the others, starts them again when they die, and
ends them all.

It imports next to nothing and waits for nothing but them, so that it hears a signal at any moment.
"""

from __future__ import annotations

import json
import logging
import logging.config
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from koers.cli import setup

LOOK_SECONDS = 0.1
PIPE_HOLDS = 65536
BEGINS = 5
END_SECONDS = 8.0
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
SOUND_AFTER = 60.0
"""A process that lived so many seconds is started again at once, as the first time."""
log = logging.getLogger(__name__)


@dataclass
class Member:
    """A process that is kept alive; ``ready`` is told when it says that it is there."""

    name: str
    start: Callable[[], Started]
    ready: Callable[[bool], None] = lambda again: None
    must_begin: bool = False
    """Whether all ends when it could not begin even once."""
    silent_after: float = math.inf
    """Seconds without a word after which it is taken to be stuck; to begin it has BEGINS times as
    long."""
    process: Started | None = None
    began: float = 0.0
    heard: float = 0.0
    is_ready: bool = False
    next_start: float = 0.0
    wait: float = FIRST_WAIT
    restarts: int = 0
    was_ready: bool = False


@dataclass
class Started:
    """A process with its own group, and what it tells."""

    process: subprocess.Popen[bytes]
    tells: int

    def listen(self) -> bytes:
        """What it told since."""
        with suppress(BlockingIOError):
            return os.read(self.tells, PIPE_HOLDS)
        return b""

    def close(self) -> None:
        os.close(self.tells)


def run(
    module: str, function: str, *words: str, shares: Sequence[int] = (), **given: Any
) -> Started:
    """``function(given)`` of a module in a process of its own; ``given`` gets ``parent`` and
    ``tell``, the descriptor by which it may answer. ``words`` are what `ps` shows of it; ``shares``
    are the descriptors of this process that it has, too."""
    # Its log is called after the command.
    code = f"import sys; sys.argv[0] = 'koers'; from {module} import {function}; {function}()"
    mine, its = os.pipe()
    os.set_blocking(mine, False)
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdin=subprocess.PIPE,
        pass_fds=(its, *shares),
        process_group=0,
    )
    os.close(its)
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.write(json.dumps({**given, "parent": os.getpid(), "tell": its}).encode())
        process.stdin.close()
    return Started(process, mine)


def given() -> dict[str, Any]:
    """In such a process: what it was given."""
    found: dict[str, Any] = json.load(sys.stdin)
    return found


@dataclass
class Household:
    """``with Household() as house``: at the end nothing that was started lives any more."""

    asked_to_stop: bool = False
    _members: list[Member] = field(default_factory=list)
    _once: list[Started] = field(default_factory=list)

    def __enter__(self) -> Household:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        living = [m.process for m in self._members if m.process] + self._once
        end(living)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop = True

    def answer(self, started: Started) -> bytes:
        """What a process tells before it ends; when that fails all ends with its exit code."""
        self._once.append(started)
        told = b""
        while (code := started.process.poll()) is None and not self.asked_to_stop:
            told += started.listen()
            time.sleep(LOOK_SECONDS)
        if self.asked_to_stop:
            return b""
        told += started.listen()
        self._once.remove(started)
        started.close()
        if code:
            sys.exit(code if code > 0 else 1)
        return told

    def keep(self, member: Member) -> None:
        """Have this process from now on."""
        self._members.append(member)

    def watch(self) -> None:
        """Until somebody asks to stop."""
        while not self.asked_to_stop:
            for member in self._members:
                self._look_at(member)
            time.sleep(LOOK_SECONDS)

    def _look_at(self, member: Member) -> None:
        now = time.monotonic()
        if member.process is None:
            if now >= member.next_start:
                member.process, member.began = member.start(), now
                member.heard, member.is_ready = now, False
            return
        if member.process.listen():
            member.heard = now
            if not member.is_ready:
                member.is_ready = member.was_ready = True
                member.ready(member.restarts > 0)
        patience = member.silent_after * (1 if member.is_ready else BEGINS)
        if now - member.heard > patience:
            setup.say(f"{member.name} antwoordt niet meer en wordt beëindigd.", fg="red")
            member.process.process.kill()
            member.process.process.wait()
        code = member.process.process.poll()
        if code is not None:
            self._is_dead(member, code, now)

    def _is_dead(self, member: Member, code: int, now: float) -> None:
        assert member.process is not None
        # What it started and left behind would be in the way of the next.
        end([member.process])
        member.process = None
        if member.must_begin and not member.was_ready:
            sys.exit(code if code > 0 else 1)
        member.wait = FIRST_WAIT if now - member.began > SOUND_AFTER else member.wait
        member.next_start, member.restarts = now + member.wait, member.restarts + 1
        why = f"signaal {-code}" if code < 0 else f"afsluitcode {code}"
        setup.say(
            f"{member.name} is onverwacht gestopt ({why}) en wordt over {member.wait:.0f} s opnieuw"
            " gestart.",
            fg="red",
        )
        line = {"process": member.name, "code": code, "restarts": member.restarts}
        # Who keeps the others goes on where no log can be opened.
        with suppress(OSError, ValueError):
            _configure_log()
            log.error("process died", extra={"line": {**line, "again_in_s": member.wait}})
        member.wait = min(LONGEST_WAIT, 2 * member.wait)


def end(living: Sequence[Started]) -> None:
    """End these processes with all of their group: in order, and after some seconds by force."""
    for one in living:
        with suppress(ProcessLookupError):
            one.process.terminate()
    until = time.monotonic() + END_SECONDS
    while any(one.process.poll() is None for one in living) and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    for one in living:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(one.process.pid, signal.SIGKILL)
        one.process.wait()
        one.close()


def _configure_log() -> None:
    """Read when there is something to log: it takes a while, and a start has no time."""
    from django.conf import settings

    found = settings.LOGGING
    if file := found["handlers"].get("file"):
        # The site turns its own file over.
        file["filename"] = str(Path(file["filename"]).with_name("processes.log"))
    logging.config.dictConfig(found)
