"""Writers beside a site: each write has a mark of its own, and none is ever sent again."""

from __future__ import annotations

import math
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass
from itertools import count as numbers

import httpx

from benchmarks.faults.counting import Row, count
from benchmarks.faults.looking import parts
from benchmarks.faults.running import LONGEST, Scene, Site

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PAUSE, AFTER_TROUBLE = 0.05, 0.2
NO_ANSWER = 0
_series = numbers(1)


@dataclass(frozen=True)
class Said:
    """What was answered to a write, and when it was sent and answered."""

    mark: str
    sent: float
    answered: float
    status: int
    kept: bool
    """Whether the answer says that it is saved."""


class Writers:
    """``with Writers(site, scene) as writers``: somebody for each session of the scene adds actions
    to a meeting until the end."""

    def __init__(self, site: Site, scene: Scene) -> None:
        self._site, self._scene = site, scene
        self.prefix = f"zz{next(_series):03d}-"
        self._told: list[Said] = []
        self._news = threading.Condition()
        self._ends = threading.Event()
        self._threads = [
            threading.Thread(target=self._write, args=(number,), daemon=True)
            for number in range(len(scene.sessions))
        ]

    def __enter__(self) -> Writers:
        for thread in self._threads:
            thread.start()
        self.good_since(time.monotonic())
        return self

    def __exit__(self, *problem: object) -> None:
        self.finish()

    def finish(self) -> None:
        """Whoever waits for an answer gets it."""
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def told(self) -> list[Said]:
        with self._news:
            return list(self._told)

    def good_since(self, moment: float, longest: float = LONGEST) -> float:
        """Seconds from a moment until the first write was saved that was sent after it; more than
        ``longest`` where none was."""

        def first() -> float:
            good = (s.answered for s in self._told if s.kept and s.sent >= moment)
            return min(good, default=0.0)

        with self._news:
            left = moment + longest - time.monotonic()
            found = self._news.wait_for(first, max(left, 0.01))
        return found - moment if found else longest + 1

    def good_in(self, begin: float, end: float) -> int:
        return sum(s.kept and begin <= s.sent <= end for s in self.told())

    def trouble(self, begin: float = 0.0) -> str:
        """What was said to writes that were not saved."""
        answers = Counter(s.status for s in self.told() if not s.kept and s.answered >= begin)
        return ", ".join(
            f"{'no answer' if status == NO_ANSWER else status} ×{n}"
            for status, n in sorted(answers.items())
        )

    def judge(self, row: Row) -> None:
        """Look what is there now of what was acknowledged before this moment."""
        self.judge_of(row, self.told())

    def judge_of(self, row: Row, told: list[Said], since: float = math.inf) -> None:
        """Of these, and of those that were sent after a moment."""
        told = told + [s for s in self.told() if s.sent >= since]
        acknowledged = {s.mark for s in told if s.kept}
        refused = {s.mark for s in told if not s.kept and s.status != NO_ANSWER}
        there = parts(self._site.database, self.prefix)
        row.add(len(acknowledged), count(acknowledged, refused, there))

    def _write(self, number: int) -> None:
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{self._site.port}",
            timeout=40,
            trust_env=False,
            cookies={"sessionid": self._scene.sessions[number]},
        )
        item = self._scene.items[number % len(self._scene.items)]
        token, done = "", 0
        with client:
            while not self._ends.is_set():
                token = token or self._token(client, item)
                if not token:
                    self._ends.wait(AFTER_TROUBLE)
                    continue
                done += 1
                said = self._add(client, item, f"{self.prefix}{number}-{done}", token)
                with self._news:
                    self._told.append(said)
                    self._news.notify_all()
                if not said.kept:
                    token = ""
                self._ends.wait(PAUSE if said.kept else AFTER_TROUBLE)

    def _token(self, client: httpx.Client, item: int) -> str:
        try:
            page = client.get(f"/overleg/{self._scene.meeting}/scherm/?punt={item}")
        except httpx.HTTPError:
            return ""
        found = TOKEN.search(page.text) if page.status_code == 200 else None
        return found[1] if found else ""

    def _add(self, client: httpx.Client, item: int, mark: str, token: str) -> Said:
        sent = time.monotonic()
        fields = {"action-title": f"Actie {mark}", "csrfmiddlewaretoken": token}
        try:
            answer = client.post(f"/overleg/punt/{item}/actie/", data=fields)
        except httpx.HTTPError:
            return Said(mark, sent, time.monotonic(), NO_ANSWER, False)
        # Who is sent to sign in was not told that it is saved.
        there = answer.headers.get("Location", "").startswith("/overleg/")
        kept = answer.status_code == 302 and there
        return Said(mark, sent, time.monotonic(), answer.status_code, kept)
