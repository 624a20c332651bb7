"""What every page says of how new its figures are."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
from django.conf import settings
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from koers.apps.consultation.models import Suggestion, Survey
from koers.apps.decisions.services.document import latest_decision, move
from koers.apps.evaluation.services import fixing, queue, running
from koers.apps.intake.archive import public_shelf
from koers.apps.intake.background import RunState
from koers.apps.intake.models import LoadRun, OwnIndicator
from koers.apps.meetings.models import Event, Meeting, MeetingSeries, PriorityProposal
from koers.apps.picture.models import Signal
from koers.apps.picture.origin import as_of_line
from koers.apps.picture.services.screening import screen_municipality
from koers.apps.plan.models import Goal, Measure, Partner, Plan, Priority
from koers.apps.plan.services.adjustments import propose_archiving
from koers.apps.plan.services.versions import adopt
from koers.apps.publication.services.publishing import publish
from koers.figures.doubts.doubt import Doubt, Oddity
from koers.figures.manifest import Draft
from koers.figures.shelf import Shelf
from koers.figures.store import FigureStore


@pytest.fixture
def shown(tmp_path):
    """The line of the footer where these are the snapshots: (table, last period, published at)."""

    def line(*tables):
        store = FigureStore(tmp_path)
        kept = [
            store.write(draft(table, published), rows(period))
            for table, period, published in tables
        ]
        return as_of_line(Shelf(store, [s.manifest.id for s in kept]))

    return line


def test_invented_and_real_figures_are_never_told_in_one_line(figures, tmp_path):
    """Else a real municipality shows the newer date of figures that nobody counted."""
    real = draft("47022NED", "2024-06-15T00:00:00+00:00")
    shutil.copytree(settings.HOME, tmp_path / "home")
    store = FigureStore(tmp_path / "home")
    made = store.write(real, rows("2024-05"))
    shelf = Shelf(store, [*(m.id for m in public_shelf().manifests), made.manifest.id])
    assert "mei 2024" in as_of_line(shelf, fictitious=False)
    assert "mei 2024" not in as_of_line(shelf, fictitious=True)
    assert as_of_line(shelf) == as_of_line(shelf, fictitious=False)


def draft(table, published):
    return Draft(
        source="politie",
        table=table,
        title="Proef",
        content="observations",
        scheme="crime",
        sha256="1" * 64,
        address="",
        licence="",
        attribution="",
        published_at=published,
    )


def rows(period):
    texts = {"area": "GM9001", "topic": "1", "period": period, "status": "final"}
    return {name: np.array([text], dtype=object) for name, text in texts.items()} | {
        "value": np.array([1.0])
    }


def test_a_page_says_until_when_figures_go_and_when_the_source_published_them(shown):
    line = shown(
        ("oud", "2025", "2025-03-01T02:00:00"), ("nieuw", "2026-03", "2026-04-15T02:00:00")
    )
    assert line == "Cijfers t/m maart 2026, gepubliceerd op 15 april 2026."


def test_where_the_source_does_not_say_when_it_published_the_page_says_when_figures_were_retrieved(
    shown,
):
    assert "maart 2026, opgehaald op " in shown(("t", "2026-03", ""))


def test_a_moment_that_cannot_be_read_is_not_shown_as_one_of_publication(shown):
    assert "opgehaald op" in shown(("t", "2026-03", "binnenkort"))


def test_without_police_figures_the_line_is_about_what_there_is(tmp_path):
    store = FigureStore(tmp_path)
    accidents = store.write(
        replace(draft("BRON", "2026-04-15T06:00:00"), scheme="accidents"), rows("2025")
    )
    assert (
        as_of_line(Shelf(store, [accidents.manifest.id]))
        == "Cijfers t/m 2025, gepubliceerd op 15 april 2026."
    )


SAID = re.compile(r"Cijfers t/m (\w+ )?\d{4}, gepubliceerd op \d{1,2} \w+ \d{4}")
NO_PAGES = (
    *("csv", "svg", "pdf", "progress", "json", "minutes", "ics", "feed", "codes", "state"),
    *("again", "seen", "healthz", "readyz", "metrics"),
)


@pytest.fixture
def objects(plan, municipality, other, tmp_path, monkeypatch):
    """One of everything that has a page, and figures of which the source says when it published
    them."""
    home = tmp_path / "home"
    shutil.copytree(settings.HOME, home)
    monkeypatch.setattr(settings, "HOME", home)
    newest = replace(draft("47013NED", "2026-11-15T02:00:00"), fictitious=True)
    FigureStore(home).write(newest, rows("2026-11"))
    screen_municipality(municipality)
    decision = latest_decision(plan)
    move(decision, "intended")
    run = LoadRun.objects.create(
        municipality=municipality, state=RunState.DONE, finished_at=timezone.now()
    )
    measure = Measure.objects.of(municipality).filter(adoption="adopted").first()
    fixing.fix(
        measure,
        fixing.Choices(
            indicator="misdrijven-totaal",
            areas=("VB010104",),
            start=dt.date(2025, 9, 1),
            method="wdd",
            expected_change=-0.3,
            horizon=6,
        ),
    )
    public = publish(adopt(plan, dt.date(2026, 11, 1), "het college"), None)
    proposed = propose_archiving(plan.priorities.first(), "Klaar", None)
    theirs = Priority.objects.create(
        municipality=other,
        title="Hunne",
        slug="hunne",
        number=1,
        plan=Plan.objects.create(
            municipality=other, slug="hun-plan", title="Hun plan", start_year=2026, end_year=2027
        ),
    )
    theirs.plan.shared_with.add(municipality)
    shared = Measure.objects.create(municipality=other, priority=theirs, title="Hun maatregel")
    evaluation, _ = queue.start(measure)
    running.carry_out(evaluation.pk)
    return {
        "evaluation": {"pk": measure.pk},
        "evaluation:evaluation": {"pk": evaluation.pk},
        "picture": {"pk": Signal.objects.of(municipality).first().pk},
        "meetings": {
            "pk": Meeting.objects.create(municipality=municipality, date="2026-12-01").pk,
            "what": "notitie",
        },
        "meetings:series": {
            "pk": MeetingSeries.objects.create(municipality=municipality, name="Reeks").pk
        },
        "meetings:event": {
            "pk": (
                Event.objects.create(municipality=municipality, name="Markt", start="2026-12-12").pk
            )
        },
        "meetings:close-signal": {"pk": Signal.objects.of(municipality).first().pk},
        "meetings:propose-priority": {"pk": Signal.objects.of(municipality).first().pk},
        "meetings:priority-proposal": {
            "pk": (
                PriorityProposal.objects.create(
                    municipality=municipality,
                    plan=plan,
                    signal=Signal.objects.of(municipality).first(),
                    title="Proef",
                    reason="Proef",
                ).pk
            )
        },
        "meetings:triage": {"pk": Signal.objects.of(municipality).first().pk},
        "decisions": {"pk": decision.pk, "plan": plan.pk, "number": 1},
        "consultation": {
            "decision": decision.pk,
            "pk": (
                Suggestion.objects.create(
                    municipality=municipality, decision=decision, text="Meer licht"
                ).pk
            ),
        },
        "consultation:survey": {
            "pk": Survey.objects.create(municipality=municipality, plan=plan, title="Enquête").pk
        },
        "intake": {
            "pk": run.pk,
            "identity": hold(home).manifest.id,
            "slug": an_indicator(municipality).slug,
        },
        "plan": {
            "pk": plan.priorities.first().pk,
            "kind": "prioriteit",
            "parent": plan.pk,
            "number": 1,
            "what": "weghalen",
            "record": plan.priorities.first().history.first().pk,
        },
        "plan:partner": {"pk": Partner.objects.of(municipality).first().pk},
        "plan:area": {"code": "VB010101"},
        "plan:add-loose": {"kind": "kader"},
        "plan:goal": {"pk": Goal.objects.of(municipality).first().pk},
        "plan:judge": {"pk": in_words(plan).pk},
        "plan:measure": {"pk": measure.pk},
        **dict.fromkeys(
            ("plan:versions", "plan:adopt-plan", "plan:difference", "plan:version"), {"pk": plan.pk}
        ),
        "plan:adjustment": {"pk": proposed.pk},
        "plan:shared-plan": {"pk": theirs.plan_id},
        "plan:shared-measure": {"pk": shared.pk},
        "plan:library-measure": {"slug": "buurtbemiddeling"},
        "plan:library-take-over": {"slug": "buurtbemiddeling"},
        "exchange:list": {"kind": "maatregel", "parent": plan.priorities.first().pk},
        "exchange:abandon": {"token": "0"},
        "exchange:undo": {"token": "0"},
        "texts:plan": {"pk": plan.pk},
        "publishing:version": {"pk": public.version_id},
        "publishing:withdraw": {"pk": public.pk},
        "publication": {"slug": "voorbeeldrecht", "priority": "cybercrime"},
    }


def an_indicator(municipality):
    """One that the municipality made itself."""
    return OwnIndicator.objects.create(
        municipality=municipality,
        slug="eigen-vb01-proef",
        title="Proef",
        theme="sociale-kwaliteit",
        definition="Een proef.",
        unit="count",
        direction="up",
        source="een proef",
    )


def in_words(plan):
    """A goal that people judge."""
    return Goal.objects.create(
        municipality=plan.municipality,
        priority=plan.priorities.first(),
        title="Buren kennen elkaar",
        kind="words",
        question="Gaat het beter?",
        due=dt.date(2027, 12, 31),
    )


def hold(home):
    """Figures that wait for a person."""
    doubt = Doubt(Oddity.ALL_ZERO, before=100.0, after=0.0)
    odd = replace(draft("47013NED", "2026-11-16T02:00:00"), fictitious=True, sha256="0" * 64)
    return FigureStore(home).write(odd, rows("2026-11"), look=lambda *_: (doubt,))


EVERYWHERE = {
    "pk": 1,
    "code": "VB01",
    "indicator": "woninginbraak",
    "source": "voorbeeld",
    "table": "voorbeeld-crime",
}
# Pages of a link in a mail, a file that is being read, a table of one's own, a second step that is
# on, a proposal: tests of their own open these.
OPENED_ELSEWHERE = {
    "people:new-password",
    "people:own-address",
    "people:invitation",
    "intake:columns",
    "intake:own-table",
    "exchange:columns",
    "exchange:check",
    "exchange:document",
    "meetings:answer",
    "meetings:stop-reminders",
    "mfa_download_recovery_codes",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "evaluation:decide",
}


def pages(resolver=None, space=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{space}:{entry.name}".lstrip(":"), tuple(entry.pattern.converters)
        else:
            yield from pages(entry, entry.namespace or space)


def test_every_page_says_until_when_figures_go_and_when_they_were_published(adviser, objects):
    seen, silent = set(), []
    for name, wanted in pages():
        if (
            name.rpartition("-")[2] in NO_PAGES
            or name.rpartition(":")[2] in NO_PAGES
            or name in OPENED_ELSEWHERE
        ):
            continue
        known = EVERYWHERE | objects.get(name.partition(":")[0], {}) | objects.get(name, {})
        if name == "people:account":
            known["pk"] = adviser.session["_auth_user_id"]
        answer = adviser.get(reverse(name, kwargs={key: known[key] for key in wanted}), follow=True)
        # What can only be done has no page to look at.
        if answer.status_code == 405:
            continue
        if answer.status_code != 200 or not SAID.search(answer.content.decode()):
            silent.append((name, answer.status_code))
        seen.add(name)
    assert silent == []
    assert {
        "home",
        "picture:theme",
        "picture:signal",
        "plan:priority",
        "decisions:decision",
        "publication:priority",
        "intake:run",
        "meetings:meeting",
        "meetings:screen",
        "meetings:priority-proposal",
        "picture:snapshots-table",
    } <= seen
