"""Fifty people at once on the screen of one meeting, over HTTP against the site as `koers start`
runs it: is anything lost?

    python -m benchmarks.meeting [--people 50] [--seconds 300] [--database sqlite|postgresql]

Each person has the screen open (asks for changes every 4 seconds, as the page does) and turns to an
item every 6 to 18 seconds, reads it for 2 to 6 seconds, and then adds a line to its note (6 in 10),
an action or a decision (3 in 10), or edits the whole note (1 in 10). Half of the time the item is
the same for everybody. Whoever is refused reads both texts for 1.5 to 4.5 seconds before saving
again. ``--database postgresql`` starts a PostgreSQL of its own, unless DATABASE_URL names one.
Afterwards every line of an accepted save must be in the database, of every save that was refused
the person must have been shown both texts, and every request must have had an answer. The people
are one process, the site another.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import multiprocessing
import os
import random
import re
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
ITEMS, POLL, THINK, MERGE, READ = 8, 4.0, 12.0, 3.0, (2.0, 6.0)
SERVE = """
import socket, sys
from koers.cli.serve import answer
print_once = iter([lambda: print("ready", flush=True)])
answer(socket.create_server(("127.0.0.1", int(sys.argv[1]))), lambda: next(print_once, int)())
"""


@dataclass
class Diary:
    """What one person did and was told."""

    times: dict[str, list[float]] = field(default_factory=dict)
    answers: Counter = field(default_factory=Counter)
    accepted_lines: dict[int, list[str]] = field(default_factory=dict)
    abandoned_lines: list[str] = field(default_factory=list)
    accepted_titles: list[str] = field(default_factory=list)
    conflicts: int = 0
    told: int = 0
    problems: list[str] = field(default_factory=list)


def scene(people: int) -> tuple[int, list[int], list[str]]:
    """A meeting with items, and signed-in advisers: (meeting, items, session keys)."""
    import django

    django.setup()
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    from koers.apps.meetings.models import Meeting
    from koers.apps.meetings.services.agenda.rows import add_own
    from koers.apps.people.models import Membership, Municipality, User

    call_command("migrate", verbosity=0)
    place = Municipality.objects.create(code="VB01", name="Voorbeeldrecht", fictitious=True)
    meeting = Meeting.objects.create(municipality=place, date="2026-12-01")
    items = [add_own(meeting, f"Punt {n}").pk for n in range(1, ITEMS + 1)]
    keys = []
    for n in range(people):
        user = User.objects.create_user(f"p{n}@example.org", None, name=f"Persoon {n}")
        Membership.objects.create(user=user, municipality=place, role="adviser")
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session.save()
        keys.append(session.session_key)
    return meeting.pk, items, keys


class Person:
    def __init__(
        self, number: int, client: httpx.AsyncClient, meeting: int, items: list[int], until: float
    ) -> None:
        self.name, self.client, self.meeting, self.items, self.until = (
            f"p{number:02d}",
            client,
            meeting,
            items,
            until,
        )
        self.chance, self.diary, self.count, self.etag = (
            random.Random(number),
            Diary(),
            0,
            "",
        )  # noqa: S311

    async def ask(self, what: str, method: str, path: str, **more) -> httpx.Response | None:
        begin = time.perf_counter()
        try:
            answer = await self.client.request(method, path, **more)
        except httpx.HTTPError as error:
            self.diary.answers[f"{what} {type(error).__name__}"] += 1
            return None
        self.diary.times.setdefault(what, []).append(time.perf_counter() - begin)
        self.diary.answers[f"{what} {answer.status_code}"] += 1
        return answer

    async def watch(self) -> None:
        """The page asks for changes every few seconds."""
        await asyncio.sleep(self.chance.random() * POLL)
        while time.monotonic() < self.until:
            headers = {"If-None-Match": self.etag} if self.etag else {}
            answer = await self.ask(
                "poll",
                "GET",
                f"/overleg/{self.meeting}/scherm/stand/?punt={self.items[0]}",
                headers=headers,
            )
            if answer is not None and answer.status_code == 200:
                self.etag = answer.headers["ETag"]
            await asyncio.sleep(POLL)

    async def work(self) -> None:
        await asyncio.sleep(self.chance.random() * THINK)
        while time.monotonic() < self.until:
            await self.turn()
            await asyncio.sleep(self.chance.uniform(0.5, 1.5) * THINK)

    async def turn(self) -> None:
        # Most look at the item that is being discussed, as in a meeting.
        item = self.items[0] if self.chance.random() < 0.5 else self.chance.choice(self.items)
        page = await self.ask("page", "GET", f"/overleg/{self.meeting}/scherm/?punt={item}")
        if page is None or page.status_code != 200:
            return
        await asyncio.sleep(self.chance.uniform(*READ))
        self.count += 1
        mark = f"{self.name}-{self.count:04d}"
        doing = self.chance.random()
        if doing < 0.6:
            await self.add_line(item, page.text, mark)
        elif doing < 0.7:
            await self.write_note(item, page.text, mark)
        elif doing < 0.85:
            await self.add(item, "actie", {"action-title": f"Actie {mark}"}, page.text, mark)
        else:
            await self.add(item, "besluit", {"decision-text": f"Besluit {mark}"}, page.text, mark)

    async def write_note(self, item: int, text: str, mark: str) -> None:
        for _ in range(6):
            found = dict(re.findall(r'name="(note-revision|note-was)" value="([^"]*)"', text))
            note = re.search(
                r'<textarea name="note-note"[^>]*>\n?(.*?)</textarea>', text, re.DOTALL
            )
            if len(found) < 2 or note is None:
                self.diary.problems.append(f"{mark}: a page without the form of the note")
                return
            now = html.unescape(note.group(1)).replace("\r\n", "\n")
            mine = now if mark in now else f"{now}\n{mark}".strip()
            data = {**found, "note-note": mine, "csrfmiddlewaretoken": self.token(text)}
            answer = await self.ask("note", "POST", f"/overleg/punt/{item}/notitie/", data=data)
            if answer is None or answer.status_code >= 500:
                self.diary.problems.append(f"{mark}: no answer, so not known whether it was saved")
                return
            if answer.status_code == 302:
                self.diary.accepted_lines.setdefault(item, []).append(mark)
                return
            self.diary.conflicts += 1
            text = answer.text
            both = answer.status_code == 409 and "Wat er nu staat" in text and text.count(mark) >= 2
            self.diary.told += both
            # Reading two texts takes a person a while.
            await asyncio.sleep(self.chance.uniform(0.5, 1.5) * MERGE)
        self.diary.abandoned_lines.append(mark)

    async def add_line(self, item: int, text: str, mark: str) -> None:
        """As the script of the page does it: the answer is the part of the page that changed."""
        answer = await self.ask(
            "line",
            "POST",
            f"/overleg/punt/{item}/regel/",
            headers={"HX-Request": "true"},
            data={"line-text": mark, "csrfmiddlewaretoken": self.token(text)},
        )
        if answer is not None and answer.status_code == 200 and mark in answer.text:
            self.diary.accepted_lines.setdefault(item, []).append(mark)
        else:
            self.diary.problems.append(f"{mark}: the line was not accepted")

    async def add(self, item: int, what: str, data: dict, text: str, mark: str) -> None:
        answer = await self.ask(
            what,
            "POST",
            f"/overleg/punt/{item}/{what}/",
            data={**data, "csrfmiddlewaretoken": self.token(text)},
        )
        if answer is not None and answer.status_code == 302:
            self.diary.accepted_titles.append(mark)
        else:
            self.diary.problems.append(f"{mark}: {what} was not accepted")

    @staticmethod
    def token(text: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        return found.group(1) if found else ""


def people_at_work(
    port: int, meeting: int, items: list[int], keys: list[str], seconds: float, answer
) -> None:
    """Puts (their diaries, how long they took) in ``answer``; who is busy at the end finishes what
    they do."""

    async def run() -> tuple[list[Diary], float]:
        async with Clients(port, keys) as clients:
            begin = time.monotonic()
            people = [Person(n, c, meeting, items, begin + seconds) for n, c in enumerate(clients)]
            await asyncio.gather(*(p.watch() for p in people), *(p.work() for p in people))
            return [p.diary for p in people], time.monotonic() - begin

    answer.put(asyncio.run(run()))


class Clients:
    """One client a person, each with their own session."""

    def __init__(self, port: int, keys: list[str]) -> None:
        plain = ssl.create_default_context()
        self._clients = [
            httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}",
                timeout=30,
                trust_env=False,
                cookies={"sessionid": key},
                # Reading the certificates of this machine once for each takes longer than the rest.
                verify=plain,
            )
            for key in keys
        ]

    async def __aenter__(self):
        return self._clients

    async def __aexit__(self, *problem) -> None:
        for client in self._clients:
            await client.aclose()


def lost(diaries: list[Diary]) -> tuple[int, int, list[str]]:
    """(accepted saves, those that are not in the database, refused ones that are)."""
    from django.db import connection

    from koers.apps.meetings.models import AgendaItem, MeetingDecision
    from koers.apps.plan.models import Action

    connection.close()
    notes = dict(AgendaItem.objects.values_list("pk", "note"))
    held = {
        *Action.objects.values_list("title", flat=True),
        *MeetingDecision.objects.values_list("text", flat=True),
    }
    accepted = missing = 0
    for diary in diaries:
        for item, lines in diary.accepted_lines.items():
            accepted += len(lines)
            missing += sum(1 for line in lines if notes[item].split().count(line) != 1)
        accepted += len(diary.accepted_titles)
        missing += sum(
            1 for t in diary.accepted_titles if not {f"Actie {t}", f"Besluit {t}"} & held
        )
    kept = [
        line
        for d in diaries
        for line in d.abandoned_lines
        if any(line in note for note in notes.values())
    ]
    return accepted, missing, kept


def measure(people: int, seconds: float) -> bool:
    from tests.ports import free_port

    meeting, items, keys = scene(people)
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port)], stdout=subprocess.PIPE, text=True
    ) as site:
        try:
            assert site.stdout is not None
            site.stdout.readline()
            answer = multiprocessing.get_context("spawn").Queue()
            arguments = (port, meeting, items, keys, seconds, answer)
            clients = multiprocessing.get_context("spawn").Process(
                target=people_at_work, args=arguments
            )
            clients.start()
            diaries, took = answer.get()
            clients.join()
        finally:
            site.terminate()
            site.wait()
    return report(diaries, took, people)


def report(diaries: list[Diary], took: float, people: int) -> bool:
    times: dict[str, list[float]] = {}
    answers: Counter = Counter()
    for diary in diaries:
        answers += diary.answers
        for what, some in diary.times.items():
            times.setdefault(what, []).extend(some)
    number = sum(map(len, times.values()))
    unanswered = sum(n for what, n in answers.items() if not what.split()[-1].isdigit())
    failed = sum(n for what, n in answers.items() if what.split()[-1].startswith("5"))
    print(f"{people} people, {took:.0f} s, {number} requests, {number / took:.1f} a second")
    for what, some in times.items():
        p50, p95 = np.percentile(some, [50, 95])
        print(
            f"  {what:8} {len(some):6}  p50 {1000 * p50:6.0f} ms  p95 {1000 * p95:6.0f} ms  max"
            f" {1000 * max(some):6.0f} ms"
        )
    print(f"  answers: {dict(sorted(answers.items()))}")
    conflicts, told = sum(d.conflicts for d in diaries), sum(d.told for d in diaries)
    accepted, missing, kept = lost(diaries)
    problems = [p for d in diaries for p in d.problems]
    given_up = sum(len(d.abandoned_lines) for d in diaries)
    print(f"  without an answer: {unanswered}; failed at the server: {failed}")
    print(f"  accepted saves: {accepted}; not in the database: {missing}")
    print(
        f"  refused saves: {conflicts}; told with both texts: {told}; given up: {given_up}; of"
        f" those kept all the same: {len(kept)}"
    )
    print(f"  other problems: {len(problems)} {problems[:5]}")
    return not (missing or kept or unanswered or failed) and told == conflicts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    if given.database == "postgresql" and "DATABASE_URL" not in os.environ:
        again = [sys.executable, "-m", "benchmarks.meeting", *sys.argv[1:]]
        sys.exit(
            subprocess.call(
                [sys.executable, str(ROOT / "scripts" / "with_postgres.py"), *again], cwd=ROOT
            )
        )
    with tempfile.TemporaryDirectory(prefix="koers-meeting-") as home:
        os.environ.update(KOERS_HOME=home, DJANGO_SETTINGS_MODULE="koers.web.settings")
        sys.exit(0 if measure(given.people, given.seconds) else 1)


if __name__ == "__main__":
    main()
