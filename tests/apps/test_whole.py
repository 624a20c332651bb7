"""A form that writes is kept whole or not at all: seen by a second connection after each of its
statements, and by killing the process in between (``benchmarks.faults site`` kills everywhere)."""

import logging
import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.faults.databases import own_database
from benchmarks.faults.forms import post_routes, send_all
from benchmarks.faults.killing import kill_after
from benchmarks.faults.site import make_sites
from benchmarks.fuzz.site import settle_with_figures
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from koers.apps import whole
from koers.apps.people import accounts, mail
from koers.apps.people.models import Mail, PeopleEvent, PeopleEventKind, User

pytestmark = pytest.mark.postgres

PAGES, KILLS = 550, 8
EVERY = 1 if connection.vendor == "sqlite" or os.environ.get("HYPOTHESIS_EXAMPLES") == "many" else 4
"""On PostgreSQL a database is put back in a second: each fourth form there, all of them nightly."""
CODE = "asks for a code of somebody's app, or for a second step that is there"
LOOKS = "is only looked at, though its right is one to change"
VISIT = "changes the visit only: its session"
MAIL = "sends mail, and there is no mail server here"
FILE = "changes a file of the home only: a table that is brought in and is not in the plan yet"
BY_STEPS = "comes in by steps, of which the last writes what all before it must have made right"
STATE = (
    "needs what no form of the walk leaves behind it: an archived line, a decision in consultation"
)
CELLS = "saves nothing while one cell cannot be read, and the walk types any words in all of them"
NOT_WRITING = {
    "aanmelden/code/": CODE,
    "aanmelden/uitgezet/": LOOKS,
    "aanmelden/verder/": LOOKS,
    "aanmelden/wachtwoord-vergeten/": MAIL,
    "account/": LOOKS,
    "account/adres/": MAIL,
    "account/adres/<str:token>/": MAIL,
    "account/bevestigen/": CODE,
    "account/bevestigen/code/": CODE,
    "account/noodcodes/": LOOKS,
    "account/noodcodes/bestand/": LOOKS,
    "account/noodcodes/nieuw/": CODE,
    "account/tweede-stap/": CODE,
    "account/tweede-stap/uit/": CODE,
    "afmelden/": VISIT,
    "beheer/": LOOKS,
    "beheer/account/<int:pk>/": LOOKS,
    "beheer/geschiedenis/": LOOKS,
    "beheer/werking/": LOOKS,
    "beheer/werking/mail/<uuid:pk>/": STATE,
    "beheer/werking/opnieuw/<str:kind>/<int:pk>/": STATE,
    "cijfers/apart/<str:identity>/gebruiken/": STATE,
    "cijfers/apart/<str:identity>/niet/": STATE,
    "cijfers/apart/<str:identity>/weer/": STATE,
    "cijfers/eigen/<int:pk>/intern/": BY_STEPS,
    "cijfers/eigen/<int:pk>/vrijgeven/": BY_STEPS,
    "cijfers/eigen/<int:pk>/weg/": BY_STEPS,
    "cijfers/eigen/bestand/<int:pk>/": BY_STEPS,
    "cijfers/eigen/indicator/<slug:slug>/waarden/": BY_STEPS,
    "cijfers/eigen/indicator/nieuw/": BY_STEPS,
    "cijfers/eigen/indicator/<slug:slug>/weg/": BY_STEPS,
    "cijfers/eigen/indicator/<slug:slug>/wijzigen/": BY_STEPS,
    "cijfers/ophalen/": STATE,
    "effect/maatregel/<int:pk>/omgeving/": STATE,
    "effect/voorstel/<int:pk>/": STATE,
    "gemeente-kiezen/": VISIT,
    "overleg/<int:pk>/verslag-mailen/": MAIL,
    "overleg/prioriteit/<int:pk>/": STATE,
    "overleg/weglaten/": STATE,
    "plan/inlezen/": FILE,
    "plan/inlezen/<slug:token>/": FILE,
    "plan/inlezen/<slug:token>/document/": FILE,
    "plan/inlezen/<slug:token>/weggooien/": FILE,
    "plan/lijst/<slug:kind>/<int:parent>/": CELLS,
    "plan/vaststellen/<slug:kind>/<int:pk>/": STATE,
    "publiceren/": LOOKS,
    "raadpleging/suggestie/<int:decision>/": STATE,
}
"""Addresses of which no form writes anything here, each with its reason: a new one is covered by
the walk, or stands here."""


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, example_home, tmp_path_factory):
    """A database in which what is written is kept, in a home of its own."""
    folder = tmp_path_factory.mktemp("whole")
    home = shutil.copytree(example_home, folder / "home")
    settled = override_settings(
        HOME=home, EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"
    )
    name = f"koers_whole_{os.getpid()}"
    requests = logging.getLogger("koers.requests")
    requests.setLevel(logging.WARNING)
    with django_db_blocker.unblock(), settled, own_database(folder, name) as found:
        yield found
    requests.setLevel(logging.NOTSET)


@pytest.fixture(scope="module")
def sites(database):
    return make_sites(database, settle_with_figures, PAGES)


def test_every_form_is_kept_whole_or_not_at_all(database, sites):
    sent = list(send_all(database, sites, seed=1, every=EVERY))
    writing = [one for one in sent if one.writes]
    assert len(writing) > 50 / EVERY
    assert [(one.route, one.watch.at) for one in sent if one.half] == []
    assert [one.route for one in sent if one.status >= 400 and one.writes] == []
    if EVERY == 1:
        assert sorted(sites.missed - set(NOT_WRITING)) == []
    chance = random.Random(1)
    for one in chance.sample(writing, KILLS):
        after = chance.randint(1, len(one.watch.statements))
        assert kill_after(database, one, after) in ("before", "whole"), (one.route, after)


def test_a_reason_is_given_for_an_address_that_is_there():
    assert set(NOT_WRITING) <= post_routes()


def test_half_a_form_is_seen(database, sites):
    """Without the middleware what is kept in steps is seen in steps."""
    without = [m for m in settings.MIDDLEWARE if not m.endswith("WholeRequest")]
    with override_settings(MIDDLEWARE=without):
        client = Client()
        client.cookies = sites.inside.inside.cookies
        site = replace(sites.inside, inside=client)
        half = (one for one in send_all(database, replace(sites, inside=site), seed=1) if one.half)
        assert next(half, None) is not None
    database.put_back()


def note(kind=PeopleEventKind.SIGNED_IN):
    PeopleEvent.objects.create(kind=kind)


def asked(view, method="POST"):
    return whole.WholeRequest(view)(RequestFactory().generic(method, "/"))


def answers(status):
    def view(request):
        note()
        return HttpResponse(status=status)

    return view


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "status", "kept"),
    [("POST", 200, 1), ("POST", 302, 1), ("POST", 409, 0), ("POST", 503, 0), ("GET", 200, 1)],
)
def test_what_is_written_stays_when_the_answer_is_good(method, status, kept):
    assert asked(answers(status), method).status_code == status
    assert PeopleEvent.objects.count() == kept


@pytest.mark.django_db
def test_what_was_written_before_a_view_raised_is_taken_back():
    def view(request):
        note()
        raise SystemExit

    with pytest.raises(SystemExit):
        asked(view)
    assert not PeopleEvent.objects.exists()


def test_a_page_that_raises_halfway_leaves_nothing_and_its_error_page_is_shown(
    adviser, municipality, monkeypatch
):
    def broken(*given, **named):
        raise RuntimeError("stuk")

    monkeypatch.setattr("koers.apps.people.views.services.mail_invitation", broken)
    monkeypatch.setattr("koers.apps.people.views.mail.configured", lambda: True)
    adviser.raise_request_exception = False
    before = PeopleEvent.objects.count()
    form = {"name": "Iemand", "email": "nieuw@voorbeeld.invalid", "role": "adviser"}
    answer = adviser.post("/beheer/uitnodigen/", form)
    assert answer.status_code == 500
    assert PeopleEvent.objects.count() == before and not municipality.invitations.exists()


def test_a_refused_sign_in_is_kept_whatever_the_answer(client, neighbour):
    form = {"login": neighbour.adviser.email, "password": "verkeerd"}
    for headers in ({}, {"X-Requested-With": "XMLHttpRequest"}):
        client.post("/aanmelden/", form, headers=headers)
    assert PeopleEvent.objects.filter(kind=PeopleEventKind.REFUSED).count() == 2


@pytest.mark.django_db
def test_nothing_is_done_apart_within_a_transaction_of_its_own():
    def view(request):
        with transaction.atomic(), whole.apart():
            note()

    with pytest.raises(RuntimeError, match="apart"):
        asked(view)


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (409, 0)])
def test_a_mail_waits_when_what_it_tells_is_kept_and_not_otherwise(database, sites, status, kept):
    before, mails = PeopleEvent.objects.count(), Mail.objects.count()

    def view(request):
        note()
        somebody = User.objects.get(email="adviseur@fictiedam.example")
        context = {"user": somebody, "link": "https://voorbeeld.invalid/"}
        mail.send("people/mail/new_link.txt", context, somebody.email)
        return HttpResponse(status=status)

    with override_settings(EMAIL_HOST="post"):
        asked(view)
    assert Mail.objects.count() == mails + kept
    assert PeopleEvent.objects.count() == before + kept
    database.put_back()


def test_who_only_reads_keeps_nobody_from_writing(database, sites):
    if connection.vendor == "postgresql":
        return
    said = []

    def others_may_write():
        with database.other.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout=1")
            try:
                cursor.execute("BEGIN IMMEDIATE")
            except OperationalError:
                return said.append(False)
            cursor.execute("ROLLBACK")
        return said.append(True)

    def view(request):
        User.objects.count()
        others_may_write()
        with transaction.atomic():
            others_may_write()
        note()
        others_may_write()
        transaction.on_commit(others_may_write)
        return HttpResponse()

    asked(view)
    assert said == [True, False, False, True]
    database.put_back()


def test_who_is_erased_is_in_no_file_of_the_database_once_the_form_is_kept(database, sites):
    if connection.vendor == "postgresql":
        return
    name = "Karel van Dalen"
    karel = User.objects.create_user("k.vandalen@example.org", "geheim-genoeg-123", name=name)
    adviser = User.objects.get(email="adviseur@fictiedam.example")

    def names():
        files = (Path(f"{database.name}{beside}") for beside in ("", "-wal"))
        return [file for file in files if file.exists() and name.encode() in file.read_bytes()]

    def view(request):
        accounts.erase(karel, adviser, adviser.municipalities.first())
        return HttpResponse()

    assert names()
    asked(view)
    assert not names()
    database.put_back()
