"""A site as `koers start` runs it, in a home of its own, and its processes, which may be killed."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

KOERS = str(Path(sys.executable).with_name("koers"))
ITEMS_AND_PEOPLE = """
import json, os, sys
from benchmarks.waking import wake
wake(os.environ["KOERS_HOME"])
from benchmarks.meeting import scene
print(json.dumps(scene(int(sys.argv[1]))))
"""
LONGEST = 120.0
PORTS = (20_000, 30_000)
"""Below those that the system gives out (from 32,768 on Linux)."""
TITLE = re.compile(r"<title>\s*(.*?)\s*</title>", re.DOTALL)


@dataclass(frozen=True)
class Scene:
    """A meeting with items, and the sessions of who may write in it."""

    meeting: int
    items: list[int]
    sessions: list[str]


class Site:
    """A home with its database (a file in it, or the PostgreSQL of ``url``) and its site."""

    def __init__(self, home: Path, url: str = "", **more: str) -> None:
        from tests.processes import alone

        self.home, self.port = home, lasting_port()
        self.file = home / "koers.sqlite3"
        self.database = url or str(self.file)
        self.name = "PostgreSQL" if url else "SQLite"
        self.environment = {**alone(home), "KOERS_PROCESSES": "2", **more}
        if url:
            self.environment["DATABASE_URL"] = url
        self._log = home.parent / f"{home.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def prepare(self, people: int) -> Scene:
        done = subprocess.run(
            [sys.executable, "-c", ITEMS_AND_PEOPLE, str(people)],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return Scene(*json.loads(done.stdout.splitlines()[-1]))

    def start(self) -> None:
        """Until it says that it is ready."""
        (self.home.parent / "no-figures").mkdir(exist_ok=True)
        # What stands beside the home may not be on its disk.
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [KOERS, "start", "--port", str(self.port)]
                + ["--figures", str(self.home.parent / "no-figures")],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + LONGEST
        while "Koers is klaar" not in self._log.read_text():
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"koers start did not begin:\n{self._log.read_text()}")
            time.sleep(0.1)

    @property
    def ended(self) -> list[str]:
        """With which words it ended by itself; none while it goes on."""
        if self.process is None or self.process.poll() is None:
            return []
        last = " | ".join(self._log.read_text().splitlines()[-4:])
        return [f"koers start ended with {self.process.returncode}: {last}"]

    def koers(self, *words: object) -> subprocess.CompletedProcess[str]:
        command = [KOERS, *map(str, words)]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
            if self.process.poll() is None:
                self.kill_all()

    def members(self, what: str) -> list[int]:
        """The processes that the site itself started of which the command holds these words."""
        assert self.process is not None
        return [
            number
            for number, (parent, _, command) in _processes().items()
            if parent == self.process.pid and what in command
        ]

    def kill_all(self) -> None:
        """The site with its whole session, as a machine does that has no memory left."""
        assert self.process is not None
        leader = self.process.pid
        # One may have begun another meanwhile.
        while found := [n for n, (_, session, _) in _processes().items() if session == leader]:
            for number in found:
                _kill(number)
            time.sleep(0.01)
        self.process.wait()

    def kill_one(self, what: str, chance: random.Random) -> bool:
        """Whether there was one."""
        found = self.members(what)
        if found:
            _kill(chance.choice(found))
        return bool(found)

    def page(self, path: str, session: str = "") -> str:
        """What somebody reads who asks for a page: its status and title."""
        cookies = {"sessionid": session} if session else {}
        address = f"http://127.0.0.1:{self.port}{path}"
        try:
            with httpx.Client(
                timeout=40, trust_env=False, cookies=cookies, follow_redirects=True
            ) as client:
                answer = client.get(address)
        except httpx.HTTPError as error:
            return type(error).__name__
        title = TITLE.search(answer.text)
        return f"{answer.status_code}" + (f" '{title[1]}'" if title else "")


def lasting_port() -> int:
    """A port that nobody gets who only asks for one: it stays free while the site is down and
    everybody tries to reach it."""
    chance = random.Random()
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", chance.randrange(*PORTS)))
            return int(probe.getsockname()[1])


def _processes() -> dict[int, tuple[int, int, str]]:
    """Of each process that lives its parent, session and command."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            stat = (process / "stat").read_text().rpartition(")")[2].split()
            command = (process / "cmdline").read_text().replace("\0", " ")
            if stat[0] != "Z":
                found[int(process.name)] = int(stat[1]), int(stat[3]), command
    return found


def _kill(number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)


def say(text: str) -> None:
    """How far it is, beside the table."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def copied(template: Path, home: Path) -> Path:
    return Path(shutil.copytree(template, home))


def seconds_until(what: Callable[[], bool], longest: float = LONGEST) -> float:
    """How long that took; more than ``longest`` where it did not come."""
    begin = time.monotonic()
    while not what() and time.monotonic() - begin < longest:
        time.sleep(0.1)
    return time.monotonic() - begin
