"""Server time of each page of plan, library, meetings, home and picture in a large generated
installation.

    python -m benchmarks.pages [--municipalities 10] [--measures 200] [--actions 2000] [--times 20]
    python scripts/with_postgres.py python -m benchmarks.pages

Each municipality has so many measures and actions, with history, meetings and signals. The first
has the invented figures of Koers, the others have none. Pages are asked for by Django's test
client, through every middleware; the first of each is not counted but shown apart (what a process
reads of the figures it keeps). Between the first and the others what is there is settled, as a
process of ``koers start`` does (``cli/serve.py``). On a machine with other work on it only the time
of the processor says something: its p50 and p95 stand beside those of the clock, on PostgreSQL with
what its session worked.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.waking import wake

SEED = 6
TODAY = date.today()
NOW = datetime.now(UTC)
GOAL = 100.0


def fill(asked: argparse.Namespace):
    """The installation; gives the adviser who works in all of it."""
    from django.conf import settings

    from koers.apps.people.models import Membership, Municipality, Role, User
    from koers.apps.picture.services.screening import screen_municipality
    from koers.apps.plan.services.bundled import bundled_plans, load_bundled_plan
    from koers.figures.store import FigureStore
    from koers.sources.example import write_example
    from koers.sources.saved import load_folder

    store = FigureStore(settings.HOME)
    if folder := getattr(asked, "figures", None):
        load_folder(store, folder)
    else:
        write_example(store)
    plan = next(p for p in bundled_plans() if p.fictitious is not bool(folder))
    first = load_bundled_plan(plan.slug).municipality
    first.primary = True
    first.save()
    screen_municipality(first)
    adviser = User.objects.create_user("adviseur@koers.invalid", name="Adviseur")
    places = [first]
    places += [
        Municipality.objects.create(code=f"ZZ{n:02d}", name=f"Gemeente {n}")
        for n in range(1, asked.municipalities)
    ]
    for number, place in enumerate(places):
        Membership.objects.create(user=adviser, municipality=place, role=Role.ADVISER)
        Membership.objects.create(user=adviser, municipality=place, role=Role.ADMINISTRATOR)
        municipality(random.Random(SEED + number), place, adviser, asked)
    two_versions(random.Random(SEED), first)
    return adviser


def two_versions(chance: random.Random, place) -> None:
    """The plan is adopted, a fifth of its measures and a tenth of its actions change, it is adopted
    again; one line waits."""
    from koers.apps.plan.models import Action, Measure, Plan
    from koers.apps.plan.services import adjustments, versions

    plan = Plan.objects.of(place).first()
    versions.adopt(plan, TODAY - timedelta(days=100), "raadsvergadering")
    measures, actions = (
        list(Measure.objects.of(place)),
        list(Action.objects.of(place).exclude(measure=None)),
    )
    for line in chance.sample(measures, len(measures) // 5):
        Measure.objects.filter(pk=line.pk).update(
            title=f"{line.title}, aangescherpt", end=TODAY + timedelta(days=700)
        )
    for line in chance.sample(actions, len(actions) // 10):
        Action.objects.filter(pk=line.pk).update(due=TODAY + timedelta(days=400), state="open")
    versions.adopt(plan, TODAY - timedelta(days=10), "raadsvergadering")
    for line in chance.sample(actions, len(actions) // 10):
        Action.objects.filter(pk=line.pk).update(state="done")
    adopted = Measure.objects.of(place).filter(adoption="adopted").last()
    adjustments.propose_change(adopted, {"title": "Een andere titel"}, "Dat is nodig.", None)


def neighbourhoods(place) -> list[str]:
    """Eight of them; of a municipality without figures those of the invented one, which it does not
    show."""
    from koers.apps.intake.archive import public_shelf

    areas = public_shelf().areas.values()
    districts = {a.code for a in areas if a.parent == place.code}
    mine = sorted(
        a.code for a in areas if a.level == "neighbourhood" and a.parent in {place.code, *districts}
    )
    return mine[:8] or [f"VB0101{n:02d}" for n in range(1, 9)]


def municipality(chance: random.Random, place, adviser, asked: argparse.Namespace) -> None:
    from koers.apps.meetings.models import Meeting, MeetingDecision
    from koers.apps.people.models import Membership, Role, User
    from koers.apps.picture.models import Signal
    from koers.apps.plan.models import Action, Goal, Measure, Partner, Plan, Priority

    where = neighbourhoods(place)
    people = [
        User(email=f"{place.code}-{n}@voorbeeld.invalid", name=f"Medewerker {n}") for n in range(20)
    ]
    people = User.objects.bulk_create(people)
    Membership.objects.bulk_create(
        Membership(user=u, municipality=place, role=Role.ENFORCEMENT) for u in people
    )
    people.append(adviser)
    plan = Plan.objects.of(place).first() or Plan.objects.create(
        municipality=place,
        slug=f"plan-{place.code}".lower(),
        title="Uitvoeringsplan",
        start_year=2025,
        end_year=2027,
    )
    lines = list(plan.lines.all())[:5]
    lines += [
        Priority.objects.create(
            municipality=place,
            plan=plan,
            number=n + 1,
            slug=f"lijn-{n}",
            title=f"Prioriteit {n + 1}",
            indicators=["woninginbraak"],
        )
        for n in range(len(lines), 5)
    ]
    Goal.objects.bulk_create(
        Goal(
            municipality=place,
            priority=line,
            title=f"Minder {n}",
            indicator="woninginbraak",
            target=40 + n,
            due=TODAY + timedelta(days=200 + n),
        )
        for line in lines
        for n in range(4)
    )
    partners = Partner.objects.bulk_create(
        Partner(municipality=place, name=f"Partner {n}") for n in range(12)
    )
    made = [NOW - timedelta(days=chance.randrange(1, 500)) for _ in range(asked.measures)]
    measures = Measure.objects.bulk_create(
        Measure(
            municipality=place,
            priority=chance.choice(lines),
            title=f"Maatregel {n} tegen overlast en diefstal",
            kind=chance.choice(["prevention", "enforcement", "care"]),
            created_at=made[n],
            state=chance.choice(["planned", "running", "running", "at_risk", "done"]),
            start=TODAY - timedelta(days=chance.randrange(400)),
            end=TODAY + timedelta(days=chance.randrange(-90, 400)),
            areas=[chance.choice(where)],
            topics=["woninginbraak"],
            owner=chance.choice([*people, None]),
            deputy=chance.choice([adviser, None, None, None]),
        )
        for n in range(asked.measures)
    )
    Measure.partners.through.objects.bulk_create(
        Measure.partners.through(measure=m, partner=p)
        for m in measures
        for p in chance.sample(partners, 2)
    )
    actions = Action.objects.bulk_create(
        Action(
            municipality=place,
            measure=chance.choice(measures),
            title=f"Actie {n}: bel, schrijf en ga erheen",
            owner=chance.choice([*people, None]),
            state=chance.choice(["open", "open", "done", "dropped"]),
            due=TODAY + timedelta(days=chance.randrange(-60, 300)),
            created_at=NOW - timedelta(days=chance.randrange(1, 500)),
        )
        for n in range(asked.actions)
    )
    for model, objects in ((Measure, measures), (Action, actions)):
        for _ in range(3):
            moment = NOW - timedelta(days=chance.randrange(1, 400))
            model.history.bulk_history_create(
                chance.sample(objects, len(objects) // 2), default_date=moment
            )
        model.history.bulk_history_create(objects, default_date=NOW - timedelta(days=300))
    signals = Signal.objects.bulk_create(
        Signal(
            municipality=place,
            area_code=where[n % len(where)],
            area_name="Buurt",
            level="neighbourhood",
            topic="9.9",
            topic_title="Proef",
            period=f"20{10 + n // 12:02d}-{n % 12 + 1:02d}",
            kind="rise",
            observed=9,
            expected=3,
            lower=1,
            upper=7,
            p_value=0.001,
            q_value=0.05,
            state=chance.choice(["new", "taken_up", "set_aside"]),
        )
        for n in range(100)
    )
    for n in range(36):
        day = TODAY + timedelta(days=14) - timedelta(days=30 * n)
        meeting = Meeting.objects.create(
            municipality=place,
            date=day,
            state="held" if day < TODAY else "planned",
            kind="strategic" if n % 3 == 2 else "operational",
        )
        meeting.actions.set(chance.sample(actions, 10))
        MeetingDecision.objects.bulk_create(
            MeetingDecision(
                municipality=place,
                meeting=meeting,
                signal=chance.choice(signals),
                text="Besluit",
                settled=n > 2,
            )
            for _ in range(5)
        )


def pages(place) -> list[tuple[str, str]]:
    """(what it is, address) of each page."""
    from django.urls import NoReverseMatch, reverse

    from koers.apps.meetings.models import Meeting
    from koers.apps.plan.models import Action, Goal, Measure, Partner, Plan, Priority

    plan, area = Plan.objects.of(place).first(), neighbourhoods(place)[0]
    largest = max(Priority.objects.filter(plan=plan), key=lambda p: p.measures.count())
    planned = Meeting.objects.of(place).filter(state="planned", kind="operational").first()
    held = Meeting.objects.of(place).filter(state="held").first()
    measure, goal = Measure.objects.of(place).first(), Goal.objects.of(place).last()
    wanted = [
        ("figures", "intake:index", [], ""),
        ("decisions", "decisions:index", [], ""),
        ("suggestions", "consultation:index", [], ""),
        ("public", "publication:municipality", [place.slug], ""),
        ("home", "home", [], ""),
        ("picture", "picture:area", [place.code], ""),
        ("signals", "picture:signals", [], ""),
        ("plan", "plan:index", [], ""),
        ("priority", "plan:priority", [largest.pk], ""),
        ("priority, page 2", "plan:priority", [largest.pk], "?blad=2"),
        ("goal", "plan:goal", [goal.pk], ""),
        ("measure", "plan:measure", [measure.pk], ""),
        ("edit a goal", "plan:edit", ["doel", goal.pk], ""),
        ("edit a measure", "plan:edit", ["maatregel", measure.pk], ""),
        ("edit an action", "plan:edit", ["actie", Action.objects.of(place).first().pk], ""),
        ("history", "plan:history", ["maatregel", measure.pk], ""),
        ("archive", "plan:archived", [], ""),
        ("tree", "plan:tree", [], ""),
        ("tree, a priority", "plan:tree", [], f"?open={largest.pk}"),
        ("tree, all", "plan:tree", [], "?open=alles"),
        ("measures", "plan:measures", [], ""),
        ("measures, chosen", "plan:measures", [], f"?zonder_nieuws=on&op=-open&gebied={area}"),
        ("actions", "plan:actions", [], ""),
        ("actions, all", "plan:actions", [], "?staat=alle&blad=20&op=-eigenaar"),
        ("actions, searched", "plan:actions", [], "?zoek=schrijf&zonder_nieuws=on"),
        ("timeline", "plan:timeline", [], ""),
        ("board", "plan:board", [], ""),
        ("board by date", "plan:board", [], "?naar=datum"),
        ("my work", "plan:mine", [], ""),
        ("neighbourhoods", "plan:areas", [], ""),
        ("neighbourhood", "plan:area", [area], ""),
        ("partners", "plan:partners", [], ""),
        ("partner", "plan:partner", [Partner.objects.of(place).first().pk], ""),
        ("matrix", "plan:frameworks", [], ""),
        ("shared", "plan:shared", [], ""),
        ("versions", "plan:versions", [plan.pk], ""),
        ("version", "plan:version", [plan.pk, 1], ""),
        ("version, a priority", "plan:version", [plan.pk, 1], f"?open={largest.pk}"),
        ("difference 1, 2", "plan:difference", [plan.pk], "?van=1&naar=2"),
        ("difference 2, now", "plan:difference", [plan.pk], "?van=2&naar=nu"),
        ("adjustments", "plan:adjustments", [], ""),
        ("adjustment", "plan:adjustment", [plan.adjustments.first().pk], ""),
        ("library", "plan:library", [], ""),
        ("library measure", "plan:library-measure", ["bezoek-na-inbraak"], ""),
        ("import", "exchange:new", [], ""),
        ("list of measures", "exchange:list", ["maatregel", largest.pk], ""),
        ("meetings", "meetings:index", [], ""),
        ("meeting planned", "meetings:meeting", [planned.pk], ""),
        ("meeting held", "meetings:meeting", [held.pk], ""),
        ("meeting screen", "meetings:screen", [planned.pk], ""),
        ("screen, a poll", "meetings:screen-state", [planned.pk], ""),
    ]
    found = []
    for what, name, arguments, query in wanted:
        try:
            found.append((what, reverse(name, args=arguments) + query))
        except NoReverseMatch:
            # A page of another branch of the plan or the meetings that is not here.
            continue
    return found


def once(client, address: str) -> float:
    """Milliseconds that a page took."""
    begin = time.perf_counter()
    answer = client.get(address)
    took = 1000 * (time.perf_counter() - begin)
    assert answer.status_code == 200, (address, answer.status_code)
    return took


def processor() -> float:
    """Seconds that this process worked, with those of its session in PostgreSQL."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return time.process_time()
    session = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return time.process_time() + int(session.read_text().split()[0]) / 1e9


def measure(client, address: str, times: int) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Milliseconds by the clock and of the processor, queries and kilobytes."""
    from django.db import connection

    seen = []
    with connection.execute_wrapper(
        lambda execute, *arguments: (seen.append(1), execute(*arguments))[1]
    ):
        size = len(client.get(address).content) // 1024
    took, worked = [], []
    for _ in range(times):
        begin = processor()
        took.append(once(client, address))
        worked.append(1000 * (processor() - begin))
    return np.array(took), np.array(worked), len(seen), size


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--municipalities", type=int, default=10)
    parser.add_argument("--measures", type=int, default=200)
    parser.add_argument("--actions", type=int, default=2000)
    parser.add_argument("--times", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        wake(home)
        from django.db import connection, transaction
        from django.test import Client

        from koers.cli.serve import settle

        begin = time.perf_counter()
        with transaction.atomic():
            adviser = fill(asked)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(
            f"{connection.vendor}: {asked.municipalities} municipalities × {asked.measures}"
            f" measures × {asked.actions} actions, made in {time.perf_counter() - begin:.0f} s;"
            f" {asked.times} times each"
        )
        client = Client()
        client.force_login(adviser, backend="allauth.account.auth_backends.AuthenticationBackend")
        print(
            f"{'page':20} {'first':>7} {'p50':>7} {'p95':>7} {'cpu p50':>8} {'p95':>7}"
            f" {'queries':>8} {'kB':>5}"
        )
        wanted = pages(adviser.municipalities.first())
        first = {what: once(client, address) for what, address in wanted}
        settle()
        late, worked_late = [], []
        for what, address in wanted:
            took, worked, queries, size = measure(client, address, asked.times)
            (p50, p95), (w50, w95) = (np.percentile(x, [50, 95]) for x in (took, worked))
            print(
                f"{what:20} {first[what]:7.0f} {p50:7.1f} {p95:7.1f} {w50:8.1f} {w95:7.1f}"
                f" {queries:8} {size:5}",
                flush=True,
            )
            late += [what] if p95 > GOAL else []
            worked_late += [what] if w95 > GOAL else []
        print(f"above {GOAL:.0f} ms at p95: {', '.join(late) or 'none'}")
        print(f"of the processor alone: {', '.join(worked_late) or 'none'}")
        print("load average: " + ", ".join(f"{x:.1f}" for x in os.getloadavg()))


if __name__ == "__main__":
    main()
