"""The site that is killed in the middle of a form: is all of it there afterwards, or nothing?

    python -m benchmarks.faults site [--seed 1] [--database sqlite|postgres] [--every N] [--forms N]
        [--minutes M]

Every form that walking the site finds is sent until it writes, as somebody with all roles and as a
visitor. After each of its SQL statements a second connection looks at what is kept; then the form
is sent again from the same beginning, in a process that gets SIGKILL after the first statement,
again after the second, and so on (``--every 5``: after each fifth). What is there then must be all
of it or nothing. It ends with 1 where it is not. ``--forms 5`` takes each fifth form. With
``--minutes`` the kills are drawn from all of them, and stop when the time is over.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import math
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.faults.databases import Database, own_database
from benchmarks.faults.forms import Sent, Sites, send_all, sites_of
from benchmarks.faults.killing import kill_after
from benchmarks.faults.states import more_states
from benchmarks.waking import WALKED, wake

PAGES = 400


def letters() -> list[str]:
    """The addresses that people get by mail: an invitation, a first start, a new password, an
    answer for an action, no mail any more."""
    from django.core import signing
    from django.urls import reverse

    from koers.apps.meetings.services import answers, digest
    from koers.apps.people import invitations, services
    from koers.apps.people.models import Municipality, Role, User
    from koers.apps.plan.models import Action

    action = Action.objects.exclude(owner=None).get(archived_at=None)
    somebody = User.objects.get(pk=action.owner_id)
    place = Municipality.objects.get(pk=action.municipality_id)
    stop = signing.dumps(str(somebody.pseudonym), salt=digest.SALT)
    return [
        invitations.invite(place, "nieuw@voorbeeld.invalid", Role.ADVISER, "Iemand"),
        invitations.set_up(),
        services.one_time_path(somebody),
        answers.path_for(action, somebody),
        reverse("meetings:stop-reminders", args=[stop]),
    ]


def make_sites(database: Database, settle, pages: int = PAGES) -> Sites:
    """The site with one of everything and its forms; as it is then, the database is put back."""
    site = settle()
    by_mail = letters()
    sites = sites_of(site, pages, by_mail, more_states)
    database.keep()
    return sites


def kill_everywhere(
    database: Database, sent: list[Sent], every: int, chance: random.Random, until: float
) -> Counter[str]:
    """What was found after how many kills, in each form that writes; in an order that is drawn, so
    that a time that is over leaves a sample."""
    points = [
        (one, statement)
        for one in sent
        for statement in range(1, len(one.watch.statements) + 1, every)
    ]
    chance.shuffle(points)
    outcome: Counter[str] = Counter()
    for one, statement in points:
        if time.monotonic() > until:
            print(f"the time was over after {outcome.total()} of {len(points)} points", flush=True)
            break
        found = kill_after(database, one, statement)
        outcome[found] += 1
        if found in ("half", "late", "missed"):
            print(f"{found}: {one.route} after statement {statement}", flush=True)
    return outcome


def report(sent: list[Sent], sites: Sites) -> bool:
    """What the second connection saw; whether it never was half."""
    writing = [one for one in sent if one.writes]
    half = [one for one in sent if one.half]
    no = [one for one in sent if one.status >= 400]
    written = [one for one in no if one.writes]
    points = sum(len(one.watch.statements) for one in writing)
    print(
        f"{len({one.form.key for one in writing})} forms at {len(sites.covered)} addresses wrote"
        f" something, in {points} statements; a second connection saw half of it at"
        f" {sum(one.half for one in half)} points in {len(half)} of them"
    )
    print(f"{len(no)} answers said no; {len(written)} of them wrote something")
    for one in half:
        print(f"    half: {one.route} after statements {one.watch.at}")
    print(f"addresses of which no form wrote anything: {', '.join(sorted(sites.missed)) or 'none'}")
    return not half


@contextlib.contextmanager
def _at(database: str):
    from benchmarks.fuzz.__main__ import _database

    with tempfile.TemporaryDirectory(prefix="koers-faults-") as home, _database(database):
        wake(home, **WALKED)
        logging.disable(logging.CRITICAL)
        yield Path(home)


def main(given: list[str]) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.faults site", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--forms", type=int, default=1)
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--minutes", type=float, default=math.inf)
    asked, started = parser.parse_args(given), time.monotonic()
    with _at(asked.database) as home, own_database(home, "koers_whole") as database:
        from benchmarks.fuzz.site import settle

        sites = make_sites(database, settle, asked.pages)
        begin = time.monotonic()
        sent = list(send_all(database, sites, asked.seed, asked.forms))
        good = report(sent, sites)
        print(f"({time.monotonic() - begin:.0f} s)", flush=True)
        begin = time.monotonic()
        writing = [one for one in sent if one.writes]
        chance, until = random.Random(asked.seed), started + 60 * asked.minutes
        outcome = kill_everywhere(database, writing, asked.every, chance, until)
        print(
            f"{outcome.total()} kills: nothing of it there {outcome['before']}, all of it"
            f" {outcome['whole']}, half {outcome['half']}, too slow {outcome['late']},"
            f" came to its end without writing {outcome['missed']}"
            f" ({time.monotonic() - begin:.0f} s)"
        )
    raise SystemExit(0 if good and not outcome["half"] else 1)
