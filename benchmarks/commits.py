"""What it costs that SQLite has a commit on the disk before it says so: writes a second with
``synchronous=NORMAL`` and ``FULL``, in turns in one run, and how often each waits for the disk.

    python -m benchmarks.commits [--seconds 5] [--rounds 6] [--folder FOLDER] [--trace]

Written is a line under an item of a meeting's agenda: through the site as its form does it (who it
is, rules, the page after it), and by its service alone, history included. ``--trace`` counts what
``strace`` sees of fsync and fdatasync while 400 lines are written.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

WAYS = ("NORMAL", "FULL")
TRACED = 200


def prepare(home: Path) -> None:
    """Tables with one meeting."""
    _wake(home, "NORMAL")
    from django.core.management import call_command

    from koers.apps.meetings.models import Meeting
    from koers.apps.meetings.services.agenda.rows import add_own
    from koers.apps.people.models import Membership, Municipality, User

    call_command("migrate", verbosity=0)
    place = Municipality.objects.create(code="VB01", name="Voorbeeldrecht", fictitious=True)
    user = User.objects.create_user("adviseur@example.org", None, name="Adviseur")
    Membership.objects.create(user=user, municipality=place, role="adviser")
    add_own(Meeting.objects.create(municipality=place, date="2026-12-01"), "Punt 1")


def _wake(home: Path, way: str) -> None:
    os.environ.update(KOERS_HOME=str(home), DJANGO_SETTINGS_MODULE="koers.web.settings")
    os.environ.pop("DATABASE_URL", None)
    import django
    from django.conf import settings

    django.setup()
    options = settings.DATABASES["default"]["OPTIONS"]
    options["init_command"] = re.sub(
        r"synchronous=\w+", f"synchronous={way}", options["init_command"]
    )
    settings.ALLOWED_HOSTS = ["testserver"]


def write(home: Path, way: str, seconds: float, most: int) -> dict[str, list[float]]:
    """How long each write took, by the way that it was written."""
    _wake(home, way)
    from django.db import connection
    from django.test import Client

    from koers.apps.meetings.models import AgendaItem
    from koers.apps.meetings.services.screen import add_line
    from koers.apps.people.models import User

    with connection.cursor() as cursor:
        (found,) = cursor.execute("PRAGMA synchronous").fetchone()
    assert found == 1 + WAYS.index(way)
    item, somebody = AgendaItem.objects.get(), User.objects.get()
    client = Client()
    client.force_login(somebody)

    def by_form() -> None:
        answer = client.post(
            f"/overleg/punt/{item.pk}/regel/", {"line-text": "Een regel"}, HTTP_HX_REQUEST="true"
        )
        assert answer.status_code == 200, answer.status_code

    def by_service() -> None:
        add_line(item, "Een regel", "Adviseur")

    return {
        name: _timed(doing, item, seconds, most)
        for name, doing in (("form", by_form), ("service", by_service))
    }


def _timed(doing: Callable[[], None], item: object, seconds: float, most: int) -> list[float]:
    from koers.apps.meetings.models import AgendaItem

    doing()
    found: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until and len(found) < most:
        if len(found) % 50 == 0:
            # A note of a meeting is short; a long one would be measured instead of the disk.
            AgendaItem.objects.update(note="")
        begin = time.perf_counter()
        doing()
        found.append(time.perf_counter() - begin)
    return found


def _child(home: Path, *given: str, before: tuple[str, ...] = ()) -> str:
    command = [*before, sys.executable, "-m", "benchmarks.commits", "--child", str(home), *given]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def measure(folder: Path, rounds: int, seconds: float) -> None:
    times: dict[tuple[str, str], list[list[float]]] = {}
    for number in range(rounds):
        for way in WAYS[:: 1 if number % 2 else -1]:
            home = shutil.copytree(folder / "made", folder / f"{way}-{number}")
            found = json.loads(_child(home, way, str(seconds), "1000000"))
            for name, some in found.items():
                times.setdefault((name, way), []).append(some)
            shutil.rmtree(home)
    for (name, way), runs in sorted(times.items()):
        rates = [len(some) / sum(some) for some in runs]
        every = sorted(t for some in runs for t in some)
        p95 = every[int(0.95 * len(every))]
        print(
            f"{name:8} {way:7} {len(every):7} writes, {statistics.median(rates):6.0f} a second"
            f" (of {rounds} rounds {min(rates):.0f} to {max(rates):.0f}),"
            f" p50 {1000 * statistics.median(every):.2f} ms, p95 {1000 * p95:.2f} ms"
        )


def trace(folder: Path) -> None:
    for way in WAYS:
        home = shutil.copytree(folder / "made", folder / f"{way}-traced")
        log = folder / f"{way}.strace"
        by = ("strace", "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", str(log))
        written = json.loads(_child(home, way, "600", str(TRACED), before=by))
        lines = log.read_text().splitlines()
        kinds = {"log": "koers.sqlite3-wal>", "database": "koers.sqlite3>"}
        said = {k: sum(1 for line in lines if mark in line) for k, mark in kinds.items()}
        print(
            f"{way:7} {sum(map(len, written.values()))} writes: {said['log']} times waited for the"
            f" log, {said['database']} times for the database file"
        )


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        home, way, seconds, most = sys.argv[2:]
        if way == "prepare":
            prepare(Path(home))
        else:
            print(json.dumps(write(Path(home), way, float(seconds), int(most))))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--folder", type=Path, help="on the disk that is measured")
    parser.add_argument("--trace", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="koers-commits-", dir=asked.folder) as name:
        folder = Path(name)
        (folder / "made").mkdir()
        _child(folder / "made", "prepare", "0", "0")
        measure(folder, asked.rounds, asked.seconds)
        if asked.trace:
            trace(folder)


if __name__ == "__main__":
    main()
