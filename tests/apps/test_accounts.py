"""An account is switched off, a person is erased: by the administrator of the municipality, after a
question, with a line in the history of people."""

import datetime as dt

import pytest
from django.test import Client

from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import CalendarFeed, Meeting, Reminders
from koers.apps.meetings.services.agenda import rows
from koers.apps.meetings.services.paper import close
from koers.apps.people import accounts, invitations
from koers.apps.people.models import Invitation, Membership, PeopleEvent, Role, User
from koers.apps.plan.models import Action, SavedView
from tests.apps.test_redaction import everything, where

pytestmark = pytest.mark.postgres
NAME, EMAIL = "Karel van Dalen", "k.vandalen@example.org"
SURE = {"zeker": "ja"}


@pytest.fixture
def karel(municipality):
    user = User.objects.create_user(EMAIL, "geheim-genoeg-123", name=NAME)
    Membership.objects.create(user=user, municipality=municipality, role=Role.POLICE)
    return user


@pytest.fixture
def traces(karel, municipality, plan):
    """What somebody leaves behind: lines, texts, a paper, an invitation, a view, a calendar."""
    measure = plan.lines.first().measures.first()
    action = Action.objects.create(
        municipality=municipality, measure=measure, title="Ronde", owner=karel, adoption="adopted"
    )
    meeting = Meeting.objects.create(
        municipality=municipality, date=dt.date(2026, 12, 1), notes=f"{NAME} ({EMAIL}) belt."
    )
    rows.add_own(meeting, f"Vraag van {NAME.upper()}")
    close(public_shelf(), meeting)
    CalendarFeed.objects.create(user=karel)
    Reminders.objects.create(user=karel)
    SavedView.objects.create(
        user=karel, municipality=municipality, page="plan:measures", name="Van mij"
    )
    path = invitations.invite(municipality, EMAIL, Role.PARTNER, NAME)
    invitations.take_up(invitations.find(path.rsplit("/", 2)[1]), karel, municipality)
    invitations.invite(municipality, EMAIL, Role.COLLEGE, NAME)
    return action


def test_who_is_switched_off_is_out_at_once_and_comes_in_no_more(adviser, karel, municipality):
    at_work = Client()
    at_work.post("/aanmelden/", {"login": EMAIL, "password": "geheim-genoeg-123"})
    assert at_work.get("/plan/").status_code == 200
    page = adviser.post(f"/beheer/account/{karel.pk}/uitzetten/").content.decode()
    assert "kan zich dan niet meer aanmelden" in page
    assert User.objects.get(pk=karel.pk).is_active
    adviser.post(f"/beheer/account/{karel.pk}/uitzetten/", SURE)
    assert at_work.get("/plan/").status_code == 302
    again = at_work.post("/aanmelden/", {"login": EMAIL, "password": "geheim-genoeg-123"})
    assert "_auth_user_id" not in at_work.session and b"Vandaag in" not in again.content
    assert "account uitgezet" in adviser.get("/beheer/geschiedenis/").content.decode()
    adviser.post(f"/beheer/account/{karel.pk}/aanzetten/")
    at_work.post("/aanmelden/", {"login": EMAIL, "password": "geheim-genoeg-123"})
    assert at_work.get("/plan/").status_code == 200
    assert PeopleEvent.objects.filter(about=karel.pseudonym, kind="switched_on").exists()


def test_who_is_erased_is_nowhere_in_the_database(adviser, karel, traces, municipality):
    assert {"people_user", "meetings_meeting", "people_invitation"} <= set(where(NAME))
    page = adviser.post(f"/beheer/account/{karel.pk}/wissen/").content.decode()
    assert "niet ongedaan te maken" in page and "aantekeningen" in page and where(NAME)
    adviser.post(f"/beheer/account/{karel.pk}/wissen/", SURE)
    assert where(NAME) == [] and where("Dalen") == [] and where(EMAIL) == []
    karel.refresh_from_db()
    assert (karel.name, karel.is_active) == (accounts.FORMER, False)
    assert not karel.has_usable_password() and not karel.memberships.exists()
    traces.refresh_from_db()
    assert traces.owner_label == "oud-medewerker"
    assert not CalendarFeed.objects.exists() and not SavedView.objects.exists()
    assert not Invitation.objects.filter(taken_at=None).exists()
    event = PeopleEvent.objects.get(kind="erased")
    assert event.about == karel.pseudonym and event.by is not None
    shown = adviser.get("/beheer/geschiedenis/").content.decode()
    assert "naam en adres gewist" in shown and "oud-medewerker" in shown
    assert adviser.get(f"/beheer/account/{karel.pk}/").status_code == 404
    assert adviser.get("/plan/acties/").status_code == 200


def test_nothing_else_of_the_database_changed_its_pseudonym(adviser, karel, traces):
    marks = sum(str(karel.pseudonym) in text for _, text in everything())
    adviser.post(f"/beheer/account/{karel.pk}/wissen/", SURE)
    assert sum(str(karel.pseudonym) in text for _, text in everything()) >= marks


def test_an_address_that_was_erased_can_be_invited_as_somebody_new(adviser, karel, municipality):
    adviser.post(f"/beheer/account/{karel.pk}/wissen/", SURE)
    path = invitations.invite(municipality, EMAIL, Role.POLICE, "Nieuw")
    word = "een lange zin 123"
    data = {"name": "Nieuw", "new_password1": word, "new_password2": word}
    assert Client().post(path, data).status_code == 302
    assert User.objects.get(email=EMAIL).pk != karel.pk


@pytest.mark.parametrize("what", ["uitzetten", "aanzetten", "wissen"])
def test_only_who_administers_every_municipality_of_that_person(
    client, person, karel, municipality, other, what
):
    address = f"/beheer/account/{karel.pk}/"
    for role in (Role.ADVISER, Role.POLICE):
        client.force_login(person(role))
        assert client.post(f"{address}{what}/", SURE).status_code == 403
        assert client.get(address).status_code == 403
    stranger = Client()
    stranger.force_login(person(Role.ADMINISTRATOR, where=other))
    assert stranger.post(f"{address}{what}/", SURE).status_code == 404
    assert stranger.get(address).status_code == 404
    Membership.objects.create(user=karel, municipality=other, role=Role.POLICE)
    assert stranger.get(address).status_code == 200
    stranger.post(f"{address}{what}/", SURE)
    karel.refresh_from_db()
    assert karel.is_active and karel.name == NAME
    assert "niet beheert" in stranger.get(address).content.decode()


def test_nobody_erases_or_switches_off_oneself(adviser, municipality):
    me = User.objects.get(pk=adviser.session["_auth_user_id"])
    for what in ("uitzetten", "wissen"):
        adviser.post(f"/beheer/account/{me.pk}/{what}/", SURE)
        me.refresh_from_db()
        assert me.is_active and me.memberships.exists()


def test_who_lost_the_last_role_can_still_be_erased(adviser, karel, municipality):
    invitations.take_up(
        invitations.find(
            invitations.invite(municipality, EMAIL, Role.PARTNER, NAME).rsplit("/", 2)[1]
        ),
        karel,
        municipality,
    )
    karel.memberships.all().delete()
    assert f"/beheer/account/{karel.pk}/" in adviser.get("/beheer/").content.decode()
    adviser.post(f"/beheer/account/{karel.pk}/wissen/", SURE)
    assert where(NAME) == []


@pytest.mark.parametrize(
    ("name", "text", "after"),
    [
        ("Politie", "De politie en Politie", "De politie en Politie"),
        ("Karel", "Karel en karel", "oud-medewerker en karel"),
        ("Karel Dam", "karel\ndam, Karel Damstra", "oud-medewerker, Karel Damstra"),
    ],
)
def test_a_name_that_is_an_ordinary_word_stays(db, name, text, after):
    user = User(name=name, email="x@example.org")
    assert accounts.without_person(user)(text) == after
