"""A municipality with invented figures, its plan, and a person in each role."""

import shutil
import sqlite3

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client, TestCase

from koers.apps.intake.models import OwnTable
from koers.apps.people.models import Membership, Municipality, Role, User
from koers.apps.plan.services.bundled import load_bundled_plan
from koers.figures.store import FigureStore
from koers.sources.example import write_example
from tests.apps.neighbours import SECRET, Neighbour, settle
from tests.apps.scene import Scene
from tests.apps.smtp import mailbox  # noqa: F401

EXAMPLE = Scene(lambda: {"plan": load_bundled_plan("voorbeeldrecht-2025-2027")})
FICTIEDAM = Scene(
    lambda: {"other": Municipality.objects.create(code="VB02", name="Fictiedam", fictitious=True)}
)
NEIGHBOUR = Scene(lambda: settle(Municipality.objects.get(code="VB02")))


@pytest.fixture(scope="session")
def example_home(tmp_path_factory):
    """A home with the invented figures, made once."""
    home = tmp_path_factory.mktemp("home")
    write_example(FigureStore(home))
    return home


@pytest.fixture(autouse=True)
def what_waits_for_a_commit_is_done(monkeypatch):
    """A test is a transaction that is never kept; what a request does when it is sure, it does."""
    ask = Client.request

    def asked(self, **given):
        with TestCase.captureOnCommitCallbacks(execute=True):
            return ask(self, **given)

    monkeypatch.setattr(Client, "request", asked)


@pytest.fixture
def figures(example_home, monkeypatch):
    monkeypatch.setattr(settings, "HOME", example_home)
    return FigureStore(example_home)


@pytest.fixture(autouse=True)
def no_drafts_of_others(example_home):
    """All tests share a home; a table that one test put forward is none of the next."""
    shutil.rmtree(example_home / "plan-inlezen", ignore_errors=True)


@pytest.fixture
def plan(db, figures):
    return EXAMPLE.put()["plan"]


@pytest.fixture
def municipality(plan):
    return plan.municipality


@pytest.fixture
def other(db):
    return FICTIEDAM.put()["other"]


@pytest.fixture
def neighbour(other, figures):
    """The other municipality at work: people, an adopted plan, signals, a meeting, a decision."""
    return Neighbour(municipality=other, **NEIGHBOUR.put())


@pytest.fixture
def neighbours_table(neighbour, tmp_path, monkeypatch):
    """A table of their own of the neighbours, in a home in which the test may write."""
    home = tmp_path / "home-with-table"
    shutil.copytree(settings.HOME, home)
    monkeypatch.setattr(settings, "HOME", home)
    browser = Client()
    browser.force_login(neighbour.adviser)
    rows = ["Buurt;Onderwerp;Maand;Aantal"]
    rows += [f"VB020101;Aangemelde demonstraties;2026-{month:02d};10" for month in range(1, 10)]
    file = SimpleUploadedFile(f"{SECRET}.csv", "\r\n".join(rows).encode())
    columns = browser.post("/cijfers/eigen/nieuw/", {"kind": "counts", "file": file}).url
    browser.post(
        columns,
        {
            "sheet": "CSV",
            "header_row": "1",
            "title": f"Tabel {SECRET}",
            "area": "Buurt",
            "topic": "Onderwerp",
            "period": "Maand",
            "value": "Aantal",
            "tellen": "1",
        },
    )
    return OwnTable.objects.get(municipality=neighbour.municipality)


@pytest.fixture
def person(municipality):
    """Makes somebody with these roles in the municipality (or in another)."""

    def make(*roles, where=None):
        user = User.objects.create_user(
            f"{'-'.join(roles) or 'nobody'}@example.org", "geheim-genoeg-123"
        )
        for role in roles:
            Membership.objects.create(user=user, municipality=where or municipality, role=role)
        return user

    return make


@pytest.fixture
def adviser(client, person):
    """A client in which an adviser is signed in."""
    client.force_login(person(Role.ADVISER, Role.ADMINISTRATOR))
    return client


@pytest.fixture
def on_disk(tmp_path):
    """Gives what makes other threads open the database: a SQLite of a test lives in memory, where
    threads cannot wait."""
    settings = connections.databases["default"]
    if connection.vendor != "sqlite":
        yield lambda: None
        return
    name, in_memory = settings["NAME"], connection.connection

    def copy():
        with sqlite3.connect(tmp_path / "copy.sqlite3") as file:
            in_memory.backup(file)
            # As an installation is; who makes it so at the same moment as others is refused.
            file.execute("PRAGMA journal_mode=WAL")
        # Set aside, not closed: with its last connection the database of the other tests would go.
        settings["NAME"], connection.connection = str(tmp_path / "copy.sqlite3"), None

    yield copy
    if settings["NAME"] != name:
        connection.close()
        settings["NAME"], connection.connection = name, in_memory
