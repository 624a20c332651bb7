"""The database is away, or hangs: a plain page within five seconds, public pages from what was
published, and all as before when it is there again."""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import contextmanager
from pathlib import Path

import dj_database_url
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.exception import convert_exception_to_response
from django.db import OperationalError, connection, connections
from django.http import HttpResponse
from django.test import Client
from scripts.with_postgres import find_programs, server

from koers.apps.publication.models import Publication
from koers.apps.publication.services import standing
from koers.apps.publication.services.publishing import withdraw
from koers.web import away
from koers.web.postgres.base import DatabaseWrapper
from tests.apps.publishing import make_public, public_addresses

WITHIN = 5
HOME = "/openbaar/voorbeeldrecht/"
PAGES = tuple(public_addresses())


@pytest.fixture
def silent():
    """A server that takes connections and never says a word; gives its DATABASE_URL."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield f"postgres://koers@127.0.0.1:{listener.getsockname()[1]}/koers"


def wrapped(url: str) -> DatabaseWrapper:
    """A connection as the settings make it of this address."""
    found = connections.databases["default"] | {"OPTIONS": {}} | dj_database_url.parse(url)
    return DatabaseWrapper({**found, "OPTIONS": {"connect_timeout": 2}}, "default")


@contextmanager
def database(monkeypatch, url):
    """Meanwhile whatever the site asks its database is asked here."""
    mine, here = wrapped(url), connections["default"]
    with monkeypatch.context() as patched:
        for name in ("_cursor", "chunked_cursor", "get_connection_params", "vendor"):
            patched.setattr(here, name, getattr(mine, name))
        yield


@pytest.fixture
def kept(plan, settings, tmp_path, monkeypatch):
    """A home in which a plan was published; figures are elsewhere."""
    monkeypatch.setattr(standing, "_file", lambda: tmp_path / standing.FILE)
    monkeypatch.setattr(standing, "_database", lambda: "test")
    monkeypatch.setattr(away, "watch", away.Watch())
    monkeypatch.setattr("koers.web.views.watch", away.watch)
    monkeypatch.setattr("koers.web.health.watch", away.watch)
    monkeypatch.setattr("koers.web.database.watch", away.watch)
    make_public(plan)
    standing.keep()
    return plan


@pytest.mark.django_db
def test_public_pages_stand_and_others_say_so_within_seconds(kept, silent, monkeypatch, person):
    browser = Client(raise_request_exception=False)
    browser.force_login(person("adviser"))
    before = {path: Client().get(path).content for path in PAGES}
    with database(monkeypatch, silent):
        begin = time.monotonic()
        answer = browser.get("/plan/")
        assert time.monotonic() - begin < WITHIN
        assert answer.status_code == 503
        assert "De database antwoordt niet" in answer.content.decode()
        begin = time.monotonic()
        for path in PAGES:
            answer = browser.get(path)
            assert (answer.status_code, answer.content) == (
                Client().get(path).status_code,
                before[path],
            ), path
            assert answer.headers["X-Frame-Options"] == "DENY"
        assert browser.get("/openbaar/nergens/").status_code == 404
        assert browser.post("/overleg/", {}).status_code == 503
        assert browser.get("/healthz").content == b"ok\n"
        ready = browser.get("/readyz")
        assert (ready.status_code, ready.json()["database"]) == (
            503,
            {"ok": False, "problem": "away"},
        )
        assert time.monotonic() - begin < WITHIN, "who knows does not wait"
        away.watch._looking = False
    assert browser.get("/plan/").status_code == 200


def test_it_is_looked_for_until_it_answers(silent, monkeypatch):
    watch = away.Watch()
    monkeypatch.setattr(away, "LOOK_SECONDS", 0.01)
    with database(monkeypatch, silent):
        watch.look()
        assert watch.away
        monkeypatch.setattr(away, "answers", lambda params: True)
        until = time.monotonic() + 10
        while watch.away and time.monotonic() < until:
            time.sleep(0.05)
        assert not watch.away


def test_a_server_that_hangs_is_left_and_a_slow_statement_is_waited_for(db):
    programs = find_programs()
    if programs is None:
        pytest.skip("there is no PostgreSQL on this machine")
    with server(programs) as url:
        mine = wrapped(url)
        with mine.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(2.5), pg_backend_pid()")
            backend = cursor.fetchone()[1]
        with stopped(backend):
            for _ in ("the connection that was open", "a new one"):
                begin = time.monotonic()
                with pytest.raises(OperationalError) as refused, mine.cursor() as cursor:
                    cursor.execute("SELECT 1")
                assert time.monotonic() - begin < WITHIN
                assert away.is_away(refused.value)
                mine.close()
        with mine.cursor() as cursor:
            cursor.execute("SELECT 1")
            with pytest.raises(Exception, match="does not exist") as wrong:
                cursor.execute("SELECT * FROM nothing")
        assert not away.is_away(wrong.value)
        mine.close()


@contextmanager
def stopped(backend: int):
    """All processes of a server hang, as on a machine without memory or disk."""
    stat = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    postmaster = int(stat[1])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    processes = [postmaster, *map(int, children)]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


@pytest.mark.django_db(transaction=True)
def test_what_is_public_is_kept_as_soon_as_it_is_and_gone_when_it_is_withdrawn(
    plan, tmp_path, monkeypatch, caplog
):
    file = tmp_path / standing.FILE
    monkeypatch.setattr(standing, "_file", lambda: file)
    make_public(plan)
    found = standing.read()
    assert [p.content.title for p in found.publications.values()] == [plan.title]
    plan.municipality.name = "Anders"
    plan.municipality.save()
    assert standing.read().homes[0].name == "Anders"
    withdraw(Publication.objects.get(), None)
    assert not standing.read().publications
    monkeypatch.setattr(standing, "_database", lambda: "another")
    assert standing.read() is None, "what another database had public is not this one's"
    file.with_name(f".{file.name}-new").mkdir()
    standing.keep()
    assert not file.exists() and "could not be kept" in caplog.text


def test_an_error_of_a_statement_is_no_database_that_is_away(db):
    with pytest.raises(Exception) as wrong, connection.cursor() as cursor:  # noqa: PT011
        cursor.execute("SELECT * FROM nothing")
    assert not away.is_away(wrong.value)
    assert not away.is_away(ValueError()) and not away.is_away(None)


@contextmanager
def only_read():
    lite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON" if lite else "SET TRANSACTION READ ONLY")
        try:
            yield cursor
        finally:
            if lite:
                cursor.execute("PRAGMA query_only = OFF")


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_database_that_can_only_be_read_is_away_for_who_writes():
    with only_read() as cursor, pytest.raises(Exception, match=r"read-?only") as wrong:
        cursor.execute("CREATE TABLE elsewhere (id integer)")
    assert away.is_away(wrong.value)


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_visit_that_cannot_be_kept_is_no_request_that_cannot_be_read(rf, monkeypatch):
    def visits(request):
        request.session["seen"] = True
        return HttpResponse()

    def leaves(request):
        request.session["seen"] = True
        SessionStore(request.session.session_key).delete()
        return HttpResponse()

    def asked(view):
        request, session = rf.get("/plan/"), SessionStore()
        session.create()
        request.COOKIES["sessionid"] = session.session_key
        return lambda: convert_exception_to_response(SessionMiddleware(view))(request)

    monkeypatch.setattr("koers.web.views.watch", away.Watch())
    over, unwritten = asked(leaves), asked(visits)
    assert over().status_code == 400
    with only_read():
        answer = unwritten()
    assert answer.status_code == 503
    assert "De database antwoordt niet" in answer.content.decode()
